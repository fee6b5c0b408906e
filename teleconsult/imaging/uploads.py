"""Files that come over HTTPS in pieces: announced, sent chunk by chunk, taken in by `ingest` once they are whole.

Chunks lie in the blob store until then, so that a restart of the server, or another server, costs nothing: whoever sends asks what is
there and goes on. Everything here repeats safely. What a file is, is known by its content: announced again it is the same upload.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, func, select, update

from teleconsult.access import SYSTEM, Thing, permit
from teleconsult.imaging.ingest import DEFAULTS, Limits, ingest
from teleconsult.imaging.ingest_sender import Sender
from teleconsult.imaging.packing import is_packed
from teleconsult.imaging.quarantine import SITE
from teleconsult.imaging.scrub_damaged import damaged
from teleconsult.imaging.staging import discard, stage_part10
from teleconsult.imaging.tables_uploads import UploadRow as UploadRow
from teleconsult.imaging.uploads_packed import Unpacking as Unpacking
from teleconsult.imaging.uploads_packed import end, unpacked
from teleconsult.imaging.uploads_study import raise_priority
from teleconsult.kernel.errors import Meaning, Refused, absent, busy, conflict, invalid, none_of
from teleconsult.kernel.values import new_id
from teleconsult.records.blobs import BlobStore
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Store, Work

PRIORITIES: Final = ("ROUTINE", "URGENT", "STAT")
LEAST_CHUNK, MOST_CHUNK = 1 << 16, 2 << 20
"""Bytes of one chunk. Smaller ones cost more round trips than they save, larger ones more repetition on a line that breaks."""
MOST_AT_ONCE = 200
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Rules:
    """What one sender may have under way. Bytes, files and days."""

    object_bytes: int = 8 << 30
    open_bytes: int = 64 << 30
    open_files: int = 20_000
    days: int = 7


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that somebody wants to send."""

    name: str
    size: int
    sha256: str
    chunk_size: int = 1 << 20
    priority: str = "ROUTINE"


def announce(
    store: Store, blobs: BlobStore, sender: Sender, files: Sequence[Announced], rules: Rules
) -> list[UploadRow]:
    """Make an upload of each file, or find the one that there is: `received` says from where to go on, `state` done that nothing is left.
    Announced with smaller chunks than before, on a line that does not carry the others in time, it goes on in those.
    What belongs to a study of which something is damaged or missing here is wanted once more.

    INVALID `upload.size` or `upload.too_large`; BUSY `upload.quota` or `storage.full`: nothing of the list is made then.
    """
    _permit(sender)
    for file in files:
        _check(file, rules)
    free = blobs.free_bytes()
    with store.work(sender.actor()) as work:
        rows = [_made(work, sender, file, rules) for file in files]
        _open_again(work, blobs, rows, rules)
        new = sum(row.size for row in rows if row.state == "open" and row.received == 0)
        if free is not None and new > free:
            raise busy("storage.full", f"{new} bytes announced, {free} free")
        _within(work, sender, rules)
        return rows


def own(work: Work, sender: Sender, upload_id: str) -> UploadRow:
    """An upload of this sender. ABSENT `upload.absent` where it is somebody else's, over, or never was."""
    row = work.session.get(UploadRow, upload_id, populate_existing=True)
    if row is None or row.owner_id != sender.actor().id or (sender.id is not None and row.site_id != sender.site_id):
        raise absent("upload.absent", upload_id)
    return row


def put_chunk(
    store: Store,
    blobs: BlobStore,
    sender: Sender,
    upload_id: str,
    offset: int,
    content: bytes,
    digest: str,
    rules: Rules,
) -> UploadRow:
    """Keep one chunk. What is there already is not written again.

    INVALID `upload.chunk` (not where a chunk begins, or not as long as one), `upload.chunk_digest` (it was changed on its way);
    CONFLICT `upload.gap` with what is there (`received`).
    """
    row = _expecting(store, sender, upload_id, offset, content, digest)
    if row.state == "done" or offset < row.received:
        return row
    blobs.put(_chunk_key(row.id, offset), content)
    with store.work(sender.actor()) as work:
        work.session.execute(
            update(UploadRow)
            .where(UploadRow.id == row.id, UploadRow.state == "open", UploadRow.received == offset)
            .where(UploadRow.chunk_size == row.chunk_size)  # else: announced with smaller ones meanwhile
            .values(received=offset + len(content), expires_at=work.now + timedelta(days=rules.days)),
            execution_options={"synchronize_session": False},
        )
        return own(work, sender, upload_id)


def put_whole(
    store: Store,
    blobs: BlobStore,
    sender: Sender,
    upload_id: str,
    content: bytes,
    digest: str,
    unpacking: Unpacking,
    limits: Limits = DEFAULTS,
) -> UploadRow:
    """A file of one chunk, sent and finished in one request: most objects of a CT."""
    row = _expecting(store, sender, upload_id, 0, content, digest)
    if row.state == "done":
        return row
    if row.size != len(content) or row.sha256 != digest:
        raise invalid("upload.chunk", "not the whole file")
    return _take_in(store, blobs, sender, row, [content], unpacking, limits)


def finish(
    store: Store, blobs: BlobStore, sender: Sender, upload_id: str, unpacking: Unpacking, limits: Limits = DEFAULTS
) -> UploadRow:
    """Take the whole file in. `kind` says what became of it; refused is an end, too.

    CONFLICT `upload.gap` while bytes are missing, `upload.digest` when the file is not the announced one: all of it has to come again.
    """
    with store.read(sender.actor()) as work:
        row = own(work, sender, upload_id)
    if row.state == "done":
        return row
    if row.received < row.size:
        raise conflict("upload.gap", f"{row.received} of {row.size}", received=row.received)
    digest = sha256()
    for piece in _pieces(blobs, row):
        digest.update(piece)
    if digest.hexdigest() != row.sha256:
        _begin_again(store, blobs, row)
        raise conflict("upload.digest", f"announced {row.sha256}, is {digest.hexdigest()}")
    return _take_in(store, blobs, sender, row, _pieces(blobs, row), unpacking, limits)


def open_of(work: Work, owner_id: str, limit: int = 1000) -> Sequence[UploadRow]:
    """What somebody has announced and not finished, oldest first."""
    statement = select(UploadRow).where(UploadRow.owner_id == owner_id, UploadRow.state == "open")
    return work.session.scalars(statement.order_by(UploadRow.id).limit(limit)).all()


def sweep(store: Store, blobs: BlobStore, now: datetime, limit: int = 500) -> int:
    """Forget uploads that nobody has gone on with, and what became of the others; how many. Repeats safely, also beside another sweeper."""
    with store.read(SYSTEM) as work:
        late = select(UploadRow.id).where(UploadRow.expires_at <= now).limit(limit)
        found = work.session.scalars(late).all()
    for upload_id in found:
        with store.work(SYSTEM) as work:
            gone = work.session.execute(
                delete(UploadRow).where(UploadRow.id == upload_id, UploadRow.expires_at <= now).returning(UploadRow.id),
                execution_options={"synchronize_session": False},
            ).first()
        if gone is not None:
            blobs.delete_below(_folder(upload_id))
    return len(found)


def _permit(sender: Sender) -> None:
    """A peer brings what its own hospital made, as over DICOM. A person needs the right at the site."""
    if sender.id is None:
        permit(sender.actor(), "upload.make", Thing(site_id=sender.site_id))


def _check(file: Announced, rules: Rules) -> None:
    if file.size < 1:
        raise invalid("upload.size", f"{file.name}: {file.size} bytes")
    if file.size > rules.object_bytes:
        raise invalid("upload.too_large", file.name, most=rules.object_bytes)
    if not LEAST_CHUNK <= file.chunk_size <= MOST_CHUNK:
        raise invalid("upload.chunk", f"chunks of {LEAST_CHUNK} to {MOST_CHUNK} bytes")
    if file.priority not in PRIORITIES:
        raise invalid("field.choice", none_of(file.priority, PRIORITIES), field="priority")


def _made(work: Work, sender: Sender, file: Announced, rules: Rules) -> UploadRow:
    owner = sender.actor().id
    values: dict[str, object] = {
        "id": new_id(), "owner_id": owner, "peer_id": sender.id, "site_id": sender.site_id, "name": file.name[-300:], "size": file.size,
        "sha256": file.sha256, "chunk_size": file.chunk_size, "priority": file.priority, "received": 0, "state": "open", "params": {},
        "opened_at": work.now, "expires_at": work.now + timedelta(days=rules.days),
    }  # fmt: skip
    insert_new(work.session, UploadRow, values, "owner_id", "site_id", "sha256")
    same = (UploadRow.owner_id == owner, UploadRow.site_id == sender.site_id, UploadRow.sha256 == file.sha256)
    row = work.session.scalars(select(UploadRow).where(*same)).one()
    if row.size != file.size:
        raise invalid("upload.size", f"{file.name}: announced with {row.size} bytes before, now with {file.size}")
    if row.state == "open" and file.chunk_size < row.chunk_size and row.chunk_size % file.chunk_size == 0:
        row.chunk_size = file.chunk_size  # never larger ones again: a chunk may be longer than this, but never shorter
    return row


def _open_again(work: Work, blobs: BlobStore, rows: Sequence[UploadRow], rules: Rules) -> None:
    """Those that have ended and whose bytes may have gone bad since (`scrub_damaged`): only what comes anew brings them back."""
    ended = [row for row in rows if row.state == "done" and row.study_id]
    wanted = {each for each in {str(row.study_id) for row in ended} if damaged(work, blobs, each)}
    for row in ended:
        if row.study_id in wanted:
            row.state, row.kind, row.code, row.params, row.received = "open", None, None, {}, 0
            row.expires_at = work.now + timedelta(days=rules.days)
    work.session.flush()


def _within(work: Work, sender: Sender, rules: Rules) -> None:
    """After the rows are made: the transaction is undone where it is too much."""
    mine = (UploadRow.owner_id == sender.actor().id, UploadRow.state == "open")
    files, size = work.session.execute(
        select(func.count(), func.coalesce(func.sum(UploadRow.size), 0)).where(*mine)
    ).one()
    if files > rules.open_files or size > rules.open_bytes:
        raise busy("upload.quota", f"{files} files, {size} bytes under way", files=rules.open_files)


def _expecting(store: Store, sender: Sender, upload_id: str, offset: int, content: bytes, digest: str) -> UploadRow:
    """The upload, if the chunk is one of it and has come unchanged."""
    with store.read(sender.actor()) as work:
        row = own(work, sender, upload_id)
    if row.state == "done":
        return row
    expected = min(row.chunk_size, row.size - offset)
    if offset < 0 or offset % row.chunk_size or expected <= 0 or len(content) != expected:
        raise invalid("upload.chunk", f"{len(content)} bytes at {offset}, expected {expected}")
    if offset > row.received:
        raise conflict("upload.gap", f"{row.received} bytes are here, not {offset}", received=row.received)
    if sha256(content).hexdigest() != digest:
        raise invalid("upload.chunk_digest", f"at {offset}")
    return row


def _take_in(
    store: Store,
    blobs: BlobStore,
    sender: Sender,
    row: UploadRow,
    content: Iterable[bytes],
    unpacking: Unpacking,
    limits: Limits,
) -> UploadRow:
    staged, original = stage_part10(blobs, content), row.sha256
    how: dict[str, object]
    try:
        if is_packed(staged.path):
            staged, original = unpacked(blobs, staged, unpacking)
        outcome = ingest(store, blobs, sender, staged, limits)
        how = {"kind": outcome.kind.value, "study_id": outcome.study_id}
        if outcome.elsewhere:  # whose it is there is nothing that the sender may learn
            how |= {"code": SITE, "study_id": None}
    except Refused as refused:
        if refused.meaning is not Meaning.INVALID:
            raise
        how = {"kind": "refused", "code": refused.code, "params": dict(refused.params)}
    finally:
        discard(staged)
    with store.work(sender.actor()) as work:
        ended = end(work, row, original, how)
        if how.get("study_id") and how["kind"] != "identity":
            raise_priority(work, str(how["study_id"]), row.priority, sender.site_id)
        done = own(work, sender, row.id)
    for upload_id in ended:
        if upload_id != row.id or row.received:  # one that came in one request has left nothing there
            blobs.delete_below(_folder(upload_id))
    return done


def _begin_again(store: Store, blobs: BlobStore, row: UploadRow) -> None:
    with store.work(SYSTEM) as work:
        work.session.execute(
            update(UploadRow).where(UploadRow.id == row.id, UploadRow.state == "open").values(received=0),
            execution_options={"synchronize_session": False},
        )
    blobs.delete_below(_folder(row.id))


def _pieces(blobs: BlobStore, row: UploadRow) -> Iterator[bytes]:
    """Chunk after chunk, each as long as it is: they may have become smaller meanwhile."""
    offset = 0
    while offset < row.size:
        begun = offset
        with blobs.open(_chunk_key(row.id, offset)) as chunk:
            while piece := chunk.read(_PIECE):
                offset += len(piece)
                yield piece
        if offset == begun:
            return  # an empty file: what is missing shows in the digest


def _folder(upload_id: str) -> str:
    return f"uploads/{upload_id}"


def _chunk_key(upload_id: str, offset: int) -> str:
    return f"{_folder(upload_id)}/{offset:014d}"
