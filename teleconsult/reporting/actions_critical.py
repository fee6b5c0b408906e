"""What people and the clock do with a critical finding: load, permit, decide, keep, record.

A finding that the actor may not see is as absent as one that is not there. The row is held for update, so that two
read-backs at once are one after the other and the second is told that it came late.
"""

from collections.abc import Callable

from sqlalchemy import select

from teleconsult.access import Actor, Thing, permit, permit_study, permits, settle, shares_of
from teleconsult.kernel.errors import absent, conflict
from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.reporting import facts_critical as facts
from teleconsult.reporting import lifecycle_critical as lifecycle
from teleconsult.reporting.lifecycle import Changes
from teleconsult.reporting.queries.criticals import home_of, patient_words
from teleconsult.reporting.tables import CriticalRow


def raise_critical(
    work: Work, actor: Actor, study_id: str, item: str, text: str = "", level: int | None = None
) -> CriticalRow:
    """Tell the hospital of a study that it holds a critical finding, before the report is finished or after.

    CONFLICT `critical.raised_already` while the same item of the study is open; INVALID `field.choice`, `field.empty`.
    """
    permit_study(work, actor, "critical.raise", study_id)
    columns = lifecycle.raised(item, level, text, work.now)
    open_now = select(CriticalRow.id).where(
        CriticalRow.study_id == study_id, CriticalRow.item == item, CriticalRow.state.not_in(lifecycle.OVER)
    )
    if work.session.scalars(open_now).first() is not None:
        raise conflict("critical.raised_already", f"{item} of study {study_id} is open")
    home = home_of(work, study_id)
    row = CriticalRow(
        id=new_id(), version=1, study_id=study_id, report_id=home.report_id, site_id=home.site_id,
        reading_site_id=home.reading_site_id or actor.site_id or home.site_id, raised_by_id=actor.id, **columns,
    )  # fmt: skip
    work.add(row)
    work.record(facts.critical_raised(row))
    return row


def critical_notified(work: Work, critical_id: str) -> CriticalRow:
    """The county's people were told. The job calls it; repeats safely."""
    row = hold_critical(work, critical_id)
    changes = lifecycle.notify(row, work.now)
    return _kept(work, row, changes, lambda: facts.critical_notified(row)) if changes else row


def acknowledge_critical(work: Work, actor: Actor, critical_id: str, read_back: str) -> CriticalRow:
    """Read the finding back in typed words: from then on it rings no more. INVALID `critical.read_back`,
    `critical.read_back_denied` or `critical.read_back_patient`, CONFLICT `move.illegal`."""
    row = _permitted(work, actor, "critical.acknowledge", critical_id)
    changes = lifecycle.acknowledge(row, patient_words(work, row.study_id), actor.id, read_back, work.now)
    return _dealt_with(work, row, changes, lambda: facts.critical_acknowledged(row))


def act_on_critical(work: Work, actor: Actor, critical_id: str, action: str, text: str = "") -> CriticalRow:
    """Say what is done: treat, consult, refer."""
    row = _permitted(work, actor, "critical.act", critical_id)
    changes = lifecycle.act(row, actor.id, action, text, work.now)
    return _dealt_with(work, row, changes, lambda: facts.critical_acted(row))


def close_critical(work: Work, actor: Actor, critical_id: str, outcome: str, text: str = "") -> CriticalRow:
    """Say what became of the patient."""
    row = _permitted(work, actor, "critical.act", critical_id)
    changes = lifecycle.close(row, actor.id, outcome, text, work.now)
    return _kept(work, row, changes, lambda: facts.critical_closed(row))


def withdraw_critical(work: Work, actor: Actor, critical_id: str, reason: str) -> CriticalRow:
    """Take a finding back. FORBIDDEN `critical.not_raiser`."""
    row = _permitted(work, actor, "critical.raise", critical_id)
    changes = lifecycle.withdraw(row, actor.id, reason, work.now)
    return _dealt_with(work, row, changes, lambda: facts.critical_withdrawn(row))


def put_critical_into_case(work: Work, critical_id: str, case_id: str) -> CriticalRow:
    """The finding belongs to this case from now on: for whoever opens one from it. Permits nothing; repeats safely."""
    row = hold_critical(work, critical_id)
    if row.case_id == case_id:
        return row
    return _kept(work, row, {"case_id": case_id}, lambda: facts.critical_put_into_case(row))


def sweep(work: Work, limit: int = 100) -> int:
    """Escalate what nobody reads back, remind of what nobody acts on; how many. The relay calls it; twice at once is safe."""
    due = (
        select(CriticalRow)
        .where(CriticalRow.look_at <= work.now)
        .order_by(CriticalRow.look_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = work.session.scalars(due).all()
    for row in rows:
        verb, changes = lifecycle.look(row, work.now)
        fact = facts.critical_escalated if verb == "escalate" else facts.critical_action_overdue
        _kept(work, row, changes, lambda row=row, fact=fact: fact(row))  # type: ignore[misc]
    return len(rows)


def hold_critical(work: Work, critical_id: str) -> CriticalRow:
    """The row, held until the end of the transaction. ABSENT `critical.absent`. Permits nothing."""
    row = work.session.get(CriticalRow, critical_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise absent("critical.absent", critical_id)
    return row


def _permitted(work: Work, actor: Actor, verb: str, critical_id: str) -> CriticalRow:
    row = hold_critical(work, critical_id)
    thing = Thing(row.study_id, shares_of(work, row.study_id))
    if not permits(actor, "critical.see", thing):
        raise absent("critical.absent", critical_id)
    permit(actor, verb, thing)
    return row


def _dealt_with(work: Work, row: CriticalRow, changes: Changes, fact: Callable[[], Fact]) -> CriticalRow:
    """What the bells said of it until now has been heard."""
    kept = _kept(work, row, changes, fact)
    settle(work, row.id)
    return kept


def _kept(work: Work, row: CriticalRow, changes: Changes, fact: Callable[[], Fact]) -> CriticalRow:
    work.keep(row, **changes)
    work.record(fact())
    return row
