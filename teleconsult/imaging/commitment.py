"""Storage commitment (PS3.4 Annex J): what a peer asks us to answer for, and what we can answer for.

An object is committed when the peer may find it, its row carries the digest of its data set, and its bytes lie under their key.
Whoever is told so may delete their own copy, so everything in doubt is a failure.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from teleconsult.access import Peer, Thing, permits, shares_of
from teleconsult.imaging import facts, whole
from teleconsult.imaging.cut_off import CUT_OFF
from teleconsult.imaging.tables import InstanceRow, QuarantineRow
from teleconsult.imaging.tables_commitments import CommitmentRow
from teleconsult.kernel.errors import busy
from teleconsult.kernel.values import new_id
from teleconsult.records.blobs import BlobStore
from teleconsult.records.work import Work

PROCESSING_FAILURE: Final = 0x0110
NO_SUCH_INSTANCE: Final = 0x0112
CLASS_CONFLICT: Final = 0x0119
DUPLICATE_TRANSACTION: Final = 0x0131
PATIENCE: Final = timedelta(minutes=10)
"""So long an object that is not here may still be on its way into the index, when the node could not say that nothing was."""
_AT_ONCE: Final = 400


@dataclass(frozen=True, slots=True)
class Item:
    """A referenced object."""

    sop_class: str
    sop_uid: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is committed, and what is not, with its Failure Reason (PS3.3 C.14.1.1)."""

    transaction_uid: str
    committed: tuple[Item, ...]
    failed: Mapping[Item, int] = field(default_factory=dict)


def ask(work: Work, peer: Peer, transaction_uid: str, items: Sequence[Item], settled: bool, tries_for: float) -> str:
    """Note what the peer asks for; the commitment's id. The same list under the same transaction is checked and reported once more.

    For `tries_for` seconds whoever took the request reports by itself; from then on the journal's job does.
    """
    listed = [f"{item.sop_class} {item.sop_uid}" for item in items]
    digest = hashlib.sha256("\n".join(sorted(listed)).encode()).hexdigest()
    until = work.now + timedelta(seconds=tries_for)
    row = work.session.scalars(
        select(CommitmentRow).where(
            CommitmentRow.peer_id == peer.id,
            CommitmentRow.transaction_uid == transaction_uid,
            CommitmentRow.digest == digest,
        )
    ).one_or_none()
    if row is None:
        row = CommitmentRow(
            id=new_id(), version=1, transaction_uid=transaction_uid, peer_id=peer.id, digest=digest, items=listed, asked_at=work.now,
            times=1, settled=settled, ours_until=until,
        )  # fmt: skip
        work.add(row)
    else:
        work.keep(
            row, asked_at=work.now, times=row.times + 1, settled=settled, ours_until=until, reported_at=None, way=None, failed=None
        )  # fmt: skip
    work.record(facts.commitment_asked(row.id, row.version, peer.site_id, peer.ae_title, len(items)))
    return row.id


def owed(work: Work, commitment_id: str) -> CommitmentRow | None:
    """What is still to be reported; None when it has been. ABSENT `commitment.absent`."""
    row = work.get(CommitmentRow, commitment_id)
    return None if row.reported_at is not None else row


def row_of(work: Work, commitment_id: str) -> CommitmentRow:
    """ABSENT `commitment.absent`."""
    return work.get(CommitmentRow, commitment_id)


def settled(work: Work, commitment_id: str) -> None:
    """Everything that had been acknowledged to the peer is in the index: what is not there never came."""
    row = row_of(work, commitment_id)
    if not row.settled:
        work.keep(row, settled=True)


def verdict(work: Work, blobs: BlobStore, peer: Peer, row: CommitmentRow) -> Verdict:
    """What can be answered for now. BUSY `commitment.waiting` while an object that is not here may be on its way into the index."""
    items = [Item(*each.split(" ", 1)) for each in row.items]
    if _is_used_for_another_list(work, row):
        return Verdict(row.transaction_uid, (), dict.fromkeys(items, DUPLICATE_TRANSACTION))
    failed = dict(_failures(work, blobs, peer, items))
    missing = NO_SUCH_INSTANCE in failed.values()
    if missing and not row.settled and work.now < row.asked_at + PATIENCE:
        raise busy("commitment.waiting", f"{row.transaction_uid}: objects may be on their way into the index")
    return Verdict(row.transaction_uid, tuple(item for item in items if item not in failed), failed)


def reported(work: Work, commitment_id: str, said: Verdict, way: str, ae_title: str, site_id: str) -> None:
    """The peer has taken the report, on a `new` association or the `same`. Repeats safely."""
    row = owed(work, commitment_id)
    if row is None:
        return
    failed = {item.sop_uid: reason for item, reason in said.failed.items()}
    work.keep(row, reported_at=work.now, way=way, failed=failed)
    work.record(facts.commitment_reported(row.id, row.version, site_id, ae_title, len(said.committed), len(failed)))


def is_tried_elsewhere(row: CommitmentRow, now: datetime) -> bool:
    """Whether the node that took the request still tries by itself."""
    return now < row.ours_until


def _is_used_for_another_list(work: Work, row: CommitmentRow) -> bool:
    """Whether the peer began to use the Transaction UID for another list (PS3.3 C.14.1.1: 0131H)."""
    earlier = select(CommitmentRow.id).where(
        CommitmentRow.peer_id == row.peer_id,
        CommitmentRow.transaction_uid == row.transaction_uid,
        CommitmentRow.id != row.id,
        CommitmentRow.digest != row.digest,
    )
    first = work.session.scalars(earlier.order_by(CommitmentRow.id).limit(1)).one_or_none()
    return first is not None and first < row.id


def _failures(work: Work, blobs: BlobStore, peer: Peer, items: Sequence[Item]) -> Iterator[tuple[Item, int]]:
    seen: dict[str, bool] = {}
    for start in range(0, len(items), _AT_ONCE):
        some = items[start : start + _AT_ONCE]
        uids = [item.sop_uid for item in some]
        rows = work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid.in_(uids)))
        known = {row.sop_uid: row for row in rows}
        doubtful = _in_quarantine(work, peer, uids)
        for item in some:
            row = known.get(item.sop_uid)
            if item.sop_uid in doubtful:
                yield item, PROCESSING_FAILURE
            elif row is None or not _may_find(work, peer, row.study_id, seen):
                yield item, NO_SUCH_INSTANCE
            elif row.sop_class != item.sop_class:
                yield item, CLASS_CONFLICT
            elif not _is_kept(blobs, row):
                yield item, PROCESSING_FAILURE


def _in_quarantine(work: Work, peer: Peer, uids: Collection[str]) -> set[str]:
    """Objects of the peer's hospital of which other content is kept apart until somebody looks: we can't say which one the peer means."""
    found = select(QuarantineRow.sop_uid).where(
        QuarantineRow.site_id == peer.site_id, QuarantineRow.state == "open", QuarantineRow.sop_uid.in_(uids),
        QuarantineRow.reason != CUT_OFF,
    )  # fmt: skip
    return set(work.session.scalars(found))


def _may_find(work: Work, peer: Peer, study_id: str, seen: dict[str, bool]) -> bool:
    if study_id not in seen:
        seen[study_id] = permits(peer.actor(), "study.find", Thing(study_id, shares_of(work, study_id)))
    return seen[study_id]


def _is_kept(blobs: BlobStore, row: InstanceRow) -> bool:
    """Whether the bytes lie under their key, as many as there were. The nightly look at every byte is another matter. BUSY where the bucket
    does not answer: nothing is known."""
    return bool(row.sha256) and whole.is_there(blobs, row)
