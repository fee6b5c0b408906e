"""What a sender says of a whole study: that it is urgent, how many objects it has of it, and that this is all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update

from teleconsult.imaging.expected import come, counted, expect
from teleconsult.imaging.expected_senders import SO_FAR, source_of
from teleconsult.imaging.ingest_sender import Sender
from teleconsult.imaging.lifecycle import RECEIVING
from teleconsult.imaging.line_check import is_test
from teleconsult.imaging.quarantine import IDENTITY
from teleconsult.imaging.tables import QuarantineRow, StudyRow
from teleconsult.imaging.tables_orders import ExpectedRow
from teleconsult.records.work import Store, Work

_BELOW: Final = {"STAT": ("ROUTINE", "URGENT"), "URGENT": ("ROUTINE",), "ROUTINE": ()}
_SENDER: Final = "sender"


@dataclass(frozen=True, slots=True)
class Ended:
    """What is here of a study that its sender calls complete. `agreed`: all that was declared, so nothing is waited for any more."""

    agreed: bool
    instances: int
    study_id: str | None


@dataclass(frozen=True, slots=True)
class Left:
    """What of a study its sender could not bring: so many `objects`, those of them that are `named` by UID, which may be here nevertheless.
    `home`: of which of several gateways with one token."""

    objects: int
    named: Sequence[str] = ()
    home: str = ""


def raise_priority(work: Work, study_id: str, priority: str, site_id: str) -> None:
    """Make the study of this site as urgent as its sender says, never less urgent. Only while it is received: later there is a task."""
    if below := _BELOW[priority]:
        work.session.execute(
            update(StudyRow)
            .where(
                StudyRow.id == study_id, StudyRow.site_id == site_id,
                StudyRow.state == RECEIVING, StudyRow.priority.in_(below),
            )
            .values(priority=priority),
            execution_options={"synchronize_session": False},
        )  # fmt: skip


def sends(store: Store, sender: Sender, home: str, counts: Mapping[str, int]) -> None:
    """The sender is about to send, or has sent, so many objects of each of these studies, by its UID. `home`: of which of several gateways
    with one token. It holds until `end_of_study`; said again, the larger number counts. Costs a reading where nothing is new."""
    source = _so_far(sender, home)
    counts = {uid: count for uid, count in counts.items() if not is_test(uid)}
    with store.read(sender.actor()) as work:
        known = {uid: _counts(work, sender, uid, source) for uid in counts}
    if all(known[uid] >= count for uid, count in counts.items()):
        return
    with store.work(sender.actor()) as work:
        for uid, count in counts.items():
            if _counts(work, sender, uid, source) < count:
                expect(work, sender.site_id, uid, source, count)


def end_of_study(work: Work, sender: Sender, study_uid: str, instances: int, left: Left | None = None) -> Ended:
    """The sender has sent all `instances` of the study, but for what is `left`. Where the others are here it settles at the next look; else
    the quiet time goes on.

    What is still missing then is expected: the study settles as soon as it has come, and says so until then. Without `left` (an older
    sender) that is told from the number of instances. A study of another site is answered as one that is not here. Repeats safely.
    """
    found = work.session.execute(
        select(StudyRow.id, StudyRow.instance_count).where(
            StudyRow.study_uid == study_uid, StudyRow.site_id == sender.site_id
        )
    ).first()
    if found is None:
        return Ended(False, 0, None)
    if left is None:
        lacking = instances if found.instance_count < instances else 0
        if lacking:
            expect(work, sender.site_id, study_uid, _SENDER, lacking)
    else:
        lacking = _told(work, sender, study_uid, found.id, instances, left)
    if not lacking:
        work.session.execute(
            update(StudyRow)
            .where(StudyRow.id == found.id, StudyRow.state == RECEIVING, StudyRow.settle_at > work.now)
            .values(settle_at=work.now),
            execution_options={"synchronize_session": False},
        )
    return Ended(not lacking, found.instance_count, found.id)


def _told(work: Work, sender: Sender, study_uid: str, study_id: str, instances: int, left: Left) -> int:
    """Put in the place of what was said so far what is known at the end; how many objects the study should have, 0 where it has them.

    A person who sends a part of a study takes nothing back of what was said of the whole of it. A gateway knows what it holds.
    """
    source, so_far = f"{_SENDER}:{left.home}" if sender.id else _SENDER, _so_far(sender, left.home)
    here, names = counted(work, study_id), sorted(set(left.named))
    should = here + max(left.objects - come(work, study_id, names), 0)
    if sender.id:
        should += _apart(work, sender, study_uid, names)
    else:
        before = _counts(work, sender, study_uid, so_far)
        should = max(should, before if before > instances else 0, _counts(work, sender, study_uid, source))
    earlier = f"{SO_FAR}{left.home or sender.id}"  # as it was written before it named the peer
    gone = (so_far, earlier) if should > here else (so_far, earlier, source)
    work.session.execute(delete(ExpectedRow).where(*_same(sender, study_uid), ExpectedRow.source.in_(gone)))
    if should <= here:
        return 0
    expect(work, sender.site_id, study_uid, source, should)
    return should


def _apart(work: Work, sender: Sender, study_uid: str, named: Sequence[str]) -> int:
    """How many objects of the study that came from this gateway wait for somebody to decide whose they are, besides those it has `named`."""
    waiting = select(func.count(QuarantineRow.sop_uid.distinct())).where(
        QuarantineRow.study_uid == study_uid, QuarantineRow.site_id == sender.site_id, QuarantineRow.peer_id == sender.id,
        QuarantineRow.state == "open", QuarantineRow.reason == IDENTITY, QuarantineRow.sop_uid.not_in(named),
    )  # fmt: skip
    return work.session.scalar(waiting) or 0


def _so_far(sender: Sender, home: str) -> str:
    return source_of(sender.id, home) if sender.id else f"{SO_FAR}{home or sender.actor().id}"


def _same(sender: Sender, study_uid: str) -> tuple[ColumnElement[bool], ...]:
    return ExpectedRow.site_id == sender.site_id, ExpectedRow.study_uid == study_uid


def _counts(work: Work, sender: Sender, study_uid: str, source: str) -> int:
    """What stands there from this source; 0 where nothing does."""
    count = select(ExpectedRow.count).where(*_same(sender, study_uid), ExpectedRow.source == source)
    return work.session.scalar(count) or 0
