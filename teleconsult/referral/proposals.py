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
from teleconsult.referral.loading import RANKS
from teleconsult.reporting import queries as reports
from teleconsult.reporting.critical_items import BY_CODE

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
"""Critical item → list of criteria and what the finding itself ticks."""

LIFE_THREATENING: Final = ("critical", "level_one")
UNLISTED: Final = ("other", "beyond_us")


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
    """From a critical finding: by the green channel, where its list has one and whenever it is of level I; to the hospital that read it.
    The finding's name and level are the reason, the words of who raised it the summary. How the patient agreed nobody can know
    beforehand: that is chosen."""
    found = reports.critical(work, actor, critical_id).row
    disease, tick = listed(found.item, found.level)
    green = find(UP, disease).green
    named = f"危急值（{'ⅠⅡⅢ'[found.level - 1]}级）：{_name(found.item, found.text)}"
    fields: dict[str, Any] = {
        "disease": disease, "priority": GREEN if green else URGENT, "reason": named, "summary": found.text[:MOST_TEXT] or named,
        "ticked": [tick],
    }  # fmt: skip
    into = case_id or found.case_id or case_of(work, actor, found.study_id, found.text)
    if above := receiver_above(work, actor, into, found.site_id, found.reading_site_id):
        fields["to_site_id"] = above
    return Proposal(into, Source("critical", critical_id, fields))


def _name(item: str, text: str) -> str:
    """What the item is called; one that stands in no list, by its first line."""
    return (*BY_CODE[item].names, *text.splitlines(), "-")[0][:MOST_TITLE]


def listed(item: str, level: int) -> tuple[str, str]:
    """The list of criteria of a finding, and what the finding itself ticks on it. A finding of level I never waits for want of a list."""
    disease, tick = DISEASES.get(item, UNLISTED)
    return LIFE_THREATENING if level == 1 and not find(UP, disease).green else (disease, tick)


def receiver_above(work: Work, actor: Actor, case_id: str, site_id: str, reading_site_id: str) -> str | None:
    """Where a patient of this hospital goes up to, if that is plain: the higher hospital that reads for it by agreement, else its parent."""
    here, senders = RANKS[queries.site_level(work, site_id) or ""], queries.sites_that_may_send(work, actor, case_id)
    for candidate in (reading_site_id, queries.parent_of(work, site_id)):
        level = queries.site_level(work, candidate) if candidate else None
        if candidate and level and RANKS[level] > here and candidate not in senders:
            return candidate
    return None


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
