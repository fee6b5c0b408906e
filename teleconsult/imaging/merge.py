"""Two patient numbers are one person: somebody decides it with a reason, and it can be taken back.

No study is rewritten: each keeps the number and the name it came with, so what was signed stays as it was. What a merge changes is
`PatientRow.person_id`: whoever searches by one of the numbers finds the studies of all, and a case may hold them all. Who sees which
study is said by shares alone, which a merge does not touch.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from teleconsult.access import Actor, Thing, permit, permits
from teleconsult.access.queries import site_names
from teleconsult.imaging import facts, identity
from teleconsult.imaging.find_match import wildcard
from teleconsult.imaging.find_typed import spellings
from teleconsult.imaging.tables import PatientRow, StudyRow
from teleconsult.imaging.tables_identity import DecisionRow
from teleconsult.kernel.errors import conflict, invalid
from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work

MOST_TEXT = 2000
_MOST_NUMBERS = 500


def merge(work: Work, actor: Actor, gone_id: str, kept_id: str, reason: str) -> DecisionRow:
    """`gone` is from now on another number of the person `kept`. FORBIDDEN `permit.refused` unless permitted at every hospital that
    gave one of the person's numbers or has studies under them; INVALID `identity.one_person` when that was known, `field.empty`."""
    gone, kept = work.get(PatientRow, gone_id), work.get(PatientRow, kept_id)
    for site_id in concerned(work, (gone, kept)):
        permit(actor, "identity.merge", Thing(site_id=site_id))
    if gone.id == kept.id or (gone.person_id is not None and gone.person_id == kept.person_id):
        raise invalid("identity.one_person", f"{gone_id} and {kept_id} are one person already")
    row = DecisionRow(
        id=new_id(), version=1, verb="merge", conflict_key="", study_id=None, site_id=_site(work, gone, kept), gone_id=gone.id,
        kept_id=kept.id, reason=words(reason), details={}, at=work.now, by_id=actor.id, by_name=actor.name,
    )  # fmt: skip
    draw(work, row)
    return row


def unmerge(work: Work, actor: Actor, decision_id: str, reason: str) -> DecisionRow:
    """Take a merge back: the numbers are as they were. CONFLICT `identity.undone` the second time; the rights of `merge`."""
    row = work.get(DecisionRow, decision_id)
    if row.verb != "merge" or row.gone_id is None or row.kept_id is None:
        raise invalid("identity.no_merge", decision_id)
    both = (work.get(PatientRow, row.gone_id), work.get(PatientRow, row.kept_id))
    for site_id in concerned(work, both):
        permit(actor, "identity.merge", Thing(site_id=site_id))
    undone(work, actor, row, reason)
    erase(work, row)
    return row


def undone(work: Work, actor: Actor, row: DecisionRow, reason: str) -> None:
    """Write down that a decision stands no more, and why. CONFLICT `identity.undone` the second time."""
    if row.undone_at is not None:
        raise conflict("identity.undone", row.id, by=row.undone_by or "")
    work.keep(row, undone_at=work.now, undone_by=actor.name, undone_reason=words(reason))


def draw(work: Work, row: DecisionRow) -> None:
    """Keep the decision and let its two patients be one person."""
    work.add(row)
    _follow(work, row)
    work.record(_fact(work, row))


def erase(work: Work, row: DecisionRow) -> None:
    """Let the two patients of an undone decision be what the other decisions say."""
    _follow(work, row)
    work.record(_fact(work, row))


def words(reason: str) -> str:
    """A reason that says something. INVALID `field.empty`, `field.text`."""
    if not reason.strip():
        raise invalid("field.empty", "reason is empty", field="reason")
    if len(reason) > MOST_TEXT:
        raise invalid("field.text", f"reason: at most {MOST_TEXT} characters", field="reason", most=MOST_TEXT)
    return reason.strip()


def concerned(work: Work, patients: Iterable[PatientRow]) -> tuple[str | None, ...]:
    """The sites that gave a number of these people or made a study under it; None for a number that no hospital gave."""
    rows = [each for patient in patients for each in numbers_of(work, patient)]
    sites = site_names(work)
    made = select(StudyRow.site_id).where(StudyRow.patient_id.in_([row.id for row in rows])).distinct()
    found: set[str | None] = {row.issuer if row.issuer in sites else None for row in rows}
    return tuple(sorted(found | set(work.session.scalars(made)), key=lambda site_id: site_id or ""))


def may_merge(work: Work, actor: Actor, patients: Sequence[PatientRow]) -> bool:
    return all(permits(actor, "identity.merge", Thing(site_id=site_id)) for site_id in concerned(work, patients))


def numbers_of(work: Work, patient: PatientRow) -> tuple[PatientRow, ...]:
    """Every number of the person, this one first."""
    if patient.person_id is None:
        return (patient,)
    same = select(PatientRow).where(PatientRow.person_id == patient.person_id, PatientRow.id != patient.id)
    return (patient, *work.session.scalars(same.order_by(PatientRow.id)))


def are_one(work: Work, patient_id: str, issuer: str, key: str) -> bool:
    """Whether the number `key` of `issuer` is another number of the patient's person."""
    person = select(PatientRow.person_id).where(PatientRow.id == patient_id, PatientRow.person_id.is_not(None))
    other = select(PatientRow.id).where(
        PatientRow.issuer == issuer, PatientRow.key == key, PatientRow.person_id == person.scalar_subquery()
    )
    return work.session.scalars(other).first() is not None


def same_people(work: Work, asked: str) -> list[str]:
    """The patients that are one person with somebody whose number is asked for; none where nobody was merged."""
    return list(work.session.scalars(people_numbered(asked).limit(_MOST_NUMBERS)))


def people_numbered(asked: str) -> Select[str]:
    """`same_people` as a subquery."""
    return _people(wildcard(PatientRow.number, asked))


def people_begun(typed: str) -> Select[str]:
    """The patients that are one person with somebody whose number begins as it was typed, in any of its `spellings`."""
    begun = (func.substr(PatientRow.number, 1, len(word)) == word for word in spellings(typed))
    return _people(or_(*begun))


def _people(numbered: ColumnElement[bool]) -> Select[str]:
    # A range and not `IS NOT NULL`: by it SQLite takes the index of the few that were merged, whatever was asked for.
    merged = select(PatientRow.person_id).where(PatientRow.person_id > "", numbered)
    return select(PatientRow.id).where(PatientRow.person_id.in_(merged))


def standing(work: Work, patient_ids: Iterable[str]) -> tuple[DecisionRow, ...]:
    """The decisions that make these patients one person, oldest first."""
    ids = list(patient_ids)
    lines = select(DecisionRow).where(
        DecisionRow.undone_at.is_(None), or_(DecisionRow.gone_id.in_(ids), DecisionRow.kept_id.in_(ids))
    )
    return tuple(work.session.scalars(lines.order_by(DecisionRow.at, DecisionRow.id)))


def _follow(work: Work, row: DecisionRow) -> None:
    """Let `person_id` of everybody whom the decision concerns say what the decisions that stand say."""
    both = [work.get(PatientRow, str(row.gone_id)), work.get(PatientRow, str(row.kept_id))]
    touched = {each.id for patient in both for each in numbers_of(work, patient)}
    people = identity.people((str(line.gone_id), str(line.kept_id)) for line in standing(work, touched))
    for patient_id in sorted(touched):
        work.session.execute(
            update(PatientRow)
            .where(PatientRow.id == patient_id)
            .values(person_id=people.get(patient_id), version=PatientRow.version + 1),
            execution_options={"synchronize_session": "fetch"},
        )


def _site(work: Work, gone: PatientRow, kept: PatientRow) -> str:
    """Whose decision it is in lists: the hospital of the number that goes, else of the one that stays, else of the latest study."""
    sites = site_names(work)
    made = select(StudyRow.site_id).where(StudyRow.patient_id.in_([gone.id, kept.id])).order_by(StudyRow.id.desc())
    named = [issuer for issuer in (gone.issuer, kept.issuer) if issuer in sites]
    return named[0] if named else work.session.scalars(made.limit(1)).one()


def _fact(work: Work, row: DecisionRow) -> Fact:
    both = (work.get(PatientRow, str(row.gone_id)), work.get(PatientRow, str(row.kept_id)))
    sites = tuple(site_id for site_id in concerned(work, both) if site_id is not None)
    why = row.undone_reason or row.reason
    under = select(StudyRow.id).where(StudyRow.patient_id.in_([each.id for each in both])).order_by(StudyRow.id.desc())
    studies = tuple(work.session.scalars(under.limit(_MOST_NUMBERS)))
    return facts.patients_merged(row.id, row.version, sites, str(row.gone_id), str(row.kept_id), why, studies)


def merges_of(work: Work, site_ids: Iterable[str], limit: int = 100) -> tuple[DecisionRow, ...]:
    """Merges in which a number of these sites took part, latest first, those taken back as well."""
    given = select(PatientRow.id).where(PatientRow.issuer.in_(sorted(site_ids)))
    found = select(DecisionRow).where(
        DecisionRow.verb == "merge", or_(DecisionRow.gone_id.in_(given), DecisionRow.kept_id.in_(given))
    )
    return tuple(
        work.session.scalars(found.order_by(func.coalesce(DecisionRow.undone_at, DecisionRow.at).desc()).limit(limit))
    )
