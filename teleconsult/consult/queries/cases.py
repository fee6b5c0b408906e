"""What consultations read of the case that they are about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from teleconsult.access import Actor, visible
from teleconsult.access.tables import SiteRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.records.work import Work
from teleconsult.referral.tables import AttachmentRow, CaseRow, CaseStudyRow
from teleconsult.reporting.queries.paper import examined_at


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient as every identity strip names them. `site` names the hospital whose number `patient_id` is: another hospital has the same."""

    id: str
    name: str
    doubtful: bool
    sex: str
    age: str
    patient_id: str
    site: str


@dataclass(frozen=True, slots=True)
class StudyShown:
    """A study as lists of a case show it; `images` says whether this actor may look at its pictures."""

    id: str
    study_uid: str
    study_at: datetime | None
    modalities: list[str]
    description: str
    body_part: str
    site: str
    series_count: int
    instance_count: int
    images: bool


@dataclass(frozen=True, slots=True)
class FileShown:
    id: str
    name: str
    kind: str
    media_type: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseShown:
    id: str
    number: str
    title: str
    patient: Patient | None


def attachment_kinds(work: Work, case_id: str) -> list[str]:
    """The kinds of the case's attachments that are still given out, one for each."""
    wanted = select(AttachmentRow.kind).where(AttachmentRow.case_id == case_id, AttachmentRow.withdrawn_at.is_(None))
    return list(work.session.scalars(wanted))


def kinds_in(work: Work, case_ids: Iterable[str]) -> dict[str, set[str]]:
    """Case → the kinds of its attachments that are still given out."""
    wanted = select(AttachmentRow.case_id, AttachmentRow.kind).where(
        AttachmentRow.case_id.in_(sorted(set(case_ids))), AttachmentRow.withdrawn_at.is_(None)
    )
    found: dict[str, set[str]] = {}
    for case_id, kind in work.session.execute(wanted):
        found.setdefault(case_id, set()).add(kind)
    return found


def attachments(work: Work, case_id: str) -> list[FileShown]:
    wanted = select(AttachmentRow).where(AttachmentRow.case_id == case_id, AttachmentRow.withdrawn_at.is_(None))
    rows = work.session.scalars(wanted.order_by(AttachmentRow.at, AttachmentRow.id))
    return [FileShown(row.id, row.name, row.kind, row.media_type, row.size, row.at) for row in rows]


def studies_in_case(work: Work, case_id: str) -> set[str]:
    return set(work.session.scalars(select(CaseStudyRow.study_id).where(CaseStudyRow.case_id == case_id)))


def cases_shown(work: Work, case_ids: Iterable[str]) -> dict[str, CaseShown]:
    """Number, title and patient of cases, by id. The patient is called as on the case's latest study. Permits nothing."""
    wanted = sorted(set(case_ids))
    rows = work.session.execute(
        select(CaseRow, StudyRow, SiteRow.name)
        .outerjoin(CaseStudyRow, CaseStudyRow.case_id == CaseRow.id)
        .outerjoin(StudyRow, StudyRow.id == CaseStudyRow.study_id)
        .outerjoin(SiteRow, SiteRow.id == StudyRow.site_id)
        .where(CaseRow.id.in_(wanted))
        .order_by(CaseRow.id, StudyRow.study_date)
    )
    return {
        case.id: CaseShown(case.id, case.number, case.title, _patient(case, study, site)) for case, study, site in rows
    }


def case_shown(work: Work, case_id: str) -> CaseShown:
    return cases_shown(work, [case_id])[case_id]


def patient_of(work: Work, case_id: str) -> Patient | None:
    return case_shown(work, case_id).patient


def patient_in(study: StudyRow, site: str) -> Patient:
    return Patient(study.patient_id, study.name_shown, study.in_doubt, study.sex, study.age, study.patient_number, site)


def patients_on(work: Work, study_ids: Iterable[str]) -> dict[str, Patient]:
    """Whom each study calls its patient, and by which number there. Permits nothing."""
    columns = select(StudyRow, SiteRow.name).join(SiteRow, SiteRow.id == StudyRow.site_id)
    rows = work.session.execute(columns.where(StudyRow.id.in_(sorted(set(study_ids)))))
    return {study.id: patient_in(study, site) for study, site in rows}


def studies_shown(work: Work, actor: Actor, study_ids: Iterable[str]) -> list[StudyShown]:
    """Those of the studies that the actor may see, newest first."""
    columns = select(StudyRow, SiteRow.name, visible(StudyRow.id, actor, work.now, "study.images"))
    rows = work.session.execute(
        columns.join(SiteRow, SiteRow.id == StudyRow.site_id)
        .where(StudyRow.id.in_(sorted(set(study_ids))), visible(StudyRow.id, actor, work.now))
        .order_by(StudyRow.study_date.desc(), StudyRow.study_time.desc(), StudyRow.id)
    )
    return [
        StudyShown(
            id=row.id, study_uid=row.study_uid, study_at=examined_at(row.study_date, row.study_time), modalities=list(row.modalities),
            description=row.description, body_part=row.body_part, site=site, series_count=row.series_count,
            instance_count=row.instance_count, images=bool(images),
        )
        for row, site, images in rows
    ]  # fmt: skip


def _patient(case: CaseRow, study: StudyRow | None, site: str | None) -> Patient | None:
    if study is None:
        return None
    return Patient(
        case.patient_id, study.name_shown, study.in_doubt, study.sex, study.age, study.patient_number, site or ""
    )
