"""What a sender says of a whole study: that it is urgent, and that it is complete."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, update

from teleconsult.imaging.expected import expect
from teleconsult.imaging.ingest_sender import Sender
from teleconsult.imaging.lifecycle import RECEIVING
from teleconsult.imaging.tables import StudyRow
from teleconsult.records.work import Work

_BELOW: Final = {"STAT": ("ROUTINE", "URGENT"), "URGENT": ("ROUTINE",), "ROUTINE": ()}


@dataclass(frozen=True, slots=True)
class Ended:
    """What is here of a study that its sender calls complete. `agreed`: all that was declared, so nothing is waited for any more."""

    agreed: bool
    instances: int
    study_id: str | None


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


def end_of_study(work: Work, sender: Sender, study_uid: str, instances: int) -> Ended:
    """The sender has sent all `instances` of the study. Where as many are here, it settles at the next look; else the quiet time goes on.

    What is still missing then is expected: the study settles as soon as it has come. A study of another site is answered as one that is
    not here. Repeats safely.
    """
    found = work.session.execute(
        select(StudyRow.id, StudyRow.instance_count).where(
            StudyRow.study_uid == study_uid, StudyRow.site_id == sender.site_id
        )
    ).first()
    if found is None:
        return Ended(False, 0, None)
    agreed = instances >= 1 and found.instance_count >= instances
    if instances >= 1 and not agreed:
        expect(work, sender.site_id, study_uid, "sender", instances)
    if agreed:
        work.session.execute(
            update(StudyRow)
            .where(StudyRow.id == found.id, StudyRow.state == RECEIVING, StudyRow.settle_at > work.now)
            .values(settle_at=work.now),
            execution_options={"synchronize_session": False},
        )
    return Ended(agreed, found.instance_count, found.id)
