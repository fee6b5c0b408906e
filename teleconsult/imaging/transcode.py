"""A stored object in a plain little-endian transfer syntax: its data set said anew, its frames decoded one by one.

For DICOMweb a Part 10 file in Explicit VR Little Endian (PS3.18 8.7.3.5), for a peer the bare data set in the one it takes.
Lossless by itself: what a lossy codec has thrown away before stays away, and (0028,2110) goes on to say so.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID, ExplicitVRLittleEndian

from teleconsult.imaging import codecs, elements
from teleconsult.imaging.pixels import FrameReader, frame_count
from teleconsult.imaging.pixels_file import UNDEFINED, StoredObject, opened
from teleconsult.imaging.pixels_values import Layout, Undecodable

LONGEST: Final = 0xFFFFFFFE
"""Bytes that have place in one element."""
_PIECE = 1 << 18
_TABLES = ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")
_REVERSIBLE = frozenset({"RGB", "YBR_RCT"})

Decoded = Callable[[int], bytes]


def explicit(path: Path, decoded: Decoded) -> Iterator[bytes]:
    """The object as a Part 10 file in pieces; `decoded(n)` gives frame n from 0 as `pixels_explicit` lays it out.

    Raises Undecodable before the first piece where that can be known: big endian, video, frames that cannot be decoded.
    """
    with opened(path) as found:
        pieces = _pieces(found, decoded, implicit=False, exact=False, most=LONGEST)
        yield _meta(found) + next(pieces)
        yield from pieces


def dataset(
    path: Path, decoded: Decoded, *, implicit: bool, exact: bool = False, most: int = LONGEST
) -> Iterator[bytes]:
    """The bare data set in pieces, with or without VRs. Raises Undecodable as `explicit` does, and for more than `most` bytes of pixels.

    `exact`: also where the colour model could not be given back exactly (PS3.3 C.7.6.3.1.2), which decoding makes RGB of.
    """
    with opened(path) as found:
        yield from _pieces(found, decoded, implicit=implicit, exact=exact, most=most)


def _pieces(found: StoredObject, decoded: Decoded, *, implicit: bool, exact: bool, most: int) -> Iterator[bytes]:
    """The elements up to the pixels in one piece, then the pixels. What comes behind them is left out (padding, signatures)."""
    if found.big_endian or found.transfer_syntax in codecs.VIDEO | codecs.REMOTE:
        raise Undecodable("pixels.unsupported_syntax", f"{found.transfer_syntax} is sent as it is kept only")
    if found.pixels is None:
        yield _said(found.header, implicit)
    elif found.transfer_syntax not in codecs.KNOWN:
        raise Undecodable("pixels.unsupported_syntax", found.transfer_syntax)
    elif found.pixels.length != UNDEFINED:
        if found.pixels.start + found.pixels.length > found.size:
            raise Undecodable("pixels.truncated", f"the file ends at byte {found.size}")
        vr = found.pixels.vr if found.pixels.vr in ("OB", "OW", "OF", "OD") else "OW"
        yield _said(found.header, implicit) + _pixels(found.pixels.tag, vr, found.pixels.length, implicit)
        yield from _native(found)
    else:
        frames = FrameReader(found, frame_count(found.header))
        layout = _checked(frames.layout(), exact)
        first = decoded(0)
        total = len(first) * frames.count
        if total + total % 2 > most:
            raise Undecodable("pixels.too_large", f"{total} bytes of pixels")
        header = _described(found.header, layout.samples)
        vr = "OB" if layout.bits_allocated == 8 else "OW"
        yield _said(header, implicit) + _pixels(found.pixels.tag, vr, total + total % 2, implicit)
        yield from _frames(first, frames.count, decoded)


def _checked(layout: Layout, exact: bool) -> Layout:
    if layout.bits_allocated % 8:
        raise Undecodable("pixels.unsupported_layout", f"{layout.bits_allocated} bits allocated")
    if exact and layout.samples != 1 and layout.photometric not in _REVERSIBLE:
        raise Undecodable("pixels.unsupported_layout", f"{layout.photometric} would not stay what it is")
    return layout


def _described(header: Dataset, samples: int) -> Dataset:
    """The header of the decoded frames: colour by pixel, RGB where the codec or the decoder made it so."""
    if samples == 3:
        header.PhotometricInterpretation = "RGB"
        header.PlanarConfiguration = 0
    for name in _TABLES:
        if name in header:
            del header[name]
    return header


def _meta(found: StoredObject) -> bytes:
    meta = FileMetaDataset()
    meta.FileMetaInformationGroupLength = 0
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = UID(str(found.header.get("SOPClassUID") or ""))
    meta.MediaStorageSOPInstanceUID = UID(str(found.header.get("SOPInstanceUID") or ""))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_file_meta_info(out, meta, enforce_standard=False)
    return b"\0" * 128 + b"DICM" + out.getvalue()


def _said(header: Dataset, implicit: bool) -> bytes:
    """Everything up to the pixels but file meta and command elements, which are no part of a data set."""
    for tag in [tag for tag in header.keys() if tag.group < 0x0008]:
        del header[tag]
    out = io.BytesIO()
    elements.write_elements(out, header, implicit=implicit)
    return out.getvalue()


def _pixels(tag: int, vr: str, length: int, implicit: bool) -> bytes:
    out = io.BytesIO()
    elements.header(out, tag, vr, length, implicit=implicit)
    return out.getvalue()


def _native(found: StoredObject) -> Iterator[bytes]:
    """The pixels as they lie there."""
    if found.pixels is None:
        return
    found.stream.seek(found.pixels.start, io.SEEK_SET)
    left = found.pixels.length
    while left > 0 and (piece := found.stream.read(min(left, _PIECE))):
        left -= len(piece)
        yield piece


def _frames(first: bytes, count: int, decoded: Decoded) -> Iterator[bytes]:
    yield first
    for index in range(1, count):
        yield decoded(index)
    if len(first) * count % 2:
        yield b"\0"
