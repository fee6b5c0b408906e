"""What a compressed frame says about itself, read from its first markers without decoding.

A decoder is only called after size, depth and number of components agree with the data set's header: a codestream that
claims 100 000 × 100 000 pixels, or another picture's size, never reaches it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from teleconsult.imaging.pixels_values import Undecodable

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SOF_JPEGLS = 0xF7
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
_SOC_SIZ = b"\xff\x4f\xff\x51"


@dataclass(frozen=True, slots=True)
class Coded:
    """Size in pixels, bits per sample and colour hints of a codestream."""

    rows: int
    columns: int
    samples: int
    precision: int
    signed: bool = False
    lossless: bool = False
    transformed: bool = False  # J2K multiple component transform: the decoder gives RGB
    adobe: int | None = None  # APP14 colour transform: 0 none, 1 YCbCr
    jfif: bool = False
    component_ids: tuple[int, ...] = ()
    subsampled: bool = False


def jpeg(stream: bytes) -> Coded:
    """JPEG (ITU-T T.81) or JPEG-LS (T.87): the first frame header, with the APP0/APP14 before it."""
    adobe, jfif = None, False
    for marker, body in _segments(stream):
        if marker == 0xE0 and body[:5] == b"JFIF\0":
            jfif = True
        elif marker == 0xEE and body[:5] == b"Adobe" and len(body) >= 12:
            adobe = body[11]
        elif (marker in _SOF or marker == _SOF_JPEGLS) and len(body) >= 6:
            return _frame_header(marker, body, adobe, jfif)
    raise Undecodable("pixels.corrupt", "no JPEG frame header")


def _segments(stream: bytes) -> Iterator[tuple[int, bytes]]:
    if stream[:2] != b"\xff\xd8":
        raise Undecodable("pixels.corrupt", "not a JPEG stream")
    at = 2
    while at + 4 <= len(stream):
        if stream[at] != 0xFF:
            at += 1
        elif stream[at + 1] == 0xFF or stream[at + 1] in _BARE:
            at += 1 if stream[at + 1] == 0xFF else 2
        else:
            (length,) = struct.unpack_from(">H", stream, at + 2)
            yield stream[at + 1], stream[at + 4 : at + 2 + length]
            at += 2 + max(length, 2)


def _frame_header(marker: int, body: bytes, adobe: int | None, jfif: bool) -> Coded:
    precision, rows, columns, samples = struct.unpack_from(">BHHB", body)
    parts = [body[6 + 3 * k : 9 + 3 * k] for k in range(samples)]
    if any(len(part) < 3 for part in parts):
        raise Undecodable("pixels.corrupt", "JPEG frame header cut short")
    return Coded(
        rows,
        columns,
        samples,
        precision,
        lossless=marker in (0xC3, 0xC7, 0xCB, 0xCF, _SOF_JPEGLS),
        adobe=adobe,
        jfif=jfif,
        component_ids=tuple(part[0] for part in parts),
        subsampled=len({part[1] for part in parts}) > 1,
    )


def jpeg2000(stream: bytes) -> Coded:
    """JPEG 2000 or HTJ2K (ITU-T T.800, T.814), bare or in a JP2/JPH box: SIZ and the transform flag of COD."""
    start = stream.find(_SOC_SIZ, 0, 4096)
    if start < 0 or len(stream) < start + 46:
        raise Undecodable("pixels.corrupt", "no JPEG 2000 codestream")
    siz = start + 2
    right, bottom, left, top = struct.unpack_from(">LLLL", stream, siz + 6)
    (samples,) = struct.unpack_from(">H", stream, siz + 38)
    depths = {stream[siz + 40 + 3 * k] for k in range(samples) if siz + 40 + 3 * k < len(stream)}
    if not depths:
        raise Undecodable("pixels.corrupt", "JPEG 2000 header cut short")
    depth = max(depths, key=lambda d: d & 0x7F)
    return Coded(
        bottom - top,
        right - left,
        samples,
        (depth & 0x7F) + 1,
        signed=bool(depth & 0x80),
        transformed=_component_transform(stream, siz),
    )


def _component_transform(stream: bytes, siz: int) -> bool:
    at = siz
    while at + 4 <= len(stream) and stream[at] == 0xFF:
        marker, (length,) = stream[at + 1], struct.unpack_from(">H", stream, at + 2)
        if marker == 0x52 and at + 8 < len(stream):
            return bool(stream[at + 8])
        at += 2 + length
    return False


def jpeg_is_rgb(coded: Coded, photometric: str) -> bool:
    """Whether a three-component lossy JPEG holds RGB, given what its markers and the data set say.

    Subsampled components are never RGB. Then the Adobe marker, which states the transform outright; then component names
    'R' 'G' 'B'; then the data set. JFIF alone is not believed against an RGB data set: toolkits write it by habit.
    """
    if coded.subsampled:
        return False
    if coded.adobe is not None:
        return coded.adobe == 0
    if coded.component_ids == (0x52, 0x47, 0x42):
        return True
    return photometric == "RGB"
