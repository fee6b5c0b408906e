"""How referrals, criteria and follow-ups look as JSON."""

from datetime import datetime
from typing import Any

from teleconsult.referral import criteria, queries
from teleconsult.web.api.studies import PatientView
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model


class CriterionItem(Model):
    code: str
    zh: str
    en: str
    required: bool


class CriteriaList(Model):
    """`least` ticks (and every required one) meet it. `green`: may go by the green channel; `automatic`: is then accepted at once."""

    key: str
    direction: str
    version: int
    zh: str
    en: str
    least: int
    green: bool
    automatic: bool
    items: list[CriterionItem]
    turn_back: list[CriterionItem]
    pathways: list[str]


class Visit(Model):
    day: int
    zh: str
    en: str


class Pathway(Model):
    key: str
    version: int
    zh: str
    en: str
    visits: list[Visit]


class Library(Model):
    lists: list[CriteriaList]
    pathways: list[Pathway]


class Step(Model):
    """A redirection."""

    from_site: str
    to_site: str
    reason: str
    at: datetime


class ReferralLine(Model):
    """`verbs` are the moves that may be offered now; `band` the colour by urgency."""

    id: str
    number: str
    version: int
    state: str
    band: str
    direction: str
    priority: str
    disease: str
    case_id: str
    case_number: str
    patient: PatientView
    from_site: Named
    to_site: Named | None
    created_at: datetime
    submitted_at: datetime | None
    due_at: datetime | None
    paused: bool
    accepted_at: datetime | None
    departed_at: datetime | None
    expected_at: datetime | None
    arrived_at: datetime | None
    no_show_at: datetime | None
    completed_at: datetime | None
    closed_at: datetime | None
    reason_code: str | None
    verbs: list[str]


class ReferralCritical(Model):
    """The finding that a referral began with. `seen`: one may open it."""

    id: str
    item: str
    level: int
    text: str
    state: str
    seen: bool


class ReferralView(ReferralLine):
    criteria_version: int
    ticked: list[str]
    criteria_met: bool | None
    reason: str
    summary: str
    wanted_department: str
    consent: str
    contact_name: str
    contact_phone: str
    plan: str
    medication: str
    turn_back: list[str]
    turn_back_text: str
    pathway: str
    from_kind: str
    from_id: str
    critical: ReferralCritical | None
    turned_from_id: str | None
    turned_to_id: str | None
    created_by: Named
    accepted_by: Named | None
    department: str
    bed: str
    slot_at: datetime | None
    note: str
    ask_text: str | None
    answer_text: str | None
    reason_text: str | None
    trail: list[Step]
    escort: str
    vehicle: str
    outcome: str | None
    outcome_text: str | None


class ReferralPage(Model):
    """`counts`: what waits for the actor's hospitals, by what it waits for."""

    items: list[ReferralLine]
    next: str | None
    total: int
    counts: dict[str, int]


class FollowUp(Model):
    id: str
    version: int
    state: str
    band: str
    text: str
    from_kind: str
    from_id: str
    case_id: str
    case_number: str
    patient: PatientView
    owner_site: Named
    owner: Named | None
    due_at: datetime | None
    reason: str | None
    done_at: datetime | None
    done_by: Named | None
    verbs: list[str]


class FollowUpCounts(Model):
    """Of all that one may see: `overdue` and `mine` are one's own to do."""

    overdue: int
    mine: int
    planned: int
    ended: int


class FollowUps(Model):
    items: list[FollowUp]
    next: str | None
    total: int
    counts: FollowUpCounts


def library() -> Library:
    lists = [
        CriteriaList(
            **_same(each, "key", "direction", "version", "zh", "en", "least", "green", "automatic"),
            items=[_item(item) for item in each.items], turn_back=[_item(item) for item in each.turn_back], pathways=list(each.pathways),
        )
        for each in criteria.LIBRARY.values()
    ]  # fmt: skip
    pathways = [
        Pathway(**_same(each, "key", "version", "zh", "en"), visits=[Visit(**_same(one, "day", "zh", "en")) for one in each.visits])
        for each in criteria.PATHWAYS.values()
    ]  # fmt: skip
    return Library(lists=lists, pathways=pathways)


def line(found: queries.ReferralLine) -> ReferralLine:
    return ReferralLine(**_line(found))


def view(found: queries.ReferralView) -> ReferralView:
    own = set(ReferralView.model_fields) - set(ReferralLine.model_fields)
    told = {"turned_to_id", "created_by", "accepted_by", "trail", "critical"}
    return ReferralView(
        **_line(found), **_same(found.row, *sorted(own - told)), turned_to_id=found.turned_to_id,
        created_by=_named(found.created_by), accepted_by=_named(found.accepted_by), trail=[_step(step, found) for step in found.row.trail],
        critical=_finding(found.critical),
    )  # fmt: skip


def follow_up(found: queries.FollowUp) -> FollowUp:
    columns = ("id", "version", "state", "text", "from_kind", "from_id", "case_id", "due_at", "reason", "done_at")
    return FollowUp(
        **_same(found.row, *columns), band=found.band, case_number=found.case_number, patient=patient(found.patient),
        owner_site=_named(found.owner_site), owner=_named(found.owner), done_by=_named(found.done_by), verbs=list(found.verbs),
    )  # fmt: skip


def patient(found: queries.Patient) -> PatientView:
    return PatientView(**_same(found, "id", "name", "doubtful", "sex", "age", "birth_date", "patient_id"))


def _line(found: queries.ReferralLine) -> dict[str, Any]:
    told = {"band", "case_number", "patient", "from_site", "to_site", "paused", "verbs"}
    return {
        **_same(found.row, *(name for name in ReferralLine.model_fields if name not in told)),
        "band": found.band, "case_number": found.case_number, "patient": patient(found.patient), "from_site": _named(found.from_site),
        "to_site": _named(found.to_site), "paused": found.row.paused_at is not None, "verbs": list(found.verbs),
    }  # fmt: skip


def _item(found: criteria.Item) -> CriterionItem:
    return CriterionItem(**_same(found, "code", "zh", "en", "required"))


def _step(step: dict[str, Any], found: queries.ReferralView) -> Step:
    sites = (found.others.get(step["from"], ""), found.others.get(step["to"], ""))
    return Step(from_site=sites[0], to_site=sites[1], reason=step["reason"], at=step["at"])


def _finding(found: queries.Finding | None) -> ReferralCritical | None:
    return ReferralCritical(**_same(found, *ReferralCritical.model_fields)) if found else None


def _named(found: queries.Named | None) -> Named | None:
    return Named(id=found.id, name=found.name) if found else None


def _same(found: object, *names: str) -> dict[str, Any]:
    """The fields that are shown as they are read."""
    return {name: getattr(found, name) for name in names}
