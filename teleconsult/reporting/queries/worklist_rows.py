"""One line of the worklist, from the rows that the statement found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from teleconsult.access import Actor, Share, Thing, permits
from teleconsult.access.rights import ORIGIN, READING
from teleconsult.imaging.expected import Lacking
from teleconsult.imaging.tables import SeriesRow
from teleconsult.reading import Named
from teleconsult.reading import lifecycle as task_lifecycle
from teleconsult.reading.lifecycle import RETURNED
from teleconsult.reading.queries import task_rights
from teleconsult.reading.tables import TaskRow
from teleconsult.records.work import Work
from teleconsult.reporting.lifecycle import FINAL, IN_REVIEW
from teleconsult.reporting.queries.paper import examined_at
from teleconsult.reporting.queries.worklist_where import RECEIVING, UNROUTED


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One line. `kind` is task, receiving or unrouted; the latter two have no task and are grey. `lacking`: known to be incomplete.
    `damaged`: how many of the images can't be shown, because their files are damaged or lost. `rejected`: how many more are shown no longer.
    `withdrawn`: images that the signed report rests on were set aside since, and no addendum has answered it."""

    kind: str
    task_id: str | None
    study_id: str
    study_uid: str
    version: int
    state: str
    priority: str
    due_at: datetime | None
    paused: bool
    late_images: bool
    route_code: str | None
    route_params: dict[str, Any]
    band: str
    patient_id: str
    patient_name: str
    doubtful: bool
    sex: str
    age: str
    patient_number: str
    site: Named
    reading_site: Named | None
    modality: str
    modalities: tuple[str, ...]
    description: str
    body_part: str
    accession: str
    series_count: int
    instance_count: int
    lacking: Lacking | None
    damaged: int
    rejected: int
    arrived_at: datetime
    study_at: datetime | None
    reader: Named | None
    lease_until: datetime | None
    report_id: str | None
    report_state: str | None
    withdrawn: bool
    reviewer: Named | None
    series: tuple[str, ...]
    verbs: tuple[str, ...]


def first_series(work: Work, study_ids: Sequence[str], most: int = 3) -> dict[str, tuple[str, ...]]:
    """The first series of each study by number: whose thumbnails stand in the row."""
    place = func.row_number().over(partition_by=SeriesRow.study_id, order_by=(SeriesRow.number, SeriesRow.id))
    placed = select(SeriesRow.study_id, SeriesRow.series_uid, place.label("place")).where(
        SeriesRow.study_id.in_(study_ids)
    )
    inner = placed.subquery()
    chosen = (
        select(inner.c.study_id, inner.c.series_uid)
        .where(inner.c.place <= most)
        .order_by(inner.c.study_id, inner.c.place)
    )
    found: dict[str, tuple[str, ...]] = {}
    for study_id, series_uid in work.session.execute(chosen):
        found[study_id] = (*found.get(study_id, ()), series_uid)
    return found


def as_row(
    row: Row[Any],
    actor: Actor,
    now: datetime,
    series: Mapping[str, tuple[str, ...]],
    less: Mapping[str, Lacking],
    gone: Mapping[str, int],
    aside: Mapping[str, int],
) -> WorklistRow:
    study, task = row.StudyRow, row.TaskRow
    waits = task is None and row.code is not None and row.routed_at is None
    kind = "task" if task else UNROUTED if waits else RECEIVING
    report_id, report_state, reviewer = _report(row, actor)
    return WorklistRow(
        kind=kind, task_id=task.id if task else None, study_id=study.id, study_uid=study.study_uid,
        version=task.version if task else study.version, state=task.state if task else kind,
        priority=task.priority if task else study.priority, due_at=task.due_at if task else None,
        paused=task is not None and task.state == RETURNED, late_images=task is not None and task.late_images,
        route_code=task.route_code if task else row.code if waits else None,
        route_params=task.route_params if task else row.params if waits else {},
        band=task_lifecycle.band(task.state, task.clock_from, task.due_at, now) if task else "grey",
        patient_id=study.patient_id, patient_name=study.name_shown, doubtful=study.in_doubt, sex=study.sex, age=study.age,
        patient_number=study.patient_number, site=Named(study.site_id, row.site),
        reading_site=Named(task.reading_site_id, row.reading_site) if task else None,
        modality=study.modality, modalities=tuple(study.modalities), description=study.description, body_part=study.body_part,
        accession=study.accession, series_count=study.series_count, instance_count=study.instance_count, lacking=less.get(study.id),
        damaged=gone.get(study.id, 0), rejected=aside.get(study.id, 0), arrived_at=study.arrived_at, study_at=examined_at(study.study_date, study.study_time),
        reader=Named(task.reader_id, row.reader) if task and task.reader_id else None,
        lease_until=task.lease_until if task else None, report_id=report_id, report_state=report_state,
        withdrawn=report_id is not None and row.withdrawn, reviewer=reviewer,
        series=series.get(study.id, ()), verbs=_verbs(task, actor, now),
    )  # fmt: skip


def _report(row: Row[Any], actor: Actor) -> tuple[str | None, str | None, Named | None]:
    """Before it is signed, a report exists for the reading site's doctors only; who plans there sees that it is in review, and with whom."""
    if row.report_id is None:
        return None, None, None
    verb = "report.read" if row.report_state in FINAL else "report.read_unsigned"
    reviewer = Named(row.reviewer_id, row.reviewer) if row.reviewer_id else None
    if permits(actor, verb, _thing(row.TaskRow)):
        return row.report_id, row.report_state, reviewer
    reading = Thing(row.TaskRow.study_id, (Share(row.TaskRow.reading_site_id, READING),))
    if row.report_state == IN_REVIEW and permits(actor, "study.see", reading):
        return None, IN_REVIEW, reviewer
    return None, None, None


def _verbs(task: TaskRow | None, actor: Actor, now: datetime) -> tuple[str, ...]:
    if task is None:
        return ()
    rights = task_rights(actor, task.study_id, task.requesting_site_id, task.reading_site_id)
    return task_lifecycle.offers(task, actor.id, rights, now)


def _thing(task: TaskRow) -> Thing:
    return Thing(task.study_id, (Share(task.requesting_site_id, ORIGIN), Share(task.reading_site_id, READING)))
