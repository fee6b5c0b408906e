"""What people and the clock do with a reading task: load, permit, decide, keep, record.

Every action loads the task's row for update, so that two at once are one after the other; `keep` compares the version as well.
A task that the actor may not see is as absent as one that is not there.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from teleconsult.access import PROFILES, Actor, Share, Thing, permit, permits, shares_of
from teleconsult.access.rights import READING
from teleconsult.kernel.errors import absent, conflict
from teleconsult.kernel.facts import Fact
from teleconsult.reading import facts, lifecycle
from teleconsult.reading.lifecycle import CLAIMED
from teleconsult.reading.queries import person_name
from teleconsult.reading.tables import TaskRow
from teleconsult.records.work import Work

LEASE: Final = timedelta(minutes=15)


def claim(work: Work, actor: Actor, task_id: str, lease: timedelta = LEASE) -> TaskRow:
    """Take a task for reading, for as long as the lease lives. The same reader may claim again.

    CONFLICT `task.claimed_by_other` (name) when somebody was faster, `move.illegal` when it is not to be read.
    """
    task = _permitted(work, actor, "task.claim", task_id)
    before, reader = task.state, task.reader_id
    changes = lifecycle.claim(task, actor.id, work.now, lease, holder(work, task))
    if before == CLAIMED and reader == actor.id:
        return _touched(work, task, changes)
    return _kept(work, task, changes, lambda: facts.task_claimed(task, reader))


def heartbeat(work: Work, actor: Actor, task_id: str, lease: timedelta = LEASE) -> TaskRow:
    """Keep the claim alive. Tells nobody and leaves the version: nothing has changed for anybody else."""
    task = _permitted(work, actor, "task.claim", task_id)
    return extend(work, actor, task, lease)


def extend(work: Work, actor: Actor, task: TaskRow, lease: timedelta = LEASE) -> TaskRow:
    """`heartbeat` for a task that is loaded already (`load`): refuses unless the actor has it claimed."""
    return _touched(work, task, lifecycle.heartbeat(task, actor.id, work.now, lease, holder(work, task)))


def release(work: Work, actor: Actor, task_id: str, reason: str) -> TaskRow:
    """Give the task back to the queue and say why."""
    task = _permitted(work, actor, "task.claim", task_id)
    changes = lifecycle.release(task, actor.id, reason, holder(work, task))
    return _kept(work, task, changes, lambda: facts.task_released(task, actor.id, reason.strip()))


def return_to_site(
    work: Work, actor: Actor, task_id: str, code: str, text: str = "", seen: int | None = None
) -> TaskRow:
    """The requesting site must answer first; the clock stands still until it does."""
    task = _permitted(work, actor, "task.return", task_id, seen)
    changes = lifecycle.return_to_site(task, actor.id, code, text, work.now, holder(work, task))
    return _kept(work, task, changes, lambda: facts.task_returned(task))


def answer(work: Work, actor: Actor, task_id: str, text: str, seen: int | None = None) -> TaskRow:
    """The requesting site answers a returned task; it is due as much later as the site took."""
    task = _permitted(work, actor, "task.answer", task_id, seen)
    return _kept(work, task, lifecycle.answer(task, text, work.now), lambda: facts.task_answered(task))


def cancel(work: Work, actor: Actor, task_id: str, reason: str, seen: int | None = None) -> TaskRow:
    """No report is wanted. The requesting site may while nobody reads, the reading site's coordinator until it is signed."""
    task = _permitted(work, actor, "task.cancel", task_id, seen)
    changes = lifecycle.cancel(task, reason, may_cancel_any(actor, task))
    return _kept(work, task, changes, lambda: facts.task_cancelled(task))


def lapse(work: Work, limit: int = 100) -> int:
    """Claims whose lease has run out go back to the queue; how many did. The relay calls it; twice at once is safe."""
    late = (
        select(TaskRow)
        .where(TaskRow.state == CLAIMED, TaskRow.lease_until <= work.now)
        .order_by(TaskRow.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    tasks = work.session.scalars(late).all()
    for task in tasks:
        reader = task.reader_id or ""
        work.keep(task, **lifecycle.lapse(task, work.now))
        work.record(facts.task_lapsed(task, reader))
    return len(tasks)


def mark_late(work: Work, study_id: str) -> TaskRow | None:
    """Images came after the study was prepared: the task is marked, in whatever state, and stays in it. Repeats safely."""
    task = load_of(work, study_id)  # a study that is not routed yet has nothing to mark: its task will see all images
    if task is None or task.late_images:
        return task
    return _kept(work, task, {"late_images": True}, lambda: facts.task_marked_late(task))


def late_seen(work: Work, task: TaskRow) -> None:
    """What came late is answered for by what was just written. Leaves the version: whoever wrote it tells of that. Called by `reporting`."""
    task.late_images = False
    work.session.flush()


def hasten(work: Work, study_id: str, priority: str) -> TaskRow | None:
    """The study turned out to be more urgent: its task is due sooner. None where it has no open task; never less urgent. Repeats safely."""
    task = load_of(work, study_id)
    if task is None:
        return None
    changes = lifecycle.hasten(task, priority, PROFILES[task.sla].minutes(task.modality, priority))
    return _kept(work, task, changes, lambda: facts.task_hastened(task)) if changes else task


def submit(work: Work, actor: Actor, task: TaskRow) -> TaskRow:
    """The report of a task (`load`) is handed in for review. Called by `reporting` in its own transaction."""
    changes = lifecycle.submit(task, actor.id, work.now, holder(work, task))
    return _kept(work, task, changes, lambda: facts.task_reported(task))


def send_back(work: Work, task: TaskRow, lease: timedelta = LEASE) -> TaskRow:
    """The reviewer gave the report back: the same reader has the task again. Called by `reporting`."""
    return _kept(work, task, lifecycle.send_back(task, work.now, lease), lambda: facts.task_sent_back(task))


def verify(work: Work, task_id: str) -> TaskRow:
    """The report is signed: the clock stops, and nothing is late any more: a signature answers for all images of its moment.
    Repeats safely: what comes after the first time stays marked."""
    task = load(work, task_id)
    changes = lifecycle.verify(task, work.now)
    if not changes:
        return task
    return _kept(work, task, {**changes, "late_images": False}, lambda: facts.task_verified(task))


def load(work: Work, task_id: str) -> TaskRow:
    """The task's row, held until the end of the transaction. ABSENT `task.absent`."""
    task = work.session.get(TaskRow, task_id, with_for_update=True, populate_existing=True)
    if task is None:
        raise absent("task.absent", task_id)
    return task


def load_of(work: Work, study_id: str) -> TaskRow | None:
    """`load` by the task's study; None while it has no task."""
    found = select(TaskRow).where(TaskRow.study_id == study_id).with_for_update()
    return work.session.scalars(found, execution_options={"populate_existing": True}).one_or_none()


def holder(work: Work, task: TaskRow) -> str:
    """The name of who has the task, for a refusal."""
    return person_name(work, task.reader_id) if task.reader_id else ""


def may_cancel_any(actor: Actor, task: TaskRow) -> bool:
    return permits(actor, "task.cancel", Thing(task.study_id, (Share(task.reading_site_id, READING),)))


def _permitted(work: Work, actor: Actor, verb: str, task_id: str, seen: int | None = None) -> TaskRow:
    task = load(work, task_id)
    thing = Thing(task.study_id, shares_of(work, task.study_id))
    if not permits(actor, "study.see", thing):
        raise absent("task.absent", task_id)
    permit(actor, verb, thing)
    if seen is not None and seen != task.version:
        raise conflict("version.stale", f"seen {seen}, is {task.version}", version=task.version)
    return task


def _touched(work: Work, task: TaskRow, changes: lifecycle.Changes) -> TaskRow:
    task.lease_until = changes["lease_until"]
    work.session.flush()
    return task


def _kept(work: Work, task: TaskRow, changes: lifecycle.Changes, fact: Callable[[], Fact]) -> TaskRow:
    work.keep(task, **changes)
    work.record(fact())
    return task
