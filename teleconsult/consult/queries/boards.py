"""Boards as their screens show them. That a centre has a board, and when it meets, is no secret within the alliance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from teleconsult.access import Actor, Thing, permits
from teleconsult.access.queries import site_names
from teleconsult.consult import cadence
from teleconsult.consult.lifecycle_meeting import OPEN
from teleconsult.consult.queries.meeting_sight import board_members
from teleconsult.consult.queries.people import Colleague, colleagues
from teleconsult.consult.tables_meetings import BoardRow, MeetingRow
from teleconsult.kernel.errors import absent
from teleconsult.reading.queries import Named
from teleconsult.records.work import Work

AHEAD: Final = 4
MANAGE: Final = "board.manage"


@dataclass(frozen=True, slots=True)
class Seated:
    """A person and the specialty they sit for."""

    person: Colleague
    specialty: str


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A meeting that still takes cases."""

    id: str
    number: str
    starts_at: datetime
    freeze_at: datetime


@dataclass(frozen=True, slots=True)
class BoardView:
    """A board. `dates` are the next ones by its cadence; `open` the meetings that take cases now; verbs are "change" and "plan"."""

    row: Mapping[str, Any]
    site: Named
    chair: Colleague
    members: tuple[Seated, ...]
    dates: tuple[datetime, ...]
    open: tuple[Upcoming, ...]
    verbs: tuple[str, ...]


_COLUMNS = ("id", "version", "name", "specialties", "quorum", "cadence", "minutes", "active")


def boards(work: Work, actor: Actor, *, site_id: str = "", inactive: bool = False) -> list[BoardView]:
    """All boards by hospital and name."""
    wanted = select(BoardRow).order_by(BoardRow.site_id, BoardRow.name)
    if site_id:
        wanted = wanted.where(BoardRow.site_id == site_id)
    if not inactive:
        wanted = wanted.where(BoardRow.active.is_(True))
    return [_view(work, actor, row) for row in work.session.scalars(wanted)]


def board(work: Work, actor: Actor, board_id: str) -> BoardView:
    """ABSENT `board.absent`."""
    row = work.session.get(BoardRow, board_id, populate_existing=True)
    if row is None:
        raise absent("board.absent", board_id)
    return _view(work, actor, row)


def _view(work: Work, actor: Actor, row: BoardRow) -> BoardView:
    seats = board_members(work, row.id)
    people = colleagues(work, [*seats, row.chair_id])
    may = permits(actor, MANAGE, Thing(site_id=row.site_id))
    dates = cadence.next_dates(cadence.checked(row.cadence), work.now, AHEAD) if row.active else []
    return BoardView(
        row={name: getattr(row, name) for name in _COLUMNS}, site=Named(row.site_id, site_names(work).get(row.site_id, "")),
        chair=people[row.chair_id], members=seated(row.specialties, seats, people), dates=tuple(dates), open=_open(work, row.id),
        verbs=("change", "plan") if may else (),
    )  # fmt: skip


def seated(specialties: Sequence[str], seats: Mapping[str, str], people: Mapping[str, Colleague]) -> tuple[Seated, ...]:
    """In the order of the specialties, then by name."""
    known = [Seated(people[person], specialty) for person, specialty in seats.items() if person in people]
    place = {specialty: number for number, specialty in enumerate(specialties)}
    return tuple(sorted(known, key=lambda one: (place.get(one.specialty, 99), one.person.name, one.person.id)))


def _open(work: Work, board_id: str) -> tuple[Upcoming, ...]:
    rows = work.session.scalars(
        select(MeetingRow)
        .where(MeetingRow.board_id == board_id, MeetingRow.state == OPEN, MeetingRow.freeze_at > work.now)
        .order_by(MeetingRow.starts_at)
        .limit(AHEAD)
    )
    return tuple(Upcoming(row.id, row.number, row.starts_at, row.freeze_at) for row in rows)
