"""One frame of a stored object as numbers.

`frame(path, 0)` reads the header and that frame's bytes only. Values are stored values: rescale, window and palette are
`render`'s. Whatever stands in the way is an `Undecodable` with one of `CODES`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from pydicom.datadict import keyword_dict
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset

from teleconsult.imaging import codecs, codecs_video
from teleconsult.imaging.pixels_file import UNDEFINED, PixelElement, StoredObject, opened
from teleconsult.imaging.pixels_fragments import JoinedFragments, spans_of_frame
from teleconsult.imaging.pixels_values import Array, Layout, Undecodable, native, to_rgb
from teleconsult.imaging.transfer_syntaxes import is_taken

__all__ = [
    "CODES",
    "Frame",
    "FrameReader",
    "Undecodable",
    "frame",
    "frame_count",
    "reader",
    "refuse_unknown",
    "stored_frame",
]

CODES = frozenset(
    {
        "pixels.absent",  # the object has no pixels
        "pixels.remote",  # JPIP: the pixels are on a server that the object names
        "pixels.header",  # the header is unreadable or lacks rows, columns, bits
        "pixels.truncated",  # bytes are missing
        "pixels.corrupt",  # the codec rejects the bytes
        "pixels.unsupported_syntax",
        "pixels.unsupported_layout",
        "pixels.size_mismatch",  # header and codestream are about different pictures
        "pixels.frame_absent",  # there is no frame of this number
        "pixels.too_large",  # beyond the size that is decoded here
        "pixels.decoder_hung",  # stopped after its time (render_apart)
        "pixels.decoder_crashed",  # died (render_apart)
        "pixels.region",  # asked for a part that lies outside of the frame
        "pixels.file_absent",  # the stored bytes are not where they should be (render_apart)
    }
)
FRAME_LIMIT = 2 << 30  # bytes of one decoded frame
_FLOAT_TAGS = {0x7FE00008: 32, 0x7FE00009: 64}


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Decoded samples: `(rows, columns)`, or `(rows, columns, 3)` RGB.

    `photometric` is MONOCHROME1, MONOCHROME2, PALETTE COLOR or RGB. `header` is the data set up to the pixels, `index`
    counts from 0.
    """

    pixels: Array
    photometric: str
    bits_stored: int
    signed: bool
    header: Dataset
    index: int


@dataclass(frozen=True, slots=True)
class FrameReader:
    """An open object whose frames can be read in any order."""

    found: StoredObject
    count: int

    def layout(self) -> Layout:
        """How a frame lies. Raises Undecodable("pixels.header") for missing or impossible values."""
        return _layout(self.found)

    def frame(self, index: int) -> Frame:
        """Frame `index`, from 0. Raises Undecodable."""
        self._checked(index)
        layout = self.layout()
        pixels, photometric = self.samples(index, layout)
        if layout.samples == 3:
            pixels, photometric = to_rgb(pixels, photometric, layout.bits_stored), "RGB"
        return Frame(pixels, photometric, layout.bits_stored, layout.signed, self.found.header, index)

    def samples(self, index: int, layout: Layout) -> codecs.Decoded:
        """Frame `index`, from 0, before its colours are made RGB, and its photometric interpretation. Raises Undecodable."""
        element, syntax = self._checked(index), self.found.transfer_syntax
        if syntax in codecs.VIDEO:
            return self._video(index, layout), "RGB"
        if element.length == UNDEFINED:
            return codecs.decode(syntax, self.stored(index), layout)
        return self._native(index, element, layout), layout.photometric

    def stored(self, index: int) -> bytes:
        """The bytes of frame `index` as they lie in the file (native: cut out; encapsulated: fragments joined), never less than all of
        them. Raises Undecodable."""
        element = self._checked(index)
        if element.length != UNDEFINED:
            layout = self.layout()
            raw, first_bit = self._native_bytes(index, element, layout)
            if len(raw) * 8 < first_bit + layout.frame_bits:
                raise Undecodable("pixels.truncated", f"{len(raw)} bytes hold no frame {index + 1}")
            return raw
        spans = spans_of_frame(self.found, index, self.count)
        parts = [self._read(start, length) for start, length in spans]
        if sum(map(len, parts)) < sum(length for _, length in spans):
            raise Undecodable("pixels.truncated", f"the file ends inside frame {index + 1}")
        return b"".join(parts)

    def probe(self, index: int) -> None:
        """Cheap look at one frame, nothing decoded: are its bytes there and about a picture of this size? Raises Undecodable."""
        element, layout = self._checked(index), self.layout()
        if self.found.transfer_syntax in codecs.VIDEO:
            spans_of_frame(self.found, 0, 1)
        elif element.length == UNDEFINED:
            codecs.probe(self.found.transfer_syntax, self.stored(index), layout)
        elif element.start + min(element.length, _end_of(index, layout)) > self.found.size:
            raise Undecodable("pixels.truncated", f"the file ends at byte {self.found.size}")
        elif element.length < _end_of(index, layout):
            raise Undecodable("pixels.truncated", f"{element.length} bytes hold no frame {index + 1}")

    def _checked(self, index: int) -> PixelElement:
        if self.found.transfer_syntax in codecs.REMOTE:
            raise Undecodable("pixels.remote", str(self.found.header.get("PixelDataProviderURL", "")))
        if self.found.pixels is None or self.found.pixels.length == 0:
            raise Undecodable("pixels.absent", "no pixel element")
        if not 0 <= index < self.count:
            raise Undecodable("pixels.frame_absent", f"frame {index + 1} of {self.count}")
        refuse_unknown(self.found)
        return self.found.pixels

    def _native(self, index: int, element: PixelElement, layout: Layout) -> Array:
        raw, first_bit = self._native_bytes(index, element, layout)
        return native(raw, layout, first_bit)

    def _native_bytes(self, index: int, element: PixelElement, layout: Layout) -> tuple[bytes, int]:
        first = index * layout.frame_bits
        start, end = first // 8, (first + layout.frame_bits + 7) // 8
        swapped = self.found.big_endian and element.vr == "OW" and layout.bits_allocated <= 8
        if swapped:  # bytes travel in swapped pairs there (PS3.5 8.1.1)
            start, end = start // 2 * 2, (end + 1) // 2 * 2
        raw = self._read(element.start + start, min(end, element.length) - start if start < element.length else 0)
        if swapped:
            even = raw[: len(raw) // 2 * 2]
            raw = np.frombuffer(even, "<u2").byteswap().tobytes()
        return raw, first - start * 8

    def _video(self, index: int, layout: Layout) -> Array:
        spans = spans_of_frame(self.found, 0, 1)
        return codecs_video.frame(cast(BinaryIO, JoinedFragments(self.found.stream, spans)), index, layout)

    def _read(self, start: int, length: int) -> bytes:
        self.found.stream.seek(start)
        return self.found.stream.read(length)


def refuse_unknown(found: StoredObject) -> None:
    """Raises Undecodable("pixels.unsupported_syntax") where nobody knows how the pixels lie: in a private syntax, and uncompressed ones in any
    that is not read here. Such objects were taken before they were refused at the doors."""
    native = found.pixels is not None and found.pixels.length != UNDEFINED
    if not is_taken(found.transfer_syntax) or (native and found.transfer_syntax not in codecs.KNOWN):
        raise Undecodable("pixels.unsupported_syntax", found.transfer_syntax)


def _end_of(index: int, layout: Layout) -> int:
    """Where a native frame ends, in bytes from the start of the pixel value."""
    return ((index + 1) * layout.frame_bits + 7) // 8


@contextmanager
def reader(path: Path) -> Iterator[FrameReader]:
    """Open a stored Part 10 file for its frames."""
    with opened(path) as found:
        yield FrameReader(found, frame_count(found.header))


def frame(path: Path, index: int = 0) -> Frame:
    """Decode frame `index` (from 0) of the file. Raises Undecodable; FileNotFoundError when there is no file."""
    with reader(path) as frames:
        return frames.frame(index)


def stored_frame(path: Path, index: int = 0) -> bytes:
    """The stored bytes of one frame, for DICOMweb's frames (little endian only for little-endian objects)."""
    with reader(path) as frames:
        return frames.stored(index)


def frame_count(header: Dataset) -> int:
    """(0028,0008), 1 when absent or nonsense."""
    return max(1, _whole(header, "NumberOfFrames", 1, broken=1))


def _layout(found: StoredObject) -> Layout:
    header = found.header
    tag = found.pixels.tag if found.pixels else 0
    allocated = _FLOAT_TAGS.get(tag) or _whole(header, "BitsAllocated")
    stored = allocated if tag in _FLOAT_TAGS else _whole(header, "BitsStored", allocated)
    layout = Layout(
        rows=_whole(header, "Rows"),
        columns=_whole(header, "Columns"),
        samples=_whole(header, "SamplesPerPixel", 1),
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=_whole(header, "HighBit", stored - 1),
        signed=_whole(header, "PixelRepresentation", 0) == 1,
        photometric=str(header.get("PhotometricInterpretation") or "MONOCHROME2").strip(),
        planar=_whole(header, "PlanarConfiguration", 0) == 1,
        real=tag in _FLOAT_TAGS,
        big_endian=found.big_endian,
    )
    return _possible(layout)


def _possible(layout: Layout) -> Layout:
    if min(layout.rows, layout.columns) < 1 or layout.samples not in (1, 3):
        raise Undecodable("pixels.header", f"{layout.rows}×{layout.columns}, {layout.samples} samples per pixel")
    bits = layout.bits_allocated
    if not (0 < layout.bits_stored <= bits <= 64 and layout.bits_stored - 1 <= layout.high_bit < bits):
        raise Undecodable("pixels.header", f"bits {bits}/{layout.bits_stored}/{layout.high_bit}")
    if layout.frame_bits // 8 > FRAME_LIMIT:
        raise Undecodable("pixels.too_large", f"{layout.frame_bits // 8} bytes a frame")
    return layout


def _whole(header: Dataset, keyword: str, absent: int | None = None, *, broken: int | None = None) -> int:
    try:
        value = _said(header, keyword_dict[keyword])
        if value is None or value == "":
            if absent is None:
                raise Undecodable("pixels.header", f"{keyword} is missing")
            return absent
        return int(value)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        if broken is not None:
            return broken
        raise Undecodable("pixels.header", f"{keyword}: {error}"[:300]) from error


def _said(header: Dataset, tag: int) -> Any:
    """An element's value, None when it is absent. A lone US is read here: every frame of every picture asks for nine of them."""
    if tag not in header.keys():
        return None
    raw = cast(DataElement | RawDataElement, header.get_item(tag))
    if isinstance(raw, RawDataElement) and raw.VR == "US" and isinstance(raw.value, bytes) and len(raw.value) == 2:
        return int.from_bytes(raw.value, "little" if raw.is_little_endian else "big")
    return header[tag].value
