"""What the receiving office says: accept, redirect, ask, decline; and what the sender answers."""

from datetime import datetime

from sqlalchemy import select

from teleconsult.access import SYSTEM, Actor, close_case_shares, open_case_share
from teleconsult.access.rights import REFERRAL as WHY
from teleconsult.kernel.errors import absent, conflict
from teleconsult.records.work import Work
from teleconsult.referral import lifecycle_referral as rules
from teleconsult.referral import loading, queries
from teleconsult.referral.actions import load_case
from teleconsult.referral.sharing import share_studies, unshare
from teleconsult.referral.tables import ReferralRow

ELSEWHERE = "accepted_elsewhere"


def accept(
    work: Work, actor: Actor, referral_id: str, department: str = "", bed: str = "", slot_at: datetime | None = None,
    note: str = "", seen: int | None = None,
) -> ReferralRow:  # fmt: skip
    """Take the patient: from now on the receiving hospital has the case's studies. Of two offices exactly one wins.

    CONFLICT `referral.accepted_by_other` (name: the person or hospital that was faster), `move.illegal`."""
    row = loading.permitted(work, actor, "accept", referral_id, seen)
    return take_on(work, actor, row, department, bed, slot_at, note)


def take_on(
    work: Work, actor: Actor, row: ReferralRow, department: str = "", bed: str = "", slot_at: datetime | None = None, note: str = ""
) -> ReferralRow:  # fmt: skip
    """`accept` for a row that is permitted and loaded. By the system: agreed to beforehand, nobody is named."""
    load_case(work, row.case_id)
    _nobody_was_faster(work, row)
    by = None if actor is SYSTEM else actor.id
    changes = rules.accept(row, by, work.now, department, bed, slot_at, note, queries.acceptor(work, row))
    loading.kept(work, row, changes, "ReferralAccepted", automatic=by is None)
    share_studies(work, row)
    loading.tell(work, row, row.from_site_id, "referral.accepted", site=loading.site_name(work, row.to_site_id))
    for other in _others(work, row):
        why = {
            "state": rules.REFERRAL.step(other.state, "cancel"),
            "reason_code": ELSEWHERE,
            "reason_text": "",
            **rules.STOPPED,
        }
        loading.kept(work, other, why, "ReferralCancelled", reason=ELSEWHERE)
        loading.tell(work, other, other.to_site_id, "referral.cancelled", reason=ELSEWHERE)
        unshare(work, other, rules.SEEN_AFTER_NO)
    return row


def redirect(
    work: Work, actor: Actor, referral_id: str, to_site_id: str, reason: str, seen: int | None = None
) -> ReferralRow:
    """Another hospital is the right one: it has the referral now, and this one until tomorrow."""
    row = loading.permitted(work, actor, "redirect", referral_id, seen)
    if queries.site_level(work, to_site_id) is None:
        raise absent("site.absent", to_site_id)
    loading.leads_there(work, row, to_site_id)
    left = row.to_site_id or ""
    step = {"from": left, "to": to_site_id, "reason": reason.strip(), "by": actor.id, "at": work.now.isoformat()}
    changes = {**rules.redirect(row, to_site_id, reason, work.now), "trail": [*row.trail, step]}
    loading.kept(
        work, row, changes, "ReferralRedirected", left, from_site_id=left, to_site_id=to_site_id, reason=step["reason"]
    )
    close_case_shares(work, row.id, work.now + rules.SEEN_AFTER_NO, site_id=left)
    open_case_share(work, row.case_id, to_site_id, WHY, row.id)
    there = loading.site_name(work, to_site_id)
    loading.tell(work, row, to_site_id, "referral.submitted", site=loading.site_name(work, row.from_site_id))
    loading.tell(work, row, row.from_site_id, "referral.redirected", site=there)
    return row


def ask(work: Work, actor: Actor, referral_id: str, text: str, seen: int | None = None) -> ReferralRow:
    """The sender must answer first; the clock stands still. Without an answer in three days the referral expires."""
    row = loading.permitted(work, actor, "ask", referral_id, seen)
    loading.kept(work, row, rules.ask(row, text, work.now), "ReferralAsked")
    loading.tell(work, row, row.from_site_id, "referral.asked", site=loading.site_name(work, row.to_site_id))
    return row


def answer(work: Work, actor: Actor, referral_id: str, text: str, seen: int | None = None) -> ReferralRow:
    """The sender answers; the clock goes on."""
    row = loading.permitted(work, actor, "answer", referral_id, seen)
    loading.kept(work, row, rules.answer(row, text, work.now), "ReferralAnswered")
    loading.tell(work, row, row.to_site_id, "referral.answered", site=loading.site_name(work, row.from_site_id))
    return row


def decline(
    work: Work, actor: Actor, referral_id: str, reason: str, text: str = "", seen: int | None = None
) -> ReferralRow:
    """No, and why. INVALID `referral.reason` for an unknown reason."""
    row = loading.permitted(work, actor, "decline", referral_id, seen)
    loading.kept(work, row, rules.decline(row, reason, text), "ReferralDeclined", reason=reason)
    loading.tell(
        work, row, row.from_site_id, "referral.declined", site=loading.site_name(work, row.to_site_id), reason=reason
    )
    unshare(work, row, rules.SEEN_AFTER_NO)
    return row


def _nobody_was_faster(work: Work, row: ReferralRow) -> None:
    placed = work.session.scalars(
        select(ReferralRow).where(
            ReferralRow.case_id == row.case_id,
            ReferralRow.id != row.id,
            ReferralRow.state.in_(("accepted", "in_transit")),
        )
    ).first()
    if placed is not None:
        raise conflict("referral.accepted_by_other", placed.id, name=loading.site_name(work, placed.to_site_id))


def _others(work: Work, row: ReferralRow) -> list[ReferralRow]:
    """What else was asked about the same way of the same patient and waits for an answer."""
    waiting = select(ReferralRow).where(
        ReferralRow.case_id == row.case_id, ReferralRow.id != row.id, ReferralRow.direction == row.direction,
        ReferralRow.state.in_(("submitted", "asked")),
    )  # fmt: skip
    return list(work.session.scalars(waiting.with_for_update()))
