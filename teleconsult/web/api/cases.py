"""Cases: the list, a case's page, its studies, its timeline."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response
from pydantic import Field

from teleconsult import referral
from teleconsult.access import Actor
from teleconsult.access.queries import site_names
from teleconsult.records import FactRow, Work
from teleconsult.referral import queries
from teleconsult.referral.queries import Match
from teleconsult.referral.queries.timeline import Standing, standings
from teleconsult.referral.strangers import note_case_refused
from teleconsult.web import auth
from teleconsult.web.api.audit import FactView, fact_view
from teleconsult.web.api.studies import PatientView
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model, answer, answer_if_changed
from teleconsult.web.routes import Routes
from teleconsult.web.strangers import written_down

api = Routes("cases", __name__, "cases", "/api/cases")


class CaseLine(Model):
    id: str
    number: str
    version: int
    state: str
    title: str
    severity: str
    patient: PatientView
    site: Named
    opened_by: Named
    opened_at: datetime
    closed_at: datetime | None
    study_count: int


class CaseCounts(Model):
    """Of all cases that one may see."""

    open: int
    closed: int
    mine: int


class CasePage(Model):
    items: list[CaseLine]
    next: str | None
    total: int
    counts: CaseCounts


class CaseStudy(Model):
    """A study of the case. `problem`: study.held, study.not_shared (both: nothing but its id is told) or study.conflict."""

    id: str
    problem: str | None
    verbs: list[str]
    added_at: datetime
    study_uid: str
    description: str
    body_part: str
    modalities: list[str]
    site: Named | None
    study_at: str
    state: str
    instance_count: int
    task_state: str | None
    report_id: str | None
    report_state: str | None


class Attachment(Model):
    """`kind` is consent, record, image, lab or other. One that was withdrawn is named and not given out."""

    id: str
    kind: str
    name: str
    media_type: str
    size: int
    by: Named
    site: str
    at: datetime
    withdrawn_at: datetime | None


class CaseView(Model):
    id: str
    number: str
    version: int
    state: str
    title: str
    summary: str
    severity: str
    patient: PatientView
    site: Named
    opened_by: Named
    opened_at: datetime
    closed_at: datetime | None
    studies: list[CaseStudy]
    attachments: list[Attachment]
    verbs: list[str]


class CasePath(Model):
    id: str = Field(max_length=64)


class CasesQuery(Model):
    q: str = Field(default="", max_length=100)
    state: str = Field(default="", pattern="^(open|closed|)$")
    mine: bool = False
    study: str = Field(default="", max_length=64, description="only cases that this study belongs to")
    cursor: str | None = Field(default=None, max_length=1000)
    limit: int = Field(default=50, ge=1, le=200)


class OpenBody(Model):
    study_ids: list[str] = Field(min_length=1, max_length=50)
    title: str = Field(max_length=200)
    summary: str = Field(default="", max_length=20_000)
    severity: str = Field(default="none", pattern="^(none|mild|moderate|severe)$")


class EditBody(Model):
    title: str | None = Field(default=None, max_length=200)
    summary: str | None = Field(default=None, max_length=20_000)
    severity: str | None = Field(default=None, pattern="^(none|mild|moderate|severe)$")
    version: int | None = None


class StudyBody(Model):
    study_id: str = Field(max_length=64)


class CaseVersionBody(Model):
    version: int | None = None


class TimelineQuery(Model):
    """`kind` names subjects of facts (case, study, task, report, referral, …), separated by commas; none means all."""

    kind: str = Field(default="", max_length=200)
    after: int = Field(default=0, ge=0)
    limit: int = Field(default=1000, ge=1, le=1000)


class CaseFact(FactView):
    """A fact with what its person is at the hospital that they acted for: title, and the roles that they hold there today."""

    title: str | None
    roles: list[str]


class CaseTimeline(Model):
    items: list[CaseFact]


@api.get("", responses={200: CasePage}, summary="The cases that one may see, latest first")
def list_cases(query: CasesQuery) -> Response:
    actor = auth.actor()
    match = Match(query.q, query.state, query.mine, query.study)
    with auth.system().read(actor) as work:
        page = queries.cases(work, actor, match, query.cursor, query.limit)
    items = [_line(row) for row in page.rows]
    counts = CaseCounts(open=page.counts.open, closed=page.counts.closed, mine=page.counts.mine)
    return answer_if_changed(CasePage(items=items, next=page.next, total=page.total, counts=counts))


@api.post("", responses={201: CaseView}, summary="A new case about studies of one patient")
def open_case(body: OpenBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        first, *others = body.study_ids
        case = referral.open_case(work, actor, first, body.title, body.summary, body.severity)
        for study_id in others:
            referral.add_study(work, actor, case.id, study_id)
        return answer(case_view(queries.case(work, actor, case.id)), 201)


@api.get("/<id>", responses={200: CaseView}, summary="A case with its studies and files")
def get_case(path: CasePath) -> Response:
    actor = auth.actor()
    with written_down(note_case_refused, path.id), auth.system().read(actor) as work:
        return answer_if_changed(case_view(queries.case(work, actor, path.id)))


@api.patch("/<id>", responses={200: CaseView}, summary="Change title, summary or severity")
def edit_case(path: CasePath, body: EditBody) -> Response:
    given = {"title": body.title, "summary": body.summary, "severity": body.severity}
    changes = {name: value for name, value in given.items() if value is not None}
    return _done(path.id, lambda work, actor: referral.edit_case(work, actor, path.id, changes, body.version))


@api.post("/<id>/studies", responses={200: CaseView}, summary="Another study of the same person")
def add_study(path: CasePath, body: StudyBody) -> Response:
    return _done(path.id, lambda work, actor: referral.add_study(work, actor, path.id, body.study_id))


@api.post("/<id>/close", responses={200: CaseView}, summary="Nothing more is asked")
def close(path: CasePath, body: CaseVersionBody) -> Response:
    return _done(path.id, lambda work, actor: referral.close_case(work, actor, path.id, body.version))


@api.post("/<id>/reopen", responses={200: CaseView}, summary="Something more is asked after all")
def reopen(path: CasePath, body: CaseVersionBody) -> Response:
    return _done(path.id, lambda work, actor: referral.reopen_case(work, actor, path.id, body.version))


@api.get("/<id>/timeline", responses={200: CaseTimeline}, summary="Everything that happened in the case, in order")
def timeline(path: CasePath, query: TimelineQuery) -> Response:
    actor = auth.actor()
    kinds = [kind for kind in query.kind.split(",") if kind]
    with auth.system().read(actor) as work:
        facts = queries.timeline(work, actor, path.id, kinds, query.after, query.limit)
        names, standing = site_names(work), standings(work, facts)
    return answer(CaseTimeline(items=[_told(fact, names, standing) for fact in facts]))


def _told(fact: FactRow, names: dict[str, str], standing: dict[str, Standing]) -> CaseFact:
    known = standing.get(fact.actor_id)
    roles = known.roles.get(fact.actor_site or "", ()) if known else ()
    return CaseFact(**fact_view(fact, names).model_dump(), title=known.title if known else None, roles=list(roles))


def case_view(found: queries.CaseView) -> CaseView:
    return CaseView(
        **_same(found, "id", "number", "version", "state", "title", "summary", "severity", "opened_at", "closed_at"),
        patient=_patient(found.patient), site=_named(found.site), opened_by=_named(found.opened_by),
        studies=[_study(study) for study in found.studies], attachments=[attachment(row) for row in found.attachments],
        verbs=list(found.verbs),
    )  # fmt: skip


def attachment(found: queries.Attachment) -> Attachment:
    return Attachment(
        **_same(found, "id", "kind", "name", "media_type", "size", "site", "at", "withdrawn_at"), by=_named(found.by)
    )


def _line(found: queries.CaseLine) -> CaseLine:
    return CaseLine(
        **_same(found, "id", "number", "version", "state", "title", "severity", "opened_at", "closed_at", "study_count"),
        patient=_patient(found.patient), site=_named(found.site), opened_by=_named(found.opened_by),
    )  # fmt: skip


def _study(found: queries.CaseStudy) -> CaseStudy:
    return CaseStudy(
        **_same(
            found, "id", "problem", "added_at", "study_uid", "description", "body_part", "study_at", "state", "instance_count",
            "task_state", "report_id", "report_state",
        ),
        verbs=list(found.verbs), modalities=list(found.modalities), site=_named(found.site) if found.site else None,
    )  # fmt: skip


def _patient(found: queries.Patient) -> PatientView:
    return PatientView(**_same(found, "id", "name", "doubtful", "sex", "age", "birth_date", "patient_id"))


def _named(found: queries.Named) -> Named:
    return Named(id=found.id, name=found.name)


def _same(found: object, *names: str) -> dict[str, Any]:
    """The fields that are shown as they are read."""
    return {name: getattr(found, name) for name in names}


def _done(case_id: str, act: Callable[[Work, Actor], object]) -> Response:
    """Carry out one action and show the case as it is then."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        act(work, actor)
        return answer(case_view(queries.case(work, actor, case_id)))
