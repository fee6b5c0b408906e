"""Part 10 files on their way in from the web: written to the staging folder, hashed, never whole in memory."""

import contextlib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from teleconsult.imaging.part10 import part10_of
from teleconsult.kernel.errors import Refused, busy
from teleconsult.kernel.values import new_id
from teleconsult.records.blobs import BlobStore, storage_faults
from teleconsult.records.staging import locked

_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class StagedObject:
    """A finished Part 10 file in the staging folder: preamble, meta, and the data set exactly as received.

    `size` and `sha256_dataset` are those of the data set, which starts at `dataset_offset`. `sop_class` and `sop_uid`
    are what the sender said beside it (the C-STORE request, the file meta), None if nothing. An empty
    `transfer_syntax` says that the file is no Part 10 file at all.
    """

    path: Path
    transfer_syntax: str
    sop_class: str | None
    sop_uid: str | None
    size: int
    sha256_dataset: str
    dataset_offset: int


def stage_part10(blobs: BlobStore, chunks: Iterable[bytes]) -> StagedObject:
    """Write an uploaded file. What it holds is judged by `ingest`; a file that is no Part 10 file is staged, too.

    BUSY `storage.full`; nothing is left behind then, nor when `chunks` raises.
    """
    path = blobs.staging() / f"upload-{new_id()}.part"
    try:
        _write(blobs, path, chunks)
        return described(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def discard(staged: StagedObject) -> None:
    """Remove the staged file if it is still there. Repeats safely."""
    with contextlib.suppress(OSError):
        staged.path.unlink(missing_ok=True)


def _write(blobs: BlobStore, path: Path, chunks: Iterable[bytes]) -> None:
    free = blobs.free_bytes()
    with storage_faults(), path.open("xb") as file, locked(path):
        written = 0
        for chunk in chunks:
            written += len(chunk)
            if free is not None and written > free:
                raise busy("storage.full", f"more than {free} bytes do not fit")
            file.write(chunk)


def described(path: Path) -> StagedObject:
    """A finished file of the staging folder, as `stage_part10` gives it."""
    try:
        meta = part10_of(path)
    except Refused:
        return StagedObject(path, "", None, None, path.stat().st_size, _digest(path, 0), 0)
    offset = meta.dataset_offset
    size = path.stat().st_size - offset
    return StagedObject(
        path, meta.transfer_syntax, meta.sop_class or None, meta.sop_uid or None, size, _digest(path, offset), offset
    )


def _digest(path: Path, offset: int) -> str:
    sha = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(offset)
        while chunk := file.read(_CHUNK):
            sha.update(chunk)
    return sha.hexdigest()
