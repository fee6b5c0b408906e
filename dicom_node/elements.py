"""A data set written in the other little-endian syntax without its values being read.

pydicom decodes every value to write it with or without VR; text in a character set that is declared wrongly would change by it.
Here only the headers of the elements change: the bytes of the values are those that came (PS3.5 7.1).
"""

import struct
from typing import BinaryIO, Final

from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import correct_ambiguous_vr_element, write_data_element
from pydicom.tag import BaseTag

_LONG: Final = frozenset("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_UNDEFINED: Final = 0xFFFFFFFF
_ITEM: Final = struct.pack("<HHL", 0xFFFE, 0xE000, _UNDEFINED)
_ITEM_END: Final = struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
_SEQUENCE_END: Final = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


def write_elements(out: BinaryIO, ds: Dataset, *, implicit: bool) -> None:
    """All elements in order. `ds` was read from a little-endian syntax; nothing of it has been converted that need not be."""
    for tag in sorted(ds.keys()):
        if tag.element == 0 and tag.group > 6:
            continue  # group lengths are retired, and would be wrong now
        element: object = ds.get_item(tag)
        if isinstance(element, RawDataElement) and _vr(element, ds) != "SQ":
            _write(out, tag, _vr(element, ds), element.value or b"", implicit)
        elif ds[tag].VR == "SQ":
            _header(out, tag, "SQ", _UNDEFINED, implicit)
            for item in ds[tag].value or ():
                out.write(_ITEM)
                write_elements(out, item, implicit=implicit)
                out.write(_ITEM_END)
            out.write(_SEQUENCE_END)
        else:
            _write_made(out, ds[tag], implicit)


def _vr(element: RawDataElement, ds: Dataset) -> str:
    vr = element.VR or (dictionary_VR(element.tag) if dictionary_has_tag(element.tag) else "UN")
    if " or " not in vr:
        return vr
    found = correct_ambiguous_vr_element(
        DataElement(element.tag, vr, element.value, already_converted=True), ds, True
    ).VR
    return "UN" if found is None or " or " in found else found


def _write(out: BinaryIO, tag: BaseTag, vr: str, value: bytes, implicit: bool) -> None:
    if vr not in _LONG and len(value) > 0xFFFE:
        vr = "UN"  # too long for its own VR: PS3.5 6.2.2
    _header(out, tag, vr, len(value) + len(value) % 2, implicit)
    out.write(value + b"\0" * (len(value) % 2))


def _header(out: BinaryIO, tag: BaseTag, vr: str, length: int, implicit: bool) -> None:
    out.write(struct.pack("<HH", tag.group, tag.element))
    if implicit:
        out.write(struct.pack("<L", length))
    elif vr in _LONG:
        out.write(vr.encode() + struct.pack("<HL", 0, length))
    else:
        out.write(vr.encode() + struct.pack("<H", length))


def _write_made(out: BinaryIO, element: DataElement, implicit: bool) -> None:
    """An element that was made here, or came empty."""
    made = DicomBytesIO()
    made.is_little_endian, made.is_implicit_VR = True, implicit
    write_data_element(made, element)
    out.write(made.getvalue())
