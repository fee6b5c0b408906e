"""Recording a room: each source becomes a WebM stream, remuxed in a thread as it comes and encrypted before it touches the disk."""

import asyncio
import fcntl
import logging
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teleconsult.kernel.errors import conflict, invalid
from teleconsult.media.forward import Feed
from teleconsult.media.track import Muxed
from teleconsult.vault import Writer

if TYPE_CHECKING:
    from teleconsult.media.hall import LiveRoom

log = logging.getLogger(__name__)
FLUSH_SECONDS = 1.0
SYNC_SECONDS = 3.0

Adopt = Callable[[Path, str], None]
"""Takes a finished file over into the blobs, under a key."""


def blob_key(recording_id: str) -> str:
    return f"recordings/{recording_id}"


class Recorder:
    """One recording. `add` and `drop` are called by the event loop; everything else happens in a thread of its own."""

    def __init__(self, file: Path, recording_id: str, key: bytes) -> None:
        self.file, self.id = file, recording_id
        self.failed: str | None = None
        self._key = key
        self._begin = time.monotonic()
        self._came: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        self._numbers: dict[str, int] = {}
        self._count = 0
        self._loop = asyncio.get_running_loop()
        self._writer = Writer(file, recording_id, key)
        fcntl.flock(self._writer.descriptor, fcntl.LOCK_EX)  # for `salvage`: whoever can take it knows that we died
        self._pending: dict[int, bytearray] = {}
        self._muxed: dict[int, Muxed] = {}
        self._feeds: dict[int, Feed] = {}
        self._thread = threading.Thread(target=self._run, name=f"recording {recording_id}", daemon=True)
        self._thread.start()

    def add(self, feed: Feed, words: dict[str, str]) -> None:
        """Record this feed from its next key frame on. Repeats safely."""
        if feed.id in self._numbers:
            return
        self._count += 1
        number = self._numbers[feed.id] = self._count
        self._came.put(("track", number, feed, {"track": number, "kind": feed.kind, **words}))

        def tap(payload: bytes, marker: int, seq: int, ts: int, now: float) -> None:
            self._came.put((number, payload, marker, seq, ts, now))

        feed.taps = (*feed.taps, tap)
        feed.want_key(time.monotonic())

    def keep_only(self, feed_ids: set[str]) -> None:
        """Feeds that are gone end their tracks; one of the same name that comes later is a new track."""
        for gone in set(self._numbers) - feed_ids:
            self._came.put(("end", self._numbers.pop(gone)))

    def stop(self) -> dict[str, Any]:
        """Finish the file and say what it holds. Waits for the thread."""
        self._came.put(None)
        self._thread.join()
        return {
            "recording_id": self.id,
            "bytes": self._writer.bytes,
            "seconds": round(time.monotonic() - self._begin, 1),
            "tracks": self._count,
            "failed": self.failed,
        }

    # ------------------------------------------------------------ in the thread

    def _run(self) -> None:
        try:
            self._work()
            self._writer.note({"seconds": round(time.monotonic() - self._begin, 1)}, last=True)
            self._writer.sync()
        except (OSError, ValueError) as error:  # a full disk; av's errors are ValueErrors or OSErrors
            self.failed = f"{type(error).__name__}: {error}"
            log.error("recording %s ends early: %s", self.id, self.failed)
        finally:
            self._writer.close()

    def _work(self) -> None:
        flushed = synced = time.monotonic()
        while True:
            try:
                came = self._came.get(timeout=FLUSH_SECONDS)
                if came is None:
                    break
                self._take(came)
            except queue.Empty:
                pass
            now = time.monotonic()
            if now - flushed >= FLUSH_SECONDS:
                self._flush()
                flushed = now
            if now - synced >= SYNC_SECONDS:
                self._writer.sync()
                synced = now
        for number in list(self._muxed):
            self._end(number)

    def _take(self, came: tuple[Any, ...]) -> None:
        match came:
            case ("track", number, feed, words):
                self._feeds[number] = feed
                self._pending[number] = bytearray()
                self._muxed[number] = Muxed(feed.kind, self._begin, self._pending[number].extend)
                self._writer.note({**words, "at": round(time.monotonic() - self._begin, 3)})
            case ("end", number):
                self._end(number)
            case (number, *packet) if number in self._muxed:
                muxed = self._muxed[number]
                muxed.push(*packet)
                if muxed.frames.broken:
                    self._loop.call_soon_threadsafe(self._feeds[number].want_key, packet[-1])

    def _end(self, number: int) -> None:
        muxed = self._muxed.pop(number, None)
        if muxed is not None:
            muxed.close()
            self._flush()
            del self._pending[number], self._feeds[number]
            self._writer.note({"track": number, "gaps": muxed.frames.gaps, "first": muxed.first_at})

    def _flush(self) -> None:
        for number, waiting in self._pending.items():
            if waiting:
                self._writer.write(number, bytes(waiting))
                waiting.clear()


class Recordings:
    """All recordings of this node. Files being written lie in `folder`; finished ones are adopted under `recordings/<id>`."""

    def __init__(self, folder: Path, key: bytes, adopt: Adopt) -> None:
        self._folder, self._key, self._adopt = folder, key, adopt
        self._running: dict[str, Recorder] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def salvage(self) -> list[str]:
        """Adopt what a node that was killed left behind; gives the ids. Files that are still being written are left alone."""
        saved = []
        for file in sorted(self._folder.glob("*.recording")):
            with file.open("rb") as held:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                self._adopt(file, blob_key(file.stem))
                saved.append(file.stem)
        return saved

    async def start(self, room: "LiveRoom", recording_id: str) -> None:
        """Record everything that is and will be sent in this room. CONFLICT `recording.running`, INVALID `recording.id`."""
        if not recording_id.isalnum() or len(recording_id) > 64:
            raise invalid("recording.id")
        if room.id in self._running:
            if self._running[room.id].id == recording_id:
                return
            raise conflict("recording.running")
        file = self._folder / f"{recording_id}.recording"
        if file.exists():
            raise conflict("recording.running")
        self._running[room.id] = Recorder(file, recording_id, self._key)
        room.recording = recording_id
        room.on_feeds = lambda: self._follow(room)
        self._follow(room)

    async def stop(self, room: "LiveRoom") -> dict[str, Any] | None:
        """Finish the room's recording and adopt it; what it holds, or None if there is none."""
        recorder = self._running.pop(room.id, None)
        room.recording, room.on_feeds = None, lambda: None
        if recorder is None:
            return None
        for feed in room.feeds().values():
            feed.taps = ()
        said = await asyncio.to_thread(recorder.stop)
        await asyncio.to_thread(self._adopt, recorder.file, blob_key(recorder.id))
        return {**said, "blob_key": blob_key(recorder.id)}

    def failed(self, room: "LiveRoom") -> bool:
        recorder = self._running.get(room.id)
        return recorder is not None and recorder.failed is not None

    def _follow(self, room: "LiveRoom") -> None:
        recorder = self._running[room.id]
        feeds = room.feeds()
        recorder.keep_only(set(feeds))
        for feed in feeds.values():
            seat = room.seats[feed.id.rsplit("/", 1)[0]]
            words = {"source": feed.id, "seat": seat.id, "name": seat.ticket.name, "site": seat.ticket.site}
            recorder.add(feed, {**words, "label": feed.id.rsplit("/", 1)[1]})
