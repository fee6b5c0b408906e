"""Whether an arrived study answers an ordered examination. Pure.

Certain are only two ways: the accession number together with the patient's number and its issuer, or the study UID that the worklist gave
out together with the patient's number. Whatever contradicts (name, sex, date of birth) makes it uncertain, and a person has to look.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from teleconsult.imaging import find_names
from teleconsult.imaging.orders_lifecycle import CANCELLED
from teleconsult.imaging.person import Named, contradict

CLOSE: Final = timedelta(hours=24)
"""A study that comes within this time of the schedule is likelier the order's."""

_WEIGHTS: Final = {
    "study_uid": 100, "accession": 60, "patient": 40, "name": 20, "birth_date": 10, "modality": 6, "time": 5, "sex": 2
}  # fmt: skip


class Told(Named, Protocol):
    """What an order and a study both tell of a patient and an examination."""

    @property
    def accession(self) -> str: ...
    @property
    def study_uid(self) -> str: ...
    @property
    def issuer(self) -> str: ...
    @property
    def patient_number(self) -> str: ...
    @property
    def modality(self) -> str: ...


class Ordered(Told, Protocol):
    """What is looked at of an order."""

    @property
    def state(self) -> str: ...
    @property
    def scheduled_at(self) -> datetime: ...


class Arrived(Told, Protocol):
    """What is looked at of a study."""

    @property
    def arrived_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """`how` a match is certain; empty where it is not, and then `code` says why, `differs` in what."""

    how: str = ""
    code: str = ""
    differs: tuple[str, ...] = ()


def judge(order: Ordered, study: Arrived) -> Verdict:
    """About an order that shares accession number or study UID with the study."""
    against = differs(order, study)
    how = "study_uid" if order.study_uid == study.study_uid else "accession"
    if "patient" in against:
        return Verdict(code="order.patient_differs", differs=against)
    if not study.patient_number:
        return Verdict(code="order.patient_missing", differs=against)
    if against:
        return Verdict(code="order.person_differs", differs=against)
    if order.state == CANCELLED:
        return Verdict(code="order.was_cancelled")
    return Verdict(how=how)


def differs(order: Ordered, study: Arrived) -> tuple[str, ...]:
    """In what the two contradict each other; what one of them does not say contradicts nothing."""
    found = []
    if study.patient_number and (order.patient_number, order.issuer) != (study.patient_number, study.issuer):
        found.append("patient")
    if (
        find_names.spellings(order.name)
        and find_names.spellings(study.name)
        and not find_names.alike(order.name, study.name)
    ):
        found.append("name")
    return (*found, *contradict(order, study))


def agrees(order: Ordered, study: Arrived) -> tuple[str, ...]:
    """In what the two agree, weightiest first."""
    patient = (order.patient_number, order.issuer) == (study.patient_number, study.issuer)
    near = abs(order.scheduled_at - study.arrived_at) <= CLOSE
    told = {
        "study_uid": order.study_uid == study.study_uid,
        "accession": bool(study.accession) and order.accession == study.accession,
        "patient": bool(study.patient_number) and patient,
        "name": find_names.alike(order.name, study.name),
        "birth_date": bool(order.birth_date) and order.birth_date == study.birth_date,
        "modality": order.modality == study.modality,
        "time": near,
        "sex": bool(order.sex) and order.sex == study.sex,
    }
    return tuple(name for name in _WEIGHTS if told[name])


def score(agreeing: Iterable[str], contradicting: Iterable[str]) -> int:
    """How likely they belong together, for the order of a list; no threshold stands behind it."""
    return sum(_WEIGHTS[name] for name in agreeing) - sum(_WEIGHTS[name] for name in contradicting)
