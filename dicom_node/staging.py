"""What a received file begins with, and how much room there is for it."""

from __future__ import annotations

import errno
import struct
import threading
import time
from collections.abc import Callable
from functools import lru_cache

from pydicom.uid import UID

# Who wrote the files (PS3.10 7.1). The root is the free one made from a UUID (PS3.5 B.2).
IMPLEMENTATION_UID = UID("2.25.258107642186395320118722013374017731297")
IMPLEMENTATION_VERSION = "TELECONSULT_1"


def file_meta(sop_class: str, sop_uid: str, transfer_syntax: str) -> bytes:
    """Prefix and file meta of PS3.10 §7.1. Names no sender: the same object always makes the same file."""
    return _group(sop_class, transfer_syntax, len(sop_uid) + len(sop_uid) % 2) % _value("UI", sop_uid, "\0")


@lru_cache
def _group(sop_class: str, transfer_syntax: str, uid_length: int) -> bytes:
    """The whole but for VR, length and value of the SOP Instance UID."""
    before = b"\x02\x00\x01\x00OB\x00\x00\x02\x00\x00\x00\x00\x01" + b"\x02\x00\x02\x00" + _value("UI", sop_class, "\0")
    named = (
        (0x0010, _value("UI", transfer_syntax, "\0")),
        (0x0012, _value("UI", IMPLEMENTATION_UID, "\0")),
        (0x0013, _value("SH", IMPLEMENTATION_VERSION, " ")),
    )
    after = b"".join(struct.pack("<HH", 2, number) + value for number, value in named)
    length = len(before) + 8 + uid_length + len(after)
    first = b"DICM\x02\x00\x00\x00UL\x04\x00" + struct.pack("<I", length)
    return (first + before + b"\x02\x00\x03\x00").replace(b"%", b"%%") + b"%b" + after.replace(b"%", b"%%")


def _value(vr: str, text: str, pad: str) -> bytes:
    value = (text + pad if len(text) % 2 else text).encode("ascii", "replace")
    return vr.encode() + struct.pack("<H", len(value)) + value


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
