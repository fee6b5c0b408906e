"""Rooms: made for a consultation or a meeting, who may enter, and the verbs of the house. Whatever changes counts the room's version.

`Opening` says what a room is for; consultations and meetings use rooms alike. Who may enter is `standing`, and nothing else decides:
not the door (`admission.admit`), not the page (`queries.rooms`), not the sockets.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from teleconsult.access import Actor, Share, Thing, permit_case, permits
from teleconsult.consult import facts, lifecycle_room
from teleconsult.consult.clocks import ROOM_OPENS_BEFORE
from teleconsult.consult.lifecycle_room import GUEST, HOST, IN, INVITED, MEMBER, OUT, REMOVED, WAITING
from teleconsult.consult.queries.people import colleagues
from teleconsult.consult.tables_rooms import RoomRow, SeatRow
from teleconsult.kernel.errors import Refused, absent, conflict, forbidden
from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json, new_id
from teleconsult.records.work import By, Work

ENTER = "room.enter"


@dataclass(frozen=True, slots=True)
class Guest:
    """Whose people may knock: those of the site who hold `room.enter` on a case that the site has because of `why`."""

    site_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A room to be made. It opens ten minutes before `starts_at`; hosts and members are people."""

    kind: str
    subject_id: str
    case_id: str | None
    title: str
    starts_at: datetime
    host_site_id: str
    hosts: Sequence[str]
    members: Sequence[str] = ()
    guests: Sequence[Guest] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in a room: host, member, supervisor or guest, with the seat they have had so far."""

    role: str
    seat: SeatRow | None


def open_room(work: Work, opening: Opening) -> RoomRow:
    """Make a room and invite its hosts and members. Permits nothing: the caller has."""
    opens_at = opening.starts_at - ROOM_OPENS_BEFORE
    room = RoomRow(
        id=new_id(), version=1, kind=opening.kind, subject_id=opening.subject_id, case_id=opening.case_id, title=opening.title[:200],
        state="waiting", opens_at=opens_at, host_site_id=opening.host_site_id, consent={}, recording="off",
        guests=[[guest.site_id, guest.why] for guest in opening.guests if guest.site_id], look_at=opens_at + lifecycle_room.LONGEST_OPEN,
    )  # fmt: skip
    work.add(room)
    invite(work, room, opening.hosts, HOST)
    invite(work, room, [one for one in opening.members if one not in opening.hosts], MEMBER)
    work.record(facts.of_room_and_case("RoomMade", room, opens_at=opens_at.isoformat()))
    return room


def invite(work: Work, room: RoomRow, people: Sequence[str], role: str) -> None:
    """Give these people a seat, or their seat this role. Repeats safely; nobody who was removed comes back by it."""
    for person in colleagues(work, people).values():
        seat = seat_of(work, room.id, person.id)
        if seat is None:
            work.add(_a_seat(work, room, person.id, person.name, person.site_id, str(person.title), role))
        else:
            seat.role = role
    work.session.flush()


def seat_for(work: Work, actor: Actor, room: RoomRow, standing: Standing) -> SeatRow:
    """The actor's own seat, made when they have none."""
    if standing.seat is not None:
        return standing.seat
    seat = _a_seat(work, room, actor.id, actor.name, actor.site_id, str(actor.title), standing.role)
    work.add(seat)
    return seat


def load_room(work: Work, room_id: str) -> RoomRow:
    """The row, held until the end of the transaction. ABSENT `room.absent`."""
    room = work.session.get(RoomRow, room_id, with_for_update=True, populate_existing=True)
    if room is None:
        raise absent("room.absent", room_id)
    return room


def see_room(work: Work, actor: Actor, room_id: str) -> tuple[RoomRow, Standing]:
    """The room for looking at it, and what the actor is in it. ABSENT `room.absent`, FORBIDDEN `room.removed`."""
    room = work.session.get(RoomRow, room_id, populate_existing=True)
    if room is None:
        raise absent("room.absent", room_id)
    return room, standing(work, actor, room)


def seat_of(work: Work, room_id: str, person_id: str) -> SeatRow | None:
    wanted = select(SeatRow).where(SeatRow.room_id == room_id, SeatRow.person_id == person_id)
    return work.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def seats_in(work: Work, room_id: str, *states: str) -> Sequence[SeatRow]:
    wanted = select(SeatRow).where(SeatRow.room_id == room_id, SeatRow.state.in_(states or (IN,)))
    return work.session.scalars(wanted.order_by(SeatRow.id).execution_options(populate_existing=True)).all()


def standing(work: Work, actor: Actor, room: RoomRow) -> Standing:
    """What the actor is in this room. ABSENT `room.absent` for a stranger, FORBIDDEN `room.removed` for who was shown the door.

    Whoever no longer sees the room's case has no place in it either, invited or not.
    """
    if room.case_id is not None:
        try:
            permit_case(work, actor, "case.see", room.case_id)
        except Refused:
            raise absent("room.absent", room.id) from None
    seat = seat_of(work, room.id, actor.id)
    if seat is not None and seat.state == REMOVED:
        raise forbidden("room.removed", room.id)
    if seat is not None and seat.role in INVITED:
        return Standing(seat.role, seat)
    if permits(actor, ENTER, _knocking(room)):
        return Standing(GUEST, seat)
    raise absent("room.absent", room.id)


def seated(work: Work, actor: Actor, room_id: str) -> tuple[RoomRow, SeatRow]:
    """The room and the actor's seat, taken. ABSENT `room.absent`, FORBIDDEN `room.removed`, `room.not_in`; CONFLICT `room.closed`."""
    room = load_room(work, room_id)
    mine = standing(work, actor, room).seat
    if room.state == "closed":
        raise conflict("room.closed")
    return room, lifecycle_room.is_in(mine)


def hosting(work: Work, actor: Actor, room_id: str) -> tuple[RoomRow, SeatRow]:
    """As `seated`, for a host. FORBIDDEN `room.host_only`."""
    room, mine = seated(work, actor, room_id)
    lifecycle_room.is_host(mine)
    return room, mine


def other_seat(work: Work, room: RoomRow, seat_id: str) -> SeatRow:
    """ABSENT `seat.absent` for one that is not in this room."""
    seat = work.session.get(SeatRow, seat_id, populate_existing=True)
    if seat is None or seat.room_id != room.id:
        raise absent("seat.absent", seat_id)
    return seat


def leave(work: Work, actor: Actor, room_id: str) -> RoomRow:
    """Go out. Repeats harmlessly, also from a room that has closed."""
    room = load_room(work, room_id)
    mine = standing(work, actor, room).seat
    if mine is None or mine.state == OUT:
        return room
    return _went(work, room, mine, lifecycle_room.leave(mine, work.now), "SeatLeft")


def remove(work: Work, actor: Actor, room_id: str, seat_id: str) -> RoomRow:
    """A host shows somebody the door; they stay out until a host lets them in again."""
    room, _ = hosting(work, actor, room_id)
    seat = other_seat(work, room, seat_id)
    return _went(work, room, seat, lifecycle_room.remove(seat, work.now), "SeatRemoved")


def present(work: Work, actor: Actor, room_id: str, seat_id: str) -> RoomRow:
    """Give the presenter's token to a seat. Whose hand was up for it has been heard."""
    room, mine = seated(work, actor, room_id)
    other = other_seat(work, room, seat_id)
    lifecycle_room.may_present(room, mine, other)
    if room.presenter_seat_id == other.id:
        return room
    other.hand_at = None
    return changed(work, room, {"presenter_seat_id": other.id}, facts.of_room, "PresenterChanged", seat_id=other.id)


def raise_hand(work: Work, actor: Actor, room_id: str, up: bool) -> RoomRow:
    """Up or down. The same again changes nothing."""
    room, mine = seated(work, actor, room_id)
    if (mine.hand_at is not None) == up:
        return room
    mine.hand_at = work.now if up else None
    return changed(work, room, {}, facts.of_room, "HandRaised" if up else "HandLowered", seat_id=mine.id)


def close_room(work: Work, actor: Actor, room_id: str) -> RoomRow:
    """A host ends it for all."""
    room, _ = hosting(work, actor, room_id)
    return shut(work, room, "room.closed_by_host")


def close_of(work: Work, subject_id: str, why: str) -> list[str]:
    """Close every room of a consultation or meeting; the ids of those that were not closed yet. Repeats safely."""
    open_ones = select(RoomRow).where(RoomRow.subject_id == subject_id, RoomRow.state != "closed").with_for_update()
    rooms = work.session.scalars(open_ones).all()
    for room in rooms:
        shut(work, room, why)
    return [room.id for room in rooms]


def shut(work: Work, room: RoomRow, why: str) -> RoomRow:
    """Everybody is out, the recording has ended, and the seats are told why. Nothing changes the second time."""
    state = lifecycle_room.ROOM.step(room.state, "close")
    if room.state == "closed":
        return room
    for seat in seats_in(work, room.id, IN, WAITING):
        _apply(seat, lifecycle_room.leave(seat, work.now))
    recorded = room.recording_id if room.recording == "on" else None
    ended = {
        "state": state,
        "closed_at": work.now,
        "look_at": None,
        "presenter_seat_id": None,
        "recording": "off",
        "recording_id": None,
    }
    return changed(work, room, ended, facts.of_room_and_case, "RoomClosed", reason=why, recording_id=recorded)


def sweep_rooms(work: Work, limit: int = 100) -> int:
    """What time does to rooms: seats whose page gave no sign of life are out, rooms that nobody closed are closed; how many."""
    return _sweep_seats(work, limit) + _sweep_open(work, limit)


def renew(work: Work, room_id: str, person_ids: Sequence[str], until: datetime) -> None:
    """These people's pages are there: their seats are kept. No version is counted, nobody is told."""
    work.session.execute(
        update(SeatRow)
        .where(SeatRow.room_id == room_id, SeatRow.person_id.in_(list(person_ids)), SeatRow.state.in_((IN, WAITING)))
        .values(present_until=until),
        execution_options={"synchronize_session": False},
    )


def changed(
    work: Work, room: RoomRow, changes: lifecycle_room.Changes, of: Callable[..., Fact], name: str, **details: Json
) -> RoomRow:
    """Count the room's version and tell what happened."""
    return changed_by(work, None, room, changes, of, name, **details)


def changed_by(
    work: Work, by: By | None, room: RoomRow, changes: lifecycle_room.Changes, of: Callable[..., Fact], name: str, /,
    **details: Json,
) -> RoomRow:  # fmt: skip
    """As `changed`, done by somebody else than who acts."""
    work.session.flush()
    work.keep(room, **changes)
    work.record(of(name, room, **details), by)
    return room


def _sweep_seats(work: Work, limit: int) -> int:
    gone = select(SeatRow).where(SeatRow.present_until <= work.now).order_by(SeatRow.present_until).limit(limit)
    found = work.session.execute(
        select(SeatRow.id, SeatRow.room_id).where(SeatRow.id.in_(gone.with_only_columns(SeatRow.id)))
    ).all()
    for seat_id, room_id in found:
        room = load_room(work, room_id)  # first the room, then the seat: as everybody else does
        seat = other_seat(work, room, seat_id)
        if seat.present_until is not None and seat.present_until <= work.now:
            _went(work, room, seat, lifecycle_room.leave(seat, work.now), "SeatLeft", vanished=True)
    return len(found)


def _sweep_open(work: Work, limit: int) -> int:
    late = select(RoomRow).where(RoomRow.look_at <= work.now).limit(limit).with_for_update(skip_locked=True)
    rooms = work.session.scalars(late).all()
    for room in rooms:
        shut(work, room, "room.too_long")
    return len(rooms)


def _went(
    work: Work, room: RoomRow, seat: SeatRow, changes: lifecycle_room.Changes, name: str, **details: Json
) -> RoomRow:
    """The seat is empty; the token does not leave with it, and an empty room records nothing."""
    _apply(seat, changes)
    freed = {"presenter_seat_id": None} if room.presenter_seat_id == seat.id else {}
    of = facts.of_room_and_case
    changed(work, room, freed, of, name, seat_id=seat.id, person_id=seat.person_id, **_whom(name, seat), **details)
    recorded = room.recording_id
    if room.recording == "on" and not seats_in(work, room.id, IN):
        changed(work, room, {"recording": "off", "recording_id": None}, of, "RecordingStopped", recording_id=recorded)
    return room


def _whom(name: str, seat: SeatRow) -> dict[str, Json]:
    """Who was shown out: the one who acts is the host."""
    return {"whom": seat.name} if name == "SeatRemoved" else {}


def _apply(seat: SeatRow, changes: lifecycle_room.Changes) -> None:
    for name, value in changes.items():
        setattr(seat, name, value)


def _knocking(room: RoomRow) -> Thing:
    return Thing(shares=[Share(site_id, why) for site_id, why in room.guests], case_id=room.case_id)


def _a_seat(
    work: Work, room: RoomRow, person_id: str, name: str, site_id: str | None, title: str, role: str
) -> SeatRow:
    fields: dict[str, Any] = {
        "id": new_id(),
        "room_id": room.id,
        "person_id": person_id,
        "name": name,
        "site_id": site_id,
    }
    return SeatRow(**fields, title=title, role=role, state=OUT, invited_at=work.now, attended_seconds=0)
