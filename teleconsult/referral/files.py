"""Files of a case on their way into storage: looked at, counted and hashed before anything points to them."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO, Final

from teleconsult.kernel.errors import invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.blobs import BlobStore, storage_faults
from teleconsult.referral.sniff import media_type

MOST_BYTES: Final = 50 << 20
_PART: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A file whose bytes are safe under `blob_key`. The same bytes are kept once."""

    media_type: str
    sha256: str
    size: int
    blob_key: str


def keep(blobs: BlobStore, source: BinaryIO) -> Kept:
    """Take a file in. INVALID `attachment.type`, `attachment.empty`, `attachment.too_large`; BUSY `storage.full`."""
    draft = blobs.staging() / f"attachment-{new_id()}"
    digest, size = hashlib.sha256(), 0
    try:
        with storage_faults(), draft.open("wb") as out:
            while part := source.read(_PART):
                size += len(part)
                if size > MOST_BYTES:
                    raise invalid("attachment.too_large", most=MOST_BYTES >> 20)
                digest.update(part)
                out.write(part)
        with draft.open("rb") as written:
            found = media_type(written)
        key = f"attachments/{digest.hexdigest()}"
        blobs.adopt(draft, key)
    finally:
        draft.unlink(missing_ok=True)
    return Kept(found, digest.hexdigest(), size, key)
