"""The worklist: ONE select over studies, tasks, sites, people and reports, whatever the page holds.

Small branches, each in the order of an index, find the page's ids; only then are they joined to what a row shows. So a page
costs the same with a thousand studies and with a million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, Final

from sqlalchemy import Row, Select, Subquery, case, false, func, literal, or_, select, union
from sqlalchemy.orm import aliased, defer

from teleconsult.access import Actor, Share, Thing, permits
from teleconsult.access.rights import ORIGIN, READING
from teleconsult.access.tables import PersonRow, SiteRow
from teleconsult.imaging.tables import SeriesRow, StudyRow
from teleconsult.reading import Named
from teleconsult.reading import lifecycle as task_lifecycle
from teleconsult.reading.lifecycle import OPEN, RETURNED
from teleconsult.reading.queries import task_rights
from teleconsult.reading.tables import TaskRow, WaitingRow
from teleconsult.records.schema import Id
from teleconsult.records.work import Work
from teleconsult.reporting.lifecycle import FINAL
from teleconsult.reporting.queries import worklist_where as where
from teleconsult.reporting.queries.paper import examined_at
from teleconsult.reporting.queries.worklist_where import RECEIVING, REVIEW, UNROUTED, Filter, Order
from teleconsult.reporting.tables import ReportRow

ALL_OPEN: Final = Filter()
BY_DUE_TIME: Final = Order()
MOST_ROWS: Final = 200
MOST_COUNTED: Final = 10_000


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One line. `kind` is task, receiving or unrouted; the latter two have no task and are grey."""

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
    arrived_at: datetime
    study_at: datetime | None
    reader: Named | None
    lease_until: datetime | None
    report_id: str | None
    report_state: str | None
    reviewer: Named | None
    series: tuple[str, ...]
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`next` continues behind the last row. `total` counts to 10 000 at most. `counts` are of all that is open."""

    rows: tuple[WorklistRow, ...]
    next: str | None
    total: int
    counts: dict[str, int]


def worklist(
    work: Work,
    actor: Actor,
    asked: Filter = ALL_OPEN,
    order: Order = BY_DUE_TIME,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """The studies that the actor may see, as asked for, in order, a page at a time.

    A cursor stays good while rows come and go: it names a place in the order, not a number of rows. INVALID `field.choice`,
    `cursor.invalid`.
    """
    where.checked(asked, order)
    limit = max(1, min(limit, MOST_ROWS))
    after = where.read_cursor(cursor, order) if cursor else None
    found = work.session.execute(_rows(actor, work.now, asked, order, after, limit)).all()
    shown = found[:limit]
    series = _first_series(work, [row.StudyRow.id for row in shown])
    more = where.write_cursor(order, shown[-1].key, shown[-1].StudyRow.id) if len(found) > limit else None
    return Page(
        tuple(_shown(row, actor, work.now, series) for row in shown),
        more,
        work.session.scalar(_total(actor, work.now, asked)) or 0,
        counts(work, actor),
    )


def counts(work: Work, actor: Actor) -> dict[str, int]:
    """How many open tasks, by state and by what they ask of this actor; and how many studies have no task yet."""
    open_now = (*where.in_states((), actor), *where.task_conditions(Filter(), actor, work.now))
    by = {
        **{state: TaskRow.state == state for state in OPEN},
        "mine": where.mine(actor),
        REVIEW: where.to_review(actor),
        "late": TaskRow.late_images.is_(True),
    }
    sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(name) for name, condition in by.items()]
    row = (
        work.session.execute(
            select(func.count().label("all"), *sums).select_from(TaskRow).where(or_(*where.grounds(actor)), *open_now)
        )
        .mappings()
        .one()
    )
    found = {str(name): int(value) for name, value in row.items()}
    for kind in (RECEIVING, UNROUTED):
        conditions = where.unopened(Filter(states=(kind,)), actor, work.now) or []
        found[kind] = work.session.scalar(select(func.count()).select_from(StudyRow).where(*conditions)) or 0
    return {**found, "all": found["all"] + found[RECEIVING] + found[UNROUTED]}


def _rows(
    actor: Actor, now: datetime, asked: Filter, order: Order, after: tuple[Any, str] | None, limit: int
) -> Select[Any]:
    branches = [_ordered(branch, order, after, limit + 1) for branch in _branches(actor, now, asked, order)]
    both = union(*(select(branch) for branch in branches)).subquery() if len(branches) > 1 else branches[0]
    page = _cut(select(both), both.c.key, both.c.study_id, order, limit + 1)
    reading, reader, reviewer, asking = aliased(SiteRow), aliased(PersonRow), aliased(PersonRow), aliased(SiteRow)
    statement = (
        select(
            page.c.key, StudyRow, TaskRow, WaitingRow.code, WaitingRow.params, WaitingRow.routed_at,
            asking.name.label("site"), reading.name.label("reading_site"), reader.name.label("reader"),
            ReportRow.id.label("report_id"), ReportRow.state.label("report_state"),
            ReportRow.reviewer_id, reviewer.name.label("reviewer"),
        )
        .select_from(page)
        .join(StudyRow, StudyRow.id == page.c.study_id)
        .join(asking, asking.id == StudyRow.site_id)
        .outerjoin(TaskRow, TaskRow.id == page.c.task_id)
        .outerjoin(WaitingRow, WaitingRow.study_id == StudyRow.id)
        .outerjoin(reading, reading.id == TaskRow.reading_site_id)
        .outerjoin(reader, reader.id == TaskRow.reader_id)
        .outerjoin(ReportRow, ReportRow.task_id == TaskRow.id)
        .outerjoin(reviewer, reviewer.id == ReportRow.reviewer_id)
        .options(defer(StudyRow.name_raw))
    )  # fmt: skip
    return statement.order_by(*_direction(order, page.c.key, page.c.study_id))


def _branches(actor: Actor, now: datetime, asked: Filter, order: Order) -> list[Select[Any]]:
    """Selects of (study_id, task_id, key): for each ground on which tasks are seen, open and closed ones apart; and for
    studies without a task."""
    conditions = where.task_conditions(asked, actor, now)
    found = []
    for ground, state in product(where.grounds(actor), where.in_states(asked.states, actor)):
        key = TaskRow.due_at if order.sort == "due" else _study_key(order)
        chosen = select(TaskRow.study_id, TaskRow.id.label("task_id"), key.label("key"))
        if order.sort != "due":
            chosen = chosen.join(StudyRow, StudyRow.id == TaskRow.study_id)
        found.append(chosen.where(ground, state, *conditions))
    without = where.unopened(asked, actor, now)
    if without is not None or not found:
        # Nobody promised a time for these yet: they stand where they would have settled.
        key = StudyRow.settle_at if order.sort == "due" else _study_key(order)
        none = literal(None, Id).label("task_id")
        found.append(select(StudyRow.id.label("study_id"), none, key.label("key")).where(*(without or (false(),))))
    return found


def _study_key(order: Order) -> Any:
    return StudyRow.arrived_at if order.sort == "arrived" else StudyRow.name_shown


def _ordered(branch: Select[Any], order: Order, after: tuple[Any, str] | None, limit: int) -> Subquery:
    study_id, _task_id, key = branch.selected_columns
    return _cut(branch.where(where.beyond(_plain(key), study_id, order, after)), key, study_id, order, limit)


def _plain(labelled: Any) -> Any:
    """A condition needs the column itself, not its label."""
    return getattr(labelled, "element", labelled)


def _cut(statement: Select[Any], key: Any, study_id: Any, order: Order, limit: int) -> Subquery:
    return statement.order_by(*_direction(order, key, study_id)).limit(limit).subquery()


def _direction(order: Order, *columns: Any) -> list[Any]:
    return [column.desc() if order.descending else column.asc() for column in columns]


def _total(actor: Actor, now: datetime, asked: Filter) -> Select[Any]:
    states = or_(false(), *where.in_states(asked.states, actor))
    tasks = select(TaskRow.id).where(or_(*where.grounds(actor)), states, *where.task_conditions(asked, actor, now))
    numbers = [select(func.count()).select_from(tasks.limit(MOST_COUNTED).subquery()).scalar_subquery()]
    without = where.unopened(asked, actor, now)
    if without is not None:
        numbers.append(select(func.count()).select_from(StudyRow).where(*without).scalar_subquery())
    return select(sum(numbers[1:], start=numbers[0]))


def _first_series(work: Work, study_ids: Sequence[str], most: int = 3) -> dict[str, tuple[str, ...]]:
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


def _shown(row: Row[Any], actor: Actor, now: datetime, series: dict[str, tuple[str, ...]]) -> WorklistRow:
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
        patient_id=study.patient_id, patient_name=study.name_shown, doubtful=study.doubtful, sex=study.sex, age=study.age,
        patient_number=study.patient_number, site=Named(study.site_id, row.site),
        reading_site=Named(task.reading_site_id, row.reading_site) if task else None,
        modality=study.modality, modalities=tuple(study.modalities), description=study.description, body_part=study.body_part,
        accession=study.accession, series_count=study.series_count, instance_count=study.instance_count,
        arrived_at=study.arrived_at, study_at=examined_at(study.study_date, study.study_time),
        reader=Named(task.reader_id, row.reader) if task and task.reader_id else None,
        lease_until=task.lease_until if task else None, report_id=report_id, report_state=report_state, reviewer=reviewer,
        series=series.get(study.id, ()), verbs=_verbs(task, actor, now),
    )  # fmt: skip


def _report(row: Row[Any], actor: Actor) -> tuple[str | None, str | None, Named | None]:
    """Before it is signed, a report exists for the reading site's doctors only."""
    if row.report_id is None:
        return None, None, None
    verb = "report.read" if row.report_state in FINAL else "report.read_unsigned"
    if not permits(actor, verb, _thing(row.TaskRow)):
        return None, None, None
    return row.report_id, row.report_state, Named(row.reviewer_id, row.reviewer) if row.reviewer_id else None


def _verbs(task: TaskRow | None, actor: Actor, now: datetime) -> tuple[str, ...]:
    if task is None:
        return ()
    rights = task_rights(actor, task.study_id, task.requesting_site_id, task.reading_site_id)
    return task_lifecycle.offers(task, actor.id, rights, now)


def _thing(task: TaskRow) -> Thing:
    return Thing(task.study_id, (Share(task.requesting_site_id, ORIGIN), Share(task.reading_site_id, READING)))
