"""What is acknowledged and not indexed yet, and the process that indexes it: started, fed, watched and started again."""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dicom_node.drafts import Drafts
from dicom_node.indexing import NOW, Indexing
from dicom_node.peers import PeerLog
from teleconsult.access import Peer
from teleconsult.system import System

LOG = logging.getLogger(__name__)
_AGAIN = 60.0  # a file that can't be indexed is tried again so often: what was in its way may be gone
_RESTART = 0.5


@dataclass(slots=True)
class _Waiting:
    peer_id: str
    line: str
    peer: Peer | None
    since: float = field(default_factory=time.monotonic)


class Backlog:
    """Threads share it. `apart`: in a process of its own, as every node that serves does; otherwise in a thread of this one.

    `log` is told of each peer whose object went in, or could not.
    """

    def __init__(
        self,
        system: System,
        drafts: Drafts,
        apart: bool,
        log: PeerLog,
    ) -> None:
        self._system = system
        self._drafts = drafts
        self._apart = apart
        self._log = log
        self._changed = threading.Condition()
        self._waiting: dict[str, _Waiting] = {}
        self._stuck: dict[str, _Waiting] = {}
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._stopping = False
        self._watching: threading.Thread | None = None

    def start(self) -> None:
        self._watching = threading.Thread(target=self._watch, name="dicom-index", daemon=True)
        self._watching.start()

    def stop(self, seconds: float) -> None:
        """Let the other side finish what waits; a process goes on without this one when that takes longer."""
        self._stopping = True
        self._lines.put(None)
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting, seconds)
        if self._watching is not None and not self._apart:
            self._watching.join(seconds)

    def __len__(self) -> int:
        return len(self._waiting) + len(self._stuck)

    def add(self, file: Path, peer: Peer) -> None:
        """A file with its receipt, to be told of before its sender is answered."""
        self._add(file, _Waiting(peer.id, f"= {file}\n", peer))

    def add_found(self, file: Path, peer_id: str) -> None:
        """A file with a receipt that a dead node left: nobody knows whether it was written whole."""
        self._add(file, _Waiting(peer_id, f"? {file}\n", None))

    def _add(self, file: Path, waiting: _Waiting) -> None:
        with self._changed:
            self._waiting[str(file)] = waiting
            self._lines.put(waiting.line)

    def settled(self, peer_id: str, seconds: float) -> bool:
        """Wait until everything acknowledged to that peer so far is in the index, or the time is over; whether it is."""
        with self._changed:
            asked = {name for name, each in self._waiting.items() if each.peer_id == peer_id}
            if asked:
                self._lines.put(f"{NOW}\n")
            return self._changed.wait_for(lambda: not any(name in self._waiting for name in asked), seconds)

    def _watch(self) -> None:
        """Keep somebody indexing; whoever dies is followed by another, who is told of everything that waits."""
        while True:
            began = time.monotonic()
            self._serve_once()
            if self._stopping:
                return
            LOG.error("the indexing process has ended; another is started")
            time.sleep(_RESTART if time.monotonic() - began > 10 else 4 * _RESTART)
            with self._changed:
                lines = [each.line for each in self._waiting.values()]
                self._lines = queue.SimpleQueue()
                for line in lines:
                    self._lines.put(line)

    def _serve_once(self) -> None:
        near_source, far_source = os.pipe()
        near_answers, far_answers = os.pipe()
        ends = self._begin(near_source, far_answers)
        feeding = threading.Thread(target=self._feed, args=(self._lines, far_source), name="dicom-feed", daemon=True)
        feeding.start()
        for answer in _lines_of(near_answers):
            self._note(answer)
        os.close(near_answers)
        ends()
        self._lines.put(None)
        feeding.join()

    def _begin(self, source: int, answers: int) -> Callable[[], object]:
        """Start the other side on these ends of the pipes; what to call when it has gone."""
        if not self._apart:
            thread = threading.Thread(target=self._in_thread, args=(source, answers), daemon=True)
            thread.start()
            return thread.join
        environ = {**os.environ, **self._system.settings.to_env()}  # noqa: TID251 (children inherit the environment)
        child = subprocess.Popen(
            [sys.executable, "-c", "from dicom_node.indexing import main; main()"], stdin=source, stdout=answers,
            env=environ, pass_fds=[self._drafts.lock],
        )  # fmt: skip
        os.close(source)
        os.close(answers)
        return child.wait

    def _in_thread(self, source: int, answers: int) -> None:
        try:
            Indexing(self._system, source, answers).run()
        finally:
            os.close(source)
            os.close(answers)

    def _feed(self, lines: queue.SimpleQueue[str | None], sink: int) -> None:
        try:
            while (line := lines.get()) is not None:
                left = memoryview(line.encode())
                while left:
                    left = left[os.write(sink, left) :]
        except BrokenPipeError:
            pass  # it has died; `_watch` knows
        finally:
            os.close(sink)

    def _note(self, answer: str) -> None:
        kind, _, rest = answer.partition(" ")
        name, _, why = rest.partition(" ")
        with self._changed:
            done = self._waiting.pop(name, None) or self._stuck.pop(name, None)
            if done is not None and kind == "!":
                done.since = time.monotonic()
                self._stuck[name] = done
            self._changed.notify_all()
        if kind == "!":
            LOG.error("%s was acknowledged and can't be indexed: %s", name, why)
        if done is not None and done.peer is not None:
            if kind == "!":
                self._log.failed(done.peer, f"index.failed: {why}")
            else:
                self._log.called(done.peer)

    def try_again(self) -> None:
        """Those that could not be indexed, once in a while."""
        with self._changed:
            due = [name for name, each in self._stuck.items() if time.monotonic() - each.since > _AGAIN]
            again = {name: self._stuck.pop(name) for name in due}
            self._waiting |= again
            for each in again.values():
                self._lines.put(each.line)


def _lines_of(source: int) -> Iterator[str]:
    """Not a file object: one that a thread reads from keeps the process from ending."""
    half = b""
    while came := os.read(source, 1 << 16):
        *lines, half = (half + came).split(b"\n")
        yield from (line.decode() for line in lines)
