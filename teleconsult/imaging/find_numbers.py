"""The other patient numbers of a merged person, for who asks about one of them (PS3.3 C.2.3, Other Patient IDs Sequence)."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from teleconsult.access import Actor, visible
from teleconsult.imaging.tables import PatientRow, StudyRow
from teleconsult.records.work import Work


class Number(NamedTuple):
    """A patient number and who gave it."""

    number: str
    issuer: str


def other_numbers(work: Work, actor: Actor, patient_ids: Collection[str]) -> Mapping[str, tuple[Number, ...]]:
    """By patient, in their order. One read. Only numbers under which the actor may find a study, so that a merge shows nobody more;
    and those under which no study lies, because their objects were filed into this patient's: to who finds this one they are its
    hospital's, or their own, other name for it."""
    asked, other = aliased(PatientRow), aliased(PatientRow)
    verb = "study.find" if actor.kind == "peer" else "study.see"
    findable = select(StudyRow.id).where(
        StudyRow.patient_id == other.id, StudyRow.instance_count > 0, visible(StudyRow.id, actor, work.now, verb)
    )
    bare = and_(
        ~select(StudyRow.id).where(StudyRow.patient_id == other.id).exists(),
        or_(other.issuer == asked.issuer, other.issuer == (actor.site_id or "")),
    )
    query = (
        select(asked.id, other.number, other.issuer)
        .join(other, and_(other.person_id == asked.person_id, other.id != asked.id))
        .where(asked.id.in_(sorted(set(patient_ids))), or_(findable.exists(), bare))
        .order_by(asked.id, other.number, other.issuer)
    )
    found: dict[str, tuple[Number, ...]] = {}
    for patient_id, number, issuer in work.session.execute(query):
        found[patient_id] = (*found.get(patient_id, ()), Number(number, issuer))
    return found
