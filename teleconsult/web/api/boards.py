"""MDT boards: series of meetings of a centre."""

from typing import Any

from flask import Response
from pydantic import AwareDatetime, Field

from teleconsult import consult
from teleconsult.consult import queries
from teleconsult.web import auth
from teleconsult.web.api import meeting_views as views
from teleconsult.web.api.meeting_views import BoardView, MeetingView
from teleconsult.web.respond import Model, answer, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("boards", __name__, "meetings", "/api/boards")


class BoardPath(Model):
    id: str = Field(max_length=64)


class BoardsQuery(Model):
    site: str = Field(default="", max_length=64)
    inactive: bool = Field(default=False, description="also those that do not meet any more")


class Boards(Model):
    items: list[BoardView]


class QuorumBody(Model):
    must: list[str] = Field(default_factory=list, max_length=20)
    least: int = Field(ge=2, le=20)


class CadenceBody(Model):
    """`every` weekly, biweekly (counted from the week of `anchor`) or monthly (`week` 1 to 4); `weekday` 0 is Monday; `at` HH:MM."""

    every: str = Field(max_length=10)
    weekday: int = Field(ge=0, le=6)
    at: str = Field(max_length=5)
    week: int = Field(default=1, ge=1, le=4)
    anchor: str | None = Field(default=None, max_length=10)


class MemberBody(Model):
    person_id: str = Field(max_length=64)
    specialty: str = Field(max_length=24)


class PanelFields(Model):
    """Who takes part. Each specialty needs somebody; the chair is one of the members."""

    specialties: list[str] = Field(max_length=20)
    quorum: QuorumBody
    members: list[MemberBody] = Field(max_length=60)
    chair_id: str = Field(max_length=64)


class NewBoardBody(PanelFields):
    site_id: str = Field(max_length=64)
    name: str = Field(max_length=120)
    cadence: CadenceBody
    minutes: int = Field(default=90, ge=15, le=480)


class BoardBody(Model):
    """What is left out stays as it is. Meetings that are planned stay as they are."""

    version: int
    name: str | None = Field(default=None, max_length=120)
    specialties: list[str] | None = Field(default=None, max_length=20)
    quorum: QuorumBody | None = None
    members: list[MemberBody] | None = Field(default=None, max_length=60)
    chair_id: str | None = Field(default=None, max_length=64)
    cadence: CadenceBody | None = None
    minutes: int | None = Field(default=None, ge=15, le=480)
    active: bool | None = None


class BoardPlanBody(Model):
    starts_at: AwareDatetime
    minutes: int | None = Field(default=None, ge=15, le=480)


@api.get("", responses={200: Boards}, summary="Every board, with its next dates and the meetings that take cases")
def list_boards(query: BoardsQuery) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = queries.boards(work, actor, site_id=query.site, inactive=query.inactive)
        return answer_if_changed(Boards(items=[views.board(one) for one in found]))


@api.post("", responses={201: BoardView}, summary="A new board of a hospital, by its coordinators")
def make(body: NewBoardBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = consult.boards.make_board(work, actor, body.site_id, _given(body))
        return answer(views.board(queries.board(work, actor, row.id)), 201)


@api.get("/<id>", responses={200: BoardView}, summary="A board")
def get_board(path: BoardPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        return answer_if_changed(views.board(queries.board(work, actor, path.id)))


@api.patch("/<id>", responses={200: BoardView}, summary="Change a board, or let it rest")
def change(path: BoardPath, body: BoardBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        consult.boards.change_board(work, actor, path.id, _given(body), body.version)
        return answer(views.board(queries.board(work, actor, path.id)))


@api.post("/<id>/meetings", responses={201: MeetingView}, summary="A further meeting of a board")
def plan(path: BoardPath, body: BoardPlanBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = consult.meetings.plan_meeting(work, actor, path.id, body.starts_at, body.minutes)
        return answer(views.meeting(queries.meeting(work, actor, row.id)), 201)


def _given(body: Model) -> dict[str, Any]:
    sent = body.model_dump(exclude={"version", "site_id"}, exclude_none=True)
    return sent
