"""The directory of experts, with how busy each is and when they are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select

from teleconsult.access.actors import Actor, Role, Title
from teleconsult.access.tables import GrantRow, PersonRow, SiteRow
from teleconsult.consult import hours
from teleconsult.consult.queries.people import BUSY_STATES, Colleague, colleagues, taken
from teleconsult.consult.tables import ConsultationRow, ExpertRow
from teleconsult.imaging.find_typed import plain
from teleconsult.imaging.pinyin import keys
from teleconsult.kernel.errors import absent
from teleconsult.records.work import Work

USUAL_MINUTES = 30
_LONGEST = timedelta(hours=4)
Slot = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class ExpertView:
    """`open` is how many consultations wait for their answer; `free_at` the next time by their hours and beside what they are booked
    for (None: none in two weeks)."""

    person_id: str
    name: str
    title: str
    site_id: str
    site: str
    specialty: str
    introduction: str
    accepting: bool
    hours: dict[str, Any]
    most_open: int
    open: int
    available_now: bool
    free_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class ExpertPage:
    rows: tuple[ExpertView, ...]
    next: str | None
    total: int


def experts(
    work: Work, specialty: str = "", q: str = "", site_id: str = "", *, accepting: bool = False, cursor: str | None = None,
    limit: int = 200,
) -> ExpertPage:  # fmt: skip
    """Who may be asked, the least busy first. `q` finds by name and its pinyin, by hospital, and in the introduction.

    The directory is no secret within the alliance: whoever is signed in may read it.
    """
    busy = (
        select(func.count())
        .where(ConsultationRow.expert_id == ExpertRow.id, ConsultationRow.state.in_(BUSY_STATES))
        .scalar_subquery()
    )
    holds = exists().where(GrantRow.person_id == ExpertRow.id, GrantRow.role == Role.EXPERT)
    wanted = (
        select(ExpertRow, PersonRow, SiteRow.name, busy.label("busy"))
        .join(PersonRow, PersonRow.id == ExpertRow.id)
        .join(SiteRow, SiteRow.id == ExpertRow.site_id)
        .where(holds, PersonRow.disabled.is_(False))
    )
    if specialty:
        wanted = wanted.where(ExpertRow.specialty == specialty)
    if site_id:
        wanted = wanted.where(ExpertRow.site_id == site_id)
    if accepting:
        wanted = wanted.where(ExpertRow.accepting.is_(True))
    rows = work.session.execute(wanted.order_by(busy, PersonRow.name, ExpertRow.id)).all()
    booked = _booked(work)
    found = [
        _view(work, row, person, site, count, booked.get(row.id, ()))
        for row, person, site, count in rows
        if _matches(q, row, person, site)
    ]
    skipped = int(cursor) if cursor and cursor.isdecimal() and len(cursor) < 7 else 0
    more = str(skipped + limit) if len(found) > skipped + limit else None
    return ExpertPage(tuple(found[skipped : skipped + limit]), more, len(found))


def unlisted(work: Work, actor: Actor) -> list[Colleague]:
    """Who holds the role at the hospitals that this person coordinates or administers, and does not stand in the directory yet."""
    keepers = (Role.COORDINATOR, Role.ADMINISTRATOR)
    wanted = (
        select(PersonRow.id)
        .join(GrantRow, GrantRow.person_id == PersonRow.id)
        .where(GrantRow.role == Role.EXPERT, PersonRow.disabled.is_(False), PersonRow.id.not_in(select(ExpertRow.id)))
    )
    if not actor.everywhere(*keepers):
        wanted = wanted.where(PersonRow.site_id.in_(sorted(actor.sites(*keepers))))
    found = colleagues(work, work.session.scalars(wanted))
    return sorted(found.values(), key=lambda one: (one.name, one.id))


def expert(work: Work, person_id: str) -> ExpertView:
    """ABSENT `expert.absent`."""
    found = work.session.execute(
        select(ExpertRow, PersonRow, SiteRow.name)
        .join(PersonRow, PersonRow.id == ExpertRow.id)
        .join(SiteRow, SiteRow.id == ExpertRow.site_id)
        .where(ExpertRow.id == person_id)
    ).one_or_none()
    if found is None:
        raise absent("expert.absent", person_id)
    row, person, site = found
    waiting = or_(ConsultationRow.state.in_(BUSY_STATES))
    count = work.session.scalar(select(func.count()).where(ConsultationRow.expert_id == person_id, waiting)) or 0
    return _view(work, row, person, site, count, _booked(work).get(row.id, ()))


def _matches(q: str, row: ExpertRow, person: PersonRow, site: str) -> bool:
    asked = plain(q).strip().lower().replace(" ", "")
    full, initials = keys(person.name)
    return asked in f"{person.name.lower()}\n{full}\n{initials}\n{site.lower()}\n{row.introduction.lower()}"


def _booked(work: Work) -> dict[str, list[Slot]]:
    return taken(work, work.now - _LONGEST, work.now + hours.AHEAD)


def _view(work: Work, row: ExpertRow, person: PersonRow, site: str, count: int, booked: Sequence[Slot]) -> ExpertView:
    has_room = row.accepting and count < row.most_open
    ends_at = work.now + timedelta(minutes=USUAL_MINUTES)
    free = not any(begins < ends_at and work.now < ends for begins, ends in booked)
    return ExpertView(
        person_id=row.id, name=person.name, title=str(Title(person.title)), site_id=row.site_id, site=site, specialty=row.specialty,
        introduction=row.introduction, accepting=row.accepting, hours=row.hours, most_open=row.most_open, open=count,
        available_now=has_room and free and hours.open_at(row.hours, work.now, USUAL_MINUTES),
        free_at=hours.next_free(row.hours, work.now, USUAL_MINUTES, booked) if row.accepting else None, version=row.version,
    )  # fmt: skip
