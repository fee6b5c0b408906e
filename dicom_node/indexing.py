"""Indexes what was received and acknowledged: in a process of its own, so that receiving never waits for it.

The node writes a line for each file (`= path`, or `? path` for one that a dead node left), this process answers a line for each (`= path`,
or `! path why` for one that can't be indexed). Files that come one after the other are waited for a moment and indexed together, which takes
a third off the work for each; the line `now` says that somebody waits. It ends when the node has gone and nothing is left to do.
"""

import gc
import logging
import os
import select
import signal
import time
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from teleconsult.access import SYSTEM, peer_by_id
from teleconsult.imaging.ingest import Limits
from teleconsult.imaging.ingest_group import ingest_group, release
from teleconsult.imaging.receipts import Received, is_whole, received
from teleconsult.imaging.settle import Quiet
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.logs import to_stdout
from teleconsult.settings import Settings
from teleconsult.system import System, build

LOG = logging.getLogger(__name__)
NOW = "now"
LINGER = 0.2
_AT_ONCE = 256
_RELEASE_EVERY = 1.0
_NICE = 5  # with both cores busy, senders are answered first and the index follows


class Indexing:
    """The loop over `source` (a pipe's reading end) with answers into `answers`. `run` returns when the other side has gone."""

    def __init__(self, system: System, source: int, answers: int) -> None:
        chosen = system.settings
        self._system = system
        self._limits = Limits(chosen.quarantine_bytes, Quiet(chosen.settle_seconds, chosen.settle_stat_seconds))
        self._source = source
        self._answers = answers
        self._half_line = b""
        self._gone = False
        self._indexed = list[Path]()
        self._released_at = time.monotonic()

    def run(self) -> None:
        while not self._gone:
            lines = self._lines()
            while lines:
                self._index(lines[:_AT_ONCE])
                lines = lines[_AT_ONCE:]
            if self._gone or time.monotonic() - self._released_at > _RELEASE_EVERY:
                self._release()

    def _lines(self) -> list[str]:
        """What the node has written since, waiting for something and then for what follows it; may be nothing."""
        lines = self._read(_RELEASE_EVERY if self._indexed else None)
        until = time.monotonic() + LINGER
        while lines and len(lines) < _AT_ONCE and NOW not in lines and (left := until - time.monotonic()) > 0:
            lines += self._read(left)
            if self._gone:
                break
        return [line for line in lines if line != NOW]

    def _read(self, seconds: float | None) -> list[str]:
        """The lines that come within this time; an empty read says that the node has gone."""
        ready, _, _ = select.select([self._source], [], [], seconds)
        if not ready:
            return []
        came = os.read(self._source, 1 << 16)
        self._gone = not came
        *lines, self._half_line = (self._half_line + came).split(b"\n")
        return [line.decode() for line in lines]

    def _index(self, lines: Sequence[str]) -> None:
        """Try until the database and the store let us; give up only when the node has gone, for the next one finds the files."""
        files = {Path(line[2:]): line[0] == "?" for line in lines}
        pause = 0.2
        while True:
            try:
                self._answer(files, self._tried(files))
                return
            except Refused as refused:
                LOG.warning("%d received objects wait: %s", len(files), refused)
            if self._node_has_gone():
                return
            time.sleep(pause)
            pause = min(pause * 2, 5.0)

    def _tried(self, files: dict[Path, bool]) -> dict[Path, str]:
        """Index the files; why some could not be. BUSY when all should be tried again."""
        stuck = dict[Path, str]()
        found = [each for file, doubtful in files.items() if (each := _found(file, doubtful))]
        found.sort(key=lambda each: each.receipt.peer_id)
        for peer_id, group in groupby(found, key=lambda each: each.receipt.peer_id):
            ours = list(group)
            try:
                with self._system.read(SYSTEM) as work:
                    peer = peer_by_id(work, peer_id)
            except Refused as refused:
                if refused.meaning is Meaning.BUSY:
                    raise
                stuck |= {each.staged.path: str(refused) for each in ours}
                continue
            left = ingest_group(self._system.store, self._system.blobs, peer, ours, self._limits)
            stuck |= {each.received.staged.path: each.why for each in left}
        return stuck

    def _answer(self, files: Iterable[Path], stuck: dict[Path, str]) -> None:
        self._indexed += [file for file in files if file not in stuck]
        text = "".join(f"! {file} {stuck[file]!r}\n" if file in stuck else f"= {file}\n" for file in files)
        try:
            left = memoryview(text.encode())
            while left:
                left = left[os.write(self._answers, left) :]
        except BrokenPipeError:
            self._gone = True

    def _release(self) -> None:
        """Files that are indexed go. It waits a second, for one sync of the disk serves them all."""
        try:
            if self._indexed:
                release(self._system.blobs, self._indexed)
                self._indexed = []
        except (OSError, Refused) as error:
            LOG.warning("%d indexed files stay for now: %s", len(self._indexed), error)
        self._released_at = time.monotonic()

    def _node_has_gone(self) -> bool:
        polled = select.poll()
        polled.register(self._source, 0)
        self._gone = self._gone or any(event & select.POLLHUP for _, event in polled.poll(0))
        return self._gone


def _found(file: Path, doubtful: bool) -> Received | None:
    """The file with its receipt; None when there is nothing to index: it has gone, or was never received whole."""
    found = received(file)
    if found is not None and doubtful and not is_whole(found):
        LOG.info("%s was cut off before it was acknowledged", file.name)
        file.unlink(missing_ok=True)
        return None
    return found


def main() -> None:
    """A process: lines on standard input, answers on standard output, settings from the environment."""
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever else is printed is no answer
    to_stdout()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it ends after the node, and because the node has ended
    os.nice(_NICE)
    indexing = Indexing(build(Settings.from_env()), 0, answers)
    gc.freeze()
    indexing.run()
