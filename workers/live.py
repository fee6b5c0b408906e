"""News of what was committed, to every screen that may see it: through the Socket.IO message queue, ids only.

A room is a right: web lets a socket into `site:<id>`, `person:<id>`, `study:<id>`, `task:<id>`, `case:<id>` and takes it out again. What is sent:
`changed {scope}` to a site's room, once a batch; `fact {subject, subject_id, version, name}` to the subject's room;
`notice {id, code}` to a site's room or to one person's. A part of a study, task or case that changed (its report, say) is told as a fact of the whole with
version `PART`, which no screen can apply: it fetches. What concerns several studies (`studies` among its details) is told to each in this way.
Everything may come twice.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Protocol

import socketio
from redis import Redis

from teleconsult.bus import LIVE_CHANNEL
from teleconsult.records import journal
from teleconsult.system import System

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow

SUBJECTS: Final = ("study", "task", "case", "consultation", "meeting", "room")
"""What a screen may follow by itself."""

PART: Final = 1 << 30
_CURSOR: Final = "teleconsult.live.cursor"
_LOOK_BACK: Final = 200  # PostgreSQL may commit a lower number after a higher one
_LATE_COMMITS: Final = 5.0  # seconds in which such a one may still appear
_AT_ONCE: Final = 500

Message = tuple[str, dict[str, Any], str]  # event, content, room


class Queue(Protocol):
    """What is needed of a Socket.IO manager."""

    def emit(self, event: str, data: dict[str, Any], namespace: str = "/", room: str | None = None) -> Any: ...


def messages(facts: Iterable[FactRow]) -> Iterator[Message]:
    """What a batch of facts says to whom. Pure."""
    sites: dict[str, None] = {}
    for fact in facts:
        sites.update(dict.fromkeys(fact.sites))
        if fact.name in ("NoticeGiven", "NoticesSettled"):
            content = {
                "id": fact.subject_id,
                "code": fact.details.get("code"),
                "study_id": fact.study_id,
                "case_id": fact.case_id,
            }
            person_id = fact.details.get("person_id")
            rooms = [f"person:{person_id}"] if person_id else [f"site:{site_id}" for site_id in fact.sites]
            yield from (("notice", content, room) for room in rooms)
            continue
        told = {fact.subject: (fact.subject_id, fact.version)}
        wholes = {
            "study": fact.study_id,
            "task": fact.details.get("task_id"),
            "case": fact.case_id,
            "meeting": fact.details.get("meeting_id"),
        }
        if fact.subject == "room" and (about := fact.details.get("kind")) in ("consultation", "meeting"):
            wholes[about] = fact.details.get("subject_id")  # its page says whether the room is open
        for whole, key in wholes.items():
            if key is not None:
                told.setdefault(whole, (str(key), PART))
        several = [("study", (str(key), PART)) for key in fact.details.get("studies", ())]
        for subject, (key, version) in (*told.items(), *several):
            if subject in SUBJECTS:
                yield (
                    "fact",
                    {"subject": subject, "subject_id": key, "version": version, "name": fact.name},
                    f"{subject}:{key}",
                )
    yield from (("changed", {"scope": f"site:{site_id}"}, f"site:{site_id}") for site_id in sites)


class Announcer:
    """Tells facts as they are committed. Its place is kept on the broker, so a relay that starts again goes on there."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._broker = Redis.from_url(system.settings.broker_url, socket_timeout=2, socket_connect_timeout=1)
        self._queue: Queue = socketio.RedisManager(system.settings.broker_url, channel=LIVE_CHANNEL, write_only=True)
        self._told: set[int] = set()
        self._seq: int | None = None
        self._moved_at = time.monotonic()

    def announce(self) -> int:
        """Tell what is new; how many facts. Raises RedisError when the broker is away: then nothing counts as told."""
        if self._seq is None:
            self._seq = self._begin()
        with self._system.read() as work:
            last, now = journal.last_seq(work), time.monotonic()
            if last == self._seq and now > self._moved_at + _LATE_COMMITS:
                return 0
            facts = journal.facts_after(work, max(0, self._seq - _LOOK_BACK), _AT_ONCE)
        fresh = [fact for fact in facts if fact.seq not in self._told]
        if not fresh:
            return 0
        self._broker.ping()  # the manager swallows faults: ask before, so that the facts stay to be told
        for event, content, room in messages(fresh):
            self._queue.emit(event, content, namespace="/", room=room)
        self._told.update(fact.seq for fact in fresh)
        self._seq, self._moved_at = max(self._seq, fresh[-1].seq), now
        self._told = {seq for seq in self._told if seq >= self._seq - 2 * _LOOK_BACK}
        self._broker.set(_CURSOR, self._seq)
        return len(fresh)

    def _begin(self) -> int:
        """Where the last relay was, else the end of the journal; what lies within the look-back is not told again."""
        kept: Any = self._broker.get(_CURSOR)
        with self._system.read() as work:
            last = journal.last_seq(work)
            seq = min(int(kept), last) if kept is not None else last
            self._told = {fact.seq for fact in journal.facts_after(work, max(0, seq - 2 * _LOOK_BACK), 3 * _LOOK_BACK)}
        self._told = {known for known in self._told if known <= seq}
        self._broker.set(_CURSOR, seq)
        return seq
