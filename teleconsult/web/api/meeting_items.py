"""Cases on an agenda: proposed, screened, prepared, presented, concluded, signed, tracked."""

from collections.abc import Callable
from typing import Any

from flask import Response
from pydantic import AwareDatetime, Field

from teleconsult import access, consult
from teleconsult.access import Actor
from teleconsult.consult import queries
from teleconsult.consult.lifecycle import MOST_TEXT
from teleconsult.consult.lifecycle_meeting import USUAL_MINUTES
from teleconsult.consult.minutes import MOST_REASON
from teleconsult.kernel.errors import Refused
from teleconsult.records import Work
from teleconsult.reporting import Ed25519Signer
from teleconsult.web import auth, room_media
from teleconsult.web.api import meeting_views as views
from teleconsult.web.api.meeting_views import KeyImage, MeetingItem
from teleconsult.web.api.meetings import MeetingPath, MeetingReasonBody, write_down
from teleconsult.web.respond import Model, answer, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("meeting_items", __name__, "meetings", "/api/meetings/<id>/items")


class ItemPath(Model):
    id: str = Field(max_length=64)
    item: str = Field(max_length=64)


class ItemProposeBody(Model):
    """`from_kind` is case, report, consultation, referral or meeting (an earlier item); `urgent` bypasses the freeze by the chair."""

    case_id: str = Field(max_length=64)
    question: str = Field(max_length=MOST_TEXT)
    from_kind: str = Field(default="case", max_length=20)
    from_id: str | None = Field(default=None, max_length=64)
    urgent: bool = False
    minutes: int = USUAL_MINUTES


class ItemAcceptBody(Model):
    minutes: int | None = None


class PrepareBody(Model):
    """What a specialty prepared; what is left out stays as it is. `version` is that of the preparation."""

    specialty: str = Field(max_length=24)
    version: int
    ready: bool | None = None
    missing: list[str] | None = Field(default=None, max_length=40)
    note: str | None = Field(default=None, max_length=MOST_TEXT)
    key_images: list[KeyImage] | None = Field(default=None, max_length=60)


class DissentBody(Model):
    person_id: str = Field(max_length=64)
    text: str = Field(max_length=MOST_TEXT)


class RecommendationBody(Model):
    text: str = Field(max_length=1000)
    owner_site_id: str = Field(max_length=64)
    due_at: AwareDatetime


class ConcludeBody(Model):
    """`version` is that of the conclusion when it is changed; none the first time."""

    stage: str = Field(max_length=MOST_TEXT)
    options: str = Field(default="", max_length=MOST_TEXT)
    recommendation: str = Field(max_length=MOST_TEXT)
    evidence: str = Field(default="", max_length=MOST_TEXT)
    dissent: list[DissentBody] = Field(default_factory=list, max_length=40)
    recommendations: list[RecommendationBody] = Field(default_factory=list, max_length=40)
    version: int | None = None


class SignConclusionBody(Model):
    """`version` is that of the conclusion that was seen."""

    password: str = Field(max_length=200)
    version: int


class ReviewBody(Model):
    text: str = Field(max_length=MOST_TEXT)
    discuss_again: bool = False


class ReferBody(Model):
    direction: str = Field(max_length=10, description="up or down")


class OffTheAgenda(Model):
    """The case is off this meeting's agenda; one may not see it any more. A deferred one stands on another: `next_*`."""

    id: str
    state: str
    version: int
    next_meeting_id: str | None
    next_item_id: str | None


class ExcuseBody(Model):
    """`role` is the specialty that does not sign; `version` the conclusion's. In the chair's name, with the password."""

    role: str = Field(max_length=24)
    reason: str = Field(max_length=MOST_REASON)
    password: str = Field(max_length=200)
    version: int


class Referred(Model):
    """The draft of a referral, to be completed and sent."""

    id: str
    number: str


@api.post("", responses={201: MeetingItem}, summary="Propose a case")
def propose(path: MeetingPath, body: ItemProposeBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = consult.agenda.propose(
            work, actor, path.id, body.case_id, body.question, body.from_kind, body.from_id, urgent=body.urgent, minutes=body.minutes
        )  # fmt: skip
        return answer(views.item(queries.item(work, actor, path.id, row.id)), 201)


@api.get("/<item>", responses={200: MeetingItem}, summary="A case on the agenda, with everything")
def get_item(path: ItemPath) -> Response:
    actor = auth.actor()
    try:
        with auth.system().read(actor) as work:
            shown = answer_if_changed(views.item(queries.item(work, actor, path.id, path.item)))
            unread = queries.conclusion_unread(work, actor, path.item)
    except Refused as refusal:
        write_down(path.id, refusal)
        raise
    if unread:
        with auth.system().work(actor) as work:
            consult.tracking.opened(work, actor, path.item)
    return shown


@api.post(
    "/<item>/accept", responses={200: MeetingItem}, summary="Onto the agenda: the members see the case from here on"
)
def accept(path: ItemPath, body: ItemAcceptBody) -> Response:
    return _done(path, lambda work, actor: consult.agenda.accept(work, actor, path.id, path.item, body.minutes))


@api.post("/<item>/decline", responses={200: OffTheAgenda}, summary="No case for this meeting")
def decline(path: ItemPath, body: MeetingReasonBody) -> Response:
    return _off(path, lambda work, actor: consult.agenda.decline(work, actor, path.id, path.item, body.reason))


@api.post("/<item>/withdraw", responses={200: OffTheAgenda}, summary="Not needed any more")
def withdraw(path: ItemPath, body: MeetingReasonBody) -> Response:
    return _off(path, lambda work, actor: consult.agenda.withdraw(work, actor, path.id, path.item, body.reason))


@api.post("/<item>/defer", responses={200: OffTheAgenda}, summary="To the next meeting")
def defer(path: ItemPath, body: MeetingReasonBody) -> Response:
    return _off(path, lambda work, actor: consult.agenda.defer(work, actor, path.id, path.item, body.reason))


@api.put("/<item>/preparation", responses={200: MeetingItem}, summary="Keep what a specialty prepared")
def prepare(path: ItemPath, body: PrepareBody) -> Response:
    given = body.model_dump(exclude={"specialty", "version"}, exclude_none=True)
    return _done(
        path,
        lambda work, actor: consult.agenda.prepare(
            work, actor, path.id, path.item, body.specialty, given, body.version
        ),
    )


@api.post("/<item>/present", responses={200: MeetingItem}, summary="The case is before the meeting now")
def present(path: ItemPath) -> Response:
    """Whoever must not hear the case is off the air before it is presented, or it is not: BUSY `room.guest_on_air`."""
    actor, system = auth.actor(), auth.system()
    with system.work(actor) as work:
        away = consult.concluding.make_way(work, actor, path.id, path.item)
    for room_id, seat_id in away:
        room_media.let_go(system, room_id, seat_id)
    return _done(path, lambda work, actor: consult.concluding.present(work, actor, path.id, path.item))


@api.post(
    "/<item>/conclude", responses={200: MeetingItem}, summary="What was concluded; until the first signature also again"
)
def conclude(path: ItemPath, body: ConcludeBody) -> Response:
    words = body.model_dump(include={"stage", "options", "recommendation", "evidence"})
    dissent = [one.model_dump() for one in body.dissent]
    todo = [one.model_dump() for one in body.recommendations]
    return _done(
        path,
        lambda work, actor: consult.concluding.conclude(
            work, actor, path.id, path.item, words, dissent, todo, body.version
        ),
    )


@api.post("/<item>/sign", responses={200: MeetingItem}, summary="Sign one's part, by giving the password again")
def sign(path: ItemPath, body: SignConclusionBody) -> Response:
    access.confirm_password(auth.system().store, auth.actor(), body.password)
    signer = Ed25519Signer(auth.system().keys.signing)
    return _done(
        path, lambda work, actor: consult.concluding.sign(work, actor, path.id, path.item, signer, body.version)
    )


@api.post(
    "/<item>/excuse",
    responses={200: MeetingItem},
    summary="The chair writes down, with a reason, that a specialty does not sign",
)
def excuse(path: ItemPath, body: ExcuseBody) -> Response:
    access.confirm_password(auth.system().store, auth.actor(), body.password)
    signer = Ed25519Signer(auth.system().keys.signing)
    return _done(
        path,
        lambda work, actor: consult.excusing.excuse(
            work, actor, path.id, path.item, body.role, body.reason, signer, body.version
        ),
    )


@api.post("/<item>/review", responses={200: MeetingItem}, summary="What became of the recommendations")
def review(path: ItemPath, body: ReviewBody) -> Response:
    return _done(
        path,
        lambda work, actor: consult.tracking.review(
            work, actor, path.id, path.item, body.text, discuss_again=body.discuss_again
        ),
    )


@api.post("/<item>/close", responses={200: MeetingItem}, summary="Nothing is tracked any more")
def close(path: ItemPath) -> Response:
    return _done(path, lambda work, actor: consult.tracking.close(work, actor, path.id, path.item))


@api.post("/<item>/refer", responses={201: Referred}, summary="A referral that follows from the conclusion")
def refer(path: ItemPath, body: ReferBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = consult.tracking.refer(work, actor, path.id, path.item, body.direction)
        return answer(Referred(id=row.id, number=row.number), 201)


def _done(path: ItemPath, act: Callable[[Work, Actor], Any]) -> Response:
    """Carry out one action and show the case as it stands then."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        act(work, actor)
        return answer(views.item(queries.item(work, actor, path.id, path.item)))


def _off(path: ItemPath, act: Callable[[Work, Actor], Any]) -> Response:
    """Carry out an action after which the actor may not see the case any more."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = act(work, actor)
        following = queries.meeting_id_of(work, row.next_item_id) if row.next_item_id else None
        return answer(
            OffTheAgenda(
                id=row.id,
                state=row.state,
                version=row.version,
                next_meeting_id=following,
                next_item_id=row.next_item_id,
            )
        )
