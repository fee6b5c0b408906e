"""What time does to meetings and their items. The relay calls it through `consult.sweep`; twice at once is safe, and what was told is told once."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import select

from teleconsult.access import SYSTEM
from teleconsult.consult import clocks_meeting as clocks
from teleconsult.consult import facts_meeting as facts
from teleconsult.consult import telling_meeting as telling
from teleconsult.consult.clocks import Event, key
from teleconsult.consult.concluding import load_conclusion, needed_parts
from teleconsult.consult.lifecycle_meeting import MEETING, PREPARING
from teleconsult.consult.loading_meeting import items_of, keep_meeting, look_item, look_meeting, sites_of
from teleconsult.consult.minutes import CHAIR
from teleconsult.consult.moving_on import prepared
from teleconsult.consult.planning import next_of_board
from teleconsult.consult.queries.conclusion import signed_numbers
from teleconsult.consult.queries.meeting_sight import members_of
from teleconsult.consult.tables_meetings import BoardRow, MeetingItemRow, MeetingRow
from teleconsult.records.work import Work


def sweep_meetings(work: Work, limit: int = 100) -> int:
    """Do what is due; how much was done."""
    due = select(MeetingRow).where(MeetingRow.look_at <= work.now).order_by(MeetingRow.look_at).limit(limit)
    meetings = work.session.scalars(due.with_for_update(skip_locked=True)).all()
    for meeting in meetings:
        _look(work, meeting)
    late = select(MeetingItemRow).where(MeetingItemRow.look_at <= work.now).order_by(MeetingItemRow.look_at)
    items = work.session.scalars(late.limit(limit).with_for_update(skip_locked=True)).all()
    for item in items:
        _look_item(work, work.get(MeetingRow, item.meeting_id), item)
    return len(meetings) + len(items)


def _look(work: Work, row: MeetingRow) -> None:
    """One thing at a time: what happens may make the next one needless."""
    while (found := clocks.meeting_events(row)) and found[0][0] <= work.now:
        row.told = [*row.told, key(found[0])]
        work.session.flush()
        _DO[found[0][1]](work, row, _at(found[0]))
    look_meeting(work, row)


def _look_item(work: Work, meeting: MeetingRow, row: MeetingItemRow) -> None:
    while (found := clocks.item_events(row)) and found[0][0] <= work.now:
        row.told = [*row.told, key(found[0])]
        work.session.flush()
        _DO_ITEM[found[0][1]](work, meeting, row, _at(found[0]), found[0][1])
    look_item(work, row)


def _at(event: Event) -> str:
    """Tells one occurrence from the next, in few characters."""
    return f"{event[0]:%y%m%d%H%M%S}"


def _frozen(work: Work, row: MeetingRow, again: str) -> None:
    """The agenda is frozen, and the board has another meeting that takes cases."""
    keep_meeting(work, row, {"state": MEETING.step(row.state, "freeze")}, "AgendaFrozen")
    telling.tell_coordinators(work, row, "meeting.frozen", again)
    board = work.session.get(BoardRow, row.board_id) if row.board_id else None
    if board is not None and board.active:
        next_of_board(work, board, by=SYSTEM)


def _chased(work: Work, row: MeetingRow, again: str) -> None:
    """A day before: each specialty that is not ready hears so, and each hospital whose case lacks something."""
    work.record(facts.meeting_reminded(row, clocks.CHASE))
    members = members_of(work, row.id)
    for item in items_of(work, row.id, PREPARING):
        done = prepared(work, item.id)
        lazy = {one for one, found in done.items() if not found.ready}
        people = [person for person, specialty in members.items() if specialty in lazy]
        telling.tell_people(work, row, people, "meeting.chase", again, item)
        if any(found.missing for found in done.values()):
            telling.tell_ward(work, row, item, "meeting.missing_chase", again)


def _soon(work: Work, row: MeetingRow, again: str) -> None:
    work.record(facts.meeting_reminded(row, clocks.SOON))
    telling.tell_people(work, row, members_of(work, row.id), "meeting.soon", again)


def _not_started(work: Work, row: MeetingRow, again: str) -> None:
    work.record(facts.meeting_reminded(row, clocks.NOT_STARTED))
    telling.tell_people(work, row, [row.chair_id], "meeting.not_started", again)
    telling.tell_coordinators(work, row, "meeting.not_started", again)


def _too_long(work: Work, row: MeetingRow, again: str) -> None:
    work.record(facts.meeting_reminded(row, clocks.TOO_LONG))
    telling.tell_people(work, row, [row.chair_id], "meeting.too_long", again)
    telling.tell_coordinators(work, row, "meeting.too_long", again)


def _unsigned(work: Work, meeting: MeetingRow, row: MeetingItemRow, again: str, what: str) -> None:
    """Who has not signed hears so; when it is late, the coordinators too."""
    work.record(facts.item_reminded(row, sites_of(work, meeting, row), what))
    said = load_conclusion(work, row.id)
    signed = signed_numbers(work, said)
    left = {part.role for part in needed_parts(meeting, row) if part.number not in signed}
    people = [one["person_id"] for one in row.attended if one["specialty"] in left]
    people += [meeting.chair_id] if CHAIR in left else []
    code = "meeting.sign_reminder" if what == clocks.SIGN_SOON else "meeting.sign_late"
    telling.tell_people(work, meeting, people, code, again, row, kind=said.kind)
    if what != clocks.SIGN_SOON:
        telling.tell_coordinators(work, meeting, code, again, row, kind=said.kind)


def _to_review(work: Work, meeting: MeetingRow, row: MeetingItemRow, again: str, what: str) -> None:
    work.record(facts.item_reminded(row, sites_of(work, meeting, row), what))
    telling.tell_coordinators(work, meeting, "meeting.review", again, row)


_DO: Final[Mapping[str, Callable[[Work, MeetingRow, str], None]]] = {
    clocks.FREEZE: _frozen,
    clocks.CHASE: _chased,
    clocks.SOON: _soon,
    clocks.NOT_STARTED: _not_started,
    clocks.TOO_LONG: _too_long,
}
_DO_ITEM: Final[Mapping[str, Callable[[Work, MeetingRow, MeetingItemRow, str, str], None]]] = {
    clocks.SIGN_SOON: _unsigned,
    clocks.SIGN_LATE: _unsigned,
    clocks.SIGN_AGAIN: _unsigned,
    clocks.REVIEW: _to_review,
    clocks.REVIEW_AGAIN: _to_review,
}
