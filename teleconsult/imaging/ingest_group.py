"""The second half of a C-STORE: files with a receipt, synced and acknowledged, go into blobs and index, a group in one transaction.

What an object turns out to be is decided by the same `ingest_index.index` as at the other doors. Each step may be repeated by whoever finds
the file after a crash: its bytes are linked under their key first, then the index is committed under the arrival's own id. Only when that
link is on the disk, too (`BlobStore.settle`), the receipt is wiped and the file goes (`release`).
"""

import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from teleconsult.imaging import quarantine
from teleconsult.imaging.ingest import Limits, header_of_staged, image_key
from teleconsult.imaging.ingest_compare import compare
from teleconsult.imaging.ingest_index import Arrival, Uncompared, index_series, known
from teleconsult.imaging.ingest_sender import Sender
from teleconsult.imaging.receipts import Received, wipe
from teleconsult.imaging.same_apart import Comparing
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records.blobs import BlobStore
from teleconsult.records.work import Store

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A file that could not be indexed although others could; it stays where it is."""

    received: Received
    why: str


def ingest_group(
    store: Store, blobs: BlobStore, sender: Sender, group: Sequence[Received], limits: Limits
) -> list[Stuck]:
    """Index files of one sender, or quarantine them; those that could not be are returned. Repeats safely.

    BUSY `database.busy`, `storage.full` or `storage.unreachable`: try all of them again later. A fault of one object costs the others nothing.
    """
    stuck = list[Stuck]()
    arrivals = list[Arrival]()
    for each in group:
        try:
            arrivals += _arrival(store, blobs, sender, each, limits)
        except Refused as refused:
            if refused.meaning is Meaning.BUSY:
                raise
            stuck.append(Stuck(each, str(refused)))
        except FileNotFoundError:
            continue  # somebody else has finished it
    return stuck + _indexed(store, blobs, sender, arrivals, group)


def release(blobs: BlobStore, files: Sequence[Path]) -> None:
    """Let go of files that are indexed: their bytes stay under their keys, without the receipt. Repeats safely."""
    blobs.settle()
    for file in files:
        with suppress(FileNotFoundError):  # somebody else was faster
            wipe(file)
        file.unlink(missing_ok=True)


def _arrival(store: Store, blobs: BlobStore, sender: Sender, each: Received, limits: Limits) -> Iterable[Arrival]:
    """The object with its bytes under their key; nothing when it had to go to quarantine."""
    try:
        header = header_of_staged(each.staged, sender.charset)
    except Refused as refused:  # it was looked at before the answer: the disk or this program is at fault
        if refused.meaning is not Meaning.INVALID:
            raise
        LOG.error("%s was acknowledged and can't be read: %s", each.staged.path.name, refused)
        quarantine.refuse(store, blobs, sender, each.staged, refused, limits.quarantine_bytes, each.id)
        return []
    key = image_key(each.staged.transfer_syntax, each.staged.sha256_dataset)
    blobs.link(each.staged.path, key)
    return [Arrival(sender, header, each.staged, key, limits.quiet, each.id, each.receipt.at, {})]


def _indexed(
    store: Store, blobs: BlobStore, sender: Sender, arrivals: Sequence[Arrival], group: Sequence[Received]
) -> list[Stuck]:
    """All in one transaction; one by one when that fails for another reason than a busy database, or two of them are to be compared."""
    comparing, done = Comparing(), False
    try:
        while not done:
            done = _in_one(store, sender, arrivals)
            if not done and not compare(store, blobs, sender, arrivals, comparing):
                break
    except Refused as refused:
        if refused.meaning is Meaning.BUSY:
            raise
    except Exception:  # whatever is wrong with one must not keep the others from the index
        LOG.exception("a group of %d is indexed one by one", len(arrivals))
    if done:
        return []
    received = {each.id: each for each in group}
    left = [(each, _alone(store, blobs, sender, each, comparing)) for each in arrivals]
    return [Stuck(received[each.id], why) for each, why in left if why]


def _alone(store: Store, blobs: BlobStore, sender: Sender, arrival: Arrival, comparing: Comparing) -> str:
    """Why it could not be indexed; empty when it could."""
    try:
        while not _in_one(store, sender, [arrival]):  # whatever `compare` says: see there why it ends
            compare(store, blobs, sender, [arrival], comparing)
    except Refused as refused:
        if refused.meaning is Meaning.BUSY:
            raise
        return str(refused)
    except Exception as error:  # said to the people who look after the node, by whoever called
        LOG.exception("%s can't be indexed", arrival.staged.path.name)
        return f"{type(error).__name__}: {error}"
    return ""


def _in_one(store: Store, sender: Sender, arrivals: Sequence[Arrival]) -> bool:
    """False, with nothing done, where one has to be compared with what is kept before."""
    if not arrivals:
        return True
    try:
        with store.work(sender.actor()) as work:
            done = known(work, [each.id for each in arrivals])
            left = sorted((each for each in arrivals if each.id not in done), key=_place_and_object)
            for _, series in groupby(left, key=_place):
                index_series(work, list(series))
        return True
    except Uncompared:
        return False


def _place(each: Arrival) -> tuple[str, str]:
    return each.header.study_uid, each.header.series_uid


def _place_and_object(each: Arrival) -> tuple[str, str, str]:
    """One order for all who index: two groups wait for each other and do not dead-lock."""
    return each.header.study_uid, each.header.series_uid, each.header.sop_uid
