"""Writing a referral: begun by a doctor or prefilled from what is known, saved as it is typed, submitted when it is whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from teleconsult.access import SYSTEM, Actor, open_case_share, permit_case
from teleconsult.access.rights import REFERRAL as WHY
from teleconsult.kernel.errors import absent, forbidden, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.referral import criteria, loading, queries
from teleconsult.referral import lifecycle_referral as rules
from teleconsult.referral.actions import load_case
from teleconsult.referral.answering import take_on
from teleconsult.referral.facts_referral import referral_fact
from teleconsult.referral.lifecycle import text
from teleconsult.referral.numbers import next_number
from teleconsult.referral.tables import ReferralRow

LINES: Final = ("wanted_department", "contact_name", "contact_phone")
TEXTS: Final = ("reason", "summary", "plan", "medication", "turn_back_text")
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "priority": rules.PRIORITIES,
    "consent": ("", *rules.CONSENTS),
    "pathway": ("", *criteria.PATHWAYS),
}


@dataclass(frozen=True, slots=True)
class Source:
    """What a referral is proposed from: `kind` case, report, critical, consultation, meeting or referral; and what it fills in."""

    kind: str
    id: str
    fields: Mapping[str, Any]
    turned_from_id: str | None = None


def draft(
    work: Work, actor: Actor, case_id: str, direction: str, source: Source | None = None, from_site_id: str | None = None
) -> ReferralRow:  # fmt: skip
    """Begin a referral, empty or as the source proposes it. Only who sends it sees it until it is submitted."""
    permit_case(work, actor, "referral.request", case_id)
    case = load_case(work, case_id)
    loading.open_or_refuse(case)
    if direction not in rules.DIRECTIONS:
        raise invalid("field.choice", f"direction {direction}", field="direction")
    source = source or Source("case", case_id, {})
    row = ReferralRow(
        id=new_id(), version=1, number=next_number(work, "R"), case_id=case_id, direction=direction,
        from_site_id=_sender(work, actor, case_id, case.site_id, from_site_id), to_site_id=None, priority=rules.NORMAL, disease="other",
        criteria_version=1, ticked=[], turn_back=[], from_kind=source.kind, from_id=source.id, turned_from_id=source.turned_from_id,
        created_by_id=actor.id, created_at=work.now, state=rules.REFERRAL.start, trail=[], summary=case.summary[: rules.MOST_TEXT],
    )  # fmt: skip
    for name, value in _checked(work, row, source.fields).items():
        setattr(row, name, value)
    work.add(row)
    work.record(referral_fact("ReferralDrafted", row, from_kind=source.kind))
    return row


def save(work: Work, actor: Actor, referral_id: str, fields: Mapping[str, Any], seen: int | None = None) -> ReferralRow:
    """Keep what was typed. Half a referral may be kept; nobody is told. CONFLICT `version.stale`, `move.illegal`."""
    row = loading.permitted(work, actor, "save", referral_id, seen)
    loading.legal(row, "save")
    changes = {name: value for name, value in _checked(work, row, fields).items() if value != getattr(row, name)}
    if changes:
        work.keep(row, **changes)
    return row


def submit(work: Work, actor: Actor, referral_id: str, seen: int | None = None) -> ReferralRow:
    """Send it. By the green channel, for what every hospital agreed to beforehand, it is accepted at once.

    INVALID `referral.incomplete` (field), `referral.consent_missing`, `referral.direction`, `referral.criteria_missing`,
    `referral.not_green`, `referral.phone`."""
    row = loading.permitted(work, actor, "submit", referral_id, seen)
    loading.legal(row, "submit")
    loading.open_or_refuse(load_case(work, row.case_id))
    listed = criteria.find(row.direction, row.disease)
    green = row.priority == rules.GREEN
    found = criteria.judged(listed, row.ticked, row.reason, green)
    _whole(work, row)
    changes = {**rules.submit(row, work.now), "criteria_met": found["met"], "criteria_version": listed.version}
    loading.kept(work, row, changes, "ReferralSubmitted", disease=row.disease, criteria_met=found["met"])
    open_case_share(work, row.case_id, row.to_site_id or "", WHY, row.id)
    sender = loading.site_name(work, row.from_site_id)
    loading.tell(work, row, row.to_site_id, "critical.green_channel" if green else "referral.submitted", site=sender)
    if green and listed.automatic:
        take_on(work, SYSTEM, row)
    return row


def turn_back(work: Work, actor: Actor, referral_id: str) -> ReferralRow:
    """Send the patient back to where they came from (下转 after 上转, 回转 after 下转): a draft that names this referral."""
    row = loading.permitted(work, actor, "turn_back", referral_id)
    loading.legal(row, "turn_back")
    direction = rules.DOWN if row.direction == rules.UP else rules.UP
    disease = row.disease if (direction, row.disease) in criteria.LIBRARY else "other"
    told = "\n".join(part for part in (row.outcome_text, row.note) if part)
    fields = {"to_site_id": row.from_site_id, "disease": disease, "summary": told or row.summary}
    source = Source("referral", row.id, fields, turned_from_id=row.id)
    return draft(work, actor, row.case_id, direction, source, from_site_id=row.to_site_id)


def _sender(work: Work, actor: Actor, case_id: str, own_site_id: str, wanted: str | None) -> str:
    """The hospital that sends: one at which the actor may ask, the case's own before others."""
    sites = queries.sites_that_may_send(work, actor, case_id)
    if wanted is not None:
        if wanted not in sites:
            raise forbidden("permit.refused", verb="referral.request")
        return wanted
    return own_site_id if own_site_id in sites else min(sites)


def _checked(work: Work, row: ReferralRow, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of what was typed. INVALID `field.choice`, `field.text`, `referral.criteria`, `referral.criterion`."""
    found: dict[str, Any] = {}
    for name, allowed in CHOICES.items():
        if name in fields:
            if fields[name] not in allowed or (fields[name] == rules.GREEN and row.direction != rules.UP):
                raise invalid("field.choice", f"{name} {fields[name]}", field=name)
            found[name] = fields[name]
    found |= {name: text(fields[name], name, rules.MOST_LINE, may_be_empty=True) for name in LINES if name in fields}
    found |= {name: text(fields[name], name, rules.MOST_TEXT, may_be_empty=True) for name in TEXTS if name in fields}
    if "to_site_id" in fields:
        found["to_site_id"] = _receiver(work, row, fields["to_site_id"])
    return found | _ticks(row, fields)


def _ticks(row: ReferralRow, fields: Mapping[str, Any]) -> dict[str, Any]:
    listed = criteria.find(row.direction, fields.get("disease", row.disease))
    another = listed.key != row.disease
    found: dict[str, Any] = {"disease": listed.key, "criteria_version": listed.version}
    for name, items in (("ticked", listed.items), ("turn_back", listed.turn_back)):
        wanted = fields.get(name, [] if another else getattr(row, name))
        known = [item.code for item in items]
        if unknown := set(wanted) - set(known):
            raise invalid("referral.criterion", min(unknown))
        found[name] = [code for code in known if code in wanted]
    return found


def _receiver(work: Work, row: ReferralRow, site_id: str | None) -> str | None:
    if not site_id:
        return None
    if queries.site_level(work, site_id) is None:
        raise absent("site.absent", site_id)
    if site_id == row.from_site_id:
        raise invalid("referral.same_site", site_id)
    return site_id


def _whole(work: Work, row: ReferralRow) -> None:
    """Everything that the receiving office needs is there, and who may be called can be."""
    needed = ["to_site_id", "summary", "consent"]
    needed += ["contact_phone"] if row.priority == rules.GREEN else []
    needed += ["plan", "medication", "turn_back"] if row.direction == rules.DOWN else []
    for name in needed:
        if not getattr(row, name):
            raise invalid("referral.incomplete", name, field=name)
    if row.consent == "emergency" and row.priority == rules.NORMAL:
        raise invalid("referral.consent_missing", "there is time to ask")
    if row.consent == "paper" and not queries.has_consent(work, row.case_id):
        raise invalid("referral.consent_missing", "no consent is attached to the case")
    rules.phone(row.contact_phone)
    loading.leads_there(work, row, row.to_site_id or "")
