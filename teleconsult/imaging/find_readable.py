"""Which of the studies that somebody found they may also look into."""

from collections.abc import Collection

from sqlalchemy import select

from teleconsult.access import Actor, visible
from teleconsult.imaging.tables import StudyRow
from teleconsult.records.work import Work


def readable(work: Work, actor: Actor, study_ids: Collection[str]) -> frozenset[str]:
    """Those of the studies whose images the actor may see, or a peer fetch. One read."""
    verb = "study.retrieve" if actor.kind == "peer" else "study.images"
    allowed = visible(StudyRow.id, actor, work.now, verb)
    return frozenset(work.session.scalars(select(StudyRow.id).where(StudyRow.id.in_(sorted(set(study_ids))), allowed)))
