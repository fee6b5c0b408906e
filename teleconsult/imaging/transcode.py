"""A stored object as Explicit VR Little Endian: its data set said anew, its frames decoded one by one (PS3.5 A.2, PS3.18 8.7.3.5).

Lossless by itself: what a lossy codec has thrown away before stays away, and (0028,2110) goes on to say so.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.tag import BaseTag
from pydicom.uid import UID, ExplicitVRLittleEndian

from teleconsult.imaging import codecs
from teleconsult.imaging.pixels import FrameReader, frame_count
from teleconsult.imaging.pixels_file import UNDEFINED, StoredObject, opened
from teleconsult.imaging.pixels_values import Undecodable

_PIECE = 1 << 18
_TABLES = ("ExtendedOffsetTable", "ExtendedOffsetTableLengths")
_LONGEST = 0xFFFFFFFE


def explicit(path: Path, decoded: Callable[[int], bytes]) -> Iterator[bytes]:
    """The object as a Part 10 file in pieces; `decoded(n)` gives frame n from 0 as `pixels_explicit` lays it out.

    Raises Undecodable before the first piece where that can be known: big endian, video, frames that cannot be decoded.
    """
    with opened(path) as found:
        if found.big_endian or found.transfer_syntax in codecs.VIDEO | codecs.REMOTE:
            raise Undecodable("pixels.unsupported_syntax", f"{found.transfer_syntax} is sent as it is kept only")
        if found.pixels is None or found.pixels.length != UNDEFINED:
            head, rest = _said_anew(found, found.header), _native(found)
        else:
            frames = FrameReader(found, frame_count(found.header))
            layout = frames.layout()
            if layout.bits_allocated % 8:
                raise Undecodable("pixels.unsupported_layout", f"{layout.bits_allocated} bits allocated")
            first = decoded(0)
            total = len(first) * frames.count
            if total + total % 2 > _LONGEST:
                raise Undecodable("pixels.too_large", f"{total} bytes have no place in one element")
            header = _described(found.header, layout.samples)
            vr = "OB" if layout.bits_allocated == 8 else "OW"
            head = _said_anew(found, header) + _element(found.pixels.tag, vr, total + total % 2)
            rest = _decoded(first, frames.count, decoded, total % 2)
        yield head
        yield from rest


def _described(header: Dataset, samples: int) -> Dataset:
    """The header of the decoded frames: colour by pixel, RGB where the codec or the decoder made it so."""
    if samples == 3:
        header.PhotometricInterpretation = "RGB"
        header.PlanarConfiguration = 0
    for name in _TABLES:
        if name in header:
            del header[name]
    return header


def _said_anew(found: StoredObject, header: Dataset) -> bytes:
    meta = FileMetaDataset()
    meta.FileMetaInformationGroupLength = 0
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = UID(str(header.get("SOPClassUID") or ""))
    meta.MediaStorageSOPInstanceUID = UID(str(header.get("SOPInstanceUID") or ""))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    out, body = _little(), _little()
    write_file_meta_info(out, meta, enforce_standard=False)
    implicit = found.header.original_encoding[0] is True
    plain = Dataset()
    for tag in header.keys():
        if tag.group >= 0x0008 and tag.element:
            plain[tag] = _kept(header, tag, implicit)
    declared = header.original_character_set
    write_dataset(body, plain, parent_encoding=declared if isinstance(declared, str) else list(declared))
    return b"\0" * 128 + b"DICM" + out.getvalue() + body.getvalue()


def _kept(header: Dataset, tag: BaseTag, implicit: bool) -> DataElement | RawDataElement:
    """The element with its very bytes where it need not be read: whatever its text is really written in goes on as it is."""
    element = cast(DataElement | RawDataElement, header.get_item(tag))
    if not isinstance(element, RawDataElement) or element.value is None:
        return header[tag]
    vr = _vr(tag, header) if implicit or element.VR in (None, "UN") else element.VR
    return header[tag] if vr == "SQ" and implicit else element._replace(VR=vr)


def _vr(tag: BaseTag, header: Dataset) -> str:
    """What implicit VR leaves open is said (PS3.5 A.1)."""
    if tag.is_private:
        return "LO" if tag.is_private_creator else "UN"
    try:
        vr = dictionary_VR(tag)
    except KeyError:
        return "UN"
    if " or " not in vr:
        return vr
    return "OW" if "OW" in vr else "SS" if header.get("PixelRepresentation") == 1 else "US"


def _little() -> DicomBytesIO:
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    return out


def _element(tag: int, vr: str, length: int) -> bytes:
    return (
        (tag >> 16).to_bytes(2, "little")
        + (tag & 0xFFFF).to_bytes(2, "little")
        + vr.encode()
        + b"\0\0"
        + length.to_bytes(4, "little")
    )


def _native(found: StoredObject) -> Iterator[bytes]:
    """The pixels as they lie there, and what comes behind them is left out (padding)."""
    if found.pixels is None:
        return
    yield _element(
        found.pixels.tag, found.pixels.vr if found.pixels.vr in ("OB", "OW", "OF", "OD") else "OW", found.pixels.length
    )
    found.stream.seek(found.pixels.start, io.SEEK_SET)
    left = found.pixels.length
    while left > 0 and (piece := found.stream.read(min(left, _PIECE))):
        left -= len(piece)
        yield piece


def _decoded(first: bytes, count: int, decoded: Callable[[int], bytes], odd: int) -> Iterator[bytes]:
    yield first
    for index in range(1, count):
        yield decoded(index)
    if odd:
        yield b"\0"
