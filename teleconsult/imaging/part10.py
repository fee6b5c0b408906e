"""The preamble and meta group of a Part 10 file (PS3.10 §7.1). Apart from the header, so that who draws pictures need not know names."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from teleconsult.imaging import header_text as text
from teleconsult.imaging.header_elements import Octets, Unreadable, Walk
from teleconsult.kernel.errors import invalid


class Part10(NamedTuple):
    """The file meta information that matters (PS3.10 §7.1), and where the data set starts."""

    transfer_syntax: str
    sop_class: str
    sop_uid: str
    dataset_offset: int


def read_part10(octets: Octets) -> Part10:
    """The meta group of a Part 10 file. INVALID `object.unreadable` where it is none or names no transfer syntax."""
    try:
        return _part10(octets)
    except Unreadable as error:
        raise invalid("object.unreadable", str(error)) from error


@contextmanager
def mapped(file: Path) -> Iterator[Octets]:
    """The octets of a file, not read before they are asked for. INVALID `object.unreadable` where it has none."""
    with file.open("rb") as source:
        if not source.seek(0, 2):
            raise invalid("object.unreadable", "the file is empty")
        with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as octets:
            yield octets


def part10_of(file: Path) -> Part10:
    """As `read_part10`, of a file."""
    with mapped(file) as octets:
        return read_part10(octets)


def _part10(octets: Octets) -> Part10:
    if bytes(octets[128:132]) != b"DICM":
        raise Unreadable("no DICM prefix at byte 128")
    meta: dict[int, bytes] = {}
    at = 132
    walk = Walk(octets, len(octets), implicit=False, big=False)
    for element in walk.group(132, 2):
        meta[element.tag] = walk.value(element)
        at = element.start + element.length
    transfer_syntax = text.uid(meta.get(0x00020010, b""))
    if not transfer_syntax:
        raise Unreadable("the meta information names no transfer syntax")
    return Part10(transfer_syntax, text.uid(meta.get(0x00020002, b"")), text.uid(meta.get(0x00020003, b"")), at)
