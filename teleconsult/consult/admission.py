"""The door of a room: who comes in at once, who waits, who is sent away and written down."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from teleconsult.access import Actor, case_audience
from teleconsult.access.queries import site_names
from teleconsult.access.tickets import Ticket
from teleconsult.consult import facts, lifecycle_room
from teleconsult.consult.actions_expert import begin_with_both
from teleconsult.consult.lifecycle_room import HOST, IN, INVITED, WAITING
from teleconsult.consult.loading import load
from teleconsult.consult.meeting_room import sees_what_is_before
from teleconsult.consult.queries.rooms import refused_lately
from teleconsult.consult.rooms import Standing, changed, hosting, load_room, other_seat, seat_for, seats_in, standing
from teleconsult.consult.tables_rooms import RoomRow, SeatRow
from teleconsult.kernel.errors import Refused, conflict
from teleconsult.records.work import Work

TICKET_LIVES: Final = timedelta(seconds=60)

AFTER_ENTRY: Final[Mapping[str, Callable[[Work, str, set[str]], None]]] = {"consultation": begin_with_both}
"""What the people who are in mean for what the room is about: (work, subject_id, person ids)."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A seat, and the claims of the ticket that takes it at the media node (None while waiting for a host)."""

    room: RoomRow
    seat: SeatRow
    ticket: Ticket | None

    @property
    def waiting(self) -> bool:
        return self.ticket is None


def admit(work: Work, actor: Actor, room_id: str, *, consent: bool = False) -> Admission | Refused:
    """Come in, or knock. Again at any time: the same seat, a fresh ticket.

    A stranger is given the refusal instead of having it raised, because that they stood there is written down in this very
    transaction: the caller commits and then raises it. CONFLICT `room.closed`, `room.not_open` (opens_at), `room.recorded` without
    consent while it is recorded.
    """
    room = _held(work, room_id)
    try:
        here = standing(work, actor, room)
    except Refused as refusal:
        note_refused(work, actor, room, refusal.code)
        return refusal
    lifecycle_room.open_for_entry(room, work.now)
    seat = seat_for(work, actor, room, here)
    if room.recording == "on" and not consent and not room.consent.get(seat.id):
        raise conflict("room.recorded", "who comes in agrees to be recorded")
    _entered(work, room, seat, consent)
    return Admission(room, seat, ticket_for(work, room, seat) if seat.state == IN else None)


def let_in(work: Work, actor: Actor, room_id: str, seat_id: str) -> RoomRow:
    """A host opens the door to somebody who waits, or forgives somebody who was removed. Into a meeting a guest comes when no case is
    before it or one that they may see; until then they wait, and come in by themselves."""
    _held(work, room_id)
    room, _ = hosting(work, actor, room_id)
    seat = other_seat(work, room, seat_id)
    if seat.state == IN:
        return room
    sees = sees_what_is_before(work, room, seat.person_id)
    for name, value in lifecycle_room.let_in(seat, work.now, sees, stays_guest=room.kind == "meeting").items():
        setattr(seat, name, value)
    told = "SeatLetIn" if seat.state != WAITING else "SeatExpected"
    changed(work, room, {}, facts.of_room_and_case, told, seat_id=seat.id, person_id=seat.person_id, whom=seat.name)
    _tell_subject(work, room)
    return room


def note_refused(work: Work, actor: Actor, room: RoomRow, code: str) -> None:
    """Write down that somebody without a right stood at the door; once an hour for each person."""
    if not refused_lately(work, room.id, actor.id):
        audience = case_audience(work, room.case_id) if room.case_id else ()
        work.record(facts.room_refused(room, tuple(sorted({room.host_site_id, *audience})), code))


def ticket_for(work: Work, room: RoomRow, seat: SeatRow) -> Ticket:
    """The claims for the media node. Short-lived: it is shown at once, and a fresh one costs a request."""
    return Ticket(
        room_id=room.id, seat_id=seat.id, person_id=seat.person_id, name=seat.name, site=site_names(work).get(seat.site_id or "", ""),
        title=seat.title, host=seat.role == HOST, may_publish=seat.role != "supervisor", jti=secrets.token_hex(16),
        issued_at=work.now, expires_at=work.now + TICKET_LIVES,
    )  # fmt: skip


def _held(work: Work, room_id: str) -> RoomRow:
    """First what the room is about, then the room: cancelling a consultation takes them in the same order."""
    about = work.session.execute(select(RoomRow.kind, RoomRow.subject_id).where(RoomRow.id == room_id)).one_or_none()
    if about is not None and about.kind == "consultation":
        load(work, about.subject_id)
    return load_room(work, room_id)


def _entered(work: Work, room: RoomRow, seat: SeatRow, consent: bool) -> None:
    before = seat.state
    sees = None if seat.role in INVITED else sees_what_is_before(work, room, seat.person_id)
    for name, value in lifecycle_room.enter(seat, work.now, sees).items():
        setattr(seat, name, value)
    changes: dict[str, object] = {}
    if consent:
        changes["consent"] = {**room.consent, seat.id: True}
    if seat.state == IN and room.state == "waiting":
        changes |= {"state": lifecycle_room.ROOM.step(room.state, "enter"), "opened_at": work.now}
    if seat.state == IN and room.presenter_seat_id is None and seat.role in INVITED:
        changes["presenter_seat_id"] = seat.id
    if seat.state == before and not changes:
        work.session.flush()
        return
    first, name = "opened_at" in changes, "SeatEntered" if seat.state == IN else "SeatWaiting"
    of = facts.of_room_and_case if seat.state == IN else facts.of_room
    changed(
        work,
        room,
        changes,
        of,
        "RoomOpened" if first else name,
        seat_id=seat.id,
        person_id=seat.person_id,
        role=seat.role,
    )
    if seat.state == IN:
        _tell_subject(work, room)


def _tell_subject(work: Work, room: RoomRow) -> None:
    if room.kind in AFTER_ENTRY:
        AFTER_ENTRY[room.kind](work, room.subject_id, {seat.person_id for seat in seats_in(work, room.id, IN)})


__all__ = ["Admission", "Standing", "admit", "let_in", "note_refused", "ticket_for"]
