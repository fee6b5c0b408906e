"""What screens read of orders, and of studies for which none is certain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from teleconsult.access import Actor, Thing, of_site, permit, permits, visible
from teleconsult.imaging.find import anywhere
from teleconsult.imaging.find_match import key_like, wildcard
from teleconsult.imaging.find_names import patterns
from teleconsult.imaging.find_typed import plain
from teleconsult.imaging.merge import people_begun
from teleconsult.imaging.orders_lifecycle import AWAITING_IMAGES, CANCELLED, ORDER, SCHEDULED
from teleconsult.imaging.orders_matching import agrees, differs, score
from teleconsult.imaging.tables import PatientRow, StudyRow
from teleconsult.imaging.tables_orders import OrderLinkRow, OrderNameRow, OrderRow, StepRow, UnmatchedRow
from teleconsult.kernel.errors import absent
from teleconsult.records.paging import Shelf, page
from teleconsult.records.work import Work

SHELVES: Final = ("waiting", "late", "performed", "cancelled", "all")
WINDOW: Final = timedelta(days=14)
"""How far apart a study and an order may lie to be offered for each other without sharing a number."""
_MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Linked:
    """A study that answers an order, or did."""

    link: OrderLinkRow
    study: StudyRow


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with its studies (undone links as well, last), its steps, and what this actor may be offered now."""

    order: OrderRow
    links: tuple[Linked, ...]
    steps: tuple[StepRow, ...]
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """An order and a study that may belong together: in what they agree and contradict."""

    order: OrderRow
    study: StudyRow
    agrees: tuple[str, ...]
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lonely:
    """A study without an order, with the orders that may be its own, likeliest first."""

    row: UnmatchedRow
    study: StudyRow
    candidates: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Orders:
    """A page of orders with how many studies each has."""

    items: tuple[tuple[OrderRow, int], ...]
    next: str | None
    counts: Mapping[str, int]


def order_list(
    work: Work, actor: Actor, shelf: str, typed: str = "", cursor: str | None = None, limit: int = 50
) -> Orders:
    """The orders of the actor's own sites: what waits by schedule, everything else latest first."""
    mine = of_site(OrderRow.site_id, actor, "order.see")
    found = and_(mine, _typed(typed)) if typed.strip("*? ") else mine
    images = select(func.count()).where(OrderLinkRow.order_id == OrderRow.id, OrderLinkRow.undone_at.is_(None))
    statement = select(OrderRow, images.scalar_subquery()).where(found)
    holds = _shelf(shelf, work.now)
    order = Shelf(shelf, holds, (OrderRow.scheduled_at, OrderRow.id), descending=shelf not in ("waiting", "late"))
    rows, after = page(work, statement, [order], cursor, limit)
    counted = {name: _count(work, and_(found, _shelf(name, work.now))) for name in SHELVES}
    return Orders(tuple((row[0], int(row[1])) for row in rows), after, counted)


def order_detail(work: Work, actor: Actor, order_id: str) -> OrderDetail:
    """For who is at its site, or sees a study that answers it. ABSENT `order.absent`."""
    order = work.session.get(OrderRow, order_id)
    if order is None or not _may_see(work, actor, order):
        raise absent("order.absent", order_id)
    rows = work.session.execute(
        select(OrderLinkRow, StudyRow)
        .join(StudyRow, StudyRow.id == OrderLinkRow.study_id)
        .where(OrderLinkRow.order_id == order_id)
        .order_by(OrderLinkRow.undone_at.is_not(None), OrderLinkRow.at)
    ).all()
    return OrderDetail(order, tuple(Linked(*row) for row in rows), _steps(work, order), verbs_of(actor, order))


def verbs_of(actor: Actor, order: OrderRow) -> tuple[str, ...]:
    """What the actor may be offered with the order as it is."""
    thing = Thing(site_id=order.site_id)
    write = permits(actor, "order.write", thing)
    found = [verb for verb in ("edit", "cancel") if write and (order.state, verb) in ORDER.moves]
    return (*found, *(("link",) if permits(actor, "order.link", thing) else ()))


def orders_of_study(work: Work, study_id: str) -> Sequence[OrderRow]:
    """The orders that a study answers. The caller has permitted `study.see`."""
    return work.session.scalars(
        select(OrderRow)
        .join(OrderLinkRow, OrderLinkRow.order_id == OrderRow.id)
        .where(OrderLinkRow.study_id == study_id, OrderLinkRow.undone_at.is_(None))
        .order_by(OrderRow.scheduled_at, OrderRow.id)
    ).all()


def unmatched(work: Work, actor: Actor, state: str = "open", typed: str = "", limit: int = 100) -> list[Lonely]:
    """Studies of the actor's sites for which no order is certain, latest first; those set aside with `state` "aside". None of which nothing is
    shown. `typed` is looked for as in `order_list`: a name in any writing, or the beginning of a number."""
    mine = of_site(UnmatchedRow.site_id, actor, "order.see")
    rows = work.session.execute(
        select(UnmatchedRow, StudyRow)
        .join(StudyRow, StudyRow.id == UnmatchedRow.study_id)
        .where(mine, UnmatchedRow.state == state, StudyRow.instance_count > 0)
        .where(anywhere(typed) if typed.strip("*? ") else true())
        .order_by(UnmatchedRow.since.desc(), UnmatchedRow.id)
        .limit(limit)
    ).all()
    return [Lonely(row, study, _candidates(work, study)) for row, study in rows]


def candidates_for(work: Work, actor: Actor, order_id: str) -> list[Pair]:
    """Studies without an order that may be this order's, likeliest first. ABSENT `order.absent`."""
    order = work.session.get(OrderRow, order_id)
    if order is None or not permits(actor, "order.see", Thing(site_id=order.site_id)):
        raise absent("order.absent", order_id)
    permit(actor, "order.link", Thing(site_id=order.site_id))
    alike = _alike(order.scheduled_at, StudyRow.arrived_at, StudyRow.patient_number == order.patient_number,
                   StudyRow.accession == order.accession)  # fmt: skip
    studies = work.session.scalars(
        select(StudyRow)
        .join(UnmatchedRow, UnmatchedRow.study_id == StudyRow.id)
        .where(StudyRow.site_id == order.site_id, UnmatchedRow.state == "open", alike)
        .order_by(StudyRow.arrived_at.desc())
        .limit(200)
    )
    return _ranked([_pair(order, study) for study in studies])


def counts(work: Work, actor: Actor) -> tuple[int, int]:
    """How many studies without an order, and orders without images after their time, wait at the actor's sites."""
    open_ones = and_(
        of_site(UnmatchedRow.site_id, actor, "order.see"), UnmatchedRow.state == "open", StudyRow.instance_count > 0
    )
    waiting = select(func.count()).select_from(UnmatchedRow).join(StudyRow, StudyRow.id == UnmatchedRow.study_id)
    lonely = work.session.scalar(waiting.where(open_ones)) or 0
    late = and_(of_site(OrderRow.site_id, actor, "order.see"), _shelf("late", work.now))
    return lonely, _count(work, late)


def _candidates(work: Work, study: StudyRow) -> tuple[Pair, ...]:
    alike = _alike(study.arrived_at, OrderRow.scheduled_at, OrderRow.patient_number == study.patient_number,
                   OrderRow.accession == study.accession, OrderRow.study_uid == study.study_uid)  # fmt: skip
    orders = work.session.scalars(
        select(OrderRow)
        .where(OrderRow.site_id == study.site_id, alike)
        .order_by(_without_images().desc(), OrderRow.scheduled_at.desc())
        .limit(200)
    )
    return tuple(_ranked([_pair(order, study) for order in orders])[:_MOST_CANDIDATES])


def _alike(about: datetime, when: InstrumentedAttribute[datetime], *same: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(*same, and_(when >= about - WINDOW, when <= about + WINDOW))


def _pair(order: OrderRow, study: StudyRow) -> Pair:
    return Pair(order, study, agrees(order, study), differs(order, study))


def _ranked(pairs: list[Pair]) -> list[Pair]:
    """Likeliest first; what agrees in nothing but sex, time and modality is left out: that is no likeness."""
    told = [pair for pair in pairs if {"study_uid", "accession", "patient", "name"} & set(pair.agrees)]
    return sorted(told, key=lambda pair: -score(pair.agrees, pair.differs))


def _may_see(work: Work, actor: Actor, order: OrderRow) -> bool:
    if permits(actor, "order.see", Thing(site_id=order.site_id)):
        return True
    linked = exists().where(
        OrderLinkRow.order_id == order.id,
        OrderLinkRow.undone_at.is_(None),
        visible(OrderLinkRow.study_id, actor, work.now),
    )
    return bool(work.session.scalar(select(linked)))


def _steps(work: Work, order: OrderRow) -> tuple[StepRow, ...]:
    if not order.stepped:
        return ()
    rows = work.session.scalars(
        select(StepRow)
        .where(StepRow.site_id == order.site_id, StepRow.began_at >= order.registered_at)
        .order_by(StepRow.began_at)
    )
    return tuple(row for row in rows if order.id in row.order_ids)


def _shelf(name: str, now: datetime) -> ColumnElement[bool]:
    empty = _without_images()
    return {
        "waiting": and_(OrderRow.state == SCHEDULED, empty),
        "late": and_(OrderRow.state.in_(AWAITING_IMAGES), OrderRow.reminded_at.is_not(None), empty),
        "performed": OrderRow.state.not_in((SCHEDULED, CANCELLED)),
        "cancelled": OrderRow.state == CANCELLED,
        "all": OrderRow.registered_at <= now,
    }[name]


def _without_images() -> ColumnElement[bool]:
    return OrderRow.arrived_at.is_(None)


def _typed(typed: str) -> ColumnElement[bool]:
    word = typed.strip("*? ")
    called = [key_like(OrderNameRow.key, pattern) for pattern in patterns(f"*{word}*")]
    written = dict.fromkeys((word, plain(word)))
    numbers = [
        wildcard(column, f"{one}*") for column in (OrderRow.patient_number, OrderRow.accession) for one in written
    ]
    others = tuple_(OrderRow.issuer, OrderRow.patient_number).in_(
        select(PatientRow.issuer, PatientRow.number).where(PatientRow.id.in_(people_begun(word)))
    )
    return or_(OrderRow.id.in_(select(OrderNameRow.order_id).where(or_(*called))), *numbers, others)


def _count(work: Work, which: ColumnElement[bool]) -> int:
    return work.session.scalar(select(func.count()).select_from(OrderRow).where(which)) or 0
