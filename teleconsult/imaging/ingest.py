"""Take in one object: the bytes as received into the blobs, its header into the index.

STOW-RS, uploads and what is unusual in a C-STORE come here; plain C-STOREs are indexed in groups (`ingest_group`). The order makes an acknowledgement safe: bytes synced under their
final key, then one short transaction. A process that dies in between leaves bytes that nobody points to; the sender,
which got no answer, sends again, and the same key is used again.
"""

from dataclasses import dataclass

from teleconsult.imaging import quarantine
from teleconsult.imaging.header import Header, read_header
from teleconsult.imaging.ingest_compare import compare
from teleconsult.imaging.ingest_index import Arrival, Kind, Outcome, Uncompared, index
from teleconsult.imaging.ingest_sender import Sender, Upload
from teleconsult.imaging.line_check import came_back, is_test
from teleconsult.imaging.same_apart import Comparing
from teleconsult.imaging.settle import USUAL_QUIET, Quiet
from teleconsult.imaging.staging import StagedObject, discard
from teleconsult.imaging.transfer_syntaxes import is_taken
from teleconsult.kernel.errors import Meaning, Refused, invalid
from teleconsult.records.blobs import BlobStore
from teleconsult.records.work import Store

__all__ = ["Kind", "Limits", "Outcome", "Sender", "StagedObject", "Upload", "image_key", "ingest"]


@dataclass(frozen=True, slots=True)
class Limits:
    """`quarantine_bytes` bounds what refused objects may fill; `quiet` says when a study counts as complete."""

    quarantine_bytes: int = 2 << 30
    quiet: Quiet = USUAL_QUIET


DEFAULTS = Limits()


def image_key(transfer_syntax: str, sha256: str) -> str:
    """Where an object lies: named by its content, and by how that content is to be read.

    One level of 4096 folders: a folder that has to be made costs the sender another wait for the disk.
    """
    return f"dicom/{sha256[:3]}/{sha256}.{transfer_syntax.removeprefix('1.2.840.10008.')}"


def ingest(store: Store, blobs: BlobStore, sender: Sender, staged: StagedObject, limits: Limits = DEFAULTS) -> Outcome:
    """Keep the object and say what it is; the staged file is gone afterwards, whatever happens. Repeats safely.

    On return the bytes survive a power cut and the index is committed: stored, `repeat` (the very same data set, kept
    once), `other_syntax` (proved to be the same, the first is kept), `conflict` (other content under a known SOP Instance UID, or
    content that could not be proved to be the same) or `identity` (a known study for another patient); the last two are kept in
    quarantine and never shown in the place of the first.

    INVALID `object.line_test` for the test image of a line check, which is noted and not kept; INVALID `object.unreadable`, `object.no_uids` or `object.class_mismatch` with the bytes in quarantine as far as
    `limits` allow; BUSY `storage.full` or `database.busy` with nothing half-written: the sender may try again.
    """
    try:
        try:
            header = header_of_staged(staged, sender.charset)
        except Refused as refused:
            if refused.meaning is Meaning.INVALID:
                quarantine.refuse(store, blobs, sender, staged, refused, limits.quarantine_bytes)
            raise
        if is_test(header.sop_uid):
            with store.work(sender.actor()) as work:
                came_back(work, sender.id, header.sop_uid, staged.sha256_dataset, staged.size)
            raise invalid("object.line_test", "the test image of a line check is no examination")
        return _keep(store, blobs, sender, staged, header, limits.quiet)
    finally:
        discard(staged)


def header_of_staged(staged: StagedObject, override: str | None) -> Header:
    """The header of an object that is what was announced. INVALID `object.unreadable` (with `transfer_syntax` where that is private or unknown),
    `object.no_uids`, `object.class_mismatch`."""
    if not staged.transfer_syntax:
        raise invalid("object.unreadable", "this is no DICOM Part 10 file")
    if not is_taken(staged.transfer_syntax):
        syntax = staged.transfer_syntax
        raise invalid("object.unreadable", f"nobody here can read transfer syntax {syntax}", transfer_syntax=syntax)
    header = read_header(staged.path, staged.transfer_syntax, staged.dataset_offset, override)
    for said, is_ in ((staged.sop_class, header.sop_class), (staged.sop_uid, header.sop_uid)):
        if said and said != is_:
            raise invalid("object.class_mismatch", f"announced as {said}, is {is_}", announced=said, found=is_)
    return header


def _keep(
    store: Store, blobs: BlobStore, sender: Sender, staged: StagedObject, header: Header, quiet: Quiet
) -> Outcome:
    key = image_key(staged.transfer_syntax, staged.sha256_dataset)
    blobs.adopt(staged.path, key)
    arrival, comparing = Arrival(sender, header, staged, key, quiet, compared={}), Comparing()
    while True:
        try:
            with store.work(sender.actor()) as work:
                return index(work, arrival)
        except Uncompared:
            compare(store, blobs, sender, [arrival], comparing)
