"""A case as its page shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import aliased, defer

from teleconsult.access import Actor, Thing, case_shares_of, is_held, permit_case, permits, shares_of
from teleconsult.access.rights import WITH_CASE
from teleconsult.access.tables import PersonRow, SiteRow
from teleconsult.imaging.queries import open_conflicts
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.errors import absent
from teleconsult.reading.tables import TaskRow
from teleconsult.records.work import Work
from teleconsult.referral.lifecycle import CASE, OPEN, VERB_RIGHTS
from teleconsult.referral.queries.patients import Named, Patient, latest_study_id, patient_of
from teleconsult.referral.tables import AttachmentRow, CaseRow, CaseStudyRow
from teleconsult.reporting.tables import ReportRow

__all__ = ["Attachment", "CaseStudy", "CaseView", "Named", "Patient", "case"]

STUDY_VERBS: Final = ("study.see", "study.images", "report.read", "timeline.read")
ALWAYS: Final = ("case.see", "case.file", "timeline.case", "meeting.see")
"""What may be done with a closed case as well."""


@dataclass(frozen=True, slots=True)
class CaseStudy:
    """A study of the case. Whoever may not see it learns only that it is there: `problem` says why, everything else is empty.

    `problem` is study.held (kept back until a conflict of identity is resolved), study.not_shared (not opened to this actor,
    yet or any more) or study.conflict (shown, but objects about it lie in quarantine)."""

    id: str
    problem: str | None
    verbs: tuple[str, ...]
    added_at: datetime
    study_uid: str = ""
    description: str = ""
    body_part: str = ""
    modalities: tuple[str, ...] = ()
    site: Named | None = None
    study_at: str = ""
    state: str = ""
    instance_count: int = 0
    task_state: str | None = None
    report_id: str | None = None
    report_state: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    id: str
    kind: str
    name: str
    media_type: str
    size: int
    by: Named
    site: str
    at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """`verbs`: what this actor may be offered now, moves of the case and rights of what others add to it."""

    id: str
    number: str
    version: int
    state: str
    title: str
    summary: str
    severity: str
    patient: Patient
    site: Named
    opened_by: Named
    opened_at: datetime
    closed_at: datetime | None
    studies: tuple[CaseStudy, ...]
    attachments: tuple[Attachment, ...]
    verbs: tuple[str, ...]


def case(work: Work, actor: Actor, case_id: str) -> CaseView:
    """A case for its page. ABSENT `case.absent` when there is none, or none that the actor may see."""
    thing = permit_case(work, actor, "case.see", case_id)
    found = work.session.execute(
        select(CaseRow, StudyRow, SiteRow.name, PersonRow.name)
        .join(SiteRow, SiteRow.id == CaseRow.site_id)
        .join(PersonRow, PersonRow.id == CaseRow.opened_by_id)
        .join(StudyRow, StudyRow.id == latest_study_id())
        .where(CaseRow.id == case_id)
    ).one_or_none()
    if found is None:
        raise absent("case.absent", case_id)
    row, latest, site, opener = found
    return CaseView(
        id=row.id, number=row.number, version=row.version, state=row.state, title=row.title, summary=row.summary, severity=row.severity,
        patient=patient_of(latest), site=Named(row.site_id, site), opened_by=Named(row.opened_by_id, opener),
        opened_at=row.opened_at, closed_at=row.closed_at, studies=_studies(work, actor, case_id),
        attachments=_attachments(work, case_id), verbs=offers(actor, row.state, thing),
    )  # fmt: skip


def offers(actor: Actor, state: str, thing: Thing) -> tuple[str, ...]:
    """Rights that the state leaves, then the case's moves as `case.<move>`."""
    rights = [verb for verb in WITH_CASE if permits(actor, verb, thing) and (state == OPEN or verb in ALWAYS)]
    moves = [f"case.{move}" for move in CASE.verbs(state) if permits(actor, VERB_RIGHTS[move], thing)]
    return (*rights, *(move for move in moves if move not in rights))


def rights_on(work: Work, case_id: str) -> Thing:
    return Thing(shares=case_shares_of(work, case_id), case_id=case_id)


def _studies(work: Work, actor: Actor, case_id: str) -> tuple[CaseStudy, ...]:
    rows = work.session.execute(
        select(CaseStudyRow.added_at, StudyRow, SiteRow.name, TaskRow.state, ReportRow.id, ReportRow.state)
        .join(StudyRow, StudyRow.id == CaseStudyRow.study_id)
        .join(SiteRow, SiteRow.id == StudyRow.site_id)
        .outerjoin(TaskRow, TaskRow.study_id == StudyRow.id)
        .outerjoin(ReportRow, ReportRow.task_id == TaskRow.id)
        .where(CaseStudyRow.case_id == case_id)
        .order_by(CaseStudyRow.added_at, StudyRow.id)
        .options(defer(StudyRow.name_raw))
    ).all()
    return tuple(_study(work, actor, *row) for row in rows)


def _study(
    work: Work, actor: Actor, added_at: datetime, study: StudyRow, site: str, task: Any, report_id: Any, report: Any
) -> CaseStudy:  # fmt: skip
    thing = Thing(study.id, shares_of(work, study.id))
    verbs = tuple(verb for verb in STUDY_VERBS if permits(actor, verb, thing))
    if "study.see" not in verbs:
        return CaseStudy(study.id, "study.held" if is_held(work, study.id) else "study.not_shared", (), added_at)
    readable = (report in ("signed", "addended") and "report.read" in verbs) or permits(
        actor, "report.read_unsigned", thing
    )
    return CaseStudy(
        id=study.id, problem="study.conflict" if open_conflicts(work, study.id) else None, verbs=verbs, added_at=added_at, study_uid=study.study_uid,
        description=study.description, body_part=study.body_part, modalities=tuple(study.modalities), site=Named(study.site_id, site),
        study_at=f"{study.study_date}{study.study_time}", state=study.state, instance_count=study.instance_count, task_state=task,
        report_id=report_id if readable else None, report_state=report if readable else None,
    )  # fmt: skip


def _attachments(work: Work, case_id: str) -> tuple[Attachment, ...]:
    site = aliased(SiteRow)
    rows = work.session.execute(
        select(AttachmentRow, PersonRow.name, site.name)
        .join(PersonRow, PersonRow.id == AttachmentRow.by_id)
        .outerjoin(site, site.id == AttachmentRow.site_id)
        .where(AttachmentRow.case_id == case_id)
        .order_by(AttachmentRow.at, AttachmentRow.id)
    )
    return tuple(
        Attachment(
            id=row.id, kind=row.kind, name=row.name, media_type=row.media_type, size=row.size, by=Named(row.by_id, name),
            site=site_name or "", at=row.at, withdrawn_at=row.withdrawn_at,
        )
        for row, name, site_name in rows
    )  # fmt: skip
