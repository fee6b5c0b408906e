"""Walk a data set's elements without decoding them: raw bytes of the short ones, and proof that the rest is all there.

Only lengths are followed (PS3.5 §7), so that a broken value never hides its neighbours and pixels are never touched.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from pydicom.datadict import dictionary_has_tag, dictionary_VR

IMPLICIT, BIG_ENDIAN, DEFLATED = "1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
TEXT_VRS = frozenset({b"LO", b"LT", b"PN", b"SH", b"ST", b"UC", b"UT"})
_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
SHORT_VRS = frozenset(
    {b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO", b"LT", b"PN", b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US"}
)  # fmt: skip
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_UNDEFINED = 0xFFFFFFFF
_DEEPEST = 32
_LONGEST = 16 << 10  # bytes of a value that are kept
_INFLATED_HEAD = 8 << 20
_INFLATED_MOST = 2 << 30


class Unreadable(ValueError):
    """The bytes are no whole data set; the message says where they stop making sense."""


class Octets(Protocol):
    """bytes, or a file mapped into memory."""

    def __len__(self) -> int: ...
    def __getitem__(self, at: slice, /) -> bytes: ...


@dataclass(slots=True)
class Elements:
    """What was kept: values by tag (of the top level), and every public text value for judging the character set."""

    values: dict[int, bytes] = field(default_factory=dict)
    texts: list[bytes] = field(default_factory=list)
    pixels: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    tag: int
    vr: bytes
    length: int
    start: int


class Walk:
    """One pass over `octets[start:end]`. `end` may lie beyond the octets at hand (the rest of a deflated set)."""

    def __init__(self, octets: Octets, end: int, implicit: bool, big: bool) -> None:
        self._octets = octets
        self._end = end
        self._implicit = implicit
        order = ">" if big else "<"
        self._tag = struct.Struct(f"{order}HH")
        self._u16 = struct.Struct(f"{order}H")
        self._u32 = struct.Struct(f"{order}I")

    def elements(self, start: int) -> Iterator[Element]:
        """The elements of the top level. `Unreadable` where one reaches beyond the end; padding and what follows pixels is let pass."""
        at, pixels = start, False
        while at < self._end:
            try:
                element = self._element(at, self._implicit)
                after = self._after(element, 0)
            except Unreadable:
                if pixels or self._only_padding(at):
                    return
                raise
            yield element
            pixels = pixels or element.tag in PIXEL_TAGS
            at = after

    def group(self, start: int, number: int) -> Iterator[Element]:
        """The elements from `start` on, as long as they belong to the group."""
        at = start
        while at < self._end:
            element = self._element(at, self._implicit)
            if element.tag >> 16 != number:
                return
            at = self._after(element, 0)
            yield element

    def items(self, element: Element) -> Iterator[Element]:
        """The elements of the first item of a sequence."""
        start = element.start + 8
        if self._element(element.start, True).tag != _ITEM:
            return
        end = self._after(element, 0) if element.length == _UNDEFINED else element.start + element.length
        while start < end:
            inner = self._element(start, self._implicit)
            if inner.tag in (_ITEM, _ITEM_END, _SEQUENCE_END):
                return
            yield inner
            start = self._after(inner, 1)

    def past(self, at: int) -> int:
        """Where the element that begins at `at` ends. `Unreadable` where it does not end within the octets at hand."""
        return self._after(self._element(at, self._implicit), 0)

    def value(self, element: Element) -> bytes:
        return bytes(self._octets[element.start : element.start + min(element.length, _LONGEST)])

    def _element(self, at: int, implicit: bool) -> Element:
        head = self._octets[at : at + 12]
        if len(head) < 8:
            raise Unreadable(f"ends within an element at byte {at}")
        group, number = self._tag.unpack_from(head)
        tag = group << 16 | number
        vr = bytes(head[4:6])
        if group == 0xFFFE or implicit or not (vr.isalpha() and vr.isupper()):
            return Element(tag, b"", self._u32.unpack_from(head, 4)[0], at + 8)
        if vr not in _LONG_VRS:
            return Element(tag, vr, self._u16.unpack_from(head, 6)[0], at + 8)
        if len(head) < 12:
            raise Unreadable(f"ends within an element at byte {at}")
        return Element(tag, vr, self._u32.unpack_from(head, 8)[0], at + 12)

    def _after(self, element: Element, depth: int) -> int:
        if element.length != _UNDEFINED:
            after = element.start + element.length
            if after > self._end:
                raise Unreadable(
                    f"({element.tag >> 16:04X},{element.tag & 0xFFFF:04X}) reaches {after - self._end} bytes beyond the end"
                )
            return after
        if depth > _DEEPEST:
            raise Unreadable("sequences are nested too deep")
        implicit = self._implicit or element.vr in (b"UN", b"")  # PS3.5 §6.2.2 note 2
        try:
            return self._after_items(element, implicit, depth)
        except Unreadable:
            if depth or element.vr != b"UN":
                raise
            return self._after_items(element, False, depth)  # some senders relabel a sequence and leave it explicit

    def _after_items(self, element: Element, implicit: bool, depth: int) -> int:
        at = element.start
        while True:
            if at >= self._end and element.tag in PIXEL_TAGS and at > element.start:
                return at  # all fragments are whole, only the delimiter is missing
            item = self._element(at, True)
            if item.tag == _SEQUENCE_END:
                return item.start
            if item.tag != _ITEM:
                raise Unreadable(f"no item at byte {at}")
            at = (
                self._after(item, depth)
                if item.length != _UNDEFINED
                else self._after_item(item.start, implicit, depth + 1)
            )

    def _after_item(self, at: int, implicit: bool, depth: int) -> int:
        while True:
            inner = self._element(at, implicit)
            if inner.tag == _ITEM_END:
                return inner.start
            at = self._after(inner, depth)

    def _only_padding(self, at: int) -> bool:
        return len(self._octets) < self._end or not bytes(self._octets[at : at + (1 << 20)]).strip(b"\0")


def scan(octets: Octets, start: int, transfer_syntax: str, wanted: frozenset[int], inside: frozenset[int]) -> Elements:
    """Keep the values of `wanted` (and, from the first item of the sequences `inside`, those not yet met). Raises `Unreadable`."""
    end = len(octets)
    if transfer_syntax == DEFLATED:
        octets, end = _inflated(octets, start)
        start = 0
    implicit = transfer_syntax == IMPLICIT and bytes(octets[start + 4 : start + 6]) not in SHORT_VRS
    walk = Walk(octets, end, implicit, transfer_syntax == BIG_ENDIAN)
    found = Elements()
    nested: dict[int, bytes] = {}
    for element in walk.elements(start):
        if element.tag in inside:
            nested |= _first_item(walk, element, wanted)
        elif element.length <= _LONGEST:
            _keep(found, element, walk, wanted)
        found.pixels = found.pixels or element.tag in PIXEL_TAGS
    found.values = {
        **nested,
        **{tag: value for tag, value in found.values.items() if value.strip(b" \0") or tag not in nested},
    }
    return found


def _first_item(walk: Walk, sequence: Element, wanted: frozenset[int]) -> dict[int, bytes]:
    kept: dict[int, bytes] = {}
    try:
        for inner in walk.items(sequence):
            if inner.tag in wanted and inner.length <= _LONGEST:
                kept[inner.tag] = walk.value(inner)
    except Unreadable:
        return kept  # a broken request says nothing about the object itself
    return kept


@lru_cache(maxsize=8192)
def _means_text(tag: int) -> bool:
    return dictionary_has_tag(tag) and dictionary_VR(tag).encode() in TEXT_VRS


def _keep(found: Elements, element: Element, walk: Walk, wanted: frozenset[int]) -> None:
    is_text = element.vr in TEXT_VRS if element.vr else _means_text(element.tag)
    is_text = is_text and not element.tag & 0x10000
    if not is_text and element.tag not in wanted:
        return
    value = walk.value(element)
    if is_text:
        found.texts.append(value)
    if element.tag in wanted:
        found.values.setdefault(element.tag, value)


def _inflated(octets: Octets, start: int) -> tuple[bytes, int]:
    """The head of a deflated set, and how long the whole is; the stream is followed to its end."""
    inflater, head, total, at = zlib.decompressobj(-zlib.MAX_WBITS), bytearray(), 0, start
    try:
        while not inflater.eof:
            chunk = inflater.unconsumed_tail or bytes(octets[at : at + (1 << 18)])
            at += 0 if inflater.unconsumed_tail else len(chunk)
            plain = inflater.decompress(chunk, 1 << 20)
            total += len(plain)
            if len(head) < _INFLATED_HEAD:
                head += plain
            if not plain and not chunk:
                raise Unreadable("the deflated stream has no end")
            if total > _INFLATED_MOST:
                raise Unreadable("inflates beyond every bound")
    except zlib.error as error:
        raise Unreadable(f"cannot be inflated: {error}") from error
    return bytes(head), total
