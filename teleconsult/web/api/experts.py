"""The directory of experts: whom one may ask, and what one says of oneself."""

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import Field

from teleconsult import consult
from teleconsult.consult import queries
from teleconsult.web import auth
from teleconsult.web.api.consultation_views import ColleagueView
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model, answer, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("experts", __name__, "experts", "/api/experts")


class Expert(Model):
    """`hours` are weekly, in China Standard Time: {"mon": [["08:00", "12:00"]]}; none: at any time. `open` is how many wait for an answer."""

    person_id: str
    name: str
    title: str
    site: Named
    specialty: str
    introduction: str
    accepting: bool
    hours: dict[str, list[list[str]]]
    most_open: int
    open: int
    available_now: bool
    free_at: datetime | None
    version: int


class Experts(Model):
    items: list[Expert]
    next: str | None
    total: int
    specialties: list[str]


class ExpertsQuery(Model):
    specialty: str = Field(default="", max_length=24)
    q: str = Field(default="", max_length=100)
    site: str = Field(default="", max_length=64)
    accepting: bool = False
    cursor: str | None = Field(default=None, max_length=10)
    limit: int = Field(default=200, ge=1, le=1000)


class Unlisted(Model):
    items: list[ColleagueView]


class ExpertPath(Model):
    person_id: str = Field(max_length=64)


class ExpertBody(Model):
    """What is left out stays as it is."""

    specialty: str | None = Field(default=None, max_length=24)
    introduction: str | None = Field(default=None, max_length=2000)
    accepting: bool | None = None
    hours: dict[str, list[list[str]]] | None = None
    most_open: int | None = Field(default=None, ge=0, le=100)

    def given(self) -> dict[str, Any]:
        return {name: value for name in ExpertBody.model_fields if (value := getattr(self, name)) is not None}


@api.get("", responses={200: Experts}, summary="Experts that may be asked, the least busy first")
def list_experts(query: ExpertsQuery) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        page = queries.experts(
            work,
            query.specialty,
            query.q,
            query.site,
            accepting=query.accepting,
            cursor=query.cursor,
            limit=query.limit,
        )
    items = [_expert(one) for one in page.rows]
    return answer_if_changed(
        Experts(items=items, next=page.next, total=page.total, specialties=list(consult.SPECIALTIES))
    )


@api.get("/unlisted", responses={200: Unlisted}, summary="Experts of one's hospital who are not in the directory yet")
def list_unlisted() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = queries.unlisted(work, actor)
    return answer(Unlisted(items=[ColleagueView.of(one) for one in found]))


@api.put("/me", responses={200: Expert}, summary="What the directory says of oneself")
def describe_me(body: ExpertBody) -> Response:
    return _described(auth.actor().id, body)


@api.put(
    "/<person_id>",
    responses={200: Expert},
    summary="What the directory says of a colleague; by a coordinator or administrator",
)
def describe(path: ExpertPath, body: ExpertBody) -> Response:
    return _described(path.person_id, body)


def _described(person_id: str, body: ExpertBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        consult.describe(work, actor, person_id, body.given())
        return answer(_expert(queries.expert(work, person_id)))


def _expert(found: queries.ExpertView) -> Expert:
    return Expert(
        person_id=found.person_id, name=found.name, title=found.title, site=Named(id=found.site_id, name=found.site),
        specialty=found.specialty, introduction=found.introduction, accepting=found.accepting, hours=found.hours,
        most_open=found.most_open, open=found.open, available_now=found.available_now, free_at=found.free_at, version=found.version,
    )  # fmt: skip
