"""Follow-ups: what somebody is to do for the patient by a time, until it is done, done otherwise, or declined with a reason."""

from datetime import datetime

from sqlalchemy import select

from teleconsult.access import Actor, Thing, case_shares_of, notify, permits
from teleconsult.access.rights import WARD
from teleconsult.kernel.errors import absent, conflict, forbidden
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.referral import lifecycle_follow_up as rules
from teleconsult.referral import queries
from teleconsult.referral.facts_referral import follow_up_fact
from teleconsult.referral.lifecycle import text as checked
from teleconsult.referral.loading import OFFICE
from teleconsult.referral.tables import FollowUpRow


def plan_follow_up(
    work: Work, case_id: str, from_kind: str, from_id: str, text: str, owner_site_id: str, owner_id: str | None = None,
    due_at: datetime | None = None,
) -> FollowUpRow:  # fmt: skip
    """Something is to be done. The caller has asked whether it may be planned, and by when (`lifecycle_follow_up.due`): what is planned
    by itself, as the last signature of a conclusion does, may come late. The same from the same source is planned once."""
    said = checked(text, "text", rules.MOST_TEXT)
    same = (FollowUpRow.from_kind == from_kind, FollowUpRow.from_id == from_id, FollowUpRow.text == said)
    known = select(FollowUpRow).where(FollowUpRow.case_id == case_id, *same, FollowUpRow.owner_site_id == owner_site_id)
    found = work.session.scalars(known).first()
    if found is not None:
        return found
    row = FollowUpRow(
        id=new_id(), version=1, case_id=case_id, from_kind=from_kind, from_id=from_id, text=said, owner_site_id=owner_site_id,
        owner_id=owner_id, due_at=due_at, state=rules.FOLLOW_UP.start, created_at=work.now, look_at=due_at, escalated=0,
    )  # fmt: skip
    work.add(row)
    work.record(follow_up_fact("FollowUpPlanned", row, due_at=due_at.isoformat() if due_at else None))
    return row


def do(work: Work, actor: Actor, follow_up_id: str, result: str = "", seen: int | None = None) -> FollowUpRow:
    """It was done."""
    return _ended(work, actor, follow_up_id, "do", result, seen)


def change(work: Work, actor: Actor, follow_up_id: str, reason: str, seen: int | None = None) -> FollowUpRow:
    """Something else was done instead, and why."""
    return _ended(work, actor, follow_up_id, "change", reason, seen)


def decline(work: Work, actor: Actor, follow_up_id: str, reason: str, seen: int | None = None) -> FollowUpRow:
    """It will not be done, and why."""
    return _ended(work, actor, follow_up_id, "decline", reason, seen)


def sweep(work: Work, limit: int = 100) -> int:
    """Remind of what is due, and tell others when it stays undone; how many. Twice at once is safe."""
    due = select(FollowUpRow).where(FollowUpRow.look_at <= work.now).order_by(FollowUpRow.look_at).limit(limit)
    rows = work.session.scalars(due.with_for_update(skip_locked=True)).all()
    for row in rows:
        _remind(work, row)
    return len(rows)


def _remind(work: Work, row: FollowUpRow) -> None:
    code, look_at = rules.reminder(row.escalated, row.due_at or work.now)
    work.keep(row, escalated=row.escalated + 1, look_at=look_at)
    work.record(follow_up_fact("FollowUpOverdue" if row.escalated > 1 else "FollowUpDue", row))
    params = {"name": queries.patient_name(work, row.case_id), "text": row.text[:80]}
    key = f"{row.id}:{row.escalated}"
    notify(work, key, row.owner_site_id, OFFICE, code, None, params, row.case_id, row.owner_id)
    origin = queries.site_of_case(work, row.case_id)
    if row.escalated > rules.TELL_ORIGIN_AFTER and origin != row.owner_site_id:
        notify(work, f"{key}:o", origin, OFFICE, code, None, params, row.case_id)


def _ended(work: Work, actor: Actor, follow_up_id: str, verb: str, said: str, seen: int | None) -> FollowUpRow:
    row = work.session.get(FollowUpRow, follow_up_id, with_for_update=True, populate_existing=True)
    thing = Thing(shares=case_shares_of(work, row.case_id), case_id=row.case_id) if row else Thing()
    if row is None or not permits(actor, "case.see", thing):
        raise absent("followup.absent", follow_up_id)
    if row.owner_id != actor.id and row.owner_site_id not in actor.sites(*WARD):
        raise forbidden("permit.refused", verb="followup.do")
    if seen is not None and seen != row.version:
        raise conflict("version.stale", f"seen {seen}, is {row.version}", version=row.version)
    state = rules.FOLLOW_UP.step(row.state, verb)
    reason = checked(said, "reason", rules.MOST_TEXT, may_be_empty=verb == "do")
    work.keep(row, state=state, reason=reason or None, done_at=work.now, done_by_id=actor.id, look_at=None)
    work.record(follow_up_fact(rules.FACTS[verb], row))
    return row
