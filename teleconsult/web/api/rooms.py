"""Rooms: the door, the seats, chat, marks, consent and recording. What moves fast goes over the live line instead (`web.live_rooms`)."""

import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from flask import Response
from pydantic import Field

from teleconsult import consult
from teleconsult.access import Actor
from teleconsult.access.tickets import Ticket
from teleconsult.consult.strangers import note_room_refused
from teleconsult.kernel.errors import Refused
from teleconsult.records import Work
from teleconsult.web import auth, room_media
from teleconsult.web.api.room_views import RoomView, shown
from teleconsult.web.respond import Done, Model, answer, answer_if_changed
from teleconsult.web.routes import Routes
from teleconsult.web.strangers import written_down

api = Routes("rooms", __name__, "rooms", "/api")


class IceServer(Model):
    urls: list[str]
    username: str
    credential: str


class Admission(Model):
    """A seat. `media_reason` says why there is no media: media.off, media.no_node. Who waits for a host has neither."""

    seat_id: str
    waiting: bool
    ticket: str | None
    media_url: str | None
    media_reason: str | None
    ice_servers: list[IceServer]


class DoorView(Model):
    """What stands on a room's door. `now` is the server's clock. `early`: it is before `opens_at`; `goes_on`: what the room is for is not over; `reopens`: one may open it
    again; `removed`: one was shown out, and is told here when one may come in again."""

    state: str
    opens_at: datetime
    now: datetime
    early: bool
    goes_on: bool
    reopens: bool
    removed: bool


class CallTest(Model):
    """A ticket to a room of one's own, to try camera, microphone and the way to the node before a call."""

    ticket: str | None
    media_url: str | None
    media_reason: str | None
    ice_servers: list[IceServer]


class RoomPath(Model):
    id: str = Field(max_length=64)


class MarkPath(RoomPath):
    mark_id: str = Field(max_length=64)


class AdmitBody(Model):
    consent: bool = Field(default=False, description="to being recorded")


class SeatBody(Model):
    seat: str = Field(max_length=64)


class HandBody(Model):
    up: bool


class ChatBody(Model):
    """`id` is made by whoever writes (32 hexadecimal digits), so that a line sent again is written once. `item_id` is the case that was
    before the meeting when it was written, empty for none; another one by now refuses it."""

    text: str = Field(max_length=2000)
    id: str | None = Field(default=None, max_length=32)
    item_id: str | None = Field(default=None, max_length=32)


class MarkBody(Model):
    """`points` are [x, y] in pixels of the image."""

    study_id: str = Field(max_length=64)
    series_uid: str = Field(max_length=64)
    sop_uid: str = Field(max_length=64)
    frame: int = Field(default=1, ge=1, le=100_000)
    kind: str = Field(max_length=20, description="arrow, length, ellipse, text or freehand")
    points: list[tuple[float, float]] = Field(min_length=1, max_length=500)
    text: str = Field(default="", max_length=200)


class MarkId(Model):
    id: str


class ConsentBody(Model):
    yes: bool


@api.get("/rooms/<id>", responses={200: RoomView}, summary="A room with its seats and what was said in it")
def get_room(path: RoomPath) -> Response:
    actor = auth.actor()
    with written_down(note_room_refused, path.id), auth.system().read(actor) as work:
        room, standing = consult.see_room(work, actor, path.id)
        return answer_if_changed(shown(work, actor, room, standing))


@api.get("/rooms/<id>/door", responses={200: DoorView}, summary="Whether a room is open, and who may open it again")
def door(path: RoomPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = consult.door(work, actor, path.id)
        return answer(DoorView(**asdict(found), now=work.now))


@api.post(
    "/rooms/<id>/admit", responses={200: Admission}, summary="Come in, or knock; again at any time for a fresh ticket"
)
def admit(path: RoomPath, body: AdmitBody) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.work(actor) as work:
        outcome = consult.admit(work, actor, path.id, consent=body.consent)
    if isinstance(outcome, Refused):  # that they stood at the door is written down by now
        raise outcome
    way = room_media.way_of(system, outcome.ticket)
    return answer(
        Admission(
            seat_id=outcome.seat.id, waiting=outcome.waiting, ticket=way.ticket, media_url=way.url, media_reason=way.reason,
            ice_servers=[IceServer(**one) for one in way.ice_servers],
        )
    )  # fmt: skip


@api.post("/call-test", responses={200: CallTest}, summary="A ticket for trying camera, microphone and network")
def call_test() -> Response:
    actor, system = auth.actor(), auth.system()
    now = system.clock.now()
    ticket = Ticket(
        room_id=f"test{actor.id}", seat_id=f"test{actor.id}", person_id=actor.id, name=actor.name, site="", title=str(actor.title),
        host=False, may_publish=True, jti=secrets.token_hex(16), issued_at=now, expires_at=now + timedelta(seconds=60),
    )  # fmt: skip
    way = room_media.way_of(system, ticket)
    relays = [IceServer(**one) for one in way.ice_servers]
    return answer(CallTest(ticket=way.ticket, media_url=way.url, media_reason=way.reason, ice_servers=relays))


@api.post("/rooms/<id>/leave", responses={200: Done}, summary="Go out")
def leave(path: RoomPath) -> Response:
    return _done(lambda work, actor: consult.leave(work, actor, path.id))


@api.post("/rooms/<id>/let_in", responses={200: Done}, summary="A host opens the door to somebody who waits")
def let_in(path: RoomPath, body: SeatBody) -> Response:
    return _done(lambda work, actor: consult.let_in(work, actor, path.id, body.seat))


@api.post("/rooms/<id>/remove", responses={200: Done}, summary="A host shows somebody the door")
def remove(path: RoomPath, body: SeatBody) -> Response:
    return _done(lambda work, actor: consult.remove(work, actor, path.id, body.seat))


@api.post("/rooms/<id>/presenter", responses={200: Done}, summary="Give the presenter's token to a seat")
def presenter(path: RoomPath, body: SeatBody) -> Response:
    return _done(lambda work, actor: consult.present(work, actor, path.id, body.seat))


@api.post("/rooms/<id>/hand", responses={200: Done}, summary="Raise or lower one's hand")
def hand(path: RoomPath, body: HandBody) -> Response:
    return _done(lambda work, actor: consult.raise_hand(work, actor, path.id, body.up))


@api.post("/rooms/<id>/close", responses={200: Done}, summary="A host ends it for all")
def close(path: RoomPath) -> Response:
    return _done(lambda work, actor: consult.close_room(work, actor, path.id))


@api.post(
    "/rooms/<id>/reopen", responses={200: Done}, summary="A host opens a closed room again while its subject goes on"
)
def reopen(path: RoomPath) -> Response:
    return _done(lambda work, actor: consult.reopen(work, actor, path.id))


@api.post("/rooms/<id>/chat", responses={200: Done}, summary="Write a line for all in the room")
def chat(path: RoomPath, body: ChatBody) -> Response:
    return _done(lambda work, actor: consult.chat(work, actor, path.id, body.text, body.id, body.item_id))


@api.post("/rooms/<id>/marks", responses={201: MarkId}, summary="Draw on an image for all in the room")
def draw(path: RoomPath, body: MarkBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        mark = consult.draw(
            work, actor, path.id, body.study_id, body.series_uid, body.sop_uid, body.frame, body.kind, body.points, body.text
        )  # fmt: skip
        return answer(MarkId(id=mark.id), 201)


@api.post("/rooms/<id>/marks/<mark_id>/remove", responses={200: Done}, summary="Take a mark away")
def erase(path: MarkPath) -> Response:
    return _done(lambda work, actor: consult.erase(work, actor, path.id, path.mark_id))


def _done(act: Callable[[Work, Actor], Any]) -> Response:
    """Carry out one action. The room itself is asked for when the fact of it arrives."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        act(work, actor)
    return answer(Done())
