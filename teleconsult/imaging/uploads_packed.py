"""Uploads that come packed for a slow line (`packing`): what is taken in is the original, as its sender has it."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import and_, or_, update

from teleconsult.imaging.packing_apart import PackingApart
from teleconsult.imaging.staging import StagedObject, described, discard
from teleconsult.imaging.tables_uploads import UploadRow
from teleconsult.kernel.values import new_id
from teleconsult.records.blobs import BlobStore, storage_faults
from teleconsult.records.staging import locked
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class Unpacking:
    """Who unpacks, and how many bytes an original may have."""

    apart: PackingApart
    object_bytes: int = 8 << 30


class Original(NamedTuple):
    staged: StagedObject
    sha256: str


def unpacked(blobs: BlobStore, packed: StagedObject, by: Unpacking) -> Original:
    """The original in the place of the packed file, which is gone then. Refused as `PackingApart.unpack`; nothing is left behind of it."""
    path = blobs.staging() / f"upload-{new_id()}.part"
    try:
        with storage_faults(), locked(path):  # which makes it
            digest = by.apart.unpack(packed.path, path, by.object_bytes, blobs.free_bytes())
        original = Original(described(path), digest)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    discard(packed)
    return original


def end(work: Work, row: UploadRow, original: str, how: dict[str, object]) -> list[str]:
    """Note what became of an upload, also where the same content was announced as it is: whoever asks about that finds it done. Their ids."""
    same = (UploadRow.owner_id == row.owner_id, UploadRow.site_id == row.site_id, UploadRow.sha256 == original)
    ended = work.session.execute(
        update(UploadRow)
        .where(or_(UploadRow.id == row.id, and_(*same)), UploadRow.state == "open")
        .values(state="done", received=UploadRow.size, **how)
        .returning(UploadRow.id),
        execution_options={"synchronize_session": False},
    )
    return list(ended.scalars())
