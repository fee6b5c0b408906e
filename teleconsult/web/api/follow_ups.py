"""Follow-ups: what is to be done for a patient, by whom and by when."""

from collections.abc import Callable
from datetime import datetime

from flask import Response
from pydantic import Field

from teleconsult import referral
from teleconsult.access import Actor, Thing, permit_case
from teleconsult.kernel.errors import invalid
from teleconsult.records import Work
from teleconsult.referral import FollowUpRow, queries
from teleconsult.referral.lifecycle_follow_up import due as due_by
from teleconsult.web import auth
from teleconsult.web.api.referral_views import FollowUp, FollowUpCounts, FollowUps, follow_up
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model, answer, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("follow_ups", __name__, "referrals", "/api/follow-ups")


class FollowUpPath(Model):
    id: str = Field(max_length=64)


class FollowUpsQuery(Model):
    """`state`: one, overdue (planned, and due by now) or ended; `mine`: to be done by oneself or one's hospitals."""

    state: str = Field(default="", pattern="^(planned|overdue|ended|done|changed|declined|)$")
    case: str = Field(default="", max_length=64)
    mine: bool = False
    cursor: str | None = Field(default=None, max_length=1000)
    limit: int = Field(default=50, ge=1, le=200)


class FollowUpPlanBody(Model):
    """`owner_site_id` is a hospital that has the case, `owner_id` somebody there; without, it is for the whole hospital."""

    case_id: str = Field(max_length=64)
    text: str = Field(max_length=2000)
    owner_site_id: str = Field(max_length=64)
    owner_id: str | None = Field(default=None, max_length=64)
    due_at: datetime | None = None


class Owner(Model):
    site: Named
    people: list[Named]


class Owners(Model):
    items: list[Owner]


class DoneBody(Model):
    text: str = Field(default="", max_length=2000)
    version: int | None = None


class FollowUpReasonBody(Model):
    reason: str = Field(max_length=2000)
    version: int | None = None


@api.get("", responses={200: FollowUps}, summary="What is to be done, due first")
def list_follow_ups(query: FollowUpsQuery) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        match = queries.FollowUpMatch(query.state, query.case, query.mine)
        found = queries.follow_ups(work, actor, match, query.cursor, query.limit)
    items = [follow_up(item) for item in found.items]
    return answer_if_changed(
        FollowUps(items=items, next=found.next, total=found.total, counts=FollowUpCounts(**found.counts))
    )


@api.post("", responses={201: FollowUp}, summary="Plan something for a hospital that has the case")
def plan(body: FollowUpPlanBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        thing = permit_case(work, actor, "followup.plan", body.case_id)
        known = {one.site.id: {person.id for person in one.people} for one in _owners(work, thing)}
        if body.owner_site_id not in known:
            raise invalid("followup.owner", body.owner_site_id)
        if body.owner_id is not None and body.owner_id not in known[body.owner_site_id]:
            raise invalid("followup.owner", body.owner_id)
        if body.due_at is not None and body.due_at.tzinfo is None:
            raise invalid("field.choice", "a moment needs a time zone", field="due_at")
        due_at = due_by(body.due_at, work.now)
        row = referral.plan_follow_up(
            work, body.case_id, "case", body.case_id, body.text, body.owner_site_id, body.owner_id, due_at
        )
        return answer(follow_up(queries.follow_up(work, actor, row.id)), 201)


@api.get("/owners/<id>", responses={200: Owners}, summary="Hospitals that have the case, and who is there for patients")
def list_owners(path: FollowUpPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = _owners(work, permit_case(work, actor, "followup.plan", path.id))
        items = [Owner.model_validate(one, from_attributes=True) for one in found]
    return answer_if_changed(Owners(items=items))


def _owners(work: Work, thing: Thing) -> tuple[queries.Owner, ...]:
    return queries.owners(work, [share.site_id for share in thing.shares])


@api.post("/<id>/done", responses={200: FollowUp}, summary="It was done")
def done(path: FollowUpPath, body: DoneBody) -> Response:
    return _ended(path.id, lambda work, actor: referral.follow_ups.do(work, actor, path.id, body.text, body.version))


@api.post("/<id>/change", responses={200: FollowUp}, summary="Something else was done, and why")
def change(path: FollowUpPath, body: FollowUpReasonBody) -> Response:
    return _ended(
        path.id, lambda work, actor: referral.follow_ups.change(work, actor, path.id, body.reason, body.version)
    )


@api.post("/<id>/decline", responses={200: FollowUp}, summary="It will not be done, and why")
def decline(path: FollowUpPath, body: FollowUpReasonBody) -> Response:
    return _ended(
        path.id, lambda work, actor: referral.follow_ups.decline(work, actor, path.id, body.reason, body.version)
    )


def _ended(follow_up_id: str, act: Callable[[Work, Actor], FollowUpRow]) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        act(work, actor)
        return answer(follow_up(queries.follow_up(work, actor, follow_up_id)))
