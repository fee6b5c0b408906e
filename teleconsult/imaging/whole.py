"""Whether a kept file still holds all of its object: one that ends early would be given out, or drawn, as if that were all."""

import logging
from pathlib import Path
from typing import Protocol

from teleconsult.imaging.part10 import part10_of
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records.blobs import BlobStore

LOG = logging.getLogger(__name__)


class Kept(Protocol):
    """What the index knows of an object's file: `size` bytes of data set, which began at `dataset_offset` when it first came."""

    @property
    def blob_key(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def dataset_offset(self) -> int: ...


def file_of(blobs: BlobStore, kept: Kept) -> Path | None:
    """The object's file on this machine. None where it is lost, or ends early or late: the nightly scrub finds out why."""
    path = blobs.path(kept.blob_key)
    if path is None:
        return None
    found = path.stat().st_size
    if found == kept.dataset_offset + kept.size or found == _begin(path) + kept.size:
        return path
    LOG.error("%s has %d bytes, which are not its object's; it is given to nobody", kept.blob_key, found)
    return None


def is_there(blobs: BlobStore, kept: Kept) -> bool:
    """Whether `file_of` finds it; a bucket is asked for the size alone, as long as that is right."""
    try:
        found = blobs.size(kept.blob_key)
    except Refused as refused:
        if refused.meaning is Meaning.ABSENT:
            return False
        raise
    return found == kept.dataset_offset + kept.size or file_of(blobs, kept) is not None


def _begin(path: Path) -> int:
    """Where the data set begins: the same may have come again behind another meta group (PS3.10 7.1). -1 where nothing says so."""
    try:
        return part10_of(path).dataset_offset
    except Refused:
        return -1
