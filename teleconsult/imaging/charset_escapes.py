"""ISO 2022: text that switches its character set by escape sequences (PS3.3 C.12.1.1.2, PS3.5 §6.1.2.5). Pure."""

import re
from dataclasses import dataclass

ESC = 0x1B


@dataclass(frozen=True, slots=True)
class Designation:
    """What an escape sequence does: put the set of `term` into G0 (bytes below 0x80) or G1 (above)."""

    term: str
    upper: bool
    codec: str
    wrap: bytes = b""  # the codec is one of ISO 2022 itself and wants the escape sequence back


_KATAKANA = Designation("13", True, "shift_jis")
ESCAPES = {
    b"\x1b(B": Designation("6", False, "ascii"),
    b"\x1b(J": Designation("13", False, "ascii"),
    b"\x1b)I": _KATAKANA,
    b"\x1b-A": Designation("100", True, "latin_1"),
    b"\x1b-B": Designation("101", True, "iso8859_2"),
    b"\x1b-C": Designation("109", True, "iso8859_3"),
    b"\x1b-D": Designation("110", True, "iso8859_4"),
    b"\x1b-F": Designation("126", True, "iso8859_7"),
    b"\x1b-G": Designation("127", True, "iso8859_6"),
    b"\x1b-H": Designation("138", True, "iso8859_8"),
    b"\x1b-L": Designation("144", True, "iso8859_5"),
    b"\x1b-M": Designation("148", True, "iso8859_9"),
    b"\x1b-T": Designation("166", True, "iso8859_11"),
    b"\x1b-b": Designation("203", True, "iso8859_15"),
    b"\x1b$B": Designation("87", False, "iso2022_jp", b"\x1b$B"),
    b"\x1b$@": Designation("87", False, "iso2022_jp", b"\x1b$@"),
    b"\x1b$(D": Designation("159", False, "iso2022_jp_1", b"\x1b$(D"),
    b"\x1b$)A": Designation("58", True, "gbk"),
    b"\x1b$)C": Designation("149", True, "cp949"),
    b"\x1b$)E": Designation("165", True, "gbk"),
}
_ONE_BYTE = {each.codec for each in ESCAPES.values() if each.codec.startswith(("iso8859", "latin"))}
_CONTROLS = re.compile(rb"[\x80-\x9f]")
_ASCII = ESCAPES[b"\x1b(B"]
_UPPER = {each.term: each for each in ESCAPES.values() if each.upper}
_PIECES = re.compile(b"|".join(map(re.escape, ESCAPES)) + rb"|[\x80-\xff]+|[\x00-\x1a\x1c-\x1f\x7f]|[\x20-\x7e]+|\x1b")


@dataclass(frozen=True, slots=True)
class Reading:
    """The text; whether every byte had a meaning; which sets its escape sequences named."""

    text: str
    strict: bool
    terms: frozenset[str]


def has_escape(text: bytes) -> bool:
    return ESC in text


def read(raw: bytes, first_term: str) -> Reading:
    """Read `raw`, starting in the set of the first value of (0008,0005). Bytes without a meaning become U+FFFD.

    The set that a value starts with comes back after a delimiter (PS3.5 §6.1.2.5.3). Where it has no characters above
    0x7F, a designation is kept instead: many Korean and Chinese senders write it once for all components of a name.
    """
    out: list[str] = []
    terms: set[str] = set()
    start = _UPPER.get(first_term)
    lower, upper, strict = _ASCII, start, True
    for piece in _PIECES.findall(raw):
        designation = ESCAPES.get(piece)
        if designation:
            terms.add(designation.term)
            lower, upper = (lower, designation) if designation.upper else (designation, upper)
            continue
        text, sound = _decoded(piece, upper if piece[0] >= 0x80 else lower)
        out.append(text)
        strict = strict and sound
        if piece[0] < 0x20:
            lower = _ASCII
        if start and not lower.wrap and piece[0] < 0x80 and any(mark in piece for mark in b"\\^=\n\f\r\t"):
            upper = start
    return Reading("".join(out), strict, frozenset(terms))


def _decoded(piece: bytes, by: Designation | None) -> tuple[str, bool]:
    if by is None or piece[0] == ESC:
        return "\ufffd" * len(piece), False
    if by.wrap:
        parts = [by.wrap + part if part else b"" for part in piece.split(b" ")]  # no character of theirs holds a space
    else:
        parts = [piece]
    try:
        text = " ".join(part.decode(by.codec) for part in parts)
    except UnicodeDecodeError:
        return " ".join(part.decode(by.codec, "replace") for part in parts), False
    return text, by.codec not in _ONE_BYTE or not _CONTROLS.search(piece)
