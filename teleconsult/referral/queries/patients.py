"""The person a case is about, as its latest study names them; and how a case is found by them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, exists, or_, select
from sqlalchemy.orm import aliased

from teleconsult.imaging.find_names import alike as same_name
from teleconsult.imaging.find_typed import begins, called, plain
from teleconsult.imaging.queries import patient_numbered
from teleconsult.imaging.tables import PatientRow, StudyNameRow, StudyRow
from teleconsult.records.work import Work
from teleconsult.referral.tables import CaseRow


@dataclass(frozen=True, slots=True)
class Named:
    """A person or a site, as screens name it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Patient:
    """`doubtful`: the name is a guess of the character set, or differs between studies of one number."""

    id: str
    name: str
    doubtful: bool
    sex: str
    age: str
    birth_date: str
    patient_id: str


def patient_of(study: StudyRow) -> Patient:
    return Patient(
        id=study.patient_id, name=study.name_shown, doubtful=study.in_doubt, sex=study.sex,
        age=study.age, birth_date=study.birth_date, patient_id=study.patient_number,
    )  # fmt: skip


def latest_study_id() -> ScalarSelect[Any]:
    """The patient's latest study, of the case in the statement around it."""
    newer = aliased(StudyRow)
    found = select(newer.id).where(newer.patient_id == CaseRow.patient_id)
    return found.order_by(newer.arrived_at.desc(), newer.id.desc()).limit(1).correlate(CaseRow).scalar_subquery()


def matches(q: str) -> ColumnElement[bool]:
    """The cases whose number begins so, or whose patient's name (in any writing, pinyin, initials) or any number does."""
    word = q.replace("\0", "").encode("utf-8", "ignore").decode().strip()
    known = aliased(StudyRow)
    named = exists().where(
        known.patient_id == CaseRow.patient_id, StudyNameRow.study_id == known.id, called(StudyNameRow.key, word)
    )
    return or_(begins(CaseRow.number, plain(word).upper()), patient_numbered(CaseRow.patient_id, word), named)


def same_person(work: Work, patient_id: str, study_id: str) -> bool:
    """Whether a study is of this patient: the same number of the same issuer, numbers that somebody merged, or name, birth date and sex
    alike."""
    study = work.get(StudyRow, study_id)
    if study.patient_id == patient_id:
        return True
    known, other = work.get(PatientRow, patient_id), work.get(PatientRow, study.patient_id)
    if known.person_id is not None and known.person_id == other.person_id:
        return True
    alike = known.birth_date and (known.birth_date, known.sex) == (study.birth_date, study.sex)
    return bool(alike) and same_name(known.name, study.name)
