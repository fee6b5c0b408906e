"""Ordered examinations: registered, edited, cancelled, and reminded of."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import randbits
from typing import Any, Final

from sqlalchemy import delete, func, insert, select

from teleconsult.access import Actor, Role, Thing, notify, permit, permits, settle
from teleconsult.imaging import find_names, orders_facts
from teleconsult.imaging import orders_lifecycle as lifecycle
from teleconsult.imaging.orders_known import WHO, Confirmed, Ordering, vouch
from teleconsult.imaging.orders_lifecycle import CLOCK, ORDER, SCHEDULED
from teleconsult.imaging.person import Person
from teleconsult.imaging.tables_orders import OrderNameRow, OrderRow
from teleconsult.kernel.errors import absent, conflict, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Work

REMINDER: Final = timedelta(hours=24)
TOLD: Final = (Role.COUNTY_DOCTOR, Role.TECHNOLOGIST)
_EMPTY: Final = {
    "sex": "", "birth_date": "", "body_part": "", "question": "", "diagnosis": "", "priority": "ROUTINE", "station": "", "physician": "",
}  # fmt: skip


def register(
    work: Work, actor: Actor, site_id: str, said: Mapping[str, Any], reminder: timedelta = REMINDER,
    confirmed: Confirmed | None = None, of_study: str = "",
) -> OrderRow:  # fmt: skip
    """Order an examination at the site. `said` is the form (`lifecycle.form`); without `accession` the site's next number is taken.

    CONFLICT `order.accession_taken`, with the `order_id` that has it, when the site has used the number; the study UID is reserved here
    and never again. `order.patient_known` when the site knows somebody else under the patient's number (`orders_known.vouch`) and nobody
    has `confirmed` it. INVALID `order.planned_past`, but for what is registered of a study (`of_study`), which was made in the past.
    """
    permit(actor, "order.write", Thing(site_id=site_id))
    fields = {**_EMPTY, **lifecycle.form({"patient_number": "", "modality": "", "procedure": "", "name": "", **said})}
    fields |= {} if "scheduled_at" in fields else lifecycle.schedule(work.now)
    lifecycle.plausible(fields, work.now, past=bool(of_study))
    fields["issuer"] = fields.get("issuer") or site_id
    unlike = vouch(work, _ordering(site_id, fields, besides=of_study), confirmed)
    values: dict[str, Any] = {
        **fields, "id": new_id(), "version": 1, "site_id": site_id, "study_uid": new_uid(),
        "state": SCHEDULED, "stepped": False, "registered_at": work.now, "registered_by_id": actor.id, "registered_by": actor.name,
        "remind_at": fields["scheduled_at"] + reminder, "cancel_reason": None, "arrived_at": None, "reminded_at": None,
    }  # fmt: skip
    _numbered(work, site_id, values)
    _name(work, values["id"], values["name"])
    order = work.get(OrderRow, values["id"])
    work.record(orders_facts.order_registered(order, unlike))
    return order


def edit(
    work: Work, actor: Actor, order_id: str, said: Mapping[str, Any], seen: int, reminder: timedelta = REMINDER,
    confirmed: Confirmed | None = None,
) -> OrderRow:  # fmt: skip
    """Change what the form says while nothing has begun. CONFLICT `order.begun`, `version.stale`, and what `register` says of somebody
    else under the number; the accession number stays."""
    order = _permitted(work, actor, "order.write", order_id, seen)
    state = lifecycle.edit(order.state)
    fields = {name: value for name, value in lifecycle.form(said).items() if getattr(order, name) != value}
    fields.pop("accession", None)
    if "issuer" in fields:
        fields["issuer"] = fields["issuer"] or order.site_id
    if "scheduled_at" in fields:
        fields |= {"remind_at": fields["scheduled_at"] + reminder, "reminded_at": None}
        settle(work, order.id)
    if not fields:
        return order
    lifecycle.plausible(fields, work.now, past=_no_later(order, fields))
    unlike: dict[str, str] = {}
    if not fields.keys().isdisjoint(WHO):
        unlike = vouch(work, _ordering(order.site_id, {**_who(order), **fields}, besides=order.id), confirmed)
    work.keep(order, **fields, state=state)
    if "name" in fields:
        _name(work, order.id, order.name)
    told = sorted(fields.keys() - {"name_shown", "scheduled_date", "scheduled_time", "remind_at", "reminded_at"})
    work.record(orders_facts.order_changed(order, told, unlike))
    return order


def cancel(work: Work, actor: Actor, order_id: str, reason: str, seen: int | None = None) -> OrderRow:
    """Nobody wants it any more, and why. CONFLICT `order.begun` once it is performed."""
    order = _permitted(work, actor, "order.write", order_id, seen)
    work.keep(order, **lifecycle.cancel(order.state, reason))
    settle(work, order.id)
    work.record(orders_facts.order_cancelled(order))
    return order


def remind(work: Work, limit: int = 100) -> int:
    """Tell the sites of orders that should have had images for a day and have none; how many. Twice at once is safe."""
    late = (
        select(OrderRow)
        .where(OrderRow.remind_at <= work.now, OrderRow.state.in_(lifecycle.AWAITING_IMAGES))
        .order_by(OrderRow.remind_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    orders = work.session.scalars(late).all()
    for order in orders:
        work.keep(order, remind_at=None, reminded_at=work.now)
        params = {"name": order.name_shown, "accession": order.accession, "order_id": order.id}
        key = f"order:{order.id}:{order.scheduled_date}{order.scheduled_time}"[:80]
        notify(work, key, order.site_id, TOLD, "order.no_images", params=params, about=order.id)
        work.record(orders_facts.order_overdue(order))
    return len(orders)


def load(work: Work, order_id: str) -> OrderRow:
    """The order's row, held until the end of the transaction. ABSENT `order.absent`."""
    order = work.session.get(OrderRow, order_id, with_for_update=True, populate_existing=True)
    if order is None:
        raise absent("order.absent", order_id)
    return order


def moved(work: Work, order: OrderRow, step_uid: str, verb: str) -> None:
    """A modality reports: `begin`, `complete` or `discontinue`. What the order's state does not know is no reason to refuse a modality."""
    if (order.state, verb) in ORDER.moves:
        work.keep(order, state=ORDER.step(order.state, verb), stepped=True)
        work.record(orders_facts.order_moved(order, step_uid, verb))


def new_uid() -> str:
    """A UID that nobody else makes (PS3.5 B.2)."""
    return f"2.25.{randbits(122) | 1 << 122}"


def _numbered(work: Work, site_id: str, values: dict[str, Any]) -> None:
    given = values.get("accession", "")
    if given:
        values["accession"] = given
        if not insert_new(work.session, OrderRow, values, "site_id", "accession"):
            has_it = select(OrderRow.id).where(OrderRow.site_id == site_id, OrderRow.accession == given)
            raise conflict("order.accession_taken", given, accession=given, order_id=work.session.scalar(has_it) or "")
        return
    for ahead in range(1, 100):
        values["accession"] = _next_number(work, site_id, work.now, ahead)
        if insert_new(work.session, OrderRow, values, "site_id", "accession"):
            return
    raise invalid("order.no_number", "no accession number is free today")


def _next_number(work: Work, site_id: str, now: datetime, ahead: int) -> str:
    """TC, the day by the hospital's clock, and a number of at least four digits: TC2611220001."""
    day = f"TC{now.astimezone(CLOCK):%y%m%d}"
    taken = select(func.count()).where(
        OrderRow.site_id == site_id, OrderRow.accession >= day, OrderRow.accession < day + "\uffff"
    )
    return f"{day}{(work.session.scalar(taken) or 0) + ahead:04d}"


def _ordering(site_id: str, fields: Mapping[str, Any], besides: str) -> Ordering:
    person = Person(fields["name"], fields["sex"], fields["birth_date"])
    return Ordering(site_id, fields["issuer"], fields["patient_number"], person, besides)


def _who(order: OrderRow) -> dict[str, str]:
    return {name: getattr(order, name) for name in WHO}


def _no_later(order: OrderRow, fields: Mapping[str, Any]) -> bool:
    """Whether an order is not put further into the past than it lies: a form knows no seconds."""
    return "scheduled_at" in fields and fields["scheduled_at"] >= order.scheduled_at - timedelta(minutes=1)


def _name(work: Work, order_id: str, name: str) -> None:
    work.session.execute(delete(OrderNameRow).where(OrderNameRow.order_id == order_id))
    keys = [{"order_id": order_id, "key": key} for key in sorted(find_names.keys(name))]
    if keys:
        work.session.execute(insert(OrderNameRow), keys)


def _permitted(work: Work, actor: Actor, verb: str, order_id: str, seen: int | None) -> OrderRow:
    order = load(work, order_id)
    thing = Thing(site_id=order.site_id)
    if not permits(actor, "order.see", thing):
        raise absent("order.absent", order_id)
    permit(actor, verb, thing)
    if seen is not None and seen != order.version:
        raise conflict("version.stale", f"seen {seen}, is {order.version}", version=order.version)
    return order
