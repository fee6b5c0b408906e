"""A data set on its way in: written to disk fragment by fragment, hashed while written, never whole in memory."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import logging
import os
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

LOG = logging.getLogger(__name__)
PREFIX = "store-"
_WRITE_AT_ONCE = 1 << 18
_IDENTIFIER_BYTES = 1 << 20
# Who wrote the files (PS3.10 7.1). The root is the free one made from a UUID (PS3.5 B.2).
IMPLEMENTATION_UID = UID("2.25.258107642186395320118722013374017731297")
IMPLEMENTATION_VERSION = "TELECONSULT_1"


def file_meta(sop_class: str, sop_uid: str, transfer_syntax: str) -> bytes:
    """Preamble, prefix and file meta of PS3.10. Names no sender: the same object always makes the same file."""
    meta = FileMetaDataset()
    meta.FileMetaInformationGroupLength = 0
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = UID(sop_class)
    meta.MediaStorageSOPInstanceUID = UID(sop_uid)
    meta.TransferSyntaxUID = UID(transfer_syntax)
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_file_meta_info(out, meta, enforce_standard=False)
    return b"\0" * 128 + b"DICM" + out.getvalue()


class Room:
    """What the store can still take. Asked of it once a second, counted down in between."""

    def __init__(self, free_bytes: Callable[[], int | None]) -> None:
        self._free_bytes = free_bytes
        self._lock = threading.Lock()
        self._asked = -1.0
        self._left: int | None = None

    def take(self, size: int) -> None:
        """OSError ENOSPC when `size` more bytes don't fit."""
        with self._lock:
            if time.monotonic() - self._asked > 1.0:
                self._left, self._asked = self._free_bytes(), time.monotonic()
            if self._left is None:
                return
            if size > self._left:
                raise OSError(errno.ENOSPC, "the store is full")
            self._left -= size


class Draft:
    """One file in the staging folder, locked while its writer lives; `sweep` takes those whose writer died.

    Raises OSError when the disk does (full, quota, file-size limit); the caller discards it then.
    """

    def __init__(self, folder: Path, name: str, head: bytes, room: Room) -> None:
        self.path = folder / f"{PREFIX}{name}.part"
        self.offset = len(head)
        self.size = 0
        self._room = room
        self._sha = hashlib.sha256()
        self._file = open(self.path, "xb", buffering=_WRITE_AT_ONCE)
        try:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX)
            self._file.write(head)
        except OSError:
            self.discard()
            raise

    def write(self, fragment: bytes) -> None:
        self._room.take(len(fragment))
        self._file.write(fragment)
        self._sha.update(fragment)
        self.size += len(fragment)

    def finish(self) -> str:
        """Hand everything to the operating system; the SHA-256 of the data set. The lock stays until `discard`."""
        self._file.flush()
        return self._sha.hexdigest()

    def discard(self) -> None:
        """Let go of the file, and remove it if nobody has adopted it. Repeats safely."""
        with contextlib.suppress(OSError):  # what could not be written is given up with the file
            self._file.close()
        self.path.unlink(missing_ok=True)


class ArrivingDataSet(BytesIO):
    """pynetdicom's place for a data set under way. Writes to a `Draft` when the message is one to store, else in memory.

    `begin` is asked at the first fragment, when the command set is known: it returns the draft, or None for other services.
    """

    def __init__(self, begin: Callable[[], Draft | None]) -> None:
        super().__init__()
        self._begin: Callable[[], Draft | None] | None = begin
        self.draft: Draft | None = None
        self.failure: OSError | None = None
        self._stored = False

    def write(self, fragment: Buffer, /) -> int:
        """A fault of the disk is remembered and the rest dropped, so that the sender gets a status, not an abort.
        ValueError, which aborts the association, for an endless identifier of another service."""
        content = bytes(fragment)
        try:
            if self._begin is not None:
                begin, self._begin = self._begin, None
                self.draft = begin()
                self._stored = self.draft is not None
            if self.draft is not None:
                self.draft.write(content)
            elif not self._stored:
                self._keep_in_memory(content)
        except OSError as error:
            LOG.warning("a data set could not be written: %s", error)
            self.failure, self._stored = error, True
            self.discard()
        return len(content)

    def _keep_in_memory(self, content: bytes) -> None:
        if self.tell() + len(content) > _IDENTIFIER_BYTES:
            raise ValueError("an endless identifier")
        super().write(content)

    def discard(self) -> None:
        if self.draft is not None:
            self.draft.discard()
            self.draft = None


def sweep(folder: Path, older_than: float) -> int:
    """Remove drafts whose writer has died and that are `older_than` seconds old; returns how many. Safe beside other nodes."""
    removed = 0
    for path in folder.glob(f"{PREFIX}*.part"):
        try:
            if time.time_ns() / 1e9 - path.stat().st_mtime < older_than:
                continue
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
            removed += 1
        except BlockingIOError:
            pass  # somebody is writing it
        finally:
            os.close(descriptor)
    return removed
