"""The worklist: ONE select over studies, tasks, sites, people and reports, whatever the page holds.

Small branches, each in the order of an index, find the page's ids; only then are they joined to what a row shows. So a page
costs the same with a thousand studies and with a million.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, Subquery, case, false, func, literal, or_, select, union
from sqlalchemy.orm import aliased, defer

from teleconsult.access import Actor
from teleconsult.access.tables import PersonRow, SiteRow
from teleconsult.imaging.expected import lacking
from teleconsult.imaging.queries import rejected_in
from teleconsult.imaging.scrub_damaged import damaged_in
from teleconsult.imaging.tables import StudyRow
from teleconsult.reading.lifecycle import OPEN
from teleconsult.reading.tables import TaskRow, WaitingRow
from teleconsult.records.blobs import BlobStore
from teleconsult.records.schema import Id
from teleconsult.records.work import Work
from teleconsult.reporting.queries import worklist_where as where
from teleconsult.reporting.queries.ground import is_withdrawn
from teleconsult.reporting.queries.worklist_rows import WorklistRow, as_row, first_series
from teleconsult.reporting.queries.worklist_where import RECEIVING, REVIEW, UNROUTED, Filter, Order
from teleconsult.reporting.tables import ReportRow

ALL_OPEN: Final = Filter()
BY_DUE_TIME: Final = Order()
MOST_ROWS: Final = 200
MOST_COUNTED: Final = 10_000
MOST_NAMED: Final = 20_000
FEW: Final = 200
ASKING, READING, READER, REVIEWER = aliased(SiteRow), aliased(SiteRow), aliased(PersonRow), aliased(PersonRow)

After = tuple[Any, str] | None


class Branch(NamedTuple):
    """A select of (study_id, task_id, key), with the columns by which it is ordered."""

    chosen: Select[Any]
    study_id: Any
    key: Any


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
    blobs: BlobStore | None = None,
) -> Page:
    """The studies that the actor may see, as asked for, in order, a page at a time.

    A cursor stays good while rows come and go: it names a place in the order, not a number of rows. Sorted by name are the
    latest 20 000 of each site; a search finds closed studies by the first 5000 that begin so. Without `blobs` no row says what is
    damaged. INVALID `field.choice`, `cursor.invalid`.
    """
    where.checked(asked, order)
    limit = max(1, min(limit, MOST_ROWS))
    after = where.read_cursor(cursor, order) if cursor else None
    few = _unopened(work, actor)
    found = work.session.execute(_rows(work, actor, asked, order, after, limit, few)).all()
    shown = found[:limit]
    ids = [row.StudyRow.id for row in shown]
    series, less = first_series(work, ids), lacking(work, ids)
    gone = damaged_in(work, blobs, ids) if blobs and ids else {}
    aside = rejected_in(work, ids) if ids else {}
    more = where.write_cursor(order, shown[-1].key, shown[-1].StudyRow.id) if len(found) > limit else None
    counted = counts(work, actor, few)
    total = min(counted["all"], MOST_COUNTED) if asked == ALL_OPEN else _total(work, actor, asked)
    return Page(tuple(as_row(row, actor, work.now, series, less, gone, aside) for row in shown), more, total, counted)


def _unopened(work: Work, actor: Actor) -> list[str] | None:
    """The studies without a task, for rows and counts alike; None where there are many: whatever asks then looks for itself."""
    ids = select(StudyRow.id).where(*(where.unopened(ALL_OPEN, actor, work.now) or []))
    found = list(work.session.scalars(ids.limit(FEW + 1)))
    return found if len(found) <= FEW else None


def counts(work: Work, actor: Actor, few: Sequence[str] | None = None) -> dict[str, int]:
    """How many open tasks, by state and by what they ask of this actor; and how many studies have no task yet (`few`, if known)."""
    mine, to_review = or_(*where.mine(actor)).label("mine"), where.to_review(actor).label(REVIEW)
    chosen: Select[Any] = select(TaskRow.id).add_columns(TaskRow.state, TaskRow.late_images, mine, to_review)
    # Each ground by its index; a task that is seen on two grounds counts once. Thousands are open: each is asked for its shares only where
    # that can make a difference.
    rest = [] if where.are_sure(actor) else where.task_conditions(ALL_OPEN, actor, work.now)
    ((_, is_open),) = where.in_states(ALL_OPEN.states, actor)
    seen = _both([chosen.where(ground, is_open, *rest) for ground in where.grounds(work, actor)])
    kinds = [column for column in seen.c if column.key != "id"]
    grouped = select(*kinds, func.count().label("many")).group_by(*kinds)
    found = dict.fromkeys((*OPEN, "mine", REVIEW, "late", "all"), 0)
    for row in work.session.execute(grouped):
        for name in (row.state, row.late_images and "late", row.mine and "mine", row.review and REVIEW, "all"):
            if name:
                found[name] += row.many
    without, unrouted = (0, 0) if few is not None and not few else _without_task(work, actor, few)
    return {**found, RECEIVING: without - unrouted, UNROUTED: unrouted, "all": found["all"] + without}


def _without_task(work: Work, actor: Actor, few: Sequence[str] | None) -> tuple[int, int]:
    """How many studies have no task, and how many of them wait for an agreement."""
    waiting = func.coalesce(func.sum(case((StudyRow.id.in_(where.waiting()), 1), else_=0)), 0)
    conditions = where.unopened(ALL_OPEN, actor, work.now, few) or []
    without, unrouted = work.session.execute(
        select(func.count(), waiting).where(*conditions).select_from(StudyRow)
    ).one()
    return without, unrouted


def _parts(work: Work, actor: Actor, asked: Filter) -> Iterator[list[Any]]:
    """The conditions of each branch: one ground on which tasks are seen, and open and closed ones apart."""
    rest = where.task_conditions(asked, actor, work.now)
    searched: dict[bool, list[Any]] = {True: [], False: []}
    if asked.q.strip():
        found = select(where.matching(asked.q))
        searched = {True: [where.matches(TaskRow.study_id, asked.q)], False: [TaskRow.study_id.in_(found)]}
    for ground, (is_open, states) in product(_grounds(work, actor, asked), where.in_states(asked.states, actor)):
        yield [ground, states, *rest, *searched[is_open]]


def _grounds(work: Work, actor: Actor, asked: Filter) -> Sequence[Any]:
    return where.mine(actor) if asked.mine else where.grounds(work, actor)


def _rows(
    work: Work, actor: Actor, asked: Filter, order: Order, after: After, limit: int, few: Sequence[str] | None
) -> Select[Any]:
    branches = [_ordered(branch, order, after, limit + 1) for branch in _branches(work, actor, asked, order, few)]
    both = _both([select(branch) for branch in branches]) if len(branches) > 1 else branches[0]
    page = _cut(select(both), both.c.key, both.c.study_id, order, limit + 1)
    statement = (
        select(
            page.c.key, StudyRow, TaskRow, WaitingRow.code, WaitingRow.params, WaitingRow.routed_at,
            ASKING.name.label("site"), READING.name.label("reading_site"), READER.name.label("reader"),
            ReportRow.id.label("report_id"), ReportRow.state.label("report_state"), is_withdrawn().label("withdrawn"),
            ReportRow.reviewer_id, REVIEWER.name.label("reviewer"),
        )
        .select_from(page)
        .join(StudyRow, StudyRow.id == page.c.study_id)
        .join(ASKING, ASKING.id == StudyRow.site_id)
        .outerjoin(TaskRow, TaskRow.id == page.c.task_id)
        .outerjoin(WaitingRow, WaitingRow.study_id == StudyRow.id)
        .outerjoin(READING, READING.id == TaskRow.reading_site_id)
        .outerjoin(READER, READER.id == TaskRow.reader_id)
        .outerjoin(ReportRow, ReportRow.task_id == TaskRow.id)
        .outerjoin(REVIEWER, REVIEWER.id == ReportRow.reviewer_id)
        .options(defer(StudyRow.name_raw))
    )  # fmt: skip
    return statement.order_by(*_direction(order, page.c.key, page.c.study_id))


def _branches(work: Work, actor: Actor, asked: Filter, order: Order, few: Sequence[str] | None = None) -> list[Branch]:
    """Each gives (study_id, task_id, key) in the order of an index: the tasks, and the studies without one."""
    found = [_task_branch(part, order) for part in _parts(work, actor, asked)]
    without = None if few is not None and not few else where.unopened(asked, actor, work.now, few)
    if without is not None or not found:
        # Nobody promised a time for these yet: they stand where they would have settled.
        keys = {"due": StudyRow.settle_at, "arrived": StudyRow.arrived_at, "name": StudyRow.name_shown}
        nothing: Any = literal(None, Id).label("task_id")
        chosen = select(StudyRow.id.label("study_id"), nothing, keys[order.sort].label("key"))
        found.append(Branch(chosen.where(*(without or (false(),))), StudyRow.id, keys[order.sort]))
    return found


def _task_branch(part: list[Any], order: Order) -> Branch:
    if order.sort != "name":
        key: Any = {"due": TaskRow.due_at, "arrived": TaskRow.arrived_at}[order.sort]
        chosen: Select[Any] = select(TaskRow.study_id, TaskRow.id.label("task_id"), key.label("key"))
        return Branch(chosen.where(*part), TaskRow.study_id, key)
    # No index has the names in order: the latest are taken by arrival, and these are sorted.
    latest = select(TaskRow.study_id, TaskRow.id.label("task_id")).where(*part)
    some = latest.order_by(TaskRow.arrived_at.desc(), TaskRow.study_id.desc()).limit(MOST_NAMED).subquery()
    named: Select[Any] = select(some.c.study_id, some.c.task_id, StudyRow.name_shown.label("key"))
    return Branch(named.join(StudyRow, StudyRow.id == some.c.study_id), some.c.study_id, StudyRow.name_shown)


def _ordered(branch: Branch, order: Order, after: After, limit: int) -> Subquery:
    beyond = where.beyond(branch.key, branch.study_id, order, after)
    return _cut(branch.chosen.where(beyond), branch.key, branch.study_id, order, limit)


def _both(parts: Sequence[Select[Any]]) -> Subquery:
    return union(*parts).subquery() if len(parts) > 1 else parts[0].subquery()


def _cut(statement: Select[Any], key: Any, study_id: Any, order: Order, limit: int) -> Subquery:
    return statement.order_by(*_direction(order, key, study_id)).limit(limit).subquery()


def _direction(order: Order, *columns: Any) -> list[Any]:
    return [column.desc() if order.descending else column.asc() for column in columns]


def _total(work: Work, actor: Actor, asked: Filter) -> int:
    """How many rows in all, up to `MOST_COUNTED`."""
    ids = [
        select(branch.chosen.limit(MOST_COUNTED).subquery().c.study_id)
        for branch in _branches(work, actor, asked, BY_DUE_TIME)
    ]
    found = work.session.scalar(select(func.count()).select_from(union(*ids).subquery())) or 0
    return min(found, MOST_COUNTED)
