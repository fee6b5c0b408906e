"""Whether two files hold the same object in two transfer syntaxes: proved value by value, or said not to be.

The first of the two is kept and the other is not shown, so only a proof counts. Both must be in transfer syntaxes that lose nothing and that
are read here; their data sets say the same (`same_dataset`), and so do their pixels: as they lie where both are uncompressed, frame by frame
decoded otherwise. Decoders are C code fed by strangers: call `same_apart`, not this.
"""

from typing import BinaryIO, Final

import numpy as np

from teleconsult.imaging import codecs
from teleconsult.imaging.pixels import FrameReader, frame_count
from teleconsult.imaging.pixels_file import UNDEFINED, PixelElement, StoredObject
from teleconsult.imaging.pixels_fragments import fragments
from teleconsult.imaging.pixels_values import Layout, Undecodable
from teleconsult.imaging.same_dataset import digest

_PIECE: Final = 1 << 20
_REALS: Final = {0x7FE00008: 4, 0x7FE00009: 8}


def is_same(one: StoredObject, other: StoredObject) -> bool:
    """True only where it is proved. Raises Undecodable where something stands in the way of proving it."""
    if not {one.transfer_syntax, other.transfer_syntax} <= codecs.LOSSLESS:
        return False
    packed = _is_packed(one) or _is_packed(other)
    if digest(one, _end(one), packed=packed) != digest(other, _end(other), packed=packed):
        return False
    if one.pixels is None or other.pixels is None:
        return one.pixels is other.pixels
    if one.pixels.tag != other.pixels.tag:
        return False
    return _same_frames(one, other) if packed else _same_values(one, one.pixels, other, other.pixels)


def _is_packed(found: StoredObject) -> bool:
    return found.pixels is not None and found.pixels.length == UNDEFINED


def _end(found: StoredObject) -> int:
    """Where the pixel element ends, or the data set where there is none."""
    if found.pixels is None:
        end = found.read_to
        if end != found.size:
            raise Undecodable("pixels.header", f"{found.size - end} bytes were not read")
        return end
    end = fragments(found)[1] if found.pixels.length == UNDEFINED else found.pixels.start + found.pixels.length
    if end > found.size:
        raise Undecodable("pixels.truncated", f"the file ends at byte {found.size}")
    return end


def _same_values(one: StoredObject, at: PixelElement, other: StoredObject, there: PixelElement) -> bool:
    """Uncompressed pixels, a piece at a time, each in its own byte order."""
    left, unit, unit_there = at.length, _unit(one, at), _unit(other, there)
    if left != there.length or left % unit or left % unit_there:
        return False
    one.stream.seek(at.start)
    other.stream.seek(there.start)
    while left > 0:
        size = min(left, _PIECE)
        if _little(one.stream, size, unit) != _little(other.stream, size, unit_there):
            return False
        left -= size
    return True


def _little(stream: BinaryIO, size: int, unit: int) -> bytes:
    raw = stream.read(size)
    if len(raw) < size:
        raise Undecodable("pixels.truncated", f"{len(raw)} of {size} bytes")
    return raw if unit == 1 else np.frombuffer(raw, f"<u{unit}").byteswap().tobytes()


def _unit(found: StoredObject, element: PixelElement) -> int:
    """In which units the bytes are turned round (PS3.5 7.3, 8.1.1); 1 where they are not."""
    if not found.big_endian:
        return 1
    if element.tag in _REALS:
        return _REALS[element.tag]
    allocated = FrameReader(found, 1).layout().bits_allocated
    if allocated <= 8:
        return 2 if element.vr == "OW" else 1
    if allocated not in (16, 32, 64):
        raise Undecodable("pixels.unsupported_layout", f"{allocated} bits allocated, big endian")
    return allocated // 8


def _same_frames(one: StoredObject, other: StoredObject) -> bool:
    """Decoded samples before any change of the colour model: that would make some different colours one."""
    if _hides_overlays(one) or _hides_overlays(other):
        return False
    count = frame_count(one.header)
    reader, there = FrameReader(one, count), FrameReader(other, count)
    layout, layout_there = reader.layout(), there.layout()
    if not (_holds_just(reader, layout) and _holds_just(there, layout_there)):
        return False
    for index in range(count):
        pixels, model = reader.samples(index, layout)
        pixels_there, model_there = there.samples(index, layout_there)
        if model != model_there or not np.array_equal(pixels, pixels_there):
            return False
    return True


def _holds_just(reader: FrameReader, layout: Layout) -> bool:
    """Whether there is nothing beside the frames that are compared."""
    found = reader.found
    if found.pixels is None or layout.real:
        return False
    if found.pixels.length == UNDEFINED:
        return len(fragments(found)[0]) == reader.count
    size = (layout.frame_bits * reader.count + 7) // 8
    return found.pixels.length == size + size % 2


def _hides_overlays(found: StoredObject) -> bool:
    """Overlays in unused bits of the pixels (retired, PS3.3 C.9.2): decoding drops them."""
    groups = {tag.group for tag in found.header.keys() if tag.group & 0xFF01 == 0x6000}
    return any((group, 0x3000) not in found.header for group in groups)
