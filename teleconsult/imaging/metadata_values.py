"""Raw element bytes → values of the DICOM JSON model (PS3.18 annex F). Pure.

Written from the bytes rather than from pydicom's converted values for two reasons: text is decoded by the character set
that ingest settled on, not by the one the header claims; and a value that breaks its VR stays readable instead of
failing the whole object.
"""

import base64
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

Decode = Callable[[bytes], str]

BINARY = {"OB": 1, "UN": 1, "OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
NUMBERS = {
    "US": "H",
    "SS": "h",
    "UL": "L",
    "SL": "l",
    "UV": "Q",
    "SV": "q",
    "FL": "f",
    "FD": "d",
}
_ENCODED_TEXT = frozenset({"SH", "LO", "UC"})  # several values, any character set
_ONE_TEXT = frozenset({"ST", "LT", "UT", "UR"})  # one value; a backslash is text
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def value_of(vr: str, raw: bytes, *, little_endian: bool, decode: Decode) -> list[Any]:
    """The `Value` list of one element (without sequences and binary VRs); empty for an empty element."""
    if vr in NUMBERS:
        return _numbers(NUMBERS[vr], raw, little_endian)
    if vr == "AT":
        pairs = struct.iter_unpack("<HH" if little_endian else ">HH", raw[: len(raw) // 4 * 4])
        return [f"{group:04X}{element:04X}" for group, element in pairs]
    if vr == "PN":
        return _blanked([_person(part) for part in _parts(decode(raw))])
    if vr in _ONE_TEXT:
        text = (decode(raw) if vr != "UR" else raw.decode("latin-1")).rstrip(" \0")
        return [text] if text else []
    text = decode(raw) if vr in _ENCODED_TEXT else raw.decode("latin-1")
    parts = [part.strip(" \0\r\n\t") for part in _parts(text)]
    if vr in ("DS", "IS"):
        return _blanked([_number(part) if part else None for part in parts])
    return _blanked([part or None for part in parts])


def inline(vr: str, raw: bytes, *, little_endian: bool) -> str:
    """Base64 of a binary value, little endian as PS3.18 F.2.7 wants it."""
    return base64.b64encode(turned(vr, raw, little_endian=little_endian)).decode("ascii")


def turned(vr: str, raw: bytes, *, little_endian: bool) -> bytes:
    """Binary bytes in little-endian order."""
    width = BINARY.get(vr, 1)
    if little_endian or width == 1:
        return raw
    whole = raw[: len(raw) // width * width]
    return b"".join(whole[at : at + width][::-1] for at in range(0, len(whole), width)) + raw[len(whole) :]


def _numbers(code: str, raw: bytes, little_endian: bool) -> list[Any]:
    order, width = "<" if little_endian else ">", struct.calcsize("<" + code)
    found = struct.unpack(f"{order}{len(raw) // width}{code}", raw[: len(raw) // width * width])
    return [_finite(number) for number in found] if code in "fd" else list(found)


def _finite(number: float) -> Any:
    if math.isnan(number):
        return "NaN"
    return number if math.isfinite(number) else ("inf" if number > 0 else "-inf")


def _number(text: str) -> Any:
    """A DS or IS as JSON number; as the text itself when it is none (allowed by PS3.18 F.2.3)."""
    try:
        return int(text)
    except ValueError:
        try:
            number = float(text)
        except ValueError:
            return text
        return number if math.isfinite(number) else text


def _parts(text: str) -> list[str]:
    return text.rstrip("\0 ").split("\\")


def _person(text: str) -> dict[str, str] | None:
    groups = [group.strip(" \0") for group in text.split("=")][:3]
    named = {name: group for name, group in zip(_GROUPS, groups, strict=False) if group.strip("^ ")}
    return named or None


def _blanked(values: Sequence[Any]) -> list[Any]:
    """Empty values between others stay as null; nothing but empty values is no value."""
    return list(values) if any(value is not None for value in values) else []
