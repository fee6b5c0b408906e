"""A stored Part 10 file, opened so that any frame can be had without reading the others.

The header is parsed up to the pixels and no further; of the pixel element only its place is kept. The deflated transfer syntax has to be
inflated for that, a piece at a time (`pixels_inflated`); what it says before its pixels is kept in memory, and bounded.
"""

import io
import logging
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pydicom import config as pydicom_config
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_dataset, read_partial
from pydicom.hooks import hooks, raw_element_vr
from pydicom.tag import BaseTag
from pydicom.values import converters

from teleconsult.imaging.codecs import BIG_ENDIAN, DEFLATED, IMPLICIT
from teleconsult.imaging.part10 import Part10, part10_of, read_part10
from teleconsult.imaging.pixels_inflated import Inflated
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.kernel.errors import Refused

# What hospitals send breaks rules every day; a broken value is refused where it is used, not warned about here.
pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
warnings.filterwarnings("ignore", category=UserWarning, module=r"pydicom\.")
logging.getLogger("pydicom").setLevel(logging.ERROR)


def _known_vr(raw: RawDataElement, data: dict[str, Any], **given: Any) -> None:
    """An element whose VR no standard knows is bytes, as one of VR UN is (PS3.5 6.2.2): reading the object does not end there."""
    raw_element_vr(raw, data, **given)
    if data["VR"] not in converters:
        data["VR"] = "UN"


hooks.register_callback("raw_element_vr", _known_vr)

PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
UNDEFINED = 0xFFFFFFFF
_INFLATED_LIMIT = 2 << 30
_INFLATED_HEADER = 32 << 20
_PAGE = 4096
_DEFER = 1 << 20  # larger values stay in the file until asked for
_UNREADABLE = (
    Refused,
    InvalidDicomError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    NotImplementedError,
    struct.error,
)
_LONG_FORM = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})


@dataclass(frozen=True, slots=True)
class PixelElement:
    """Where the pixel element and its value start in the stream. `length` may be UNDEFINED: encapsulated."""

    tag: int
    vr: str
    element: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An open object: its header without pixels, and the stream that holds them. `implicit`: its elements name no VR. `read_to`: where the
    header ends, at the pixels or at the end of what could be read."""

    header: Dataset
    transfer_syntax: str
    stream: BinaryIO
    pixels: PixelElement | None
    size: int
    implicit: bool
    read_to: int

    @property
    def big_endian(self) -> bool:
        return self.transfer_syntax == BIG_ENDIAN


class _PixelStop:
    """pydicom's stop rule, remembering the element it stopped at. An element before the pixels with more than `most` bytes is refused."""

    def __init__(self, most: int = UNDEFINED) -> None:
        self._most = most
        self.found: tuple[int, str, int] | None = None
        self.deferred = False

    def __call__(self, tag: BaseTag, vr: str | None, length: int) -> bool:
        if int(tag) in PIXEL_TAGS:
            self.found = (int(tag), vr or "OW", length)
        elif self._most < length < UNDEFINED:
            raise Undecodable("pixels.too_large", f"{length} bytes in {tag}")
        elif _DEFER < length < UNDEFINED:
            self.deferred = True
        return self.found is not None


@contextmanager
def opened(path: Path) -> Iterator[StoredObject]:
    """Open a stored file. Raises Undecodable("pixels.header") when it is no readable Part 10 file, OSError when absent."""
    with path.open("rb") as stream:
        with readable():
            found = _parsed(path, stream)
        yield found


@contextmanager
def readable() -> Iterator[None]:
    """What pydicom raises for bytes that make no sense becomes Undecodable("pixels.header"). Only for its own calls."""
    try:
        yield
    except _UNREADABLE as error:
        raise Undecodable("pixels.header", str(error)[:300]) from error
    except OSError as error:
        if error.errno is not None:  # the disk's, and no matter of the bytes; pydicom raises its own without a number
            raise
        raise Undecodable("pixels.header", str(error)[:300]) from error


def _parsed(path: Path, stream: BinaryIO) -> StoredObject:
    syntax, _, _, start = _meta(path, stream)
    if syntax == DEFLATED:
        return _inflated(stream, start, syntax)
    stop, implicit = _PixelStop(), syntax == IMPLICIT
    stream.seek(start)
    header = read_dataset(stream, implicit, syntax != BIG_ENDIAN, stop_when=stop, defer_size=_DEFER)
    if stop.deferred:
        stream.seek(0)  # only what pydicom has read from a file finds its large values there again
        stop = _PixelStop()
        header = read_partial(stream, stop_when=stop, defer_size=_DEFER, force=True)
    return _object(header, syntax, stream, stop, implicit=header.original_encoding[0] is True)


def _meta(path: Path, stream: BinaryIO) -> Part10:
    """The file meta information, which all but always fits into the first page."""
    try:
        return read_part10(stream.read(_PAGE))
    except Refused:
        return part10_of(path)


def _inflated(stream: BinaryIO, start: int, syntax: str) -> StoredObject:
    plain = Inflated(stream, start, _INFLATED_LIMIT)
    plain.readable_to = _INFLATED_HEADER
    stop, buffered = _PixelStop(most=_INFLATED_HEADER), io.BufferedReader(plain)
    header = read_dataset(buffered, is_implicit_VR=False, is_little_endian=True, stop_when=stop)
    plain.readable_to = None
    return _object(header, syntax, buffered, stop, implicit=False)


def _object(header: Dataset, syntax: str, stream: BinaryIO, stop: _PixelStop, *, implicit: bool) -> StoredObject:
    at = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    element = None
    if stop.found is not None:
        tag, vr, length = stop.found
        element = PixelElement(tag, vr, at, at + (12 if not implicit and vr in _LONG_FORM else 8), length)
    return StoredObject(header, syntax, stream, element, size, implicit, at)
