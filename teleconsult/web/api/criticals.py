"""Critical findings: raised for a study, heard and read back by its hospital, acted on, closed; and the gate before signing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from teleconsult import reporting
from teleconsult.access import Actor
from teleconsult.records import Work
from teleconsult.reporting import queries
from teleconsult.reporting.critical_items import ITEMS
from teleconsult.web import auth
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model, answer, answer_if_changed

api = APIBlueprint("criticals", __name__, url_prefix="/api", abp_tags=[Tag(name="criticals")])
_LONGEST = 2000


class CriticalItem(Model):
    code: str
    kind: str
    level: int


class CriticalItems(Model):
    items: list[CriticalItem]


class CriticalPatient(Model):
    name: str
    sex: str
    age: str
    patient_id: str


class CriticalView(Model):
    """A critical finding. `hear`: it rings on this person's screen until somebody reads it back; `look_at`: when time acts next."""

    id: str
    version: int
    study_id: str
    report_id: str | None
    case_id: str | None
    item: str
    level: int
    text: str
    state: str
    escalated: int
    hear: bool
    patient: CriticalPatient
    modality: str
    description: str
    site: Named
    reading_site: Named
    raised_by: Named
    raised_at: datetime
    notified_at: datetime | None
    acknowledged_by: Named | None
    acknowledged_at: datetime | None
    read_back: str | None
    action: str | None
    action_text: str | None
    acted_by: Named | None
    acted_at: datetime | None
    outcome: str | None
    outcome_text: str | None
    closed_by: Named | None
    closed_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    look_at: datetime | None
    verbs: list[str]


class Criticals(Model):
    items: list[CriticalView]
    total: int


class CriticalFigures(Model):
    """Of the last 30 days. `in_time_percent`: read back within ten minutes, of what was read back or is late by now."""

    raised: int
    in_time: int
    counted: int
    in_time_percent: float | None
    median_seconds: int | None
    closed: int
    escalated: int
    open: int


class CriticalsQuery(Model):
    """`hear`: only what rings on the own screen now; `open`: neither closed nor withdrawn."""

    hear: bool = False
    open: bool = False
    study_id: str = Field(default="", max_length=64)


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


class CriticalFlagAnswer(Model):
    """`kind`: raised (as `critical_id`) or denied (for `reason`)."""

    kind: str
    by: Named
    at: datetime
    critical_id: str | None
    reason: str | None


class CriticalFlag(Model):
    """A phrase of the saved text that points to a critical finding; without an answer the report is neither handed in nor signed."""

    phrase: str
    item: str
    level: int
    clause: str
    answer: CriticalFlagAnswer | None


class CriticalFlags(Model):
    items: list[CriticalFlag]


class CriticalDenyBody(Model):
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
        if query.hear:
            found = queries.to_hear(work, actor)
        else:
            found = queries.criticals(work, actor, open_only=query.open, study_id=query.study_id)
    return answer_if_changed(Criticals(items=[_shown(one) for one in found], total=len(found)))


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
    return answer(_shown(found))


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
    return answer(_flags(found))


@api.post(
    "/reports/<id>/critical-answers",
    responses={200: CriticalFlags},
    summary="Say why a flagged phrase is no critical finding",
)
def deny(path: CriticalPath, body: CriticalDenyBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        reporting.deny_critical(work, actor, path.id, body.phrase, body.reason)
        found = queries.critical_flags(work, actor, path.id)
    return answer(_flags(found))


def _flags(found: list[queries.Flag]) -> CriticalFlags:
    return CriticalFlags(items=[CriticalFlag.model_validate(flag, from_attributes=True) for flag in found])


def _shown(found: queries.CriticalView) -> CriticalView:
    own = {name: getattr(found, name) for name in CriticalView.model_fields if name != "patient"}
    patient = CriticalPatient(name=found.patient_name, sex=found.sex, age=found.age, patient_id=found.patient_number)
    return CriticalView.model_validate({**own, "patient": patient}, from_attributes=True)


def _done(action: Callable[[Work, Actor], Any]) -> Response:
    """Carry out one action and show the finding as it is then."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        shown = _shown(queries.critical(work, actor, action(work, actor).id))
    return answer(shown)
