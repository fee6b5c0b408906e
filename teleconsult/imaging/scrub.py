"""Every stored object's bytes are looked at again: read, hashed, compared with what the index says. Nothing is ever deleted here; what is
altered is moved out of the way (`scrub_damaged`), so that nobody is shown it, and a repeat of the object brings the right bytes.

A round goes through all instances, then what lies in quarantine, then the files themselves for those that nothing points to. Where it is
stands in its row, so a round that was interrupted goes on; two at once stop each other by the row's version. How fast it reads is bounded.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from errno import EIO
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, select

from teleconsult.access import audience
from teleconsult.imaging import facts, scrub_damaged, scrub_healed
from teleconsult.imaging.part10 import read_part10
from teleconsult.imaging.tables import InstanceRow, QuarantineRow, SeriesRow, StudyRow
from teleconsult.imaging.tables_identity import ScrubFindingRow, ScrubRow
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.kernel.values import Json, new_id
from teleconsult.records.blobs import BlobStore
from teleconsult.records.insert import insert_new
from teleconsult.records.work import By, Store, Work

MISSING, ALTERED, ORPHAN = "missing", "altered", "orphan"
MOST_TOLD: Final = 100
"""Findings of a round that are facts of their own; all are in its list."""
YOUNG: Final = 3600.0
"""Seconds in which a file may still be waiting for its place in the index."""
UNREADABLE: Final = "unreadable"
"""In the place of a digest: a bad sector."""
_BATCH, _CHUNK, _HEAD = 20, 1 << 20, 1 << 16
_FOLDERS = "0123456789abcdef"


@dataclass(slots=True)
class Pace:
    """At most `per_second` bytes; 0: as fast as it goes. `sleep` waits, and may be told to end by whoever gave it."""

    per_second: int = 0
    sleep: Callable[[float], object] = time.sleep
    read: int = 0
    _since: float = field(default_factory=time.monotonic)

    def spent(self, size: int) -> None:
        """So many bytes were read: wait as long as they should have taken."""
        self.read += size
        if self.per_second:
            ahead = self.read / self.per_second - (time.monotonic() - self._since)
            if ahead > 0:
                self.sleep(ahead)


Wrong = dict[str, tuple[int, int]]
"""Files that are there and are not right, by their keys: how large, and when they were written."""


class _Kept(NamedTuple):
    """What the index says of one file."""

    id: str
    blob_key: str
    sha256: str
    size: int
    offset: int
    study_id: str | None
    sop_uid: str


class _Found(NamedTuple):
    kind: str
    kept: _Kept
    digest: str


def begun(store: Store, by: By) -> str:
    """The round that is under way, or a new one."""
    with store.work(by) as work:
        row = under_way(work)
        if row is None:
            row = ScrubRow(
                id=new_id(), version=1, started_at=work.now, ended_at=None, stage="instances", reached="", objects=0, bytes=0, millis=0,
                findings=0,
            )  # fmt: skip
            work.add(row)
        return row.id


def under_way(work: Work) -> ScrubRow | None:
    return work.session.scalars(
        select(ScrubRow).where(ScrubRow.ended_at.is_(None)).order_by(ScrubRow.started_at).limit(1)
    ).one_or_none()


def latest(work: Work) -> ScrubRow | None:
    return work.session.scalars(select(ScrubRow).order_by(ScrubRow.started_at.desc()).limit(1)).one_or_none()


def go_on(store: Store, blobs: BlobStore, by: By, round_id: str, pace: Pace) -> bool:
    """Look at the next few files of the round; False when it has ended. CONFLICT `version.stale` when somebody else is at it."""
    with store.read(by) as work:
        row = work.get(ScrubRow, round_id)
        if row.stage == "done":
            return False
        batch = list(_next(work, row))
    began, read = time.monotonic(), pace.read
    if row.stage == "files":
        found, looked, reached = list(_orphans(store, blobs, by, row.reached)), 0, row.reached + "+"
    else:
        found = [each for kept in batch for each in _looked_at(blobs, kept, pace)]
        looked, reached = len(batch), batch[-1].id if batch else ""
    with store.work(by) as work:
        current = work.get(ScrubRow, round_id)
        work.session.refresh(current)
        if current.version != row.version:
            raise Refused(Meaning.CONFLICT, "version.stale", "somebody else is at this round")
        _note(work, current, found)
        spent = int((time.monotonic() - began) * 1000)
        _advance(work, current, reached, looked, pace.read - read, spent, len(found))
        return current.stage != "done"


def run(store: Store, blobs: BlobStore, by: By, pace: Pace) -> str:
    """One round to its end; its id."""
    round_id = begun(store, by)
    while go_on(store, blobs, by, round_id, pace):
        pass
    return round_id


def look_again(store: Store, blobs: BlobStore, by: By, pace: Pace, after: str, wrong: Wrong) -> str:
    """Look for what was found and is there again, and say that it is right (`scrub_healed.healed`): the next few findings `after` one; the last
    of them, or "" where there are no more. What is there and is not right is noted in `wrong`, and not read again before it is written anew."""
    with store.read(by) as work:
        batch = scrub_healed.open_findings(work, after)
    right = [each.blob_key for each in batch if blobs.exists(each.blob_key) and _is_right(blobs, each, pace, wrong)]
    if right:
        with store.work(by) as work:
            scrub_healed.healed(work, right)
    return batch[-1].id if batch else ""


def _is_right(blobs: BlobStore, found: scrub_healed.Open, pace: Pace, wrong: Wrong) -> bool:
    written = _written(blobs, found.blob_key)
    if wrong.get(found.blob_key) == written:
        return False
    blobs.uncached(found.blob_key)
    if _digest(blobs, found.blob_key, 0, pace) == found.expected:
        return True
    wrong[found.blob_key] = written
    return False


def _written(blobs: BlobStore, key: str) -> tuple[int, int]:
    """Size and time of a file, as far as it lies on this machine; of an object in a bucket its size alone."""
    path = blobs.path(key)
    if path is None:
        return blobs.size(key), 0
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def rounds(work: Work, limit: int = 30) -> Sequence[ScrubRow]:
    """Latest first. Permits nothing."""
    return work.session.scalars(select(ScrubRow).order_by(ScrubRow.started_at.desc()).limit(limit)).all()


def findings(work: Work, round_id: str, limit: int = 500) -> Sequence[ScrubFindingRow]:
    """What a round found, worst first. Permits nothing."""
    of_round = select(ScrubFindingRow).where(ScrubFindingRow.scrub_id == round_id)
    return work.session.scalars(
        of_round.order_by(ScrubFindingRow.kind == ORPHAN, ScrubFindingRow.id).limit(limit)
    ).all()


def studies_of(work: Work, found: Sequence[ScrubFindingRow]) -> dict[str, StudyRow]:
    """The studies of findings by their ids. Permits nothing."""
    ids = {each.study_id for each in found if each.study_id is not None}
    return {row.id: row for row in work.session.scalars(select(StudyRow).where(StudyRow.id.in_(ids)))}


def _next(work: Work, row: ScrubRow) -> Iterator[_Kept]:
    queries: dict[str, Select[*tuple[Any, ...]]] = {
        "instances": select(
            InstanceRow.id, InstanceRow.blob_key, InstanceRow.sha256, InstanceRow.size, InstanceRow.dataset_offset,
            InstanceRow.study_id, InstanceRow.sop_uid,
        ).where(InstanceRow.id > row.reached).order_by(InstanceRow.id),
        "quarantine": select(
            QuarantineRow.id, QuarantineRow.blob_key, QuarantineRow.sha256, QuarantineRow.size, QuarantineRow.dataset_offset,
            QuarantineRow.study_id, QuarantineRow.sop_uid,
        ).where(QuarantineRow.id > row.reached, QuarantineRow.blob_key.is_not(None)).order_by(QuarantineRow.id),
    }  # fmt: skip
    if row.stage in queries:
        for found in work.session.execute(queries[row.stage].limit(_BATCH)):
            yield _Kept(*found)


def _looked_at(blobs: BlobStore, kept: _Kept, pace: Pace) -> Iterator[_Found]:
    def digest_of(key: str) -> str | None:
        return _digest(blobs, key, kept.offset, pace)

    digest = digest_of(kept.blob_key)
    if digest == kept.sha256:
        return
    how = scrub_damaged.put_back if digest is None else scrub_damaged.removed
    digest = how(blobs, kept.blob_key, kept.sha256, digest_of)
    if digest is not None:
        yield _Found(ALTERED if digest else MISSING, kept, digest)


def _digest(blobs: BlobStore, key: str, offset: int, pace: Pace) -> str | None:
    """SHA-256 of the data set as it lies there; None where nothing does, UNREADABLE where the disk cannot read it. Where it begins is the
    file's own to say."""
    sha = hashlib.sha256()
    try:
        with blobs.open(key) as source:
            head = source.read(_HEAD)
            try:
                start = read_part10(head).dataset_offset
            except Refused:
                start = offset
            sha.update(head[start:])
            source.seek(max(start, len(head)))
            pace.spent(len(head))
            while chunk := source.read(_CHUNK):
                sha.update(chunk)
                pace.spent(len(chunk))
    except Refused as refused:
        if refused.meaning is Meaning.ABSENT:
            return None
        raise
    except OSError as error:
        if error.errno != EIO:
            raise
        return UNREADABLE
    return sha.hexdigest()


def _orphans(store: Store, blobs: BlobStore, by: By, reached: str) -> Iterator[_Found]:
    """Files of one sixteenth of the store that no row points to, as far as they are old enough and lie on this machine.

    Listed before the rows are read: what comes meanwhile is young.
    """
    digit, now = _FOLDERS[len(reached)], store.clock.now().timestamp()
    keys = [
        f"dicom/{folder}/{name}"
        for folder in sorted(blobs.names("dicom"))
        if folder.startswith(digit)
        for name in blobs.names(f"dicom/{folder}")
    ]
    if not keys:
        return
    beginning, end = f"dicom/{digit}", f"dicom/{chr(ord(digit) + 1)}"
    with store.read(by) as work:
        known = {
            key
            for kind in (InstanceRow, QuarantineRow)
            for key in work.session.scalars(
                select(kind.blob_key).where(kind.blob_key >= beginning, kind.blob_key < end)
            )
        }
    for key in keys:
        path = blobs.path(key) if key not in known else None
        if path is None:
            continue
        found = path.stat()
        if now - found.st_mtime > YOUNG:
            yield _Found(ORPHAN, _Kept("", key, "", found.st_size, 0, None, ""), "")


def _note(work: Work, row: ScrubRow, found: Sequence[_Found]) -> None:
    for place, (kind, kept, digest) in enumerate(found):
        values = {
            "id": new_id(), "scrub_id": row.id, "kind": kind, "blob_key": kept.blob_key, "study_id": kept.study_id, "sop_uid": kept.sop_uid,
            "expected": kept.sha256, "found": digest, "size": kept.size, "at": work.now,
        }  # fmt: skip
        news = insert_new(work.session, ScrubFindingRow, values, "scrub_id", "blob_key")
        if news and kind != ORPHAN and row.findings + place < MOST_TOLD:
            sites = audience(work, kept.study_id) if kept.study_id else ()
            image = _numbers(work, kept)
            work.record(facts.bytes_found_bad(row.id, kind, kept.blob_key, kept.study_id, sites, image))


def _numbers(work: Work, kept: _Kept) -> dict[str, Json]:
    """By which people find an image in its study; none for what is not shown there."""
    named = select(SeriesRow.number.label("series_number"), InstanceRow.number.label("instance_number"))
    named = named.join(SeriesRow, SeriesRow.id == InstanceRow.series_id)
    found = work.session.execute(
        named.where(InstanceRow.sop_uid == kept.sop_uid, InstanceRow.blob_key == kept.blob_key)
    )
    return {key: value for row in found.mappings() for key, value in row.items() if value is not None}


_AFTER = {"instances": "quarantine", "quarantine": "files", "files": "done"}


def _advance(work: Work, row: ScrubRow, reached: str, looked: int, read: int, millis: int, found: int) -> None:
    """The next stage where this one is through."""
    through = len(reached) == len(_FOLDERS) if row.stage == "files" else not looked
    stage = _AFTER[row.stage] if through else row.stage
    work.keep(
        row, stage=stage, reached="" if through else reached, objects=row.objects + looked, bytes=row.bytes + read,
        millis=row.millis + millis, findings=row.findings + found, ended_at=work.now if stage == "done" else None,
    )  # fmt: skip
    if stage == "done":
        work.record(facts.scrub_ended(row.id, row.version, row.objects, row.findings))
        scrub_healed.round_ended(work, row)
