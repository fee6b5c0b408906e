"""What processes that were killed left in the staging folder, and how large a cache beside it may grow.

A file being written is locked by its writer, or so young that somebody may be about to take it over. Everything else with one of our names is
a leftover: nothing in staging was ever acknowledged to a sender.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

SAFE_AGE: Final = 3600.0
"""Seconds since the last write. Between the last write and `adopt` lie a look at the header and a digest: seconds, minutes for gigabytes."""
_EVERY = 600.0
_OURS = ("upload-*", "put-*", "read-*", "store-*.part")
_TRAILS, _TRAIL_AGE = "trail-*.json", 7 * 86400.0  # kept from try to try of a job, which is parked long before
_IN_USE = 60.0


class Tidying:
    """Sweeps a staging folder when it is used, at most every ten minutes. Each process that writes there has one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next = 0.0
        self._lock = threading.Lock()

    def when_due(self) -> None:
        with self._lock:
            if time.monotonic() < self._next:
                return
            self._next = time.monotonic() + _EVERY
        sweep(self._folder)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the file against `sweep`, in this process and all others."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sweep(folder: Path, age: float = SAFE_AGE) -> int:
    """Remove leftovers not written to for `age` seconds and not locked; how many. Safe beside others, and beside every live writer."""
    found = [path for pattern in _OURS for path in folder.glob(pattern)]
    gone = sum(_removed(path, age) for path in found)
    return gone + sum(_removed(path, max(age, _TRAIL_AGE)) for path in folder.glob(_TRAILS))


def _removed(path: Path, age: float) -> bool:
    try:
        if time.time() - path.stat().st_mtime < age:
            return False
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False  # taken over or removed meanwhile, or not ours to touch
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return False  # somebody is writing it
    finally:
        os.close(descriptor)
    return True


class BoundedCache:
    """A folder of files that can be had again, kept below `most` bytes: what was used longest ago goes first.

    Several processes may share it. What was used in the last minute stays, so that nobody loses a file between asking for its path and
    opening it; the bound may be passed by that much, and by what was added since the last count (a twentieth).
    """

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most
        self._added = most  # count at the first addition: what an earlier process left counts, too
        self._lock = threading.Lock()

    def used(self, file: Path) -> None:
        """Note that the file was used now."""
        with suppress(FileNotFoundError):
            os.utime(file)

    def added(self, size: int) -> None:
        """Note that a file was added, and make room if it is time."""
        with self._lock:
            self._added += size
            if self._added * 20 < self._most:
                return
            self._added = 0
            self._make_room()

    def _make_room(self) -> None:
        kept = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    found = entry.stat()
                    kept.append((found.st_mtime, found.st_size, entry.path))
        total, until = sum(size for _, size, _ in kept), time.time() - _IN_USE
        for used_at, size, path in sorted(kept):
            if total <= self._most or used_at > until:
                return
            with suppress(FileNotFoundError):
                os.unlink(path)
            total -= size
