"""A receipt: what makes a received file indexable by whoever finds it, written into its preamble before the sender is answered.

PS3.10 §7.1 leaves the 128 bytes before the prefix to whoever writes the file, so the receipt takes no room, moves no byte and needs no sync of
its own. It is wiped when the object is indexed and kept under its key. Transfer syntax, class and instance stand in the file's own meta information.
"""

import contextlib
import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from teleconsult.imaging.part10 import read_part10
from teleconsult.imaging.staging import StagedObject
from teleconsult.kernel.errors import Refused

PREAMBLE = 128
_MAGIC = b"TCRCPT01"
_FIELDS = struct.Struct("<8sQQ32s16sq")  # magic, offset, size, digest of the data set, peer, microseconds since 1970
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEAD = 4096
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who sent it and when, and the data set: where it starts, its size, its SHA-256 (hexadecimal)."""

    peer_id: str
    at: datetime
    offset: int
    size: int
    sha256: str

    def preamble(self, meta: bytes) -> bytes:
        """The 128 bytes, tied to the meta information `meta` that follows them."""
        since = (self.at - _EPOCH) // timedelta(microseconds=1)
        digest, peer = bytes.fromhex(self.sha256), bytes.fromhex(self.peer_id)
        fields = _FIELDS.pack(_MAGIC, self.offset, self.size, digest, peer, since)
        return (fields + hashlib.sha256(fields + meta).digest()).ljust(PREAMBLE, b"\0")


@dataclass(frozen=True, slots=True)
class Received:
    """A file with its receipt. `id` is its own, made when it came: it tells the same arrival from the same object sent again."""

    id: str
    receipt: Receipt
    staged: StagedObject


def is_sealed(file: Path) -> bool:
    """Whether the file carries a receipt, as far as a look at its first bytes tells."""
    try:
        with file.open("rb") as source:
            return source.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def received(file: Path) -> Received | None:
    """The file as its receipt says; None where there is none, or none that fits the file, or the file has gone."""
    try:
        with file.open("rb") as source:
            head, length = source.read(_HEAD), os.fstat(source.fileno()).st_size
    except FileNotFoundError:
        return None
    receipt = _read(head, length)
    if receipt is None:
        return None
    try:
        meta = read_part10(head[: receipt.offset])
    except Refused:
        return None
    staged = StagedObject(
        file, meta.transfer_syntax, meta.sop_class, meta.sop_uid, receipt.size, receipt.sha256, receipt.offset
    )
    return Received(file.stem.rpartition("-")[2], receipt, staged)


def _read(head: bytes, length: int) -> Receipt | None:
    if head[: len(_MAGIC)] != _MAGIC or len(head) < PREAMBLE:
        return None
    _, offset, size, digest, peer, since = _FIELDS.unpack_from(head)
    if offset + size != length or not PREAMBLE < offset <= len(head):
        return None
    receipt = Receipt(peer.hex(), _EPOCH + timedelta(microseconds=since), offset, size, digest.hex())
    return receipt if receipt.preamble(head[PREAMBLE:offset]) == head[:PREAMBLE] else None


def is_whole(found: Received) -> bool:
    """Whether the data set is the one that the receipt was written for: after a power cut the one may be on disk without the other."""
    sha = hashlib.sha256()
    with found.staged.path.open("rb") as source:
        source.seek(found.receipt.offset)
        while chunk := source.read(_CHUNK):
            sha.update(chunk)
    return sha.hexdigest() == found.receipt.sha256


def wipe(file: Path) -> None:
    """Take the receipt off: the object is indexed. Nothing depends on this reaching the disk."""
    descriptor = os.open(file, os.O_WRONLY)
    try:
        os.pwrite(descriptor, bytes(PREAMBLE), 0)
    finally:
        os.close(descriptor)


def waiting(folder: Path) -> Iterator[tuple[Path, float]]:
    """Files below the staging folder that are received and not indexed yet, with the time of their last change.

    Nodes index, take over what others left, and remove their folders meanwhile: what moves just then may be missed once.
    """
    for name in _listed(folder):
        for file in _listed(folder / name) if name.startswith("node-") else ():
            path = folder / name / file
            with contextlib.suppress(FileNotFoundError):
                changed = path.stat().st_mtime
                if file.endswith(".part") and is_sealed(path):
                    yield path, changed


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
