"""How meetings come to be: of a board by its cadence, or ad hoc. Permits nothing: the callers have."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from teleconsult.access import SYSTEM
from teleconsult.consult import cadence, facts_meeting
from teleconsult.consult import clocks_meeting as clocks
from teleconsult.consult.lifecycle_meeting import OPEN
from teleconsult.consult.loading_meeting import load_board, look_meeting
from teleconsult.consult.queries.meeting_sight import board_members, clinical_people, members_of
from teleconsult.consult.tables_meetings import BoardRow, MeetingMemberRow, MeetingRow
from teleconsult.kernel.errors import conflict
from teleconsult.kernel.values import new_id
from teleconsult.records.work import By, Work
from teleconsult.referral import next_number

LETTER: Final = "M"
A_WEEK: Final = timedelta(days=7)


def plan(
    work: Work, *, site_id: str, title: str, specialties: Sequence[str], quorum: Mapping[str, Any], chair_id: str,
    members: Mapping[str, str], starts_at: datetime, minutes: int, by: By, board_id: str | None = None,
) -> MeetingRow:  # fmt: skip
    """A meeting that takes cases from now on. CONFLICT `meeting.planned_already` when the board meets then as it is."""
    there = select(MeetingRow.id).where(MeetingRow.board_id == board_id, MeetingRow.starts_at == starts_at)
    if board_id is not None and work.session.scalar(there) is not None:
        raise conflict("meeting.planned_already", f"{starts_at}")
    row = MeetingRow(
        id=new_id(), version=1, number=next_number(work, LETTER), board_id=board_id, site_id=site_id, title=title, state=OPEN,
        specialties=list(specialties), quorum=dict(quorum), chair_id=chair_id, planned_by_id=None if by.id == SYSTEM.id else by.id,
        planned_at=work.now, starts_at=starts_at, minutes=minutes, freeze_at=clocks.freeze_at(starts_at, work.now), told=[],
    )  # fmt: skip
    work.add(row)
    seat(work, row.id, members)
    look_meeting(work, row)
    work.record(
        facts_meeting.of_meeting("MeetingPlanned", row, board_id=board_id, starts_at=starts_at.isoformat()), by=by
    )
    return row


def seat(work: Work, meeting_id: str, members: Mapping[str, str]) -> None:
    for person_id, specialty in members.items():
        work.add(MeetingMemberRow(meeting_id=meeting_id, person_id=person_id, specialty=specialty))


def of_board(work: Work, board: BoardRow, starts_at: datetime, by: By, minutes: int | None = None) -> MeetingRow:
    """A meeting of a board as the board is now. Who has left since is left out."""
    members = board_members(work, board.id)
    here = clinical_people(work, members) | {board.chair_id}
    return plan(
        work, site_id=board.site_id, title=board.name, specialties=board.specialties, quorum=board.quorum, chair_id=board.chair_id,
        members={person: what for person, what in members.items() if person in here}, starts_at=starts_at,
        minutes=minutes or board.minutes, by=by, board_id=board.id,
    )  # fmt: skip


def next_of_board(work: Work, board: BoardRow, after: datetime | None = None, by: By = SYSTEM) -> MeetingRow:
    """The board's next meeting whose agenda is open (and that begins after `after`), planned by its cadence when there is none."""
    board = load_board(work, board.id)  # two at once plan one
    since = max(after or work.now, work.now)
    found = work.session.scalars(
        select(MeetingRow)
        .where(
            MeetingRow.board_id == board.id,
            MeetingRow.state == OPEN,
            MeetingRow.freeze_at > work.now,
            MeetingRow.starts_at > since,
        )
        .order_by(MeetingRow.starts_at)
        .limit(1)
    ).one_or_none()
    return found or of_board(work, board, _free_date(work, board, since), by)


def next_after(work: Work, meeting: MeetingRow, by: By) -> MeetingRow:
    """Where a deferred case goes: the board's next meeting, or an ad hoc one's own continuation a week later."""
    if meeting.board_id is not None:
        return next_of_board(work, load_board(work, meeting.board_id), meeting.starts_at, by)
    starts_at = meeting.starts_at + A_WEEK
    while starts_at <= work.now:
        starts_at += A_WEEK
    again = select(MeetingRow).where(
        MeetingRow.board_id.is_(None), MeetingRow.site_id == meeting.site_id, MeetingRow.title == meeting.title,
        MeetingRow.state == OPEN, MeetingRow.starts_at == starts_at,
    )  # fmt: skip
    found = work.session.scalars(again.limit(1)).one_or_none()
    return found or plan(
        work, site_id=meeting.site_id, title=meeting.title, specialties=meeting.specialties, quorum=meeting.quorum,
        chair_id=meeting.chair_id, members=members_of(work, meeting.id), starts_at=starts_at, minutes=meeting.minutes, by=by,
    )  # fmt: skip


def _free_date(work: Work, board: BoardRow, after: datetime) -> datetime:
    """The first date of the cadence whose agenda is open for a while and on which nothing is planned; a cancelled one stays cancelled."""
    taken = set(
        work.session.scalars(
            select(MeetingRow.starts_at).where(MeetingRow.board_id == board.id, MeetingRow.starts_at > after)
        )
    )
    for found in cadence.dates(cadence.checked(board.cadence), after):
        if found not in taken and found - clocks.FREEZE_BEFORE > work.now:
            return found
    raise conflict("meeting.no_date", board.id)
