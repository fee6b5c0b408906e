"""Small questions that actions ask about cases, sites and papers. They permit nothing."""

from sqlalchemy import select

from teleconsult.access import Actor, Thing, case_shares_of, permits
from teleconsult.access.rights import WARD
from teleconsult.access.tables import PersonRow, SiteRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.records.work import Work
from teleconsult.referral.queries.patients import latest_study_id
from teleconsult.referral.tables import AttachmentRow, CaseRow, ReferralRow


def patient_name(work: Work, case_id: str) -> str:
    found = select(StudyRow.name_shown).select_from(CaseRow).join(StudyRow, StudyRow.id == latest_study_id())
    return work.session.scalar(found.where(CaseRow.id == case_id)) or ""


def site_name(work: Work, site_id: str) -> str:
    return work.session.scalar(select(SiteRow.name).where(SiteRow.id == site_id)) or ""


def site_level(work: Work, site_id: str) -> str | None:
    """city, county or township; None where there is no such site."""
    return work.session.scalar(select(SiteRow.level).where(SiteRow.id == site_id))


def parent_of(work: Work, site_id: str | None) -> str | None:
    return work.session.scalar(select(SiteRow.parent_id).where(SiteRow.id == site_id)) if site_id else None


def site_of_case(work: Work, case_id: str) -> str:
    return work.session.scalars(select(CaseRow.site_id).where(CaseRow.id == case_id)).one()


def has_consent(work: Work, case_id: str) -> bool:
    """Whether a paper of consent is attached and not withdrawn."""
    papers = select(AttachmentRow.id).where(AttachmentRow.case_id == case_id, AttachmentRow.kind == "consent")
    return work.session.scalars(papers.where(AttachmentRow.withdrawn_at.is_(None))).first() is not None


def acceptor(work: Work, row: ReferralRow) -> str:
    """Who has accepted: a person's name, or the hospital's where it was agreed to beforehand."""
    if row.accepted_by_id is not None:
        return work.session.scalar(select(PersonRow.name).where(PersonRow.id == row.accepted_by_id)) or ""
    return site_name(work, row.to_site_id) if row.to_site_id else ""


def sites_that_may_send(work: Work, actor: Actor, case_id: str) -> frozenset[str]:
    """The actor's hospitals that have the case and may ask others to take the patient."""
    shares = case_shares_of(work, case_id)
    found = {share.site_id for share in shares if share.site_id in actor.sites(*WARD) and share.person_id is None}
    return frozenset(
        site_id
        for site_id in found
        if permits(
            actor, "referral.request", Thing(shares=[one for one in shares if one.site_id == site_id], case_id=case_id)
        )
    )
