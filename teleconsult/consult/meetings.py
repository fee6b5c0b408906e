"""Meetings as a whole: planned, moved, its people changed, started, finished, cancelled."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select

from teleconsult.access import Actor, Thing, permit
from teleconsult.access.queries import site_names
from teleconsult.consult import lifecycle_meeting as lifecycle
from teleconsult.consult import shares_meeting as shares
from teleconsult.consult import telling_meeting as telling
from teleconsult.consult.boards import MANAGE, panel_of
from teleconsult.consult.lifecycle import text
from teleconsult.consult.lifecycle_meeting import (
    CONCLUDED,
    LIVE,
    PRESIDE,
    PROPOSED,
    SCREEN,
    SHARED_ITEMS,
    WAITING_ITEMS,
)
from teleconsult.consult.loading_meeting import items_of, keep_meeting, load_board, may, permitted
from teleconsult.consult.meeting_room import room_for, seats_follow
from teleconsult.consult.moving_on import carry_over, share_with_members
from teleconsult.consult.planning import next_of_board, of_board, plan, seat
from teleconsult.consult.queries.meeting_sight import members_of
from teleconsult.consult.rooms import close_of, load_room
from teleconsult.consult.tables_meetings import MeetingMemberRow, MeetingRow
from teleconsult.kernel.errors import conflict, invalid
from teleconsult.records.work import Work

MOST_TITLE: Final = 120


def plan_meeting(
    work: Work, actor: Actor, board_id: str, starts_at: datetime, minutes: int | None = None
) -> MeetingRow:
    """A further meeting of a board. FORBIDDEN; ABSENT `board.absent`; INVALID `meeting.time`; CONFLICT `meeting.planned_already`."""
    board = load_board(work, board_id)
    permit(actor, MANAGE, Thing(site_id=board.site_id))
    lifecycle.time_checked(starts_at, minutes or board.minutes, work.now)
    return of_board(work, board, starts_at, actor, minutes)


def plan_ad_hoc(
    work: Work, actor: Actor, site_id: str, title: str, starts_at: datetime, minutes: int, given: Mapping[str, Any]
) -> MeetingRow:
    """A meeting of no board: `given` names specialties, quorum, members and chair_id as for a board. Refuses as `boards.make_board`."""
    permit(actor, MANAGE, Thing(site_id=site_id))
    if site_id not in site_names(work):
        raise invalid("board.site", site_id[:40])
    text(title, "title")
    if len(title.strip()) > MOST_TITLE or "\0" in title:
        raise invalid("field.text", "title", field="title", most=MOST_TITLE)
    lifecycle.time_checked(starts_at, minutes, work.now)
    panel = panel_of(work, given)
    return plan(
        work, site_id=site_id, title=title.strip(), specialties=panel.specialties, quorum=panel.quorum, chair_id=panel.chair_id,
        members=panel.members, starts_at=starts_at, minutes=minutes, by=actor,
    )  # fmt: skip


def move(
    work: Work, actor: Actor, meeting_id: str, starts_at: datetime, minutes: int, seen: int | None = None
) -> MeetingRow:
    """Another time, by the coordinator. CONFLICT `meeting.planned_already`, `version.stale`; INVALID `meeting.time`."""
    meeting = permitted(work, actor, meeting_id, SCREEN, seen=seen)
    changes = lifecycle.move(meeting, starts_at, minutes, work.now)
    same = select(MeetingRow.id).where(MeetingRow.board_id == meeting.board_id, MeetingRow.starts_at == starts_at)
    if meeting.board_id and work.session.scalar(same.where(MeetingRow.id != meeting.id)) is not None:
        raise conflict("meeting.planned_already", f"{starts_at}")
    reopened = changes["state"] != meeting.state
    keep_meeting(
        work, meeting, changes, "AgendaReopened" if reopened else "MeetingMoved", starts_at=starts_at.isoformat()
    )
    _tell_all(work, meeting, "meeting.moved")
    return meeting


def set_members(
    work: Work,
    actor: Actor,
    meeting_id: str,
    members: Sequence[Mapping[str, str]],
    chair_id: str,
    seen: int | None = None,
) -> MeetingRow:
    """Who takes part and who presides, until the session is over. Who is no longer a member sees the cases no longer, and the reverse.

    By the coordinator. INVALID `board.members`, `board.chair`; CONFLICT `meeting.over`, `version.stale`.
    """
    meeting = permitted(work, actor, meeting_id, SCREEN, seen=seen)
    if meeting.state not in (lifecycle.OPEN, lifecycle.FROZEN, LIVE):
        raise conflict("meeting.over", meeting.state)
    panel = panel_of(
        work,
        {"specialties": meeting.specialties, "quorum": meeting.quorum, "members": list(members), "chair_id": chair_id},
    )
    before, was = members_of(work, meeting.id), meeting.chair_id
    gone = delete(MeetingMemberRow).where(MeetingMemberRow.meeting_id == meeting.id)
    work.session.execute(gone, execution_options={"synchronize_session": "fetch"})
    seat(work, meeting.id, panel.members)
    left = set(before) - set(panel.members)
    for item in items_of(work, meeting.id, PROPOSED, *SHARED_ITEMS):
        shares.from_people(work, item, left)
        if item.state != PROPOSED:
            share_with_members(work, meeting, item)
    fact = "ChairReplaced" if panel.chair_id != was else "MeetingMembersChanged"
    keep_meeting(work, meeting, {"chair_id": panel.chair_id}, fact, chair_id=panel.chair_id)
    _urgent_to_chair(work, meeting)
    seats_follow(work, meeting, was, left)
    telling.tell_people(work, meeting, set(panel.members) - set(before), "meeting.invited", str(meeting.version))
    return meeting


def replace_chair(work: Work, actor: Actor, meeting_id: str, person_id: str) -> MeetingRow:
    """Another member presides, also in the middle of it and while minutes wait for the chair's signature. By the coordinator or the chair.

    INVALID `board.chair`; CONFLICT `meeting.over`.
    """
    meeting = permitted(work, actor, meeting_id, SCREEN, PRESIDE)
    if actor.id != meeting.chair_id:
        may(work, actor, meeting, SCREEN)
    members = members_of(work, meeting.id)
    if meeting.state not in lifecycle.RUNNING:
        raise conflict("meeting.over", meeting.state)
    if person_id not in members:
        raise invalid("board.chair", "the chair is one of the members")
    if person_id == meeting.chair_id:
        return meeting
    was = meeting.chair_id
    keep_meeting(work, meeting, {"chair_id": person_id}, "ChairReplaced", chair_id=person_id)
    _urgent_to_chair(work, meeting)
    seats_follow(work, meeting, was, ())
    telling.tell_people(work, meeting, [person_id, was], "meeting.chair_replaced", str(meeting.version))
    return meeting


def start(work: Work, actor: Actor, meeting_id: str) -> MeetingRow:
    """The chair begins: the room is open. Again while live: another room if that one was closed.

    FORBIDDEN `meeting.not_the_chair`; CONFLICT `meeting.too_early`, `meeting.empty` without a case that was accepted.
    """
    meeting = permitted(work, actor, meeting_id, PRESIDE)
    changes = lifecycle.start(meeting, actor.id, work.now)
    items = items_of(work, meeting.id, *SHARED_ITEMS)
    if changes and not items:
        raise conflict("meeting.empty", "no case was accepted")
    if not changes and meeting.room_id and load_room(work, meeting.room_id).state != "closed":
        return meeting
    room = room_for(work, meeting, items)
    fact = "MeetingStarted" if changes else "MeetingRoomReopened"
    keep_meeting(
        work, meeting, {**changes, "room_id": room.id}, fact, in_time=work.now <= meeting.starts_at, room_id=room.id
    )
    _tell_all(work, meeting, "meeting.started", room_id=room.id)
    return meeting


def finish(work: Work, actor: Actor, meeting_id: str, reason: str = "") -> MeetingRow:
    """The session is over: the room closes, what was not discussed goes to the next meeting with `reason`, the minutes wait for signatures.

    FORBIDDEN `meeting.not_the_chair`; CONFLICT `meeting.presenting`; INVALID `field.empty` (reason) while cases are left.
    """
    meeting = permitted(work, actor, meeting_id, PRESIDE)
    left = items_of(work, meeting.id, *WAITING_ITEMS)
    changes = lifecycle.finish(meeting, actor.id, left, reason, work.now)
    for item in left:
        carry_over(work, actor, meeting, item, reason)
    close_of(work, meeting.id, "meeting.finished")
    keep_meeting(work, meeting, changes, "MeetingFinished", left=len(left))
    close_when_signed(work, meeting)
    return meeting


def close_when_signed(work: Work, meeting: MeetingRow) -> None:
    """The minutes are issued when nothing waits for a signature any more; from here the members' sight of the cases runs out."""
    if meeting.state != lifecycle.MINUTES or items_of(work, meeting.id, CONCLUDED):
        return
    state = lifecycle.MEETING.step(meeting.state, "close")
    keep_meeting(work, meeting, {"state": state, "ended_at": work.now}, "MeetingClosed")
    members = list(members_of(work, meeting.id))
    for item in items_of(work, meeting.id, *SHARED_ITEMS):
        shares.after_the_meeting(work, item, members)


def cancel(work: Work, actor: Actor, meeting_id: str, reason: str) -> MeetingRow:
    """It does not take place, by the coordinator; its cases go to the next one."""
    meeting = permitted(work, actor, meeting_id, SCREEN)
    changes = lifecycle.cancel(meeting, reason, work.now)
    left = items_of(work, meeting.id, *WAITING_ITEMS)
    keep_meeting(work, meeting, changes, "MeetingCancelled", left=len(left))
    for item in left:
        carry_over(work, actor, meeting, item, reason)
    board = load_board(work, meeting.board_id) if meeting.board_id else None
    if board is not None and board.active:
        next_of_board(work, board, by=actor)
    _tell_all(work, meeting, "meeting.cancelled")
    return meeting


def _urgent_to_chair(work: Work, meeting: MeetingRow) -> None:
    for item in items_of(work, meeting.id, PROPOSED):
        shares.to_chair(work, meeting, item)


def _tell_all(work: Work, meeting: MeetingRow, code: str, **more: Any) -> None:
    telling.tell_people(work, meeting, [*members_of(work, meeting.id)], code, str(meeting.version), **more)
