"""People as consultations look at them: colleagues by name, site and title, and how much an expert has to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from teleconsult.access.actors import Actor, Role, Title
from teleconsult.access.rights import CONSULT, WITH_CASE
from teleconsult.access.tables import GrantRow, PersonRow, SiteRow
from teleconsult.consult.lifecycle import ASSIGNED, IN_SESSION, OPINION, SCHEDULED, TRIAGE
from teleconsult.consult.tables import ConsultationRow, ConsultationSecondRow
from teleconsult.kernel.errors import absent
from teleconsult.records.work import Work

BUSY_STATES = (SCHEDULED, ASSIGNED, IN_SESSION, OPINION)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person as others in the alliance see them."""

    id: str
    name: str
    title: Title
    site_id: str | None
    site: str
    is_expert: bool = False
    disabled: bool = False


def colleague(work: Work, person_id: str) -> Colleague:
    """ABSENT `person.absent`."""
    found = colleagues(work, [person_id])
    if not found:
        raise absent("person.absent", person_id)
    return found[person_id]


def colleagues(work: Work, people: Iterable[str | None]) -> dict[str, Colleague]:
    """The people among these who are known, by id."""
    wanted = sorted({person for person in people if person})
    if not wanted:
        return {}
    is_expert = select(GrantRow.id).where(GrantRow.person_id == PersonRow.id, GrantRow.role == Role.EXPERT).exists()
    rows = work.session.execute(
        select(PersonRow, SiteRow.name, is_expert)
        .outerjoin(SiteRow, SiteRow.id == PersonRow.site_id)
        .where(PersonRow.id.in_(wanted))
    )
    return {
        row.id: Colleague(row.id, row.name, Title(row.title), row.site_id, site or "", bool(expert), row.disabled)
        for row, site, expert in rows
    }


def holds_at(work: Work, person_id: str, site_id: str, roles: Iterable[Role]) -> bool:
    """Whether this person holds one of the roles at the site by name, as a notice to the site's roles reaches them."""
    wanted = select(GrantRow.id).where(GrantRow.person_id == person_id, GrantRow.site_id == site_id)
    return (
        work.session.scalar(wanted.where(GrantRow.role.in_(sorted(str(role) for role in roles))).limit(1)) is not None
    )


def centres(work: Work) -> list[SiteRow]:
    """The hospitals that can triage, in the order of their codes: somebody there holds the right to, and is not disabled."""
    somebody = (
        select(GrantRow.id)
        .join(PersonRow, PersonRow.id == GrantRow.person_id)
        .where(GrantRow.site_id == SiteRow.id, PersonRow.disabled.is_(False))
        .where(GrantRow.role.in_(sorted(str(role) for role in WITH_CASE[TRIAGE][CONSULT])))
    )
    return list(work.session.scalars(select(SiteRow).where(somebody.exists()).order_by(SiteRow.code)))


def of_actor(work: Work, actor: Actor) -> Colleague:
    return colleague(work, actor.id)


def load_of(work: Work, person_id: str, but: str = "") -> int:
    """How many open consultations wait for this person's answer, `but` not counted."""
    mine = select(func.count()).where(
        ConsultationRow.expert_id == person_id, ConsultationRow.state.in_(BUSY_STATES), ConsultationRow.id != but
    )
    return work.session.scalar(mine) or 0


def taken(work: Work, after: datetime, before: datetime) -> dict[str, list[tuple[datetime, datetime]]]:
    """Person → (from, to) of the consultations that they are booked for, as expert or second. One that is on is over at the earliest now."""
    rows = work.session.execute(
        select(ConsultationRow, ConsultationSecondRow.person_id)
        .outerjoin(ConsultationSecondRow, ConsultationSecondRow.consultation_id == ConsultationRow.id)
        .where(ConsultationRow.state.in_((SCHEDULED, IN_SESSION)))
        .where(ConsultationRow.starts_at >= after, ConsultationRow.starts_at < before)
    )
    found: dict[str, set[tuple[datetime, datetime]]] = {}
    for row, second in rows:
        if row.starts_at is None:
            continue
        ends_at = row.starts_at + timedelta(minutes=row.minutes or 0)
        if row.state == IN_SESSION:
            ends_at = max(ends_at, work.now + timedelta(seconds=1))
        for person in filter(None, (row.expert_id, second)):
            found.setdefault(person, set()).add((row.starts_at, ends_at))
    return {person: sorted(times) for person, times in found.items()}


def bookings(work: Work, person_id: str, after: datetime, before: datetime) -> list[tuple[str, datetime, datetime]]:
    """(id, from, to) of what this person is booked for, as expert or second, that begins between the two."""
    second = select(ConsultationSecondRow.consultation_id).where(ConsultationSecondRow.person_id == person_id)
    rows = work.session.scalars(
        select(ConsultationRow).where(
            or_(ConsultationRow.expert_id == person_id, ConsultationRow.id.in_(second)),
            ConsultationRow.state.in_((SCHEDULED, IN_SESSION)),
            ConsultationRow.starts_at >= after,
            ConsultationRow.starts_at < before,
        )
    )
    return [
        (row.id, row.starts_at, row.starts_at + timedelta(minutes=row.minutes or 0)) for row in rows if row.starts_at
    ]
