"""When a study counts as complete: all that was expected is here, or nothing came for its quiet time (`StudySettled`); then its previews are made (`StudyPrepared`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, case, literal, or_, select, update

from teleconsult.access import Role, audience, notify, overtake
from teleconsult.imaging.expected import Lacking, lacking, settle_met
from teleconsult.imaging.expected_patience import is_awaited, settle_overdue
from teleconsult.imaging.facts import late_images_arrived, study_prepared, study_settled
from teleconsult.imaging.lifecycle import RECEIVING, SETTLED, STUDY
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.kernel.values import Json
from teleconsult.records import journal
from teleconsult.records.schema import Instant
from teleconsult.records.work import Work

LACKING: Final = "study.lacking"
"""The notice that objects of a study are missing which somebody has announced."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """How long nothing may come until a study counts as complete, in seconds."""

    seconds: float = 60.0
    stat_seconds: float = 20.0

    def until(self, now: datetime, priority: str) -> datetime:
        return now + timedelta(seconds=self.stat_seconds if priority == "STAT" else self.seconds)


USUAL_QUIET = Quiet()


def sweep(work: Work, now: datetime, limit: int = 100) -> int:
    """Settle the studies that have all they were expected to hold, and those whose quiet time is over; how many. Repeats safely, also
    beside another sweeper. A study that lacks objects which a step lists is waited for longer than the quiet time (`is_awaited`), and one
    whose images come so slowly that they never leave a quiet time is opened with what it has (`settle_overdue`).

    A study that had been prepared before has late images: `LateImagesArrived` beside its `StudySettled`. One that is known to be incomplete
    says so, and the technologists of its hospital are told once; that is overtaken when the rest has come.
    """
    settle_met(work, now)
    settle_overdue(work, now)
    due = (
        select(StudyRow.id)
        .where(StudyRow.state == RECEIVING, StudyRow.settle_at <= now, ~is_awaited(now))
        .order_by(StudyRow.settle_at)
        .limit(limit)
    )
    settled = [study_id for study_id in work.session.scalars(due).all() if _settle(work, study_id, now)]
    return len(settled)


def _settle(work: Work, study_id: str, now: datetime) -> bool:
    """False when an image came in the meantime, or another sweeper was here."""
    found = work.session.execute(
        update(StudyRow)
        .where(StudyRow.id == study_id, StudyRow.state == RECEIVING, StudyRow.settle_at <= now)
        .values(state=STUDY.step(RECEIVING, "settle"), version=StudyRow.version + 1)
        .returning(StudyRow.version, StudyRow.instance_count, StudyRow.prepared_at),
        execution_options={"synchronize_session": False},
    ).first()
    if found is None:
        return False
    version, instances, prepared_at = found
    sites, late = audience(work, study_id), prepared_at is not None and not _only_hidden(work, study_id, prepared_at)
    less = lacking(work, [study_id]).get(study_id)
    counted = (less.here, less.expected) if less else None
    work.record(study_settled(study_id, version, sites, instances, late, counted))
    if late:
        work.record(late_images_arrived(study_id, version, sites, instances))
    _tell(work, study_id, less)
    return True


def _tell(work: Work, study_id: str, less: Lacking | None) -> None:
    """Nobody must wait for images that never come: whoever has looked after it may put the notice away."""
    if less is not None:
        site_id, name = work.session.execute(
            select(StudyRow.site_id, StudyRow.name_shown).where(StudyRow.id == study_id)
        ).one()
        params: dict[str, Json] = {"name": name, "here": less.here, "expected": less.expected}
        notify(work, f"lacking:{study_id}", site_id, (Role.TECHNOLOGIST,), LACKING, study_id, params)
    elif any("expected" in fact.details for fact in journal.of_subject(work, "study", study_id, "StudySettled")):
        overtake(work, study_id, (LACKING,))


def prepared(work: Work, study_id: str, settled_as: int, problems: int = 0) -> None:
    """Say that manifest, metadata and previews are made of what was there at version `settled_as`. For the `prepare` job, after they are.

    Repeats safely: a study that is prepared already stays so and nothing is announced again. If an image came while the
    job was at it, the study stays receiving, and will settle and be prepared once more; if it has settled again by now,
    the job of that settling is the one to say so, for only its pictures are complete. What is shown only ever moves to a later
    version, whichever of two preparations ends last. ABSENT `study.absent`.
    """
    work.get(StudyRow, study_id)
    show(work, study_id, settled_as)
    complete = and_(StudyRow.state == SETTLED, StudyRow.version == settled_as)
    version = work.session.execute(
        update(StudyRow)
        .where(StudyRow.id == study_id, or_(complete, StudyRow.state == RECEIVING))
        .values(
            state=case((StudyRow.state == SETTLED, STUDY.step(SETTLED, "prepare")), else_=StudyRow.state),
            prepared_at=work.now,
            version=StudyRow.version + 1,
        )
        .returning(StudyRow.version),
        execution_options={"synchronize_session": False},
    ).scalar_one_or_none()
    if version is not None:
        work.record(study_prepared(study_id, version, audience(work, study_id), problems))


def show(work: Work, study_id: str, version: int) -> None:
    """Compare and set which version is shown. Whatever loses, the one before or this one, is stale from now on."""
    unknown = and_(StudyRow.shown_version.is_(None), StudyRow.prepared_at.is_not(None))
    work.session.execute(
        update(StudyRow)
        .where(StudyRow.id == study_id)
        .values(
            shown_version=case((StudyRow.shown_version > version, StudyRow.shown_version), else_=version),
            stale_since=case(
                (or_(StudyRow.shown_version != version, unknown), literal(work.now, Instant())),
                else_=StudyRow.stale_since,
            ),
        ),
        execution_options={"synchronize_session": False},
    )


def _only_hidden(work: Work, study_id: str, since: datetime) -> bool:
    """Whether all that came since then is shown to nobody: a rejection note brings no late image."""
    came = select(InstanceRow.rejected).where(InstanceRow.study_id == study_id, InstanceRow.arrived_at > since)
    codes = work.session.scalars(came.limit(1000)).all()
    return bool(codes) and all(code is not None for code in codes)
