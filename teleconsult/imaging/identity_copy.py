"""An object that cannot be shown under the UIDs it came with gets a copy with UIDs of its own; the original stays as received.

The copy says where it comes from (Original Attributes Sequence, PS3.3 C.12.1.1.9.1). Its UIDs follow from the original's and from `salt`
alone, so that the same decision made again makes the same objects, and objects of one series stay one series.
"""

import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from pydicom import Dataset, dcmread, dcmwrite

from teleconsult.imaging.codecs import DEFLATED
from teleconsult.imaging.part10 import part10_of
from teleconsult.imaging.pixels_file import opened, readable
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.staging import StagedObject, stage_part10
from teleconsult.kernel.errors import invalid
from teleconsult.records.blobs import BlobStore

_MOST_INFLATED = 32 << 20
_KEYWORDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


def uid_of(original: str, salt: str) -> str:
    """A UID made of a digest (PS3.5 B.2)."""
    digest = hashlib.sha256(f"{salt}\0{original}".encode()).digest()[:16]
    return f"2.25.{int.from_bytes(digest, 'big')}"


def copied(blobs: BlobStore, file: Path, salt: str, renewed: Iterable[str], why: str, at: datetime) -> StagedObject:
    """A staged copy of the stored object with the UIDs `renewed` made anew. INVALID `object.unreadable`; BUSY `storage.full`; OSError is the disk's."""
    try:
        _checked(file)
        with readable():
            ds = dcmread(file, defer_size="1 MB")
            before = Dataset()
            for keyword in _KEYWORDS:
                if keyword in set(renewed):
                    original = str(ds[keyword].value)
                    setattr(before, keyword, original)
                    setattr(ds, keyword, uid_of(original, salt))
            _noted(ds, before, why, at)
            ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
            out = io.BytesIO()
            dcmwrite(out, ds, enforce_file_format=True)
    except Undecodable as error:
        raise invalid("object.unreadable", str(error)) from error
    return stage_part10(blobs, _pieces(out))


def _checked(file: Path) -> None:
    """A deflated object is inflated whole to be copied: Undecodable where that would be too much."""
    if part10_of(file).transfer_syntax == DEFLATED:
        with opened(file) as found:
            if found.size > _MOST_INFLATED:
                raise Undecodable("pixels.too_large", f"{found.size} bytes, deflated: no copy is made of it")


def _noted(ds: Dataset, before: Dataset, why: str, at: datetime) -> None:
    item = Dataset()
    item.SourceOfPreviousValues = ""
    item.AttributeModificationDateTime = at.strftime("%Y%m%d%H%M%S.%f+0000")
    item.ModifyingSystem = "TELECONSULT"
    item.ReasonForTheAttributeModification = why
    item.ModifiedAttributesSequence = [before]
    ds.OriginalAttributesSequence = [*(ds.get("OriginalAttributesSequence") or ()), item]


def _pieces(out: io.BytesIO) -> Iterable[bytes]:
    out.seek(0)
    while piece := out.read(1 << 20):
        yield piece
