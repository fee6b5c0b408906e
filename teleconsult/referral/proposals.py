"""Referrals prefilled from what is known: a report, a critical finding. Who proposes may read the source; the doctor decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from teleconsult.access import Actor
from teleconsult.kernel.errors import invalid
from teleconsult.records.work import Work
from teleconsult.referral import queries
from teleconsult.referral.actions import open_case
from teleconsult.referral.criteria import find
from teleconsult.referral.drafting import Source
from teleconsult.referral.lifecycle import MOST_TITLE
from teleconsult.referral.lifecycle_referral import DOWN, GREEN, MOST_TEXT, UP, URGENT
from teleconsult.reporting import queries as reports

SOURCES: Final = ("case", "report", "critical", "consultation")

DISEASES: Final[Mapping[str, tuple[str, str]]] = {
    "aortic_dissection": ("aortic_dissection", "imaging"),
    "aortic_rupture": ("aortic_dissection", "imaging"),
    "pulmonary_embolism": ("pulmonary_embolism", "imaging"),
    "intracranial_haemorrhage": ("stroke", "haemorrhage"),
    "brain_herniation": ("stroke", "consciousness"),
    "large_infarct": ("stroke", "large_vessel"),
    "massive_haemothorax": ("trauma", "bleeding"),
    "organ_rupture": ("trauma", "bleeding"),
    "spinal_cord_compression": ("trauma", "spine"),
    "unstable_fracture": ("trauma", "spine"),
    "suspected_malignancy": ("tumour", "suspected"),
    "st_elevation_infarction": ("chest_pain", "st_elevation"),
    "ventricular_fibrillation": ("chest_pain", "arrhythmia"),
    "ventricular_tachycardia": ("chest_pain", "arrhythmia"),
    "complete_heart_block": ("chest_pain", "arrhythmia"),
    "cardiac_pause": ("chest_pain", "arrhythmia"),
}
"""Critical item → list of criteria and what the finding itself ticks; whatever is not here goes by the list `other`."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a referral starts from: the case it belongs to, and what is filled in."""

    case_id: str
    source: Source


def from_report(work: Work, actor: Actor, report_id: str, case_id: str | None = None) -> Proposal:
    """From a signed report: what was seen becomes the summary. ABSENT `report.absent` for one that may not be read."""
    found = reports.report(work, actor, report_id)
    parts = [part for part in (found.findings, found.impression, found.advice) if part.strip()]
    fields = {"summary": "\n".join(parts)[:MOST_TEXT], "reason": found.impression.strip()[:MOST_TEXT]}
    return Proposal(
        case_id or case_of(work, actor, found.study_id, found.impression), Source("report", report_id, fields)
    )


def from_critical(work: Work, actor: Actor, critical_id: str, case_id: str | None = None) -> Proposal:
    """From a critical finding: by the green channel where its list has one."""
    found = reports.critical(work, actor, critical_id).row
    disease, tick = DISEASES.get(found.item, ("other", "beyond_us"))
    green = find(UP, disease).green
    fields: dict[str, Any] = {
        "disease": disease, "priority": GREEN if green else URGENT, "summary": found.text[:MOST_TEXT], "reason": found.text[:MOST_TEXT],
        "consent": "emergency", "ticked": [tick],
    }  # fmt: skip
    return Proposal(
        case_id or found.case_id or case_of(work, actor, found.study_id, found.text),
        Source("critical", critical_id, fields),
    )


def case_of(work: Work, actor: Actor, study_id: str, title: str) -> str:
    """The latest open case of a study, or a new one that is titled by the first line of what was found."""
    known = queries.open_cases_of_study(work, actor, study_id)
    if known:
        return known[0]
    first = next((line.strip() for line in title.splitlines() if line.strip()), "") or "-"
    return open_case(work, actor, study_id, first[:MOST_TITLE]).id


def by_direction(direction: str, source: Source) -> Source:
    """What a source fills in is about going up; a draft that goes down takes only its words."""
    if direction not in (UP, DOWN):
        raise invalid("field.choice", f"direction {direction}", field="direction")
    if direction == UP:
        return source
    kept = {name: value for name, value in source.fields.items() if name in ("summary", "reason")}
    return Source(source.kind, source.id, kept, source.turned_from_id)
