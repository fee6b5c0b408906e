"""Consultations: requested, triaged, scheduled, answered, adopted."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self

from flask import Response
from pydantic import AwareDatetime, Field

from teleconsult import access, consult
from teleconsult.access import Actor
from teleconsult.consult import queries
from teleconsult.consult.lifecycle import MOST_TEXT
from teleconsult.consult.strangers import note_consultation_refused
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import Work
from teleconsult.reporting import Ed25519Signer
from teleconsult.web import auth
from teleconsult.web.api import consultation_views as views
from teleconsult.web.api.consultation_views import ConsultationLine, ConsultationView
from teleconsult.web.respond import Model, answer, answer_if_changed
from teleconsult.web.routes import Routes
from teleconsult.web.strangers import written_down

api = Routes("consultations", __name__, "consultations", "/api/consultations")


class ConsultationPage(Model):
    items: list[ConsultationLine]
    next: str | None
    total: int
    counts: dict[str, int]


class Centre(Model):
    """A hospital where somebody triages consultations."""

    id: str
    name: str
    level: str


class Centres(Model):
    items: list[Centre]


class ConsultationPath(Model):
    id: str = Field(max_length=64)


class ConsultationsQuery(Model):
    """`state` may name several, separated by commas; none means all that is open (with `q` or `case`: all)."""

    q: str = Field(default="", max_length=100)
    state: str = Field(default="", max_length=200)
    mine: bool = False
    side: str = Field(default="", pattern="^(asking|answering|)$")
    urgency: str = Field(default="", pattern="^(urgent|normal|elective|)$")
    case: str = Field(default="", max_length=64)
    cursor: str | None = Field(default=None, max_length=64)
    limit: int = Field(default=50, ge=1, le=200)


class DraftFields(Model):
    """What a request says so far; what is left out stays as it is."""

    centre_site_id: str | None = Field(default=None, max_length=64)
    urgency: str | None = Field(default=None, max_length=20)
    mode: str | None = Field(default=None, max_length=20)
    question: str | None = Field(default=None, max_length=MOST_TEXT)
    summary: str | None = Field(default=None, max_length=MOST_TEXT)
    wanted_specialty: str | None = Field(default=None, max_length=24)
    study_ids: list[str] | None = Field(default=None, max_length=50)

    def given(self) -> dict[str, Any]:
        """The fields that were sent; no centre is a choice as well."""
        sent = {name: getattr(self, name) for name in DraftFields.model_fields if name in self.model_fields_set}
        return {name: value for name, value in sent.items() if value is not None or name == "centre_site_id"}


class NewBody(DraftFields):
    case_id: str = Field(max_length=64)


class ConsultationSaveBody(DraftFields):
    version: int


class ConsultationVersionBody(Model):
    version: int | None = None


class ConsultationReasonBody(Model):
    reason: str = Field(default="", max_length=MOST_TEXT)
    version: int | None = None


class RouteBody(Model):
    centre_site_id: str = Field(max_length=64)
    reason: str = Field(max_length=MOST_TEXT)


class ConsultationTextBody(Model):
    text: str = Field(max_length=MOST_TEXT)


class SupplementBody(Model):
    text: str = Field(max_length=MOST_TEXT)
    study_ids: list[str] = Field(default_factory=list, max_length=50)


class AssignBody(Model):
    """With `starts_at` a room for both sides to confirm, without it an answer in writing."""

    expert_id: str = Field(max_length=64)
    second_ids: list[str] = Field(default_factory=list, max_length=6)
    starts_at: AwareDatetime | None = None
    minutes: int = Field(default=30, ge=5, le=240)


class OpinionBody(Model):
    """Sections of the opinion; `refer` is no, yes or urgent, and empty while it is not chosen."""

    diagnosis: str | None = Field(default=None, max_length=MOST_TEXT)
    treatment: str | None = Field(default=None, max_length=MOST_TEXT)
    refer: str | None = Field(default=None, max_length=20)
    version: int

    def given(self) -> dict[str, str]:
        found = {"diagnosis": self.diagnosis, "treatment": self.treatment, "refer": self.refer}
        return {name: value for name, value in found.items() if value is not None}


class ConsultationSignBody(Model):
    password: str = Field(max_length=200)
    version: int


class FeedbackBody(Model):
    adoption: str = Field(max_length=20, description="adopted, partly or not")
    reason: str = Field(default="", max_length=MOST_TEXT)
    rating: int | None = Field(default=None, ge=1, le=5)


class RatingBody(Model):
    rating: int = Field(ge=1, le=5)


class ConsultationSaved(Model):
    id: str
    version: int
    saved_at: datetime
    completeness: int

    @classmethod
    def of(cls, row: Any) -> Self:
        return cls(id=row.id, version=row.version, saved_at=row.saved_at, completeness=row.completeness)


@api.get("", responses={200: ConsultationPage}, summary="Consultations that one may see, newest first")
def list_consultations(query: ConsultationsQuery) -> Response:
    actor = auth.actor()
    states = tuple(part for part in query.state.split(",") if part)
    match = queries.Match(states, query.q, query.mine, query.side, query.urgency, query.case)
    with auth.system().read(actor) as work:
        page = queries.consultations(work, actor, match, query.cursor, query.limit)
    items = [views.line(found) for found in page.rows]
    return answer_if_changed(ConsultationPage(items=items, next=page.next, total=page.total, counts=page.counts))


@api.post("", responses={201: ConsultationView}, summary="A new request about a case")
def create(body: NewBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = consult.draft(work, actor, body.case_id, body.given())
        return answer(views.view(queries.consultation(work, actor, row.id)), 201)


@api.get("/centres", responses={200: Centres}, summary="Hospitals that can be asked: where somebody triages")
def list_centres() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        items = [Centre(id=row.id, name=row.name, level=str(row.level)) for row in queries.centres(work)]
    return answer_if_changed(Centres(items=items))


@api.get("/<id>", responses={200: ConsultationView}, summary="A consultation")
def get_consultation(path: ConsultationPath) -> Response:
    actor = auth.actor()
    with written_down(note_consultation_refused, path.id), auth.system().read(actor) as work:
        return answer_if_changed(views.view(queries.consultation(work, actor, path.id)))


@api.put("/<id>", responses={200: ConsultationSaved}, summary="Keep the draft as it is by now")
def save(path: ConsultationPath, body: ConsultationSaveBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        return answer(ConsultationSaved.of(consult.save(work, actor, path.id, body.given(), body.version)))


@api.post("/<id>/submit", responses={200: ConsultationView}, summary="Ask the centre")
def submit(path: ConsultationPath, body: ConsultationVersionBody) -> Response:
    return _done(path, lambda work, actor: consult.submit(work, actor, path.id, body.version))


@api.post("/<id>/cancel", responses={200: ConsultationView}, summary="Nobody needs it any more")
def cancel(path: ConsultationPath, body: ConsultationReasonBody) -> Response:
    return _done(path, lambda work, actor: consult.cancel(work, actor, path.id, body.reason, body.version))


@api.post("/<id>/accept", responses={200: ConsultationView}, summary="The centre takes it on")
def accept(path: ConsultationPath, body: ConsultationVersionBody) -> Response:
    return _done(path, lambda work, actor: consult.accept(work, actor, path.id, body.version))


@api.post("/<id>/route", responses={200: ConsultationView, 204: None}, summary="Another centre is asked instead")
def route(path: ConsultationPath, body: RouteBody) -> Response:
    return _done(path, lambda work, actor: consult.route(work, actor, path.id, body.centre_site_id, body.reason))


@api.post(
    "/<id>/ask_supplement", responses={200: ConsultationView}, summary="Something is missing; the clock stands still"
)
def ask_supplement(path: ConsultationPath, body: ConsultationTextBody) -> Response:
    return _done(path, lambda work, actor: consult.ask_supplement(work, actor, path.id, body.text))


@api.post("/<id>/supplement", responses={200: ConsultationView}, summary="What was missing is there; the clock goes on")
def supplement(path: ConsultationPath, body: SupplementBody) -> Response:
    return _done(path, lambda work, actor: consult.supplement(work, actor, path.id, body.text, body.study_ids))


@api.post("/<id>/reject", responses={200: ConsultationView}, summary="The centre does not take it on")
def reject(path: ConsultationPath, body: ConsultationReasonBody) -> Response:
    return _done(path, lambda work, actor: consult.reject(work, actor, path.id, body.reason))


@api.post("/<id>/assign", responses={200: ConsultationView}, summary="Choose the expert, and a time or none")
def assign(path: ConsultationPath, body: AssignBody) -> Response:
    return _done(
        path,
        lambda work, actor: consult.assign(
            work, actor, path.id, body.expert_id, body.starts_at, body.minutes, body.second_ids
        ),
    )


@api.post("/<id>/confirm", responses={200: ConsultationView}, summary="The time suits")
def confirm(path: ConsultationPath) -> Response:
    return _done(path, lambda work, actor: consult.confirm(work, actor, path.id))


@api.post(
    "/<id>/decline_time",
    responses={200: ConsultationView, 204: None},
    summary="The time does not suit; the centre chooses anew",
)
def decline_time(path: ConsultationPath, body: ConsultationReasonBody) -> Response:
    return _done(path, lambda work, actor: consult.decline_time(work, actor, path.id, body.reason))


@api.post("/<id>/start", responses={200: ConsultationView}, summary="Both sides are there")
def start(path: ConsultationPath) -> Response:
    return _done(path, lambda work, actor: consult.start(work, actor, path.id))


@api.post("/<id>/write_opinion", responses={200: ConsultationView}, summary="Keep the opinion as it is by now")
def write_opinion(path: ConsultationPath, body: OpinionBody) -> Response:
    return _done(path, lambda work, actor: consult.write_opinion(work, actor, path.id, body.given(), body.version))


@api.post("/<id>/sign", responses={200: ConsultationView}, summary="Sign the opinion, by giving the password again")
def sign(path: ConsultationPath, body: ConsultationSignBody) -> Response:
    access.confirm_password(auth.system().store, auth.actor(), body.password)
    signer = Ed25519Signer(auth.system().keys.signing)
    return _done(path, lambda work, actor: consult.sign(work, actor, path.id, signer, body.version))


@api.post("/<id>/feedback", responses={200: ConsultationView}, summary="What became of the opinion")
def feedback(path: ConsultationPath, body: FeedbackBody) -> Response:
    return _done(
        path, lambda work, actor: consult.feedback(work, actor, path.id, body.adoption, body.reason, body.rating)
    )


@api.post("/<id>/rate_request", responses={200: ConsultationView}, summary="How good the request was")
def rate_request(path: ConsultationPath, body: RatingBody) -> Response:
    return _done(path, lambda work, actor: consult.rate_request(work, actor, path.id, body.rating))


@api.post("/<id>/close", responses={200: ConsultationView}, summary="It is over")
def close(path: ConsultationPath) -> Response:
    return _done(path, lambda work, actor: consult.close(work, actor, path.id))


def _done(path: ConsultationPath, act: Callable[[Work, Actor], Any]) -> Response:
    """Carry out one action and show the consultation as it is then; 204 to whoever gave it away by that and sees it no longer."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        act(work, actor)
        try:
            found = queries.consultation(work, actor, path.id)
        except Refused as refusal:
            if refusal.meaning is not Meaning.ABSENT:
                raise
            return Response(status=204)
        return answer(views.view(found))
