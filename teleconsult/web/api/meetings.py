"""MDT meetings as a whole: planned, moved, started, finished. Their cases are in `meeting_items`."""

from collections.abc import Callable
from typing import Any

from flask import Response
from pydantic import AwareDatetime, Field

from teleconsult import consult
from teleconsult.access import Actor
from teleconsult.consult import queries
from teleconsult.consult.lifecycle import MOST_TEXT
from teleconsult.consult.loading_meeting import note_refused
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import Work
from teleconsult.web import auth
from teleconsult.web.api import meeting_views as views
from teleconsult.web.api.boards import MemberBody, PanelFields
from teleconsult.web.api.meeting_views import MeetingLine, MeetingView
from teleconsult.web.respond import Model, answer, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("meetings", __name__, "meetings", "/api/meetings")


class MeetingPath(Model):
    id: str = Field(max_length=64)


class MeetingsQuery(Model):
    """`state` may name several, separated by commas; none means all that are not over (with `case`: all)."""

    state: str = Field(default="", max_length=100)
    mine: bool = False
    board: str = Field(default="", max_length=64)
    case: str = Field(default="", max_length=64)
    cursor: str | None = Field(default=None, max_length=10)
    limit: int = Field(default=50, ge=1, le=200)


class MeetingPage(Model):
    items: list[MeetingLine]
    next: str | None
    total: int


class AdHocBody(PanelFields):
    """A meeting of no board."""

    site_id: str = Field(max_length=64)
    title: str = Field(max_length=120)
    starts_at: AwareDatetime
    minutes: int = Field(default=60, ge=15, le=480)


class MoveBody(Model):
    starts_at: AwareDatetime
    minutes: int = Field(ge=15, le=480)
    version: int | None = None


class MembersBody(Model):
    members: list[MemberBody] = Field(max_length=60)
    chair_id: str = Field(max_length=64)
    version: int | None = None


class ChairBody(Model):
    person_id: str = Field(max_length=64)


class MeetingReasonBody(Model):
    reason: str = Field(default="", max_length=MOST_TEXT)


class Place(Model):
    id: str = Field(max_length=64)
    minutes: int


class AgendaBody(Model):
    """All the cases that wait, in their order, each with its time box."""

    items: list[Place] = Field(max_length=60)
    version: int | None = None


@api.get("", responses={200: MeetingPage}, summary="Meetings in which one has a part")
def list_meetings(query: MeetingsQuery) -> Response:
    actor = auth.actor()
    states = tuple(part for part in query.state.split(",") if part)
    if query.case and not states:
        states = tuple(sorted(consult.MEETING.states))
    match = queries.MeetingMatch(states, query.mine, query.board, query.case)
    with auth.system().read(actor) as work:
        page = queries.meetings(work, actor, match, query.cursor, query.limit)
    return answer_if_changed(
        MeetingPage(items=[views.line(one) for one in page.rows], next=page.next, total=page.total)
    )


@api.post("", responses={201: MeetingView}, summary="A meeting of no board, by a coordinator")
def plan_ad_hoc(body: AdHocBody) -> Response:
    actor = auth.actor()
    given = body.model_dump(include={"specialties", "quorum", "members", "chair_id"})
    with auth.system().work(actor) as work:
        row = consult.meetings.plan_ad_hoc(work, actor, body.site_id, body.title, body.starts_at, body.minutes, given)
        return answer(views.meeting(queries.meeting(work, actor, row.id)), 201)


@api.get("/<id>", responses={200: MeetingView}, summary="A meeting with its agenda")
def get_meeting(path: MeetingPath) -> Response:
    actor = auth.actor()
    try:
        with auth.system().read(actor) as work:
            return answer_if_changed(views.meeting(queries.meeting(work, actor, path.id)))
    except Refused as refusal:
        write_down(path.id, refusal)
        raise


@api.post("/<id>/move", responses={200: MeetingView}, summary="Another time")
def move(path: MeetingPath, body: MoveBody) -> Response:
    return _done(
        path,
        lambda work, actor: consult.meetings.move(work, actor, path.id, body.starts_at, body.minutes, body.version),
    )


@api.post("/<id>/members", responses={200: MeetingView}, summary="Who takes part and who presides")
def set_members(path: MeetingPath, body: MembersBody) -> Response:
    people = [one.model_dump() for one in body.members]
    return _done(
        path,
        lambda work, actor: consult.meetings.set_members(work, actor, path.id, people, body.chair_id, body.version),
    )


@api.post("/<id>/chair", responses={200: MeetingView}, summary="Another member presides")
def replace_chair(path: MeetingPath, body: ChairBody) -> Response:
    return _done(path, lambda work, actor: consult.meetings.replace_chair(work, actor, path.id, body.person_id))


@api.post("/<id>/agenda", responses={200: MeetingView}, summary="The agenda in this order, with these time boxes")
def arrange(path: MeetingPath, body: AgendaBody) -> Response:
    order = [(one.id, one.minutes) for one in body.items]
    return _done(path, lambda work, actor: consult.agenda.arrange(work, actor, path.id, order, body.version))


@api.post("/<id>/start", responses={200: MeetingView}, summary="The chair opens the meeting, and its room")
def start(path: MeetingPath) -> Response:
    return _done(path, lambda work, actor: consult.meetings.start(work, actor, path.id))


@api.post(
    "/<id>/finish", responses={200: MeetingView}, summary="The session is over; what is left goes to the next meeting"
)
def finish(path: MeetingPath, body: MeetingReasonBody) -> Response:
    return _done(path, lambda work, actor: consult.meetings.finish(work, actor, path.id, body.reason))


@api.post(
    "/<id>/cancel", responses={200: MeetingView}, summary="The meeting does not take place; its cases go to the next"
)
def cancel(path: MeetingPath, body: MeetingReasonBody) -> Response:
    return _done(path, lambda work, actor: consult.meetings.cancel(work, actor, path.id, body.reason))


def write_down(meeting_id: str, refusal: Refused) -> None:
    """Somebody without a part in it followed a link to a meeting: that is a fact, in a transaction of its own."""
    if refusal.meaning is Meaning.ABSENT:
        actor = auth.actor()
        with auth.system().work(actor) as work:
            note_refused(work, actor, meeting_id, refusal)


def _done(path: MeetingPath, act: Callable[[Work, Actor], Any]) -> Response:
    """Carry out one action and show the meeting as it is then."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        act(work, actor)
        return answer(views.meeting(queries.meeting(work, actor, path.id)))
