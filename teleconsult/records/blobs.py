"""Where bytes are kept: a folder of this machine, or a bucket (`s3.py`). Same promise, one contract suite for both.

A key once written is whole or absent, never half there, and `adopt` and `put` return only when the bytes survive a power cut.
"""

import ctypes
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, EFBIG, ENOSPC
from itertools import count
from pathlib import Path
from typing import BinaryIO, Protocol

from teleconsult.kernel.errors import absent, busy, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.staging import Tidying

_SYNCFS = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)  # Linux's
_FULL = {ENOSPC, EDQUOT, EFBIG}
_MOST_FOLDERS = 20_000  # that are remembered as synced
DAMAGED = "damaged"
"""Below this lies what was found altered, under the key that it had, and `~2`, `~3` … where that is taken."""


class BlobStore(Protocol):
    def staging(self) -> Path:
        """A folder on this machine for files being written; `adopt` takes them from there. Leftovers of killed processes go (`staging.py`)."""
        ...

    def adopt(self, finished: Path, key: str) -> None:
        """Take a finished, closed file over under `key`; the file is gone afterwards. Repeats safely. BUSY `storage.full`."""
        ...

    def link(self, finished: Path, key: str) -> None:
        """Keep a finished file under `key`, too; the file stays until its owner removes it, which is safe after the next `settle`.
        Repeats safely. BUSY `storage.full`."""
        ...

    def settle(self) -> None:
        """Return when all that was linked survives a power cut: here, and by processes of this machine that have died."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Keep `content` under `key`, replacing what was there. BUSY `storage.full`."""
        ...

    def open(self, key: str) -> BinaryIO:
        """The bytes to read, seekable. ABSENT `blob.absent`."""
        ...

    def read(self, key: str) -> bytes: ...

    def path(self, key: str) -> Path | None:
        """Where the bytes lie on this machine, None if they don't lie here or are absent."""
        ...

    def exists(self, key: str) -> bool: ...

    def size(self, key: str) -> int:
        """In bytes. ABSENT `blob.absent`."""
        ...

    def delete(self, key: str) -> None:
        """Forget the key; nothing happens if it is not there. Images are never deleted by the product."""
        ...

    def set_aside(self, key: str) -> str:
        """Move the bytes below `DAMAGED`, where nothing is overwritten; the key that they have there (`aside`). ABSENT `blob.absent`."""
        ...

    def uncached(self, key: str) -> None:
        """Let go of what was read ahead or fetched of these bytes: whoever opens them next reads what is really kept."""
        ...

    def names(self, key: str) -> list[str]:
        """The names right below `key`, in no order; none if nothing is there."""
        ...

    def delete_below(self, key: str) -> None:
        """Forget everything below `key`. Repeats safely."""
        ...

    def free_bytes(self) -> int | None:
        """What can still be written, None if unknown."""
        ...


def aside(key: str) -> Iterator[str]:
    """The keys under which `set_aside` may have put the bytes of `key`, in the order in which it takes them."""
    yield f"{DAMAGED}/{key}"
    for number in count(2):
        yield f"{DAMAGED}/{key}~{number}"


@contextmanager
def storage_faults() -> Iterator[None]:
    """A full disk, quota or file-size limit becomes BUSY `storage.full`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise busy("storage.full", str(error)) from error
        raise


class DiskBlobs:
    """Blobs as files below `root`. `reserve` bytes of the disk are never filled; `quota` bounds what is kept (None: the disk does)."""

    def __init__(self, root: Path, quota: int | None = None, reserve: int = 64 << 20) -> None:
        self._root = root
        self._quota = quota
        self._reserve = reserve
        self._staging = root / "staging"
        self._staging.mkdir(parents=True, exist_ok=True)
        self._tidying = Tidying(self._staging)
        self._durable: set[Path] = {root}
        self._counting = threading.Lock()
        self._counted: int | None = None
        self._linking = threading.Lock()
        self._owed = True  # what a killed process linked here may not be on the disk yet
        self._count_again_at = 0.0

    def staging(self) -> Path:
        self._tidying.when_due()
        return self._staging

    def adopt(self, finished: Path, key: str) -> None:
        target = self._file(key)
        if not finished.exists() and target.exists():
            return
        with storage_faults():
            _sync_file(finished)
            try:
                self._place(finished, target)
            except FileNotFoundError:  # somebody's `delete_below` took the folder that this process remembers
                self._durable = {self._root}
                self._place(finished, target)

    def link(self, finished: Path, key: str) -> None:
        target = self._file(key)
        with storage_faults():
            target.parent.mkdir(parents=True, exist_ok=True)  # synced with all the rest in `settle`
            try:
                os.link(finished, target)
            except FileExistsError:
                if target.stat().st_size != finished.stat().st_size:  # never seen; what was just received is whole
                    beside = target.with_name(f".{target.name}.{new_id()}")
                    os.link(finished, beside)
                    os.replace(beside, target)
        with self._linking:
            self._owed = True

    def settle(self) -> None:
        with self._linking:
            owed, self._owed = self._owed, False
        if owed:
            with storage_faults():
                _sync_file_system(self._root)

    def put(self, key: str, content: bytes) -> None:
        free = self.free_bytes()
        if free is not None and len(content) > free:
            raise busy("storage.full", f"{len(content)} bytes do not fit into {free}")
        draft = self.staging() / f"put-{new_id()}"
        try:
            with storage_faults():
                draft.write_bytes(content)
            self.adopt(draft, key)
            self._count_again_at = 0.0
        finally:
            draft.unlink(missing_ok=True)

    def open(self, key: str) -> BinaryIO:
        try:
            return self._file(key).open("rb")
        except FileNotFoundError:
            raise absent("blob.absent", key) from None

    def read(self, key: str) -> bytes:
        with self.open(key) as source:
            return source.read()

    def path(self, key: str) -> Path | None:
        file = self._file(key)
        return file if file.exists() else None

    def exists(self, key: str) -> bool:
        return self._file(key).exists()

    def size(self, key: str) -> int:
        try:
            return self._file(key).stat().st_size
        except FileNotFoundError:
            raise absent("blob.absent", key) from None

    def delete(self, key: str) -> None:
        self._file(key).unlink(missing_ok=True)
        self._count_again_at = 0.0

    def set_aside(self, key: str) -> str:
        source = self._file(key)
        with storage_faults():
            for there in aside(key):
                target = self._file(there)
                self._make_folder(target.parent)
                try:
                    target.open("xb").close()  # the name is ours: the move overwrites only this
                except FileExistsError:
                    continue
                try:
                    os.replace(source, target)
                except FileNotFoundError:
                    target.unlink()
                    raise absent("blob.absent", key) from None
                _sync_folder(target.parent)
                _sync_folder(source.parent)
                return there
        raise AssertionError("names never end")

    def uncached(self, key: str) -> None:
        with suppress(FileNotFoundError), self._file(key).open("rb") as source:
            os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def names(self, key: str) -> list[str]:
        try:
            return os.listdir(self._file(key))
        except FileNotFoundError:
            return []

    def delete_below(self, key: str) -> None:
        with suppress(FileNotFoundError):  # somebody else is at it, too
            shutil.rmtree(self._file(key))
        self._count_again_at = 0.0

    def free_bytes(self) -> int | None:
        on_disk = shutil.disk_usage(self._root).free - self._reserve
        if self._quota is None:
            return max(on_disk, 0)
        return max(min(on_disk, self._quota - self._used()), 0)

    def _used(self) -> int:
        """What is kept, counted again when the last count is older than twenty times as long as it took."""
        with self._counting:
            began = time.monotonic()
            if self._counted is None or began > self._count_again_at:
                self._counted = _bytes_below(self._root)
                self._count_again_at = began + 20 * (time.monotonic() - began)
            return self._counted

    def _file(self, key: str) -> Path:
        if not key or key.startswith("/") or any(part in ("", ".", "..") for part in key.split("/")):
            raise invalid("blob.key", f"{key!r} is no key")
        return self._root / key

    def _place(self, finished: Path, target: Path) -> None:
        self._make_folder(target.parent)
        os.replace(finished, target)
        _sync_folder(target.parent)

    def _make_folder(self, folder: Path) -> None:
        """A folder that is there may just have been made by somebody who has not synced it yet: once each process makes sure itself."""
        if folder in self._durable:
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)
        if len(self._durable) > _MOST_FOLDERS:
            self._durable = {self._root}
        self._durable.add(folder)


def _bytes_below(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # taken over or tidied away meanwhile
                total += os.stat(os.path.join(root, name)).st_size
    return total


def _sync_file(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_file_system(root: Path) -> None:
    """Sync all that was written where `root` lies. A group of files in hundreds of folders costs one such call instead of hundreds."""
    if _SYNCFS is None:
        os.sync()
        return
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _SYNCFS(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
