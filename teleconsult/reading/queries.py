"""Reads of reading tasks. The worklist joins reports as well: see `reporting.queries`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from teleconsult.access import Actor, Share, Thing, permits, shares_of
from teleconsult.access.rights import ORIGIN, READING
from teleconsult.access.tables import AgreementRow, PersonRow, SiteRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.errors import absent
from teleconsult.reading import lifecycle
from teleconsult.reading.routing import ANY
from teleconsult.reading.tables import TaskRow, WaitingRow
from teleconsult.records.work import Work

TASK_VERBS = ("task.claim", "task.return", "task.answer", "task.cancel")


@dataclass(frozen=True, slots=True)
class StudyToRoute:
    id: str
    site_id: str
    modality: str
    priority: str
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A person or a site, as screens name it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as its screen shows it. `verbs` are what this actor may be offered now."""

    id: str
    study_id: str
    version: int
    state: str
    priority: str
    modality: str
    requesting_site: Named
    reading_site: Named
    route_code: str
    route_params: dict[str, Any]
    sla: str
    opened_at: datetime
    due_at: datetime
    paused_at: datetime | None
    band: str
    reader: Named | None
    lease_until: datetime | None
    late_images: bool
    return_code: str | None
    return_text: str | None
    returned_by: Named | None
    answer_text: str | None
    cancel_reason: str | None
    verbs: tuple[str, ...]


def task(work: Work, actor: Actor, task_id: str) -> TaskView:
    """A task for its screen. ABSENT `task.absent` when there is none, or none that the actor may see."""
    view = _view(work, actor, TaskRow.id == task_id)
    if view is None or not _may_see(work, actor, view.study_id):
        raise absent("task.absent", task_id)
    return view


def task_of_study(work: Work, actor: Actor, study_id: str) -> TaskView | None:
    """The study's task, if it has one. The caller has permitted `study.see`."""
    return _view(work, actor, TaskRow.study_id == study_id)


def why_waiting(work: Work, study_id: str) -> tuple[str, dict[str, Any]] | None:
    """Why a study has no task, as a code and its parameters; None when it does not wait for an agreement."""
    row = work.session.get(WaitingRow, study_id)
    return (row.code, row.params) if row is not None and row.routed_at is None else None


def routable(work: Work, limit: int = 50) -> Sequence[str]:
    """Studies that wait although an agreement in force would send them, the longest first: it was changed, has begun by now, or came
    at the very moment when they were found to have none."""
    in_force = exists().where(
        AgreementRow.requesting_site_id == WaitingRow.requesting_site_id,
        AgreementRow.modality.in_((StudyRow.modality, ANY)),
        AgreementRow.disabled.is_(False),
        AgreementRow.valid_from <= work.now,
        or_(AgreementRow.valid_to.is_(None), AgreementRow.valid_to > work.now),
    )
    waiting = select(WaitingRow.study_id).join(StudyRow, StudyRow.id == WaitingRow.study_id)
    ready = waiting.where(WaitingRow.routed_at.is_(None), in_force).order_by(WaitingRow.since).limit(limit)
    return work.session.scalars(ready).all()


def study_of_task(work: Work, task_id: str) -> str:
    """ABSENT `task.absent`. Permits nothing."""
    found = work.session.scalar(select(TaskRow.study_id).where(TaskRow.id == task_id))
    if found is None:
        raise absent("task.absent", task_id)
    return found


def study_to_route(work: Work, study_id: str) -> StudyToRoute:
    """What routing asks of a study. ABSENT `study.absent`."""
    columns = (StudyRow.id, StudyRow.site_id, StudyRow.modality, StudyRow.priority, StudyRow.arrived_at)
    found = work.session.execute(select(*columns).where(StudyRow.id == study_id)).one_or_none()
    if found is None:
        raise absent("study.absent", study_id)
    return StudyToRoute(*found)


def person_name(work: Work, person_id: str) -> str:
    return work.session.scalar(select(PersonRow.name).where(PersonRow.id == person_id)) or ""


def task_rights(actor: Actor, study_id: str, requesting_site_id: str, reading_site_id: str) -> frozenset[str]:
    """The task verbs permitted to the actor; `task.cancel_any` besides for who may cancel while it is being read."""
    reading = Share(reading_site_id, READING)
    thing = Thing(study_id, (Share(requesting_site_id, ORIGIN), reading))
    found = {verb for verb in TASK_VERBS if permits(actor, verb, thing)}
    if permits(actor, "task.cancel", Thing(study_id, (reading,))):
        found.add("task.cancel_any")
    return frozenset(found)


def _may_see(work: Work, actor: Actor, study_id: str) -> bool:
    return permits(actor, "study.see", Thing(study_id, shares_of(work, study_id)))


def _view(work: Work, actor: Actor, which: Any) -> TaskView | None:
    asking, reading, reader, returner = aliased(SiteRow), aliased(SiteRow), aliased(PersonRow), aliased(PersonRow)
    found = work.session.execute(
        select(TaskRow, asking.name, reading.name, reader.name, returner.name)
        .join(asking, asking.id == TaskRow.requesting_site_id)
        .join(reading, reading.id == TaskRow.reading_site_id)
        .outerjoin(reader, reader.id == TaskRow.reader_id)
        .outerjoin(returner, returner.id == TaskRow.returned_by_id)
        .where(which)
    ).one_or_none()
    if found is None:
        return None
    row, asking_name, reading_name, reader_name, returner_name = found
    rights = task_rights(actor, row.study_id, row.requesting_site_id, row.reading_site_id)
    return TaskView(
        id=row.id, study_id=row.study_id, version=row.version, state=row.state, priority=row.priority, modality=row.modality,
        requesting_site=Named(row.requesting_site_id, asking_name), reading_site=Named(row.reading_site_id, reading_name),
        route_code=row.route_code, route_params=row.route_params, sla=row.sla,
        opened_at=row.opened_at, due_at=row.due_at, paused_at=row.paused_at,
        band=lifecycle.band(row.state, row.clock_from, row.due_at, work.now),
        reader=Named(row.reader_id, reader_name) if row.reader_id else None, lease_until=row.lease_until,
        late_images=row.late_images, return_code=row.return_code, return_text=row.return_text,
        returned_by=Named(row.returned_by_id, returner_name) if row.returned_by_id else None,
        answer_text=row.answer_text, cancel_reason=row.cancel_reason,
        verbs=lifecycle.offers(row, actor.id, rights, work.now),
    )  # fmt: skip


def reading_site_of(work: Work, task_id: str) -> str:
    """The site that reads a task. Permits nothing."""
    return work.session.scalars(select(TaskRow.reading_site_id).where(TaskRow.id == task_id)).one()
