"""What time itself does to referrals: reminders, breaches, no-shows, expiry, closing. The relay calls `sweep`."""

from datetime import datetime

from sqlalchemy import select

from teleconsult.records.work import Work
from teleconsult.referral import follow_ups, loading, queries
from teleconsult.referral import lifecycle_referral as rules
from teleconsult.referral.sharing import unshare
from teleconsult.referral.tables import ReferralRow
from teleconsult.referral.treating import closed


def sweep(work: Work, limit: int = 100) -> int:
    """Do what is due to referrals and follow-ups; how many. Twice at once is safe: a row is looked at by one."""
    due = select(ReferralRow).where(ReferralRow.look_at <= work.now).order_by(ReferralRow.look_at).limit(limit)
    rows = work.session.scalars(due.with_for_update(skip_locked=True)).all()
    for row in rows:
        _LOOKS.get(row.state, _nothing)(work, row)
    return len(rows) + follow_ups.sweep(work, limit)


def _unanswered(work: Work, row: ReferralRow) -> None:
    """At 70 % of its time the receiving office is reminded; at its end both offices hear of it; after as long again, who is above."""
    began, due = row.clock_from or work.now, row.due_at or work.now
    if row.escalated == 0:
        _later(work, row, due, "ReferralReminded")
        loading.tell(work, row, row.to_site_id, _loud(row, "referral.reminder"), due_at=due.isoformat())
        return
    late = "ReferralOverdue"
    _later(work, row, due + (due - began) if row.escalated == 1 else None, late)
    above = queries.parent_of(work, row.to_site_id) if row.escalated > 2 else None
    for site_id in {row.to_site_id, row.from_site_id, above} - {None}:
        loading.tell(work, row, site_id, _loud(row, "referral.overdue"), due_at=due.isoformat())


def _unasked(work: Work, row: ReferralRow) -> None:
    """What was asked is not answered: remind the sender once, then it expires."""
    since = row.paused_at or work.now
    if work.now < since + rules.EXPIRE_ASKED:
        _later(work, row, since + rules.EXPIRE_ASKED, "ReferralReminded")
        loading.tell(work, row, row.from_site_id, "referral.asked", site=loading.site_name(work, row.to_site_id))
        return
    loading.kept(work, row, rules.expire(row, work.now), "ReferralExpired")
    for site_id in (row.from_site_id, row.to_site_id):
        loading.tell(work, row, site_id, "referral.expired")
    unshare(work, row, rules.SEEN_AFTER_NO)


def _missed(work: Work, row: ReferralRow) -> None:
    """Accepted and not there: both offices are to call. The patient may still come."""
    loading.kept(work, row, {"no_show_at": work.now, "look_at": None}, "ReferralMissed")
    for site_id in (row.from_site_id, row.to_site_id):
        loading.tell(work, row, site_id, _loud(row, "referral.no_show"))


def _untold(work: Work, row: ReferralRow) -> None:
    """The sender waits for the summary: remind the receiving office, at last tell both."""
    due = row.due_at or work.now
    if row.escalated == 0:
        _later(work, row, due, "ReferralReminded")
        loading.tell(work, row, row.to_site_id, "referral.summary_due", due_at=due.isoformat())
        return
    _later(work, row, None, "ReferralOverdue")
    for site_id in (row.to_site_id, row.from_site_id):
        loading.tell(work, row, site_id, "referral.summary_overdue", due_at=due.isoformat())


def _read(work: Work, row: ReferralRow) -> None:
    closed(work, row)


def _nothing(work: Work, row: ReferralRow) -> None:
    work.keep(row, look_at=None)


def _later(work: Work, row: ReferralRow, look_at: datetime | None, name: str) -> None:
    loading.kept(work, row, {"escalated": row.escalated + 1, "look_at": look_at}, name)


def _loud(row: ReferralRow, code: str) -> str:
    """On the green channel nobody may overhear it."""
    return "critical.green_channel" if row.priority == rules.GREEN else code


_LOOKS = {
    rules.SUBMITTED: _unanswered,
    rules.ASKED: _unasked,
    rules.ACCEPTED: _missed,
    rules.IN_TRANSIT: _missed,
    rules.ARRIVED: _untold,
    rules.COMPLETED: _read,
}
