"""How critical findings and flagged phrases look as JSON."""

from datetime import datetime

from teleconsult.reporting import queries
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model


class CriticalItem(Model):
    code: str
    kind: str
    level: int


class CriticalItems(Model):
    items: list[CriticalItem]


class CriticalPatient(Model):
    name: str
    doubtful: bool
    sex: str
    age: str
    patient_id: str


class CriticalView(Model):
    """A critical finding. `hear`: it rings on this person's screen until somebody reads it back; `look_at`: when time acts next."""

    id: str
    version: int
    study_id: str
    report_id: str | None
    case_id: str | None
    item: str
    level: int
    text: str
    state: str
    escalated: int
    hear: bool
    patient: CriticalPatient
    modality: str
    description: str
    site: Named
    reading_site: Named
    raised_by: Named
    raised_at: datetime
    notified_at: datetime | None
    acknowledged_by: Named | None
    acknowledged_at: datetime | None
    read_back: str | None
    action: str | None
    action_text: str | None
    acted_by: Named | None
    acted_at: datetime | None
    outcome: str | None
    outcome_text: str | None
    closed_by: Named | None
    closed_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    look_at: datetime | None
    verbs: list[str]


class CriticalCounts(Model):
    """Of all that one may see."""

    open: int
    all: int


class Criticals(Model):
    """`counts` are missing beside what rings."""

    items: list[CriticalView]
    next: str | None
    total: int
    counts: CriticalCounts | None


class CriticalFigures(Model):
    """Of the last 30 days. `in_time_percent`: read back within ten minutes, of what was read back or is late by now."""

    raised: int
    in_time: int
    counted: int
    in_time_percent: float | None
    median_seconds: int | None
    closed: int
    escalated: int
    open: int


class CriticalFlagAnswer(Model):
    """`kind`: raised (as `critical_id`) or denied (for `reason`)."""

    kind: str
    by: Named
    at: datetime
    critical_id: str | None
    reason: str | None


class CriticalFlag(Model):
    """A phrase of the saved text that points to a critical finding; without an answer the report is neither handed in nor signed."""

    phrase: str
    item: str
    level: int
    clause: str
    answer: CriticalFlagAnswer | None


class CriticalFlags(Model):
    items: list[CriticalFlag]


def flags_shown(found: list[queries.Flag]) -> CriticalFlags:
    return CriticalFlags(items=[CriticalFlag.model_validate(flag, from_attributes=True) for flag in found])


def shown(found: queries.CriticalView) -> CriticalView:
    """What stands beside the row, and of the row the rest."""
    beside = {name: getattr(found, name) for name in found.__dataclass_fields__ if name != "row"}
    own = {name: getattr(found.row, name) for name in CriticalView.model_fields if name not in beside}
    return CriticalView.model_validate({**own, **beside}, from_attributes=True)
