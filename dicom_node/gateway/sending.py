"""Bringing what waits to the centre: the urgent first, then the oldest; for ever where it is worth it."""

from __future__ import annotations

import hashlib
import logging
import random
import threading
import time
import zlib
from collections import deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicom_node.gateway.centre import Answered, Centre, LineDown, Pace, TimedOut
from dicom_node.gateway.config import Config, home_name, machine_name
from dicom_node.gateway.packing import PackedFile, Packing
from dicom_node.gateway.pieces import Pieces
from dicom_node.gateway.shelf import Item, Shelf, digest_of
from dicom_node.gateway.speed import NARROW, Speed
from dicom_node.gateway.studies import TEST, Studies
from teleconsult import __version__
from teleconsult.kernel.clock import SystemClock

LOG = logging.getLogger(__name__)
_AT_ONCE = 16
_AGAIN = frozenset(
    {"upload.gap", "upload.absent", "upload.chunk", "upload.chunk_digest", "upload.digest", "http.409", "http.408"}
)
"""Refusals after which the same object is announced again: where to go on is the centre's to say."""
_MOST_TRIES = 8
"""Of one object that is refused so each time although the line holds; then somebody has to look."""
_WORTH_DEFLATING = 0.9


@dataclass(slots=True)
class Line:
    """How the way to the centre is. Threads share it; each field is written whole."""

    error: str = ""
    detail: str = ""
    late: bool = False  # a piece of a file was, and none has got through since
    faults: int = 0
    wait_until: float = 0.0
    reached_at: float | None = None  # of the monotonic clock
    site: str = ""
    shared: bool = False  # another gateway uses this one's token
    ahead_seconds: float = 0.0  # of the centre's clock before ours
    milliseconds: float = 0.0
    sent_objects: int = 0
    recent: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=4000))

    def bytes_per_second(self) -> float:
        """Over the last minute."""
        since = time.monotonic() - 60
        return sum(size for at, size in list(self.recent) if at > since) / 60


class Sending:
    """The threads that send. `stop` leaves what is under way; it goes on from there next time."""

    def __init__(self, config: Config, shelf: Shelf, studies: Studies, packing: Packing, speed: Speed) -> None:
        self._config, self._shelf, self._studies = config, shelf, studies
        self._speed, self.packing = speed, packing
        self._name = home_name(config, shelf.home)
        self._pace, self._pieces = Pace(config.limits), Pieces(config.chunk_bytes, config.answer_seconds)
        self._foremost: Centre | None = None  # of the first thread that sends
        self._proved = False  # whether a piece has got through since the start
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._tries: dict[str, int] = {}
        self._counts: bool | None = None  # whether the centre takes a study's count; an older one refuses it
        self.line = Line()

    def start(self) -> None:
        for number in range(self._config.senders):
            centre = Centre(self._config, self._pace)
            self._foremost = self._foremost or centre
            threading.Thread(target=self._send_for_ever, args=(centre,), name=f"send-{number}", daemon=True).start()
        threading.Thread(target=self._report_for_ever, name="report", daemon=True).start()

    def stop(self) -> None:
        self._stopping.set()
        with self._shelf.changed:
            self._shelf.changed.notify_all()

    def _send_for_ever(self, centre: Centre) -> None:
        while not self._stopping.is_set():
            self._wait_for_line()
            items = [] if self._stands_back(centre) else self._shelf.take(_AT_ONCE)
            if not items:
                with self._shelf.changed:
                    self._shelf.changed.wait(1.0)
                continue
            try:
                self._send(centre, items)
            except LineDown as down:
                self._fault(down)
            except Exception as error:  # the shell's boundary: whatever it is, what waits is safe and is tried again
                LOG.exception("sending failed")
                self._fault(LineDown("gateway.fault", f"{type(error).__name__}: {error}"))
            finally:
                self._shelf.release(items)
        centre.close()

    def _stands_back(self, centre: Centre) -> bool:
        """A slow line is for one thread: what three send at once takes three times as long, and the first object is there no sooner than the third.
        Until it has carried a piece nobody knows whether it is one."""
        return centre is not self._foremost and (not self._proved or self._pieces.small or self._narrow())

    def _narrow(self) -> bool:
        """By what was measured, or by a limit: what is urgent keeps none."""
        if (self._speed.bytes_per_second() or NARROW) < NARROW:
            return True
        return (self._pace.rate() or NARROW) < NARROW and not self._shelf.urgent()

    def _leaves(self, centre: Centre, item: Item) -> bool:
        """Whether this thread goes no further with it for now."""
        return self._stopping.is_set() or self._stands_back(centre) or self._shelf.outranked(item)

    def _wait_for_line(self) -> None:
        while not self._stopping.is_set():
            left = self.line.wait_until - time.monotonic()
            if left <= 0:
                return
            self._stopping.wait(min(left, 1.0))

    def _fault(self, down: LineDown) -> None:
        """Wait longer each time, a little differently each gateway: when the centre comes back, not all are there in one moment."""
        with self._lock:
            if time.monotonic() < self.line.wait_until:
                return  # another thread has just found the same
            self.line.faults += 1
            pause = min(self._config.pause_seconds, 0.5 * 2 ** min(self.line.faults, 10))
            self.line.wait_until = time.monotonic() + pause * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)
            if down.code != self.line.error:
                LOG.warning("%s", down)
            self.line.error, self.line.detail = down.code, down.detail

    def _held(self) -> None:
        """The centre has answered. That is no proof that pieces of files get through: after one that was late the line is good with the next."""
        self.line.error, self.line.detail, self.line.faults = "line.timeout" if self.line.late else "", "", 0
        self.line.reached_at = time.monotonic()

    def _send(self, centre: Centre, items: list[Item]) -> None:
        priority = self._shelf.priority_of(items[0].study_uid, items[0].priority)
        files = [{"name": item.path.name, "size": item.size, "sha256": item.sha256} for item in items]
        try:
            told = self._announce(centre, files, priority, {item.study_uid for item in items})
        except Answered as refused:
            if len(items) > 1:  # one of them spoils the list: each by itself
                for item in items:
                    self._send(centre, [item])
                return
            self._refused(items[0], refused)
            return
        self._held()
        states, packings = {state["sha256"]: state for state in told["items"]}, list(told.get("packings", []))
        for item in items:
            if self._leaves(centre, item):
                return
            try:
                self._conclude(item, self._send_one(centre, item, states[item.sha256], priority, packings))
            except Answered as refused:
                self._refused(item, refused)

    def _announce(
        self, centre: Centre, files: list[dict[str, object]], priority: str, studies: Collection[str] = ()
    ) -> dict[str, Any]:
        """With what there is of these studies so far: a study is not opened as if whole while most of it waits here."""
        self._pieces.suit(self._speed.bytes_per_second() or 0.0)
        body: dict[str, object] = {"files": files, "chunk_size": self._pieces.size, "priority": priority}
        if not studies:
            return centre.ask("POST", "/api/uploads", body)
        held = [{"study_uid": uid, "instances": self._studies.held(uid)} for uid in sorted(studies)]
        counts = {"studies": held, "home": self._name} if self._wants_counts(centre) else {}
        try:
            told = centre.ask("POST", "/api/uploads", {**body, **counts})
        except Answered:
            self._counts = None
            if not counts or self._wants_counts(centre):
                raise
            told = centre.ask("POST", "/api/uploads", body)  # it has become an older one meanwhile
        self._counts = bool(told.get("counts"))
        return told

    def _wants_counts(self, centre: Centre) -> bool:
        if self._counts is None:
            self._counts = bool(centre.ask("GET", "/api/uploads").get("counts"))
        return self._counts

    def _send_one(
        self, centre: Centre, item: Item, state: dict[str, Any], priority: str, packings: list[str]
    ) -> dict[str, Any] | None:
        """Send what is missing, packed where that is worth it; None when something more urgent came in between."""
        if state["state"] == "done":
            return state
        packed = self.packing.file_for(item, packings, begun=int(state["received"]) > 0)
        if packed is not None:
            try:
                return self._send_packed(centre, item, packed, priority)
            except Answered as refused:
                self.packing.spoilt(item, refused.code)
        return self._send_file(centre, item, item.path, state, urgent=priority == "STAT", deflating=True)

    def _send_packed(self, centre: Centre, item: Item, packed: PackedFile, priority: str) -> dict[str, Any] | None:
        """An upload of its own; the centre notes of the object itself, too, what became of it. Answered where it can't unpack it."""
        files: list[dict[str, object]] = [{"name": item.path.name, "size": packed.size, "sha256": packed.sha256}]
        state: dict[str, Any] | None = self._announce(centre, files, priority)["items"][0]
        if state is not None and state["state"] != "done":
            state = self._send_file(centre, item, packed.path, state, urgent=priority == "STAT", deflating=False)
        if state is not None and str(state["code"]).startswith("packing."):
            raise Answered(422, str(state["code"]), {})
        if state is not None and state["state"] == "done":
            self.packing.sent(item, packed)
        return state

    def _send_file(
        self, centre: Centre, item: Item, source: Path, state: dict[str, Any], *, urgent: bool, deflating: bool
    ) -> dict[str, Any] | None:
        path, step, size = f"/api/uploads/{state['id']}", int(state["chunk_size"]), int(state["size"])
        with source.open("rb") as file:
            for offset in range(int(state["received"]), size, step):
                if self._leaves(centre, item):
                    return None
                file.seek(offset)
                chunk = file.read(step)
                packed = zlib.compress(chunk, 1) if deflating else chunk
                deflating = deflating and len(packed) < _WORTH_DEFLATING * len(chunk)
                content = packed if deflating else chunk
                whole = size <= step
                digest = hashlib.sha256(chunk).hexdigest()
                where = f"{path}/chunks/{offset}{'?whole=true' if whole else ''}"
                with self._timed(step, len(chunk)), self._speed.carrying(len(content)):
                    answer = centre.put_chunk(where, content, digest, deflated=deflating, urgent=urgent)
                self.line.recent.append((time.monotonic(), len(content)))
                self._held()
                if whole:
                    return answer
        return centre.ask("POST", f"{path}/finish", {})

    @contextmanager
    def _timed(self, step: int, length: int) -> Iterator[None]:
        """Around a piece of `length` bytes of a file that goes in pieces of `step`: whether the line is too slow for such ones."""
        began = time.monotonic()
        try:
            yield
        except TimedOut:
            self.line.late = True
            self._pieces.late(step)
            raise
        except Answered:
            self.line.late = False
            raise
        self.line.late, self._proved = False, True
        self._pieces.carried(length, time.monotonic() - began)

    def _conclude(self, item: Item, state: dict[str, Any] | None) -> None:
        if state is None or state["state"] != "done":
            return
        self.line.late, self._proved = False, True
        kind = TEST if state.get("code") == TEST else str(state["kind"])
        self._studies.concluded(item.study_uid, kind, item.sha256)
        if kind == TEST:
            self._studies.ended(item.study_uid)
        if kind == "refused":
            self._shelf.park(item, str(state["code"]), "the centre could not take it in")
        else:
            self.line.sent_objects += 1
            self._shelf.sent(item)
        self.packing.forget(item)
        with self._lock:
            self._tries.pop(item.sha256, None)

    def _refused(self, item: Item, refused: Answered) -> None:
        """One object was refused though the line holds: again a few times where that may help, else it is parked."""
        self._held()
        try:
            damaged = digest_of(item.path) != item.sha256
        except FileNotFoundError:
            return
        if damaged:
            self._shelf.park(item, "disk.damaged", "the file on this disk is no longer what was received")
            self.packing.forget(item)
            return
        with self._lock:
            tries = self._tries[item.sha256] = self._tries.get(item.sha256, 0) + 1
        if refused.code not in _AGAIN or tries > _MOST_TRIES:
            self._shelf.park(item, refused.code, f"HTTP {refused.status}")
            self.packing.forget(item)

    def _report_for_ever(self) -> None:
        centre, next_report = Centre(self._config, self._pace), 0.0
        while not self._stopping.is_set():
            try:
                # After a fault at once when its wait is over: with nothing left to send nobody else would find the line whole again.
                if time.monotonic() >= (self.line.wait_until if self.line.faults else next_report):
                    next_report = time.monotonic() + self._config.report_seconds
                    self._report(centre)
                self._end_studies(centre)
            except LineDown as down:
                self._fault(down)
            except Answered as refused:
                LOG.warning("the centre does not take the report: %s", refused)
            self._stopping.wait(1.0)

    def _report(self, centre: Centre) -> None:
        self.packing.say()
        counts, began = self._shelf.counts(), time.monotonic()
        hello = centre.ask("GET", "/api/gateway/hello")
        self.line.milliseconds = (time.monotonic() - began) * 1000
        self.line.site = str(hello["site"])
        self.line.ahead_seconds = self._pace.ahead_seconds = _ahead(str(hello["at"]))
        named = {"home": self._name} if hello.get("homes") else {}  # an older centre refuses what it does not know
        named |= {"machine": machine_name()} if hello.get("machines") else {}
        told = centre.ask(
            "POST",
            "/api/gateway/report",
            {
                "waiting": counts.waiting, "waiting_bytes": counts.waiting_bytes, "waiting_stat": counts.stat,
                "oldest_seconds": round(counts.first_seconds, 1), "parked": counts.parked, "sent": self.line.sent_objects,
                "free_bytes": self._shelf.free_bytes(),
                "bytes_per_second": round(self.line.bytes_per_second(), 1), "version": __version__,
                "clock_ahead_seconds": -round(self.line.ahead_seconds, 1), "error": self._own_error(),
                **named,
            },
        )  # fmt: skip
        self.line.shared = bool(told.get("shared"))
        self._held()

    def _own_error(self) -> str:
        if self._shelf.free_bytes() <= 0:
            return "disk.full"
        return self.line.error

    def _end_studies(self, centre: Centre) -> None:
        """What was given up on is missing; the centre knows best what else has not come into the study."""
        for study in self._studies.to_end(self._config.quiet_seconds):
            if self._shelf.waits(study.uid):
                continue
            said: dict[str, object] = {"study_uid": study.uid, "instances": study.delivered}
            if self._wants_counts(centre):
                missing = self._shelf.parked_of(study.uid)
                said |= {"instances": study.held, "missing": missing, "home": self._name}
            try:
                centre.ask("POST", "/api/uploads/studies/end", said)
            except Answered:
                self._counts = None
                raise
            self._studies.ended(study.uid)


def _ahead(said: str) -> float:
    now = SystemClock().now()
    return (type(now).fromisoformat(said.replace("Z", "+00:00")) - now).total_seconds()
