"""An object that cannot be shown under the UIDs it came with gets a copy with UIDs of its own; the original stays as received.

The copy says where it comes from (Original Attributes Sequence, PS3.3 C.12.1.1.9.1). Its UIDs follow from the original's and from `salt`
alone, so that the same decision made again makes the same objects, and objects of one series stay one series. What comes before the pixels
is written anew; the pixels and all behind them are handed on as they lie there, a piece at a time.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_file_meta_info
from pydicom.filewriter import write_dataset, write_file_meta_info

from teleconsult.imaging.codecs import DEFLATED
from teleconsult.imaging.pixels_file import StoredObject, opened, readable
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.staging import StagedObject, stage_part10
from teleconsult.kernel.errors import invalid
from teleconsult.records.blobs import BlobStore

_PIECE = 1 << 20
_PREAMBLE = bytes(128) + b"DICM"
_KEYWORDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


def uid_of(original: str, salt: str) -> str:
    """A UID made of a digest (PS3.5 B.2)."""
    digest = hashlib.sha256(f"{salt}\0{original}".encode()).digest()[:16]
    return f"2.25.{int.from_bytes(digest, 'big')}"


def copied(blobs: BlobStore, file: Path, salt: str, renewed: Iterable[str], why: str, at: datetime) -> StagedObject:
    """A staged copy of the stored object with the UIDs `renewed` made anew. INVALID `object.unreadable`; BUSY `storage.full`; OSError is the disk's."""
    try:
        with opened(file) as found:
            with readable():
                meta, before_pixels = _head(file, found, salt, frozenset(renewed), why, at)
            data_set = _data_set(found, before_pixels)
            if found.transfer_syntax == DEFLATED:
                data_set = _deflated(data_set)
            return stage_part10(blobs, _file(meta, data_set))
    except Undecodable as error:
        raise invalid("object.unreadable", str(error)) from error


def _head(
    file: Path, found: StoredObject, salt: str, renewed: frozenset[str], why: str, at: datetime
) -> tuple[bytes, bytes]:
    """The meta group and what comes before the pixels, in the encoding of the original."""
    ds, before = found.header, Dataset()
    for keyword in _KEYWORDS:
        if keyword in renewed:
            original = str(ds[keyword].value)
            setattr(before, keyword, original)
            setattr(ds, keyword, uid_of(original, salt))
    _noted(ds, before, why, at)
    meta: FileMetaDataset = read_file_meta_info(file)
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    first, second = DicomBytesIO(), DicomBytesIO()
    first.is_implicit_VR, first.is_little_endian = False, True
    write_file_meta_info(first, meta, enforce_standard=True)
    second.is_implicit_VR, second.is_little_endian = found.implicit, not found.big_endian
    write_dataset(second, ds)
    return first.getvalue(), second.getvalue()


def _noted(ds: Dataset, before: Dataset, why: str, at: datetime) -> None:
    item = Dataset()
    item.SourceOfPreviousValues = ""
    item.AttributeModificationDateTime = at.strftime("%Y%m%d%H%M%S.%f+0000")
    item.ModifyingSystem = "TELECONSULT"
    item.ReasonForTheAttributeModification = why
    item.ModifiedAttributesSequence = [before]
    ds.OriginalAttributesSequence = [*(ds.get("OriginalAttributesSequence") or ()), item]


def _data_set(found: StoredObject, before_pixels: bytes) -> Iterator[bytes]:
    yield before_pixels
    if found.pixels is not None:
        found.stream.seek(found.pixels.element)
        while piece := found.stream.read(_PIECE):
            yield piece


def _deflated(data_set: Iterable[bytes]) -> Iterator[bytes]:
    """PS3.5 A.5: one raw deflate stream, padded to even length."""
    deflating, length = zlib.compressobj(wbits=-zlib.MAX_WBITS), 0
    for piece in data_set:
        packed = deflating.compress(piece)
        length += len(packed)
        yield packed
    packed = deflating.flush()
    yield packed + bytes((length + len(packed)) % 2)


def _file(meta: bytes, data_set: Iterable[bytes]) -> Iterator[bytes]:
    yield _PREAMBLE + meta
    yield from data_set
