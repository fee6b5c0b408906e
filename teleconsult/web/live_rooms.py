"""Rooms on the live line: whispers between seats, the last shared view for who comes late, and who is there.

A whisper (pointer, typing, view) is passed on to the other seats and never stored, but for the last view. It is never trusted: whose
seat it comes from is looked up by the socket's person, only the presenter's view is passed on, and size and rate are limited. Facts of
a room reach whoever may see it in `room:<id>`; whispers only those who sit in it, in `seats:<id>`.
"""

import json
import logging
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from flask_socketio import SocketIO
from redis import Redis
from redis.exceptions import RedisError

from teleconsult import consult
from teleconsult.access import SYSTEM, Actor
from teleconsult.consult.lifecycle_room import IN
from teleconsult.kernel.errors import Refused, conflict, forbidden, invalid
from teleconsult.records import Work
from teleconsult.system import System

log = logging.getLogger(__name__)
KINDS: Final = ("pointer", "typing", "view")
MOST_BYTES, MOST_SECOND, MOST_DEEP = 8192, 60, 12
FRESH = 0.5  # seconds for which this process believes what it knows of a room's seats
TICK = 2.0  # how often seats are kept alive and who was let in is given the whispers
_KEPT_FOR: Final = 12 * 3600


@dataclass(frozen=True, slots=True)
class Seats:
    """Who sits in a room, as of `at` (monotonic): seat ids by person."""

    by_person: Mapping[str, str]
    presenter: str | None
    at: float


@dataclass
class Ear:
    """One socket in one room. `tokens` limits its rate by kind: (left, when). `sits` is as of `placed` (monotonic); who moves it to the
    whispers or away holds `moving`, and nobody does when it is no longer `here`."""

    sid: str
    actor: Actor
    sits: bool = False
    placed: float = 0.0
    here: bool = True
    moving: threading.Lock = field(default_factory=threading.Lock)
    last_number: int = -1
    tokens: dict[str, tuple[float, float]] = field(default_factory=dict)


class Views:
    """The last shared view of each room, on Valkey for every web process, and in memory for when that is away."""

    def __init__(self, broker_url: str) -> None:
        self._redis = Redis.from_url(broker_url, socket_connect_timeout=0.5, socket_timeout=0.5) if broker_url else None
        self._memory: dict[str, dict[str, Any]] = {}
        self._away_until = 0.0

    def keep(self, room_id: str, view: dict[str, Any]) -> None:
        self._memory[room_id] = view
        self._ask("set", _key(room_id), json.dumps(view), ex=_KEPT_FOR)

    def last(self, room_id: str) -> dict[str, Any] | None:
        found = self._ask("get", _key(room_id))
        if isinstance(found, bytes):
            kept: dict[str, Any] = json.loads(found)
            return kept
        return self._memory.get(room_id)

    def forget(self, room_id: str) -> None:
        """Of this process; the broker forgets by itself."""
        self._memory.pop(room_id, None)

    def _ask(self, verb: str, *given: Any, **options: Any) -> Any:
        if self._redis is None or time.monotonic() < self._away_until:
            return None
        try:
            return getattr(self._redis, verb)(*given, **options)
        except RedisError:
            self._away_until = time.monotonic() + 1.0
            return None


class LiveRooms:
    """The rooms that sockets of this process are in. Threads share it under `_lock`."""

    def __init__(self, io: SocketIO, system: System) -> None:
        self._io, self._system = io, system
        self._ears: dict[str, dict[str, Ear]] = {}  # by room, then by socket
        self._seats: dict[str, Seats] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.views = Views(system.settings.broker_url)
        threading.Thread(target=self._tick_for_ever, name="live-rooms", daemon=True).start()

    def close(self) -> None:
        self._ended.set()

    def joined(self, sid: str, actor: Actor, room_id: str) -> dict[str, Any]:
        """A socket follows the room by now. What its acknowledgement carries besides: the present view, for who sits in it."""
        with self._lock:
            ear = self._ears.setdefault(room_id, {}).setdefault(sid, Ear(sid, actor))
            self._seats.pop(room_id, None)
        self._place(room_id, [ear], self._seats_of(room_id), greet=False)
        with self._system.work(SYSTEM) as work:
            consult.renew(work, room_id, [actor.id], work.now + consult.PRESENT)
        return {"view": self.views.last(room_id) if ear.sits else None}

    def left(self, sid: str, room_id: str) -> None:
        """A socket follows the room no longer. Its seat is kept for a moment: the page may be loading anew."""
        with self._lock:
            ears = self._ears.get(room_id, {})
            gone = ears.pop(sid, None)
            if not ears:
                self._ears.pop(room_id, None)
                self._seats.pop(room_id, None)
                self.views.forget(room_id)
            alone = gone is not None and all(ear.actor.id != gone.actor.id for ear in ears.values())
        if gone is None:
            return
        with gone.moving:
            gone.here = False
            self._io.server.leave_room(sid, f"seats:{room_id}")
        if alone:
            self._renew(room_id, [gone.actor.id], consult.GRACE)

    def gone(self, sid: str) -> None:
        """A socket has closed."""
        with self._lock:
            rooms = [room_id for room_id, ears in self._ears.items() if sid in ears]
        for room_id in rooms:
            self.left(sid, room_id)

    def refused(self, actor: Actor, room_id: str, code: str) -> None:
        """Somebody without a right asked to follow the room: written down as at the door."""
        try:
            with self._system.work(actor) as work:
                consult.note_refused(work, actor, consult.load_room(work, room_id), code)
        except Refused as refusal:  # there is no such room, or the database is away
            log.info("a refusal was not written down: %s", refusal)

    def whisper(self, sid: str, said: Any) -> None:
        """Pass a whisper on to the other seats. INVALID `whisper.kind`, `whisper.too_large`; CONFLICT `whisper.too_fast`,
        `whisper.stale`; FORBIDDEN `whisper.not_joined`, `room.not_in`, `room.not_presenter`."""
        room_id, kind, body, number = _read(said)
        with self._lock:
            ear = self._ears.get(room_id, {}).get(sid)
        if ear is None:
            raise forbidden("whisper.not_joined", room_id)
        _count(ear, kind)
        seats = self._seats_of(room_id)
        seat_id = seats.by_person.get(ear.actor.id)
        if seat_id is None:
            raise forbidden("room.not_in")
        if kind == "view":
            if seats.presenter != seat_id:
                raise forbidden("room.not_presenter", seat_id)
            _in_order(ear, number)
            self.views.keep(room_id, body)
        content = {"room": room_id, "seat": seat_id, "kind": kind, "body": body, "seq": number}
        self._io.emit("whisper", content, to=f"seats:{room_id}", skip_sid=sid)

    def _seats_of(self, room_id: str) -> Seats:
        """Who sits there, at most `FRESH` seconds old."""
        with self._lock:
            known = self._seats.get(room_id)
        if known is not None and time.monotonic() - known.at < FRESH:
            return known
        with self._system.read(SYSTEM) as work:
            found = _found(work, room_id)
        with self._lock:
            if room_id in self._ears:
                self._seats[room_id] = found
            ears = list(self._ears.get(room_id, {}).values())
        self._place(room_id, ears, found, greet=True)
        return found

    def _place(self, room_id: str, ears: Iterable[Ear], seats: Seats, *, greet: bool) -> None:
        """Whispers reach the sockets of those who sit in the room, and of nobody else. Who was let in is shown the present view."""
        for ear in ears:
            moved = self._move(room_id, ear, seats)
            view = self.views.last(room_id) if moved and ear.sits and greet else None
            if view is not None:
                shown = {"room": room_id, "seat": seats.presenter, "kind": "view", "body": view, "seq": None}
                self._io.emit("whisper", shown, to=ear.sid)

    def _move(self, room_id: str, ear: Ear, seats: Seats) -> bool:
        """Whether the ear had to be moved. What is known of the seats may be older than what it was placed by last."""
        with ear.moving:
            sits = ear.actor.id in seats.by_person
            if not ear.here or seats.at < ear.placed:
                return False
            ear.placed = seats.at
            if sits == ear.sits:
                return False
            move = self._io.server.enter_room if sits else self._io.server.leave_room
            try:
                move(ear.sid, f"seats:{room_id}")
            except (KeyError, ValueError):  # the socket closed meanwhile
                return False
            ear.sits = sits
            return True

    def _tick_for_ever(self) -> None:
        while not self._ended.wait(TICK):
            with self._lock:
                rooms = {room_id: [ear.actor.id for ear in ears.values()] for room_id, ears in self._ears.items()}
            for room_id, people in rooms.items():
                self._renew(room_id, sorted(set(people)), consult.PRESENT)
                try:
                    self._seats_of(room_id)
                except Refused as refusal:
                    log.warning("who sits in a room is not known: %s", refusal)

    def _renew(self, room_id: str, people: list[str], length: timedelta) -> None:
        try:
            with self._system.work(SYSTEM) as work:
                consult.renew(work, room_id, people, work.now + length)
        except Refused as refusal:
            log.warning("seats could not be kept: %s", refusal)


def follow_room(work: Work, actor: Actor, key: str) -> None:
    """Whoever may stand in the room may follow it; who waits hears facts, no whispers."""
    consult.see_room(work, actor, key)


def _found(work: Work, room_id: str) -> Seats:
    asked = time.monotonic()
    room = work.session.get(consult.RoomRow, room_id, populate_existing=True)
    rows = consult.seats_in(work, room_id, IN) if room is not None and room.state == "open" else []
    presenter = room.presenter_seat_id if room is not None else None
    return Seats({row.person_id: row.id for row in rows}, presenter, asked)


def _read(said: Any) -> tuple[str, str, Any, int | None]:
    """(room, kind, body, number) of a whisper as a client sent it."""
    if not isinstance(said, dict) or not isinstance(said.get("room"), str) or not 0 < len(said["room"]) <= 64:
        raise invalid("whisper.kind")
    kind, body, number = said.get("kind"), said.get("body"), said.get("seq")
    if kind not in KINDS or not (body is None or isinstance(body, dict)) or (kind == "view" and not body):
        raise invalid("whisper.kind", str(kind)[:20])
    if number is not None and (not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 1 << 53):
        raise invalid("whisper.kind", "seq")
    try:
        size = len(json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8", "strict"))
    except (ValueError, TypeError, RecursionError):
        raise invalid("whisper.too_large", "no plain JSON") from None
    if size > MOST_BYTES or _deep(body, MOST_DEEP):
        raise invalid("whisper.too_large", f"{size} bytes", most=MOST_BYTES)
    return said["room"], str(kind), body, number


def _deep(value: Any, left: int) -> bool:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return left == 0 or any(_deep(one, left - 1) for one in inner)
    return False


def _count(ear: Ear, kind: str) -> None:
    """A bucket for each kind: 60 a second, no more at once."""
    now = time.monotonic()
    left, since = ear.tokens.get(kind, (float(MOST_SECOND), now))
    left = min(float(MOST_SECOND), left + (now - since) * MOST_SECOND)
    ear.tokens[kind] = (max(0.0, left - 1), now)
    if left < 1:
        raise conflict("whisper.too_fast", kind)


def _in_order(ear: Ear, number: int | None) -> None:
    """Views that say their number overtake only older ones."""
    if number is None:
        return
    if number <= ear.last_number:
        raise conflict("whisper.stale", str(number))
    ear.last_number = number


def _key(room_id: str) -> str:
    return f"room:{room_id}:view"
