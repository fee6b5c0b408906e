"""What a data set says beside its pixels, as a digest that does not depend on how it is encoded.

Every value counts, with its bytes as they came: it is written anew in Implicit VR Little Endian (`elements`). What belongs to the encoding alone is
left out: group lengths, padding behind the end, and beside compressed pixels their offset tables and the arrangement of colours.
"""

import hashlib
import io
from typing import BinaryIO, Final, cast

import numpy as np
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag

from teleconsult.imaging.elements import write_elements
from teleconsult.imaging.pixels_file import StoredObject, readable
from teleconsult.imaging.pixels_values import Undecodable

_BEHIND_MOST: Final = 64 << 20
_PADDING: Final = 0xFFFCFFFC
_OF_PACKING: Final = frozenset({0x00280004, 0x00280006, 0x7FE00001, 0x7FE00002})
_UNITS: Final = {
    **dict.fromkeys(("US", "SS", "OW", "AT"), 2), **dict.fromkeys(("UL", "SL", "FL", "OF", "OL"), 4),
    **dict.fromkeys(("FD", "OD", "SV", "UV", "OV"), 8),
}  # fmt: skip
_EXACT: Final = frozenset({"OB", "UN", *_UNITS})
"""Values that stay what they are when they are read and written again."""


class _Digest(io.RawIOBase):
    """A file that keeps nothing of what is written but its SHA-256."""

    def __init__(self) -> None:
        super().__init__()
        self.sha256 = hashlib.sha256()

    def write(self, content: object, /) -> int:
        part = cast(bytes, content)
        self.sha256.update(part)
        return len(part)


def digest(found: StoredObject, end: int, *, packed: bool) -> bytes:
    """Of everything but the pixel element, which ends at `end`. `packed`: one of those that are compared has compressed pixels.

    Raises Undecodable where something of it cannot be read. The header of `found` stays usable for its pixels.
    """
    made, out = _Digest(), Dataset()
    for ds in (found.header, _behind(found, end)):
        for tag in ds.keys():
            if tag.group >= 0x0008 and tag != _PADDING and not (packed and tag in _OF_PACKING):
                out[tag] = _element(ds, tag, found.big_endian)
    write_elements(cast(BinaryIO, made), _turned(out) if found.big_endian else out, implicit=True)
    return made.sha256.digest()


def _behind(found: StoredObject, end: int) -> Dataset:
    """What follows the pixels: private groups, signatures, padding."""
    if found.size - end > _BEHIND_MOST:
        raise Undecodable("pixels.too_large", f"{found.size - end} bytes behind the pixels")
    found.stream.seek(end)
    rest = found.stream.read()
    if not rest.strip(b"\0"):
        return Dataset()
    with readable():
        source = io.BytesIO(rest)
        ds = read_dataset(source, found.implicit, not found.big_endian)
    if source.tell() != len(rest):
        raise Undecodable("pixels.header", f"{len(rest) - source.tell()} bytes behind the pixels were not read")
    return ds


def _element(ds: Dataset, tag: BaseTag, big_endian: bool) -> DataElement | RawDataElement:
    """A value that was left in the file for its size is read through pydicom: only where that gives back the same bytes."""
    element = cast(DataElement | RawDataElement, ds.get_item(tag))
    if isinstance(element, DataElement) or element.value is not None or not element.length:
        return element
    with readable():
        read = ds[tag]
    if big_endian or read.VR not in _EXACT:
        raise Undecodable("pixels.too_large", f"{element.length} bytes of {read.VR} in {tag}")
    return read


def _turned(ds: Dataset) -> Dataset:
    """The same with its numbers in little endian."""
    out = Dataset()
    for tag in ds.keys():
        element = cast(DataElement | RawDataElement, ds.get_item(tag))
        if isinstance(element, RawDataElement) and element.VR != "SQ" and element.value is not None:
            unit = _UNITS.get(element.VR or "", 1)
            value = element.value
            if unit > 1:
                if len(value) % unit:
                    raise Undecodable("pixels.header", f"{len(value)} bytes of {element.VR} in {tag}")
                value = np.frombuffer(value, f"<u{unit}").byteswap().tobytes()
            out[tag] = element._replace(value=value, is_little_endian=True)
            continue
        with readable():
            read = ds[tag]
        if read.VR == "SQ":
            read = DataElement(tag, "SQ", [_turned(item) for item in read.value or ()])
        out[tag] = read
    return out
