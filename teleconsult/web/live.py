"""Live screens over Socket.IO: a socket hears its sites' lists and the subjects it may see, until the right ends.

The relay announces what was committed (`workers/live.py`); this shell only lets browsers into rooms.

What one socket says takes effect in the order in which it arrives: a leave and a join of the same thing may come together, and the later
word must stand. So nothing is handled in threads of its own (`async_handlers=False`): the thread that reads a socket does what it says
before it reads on, and what others do to that socket (`_recheck`, the end of the line) takes turns with it (`Listener.turn`). Numbers given
by the client would order joins and leaves as well, but every client would have to keep them, and whispers would still overtake a join.
A socket that waits for the database so keeps nobody waiting but itself, and floods nobody with threads.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask, request
from flask_socketio import ConnectionRefusedError as Refuse
from flask_socketio import SocketIO, join_room, leave_room

from teleconsult.access import ANYBODY, Actor, permit_case, permit_study, queries, resume
from teleconsult.consult.queries import consultation, meeting
from teleconsult.kernel.errors import Meaning, Refused, invalid
from teleconsult.reading.queries import study_of_task
from teleconsult.records import Work
from teleconsult.system import System
from teleconsult.web.auth import COOKIE
from teleconsult.web.live_moves import moves
from teleconsult.web.live_rooms import LiveRooms, follow_room

log = logging.getLogger(__name__)
RECHECK_SECONDS = 15.0
UNKNOWN = 1 << 30  # a version that no screen can apply: it fetches

ACK: Final[Mapping[Meaning, str]] = {
    Meaning.ABSENT: "absent",
    Meaning.FORBIDDEN: "forbidden",
    Meaning.CONFLICT: "conflict",
    Meaning.INVALID: "invalid",
    Meaning.BUSY: "busy",
}
"""The `meaning` word in a refused acknowledgement {ok: false, code, meaning}."""
_ENDED: Final = {"ok": False, "code": "session.absent", "meaning": ACK[Meaning.FORBIDDEN]}


@dataclass
class Listener:
    """One open socket: whose it is and which subjects it follows, as (kind, id). Who changes those holds `turn`."""

    token: str
    actor: Actor
    subjects: set[tuple[str, str]] = field(default_factory=set)
    turn: threading.Lock = field(default_factory=threading.Lock)
    open: bool = True


class Live:
    """The sockets of this process. Threads share it under `_lock`."""

    def __init__(self, app: Flask, system: System) -> None:
        self._system = system
        self._listeners: dict[str, Listener] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.io = SocketIO(
            app, async_mode="threading", async_handlers=False, client_manager=moves(system.settings.broker_url),
            manage_session=False, ping_interval=20, ping_timeout=20, max_http_buffer_size=64_000,
        )  # fmt: skip
        self.rooms = LiveRooms(self.io, system)
        self.io.on_event("connect", self._connect)
        self.io.on_event("disconnect", self._disconnect)
        self.io.on_event("join", self._join)
        self.io.on_event("leave", self._leave)
        self.io.on_event("whisper", self._whisper)
        threading.Thread(target=self._recheck_for_ever, name="live-recheck", daemon=True).start()

    def close(self) -> None:
        """Close every socket; browsers come back by themselves."""
        self._ended.set()
        self.rooms.close()
        with self._lock:
            open_now = list(self._listeners)
        for sid in open_now:
            self.io.server.disconnect(sid)

    def _connect(self) -> None:
        token = request.cookies.get(COOKIE, "")
        session = resume(self._system.store, ANYBODY, token, self._system.settings.session_idle_seconds, touch=False)
        if session is None:
            raise Refuse("session.absent")
        with self._lock:
            if len(self._listeners) >= self._system.settings.most_sockets:
                raise Refuse("sockets.full")
            self._listeners[_sid()] = Listener(token, session.actor)
        join_room(f"person:{session.actor.id}")
        for site_id in queries.live_sites(session.actor):
            join_room(f"site:{site_id}")

    def _disconnect(self, *_: Any) -> None:
        with self._lock:
            listener = self._listeners.pop(_sid(), None)
        if listener is None:
            return
        with listener.turn:  # a join that is under way still notes its room, and is forgotten with the others
            listener.open = False
            self.rooms.gone(_sid())

    def _join(self, wish: Any = None, *_: Any) -> dict[str, Any]:
        """Follow a subject: {kind: study|task|case|consultation|meeting|room, id}. Acknowledged with {ok} or {ok: false, code, meaning}."""
        listener = self._listener()
        if listener is None:
            return dict(_ENDED)
        try:
            kind, key = _subject(wish)
            with listener.turn:
                if not listener.open:
                    return dict(_ENDED)
                self._permit(listener.actor, kind, key)
                join_room(f"{kind}:{key}")
                listener.subjects.add((kind, key))
                return {"ok": True, **(self.rooms.joined(_sid(), listener.actor, key) if kind == "room" else {})}
        except Refused as refusal:
            self._note_refused(listener.actor, wish, refusal)
            return _refused(refusal)

    def _leave(self, wish: Any = None, *_: Any) -> dict[str, Any]:
        listener = self._listener()
        if listener is None:
            return dict(_ENDED)
        try:
            kind, key = _subject(wish)
        except Refused as refusal:
            return _refused(refusal)
        with listener.turn:
            leave_room(f"{kind}:{key}")
            if kind == "room":
                self.rooms.left(_sid(), key)
            listener.subjects.discard((kind, key))
        return {"ok": True}

    def _listener(self) -> Listener | None:
        with self._lock:
            return self._listeners.get(_sid())

    def _whisper(self, said: Any = None, *_: Any) -> dict[str, Any]:
        """Say something to the other seats of a room that is not kept: {room, kind: pointer|typing|view, body}."""
        try:
            self.rooms.whisper(_sid(), said)
        except Refused as refusal:
            return _refused(refusal)
        return {"ok": True}

    def _note_refused(self, actor: Actor, wish: Any, refusal: Refused) -> None:
        """Who stands at a room's door without a right is written down, whichever door it was."""
        if isinstance(wish, dict) and wish.get("kind") == "room" and refusal.code in ("room.absent", "room.removed"):
            self.rooms.refused(actor, str(wish["id"]), refusal.code)

    def _permit(self, actor: Actor, kind: str, key: str) -> None:
        with self._system.read(actor) as work:
            _SUBJECTS[kind](work, actor, key)

    def _recheck_for_ever(self) -> None:
        while not self._ended.wait(RECHECK_SECONDS):
            with self._lock:
                open_now = list(self._listeners.items())
            for sid, listener in open_now:
                try:
                    self._recheck(sid, listener)
                except (
                    Exception
                ) as error:  # the shell's boundary: one broken socket must not keep the others' rights for ever
                    log.warning("could not check a socket's rights: %s", error)

    def _recheck(self, sid: str, listener: Listener) -> None:
        """A session that ended closes its socket; changed roles or an ended share leave their rooms."""
        session = resume(
            self._system.store, ANYBODY, listener.token, self._system.settings.session_idle_seconds, touch=False
        )
        if session is None or session.actor.grants != listener.actor.grants:
            self.io.server.disconnect(sid)
            return
        for kind, key in tuple(listener.subjects):
            with listener.turn:
                if listener.open and (kind, key) in listener.subjects:
                    self._recheck_subject(sid, listener, session.actor, kind, key)

    def _recheck_subject(self, sid: str, listener: Listener, actor: Actor, kind: str, key: str) -> None:
        try:
            self._permit(actor, kind, key)
        except Refused as refusal:
            if refusal.meaning in (Meaning.ABSENT, Meaning.FORBIDDEN):
                self.io.server.leave_room(sid, f"{kind}:{key}")
                listener.subjects.discard((kind, key))
                if kind == "room":  # its last news may come when it is no longer told here
                    ended = {"subject": kind, "subject_id": key, "version": UNKNOWN, "name": "RightEnded"}
                    self.io.emit("fact", ended, to=sid)
                    self.rooms.left(sid, key)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]  # Flask-SocketIO puts it there


def _refused(refusal: Refused) -> dict[str, Any]:
    return {"ok": False, "code": refusal.code, "meaning": ACK[refusal.meaning]}


def _follow_study(work: Work, actor: Actor, key: str) -> None:
    permit_study(work, actor, "study.see", key)


def _follow_task(work: Work, actor: Actor, key: str) -> None:
    permit_study(work, actor, "study.see", study_of_task(work, key))


def _follow_case(work: Work, actor: Actor, key: str) -> None:
    permit_case(work, actor, "case.see", key)


def _follow_consultation(work: Work, actor: Actor, key: str) -> None:
    consultation(work, actor, key)


def _follow_meeting(work: Work, actor: Actor, key: str) -> None:
    meeting(work, actor, key)


_SUBJECTS: Final[Mapping[str, Callable[[Work, Actor, str], object]]] = {
    "study": _follow_study,
    "task": _follow_task,
    "case": _follow_case,
    "consultation": _follow_consultation,
    "meeting": _follow_meeting,
    "room": follow_room,
}
"""What a screen may follow, and who may: refused as any other door refuses it."""


def _subject(wish: Any) -> tuple[str, str]:
    kind, key = (wish.get("kind"), wish.get("id")) if isinstance(wish, dict) else (None, None)
    if kind not in _SUBJECTS or not isinstance(key, str) or not (0 < len(key) <= 64):
        raise invalid("live.subject")
    return str(kind), key
