"""The patient's way and what came of it: depart, arrive, complete, close, cancel."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from teleconsult.access import Actor
from teleconsult.kernel.errors import conflict
from teleconsult.records.work import Work
from teleconsult.referral import criteria, loading
from teleconsult.referral import lifecycle_referral as rules
from teleconsult.referral.follow_ups import plan_follow_up
from teleconsult.referral.lifecycle_follow_up import due as due_by
from teleconsult.referral.sharing import unshare
from teleconsult.referral.tables import ReferralRow


def depart(
    work: Work, actor: Actor, referral_id: str, escort: str = "", vehicle: str = "", expected_at: datetime | None = None,
    seen: int | None = None,
) -> ReferralRow:  # fmt: skip
    """The patient is on the way; the receiving office hears when to expect them."""
    row = loading.permitted(work, actor, "depart", referral_id, seen)
    loading.kept(work, row, rules.depart(row, work.now, escort, vehicle, expected_at), "ReferralDeparted")
    expected = expected_at.isoformat() if expected_at else ""
    loading.tell(
        work,
        row,
        row.to_site_id,
        "referral.departed",
        site=loading.site_name(work, row.from_site_id),
        expected_at=expected,
    )
    return row


def arrive(work: Work, actor: Actor, referral_id: str, seen: int | None = None) -> ReferralRow:
    """The patient is there. The visits of a follow-up pathway are due from today on."""
    row = loading.permitted(work, actor, "arrive", referral_id, seen)
    loading.kept(work, row, rules.arrive(row, work.now), "ReferralArrived")
    if pathway := criteria.PATHWAYS.get(row.pathway):
        for visit in pathway.visits:
            due = work.now + timedelta(days=visit.day)
            plan_follow_up(work, row.case_id, "referral", row.id, visit.zh, row.to_site_id or "", None, due)
    loading.tell(work, row, row.from_site_id, "referral.arrived", site=loading.site_name(work, row.to_site_id))
    return row


def complete(
    work: Work, actor: Actor, referral_id: str, outcome: str, text: str, seen: int | None = None,
    advised: Sequence[tuple[str, datetime | None]] = (),
) -> ReferralRow:  # fmt: skip
    """What came of it goes back to the sender. Each advice (text, due) becomes a follow-up that the sender's hospital is to do.

    INVALID `field.choice`, `field.empty`, `field.text`, `followup.past`."""
    row = loading.permitted(work, actor, "complete", referral_id, seen)
    advised = [(said, due_by(due, work.now)) for said, due in advised]
    loading.kept(work, row, rules.complete(row, outcome, text, work.now), "ReferralCompleted", outcome=outcome)
    for said, due in advised:
        plan_follow_up(work, row.case_id, "referral", row.id, said, row.from_site_id, None, due)
    loading.tell(work, row, row.from_site_id, "referral.completed", site=loading.site_name(work, row.to_site_id))
    return row


def close(work: Work, actor: Actor, referral_id: str, seen: int | None = None) -> ReferralRow:
    """The sender has read what came of it. The receiving hospital has the studies for another 90 days."""
    row = loading.permitted(work, actor, "close", referral_id, seen)
    return closed(work, row)


def closed(work: Work, row: ReferralRow) -> ReferralRow:
    """`close` for a row that is loaded; the clock does so as well."""
    loading.kept(work, row, rules.close(row, work.now), "ReferralClosed")
    unshare(work, row, rules.SEEN_AFTER_CLOSED)
    return row


def cancel(work: Work, actor: Actor, referral_id: str, reason: str = "", seen: int | None = None) -> ReferralRow:
    """The sender needs it no more. CONFLICT `referral.cancel_too_late` once the patient is on the way."""
    row = loading.permitted(work, actor, "cancel", referral_id, seen)
    if row.state in (rules.IN_TRANSIT, rules.ARRIVED, rules.COMPLETED):
        raise conflict("referral.cancel_too_late", row.state, state=row.state)
    was_sent = row.state != rules.DRAFT
    loading.kept(work, row, rules.cancel(row, reason), "ReferralCancelled", reason="cancelled")
    unshare(work, row, rules.SEEN_AFTER_NO)
    if was_sent:
        loading.tell(work, row, row.to_site_id, "referral.cancelled", site=loading.site_name(work, row.from_site_id))
    return row
