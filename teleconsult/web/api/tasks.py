"""Reading tasks: claim, keep, release, return, answer, cancel."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self

from flask import Response
from pydantic import Field

from teleconsult import reading
from teleconsult.access import Actor
from teleconsult.reading import queries
from teleconsult.records import Work
from teleconsult.web import auth
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("tasks", __name__, "tasks", "/api/tasks")


class Named(Model):
    id: str
    name: str

    @classmethod
    def of(cls, found: queries.Named | None) -> Self | None:
        return cls(id=found.id, name=found.name) if found else None


class Reason(Model):
    """A reason as a code that the user interface translates, with what fills its sentence."""

    code: str
    params: dict[str, str | int]


class TaskView(Model):
    id: str
    study_id: str
    version: int
    state: str
    priority: str
    band: str
    opened_at: datetime
    due_at: datetime
    paused: bool
    requesting_site: Named
    reading_site: Named
    reader: Named | None
    lease_until: datetime | None
    late_images: bool
    route_reason: Reason
    return_code: str | None
    return_text: str | None
    returned_by: Named | None
    answer_text: str | None
    cancel_reason: str | None
    verbs: list[str]


class TaskPath(Model):
    id: str = Field(max_length=64)


class TaskReasonBody(Model):
    reason: str = Field(max_length=2000)


class ReturnBody(Model):
    reason: str = Field(max_length=40, description="documents_missing, images_unfit, wrong_region or other")
    text: str = Field(default="", max_length=2000)
    version: int | None = None


class AnswerBody(Model):
    text: str = Field(max_length=2000)
    version: int | None = None


class TaskCancelBody(Model):
    reason: str = Field(max_length=2000)
    version: int | None = None


def task_view(found: queries.TaskView) -> TaskView:
    return TaskView(
        id=found.id, study_id=found.study_id, version=found.version, state=found.state, priority=found.priority,
        band=found.band, opened_at=found.opened_at, due_at=found.due_at, paused=found.paused_at is not None,
        requesting_site=Named(id=found.requesting_site.id, name=found.requesting_site.name),
        reading_site=Named(id=found.reading_site.id, name=found.reading_site.name),
        reader=Named.of(found.reader), lease_until=found.lease_until, late_images=found.late_images,
        route_reason=Reason(code=found.route_code, params=found.route_params),
        return_code=found.return_code, return_text=found.return_text, returned_by=Named.of(found.returned_by),
        answer_text=found.answer_text, cancel_reason=found.cancel_reason, verbs=list(found.verbs),
    )  # fmt: skip


@api.get("/<id>", responses={200: TaskView}, summary="A task")
def get_task(path: TaskPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        return answer(task_view(queries.task(work, actor, path.id)))


@api.post("/<id>/claim", responses={200: TaskView}, summary="Take the task under a lease")
def claim(path: TaskPath) -> Response:
    return _done(path.id, lambda work, actor: reading.claim(work, actor, path.id, _lease()))


@api.post("/<id>/heartbeat", responses={200: TaskView}, summary="Keep the lease")
def heartbeat(path: TaskPath) -> Response:
    return _done(path.id, lambda work, actor: reading.heartbeat(work, actor, path.id, _lease()))


@api.post("/<id>/release", responses={200: TaskView}, summary="Put the task back, with a reason")
def release(path: TaskPath, body: TaskReasonBody) -> Response:
    return _done(path.id, lambda work, actor: reading.release(work, actor, path.id, body.reason))


@api.post("/<id>/return", responses={200: TaskView}, summary="Ask the requesting site; the clock stands still")
def return_to_site(path: TaskPath, body: ReturnBody) -> Response:
    return _done(
        path.id,
        lambda work, actor: reading.return_to_site(work, actor, path.id, body.reason, body.text, body.version),
    )


@api.post("/<id>/answer", responses={200: TaskView}, summary="Answer a returned task; the clock goes on")
def answer_task(path: TaskPath, body: AnswerBody) -> Response:
    return _done(path.id, lambda work, actor: reading.answer(work, actor, path.id, body.text, body.version))


@api.post("/<id>/cancel", responses={200: TaskView}, summary="No report is wanted any more")
def cancel(path: TaskPath, body: TaskCancelBody) -> Response:
    return _done(path.id, lambda work, actor: reading.cancel(work, actor, path.id, body.reason, body.version))


def _done(task_id: str, act: Callable[[Work, Actor], Any]) -> Response:
    """Carry out one action and show the task as it is then."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        act(work, actor)
        return answer(task_view(queries.task(work, actor, task_id)))


def _lease() -> timedelta:
    return timedelta(seconds=auth.system().settings.lease_seconds)
