"""An answer of plain attributes in Little Endian, a tenth of the work of pydicom's writer and the same octets.

A hundred patients of one family name are a hundred answers of ten short texts. What is more than that is left to pydicom.
"""

from collections.abc import Mapping
from struct import Struct
from typing import Final

from pydicom.dataset import Dataset

_HEAD: Final = Struct("<HHL")
_EXPLICIT_HEAD, _EXPLICIT_LONG_HEAD = Struct("<HH2sH"), Struct("<HH2sxxL")
_LONG: Final = frozenset({"UC", "UR", "UT"})
_SHORT: Final = Struct("<H")
_ASCII: Final = frozenset({"AE", "AS", "CS", "DA", "DT", "IS", "TM", "UI", "UR"})
_SPELT: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_CODECS: Final[Mapping[str, str]] = {"ISO_IR 192": "utf-8", "GB18030": "gb18030"}
_CHARSET: Final = 0x00080005


def plain(answer: Dataset, *, explicit: bool) -> bytes | None:
    """Its encoding with explicit or implicit VR (PS3.5 7.1.2, 7.1.3); None for what is not plain: sequences, numbers in binary but US,
    other character sets, and values too long for a short head."""
    term = answer.get_item(_CHARSET) if _CHARSET in answer else None
    codec = _CODECS.get(str(term.value)) if term is not None else "ascii"
    if codec is None:
        return None
    parts: list[bytes] = []
    for tag in sorted(answer.keys()):
        element = answer.get_item(tag)
        vr = element.VR or ""
        octets = _value(vr, element.value, codec)
        if octets is None or tag < 0x00080000:  # group lengths and commands are counted elsewhere
            return None
        head = _explicit_head(tag, vr, len(octets)) if explicit else _HEAD.pack(tag >> 16, tag & 0xFFFF, len(octets))
        if head is None:
            return None
        parts += (head, octets)
    return b"".join(parts)


def _explicit_head(tag: int, vr: str, length: int) -> bytes | None:
    if vr in _LONG:
        return _EXPLICIT_LONG_HEAD.pack(tag >> 16, tag & 0xFFFF, vr.encode(), length)
    return _EXPLICIT_HEAD.pack(tag >> 16, tag & 0xFFFF, vr.encode(), length) if length <= 0xFFFF else None


def _value(vr: str, value: object, codec: str) -> bytes | None:
    if value is None or value == "":
        return b""
    if vr == "US":
        return _SHORT.pack(value) if isinstance(value, int) and 0 <= value <= 0xFFFF else None
    if vr not in _ASCII and vr not in _SPELT:
        return None
    text = str(value) if isinstance(value, (str, int)) or vr == "PN" else _several(value)
    if text is None:
        return None
    try:
        octets = text.encode("ascii" if vr in _ASCII else codec)
    except UnicodeEncodeError:
        return None
    return octets if len(octets) % 2 == 0 else octets + (b"\0" if vr == "UI" else b" ")


def _several(value: object) -> str | None:
    if not isinstance(value, (list, tuple)) and not hasattr(value, "__iter__"):
        return None
    return "\\".join(map(str, value))
