"""Reads of the alliance: sites, peers, agreements, people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import String, and_, cast, false, or_, select

from teleconsult.access.actors import Actor, Role
from teleconsult.access.permit import Thing, permit, permits
from teleconsult.access.rights import AT_SITE, CLINICAL, WITH_CASE, WITH_STUDY
from teleconsult.access.tables import AgreementRow, GrantRow, PeerRow, PersonRow, SiteRow
from teleconsult.kernel.errors import absent
from teleconsult.records.tables import FactRow
from teleconsult.records.work import Work


def sites(work: Work) -> Sequence[SiteRow]:
    """Every site. Names of hospitals are no secret within the alliance."""
    return work.session.scalars(select(SiteRow).order_by(SiteRow.code)).all()


def site_by_code(work: Work, code: str) -> SiteRow:
    """ABSENT `site.absent` when no site has the code."""
    found = work.session.scalars(select(SiteRow).where(SiteRow.code == code)).one_or_none()
    if found is None:
        raise absent("site.absent", f"no site has the code {code}", site=code)
    return found


def site_names(work: Work) -> dict[str, str]:
    return {row.id: row.name for row in work.session.execute(select(SiteRow.id, SiteRow.name))}


def peers(work: Work, actor: Actor) -> Sequence[PeerRow]:
    """The peers that the actor may manage."""
    rows = work.session.scalars(select(PeerRow).order_by(PeerRow.ae_title, PeerRow.address))
    return [row for row in rows if permits(actor, "peer.manage", Thing(site_id=row.site_id))]


def enabled_peers(work: Work) -> dict[str, tuple[str, str]]:
    """AE title and site of every peer that may call, by its id. Whom it concerns is for the caller to permit."""
    rows = work.session.execute(
        select(PeerRow.id, PeerRow.ae_title, PeerRow.site_id).where(PeerRow.disabled.is_(False))
    )
    return {row.id: (row.ae_title, row.site_id) for row in rows}


def agreements(work: Work, actor: Actor) -> Sequence[AgreementRow]:
    """The agreements that the actor may manage."""
    rows = work.session.scalars(select(AgreementRow).order_by(AgreementRow.id))
    return [row for row in rows if permits(actor, "agreement.manage", Thing(site_id=row.requesting_site_id))]


def agreements_for(work: Work, requesting_site_id: str, now: datetime) -> Sequence[AgreementRow]:
    """The agreements under which a site's studies are read now."""
    statement = select(AgreementRow).where(
        AgreementRow.requesting_site_id == requesting_site_id,
        AgreementRow.disabled.is_(False),
        AgreementRow.valid_from <= now,
        (AgreementRow.valid_to.is_(None)) | (AgreementRow.valid_to > now),
    )
    return work.session.scalars(statement.order_by(AgreementRow.rank, AgreementRow.id)).all()


def people(work: Work, actor: Actor) -> Sequence[tuple[PersonRow, Sequence[GrantRow]]]:
    """The people that the actor may manage, with their roles."""
    grants: dict[str, list[GrantRow]] = {}
    for grant in work.session.scalars(select(GrantRow).order_by(GrantRow.role)):
        grants.setdefault(grant.person_id, []).append(grant)
    rows = work.session.scalars(select(PersonRow).order_by(PersonRow.login))
    return [
        (row, grants.get(row.id, [])) for row in rows if permits(actor, "person.manage", Thing(site_id=row.site_id))
    ]


def verbs(actor: Actor) -> list[str]:
    """Everything the actor may do somewhere: what the user interface offers at all. Each act is still permitted by itself."""
    roles = {grant.role for grant in actor.grants}
    found = {verb for verb, allowed in AT_SITE.items() if roles & allowed}
    with_things = {**WITH_STUDY, **WITH_CASE}
    found |= {verb for verb, reasons in with_things.items() if any(roles & allowed for allowed in reasons.values())}
    return sorted(found)


def live_sites(actor: Actor) -> frozenset[str]:
    """The sites whose live channels the actor may hear."""
    return actor.sites(*CLINICAL, Role.AUDITOR)


def person(work: Work, person_id: str) -> PersonRow:
    return work.get(PersonRow, person_id)


def checkable_peers(work: Work, actor: Actor) -> Sequence[PeerRow]:
    """The enabled peers whose line the actor may check."""
    rows = work.session.scalars(
        select(PeerRow).where(PeerRow.disabled.is_(False)).order_by(PeerRow.ae_title, PeerRow.address)
    )
    return [row for row in rows if permits(actor, "peer.check", Thing(site_id=row.site_id))]


def peer_rows(work: Work, peer_ids: Sequence[str]) -> dict[str, PeerRow]:
    """Peers by their ids; whom they concern is for the caller to permit. ABSENT `peer.absent`."""
    return {peer_id: work.get(PeerRow, peer_id) for peer_id in peer_ids}


def peer(work: Work, actor: Actor, peer_id: str) -> PeerRow:
    """A peer that the actor may manage."""
    row = work.get(PeerRow, peer_id)
    permit(actor, "peer.manage", Thing(site_id=row.site_id))
    return row


STRANGERS: Final = ("CaseRefused", "ConsultationRefused", "MeetingRefused", "RoomRefused")
"""Facts of somebody at a door without a right: those whose door it is read them as well."""


def audited_facts(
    work: Work, actor: Actor, before: int | None, name: str | None, by: str | None, limit: int
) -> Sequence[FactRow]:
    """The journal, newest first, as far as the auditor's sites go: of an alliance's auditor everything; of a site's what its people did,
    and what strangers were refused there."""
    statement = select(FactRow)
    if not actor.everywhere(Role.AUDITOR):
        sites_of = sorted(actor.sites(Role.AUDITOR))
        for site_id in sites_of or [""]:
            permit(actor, "audit.read", Thing(site_id=site_id))
        door = or_(false(), *(cast(FactRow.sites, String).contains(f'"{site_id}"') for site_id in sites_of))
        statement = statement.where(or_(FactRow.actor_site.in_(sites_of), and_(FactRow.name.in_(STRANGERS), door)))
    if before is not None:
        statement = statement.where(FactRow.seq < before)
    if name:
        statement = statement.where(FactRow.name == name)
    if by:
        statement = statement.where(FactRow.actor_name.contains(by, autoescape=True))
    return work.session.scalars(statement.order_by(FactRow.seq.desc()).limit(limit)).all()
