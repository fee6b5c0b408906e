"""A data set written in the other little-endian syntax without its values being read.

pydicom decodes every value to write it with or without VR; text in a character set that is declared wrongly would change by it.
Here only the headers of the elements change: the bytes of the values are those that came (PS3.5 7.1).
"""

import struct
from typing import BinaryIO, Final, cast

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element
from pydicom.tag import BaseTag

from teleconsult.imaging.pixels_file import readable

_LONG: Final = frozenset("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_UNDEFINED: Final = 0xFFFFFFFF
_ITEM: Final = struct.pack("<HHL", 0xFFFE, 0xE000, _UNDEFINED)
_ITEM_END: Final = struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
_SEQUENCE_END: Final = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


def write_elements(out: BinaryIO, ds: Dataset, *, implicit: bool, signed: bool = False) -> None:
    """All elements in order. `ds` was read from a little-endian syntax; nothing of it has been converted that need not be.

    `signed` is what the data set around an item says of its pixels. Raises Undecodable("pixels.header") for a sequence or a
    deferred value that cannot be read.
    """
    signed = _signed(ds, signed)
    for tag in sorted(ds.keys()):
        if tag.element == 0 and tag.group > 6:
            continue  # group lengths are retired, and would be wrong now
        element = cast(DataElement | RawDataElement, ds.get_item(tag))
        if isinstance(element, RawDataElement) and element.value is not None and _vr(element, signed) != "SQ":
            _write(out, tag, _vr(element, signed), element.value, implicit)
            continue
        read = _read(ds, tag)
        if read.VR == "SQ":
            header(out, tag, "SQ", _UNDEFINED, implicit=implicit)
            for item in read.value or ():
                out.write(_ITEM)
                write_elements(out, item, implicit=implicit, signed=signed)
                out.write(_ITEM_END)
            out.write(_SEQUENCE_END)
        else:
            _write_made(out, read, implicit)


def header(out: BinaryIO, tag: int, vr: str, length: int, *, implicit: bool) -> None:
    """What stands before a value (PS3.5 7.1.2, 7.1.3)."""
    out.write(struct.pack("<HH", tag >> 16, tag & 0xFFFF))
    if implicit:
        out.write(struct.pack("<L", length))
    elif vr in _LONG:
        out.write(vr.encode() + struct.pack("<HL", 0, length))
    else:
        out.write(vr.encode() + struct.pack("<H", length))


def _signed(ds: Dataset, around: bool) -> bool:
    if "PixelRepresentation" not in ds:
        return around
    with readable():
        return bool(ds.get("PixelRepresentation") == 1)


def _read(ds: Dataset, tag: BaseTag) -> DataElement:
    with readable():
        return ds[tag]


def _vr(element: RawDataElement, signed: bool) -> str:
    """What implicit VR leaves open is said (PS3.5 A.1)."""
    if element.VR is not None:
        return element.VR
    if element.tag.is_private_creator:
        return "LO"
    vr = dictionary_VR(element.tag) if dictionary_has_tag(element.tag) else "UN"
    if " or " not in vr:
        return vr
    return "OW" if "OW" in vr else "SS" if signed else "US"


def _write(out: BinaryIO, tag: BaseTag, vr: str, value: bytes, implicit: bool) -> None:
    if vr not in _LONG and len(value) > 0xFFFE:
        vr = "UN"  # too long for its own VR: PS3.5 6.2.2
    header(out, tag, vr, len(value) + len(value) % 2, implicit=implicit)
    out.write(value + b"\0" * (len(value) % 2))


def _write_made(out: BinaryIO, element: DataElement, implicit: bool) -> None:
    """An element that was made here, that came empty, or whose value was left in the file."""
    made = DicomBytesIO()
    made.is_little_endian, made.is_implicit_VR = True, implicit
    with readable():
        write_data_element(made, element)
    out.write(made.getvalue())
