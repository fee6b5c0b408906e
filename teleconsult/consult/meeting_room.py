"""A meeting's room: who is host, member and guest in it, and who was there while a case was presented."""

from collections.abc import Iterable, Sequence

from teleconsult.access.rights import MEETING, ORIGIN
from teleconsult.consult import facts, lifecycle_room
from teleconsult.consult.lifecycle_meeting import LIVE
from teleconsult.consult.lifecycle_room import GUEST, HOST, IN, MEMBER, WAITING
from teleconsult.consult.queries.meeting_sight import members_of
from teleconsult.consult.rooms import Guest, Opening, changed, invite, load_room, open_room, seat_of
from teleconsult.consult.tables_meetings import MeetingItemRow, MeetingRow
from teleconsult.consult.tables_rooms import RoomRow
from teleconsult.records.work import Work
from teleconsult.referral.queries import site_of_case


def room_for(work: Work, meeting: MeetingRow, items: Sequence[MeetingItemRow]) -> RoomRow:
    """The chair and who planned it are hosts, the members come in; colleagues at the hospitals that asked may knock."""
    asking = sorted({site_id for item in items for site_id in _asking(work, item)})
    hosts = list(dict.fromkeys(filter(None, [meeting.chair_id, meeting.planned_by_id])))
    opening = Opening(
        kind="meeting", subject_id=meeting.id, case_id=None, title=meeting.title, starts_at=work.now, host_site_id=meeting.site_id,
        hosts=hosts, members=list(members_of(work, meeting.id)),
        guests=[Guest(meeting.site_id, MEETING), *(Guest(site_id, ORIGIN) for site_id in asking)],
    )  # fmt: skip
    return open_room(work, opening)


def guests_follow(work: Work, meeting: MeetingRow, item: MeetingItemRow) -> None:
    """An urgent case was admitted while the room is open: its hospital may knock from now on."""
    room = _open_room(work, meeting)
    if room is None:
        return
    news = [[site_id, ORIGIN] for site_id in _asking(work, item) if [site_id, ORIGIN] not in room.guests]
    if news:
        work.keep(room, guests=[*room.guests, *news])


def seats_follow(work: Work, meeting: MeetingRow, was_chair: str, left: Iterable[str]) -> None:
    """The open room knows who presides and who belongs to it; who left the meeting keeps no place in its room."""
    room = _open_room(work, meeting)
    if room is None:
        return
    members = [one for one in members_of(work, meeting.id) if one != meeting.chair_id]
    keeps_door = {meeting.planned_by_id} - {was_chair}
    invite(work, room, [one for one in members if one not in keeps_door], MEMBER)
    invite(work, room, [meeting.chair_id], HOST)
    for person_id in left:
        _shown_out(work, room, person_id)


def _asking(work: Work, item: MeetingItemRow) -> list[str]:
    """The hospital that proposed a case and the one whose patient it is."""
    return sorted({item.proposed_site_id, site_of_case(work, item.case_id)})


def _open_room(work: Work, meeting: MeetingRow) -> RoomRow | None:
    if meeting.room_id is None or meeting.state != LIVE:
        return None
    room = load_room(work, meeting.room_id)
    return None if room.state == "closed" else room


def _shown_out(work: Work, room: RoomRow, person_id: str) -> None:
    seat = seat_of(work, room.id, person_id)
    if seat is None or seat.role not in (MEMBER, HOST):
        return
    seat.role = GUEST  # may knock again if their hospital has a case here, like anybody else
    if seat.state in (IN, WAITING):
        for name, value in lifecycle_room.leave(seat, work.now).items():
            setattr(seat, name, value)
    freed = {"presenter_seat_id": None} if room.presenter_seat_id == seat.id else {}
    changed(work, room, freed, facts.of_room_and_case, "SeatRemoved", seat_id=seat.id, person_id=person_id)
