"""Where a node receives: a folder of its own below the staging folder, with files made ready so that nobody waits for their names to be synced.

The folder is locked as long as the node, or the process that indexes for it, lives. What a dead node left is taken over by the next one:
files with a receipt were acknowledged and are indexed, the others are removed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import queue
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from dicom_node.staging import Room
from teleconsult.imaging.receipts import PREAMBLE, Receipt, is_sealed
from teleconsult.kernel.values import new_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from _typeshed import ReadableBuffer as Buffer

LOG = logging.getLogger(__name__)
_READY = 32
_PREFIX = "store-"
_FLUSHED_AT_ONCE = 8 << 20


class Draft:
    """One file under way. Raises OSError when the disk does (full, quota, file-size limit); the caller discards it then.

    `offset` is where the data set begins, `size` its length so far.
    """

    def __init__(self, path: Path, descriptor: int, meta: bytes, room: Room) -> None:
        self.path = path
        self.offset = PREAMBLE + len(meta)
        self.size = 0
        self._meta = meta
        self._descriptor = descriptor
        self._room = room
        self._sha = hashlib.sha256()
        self._flushed = 0
        self._write(bytes(PREAMBLE) + meta)

    def write(self, fragment: Buffer) -> None:
        view = memoryview(fragment)
        self._room.take(len(view))
        self._write(view)
        self._sha.update(view)
        self.size += len(view)
        if self.size - self._flushed >= _FLUSHED_AT_ONCE:
            self._begin_flushing()

    def _write(self, content: Buffer) -> None:
        left = memoryview(content)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def _begin_flushing(self) -> None:
        """A sender of gigabytes must not wait at the end until all of them are on the disk."""
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self._descriptor, self._flushed, self.size - self._flushed, os.POSIX_FADV_DONTNEED)
        self._flushed = self.size

    def digest(self) -> str:
        """SHA-256 of the data set, hexadecimal."""
        return self._sha.hexdigest()

    def seal(self, receipt: Receipt) -> None:
        """Write the receipt; on return it and the data set survive a power cut."""
        os.pwrite(self._descriptor, receipt.preamble(self._meta), 0)
        os.fdatasync(self._descriptor)
        self.close()

    def close(self) -> None:
        """Let go of the file and leave it. Repeats safely."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1

    def discard(self) -> None:
        """Remove the file unless it has been sealed or adopted. Repeats safely."""
        if self._descriptor >= 0:
            self.close()
            self.path.unlink(missing_ok=True)


class Drafts:
    """A node's folder and its supply of files. Threads share it."""

    def __init__(self, staging: Path, room: Room, settle: Callable[[], None]) -> None:
        self._staging = staging
        self._room = room
        self._settle = settle
        self.folder = staging / f"node-{new_id()}"
        self._ready: queue.SimpleQueue[tuple[Path, int]] = queue.SimpleQueue()
        self._wanted = threading.Semaphore(0)
        self._closed = False
        self.lock = -1

    def __enter__(self) -> Drafts:
        self.folder.mkdir()
        self.lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        _sync_folder(self._staging)
        self._make_ready()
        threading.Thread(target=self._keep_ready, name="dicom-drafts", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was never used. What is sealed stays for whoever indexes it."""
        self._closed = True
        self._wanted.release()
        with contextlib.suppress(queue.Empty):
            while True:
                path, descriptor = self._ready.get_nowait()
                os.close(descriptor)
                path.unlink(missing_ok=True)
        os.close(self.lock)

    def take(self, meta: bytes) -> Draft:
        """A file that begins with the meta information `meta`; its name survives a power cut already."""
        try:
            path, descriptor = self._ready.get_nowait()
        except queue.Empty:
            path, descriptor = self._made()
            _sync_folder(self.folder)
        self._wanted.release()
        try:
            return Draft(path, descriptor, meta, self._room)
        except OSError:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise

    def _made(self) -> tuple[Path, int]:
        path = self.folder / f"{_PREFIX}{new_id()}.part"
        return path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def _make_ready(self) -> None:
        made = [self._made() for _ in range(max(_READY - self._ready.qsize(), 0))]
        if made:
            _sync_folder(self.folder)
        for each in made:
            self._ready.put(each)

    def _keep_ready(self) -> None:
        while not self._closed:
            self._wanted.acquire()
            if self._closed or self._ready.qsize() > _READY // 2:
                continue
            try:
                self._make_ready()
            except OSError as error:  # whoever needs one tries himself, and his sender hears of it
                LOG.warning("no files can be made ready: %s", error)

    def take_over(self) -> list[Path]:
        """Make this node's what nodes that have died received and did not index; remove what they had half received."""
        found = list[Path]()
        for folder in self._staging.glob("node-*"):
            if folder != self.folder:
                found += self._taken_over(folder)
        return found

    def _taken_over(self, folder: Path) -> list[Path]:
        with _abandoned(folder) as ours:
            if not ours:
                return []
            files = list(folder.glob(f"{_PREFIX}*.part"))
            sealed = [file for file in files if is_sealed(file)]
            moved = [file.rename(self.folder / file.name) for file in sealed]
            _sync_folder(self.folder)
            if len(sealed) < len(files):
                self._settle()  # some may be indexed, and linked where that is not on the disk yet
            for file in set(files) - set(sealed):
                file.unlink(missing_ok=True)
            (folder / "lock").unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                folder.rmdir()
        return moved


@contextlib.contextmanager
def _abandoned(folder: Path) -> Iterator[bool]:
    """Whether nobody holds the folder; while the block runs nobody else gets it."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
