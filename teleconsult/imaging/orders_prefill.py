"""What the form of an order begins with when it is registered from a study that came without one. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from teleconsult.imaging.orders_lifecycle import CLOCK
from teleconsult.imaging.tables import StudyRow

_SHORT, _CODE, _LONG = 16, 16, 64


@dataclass(frozen=True, slots=True)
class StudySays:
    """What the form begins with when an order is registered from the study. Empty: the study does not say, or at a length that no order has.

    `issuer` is empty where the hospital itself gave the patient's number. `spelt` is the Latin writing beside a Chinese one.
    """

    patient_id: str
    issuer: str
    written: str
    spelt: str
    sex: str
    birth_date: str
    modality: str
    procedure: str
    body_part: str
    priority: str
    accession: str
    scheduled_at: datetime


def prefill(study: StudyRow) -> StudySays:
    return StudySays(
        patient_id=_fit(study.patient_number, _LONG),
        issuer="" if study.issuer == study.site_id else _fit(study.issuer, _LONG),
        written=study.name_shown,
        spelt=_spelt(study.name),
        sex=study.sex,
        birth_date=study.birth_date,
        modality=_fit(study.modality, _CODE),
        procedure=_fit(study.description, _LONG),
        body_part=_fit(study.body_part, _SHORT),
        priority=study.priority,
        accession=_fit(study.accession, _SHORT),
        scheduled_at=_when(study),
    )


def _spelt(name: str) -> str:
    groups: Final = name.split("=")
    return " ".join(groups[0].replace("^", " ").split()) if len(groups) > 1 and groups[1].strip("^ ") else ""


def _when(study: StudyRow) -> datetime:
    """When the study was made, by the hospital's clock; when it came, where it does not say."""
    try:
        at = datetime.strptime(f"{study.study_date}{study.study_time or '000000'}", "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return study.arrived_at
    return at.replace(tzinfo=CLOCK)


def _fit(text: str, most: int) -> str:
    return text if len(text) <= most and "\\" not in text else ""
