"""What the contexts below want of this person now: critical findings, referrals, follow-ups. Sources of the desk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from teleconsult.access import Actor, visible_case
from teleconsult.access.rights import WARD
from teleconsult.consult.queries.cases import Patient
from teleconsult.consult.queries.desk_item import DeskItem
from teleconsult.records.work import Work
from teleconsult.referral import lifecycle_referral as referrals
from teleconsult.referral.lifecycle_follow_up import band as late
from teleconsult.referral.tables import FollowUpRow, ReferralRow
from teleconsult.reporting.lifecycle_critical import ACT_WITHIN, ESCALATIONS, OUTCOME_WITHIN
from teleconsult.reporting.queries.criticals import CriticalView, to_act, to_close, to_hear

MOST = 200


def criticals(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """Critical findings to read back, those that were and wait for what is done, and those that wait for what became of the patient."""
    heard = to_hear(work, actor)
    ringing = {found.row.id for found in heard}
    for found in heard:
        yield _critical(found, "acknowledge")
    for found in to_act(work, actor):
        if found.row.id not in ringing:
            yield _critical(found, "act")
    for found in to_close(work, actor):
        begun = found.row.acted_at or found.row.raised_at
        due = begun + OUTCOME_WITHIN[found.row.action or "treat"]
        yield replace(_critical(found, "close"), due_at=due, band=_clock(begun, due, work.now))


def to_answer(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """Referrals that wait for the actor's hospital: to decide, to answer a question, to say what became of the patient, to read that."""
    mine = sorted(actor.sites(*WARD))
    if not mine:
        return
    rows = work.session.scalars(
        select(ReferralRow)
        .where(visible_case(ReferralRow.case_id, actor, work.now), or_(*_waiting(mine)))
        .order_by(ReferralRow.due_at)
        .limit(MOST)
    )
    verbs = {"submitted": "decide", "asked": "answer", "arrived": "complete", "completed": "close"}
    for row in rows:
        verb = verbs[row.state]
        band = ("blue" if verb == "close" else "yellow") if row.due_at is None else _band(row, work)
        params = {"number": row.number, "direction": row.direction, "priority": row.priority}
        yield DeskItem(
            f"referral_{verb}", row.id, f"desk.referral_{verb}", verb, f"/referrals/{row.id}", band, row.due_at, row.case_id, None, None,
            params,
        )  # fmt: skip


def overdue_follow_ups(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """What the actor, or their hospital, was to do for a patient by now."""
    mine = sorted(actor.sites(*WARD))
    if not mine:
        return
    owned = and_(
        FollowUpRow.owner_site_id.in_(mine), or_(FollowUpRow.owner_id.is_(None), FollowUpRow.owner_id == actor.id)
    )
    rows = work.session.scalars(
        select(FollowUpRow)
        .where(
            FollowUpRow.state == "planned",
            FollowUpRow.due_at <= work.now,
            owned,
            visible_case(FollowUpRow.case_id, actor, work.now),
        )
        .order_by(FollowUpRow.due_at)
        .limit(MOST)
    )
    for row in rows:
        yield DeskItem(
            "follow_up", row.id, "desk.follow_up", "done", f"/cases/{row.case_id}", late(row.state, row.due_at, work.now), row.due_at, row.case_id, None, None,
            {"text": row.text[:200]},
        )  # fmt: skip


def _critical(found: CriticalView, verb: str) -> DeskItem:
    row, named = found.row, found.patient
    patient = Patient("", named.name, named.doubtful, named.sex, named.age, named.patient_id, found.site.name)
    due = row.acknowledged_at + ACT_WITHIN if row.acknowledged_at else row.raised_at + ESCALATIONS[row.level][0]
    return DeskItem(
        f"critical_{verb}", row.id, f"desk.critical_{verb}", verb, f"/criticals?id={row.id}", "red", due, row.case_id,
        row.study_id, patient, {"item": row.item, "level": row.level},
    )  # fmt: skip


def _waiting(mine: list[str]) -> Iterator[ColumnElement[bool]]:
    yield and_(ReferralRow.state.in_(("submitted", "arrived")), ReferralRow.to_site_id.in_(mine))
    yield and_(ReferralRow.state.in_(("asked", "completed")), ReferralRow.from_site_id.in_(mine))


def _band(row: ReferralRow, work: Work) -> str:
    if row.due_at is None:
        return "red"
    return _clock(row.clock_from or row.created_at, row.due_at, work.now)


def _clock(begun: datetime, due: datetime, now: datetime) -> str:
    if now >= due:
        return "red"
    return "yellow" if now - begun >= (due - begun) * referrals.WARN_AT else "blue"
