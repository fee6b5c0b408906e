"""A meeting's room: who is host, member and guest in it, and which guests may stay while a case is before the meeting."""

from collections.abc import Iterable, Sequence

from teleconsult.access.rights import MEETING, ORIGIN
from teleconsult.consult import facts, lifecycle_room
from teleconsult.consult.lifecycle_meeting import LIVE
from teleconsult.consult.lifecycle_room import GUEST, HOST, IN, MEMBER, OUT, WAITING
from teleconsult.consult.queries.meeting_sight import case_before, members_of, person_sees
from teleconsult.consult.rooms import Guest, Opening, changed, invite, load_room, open_room, seat_of, seats_in
from teleconsult.consult.tables_meetings import MeetingItemRow, MeetingRow
from teleconsult.consult.tables_rooms import RoomRow, SeatRow
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


def sees_what_is_before(work: Work, room: RoomRow, person_id: str) -> bool | None:
    """Whether this person has a right to the case that is before the room's meeting; None when there is none, and for other rooms."""
    case_id = case_before(work, room.subject_id) if room.kind == "meeting" else None
    return None if case_id is None else person_sees(work, person_id, case_id)


def only_who_may_hear(work: Work, meeting: MeetingRow, item: MeetingItemRow) -> list[tuple[str, str]]:
    """This case comes before the meeting: guests without a right to it go back to the waiting room, those who were let in and have one come
    in again. (room, seat) of every guest who once was in and must not hear it now: the media node has to let go of them.

    Repeats safely: who waits already is named again.
    """
    room = _open_room(work, meeting)
    if room is None:
        return []
    away = []
    for seat in [one for one in seats_in(work, room.id, IN, WAITING, OUT) if one.role == GUEST]:
        sees = person_sees(work, seat.person_id, item.case_id)
        _moved(work, room, seat, sees)
        if not sees and seat.joined_at is not None:
            away.append((room.id, seat.id))
    return away


def _moved(work: Work, room: RoomRow, seat: SeatRow, sees: bool) -> None:
    changes = lifecycle_room.case_before(seat, sees, work.now)
    if not changes:
        return
    for name, value in changes.items():
        setattr(seat, name, value)
    freed = {"presenter_seat_id": None} if room.presenter_seat_id == seat.id and not sees else {}
    told = "SeatLetIn" if sees else "SeatHeld"
    changed(work, room, freed, facts.of_room_and_case, told, seat_id=seat.id, person_id=seat.person_id, whom=seat.name)


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
    changed(
        work, room, freed, facts.of_room_and_case, "SeatRemoved", seat_id=seat.id, person_id=person_id, whom=seat.name
    )
