"""Critical findings: raised for a study, heard and read back by its hospital, acted on, closed; and the gate before signing."""

from collections.abc import Callable
from typing import Any

from flask import Response
from pydantic import Field

from teleconsult import reporting
from teleconsult.access import Actor
from teleconsult.records import Work
from teleconsult.reporting import queries
from teleconsult.reporting.critical_items import ITEMS
from teleconsult.web import auth
from teleconsult.web.api.critical_views import (
    CriticalCounts,
    CriticalFigures,
    CriticalFlags,
    CriticalItem,
    CriticalItems,
    Criticals,
    CriticalView,
    flags_shown,
    shown,
)
from teleconsult.web.respond import Model, answer, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("criticals", __name__, "criticals", "/api")
_LONGEST = 2000
_LONGEST_REPORT = 20_000


class CriticalsQuery(Model):
    """`hear`: only what rings on the own screen now; `open`: neither closed nor withdrawn."""

    hear: bool = False
    open: bool = False
    study_id: str = Field(default="", max_length=64)
    q: str = Field(
        default="", max_length=100, description="begins a name in any writing, a patient or accession number"
    )
    cursor: str | None = Field(default=None, max_length=1000)
    limit: int = Field(default=50, ge=1, le=200)


class CriticalPath(Model):
    id: str = Field(max_length=64)


class CriticalRaiseBody(Model):
    """Without a level the item's own counts."""

    item: str = Field(max_length=40)
    text: str = Field(default="", max_length=_LONGEST)
    level: int | None = None


class CriticalReadBackBody(Model):
    """In typed words, which must name the finding."""

    read_back: str = Field(max_length=_LONGEST)


class CriticalActBody(Model):
    action: str = Field(max_length=20)
    text: str = Field(default="", max_length=_LONGEST)


class CriticalCloseBody(Model):
    outcome: str = Field(max_length=20)
    text: str = Field(default="", max_length=_LONGEST)


class CriticalWithdrawBody(Model):
    reason: str = Field(max_length=_LONGEST)


class AddendumFlagsBody(Model):
    """What is about to be added to a signed report."""

    text: str = Field(max_length=_LONGEST_REPORT)


class CriticalDenyBody(Model):
    """`text`: the addendum that the phrase stands in; without it the report's own text."""

    text: str | None = Field(default=None, max_length=_LONGEST_REPORT)
    phrase: str = Field(max_length=40)
    reason: str = Field(max_length=_LONGEST)


@api.get("/critical-items", responses={200: CriticalItems}, summary="The list of critical findings, with their levels")
def list_items() -> Response:
    return answer(
        CriticalItems(items=[CriticalItem(code=item.code, kind=item.kind, level=item.level) for item in ITEMS])
    )


@api.get("/criticals", responses={200: Criticals}, summary="Critical findings that one may see, or that ring here now")
def list_criticals(query: CriticalsQuery) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        state = queries.HEAR if query.hear else queries.OPEN if query.open else ""
        match = queries.CriticalMatch(state, query.study_id, query.q)
        page = queries.criticals(work, actor, match, query.cursor, query.limit)
    counts = CriticalCounts(**page.counts) if page.counts else None
    items = [shown(one) for one in page.rows]
    return answer_if_changed(Criticals(items=items, next=page.next, total=page.total, counts=counts))


@api.get("/criticals/figures", responses={200: CriticalFigures}, summary="How quickly findings are read back")
def figures() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = queries.critical_figures(work, actor)
    return answer_if_changed(CriticalFigures.model_validate(found, from_attributes=True))


@api.get("/criticals/<id>", responses={200: CriticalView}, summary="One critical finding")
def get_critical(path: CriticalPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = queries.critical(work, actor, path.id)
    return answer(shown(found))


@api.post("/studies/<id>/criticals", responses={200: CriticalView}, summary="Raise a critical finding of a study")
def raise_critical(path: CriticalPath, body: CriticalRaiseBody) -> Response:
    return _done(lambda work, actor: reporting.raise_critical(work, actor, path.id, body.item, body.text, body.level))


@api.post("/criticals/<id>/acknowledge", responses={200: CriticalView}, summary="Read a finding back in typed words")
def acknowledge(path: CriticalPath, body: CriticalReadBackBody) -> Response:
    return _done(lambda work, actor: reporting.acknowledge_critical(work, actor, path.id, body.read_back))


@api.post("/criticals/<id>/act", responses={200: CriticalView}, summary="Say what is done: treat, consult, refer")
def act(path: CriticalPath, body: CriticalActBody) -> Response:
    return _done(lambda work, actor: reporting.act_on_critical(work, actor, path.id, body.action, body.text))


@api.post("/criticals/<id>/close", responses={200: CriticalView}, summary="Say what became of the patient")
def close(path: CriticalPath, body: CriticalCloseBody) -> Response:
    return _done(lambda work, actor: reporting.close_critical(work, actor, path.id, body.outcome, body.text))


@api.post(
    "/criticals/<id>/withdraw", responses={200: CriticalView}, summary="Take a finding back, by whoever raised it"
)
def withdraw(path: CriticalPath, body: CriticalWithdrawBody) -> Response:
    return _done(lambda work, actor: reporting.withdraw_critical(work, actor, path.id, body.reason))


@api.get(
    "/reports/<id>/critical-flags",
    responses={200: CriticalFlags},
    summary="Phrases of a report that point to critical findings",
)
def flags(path: CriticalPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = queries.critical_flags(work, actor, path.id)
    return answer(flags_shown(found))


@api.post(
    "/reports/<id>/addendum-flags",
    responses={200: CriticalFlags},
    summary="Phrases of what is about to be added to a report that point to critical findings",
)
def addendum_flags(path: CriticalPath, body: AddendumFlagsBody) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = queries.addendum_flags(work, actor, path.id, body.text)
    return answer(flags_shown(found))


@api.post(
    "/reports/<id>/critical-answers",
    responses={200: CriticalFlags},
    summary="Say why a flagged phrase is no critical finding",
)
def deny(path: CriticalPath, body: CriticalDenyBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        if body.text is None:
            reporting.deny_critical(work, actor, path.id, body.phrase, body.reason)
            found = queries.critical_flags(work, actor, path.id)
        else:
            reporting.deny_in_addendum(work, actor, path.id, body.text, body.phrase, body.reason)
            found = queries.addendum_flags(work, actor, path.id, body.text)
    return answer(flags_shown(found))


def _done(action: Callable[[Work, Actor], Any]) -> Response:
    """Carry out one action and show the finding as it is then."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        found = shown(queries.critical(work, actor, action(work, actor).id))
    return answer(found)
