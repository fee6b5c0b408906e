"""Meetings as their screens show them: the list, and one with its agenda."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from teleconsult.access import Actor, Share, Thing, permits
from teleconsult.access.queries import site_names
from teleconsult.access.rights import MEETING as WHY
from teleconsult.consult import quorum
from teleconsult.consult.lifecycle_meeting import CANCELLED, CLOSED, LIVE, MEETING, PRESIDE, SCREEN, WAITING_ITEMS
from teleconsult.consult.queries.boards import Seated, seated
from teleconsult.consult.queries.meeting_items import ItemView, items_shown
from teleconsult.consult.queries.meeting_sight import attendance, members_of, seen_items, seen_meetings, sees_meeting
from teleconsult.consult.queries.people import Colleague, colleagues
from teleconsult.consult.tables_meetings import MeetingItemRow, MeetingMemberRow, MeetingRow, PreparationRow
from teleconsult.kernel.errors import absent
from teleconsult.reading.queries import Named
from teleconsult.records.work import Work

MOST_ROWS: Final = 200
_COLUMNS = (
    "id", "number", "version", "board_id", "title", "state", "specialties", "quorum", "planned_at", "starts_at", "minutes", "freeze_at",
    "started_at", "finished_at", "ended_at", "end_reason", "room_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeetingMatch:
    """What a list is asked for: states (none: all that are not over), the actor's own, a board, a case."""

    states: tuple[str, ...] = ()
    mine: bool = False
    board_id: str = ""
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One in a list; `items` counts those that this actor may see, `ready` those of them that every specialty has prepared."""

    row: Mapping[str, Any]
    site: Named
    chair: Colleague
    items: int
    proposed: int
    ready: int
    member: bool


@dataclass(frozen=True, slots=True)
class MeetingView:
    """One with its agenda, as far as this actor may see its cases. `quorum` is how the attendance stands now."""

    line: MeetingLine
    members: tuple[Seated, ...]
    present: tuple[str, ...]
    quorum: quorum.Finding
    items: tuple[ItemView, ...]
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeetingPage:
    rows: tuple[MeetingLine, ...]
    next: str | None
    total: int


def meetings(work: Work, actor: Actor, match: MeetingMatch, cursor: str | None = None, limit: int = 50) -> MeetingPage:
    """Those in which the actor has a part, the next one first (those that are over: the latest first)."""
    limit = max(1, min(limit, MOST_ROWS))
    wanted = [seen_meetings(work, actor), *_conditions(work, actor, match)]
    over = bool(match.states) and set(match.states) <= {CLOSED, CANCELLED}
    order = (MeetingRow.starts_at.desc(), MeetingRow.id.desc()) if over else (MeetingRow.starts_at, MeetingRow.id)
    skipped = int(cursor) if cursor and cursor.isdecimal() and len(cursor) < 7 else 0
    rows = work.session.scalars(
        select(MeetingRow).where(*wanted).order_by(*order).offset(skipped).limit(limit + 1)
    ).all()
    total = work.session.scalar(select(func.count()).select_from(MeetingRow).where(*wanted)) or 0
    more = str(skipped + limit) if len(rows) > limit else None
    return MeetingPage(tuple(_lines(work, actor, rows[:limit])), more, total)


def meeting(work: Work, actor: Actor, meeting_id: str) -> MeetingView:
    """ABSENT `meeting.absent` for who has no part in it."""
    row = work.session.get(MeetingRow, meeting_id, populate_existing=True)
    if row is None or not sees_meeting(work, actor, row):
        raise absent("meeting.absent", meeting_id)
    seats = members_of(work, row.id)
    here = {one["person_id"]: one["specialty"] for one in attendance(work, row, work.now)} if row.state == LIVE else {}
    found = quorum.found(row.quorum, row.specialties, set(here.values()), chair=row.chair_id in here)
    return MeetingView(
        line=_lines(work, actor, [row])[0], members=seated(row.specialties, seats, colleagues(work, seats)), present=tuple(here),
        quorum=found, items=tuple(items_shown(work, actor, row)), verbs=_verbs(actor, row, seats),
    )  # fmt: skip


def meetings_of_case(work: Work, actor: Actor, case_id: str) -> MeetingPage:
    """Every meeting that has, or had, the case on its agenda."""
    return meetings(work, actor, MeetingMatch(states=tuple(sorted(MEETING.states)), case_id=case_id))


def _conditions(work: Work, actor: Actor, match: MeetingMatch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        MeetingRow.state.in_(match.states or tuple(MEETING.states - {CLOSED, CANCELLED}))
    ]
    if match.mine:
        sits = select(MeetingMemberRow.meeting_id).where(MeetingMemberRow.person_id == actor.id)
        found.append(or_(MeetingRow.id.in_(sits), MeetingRow.planned_by_id == actor.id))
    if match.board_id:
        found.append(MeetingRow.board_id == match.board_id)
    if match.case_id:
        of_case = select(MeetingItemRow.meeting_id).where(
            MeetingItemRow.case_id == match.case_id, seen_items(work, actor)
        )
        found.append(MeetingRow.id.in_(of_case))
    return found


def _lines(work: Work, actor: Actor, rows: Sequence[MeetingRow]) -> list[MeetingLine]:
    sites, people = site_names(work), colleagues(work, [row.chair_id for row in rows])
    counted, ready = _counts(work, actor, [row.id for row in rows]), _ready(work, actor, [row.id for row in rows])
    sits = select(MeetingMemberRow.meeting_id).where(MeetingMemberRow.person_id == actor.id)
    mine = set(work.session.scalars(sits))
    return [
        MeetingLine(
            row={name: getattr(row, name) for name in _COLUMNS}, site=Named(row.site_id, sites.get(row.site_id, "")),
            chair=people[row.chair_id], items=sum(count for (key, _), count in counted.items() if key == row.id),
            proposed=counted.get((row.id, "proposed"), 0), ready=ready.get(row.id, 0), member=row.id in mine,
        )
        for row in rows
    ]  # fmt: skip


def _counts(work: Work, actor: Actor, ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """Items by meeting and state, those that were dropped left out."""
    counted = (
        select(MeetingItemRow.meeting_id, MeetingItemRow.state, func.count())
        .where(MeetingItemRow.meeting_id.in_(ids), seen_items(work, actor))
        .where(MeetingItemRow.state.in_((*WAITING_ITEMS, "concluded", "signed", "closed")))
        .group_by(MeetingItemRow.meeting_id, MeetingItemRow.state)
    )
    return {(meeting_id, state): count for meeting_id, state, count in work.session.execute(counted)}


def _ready(work: Work, actor: Actor, ids: Sequence[str]) -> dict[str, int]:
    """Items by meeting that every specialty has prepared, or that are past preparing."""
    waits = exists().where(PreparationRow.item_id == MeetingItemRow.id, PreparationRow.ready.is_(False))
    past = MeetingItemRow.state.in_(("presenting", "concluded", "signed", "closed"))
    counted = (
        select(MeetingItemRow.meeting_id, func.count())
        .where(MeetingItemRow.meeting_id.in_(ids), seen_items(work, actor))
        .where(or_(past, and_(MeetingItemRow.state == "preparing", ~waits)))
        .group_by(MeetingItemRow.meeting_id)
    )
    return {meeting_id: count for meeting_id, count in work.session.execute(counted)}


def _verbs(actor: Actor, row: MeetingRow, seats: Mapping[str, str]) -> tuple[str, ...]:
    """What this person may be offered now. `propose` is offered by the case, not by the meeting."""
    thing = Thing(shares=[Share(row.site_id, WHY), *(Share("", WHY, person) for person in seats)])
    screens = permits(actor, SCREEN, thing)
    presides = actor.id == row.chair_id and permits(actor, PRESIDE, thing)
    offered = {
        "move": screens, "cancel": screens, "start": presides, "finish": presides,
    }  # fmt: skip
    found = [verb for verb in MEETING.verbs(row.state) if offered.get(verb, False)]
    running = row.state not in (CLOSED, CANCELLED)
    if running and (screens or presides):
        found += ["arrange", "replace_chair"] if row.state != "minutes" else ["replace_chair"]
    if screens and row.state in ("open", "frozen", "live"):
        found.append("set_members")
    return tuple(found)
