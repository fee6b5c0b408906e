"""How actions come by a board, a meeting and its items: held in this order, permitted, kept with what time has to do next."""

from collections.abc import Sequence

from sqlalchemy import select

from teleconsult.access import Actor, Role, Share, Thing, case_audience, permits
from teleconsult.access.rights import MEETING
from teleconsult.consult import clocks_meeting as clocks
from teleconsult.consult import facts_meeting as facts
from teleconsult.consult.lifecycle_meeting import Changes
from teleconsult.consult.queries.meeting_sight import member_ids, refused_lately, sees_meeting
from teleconsult.consult.tables_meetings import BoardRow, MeetingItemRow, MeetingRow
from teleconsult.kernel.errors import Refused, absent, conflict, forbidden
from teleconsult.kernel.values import Json
from teleconsult.records.work import Work


def load_board(work: Work, board_id: str) -> BoardRow:
    """The row, held until the end of the transaction. ABSENT `board.absent`."""
    row = work.session.get(BoardRow, board_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise absent("board.absent", board_id)
    return row


def load_meeting(work: Work, meeting_id: str) -> MeetingRow:
    """The row, held. Whoever changes an item holds its meeting first: so two never wait for each other. ABSENT `meeting.absent`."""
    row = work.session.get(MeetingRow, meeting_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise absent("meeting.absent", meeting_id)
    return row


def load_item(work: Work, meeting_id: str, item_id: str) -> tuple[MeetingRow, MeetingItemRow]:
    """Both rows, held. ABSENT `meeting.absent`, `item.absent` also for an item of another meeting."""
    meeting = load_meeting(work, meeting_id)
    item = work.session.get(MeetingItemRow, item_id, with_for_update=True, populate_existing=True)
    if item is None or item.meeting_id != meeting_id:
        raise absent("item.absent", item_id)
    return meeting, item


def items_of(work: Work, meeting_id: str, *states: str) -> Sequence[MeetingItemRow]:
    """The items of a meeting that is held, in the order of its agenda."""
    wanted = select(MeetingItemRow).where(MeetingItemRow.meeting_id == meeting_id)
    wanted = wanted.where(MeetingItemRow.state.in_(states)) if states else wanted
    ordered = wanted.order_by(MeetingItemRow.place, MeetingItemRow.id).execution_options(populate_existing=True)
    return work.session.scalars(ordered.with_for_update()).all()


def permitted(work: Work, actor: Actor, meeting_id: str, *verbs: str, seen: int | None = None) -> MeetingRow:
    """The meeting, if the actor has any of the verbs on it. ABSENT `meeting.absent` for who may not see it, FORBIDDEN for who may only see.

    CONFLICT `version.stale` when it has changed since `seen`.
    """
    meeting = load_meeting(work, meeting_id)
    may(work, actor, meeting, *verbs)
    if seen is not None and seen != meeting.version:
        raise conflict("version.stale", f"seen {seen}, is {meeting.version}", version=meeting.version)
    return meeting


def permitted_item(
    work: Work, actor: Actor, meeting_id: str, item_id: str, *verbs: str, seen: int | None = None
) -> tuple[MeetingRow, MeetingItemRow]:
    """As `permitted`, with an item."""
    meeting, item = load_item(work, meeting_id, item_id)
    may(work, actor, meeting, *verbs)
    if seen is not None and seen != item.version:
        raise conflict("version.stale", f"seen {seen}, is {item.version}", version=item.version)
    return meeting, item


def may(work: Work, actor: Actor, meeting: MeetingRow, *verbs: str) -> None:
    thing = thing_of(meeting, member_ids(work, meeting.id))
    if any(permits(actor, verb, thing) for verb in verbs):
        return
    if not sees_meeting(work, actor, meeting):
        raise absent("meeting.absent", meeting.id)
    raise forbidden("permit.refused", f"{actor.id} may not {verbs[0]}", verb=verbs[0])


def thing_of(meeting: MeetingRow, members: Sequence[str]) -> Thing:
    """The meeting as `access.permits` looks at it: its hospital's coordinators and its members.

    That somebody sees one of the cases gives them no part in the meeting.
    """
    return Thing(shares=[Share(meeting.site_id, MEETING), *(Share("", MEETING, person) for person in members)])


def coordinates(actor: Actor, meeting: MeetingRow) -> bool:
    return actor.has(Role.COORDINATOR, meeting.site_id)


def sites_of(work: Work, meeting: MeetingRow, item: MeetingItemRow) -> tuple[str, ...]:
    """Whose lists change with an item."""
    return tuple({meeting.site_id, item.proposed_site_id, *case_audience(work, item.case_id)})


def keep_meeting(work: Work, row: MeetingRow, changes: Changes, fact: str, **details: Json) -> MeetingRow:
    """Write the changes, set the row's next look and tell what happened."""
    work.keep(row, **changes)
    look_meeting(work, row)
    work.record(facts.of_meeting(fact, row, **details))
    return row


def keep_item(
    work: Work, meeting: MeetingRow, row: MeetingItemRow, changes: Changes, fact: str, **details: Json
) -> MeetingItemRow:
    """As `keep_meeting`, for an item. The meeting's screen hears of it: its version counts with every item's change."""
    work.keep(row, **changes)
    look_item(work, row)
    work.record(facts.of_item(fact, row, sites_of(work, meeting, row), **details))
    work.keep(meeting)
    return row


def look_meeting(work: Work, row: MeetingRow) -> None:
    """Note when time itself has to do something next. Nobody decides by it, so no version is counted."""
    row.look_at = clocks.next_look(clocks.meeting_events(row))
    work.session.flush()


def look_item(work: Work, row: MeetingItemRow) -> None:
    row.look_at = clocks.next_look(clocks.item_events(row))
    work.session.flush()


def note_refused(work: Work, actor: Actor, meeting_id: str, refusal: Refused) -> None:
    """Write down that somebody without a part in it followed a link to this meeting; once an hour for each person."""
    meeting = work.session.get(MeetingRow, meeting_id)
    if meeting is None:
        return
    if not refused_lately(work, meeting_id, actor.id):
        work.record(facts.meeting_refused(meeting, refusal.code))
