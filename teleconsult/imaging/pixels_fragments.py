"""Frames inside an encapsulated pixel element (PS3.5 A.4), found by table or by walking item headers.

Lengths in item headers are followed and values are never searched for delimiters: a codestream may hold the bytes of
one. Tables are believed only where they point at an item; otherwise the items are walked.
"""

import io
import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

from pydicom.dataset import Dataset

from teleconsult.imaging.pixels_file import UNDEFINED, StoredObject
from teleconsult.imaging.pixels_values import Undecodable

_ITEM, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_TABLE_LIMIT = 64 << 20

Span = tuple[int, int]  # start and length of bytes in the stream


@dataclass(frozen=True, slots=True)
class Fragments:
    """The places of all frames' fragments of one object, frame by frame."""

    stream: BinaryIO
    frames: tuple[tuple[Span, ...], ...]

    def frame(self, index: int) -> bytes:
        """The joined fragments of frame `index` (from 0); shorter than promised where the file was cut."""
        return b"".join(_read(self.stream, start, length) for start, length in self.frames[index])


def spans_of_frame(found: StoredObject, index: int, frames: int) -> tuple[Span, ...]:
    """The fragments of one frame. Reads only item headers; raises Undecodable("pixels.truncated") beyond the last one."""
    if found.pixels is None:
        raise Undecodable("pixels.absent", "no pixel element")
    stream = found.stream
    table, first = _basic_table(stream, found.pixels.start)
    offsets = _extended_table(found.header) or table
    if len(offsets) == frames and offsets:
        spans = _by_table(stream, first, offsets, index)
        if spans:
            return spans
    return _by_walking(stream, first, index, frames)


def fragments(found: StoredObject) -> tuple[list[Span], int]:
    """All fragments in order, and where the pixel element ends. Reads only item headers; raises Undecodable("pixels.corrupt") where it has no end."""
    if found.pixels is None:
        raise Undecodable("pixels.absent", "no pixel element")
    _, first = _basic_table(found.stream, found.pixels.start)
    items = _walk(found.stream, first)
    end = items[-1][0] + items[-1][1] if items else first
    if _item(found.stream, end)[0] == _END:
        return items, end + 8
    if end != found.size:  # only the delimiter may be missing
        raise Undecodable("pixels.corrupt", f"no item at byte {end}")
    return items, end


def _basic_table(stream: BinaryIO, start: int) -> tuple[list[int], int]:
    tag, length = _item(stream, start)
    if tag != _ITEM or length > _TABLE_LIMIT:
        raise Undecodable("pixels.corrupt", "encapsulated pixels without an offset table item")
    raw = _read(stream, start + 8, length)
    return list(struct.unpack(f"<{len(raw) // 4}L", raw[: len(raw) // 4 * 4])), start + 8 + length


def _extended_table(header: Dataset) -> list[int]:
    raw = header.get("ExtendedOffsetTable") or b""
    return list(struct.unpack(f"<{len(raw) // 8}Q", raw[: len(raw) // 8 * 8]))


def _by_table(stream: BinaryIO, first: int, offsets: list[int], index: int) -> tuple[Span, ...]:
    at = first + offsets[index]
    end = first + offsets[index + 1] if index + 1 < len(offsets) else None
    spans: list[Span] = []
    while end is None or at < end:
        tag, length = _item(stream, at)
        if tag == _END and end is None:
            break
        if tag != _ITEM:
            return tuple(spans) if end is None else ()
        spans.append((at + 8, length))
        at += 8 + length
    return tuple(spans)


def _by_walking(stream: BinaryIO, first: int, index: int, frames: int) -> tuple[Span, ...]:
    items = _walk(stream, first)
    if frames == 1:
        groups = [items] if items else []
    elif len(items) <= frames:
        groups = [[span] for span in items]
    else:
        groups = _by_markers(stream, items)
    if index >= len(groups):
        raise Undecodable("pixels.truncated", f"{len(groups)} of {frames} frames are in the file")
    return tuple(groups[index])


def _walk(stream: BinaryIO, first: int) -> list[Span]:
    items: list[Span] = []
    at = first
    while True:
        tag, length = _item(stream, at)
        if tag != _ITEM or length == UNDEFINED:
            return items
        items.append((at + 8, length))
        at += 8 + length


def _by_markers(stream: BinaryIO, items: list[Span]) -> list[list[Span]]:
    """More fragments than frames and no table: a frame ends with an end-of-image marker (JPEG EOI, J2K EOC: FFD9)."""
    groups: list[list[Span]] = [[]]
    for start, length in items:
        groups[-1].append((start, length))
        tail = _read(stream, start + max(0, length - 12), min(length, 12))
        if b"\xff\xd9" in tail:
            groups.append([])
    return [group for group in groups if group]


def _item(stream: BinaryIO, at: int) -> tuple[bytes, int]:
    raw = _read(stream, at, 8)
    return (raw[:4], int.from_bytes(raw[4:], "little")) if len(raw) == 8 else (b"", 0)


def _read(stream: BinaryIO, start: int, length: int) -> bytes:
    stream.seek(start)
    return stream.read(length)


class JoinedFragments(io.RawIOBase):
    """Fragments read as one seekable file: a video is one stream, however many items it was cut into."""

    def __init__(self, stream: BinaryIO, spans: tuple[Span, ...]) -> None:
        self._stream, self._spans, self._at = stream, spans, 0
        self._size = sum(length for _, length in spans)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, origin + offset)
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        part = self._part(len(view))
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _part(self, wanted: int) -> bytes:
        skipped = 0
        for start, length in self._spans:
            if self._at < skipped + length:
                inside = self._at - skipped
                return _read(self._stream, start + inside, min(wanted, length - inside))
            skipped += length
        return b""
