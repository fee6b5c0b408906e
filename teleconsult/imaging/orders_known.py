"""Whom a hospital knows under a patient's number, when somebody orders for that number: a number typed wrongly is found here, not at the scanner.

Only what the hospital itself has ordered and made is looked at: what others know is not its people's to see.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from teleconsult.imaging import find_names
from teleconsult.imaging.ingest_study import names_differ
from teleconsult.imaging.orders_lifecycle import CANCELLED, MOST_TEXT
from teleconsult.imaging.person import Named, Person, contradict, person
from teleconsult.imaging.tables import StudyRow
from teleconsult.imaging.tables_orders import OrderRow
from teleconsult.kernel.errors import conflict, invalid
from teleconsult.records import journal
from teleconsult.records.work import Work

WHO: Final = ("patient_number", "issuer", "name", "sex", "birth_date")
"""What of an order says for whom it is."""
_CONFIRMED: Final = ("known_differs", "known_reason")
_MOST: Final = 20
"""So many of the latest orders, and of the latest studies, are looked at."""


@dataclass(frozen=True, slots=True)
class Ordering:
    """For whom an order is to be. `besides`: the order or the study that this is about, which vouches for nothing."""

    site_id: str
    issuer: str
    patient_number: str
    person: Person
    besides: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Somebody has seen in what the two differ and says that it is right, and why."""

    reason: str


def vouch(work: Work, ordering: Ordering, confirmed: Confirmed | None) -> dict[str, str]:
    """Let the order be made, or refuse it. What its fact says of a difference that somebody has confirmed: `known_differs` and `known_reason`; else empty.

    CONFLICT `order.patient_known` names the number, what `differs` (name, sex, birth_date, by commas) and the person whom the hospital knows
    (`written`, `spelt`, `sex`, `birth_date`); INVALID `order.differs_unexplained` when a confirmation has no reason.
    """
    if confirmed is not None and not confirmed.reason.strip():
        raise invalid("order.differs_unexplained", "say why the known patient is not taken", field="differs_reason")
    known = known_person(_told(work, ordering))
    against = differs(known, ordering.person)
    if not against:
        return {}
    if confirmed is None:
        spelt, _, written = known.name.partition("=")
        raise conflict(
            "order.patient_known", f"differs in {', '.join(against)}", number=ordering.patient_number, differs=",".join(against),
            written=(written and find_names.shown(known.name)) or spelt.replace("^", " ").strip(),
            spelt=spelt.replace("^", " ").strip() if written else "", sex=known.sex, birth_date=known.birth_date,
        )  # fmt: skip
    return {"known_differs": ",".join(against), "known_reason": confirmed.reason.strip()[:MOST_TEXT]}


def confirmed_before(work: Work, order_id: str) -> dict[str, str]:
    """What `vouch` said when the order came to be for whom it is now: for the timelines of the studies that answer it."""
    for fact in journal.of_subject(work, "order", order_id, "OrderRegistered", "OrderChanged"):
        if fact.name == "OrderRegistered" or not set(WHO).isdisjoint(fact.details["fields"]):
            return {name: fact.details[name] for name in _CONFIRMED if name in fact.details}
    return {}


def known_person(told: Iterable[Named]) -> Person:
    """One person, of what was told latest first: older words fill gaps as far as they are of nobody else."""
    known = Person()
    for each in told:
        if differs(known, each):
            break
        known = Person(known.name or each.name, known.sex or each.sex, known.birth_date or each.birth_date)
    return known


def differs(one: Named, other: Named) -> tuple[str, ...]:
    """In what two contradict each other; what one does not say contradicts nothing. Chinese names are one when they are written alike:
    people choose them by the character, and many sound the same."""
    found = ["name"] if names_differ(one.name, other.name) or _written_differ(one.name, other.name) else []
    return (*found, *contradict(one, other))


def _written_differ(one: str, other: str) -> bool:
    shown = [find_names.shown(name) for name in (one, other)]
    return all(find_names.is_chinese(name) for name in shown) and find_names.fold(shown[0]) != find_names.fold(shown[1])


def _told(work: Work, ordering: Ordering) -> list[Person]:
    """What the site's orders and studies under the number say, latest first. A name that is hard to read says nothing, and nothing does a
    study of which it is doubted that the number is its own."""
    site, issuer, number = ordering.site_id, ordering.issuer, ordering.patient_number
    orders = work.session.scalars(
        select(OrderRow)
        .where(OrderRow.site_id == site, OrderRow.patient_number == number, OrderRow.issuer == issuer)
        .where(OrderRow.state != CANCELLED, OrderRow.id != ordering.besides)
        .order_by(OrderRow.registered_at.desc(), OrderRow.id.desc())
        .limit(_MOST)
    )
    studies = work.session.scalars(
        select(StudyRow)
        .where(StudyRow.site_id == site, StudyRow.patient_number == number, StudyRow.issuer == issuer)
        .where(StudyRow.name_differs.is_(False), StudyRow.instance_count > 0, StudyRow.id != ordering.besides)
        .order_by(StudyRow.arrived_at.desc(), StudyRow.id.desc())
        .limit(_MOST)
    )
    told = [(row.registered_at, person(row)) for row in orders]
    told += [(row.arrived_at, Person("" if row.doubtful else row.name, row.sex, row.birth_date)) for row in studies]
    return [each for _, each in sorted(told, key=lambda each: each[0], reverse=True)]
