"""Who looked at what: opening images and taking objects away is recorded."""

from datetime import timedelta

from teleconsult.access import Actor, permit_study
from teleconsult.imaging import facts
from teleconsult.records import journal
from teleconsult.records.work import Work

AGAIN_AFTER = timedelta(minutes=10)


def images_opened(work: Work, actor: Actor, study_id: str) -> None:
    """Record that a person opened a study's images; the same person again only after ten minutes."""
    permit_study(work, actor, "study.images", study_id)
    at = journal.last_at(work, study_id, "ImagesOpened", actor.id)
    if at is None or work.now - at > AGAIN_AFTER:
        work.record(facts.images_opened(study_id))


def object_taken(work: Work, actor: Actor, study_id: str, sop_uid: str) -> None:
    """Record that a person downloaded an object, or that a hospital's system fetched it."""
    permit_study(work, actor, "study.retrieve" if actor.kind == "peer" else "study.export", study_id)
    work.record(facts.object_taken(study_id, sop_uid))
