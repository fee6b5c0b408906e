"""Referrals: proposed, written, sent, answered, carried out."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Response
from pydantic import Field, field_validator

from teleconsult import consult, referral
from teleconsult.access import Actor
from teleconsult.kernel.errors import invalid
from teleconsult.records import Work
from teleconsult.referral import ReferralRow, proposals, queries
from teleconsult.referral.queries import ReferralMatch
from teleconsult.web import auth
from teleconsult.web.api.referral_views import Library, ReferralPage, ReferralView, library, line, view
from teleconsult.web.respond import Model, answer, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("referrals", __name__, "referrals", "/api")

_MOST = 20_000


class ReferralPath(Model):
    id: str = Field(max_length=64)


class ReferralsQuery(Model):
    """`box`: in (sent to my hospitals) or out; `state`: one, or running, expected, no_show or ended."""

    box: str = Field(default="", pattern="^(in|out|)$")
    state: str = Field(default="", max_length=20)
    direction: str = Field(default="", pattern="^(up|down|)$")
    case: str = Field(default="", max_length=64)
    q: str = Field(default="", max_length=100)
    cursor: str | None = Field(default=None, max_length=1000)
    limit: int = Field(default=50, ge=1, le=200)


class ReferralProposeBody(Model):
    """Where it starts from: `from_kind` case, report, critical or consultation, and `from_id`; a case to put it into, if one is known."""

    from_kind: str = Field(default="case", pattern="^(case|report|critical|consultation)$")
    from_id: str = Field(max_length=64)
    case_id: str | None = Field(default=None, max_length=64)
    direction: str = Field(default="up", pattern="^(up|down)$")
    from_site_id: str | None = Field(default=None, max_length=64)


class ReferralSaveBody(Model):
    """What was typed since; what is not named stays."""

    version: int | None = None
    to_site_id: str | None = Field(default=None, max_length=64)
    priority: str | None = Field(default=None, max_length=10)
    disease: str | None = Field(default=None, max_length=40)
    ticked: list[str] | None = Field(default=None, max_length=50)
    reason: str | None = Field(default=None, max_length=_MOST)
    summary: str | None = Field(default=None, max_length=_MOST)
    wanted_department: str | None = Field(default=None, max_length=200)
    consent: str | None = Field(default=None, max_length=10)
    contact_name: str | None = Field(default=None, max_length=200)
    contact_phone: str | None = Field(default=None, max_length=200)
    plan: str | None = Field(default=None, max_length=_MOST)
    medication: str | None = Field(default=None, max_length=_MOST)
    turn_back: list[str] | None = Field(default=None, max_length=50)
    turn_back_text: str | None = Field(default=None, max_length=_MOST)
    pathway: str | None = Field(default=None, max_length=20)


class ReferralVersionBody(Model):
    version: int | None = None


class _Timed(Model):
    version: int | None = None

    @field_validator("slot_at", "expected_at", "due_at", check_fields=False)
    @classmethod
    def _with_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC) if value else None


class ReferralAcceptBody(_Timed):
    department: str = Field(default="", max_length=200)
    bed: str = Field(default="", max_length=200)
    slot_at: datetime | None = None
    note: str = Field(default="", max_length=_MOST)


class DepartBody(_Timed):
    escort: str = Field(default="", max_length=200)
    vehicle: str = Field(default="", max_length=200)
    expected_at: datetime | None = None


class RedirectBody(ReferralVersionBody):
    to_site_id: str = Field(max_length=64)
    reason: str = Field(max_length=2000)


class ReferralTextBody(ReferralVersionBody):
    text: str = Field(max_length=_MOST)


class DeclineBody(ReferralVersionBody):
    reason: str = Field(
        max_length=40, description="no_bed, not_our_field, not_needed, unfit_to_travel, documents_missing or other"
    )
    text: str = Field(default="", max_length=_MOST)


class Advice(_Timed):
    """What the sender is to do next, and by when."""

    text: str = Field(min_length=1, max_length=2000)
    due_at: datetime | None = None


class CompleteBody(ReferralVersionBody):
    """`follow_ups` are tracked from then on, as the sender's to do."""

    outcome: str = Field(max_length=20, description="recovered, improved, unchanged, worse, transferred or died")
    text: str = Field(max_length=_MOST)
    follow_ups: list[Advice] = Field(default_factory=list, max_length=20)


class ReferralCancelBody(ReferralVersionBody):
    reason: str = Field(default="", max_length=2000)


@api.get("/referral-criteria", responses={200: Library}, summary="The library of criteria and of follow-up pathways")
def get_criteria() -> Response:
    auth.actor()
    return answer_if_changed(library())


@api.get(
    "/referrals",
    responses={200: ReferralPage},
    summary="Referrals that one may see: the green channel, then urgency and what is due; what is over last",
)
def list_referrals(query: ReferralsQuery) -> Response:
    actor = auth.actor()
    match = ReferralMatch(query.box, query.state, query.direction, query.case, query.q)
    with auth.system().read(actor) as work:
        page = queries.referrals(work, actor, match, query.cursor, query.limit)
    items = [line(row) for row in page.rows]
    return answer_if_changed(ReferralPage(items=items, next=page.next, total=page.total, counts=page.counts))


@api.post("/referrals", responses={201: ReferralView}, summary="Begin a referral, prefilled from what it comes from")
def propose(body: ReferralProposeBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        found = _proposal(work, actor, body)
        source = proposals.by_direction(body.direction, found.source)
        row = referral.draft(work, actor, found.case_id, body.direction, source, body.from_site_id)
        return answer(view(queries.referral(work, actor, row.id)), 201)


@api.get("/referrals/<id>", responses={200: ReferralView}, summary="A referral")
def get_referral(path: ReferralPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        return answer_if_changed(view(queries.referral(work, actor, path.id)))


@api.put("/referrals/<id>", responses={200: ReferralView}, summary="Keep what was typed into a draft")
def save(path: ReferralPath, body: ReferralSaveBody) -> Response:
    fields = body.model_dump(exclude_unset=True, exclude={"version"})
    given = {name: value for name, value in fields.items() if value is not None or name == "to_site_id"}
    return _done(path.id, lambda work, actor: referral.save(work, actor, path.id, given, body.version))


@api.post("/referrals/<id>/submit", responses={200: ReferralView}, summary="Send it")
def submit(path: ReferralPath, body: ReferralVersionBody) -> Response:
    return _done(path.id, lambda work, actor: referral.submit(work, actor, path.id, body.version))


@api.post("/referrals/<id>/accept", responses={200: ReferralView}, summary="Take the patient; opens the studies")
def accept(path: ReferralPath, body: ReferralAcceptBody) -> Response:
    given = (body.department, body.bed, body.slot_at, body.note, body.version)
    return _done(path.id, lambda work, actor: referral.accept(work, actor, path.id, *given))


@api.post("/referrals/<id>/redirect", responses={200: ReferralView}, summary="Another hospital is to answer")
def redirect(path: ReferralPath, body: RedirectBody) -> Response:
    given = (body.to_site_id, body.reason, body.version)
    return _done(path.id, lambda work, actor: referral.redirect(work, actor, path.id, *given))


@api.post(
    "/referrals/<id>/ask", responses={200: ReferralView}, summary="The sender must answer first; the clock stands still"
)
def ask(path: ReferralPath, body: ReferralTextBody) -> Response:
    return _done(path.id, lambda work, actor: referral.ask(work, actor, path.id, body.text, body.version))


@api.post("/referrals/<id>/answer", responses={200: ReferralView}, summary="Answer; the clock goes on")
def answer_question(path: ReferralPath, body: ReferralTextBody) -> Response:
    return _done(path.id, lambda work, actor: referral.answer(work, actor, path.id, body.text, body.version))


@api.post("/referrals/<id>/decline", responses={200: ReferralView}, summary="No, and why")
def decline(path: ReferralPath, body: DeclineBody) -> Response:
    given = (body.reason, body.text, body.version)
    return _done(path.id, lambda work, actor: referral.decline(work, actor, path.id, *given))


@api.post("/referrals/<id>/depart", responses={200: ReferralView}, summary="The patient is on the way")
def depart(path: ReferralPath, body: DepartBody) -> Response:
    given = (body.escort, body.vehicle, body.expected_at, body.version)
    return _done(path.id, lambda work, actor: referral.depart(work, actor, path.id, *given))


@api.post(
    "/referrals/<id>/arrive",
    responses={200: ReferralView},
    summary="The patient is there, or was seen for the first time",
)
def arrive(path: ReferralPath, body: ReferralVersionBody) -> Response:
    return _done(path.id, lambda work, actor: referral.arrive(work, actor, path.id, body.version))


@api.post("/referrals/<id>/complete", responses={200: ReferralView}, summary="What came of it, back to the sender")
def complete(path: ReferralPath, body: CompleteBody) -> Response:
    advised = [(one.text, one.due_at) for one in body.follow_ups]
    given = (body.outcome, body.text, body.version, advised)
    return _done(path.id, lambda work, actor: referral.complete(work, actor, path.id, *given))


@api.post("/referrals/<id>/close", responses={200: ReferralView}, summary="The sender has read what came of it")
def close(path: ReferralPath, body: ReferralVersionBody) -> Response:
    return _done(path.id, lambda work, actor: referral.close(work, actor, path.id, body.version))


@api.post("/referrals/<id>/cancel", responses={200: ReferralView}, summary="The sender needs it no more")
def cancel(path: ReferralPath, body: ReferralCancelBody) -> Response:
    return _done(path.id, lambda work, actor: referral.cancel(work, actor, path.id, body.reason, body.version))


@api.post(
    "/referrals/<id>/return_down",
    responses={201: ReferralView},
    summary="Send back to where they came from: a new draft (下转, 回转)",
)
def return_down(path: ReferralPath) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = referral.turn_back(work, actor, path.id)
        return answer(view(queries.referral(work, actor, row.id)), 201)


def _proposal(work: Work, actor: Actor, body: ReferralProposeBody) -> proposals.Proposal:
    if body.from_kind == "report":
        return proposals.from_report(work, actor, body.from_id, body.case_id)
    if body.from_kind == "critical":
        return proposals.from_critical(work, actor, body.from_id, body.case_id)
    if body.from_kind == "consultation":
        return _from_consultation(work, actor, body.from_id)
    if body.case_id not in (None, body.from_id):
        raise invalid("field.choice", "another case", field="case_id")
    return proposals.Proposal(body.from_id, referral.Source("case", body.from_id, {}))


def _from_consultation(work: Work, actor: Actor, consultation_id: str) -> proposals.Proposal:
    """The signed opinion becomes the words of the referral; what is not signed is not there."""
    found = consult.queries.consultation(work, actor, consultation_id)
    row = found.row
    said = [row[name] for name in ("diagnosis", "treatment") if row.get(name) and row.get("signed_at")]
    fields = {"summary": "\n".join([row["summary"], *said]).strip(), "reason": "\n".join(said)}
    if row.get("refer") == "urgent" and said:
        fields["priority"] = "urgent"
    return proposals.Proposal(found.case.id, referral.Source("consultation", consultation_id, fields))


def _done(referral_id: str, act: Callable[[Work, Actor], ReferralRow]) -> Response:
    """Carry out one action and show the referral as it is then."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        act(work, actor)
        return answer(view(queries.referral(work, actor, referral_id)))
