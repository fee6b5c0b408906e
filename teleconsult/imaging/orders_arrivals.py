"""Orders and the studies that came: linked when it is certain, put before people when it is not. Pixels and headers are never touched.

A link is a row of its own. Undoing it leaves the row and says who and why; the same two are not linked by the machine again.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, or_, select, update

from teleconsult.access import Actor, Thing, permit, permits, settle
from teleconsult.imaging import orders, orders_facts
from teleconsult.imaging import orders_lifecycle as lifecycle
from teleconsult.imaging.orders_known import Confirmed, confirmed_before
from teleconsult.imaging.orders_lifecycle import IN_PROGRESS, MOST_TEXT, ORDER
from teleconsult.imaging.orders_matching import Verdict, differs, judge
from teleconsult.imaging.tables import StudyRow
from teleconsult.imaging.tables_orders import OrderLinkRow, OrderRow, UnmatchedRow
from teleconsult.kernel.errors import absent, conflict, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Work

FROM_STUDY: Final = "registered from the study"
"""The reason of a link whose order was registered from its study; what somebody adds follows after a colon."""
_BELOW: Final = {"STAT": ("ROUTINE", "URGENT"), "URGENT": ("ROUTINE",), "ROUTINE": ()}


def match_study(work: Work, study_id: str) -> str | None:
    """Link the study with the order that is certainly its own; the order's id. Else it is put on the site's list, with the reason.

    Repeats safely. A site that orders nothing here has no such list. What is linked stays so until somebody says otherwise; in what the two
    contradict each other by now, the link says. ABSENT `study.absent`.
    """
    study = work.get(StudyRow, study_id)
    linked = select(OrderLinkRow.order_id).where(OrderLinkRow.study_id == study_id, OrderLinkRow.undone_at.is_(None))
    if (known := work.session.scalars(linked).first()) is not None:
        _compare_again(work, study)
        return known
    verdicts = [(order, judge(order, study)) for order in _sharing(work, study)]
    certain = [(order, verdict) for order, verdict in verdicts if verdict.how]
    if len(certain) == 1:
        order, verdict = certain[0]
        _link(work, orders.load(work, order.id), study, verdict.how, (), None)
        return order.id
    if len(certain) > 1:
        _unmatched(work, study, Verdict(code="order.ambiguous"), None)
    elif verdicts:
        _unmatched(work, study, verdicts[0][1], verdicts[0][0])
    elif work.session.scalar(select(exists().where(OrderRow.site_id == study.site_id))):
        _unmatched(work, study, Verdict(code="order.none"), None)
    return None


def match_order(work: Work, order_id: str) -> int:
    """An order is new or changed: the studies that waited for it; how many were linked. Repeats safely."""
    order = work.get(OrderRow, order_id)
    alike = or_(StudyRow.study_uid == order.study_uid, StudyRow.accession == order.accession)
    waiting = select(StudyRow.id).where(StudyRow.site_id == order.site_id, alike, ~_has_link())
    linked = [each for each in work.session.scalars(waiting).all() if match_study(work, each) == order_id]
    for study_id in linked:
        if work.get(StudyRow, study_id).state != "receiving":
            study_at_rest(work, study_id)  # it has settled before its order was there
    return len(linked)


def study_at_rest(work: Work, study_id: str) -> None:
    """The study has settled: the orders that it answers are performed, unless their modality reports steps. Repeats safely."""
    for order_id in sorted(order_ids_of(work, study_id)):
        _performed(work, orders.load(work, order_id), study_id)


def link(work: Work, actor: Actor, order_id: str, study_id: str, reason: str = "") -> OrderRow:
    """A person says that they belong together. Where they contradict each other a reason is needed: INVALID `order.reason_needed`.

    CONFLICT `order.linked_already`; a study of another site is ABSENT `study.absent`.
    """
    order, study = _both(work, actor, order_id, study_id)
    against, words = differs(order, study), reason.strip()[:MOST_TEXT]
    if against and not words:
        raise invalid("order.reason_needed", f"they differ in {', '.join(against)}")
    if order_id in order_ids_of(work, study_id):
        raise conflict("order.linked_already")
    _link(work, order, study, "person", against, words or None)
    return order


def register_from(
    work: Work,
    actor: Actor,
    study_id: str,
    said: Mapping[str, Any],
    reason: str = "",
    reminder: timedelta = orders.REMINDER,
    confirmed: Confirmed | None = None,
) -> OrderRow:
    """Register what was done without an order and link the study with it, together or not at all. `said` as in `orders.register`.

    The same asked again by the same person is the same order. CONFLICT `order.study_linked` when the study has got an order meanwhile,
    `order.accession_taken` when another order has the number; both name that order (`order_id`). Where the form contradicts the study
    a reason is needed: INVALID `order.reason_needed`. What else the site knows of the number is compared as in `orders.register`; the reason
    of whoever has `confirmed` that serves for both. ABSENT `unmatched.absent`.
    """
    row = _on_list(work, actor, study_id)
    permit(actor, "order.write", Thing(site_id=row.site_id))
    if row.state == "linked":
        return _registered_before(work, actor, study_id, said)
    order = orders.register(work, actor, row.site_id, said, reminder, confirmed, of_study=study_id)
    study = work.get(StudyRow, study_id)
    words = (reason.strip() or (confirmed.reason.strip() if confirmed else ""))[:MOST_TEXT]
    against = differs(order, study)
    if against and not words:
        raise invalid("order.reason_needed", f"they differ in {', '.join(against)}")
    _link(work, order, study, "person", against, f"{FROM_STUDY}: {words}"[:MOST_TEXT] if words else FROM_STUDY)
    return order


def _registered_before(work: Work, actor: Actor, study_id: str, said: Mapping[str, Any]) -> OrderRow:
    """The order that this person has registered from the study by this very form: two clicks are one deed."""
    order, link = work.session.execute(
        select(OrderRow, OrderLinkRow)
        .join(OrderLinkRow, OrderLinkRow.order_id == OrderRow.id)
        .where(OrderLinkRow.study_id == study_id, OrderLinkRow.undone_at.is_(None))
        .order_by(OrderLinkRow.at.desc(), OrderLinkRow.id)
    ).first() or (None, None)
    if order is None or link is None:
        raise conflict("order.linked_already")
    fields = lifecycle.form(said)
    fields.pop("issuer", None)  # kept as the site itself where it is empty
    same = all(getattr(order, name) == value for name, value in fields.items() if (name, value) != ("accession", ""))
    if same and order.registered_by_id == actor.id and (link.reason or "").startswith(FROM_STUDY):
        return order
    raise conflict("order.study_linked", order.accession, accession=order.accession, order_id=order.id, by=link.by)


def unlink(work: Work, actor: Actor, order_id: str, study_id: str, reason: str) -> OrderRow:
    """They do not belong together after all, and why. ABSENT `order.not_linked`, INVALID `order.reason_needed`."""
    order, study = _both(work, actor, order_id, study_id)
    if not (words := reason.strip()[:MOST_TEXT]):
        raise invalid("order.reason_needed", "say why")
    row = work.session.scalars(
        select(OrderLinkRow).where(
            OrderLinkRow.order_id == order_id, OrderLinkRow.study_id == study_id, OrderLinkRow.undone_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise absent("order.not_linked", study_id)
    row.undone_at, row.undone_by, row.undone_why = work.now, actor.name, words
    work.session.flush()
    left = work.session.scalars(
        select(OrderLinkRow.id).where(OrderLinkRow.order_id == order_id, OrderLinkRow.undone_at.is_(None))
    ).all()
    state = lifecycle.after_unlink(order.state, order.stepped, len(left))
    work.keep(order, state=state, arrived_at=order.arrived_at if left else None)
    work.record(orders_facts.order_unlinked(order, study_id, words))
    if not order_ids_of(work, study_id):
        _unmatched(work, study, Verdict(code="order.unlinked"), order)
    return order


def set_aside(work: Work, actor: Actor, study_id: str, reason: str) -> UnmatchedRow:
    """The study needs no order, and why. ABSENT `unmatched.absent`, CONFLICT `order.linked_already`."""
    row = _on_list(work, actor, study_id)
    if not (words := reason.strip()[:MOST_TEXT]):
        raise invalid("order.reason_needed", "say why")
    if row.state == "linked":
        raise conflict("order.linked_already")
    work.keep(row, state="aside", closed_by=actor.name, note=words)
    work.record(orders_facts.study_set_aside(study_id, row.site_id, words))
    return row


def take_up(work: Work, actor: Actor, study_id: str) -> UnmatchedRow:
    """The study that was set aside needs an order after all."""
    row = _on_list(work, actor, study_id)
    if row.state == "aside":
        work.keep(row, state="open", closed_by=None, note=None)
        work.record(orders_facts.study_set_aside(study_id, row.site_id, "", again=True))
    return row


def order_ids_of(work: Work, study_id: str) -> set[str]:
    """The orders that the study answers."""
    links = select(OrderLinkRow.order_id).where(OrderLinkRow.study_id == study_id, OrderLinkRow.undone_at.is_(None))
    return set(work.session.scalars(links))


def _sharing(work: Work, study: StudyRow) -> Sequence[OrderRow]:
    """The site's orders with the study's accession number or UID, but for those that somebody said it is not."""
    undone = exists().where(
        OrderLinkRow.order_id == OrderRow.id, OrderLinkRow.study_id == study.id, OrderLinkRow.undone_at.is_not(None)
    )
    alike = [OrderRow.study_uid == study.study_uid]
    alike += [OrderRow.accession == study.accession] if study.accession else []
    return work.session.scalars(
        select(OrderRow)
        .where(OrderRow.site_id == study.site_id, or_(*alike), ~undone)
        .order_by(OrderRow.study_uid != study.study_uid, OrderRow.id)
    ).all()


def _has_link() -> ColumnElement[bool]:
    return exists().where(OrderLinkRow.study_id == StudyRow.id, OrderLinkRow.undone_at.is_(None))


def _link(work: Work, order: OrderRow, study: StudyRow, how: str, against: Sequence[str], reason: str | None) -> None:
    """`order` is held (`orders.load`). The study becomes as urgent as it was ordered, never less urgent."""
    if order.id in order_ids_of(work, study.id):
        return
    work.add(
        OrderLinkRow(
            id=new_id(), order_id=order.id, study_id=study.id, how=how, differs=list(against), reason=reason, at=work.now, by=work.actor.name
        )
    )  # fmt: skip
    work.keep(
        order, state=ORDER.step(order.state, "link"), arrived_at=order.arrived_at or work.now, remind_at=None
    )  # fmt: skip
    settle(work, order.id)
    work.session.execute(
        update(StudyRow)
        .where(StudyRow.id == study.id, StudyRow.priority.in_(_BELOW[order.priority]))
        .values(priority=order.priority),
        execution_options={"synchronize_session": False},
    )
    row = work.session.scalars(select(UnmatchedRow).where(UnmatchedRow.study_id == study.id)).one_or_none()
    if row is not None:
        work.keep(row, state="linked", closed_by=work.actor.name)
    work.record(
        orders_facts.order_linked(order, study.id, how, list(against), reason, confirmed_before(work, order.id))
    )
    if how == "person" and study.state != "receiving":
        _performed(work, order, study.id)  # nothing more comes that would say so


def _compare_again(work: Work, study: StudyRow) -> None:
    """A study may be of somebody else than when it was linked (`identity_anew`): whoever looks at its order must see that."""
    linked = select(OrderLinkRow, OrderRow).join(OrderRow, OrderRow.id == OrderLinkRow.order_id)
    rows = work.session.execute(linked.where(OrderLinkRow.study_id == study.id, OrderLinkRow.undone_at.is_(None)))
    for link_row, order in rows.all():
        against = list(differs(order, study))
        if link_row.differs != against:
            link_row.differs = against
    work.session.flush()


def _performed(work: Work, order: OrderRow, study_id: str) -> None:
    """The study is all here: its order is performed, unless a modality reports steps."""
    if order.state == IN_PROGRESS and not order.stepped:
        work.keep(order, state=ORDER.step(order.state, "settle"))
        work.record(orders_facts.order_performed(order, study_id))


def _unmatched(work: Work, study: StudyRow, why: Verdict, order: OrderRow | None) -> None:
    params = {"accession": order.accession, "differs": list(why.differs)} if order else {}
    values = {
        "id": new_id(), "version": 1, "study_id": study.id, "site_id": study.site_id, "code": why.code, "params": params,
        "order_id": order.id if order else None, "since": work.now, "state": "open", "closed_by": None, "note": None,
    }  # fmt: skip
    if insert_new(work.session, UnmatchedRow, values, "study_id"):
        work.record(orders_facts.study_unmatched(study.id, study.site_id, why.code))
        return
    row = work.session.scalars(select(UnmatchedRow).where(UnmatchedRow.study_id == study.id)).one()
    if row.state == "aside" or (row.state == "open" and why.code in (row.code, "order.none")):
        return  # what somebody decided, or a reason that says more, stays
    work.keep(row, state="open", code=why.code, params=params, order_id=values["order_id"], closed_by=None, note=None)
    work.record(orders_facts.study_unmatched(study.id, study.site_id, why.code))


def _both(work: Work, actor: Actor, order_id: str, study_id: str) -> tuple[OrderRow, StudyRow]:
    order = orders.load(work, order_id)
    thing = Thing(site_id=order.site_id)
    if not permits(actor, "order.see", thing):
        raise absent("order.absent", order_id)
    permit(actor, "order.link", thing)
    study = work.session.get(StudyRow, study_id)
    if study is None or study.site_id != order.site_id:
        raise absent("study.absent", study_id)
    return order, study


def _on_list(work: Work, actor: Actor, study_id: str) -> UnmatchedRow:
    row = work.session.scalars(
        select(UnmatchedRow).where(UnmatchedRow.study_id == study_id).with_for_update()
    ).one_or_none()
    if row is None or not permits(actor, "order.see", Thing(site_id=row.site_id)):
        raise absent("unmatched.absent", study_id)
    permit(actor, "order.link", Thing(site_id=row.site_id))
    return row
