"""A room that was closed while what it is for goes on: a host opens it again, everybody else is told that only a host can."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from teleconsult.access import Actor
from teleconsult.consult import facts, lifecycle_room
from teleconsult.consult.lifecycle import IN_SESSION, OPINION, SCHEDULED
from teleconsult.consult.lifecycle_meeting import LIVE
from teleconsult.consult.lifecycle_room import HOST
from teleconsult.consult.loading import load
from teleconsult.consult.loading_meeting import load_meeting
from teleconsult.consult.rooms import changed, load_room, standing
from teleconsult.consult.tables import ConsultationRow
from teleconsult.consult.tables_meetings import MeetingRow
from teleconsult.consult.tables_rooms import RoomRow
from teleconsult.kernel.errors import Refused, absent, conflict, forbidden
from teleconsult.records.work import Work

GOES_ON: Final = (SCHEDULED, IN_SESSION, OPINION)
"""The states in which a consultation still uses its room."""
REMOVED: Final = "room.removed"


@dataclass(frozen=True, slots=True)
class Door:
    """What stands on a room's door. `early`: its time has not come; `goes_on`: what it is for is not over; `reopens`: this person may open it again; `removed`: they were
    shown out, and nothing else of the room is for them."""

    state: str
    opens_at: datetime
    early: bool
    goes_on: bool
    reopens: bool
    removed: bool


def door(work: Work, actor: Actor, room_id: str) -> Door:
    """For whoever may stand there, also who was shown out: asking is no visit and is not written down. ABSENT `room.absent`."""
    room = work.session.get(RoomRow, room_id, populate_existing=True)
    if room is None:
        raise absent("room.absent", room_id)
    goes_on = _goes_on(work, room)
    early = lifecycle_room.door(room, work.now) == "early"
    try:
        role = standing(work, actor, room).role
    except Refused as refusal:
        if refusal.code != REMOVED:
            raise
        return Door(room.state, room.opens_at, early, goes_on, reopens=False, removed=True)
    reopens = role == HOST and goes_on and room.state == "closed"
    return Door(room.state, room.opens_at, early, goes_on, reopens, removed=False)


def reopen(work: Work, actor: Actor, room_id: str) -> RoomRow:
    """A host opens it again; everybody comes in through the door. Repeats harmlessly.

    ABSENT `room.absent`, FORBIDDEN `room.removed`, `room.host_only`; CONFLICT `room.over` when what it is for has ended.
    """
    _hold_subject(work, room_id)
    room = load_room(work, room_id)
    if standing(work, actor, room).role != HOST:
        raise forbidden("room.host_only")
    if room.state == "open":
        return room
    if not _goes_on(work, room) or room.state != "closed":
        raise conflict("room.over")
    again = {
        "state": lifecycle_room.ROOM.step(room.state, "reopen"), "closed_at": None, "opened_at": room.opened_at or work.now,
        "look_at": work.now + lifecycle_room.LONGEST_OPEN,
    }  # fmt: skip
    return changed(work, room, again, facts.of_room_and_case, "RoomReopened")


def _hold_subject(work: Work, room_id: str) -> None:
    """First what the room is about, then the room: whatever ends takes them in the same order."""
    about = work.session.execute(select(RoomRow.kind, RoomRow.subject_id).where(RoomRow.id == room_id)).one_or_none()
    if about is not None:
        (load_meeting if about.kind == "meeting" else load)(work, about.subject_id)


def _goes_on(work: Work, room: RoomRow) -> bool:
    if room.kind == "meeting":
        meeting = work.session.get(MeetingRow, room.subject_id)
        return meeting is not None and meeting.room_id == room.id and meeting.state == LIVE
    row = work.session.get(ConsultationRow, room.subject_id)
    return row is not None and row.room_id == room.id and row.state in GOES_ON
