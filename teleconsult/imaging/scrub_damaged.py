"""Bytes that were found altered, out of the way: below `damaged/` of the store, where they are a missing file to everybody but this.

What is missing is nowhere shown, sent or answered for, and a repeat brings it back. Nothing is deleted before the same bytes, proved to be
right, are safe in their place. Each step may be the last before a power cut: what the next look finds, it goes on with.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from sqlalchemy import case, func, select

from teleconsult.imaging.rejection import shown
from teleconsult.imaging.tables import InstanceRow
from teleconsult.imaging.tables_identity import ScrubFindingRow, ScrubRow
from teleconsult.kernel.errors import Refused
from teleconsult.records.blobs import BlobStore, aside
from teleconsult.records.work import Work

LOG = logging.getLogger(__name__)
MOST_LOOKED_AT: Final = 200
"""Files of one page of a list that are looked for: a bucket takes its time over each."""
_ROUNDS = 2  # the one under way, and the one before, which has seen everything
Digest = Callable[[str], str | None]
"""SHA-256 of the data set that lies under a key; None where nothing does."""


def removed(blobs: BlobStore, key: str, expected: str, digest_of: Digest) -> str | None:
    """Look again at what was found altered, and move it out of the way; its digest, or None where nothing is wrong (any more).

    What cannot be moved (a disk that takes nothing more) is found altered all the same.
    """
    blobs.uncached(key)
    digest = digest_of(key)
    if digest == expected:
        LOG.warning("%s was read wrongly once, and is sound", key)
        return None
    if digest is None:
        return put_back(blobs, key, expected, digest_of)
    try:
        there = blobs.set_aside(key)
    except (OSError, Refused) as error:
        LOG.error("%s is altered and could not be moved out of the way: %s", key, error)
        return digest
    LOG.warning("%s is altered, and lies under %s now", key, there)
    # The good bytes may have come a moment before the move: they go back at once.
    return put_back(blobs, key, expected, digest_of)


def put_back(blobs: BlobStore, key: str, expected: str, digest_of: Digest) -> str | None:
    """With nothing under `key`: bring the bytes back if they lie aside and are right. Else the digest of what lies aside, "" for nothing;
    None where `key` is sound."""
    found = ""
    for there in _aside(blobs, key):
        blobs.uncached(there)
        found = digest_of(there) or found
        path = blobs.path(there) if found == expected and not blobs.exists(key) else None
        if path is not None:
            blobs.link(path, key)
            blobs.settle()
            if digest_of(key) == expected:
                blobs.delete(there)
                LOG.warning("%s is right again, and back in its place", key)
                return None
    return None if digest_of(key) == expected else found


def damaged(work: Work, blobs: BlobStore, study_id: str) -> int:
    """How many objects of a study were found missing or altered and have not come back. Permits nothing."""
    return len(damaged_uids(work, blobs, study_id))


def damaged_uids(work: Work, blobs: BlobStore, study_id: str) -> frozenset[str]:
    """The SOP Instance UIDs of those objects. Permits nothing."""
    return frozenset(one.sop_uid for one in _found(work, [study_id]) if _is_gone(blobs, one.key))


def damaged_in(work: Work, blobs: BlobStore, study_ids: Sequence[str]) -> dict[str, int]:
    """How many objects of each of these studies were found missing or altered and have not come back; studies without any are left out.
    Permits nothing.

    One statement for all of them. Where more than `MOST_LOOKED_AT` were found, the rest counts as the relay has noted it, which looks at
    what was found again and again (`scrub_healed`).
    """
    counted = Counter[str]()
    for place, one in enumerate(_found(work, study_ids)):
        counted[one.study_id] += _is_gone(blobs, one.key) if place < MOST_LOOKED_AT else one.is_open
    return dict(+counted)


class _Found(NamedTuple):
    study_id: str
    sop_uid: str
    key: str
    is_open: bool


def _found(work: Work, study_ids: Sequence[str]) -> Sequence[_Found]:
    """What the latest rounds found, each file once. By the rounds, which mostly found nothing: a study's objects may be thousands."""
    latest = select(ScrubRow.id).order_by(ScrubRow.started_at.desc()).limit(_ROUNDS)
    which = (ScrubFindingRow.study_id, ScrubFindingRow.sop_uid, ScrubFindingRow.blob_key)
    found = (
        select(*which, func.max(case((ScrubFindingRow.healed_at.is_(None), 1), else_=0)))
        .join(InstanceRow, InstanceRow.sop_uid == ScrubFindingRow.sop_uid)
        .where(ScrubFindingRow.scrub_id.in_(latest), ScrubFindingRow.study_id.in_(study_ids))
        .where(InstanceRow.blob_key == ScrubFindingRow.blob_key, shown())
        .group_by(*which)
    )
    rows = work.session.execute(found).all()
    return [_Found(str(study_id), sop_uid, key, bool(is_open)) for study_id, sop_uid, key, is_open in rows]


def _is_gone(blobs: BlobStore, key: str) -> bool:
    try:
        return not blobs.exists(key)
    except Refused:  # the bucket does not answer: what was found holds
        return True


def _aside(blobs: BlobStore, key: str) -> Iterator[str]:
    return takewhile(blobs.exists, aside(key))
