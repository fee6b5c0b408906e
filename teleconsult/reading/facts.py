"""What happens to reading tasks. Each change of a task's version is told by one fact that carries the version."""

from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json
from teleconsult.reading.tables import TaskRow


def _of(name: str, task: TaskRow, **details: Json) -> Fact:
    sites = tuple(sorted({task.requesting_site_id, task.reading_site_id}))
    return Fact(name, "task", task.id, task.version, task.study_id, sites, {"state": task.state, **details})


def task_opened(task: TaskRow) -> Fact:
    return _of(
        "TaskOpened", task, priority=task.priority, due_at=task.due_at.isoformat(), reading_site_id=task.reading_site_id,
        reason=task.route_code, modality=task.modality,
    )  # fmt: skip


def study_unroutable(study_id: str, site_id: str, code: str, params: dict[str, Json]) -> Fact:
    return Fact("StudyUnroutable", "study", study_id, 0, study_id, (site_id,), {"reason": code, "params": params})


def task_claimed(task: TaskRow, from_id: str | None) -> Fact:
    """`from_id`: whose claim had lapsed, if anybody's."""
    return _of("TaskClaimed", task, reader_id=task.reader_id, lapsed_from=from_id)


def task_released(task: TaskRow, reader_id: str, reason: str) -> Fact:
    return _of("TaskReleased", task, reader_id=reader_id, reason=reason)


def task_lapsed(task: TaskRow, reader_id: str) -> Fact:
    return _of("TaskLapsed", task, reader_id=reader_id)


def task_reported(task: TaskRow) -> Fact:
    return _of("TaskReported", task, reader_id=task.reader_id)


def task_sent_back(task: TaskRow) -> Fact:
    return _of("TaskSentBack", task, reader_id=task.reader_id)


def task_verified(task: TaskRow) -> Fact:
    minutes = (task.verified_at - task.clock_from).total_seconds() / 60 if task.verified_at else None
    in_time = task.verified_at is not None and task.verified_at <= task.due_at
    return _of("TaskVerified", task, minutes=minutes and round(minutes, 1), in_time=in_time)


def task_returned(task: TaskRow) -> Fact:
    return _of("TaskReturned", task, reason=task.return_code, text=task.return_text)


def task_answered(task: TaskRow) -> Fact:
    return _of("TaskAnswered", task, text=task.answer_text, due_at=task.due_at.isoformat())


def task_cancelled(task: TaskRow) -> Fact:
    return _of("TaskCancelled", task, reason=task.cancel_reason)


def task_marked_late(task: TaskRow) -> Fact:
    return _of("TaskMarkedLate", task)


def task_hastened(task: TaskRow) -> Fact:
    """Its examination was ordered as more urgent than the images said."""
    return _of("TaskHastened", task, priority=task.priority, due_at=task.due_at.isoformat())
