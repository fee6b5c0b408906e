"""A stored object made smaller for a slow line, and back, byte by byte: the format that the gateway writes and the centre reads.

What is no pixel travels deflated, each picture (a frame, or one colour of it where colours lie apart) as a reversible HTJ2K codestream.
Nothing is said anew: unpacked it is the very file that was packed, proved by its SHA-256. All numbers are big endian.

    0     Outline, filled up to 128 bytes with zeros
    128   TCPK, where a Part 10 file says DICM: neither is ever taken for the other
    132   what lies before the pixels, deflated (zlib)
    …     of each picture its length in 4 bytes and its codestream
    …     what lies behind the pixels, deflated; the file ends with it

Codecs are C code: who has to outlive them uses `packing_apart`. Both directions take one picture into memory, never the file.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

import imagecodecs
import numpy as np

from teleconsult.imaging import codecs_headers
from teleconsult.imaging.codecs import IMPLICIT
from teleconsult.imaging.pixels import FrameReader, frame_count
from teleconsult.imaging.pixels_file import UNDEFINED, StoredObject, opened
from teleconsult.imaging.pixels_values import Undecodable

NAME: Final = "htj2k-1"
"""What the centre calls this packing when it says what it understands."""
LEAST: Final = 64 << 10
"""Bytes of pixels below which packing is not worth its round trip."""
MOST_PICTURE: Final = 128 << 20
"""Bytes of one picture; a larger one is neither packed nor unpacked."""
MOST_RATIO: Final = 100
"""How many times larger than the packed file the original may be: work stays bound to what was sent."""
CLEARLY: Final = 0.9
"""Of what deflate would send: what is not smaller than that is not packed."""

_MARK, _MARK_AT, _BEGINS = b"TCPK", 128, 132
_VERSION = 1
_KINDS: Final = ("u1", "<u2", "<i2")
_EXPLICIT = "1.2.840.10008.1.2.1"
_PIECE, _TRIED = 1 << 18, 8 << 20
_SLACK = 1 << 16  # by which a codestream may be longer than its picture: noise grows a little
_FIELDS = struct.Struct(">HBBLLLQQQQQ32s")
_FAULTS = (RuntimeError, ValueError, TypeError, IndexError, OSError, struct.error)

Take = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Outline:
    """What a packed file says of its original. Bytes; `kind` is an index of numpy's names for a sample."""

    kind: int
    samples: int
    rows: int
    columns: int
    pictures: int
    before: int
    after: int
    size: int
    sha256: str = ""
    deflated_before: int = 0
    deflated_after: int = 0

    @property
    def picture(self) -> int:
        return self.rows * self.columns * self.samples * np.dtype(_KINDS[self.kind]).itemsize

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.rows, self.columns) if self.samples == 1 else (self.rows, self.columns, self.samples)

    @property
    def smallest(self) -> int:
        """Of a packed file of this outline: less is cut off."""
        return _BEGINS + self.deflated_before + 4 * self.pictures + self.deflated_after


def is_packed(file: Path) -> bool:
    """Whether the file says of itself that it is packed."""
    with file.open("rb") as source:
        return source.read(_BEGINS)[_MARK_AT:] == _MARK


def pack(source: Path, target: BinaryIO) -> Outline:
    """Write the packed file of a Part 10 file. Undecodable `packing.unfit` where it is none that gets clearly smaller by it."""
    with opened(source) as found:
        outline = _outline(found)
        stream, digest = found.stream, sha256()
        stream.seek(0)
        target.write(bytes(_BEGINS))
        before = _deflated(_of(stream, outline.before, digest.update), target)
        plain, packed = 0, 0
        for number in range(outline.pictures):
            raw = _exactly(stream, outline.picture)
            digest.update(raw)
            stream_of = _encoded(raw, outline)
            target.write(len(stream_of).to_bytes(4, "big") + stream_of)
            packed += len(stream_of)
            if number * outline.picture < _TRIED:
                plain += len(zlib.compress(raw, 1))
                share = min(1.0, plain / ((number + 1) * outline.picture))
            elif number * outline.picture < _TRIED + outline.picture:
                _clearly(packed, (number + 1) * outline.picture * share)
        _clearly(packed, outline.pictures * outline.picture * share)
        after = _deflated(_of(stream, outline.after, digest.update), target)
        done = replace(outline, sha256=digest.hexdigest(), deflated_before=before, deflated_after=after)
    if done.size > MOST_RATIO * target.tell():
        raise _unfit("deflate serves such a picture as well")
    target.seek(0)
    target.write(_head(done))
    return done


def unpack(packed: BinaryIO, take: Take, most: int) -> Outline:
    """Give the original to `take` in pieces. What was taken counts only after the return.

    Undecodable: `packing.too_large` (more than `most` bytes, or than belongs to so few), `packing.damaged` (cut off, wrong lengths, no
    such codestream), `packing.digest` (not what it says it is).
    """
    outline, digest = outline_of(packed, most), sha256()

    def both(piece: bytes) -> None:
        digest.update(piece)
        take(piece)

    _inflate(packed, outline.deflated_before, outline.before, both)
    for _ in range(outline.pictures):
        length = int.from_bytes(_exactly(packed, 4), "big")
        if length > outline.picture + _SLACK:
            raise _damaged(f"a codestream of {length} bytes for a picture of {outline.picture}")
        both(_decoded(_exactly(packed, length), outline))
    _inflate(packed, outline.deflated_after, outline.after, both)
    if packed.read(1):
        raise _damaged("something follows its end")
    if digest.hexdigest() != outline.sha256:
        raise Undecodable("packing.digest", f"says {outline.sha256}, is {digest.hexdigest()}")
    return outline


def outline_of(packed: BinaryIO, most: int) -> Outline:
    """What the packed file says, if it can be so. Undecodable as `unpack`."""
    size = packed.seek(0, 2)
    packed.seek(0)
    return _read_head(packed.read(_BEGINS), size, most)


def _outline(found: StoredObject) -> Outline:
    """Where pictures lie in the object. Uncompressed samples of one or two bytes only."""
    if found.transfer_syntax not in (IMPLICIT, _EXPLICIT) or found.pixels is None or found.pixels.length == UNDEFINED:
        raise _unfit(f"no uncompressed pixels in {found.transfer_syntax}")
    count = frame_count(found.header)
    layout, pixels = FrameReader(found, count).layout(), found.pixels
    if layout.real or layout.halved or layout.bits_allocated not in (8, 16):
        raise _unfit(f"{layout.bits_allocated} bits, {layout.photometric}")
    kind = 0 if layout.bits_allocated == 8 else 2 if layout.signed else 1
    apart = layout.planar and layout.samples == 3
    frame = layout.frame_bits // 8
    length = min(pixels.length, found.size - pixels.start)
    frames = min(count, length // frame)
    if frames * frame < LEAST or (frame // 3 if apart else frame) > MOST_PICTURE:
        raise _unfit(f"{frames} frames of {frame} bytes")
    return Outline(
        kind, 1 if apart else layout.samples, layout.rows, layout.columns, frames * (3 if apart else 1),
        before=pixels.start, after=found.size - pixels.start - frames * frame, size=found.size,
    )  # fmt: skip


def _head(outline: Outline) -> bytes:
    fields = _FIELDS.pack(
        _VERSION, outline.kind, outline.samples, outline.rows, outline.columns, outline.pictures,
        outline.before, outline.after, outline.size, outline.deflated_before, outline.deflated_after,
        bytes.fromhex(outline.sha256),
    )  # fmt: skip
    return fields.ljust(_MARK_AT, b"\0") + _MARK


def _read_head(head: bytes, packed: int, most: int) -> Outline:
    """The outline, if a file of `packed` bytes can have it."""
    if len(head) < _BEGINS or head[_MARK_AT:] != _MARK:
        raise _damaged("no packed file")
    version, kind, samples, rows, columns, pictures, before, after, size, *deflated, digest = _FIELDS.unpack_from(head)
    if version != _VERSION or kind >= len(_KINDS) or samples not in (1, 3) or min(rows, columns, pictures) < 1:
        raise _damaged(f"version {version}, kind {kind}, {rows}×{columns}×{samples}, {pictures} pictures")
    found = Outline(kind, samples, rows, columns, pictures, before, after, size, digest.hex(), deflated[0], deflated[1])
    if found.before + found.pictures * found.picture + found.after != size or found.smallest > packed:
        raise _damaged(f"{size} bytes are not what its parts are, or {packed} do not hold them")
    if size > most or size > MOST_RATIO * packed or found.picture > MOST_PICTURE:
        raise Undecodable(
            "packing.too_large", f"{size} bytes of {packed}, at most {most}; a picture of {found.picture}"
        )
    return found


def _encoded(raw: bytes, outline: Outline) -> bytes:
    samples = np.frombuffer(raw, _KINDS[outline.kind]).reshape(outline.shape)
    try:
        return bytes(imagecodecs.htj2k_encode(samples, reversible=True))
    except _FAULTS as error:
        raise _unfit(f"htj2k: {error}"[:300]) from error


def _decoded(stream: bytes, outline: Outline) -> bytes:
    """The picture of a codestream that says of itself, before it is decoded, that it is of the right size."""
    wanted = np.dtype(_KINDS[outline.kind])
    try:
        coded = codecs_headers.jpeg2000(stream)
        said = (coded.rows, coded.columns, coded.samples, coded.precision, coded.signed)
        if said != (outline.rows, outline.columns, outline.samples, wanted.itemsize * 8, wanted.kind == "i"):
            raise _damaged(f"a codestream of {said}")
        found = np.asarray(imagecodecs.htj2k_decode(stream))
    except (*_FAULTS, Undecodable) as error:
        raise _damaged(str(error)[:300]) from error
    if found.dtype != wanted or found.shape != outline.shape:
        raise _damaged(f"a codestream of {found.shape} {found.dtype}")
    return found.tobytes()


def _deflated(pieces: Iterator[bytes], target: BinaryIO) -> int:
    """Write them as one zlib stream; its length."""
    squeezing, length = zlib.compressobj(6), 0
    for piece in pieces:
        length += target.write(squeezing.compress(piece))
    return length + target.write(squeezing.flush())


def _inflate(packed: BinaryIO, deflated: int, length: int, take: Take) -> None:
    """Exactly `length` bytes out of exactly `deflated`, never more than a piece at once."""
    opening, left, given = zlib.decompressobj(), deflated, 0
    try:
        while not opening.eof:
            waits = opening.unconsumed_tail
            if not waits:
                waits = _exactly(packed, min(left, _PIECE))
                left -= len(waits)
            piece = opening.decompress(waits, _PIECE)
            given += len(piece)
            if given > length or not (piece or waits):
                raise _damaged(f"{given} bytes where {length} were said")
            take(piece)
    except zlib.error as error:
        raise _damaged(str(error)) from error
    if given != length or left or opening.unused_data:
        raise _damaged(f"{given} bytes where {length} were said")


def _of(stream: BinaryIO, length: int, seen: Take) -> Iterator[bytes]:
    while length:
        piece = _exactly(stream, min(length, _PIECE))
        length -= len(piece)
        seen(piece)
        yield piece


def _exactly(stream: BinaryIO, length: int) -> bytes:
    found = stream.read(length)
    if len(found) != length:
        raise _damaged(f"cut off: {len(found)} of {length} bytes")
    return found


def _clearly(packed: int, plain: float) -> None:
    if packed > CLEARLY * plain:
        raise _unfit(f"{packed} bytes, deflated {plain:.0f}")


def _unfit(why: str) -> Undecodable:
    return Undecodable("packing.unfit", why)


def _damaged(why: str) -> Undecodable:
    return Undecodable("packing.damaged", why)
