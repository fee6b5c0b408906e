"""Reports: written, reviewed, signed, read, printed, verified."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response
from pydantic import Field

from teleconsult import access, reporting
from teleconsult.access import Actor
from teleconsult.records import Work
from teleconsult.reporting import Ed25519Signer, Keyring, queries
from teleconsult.web import auth
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("reports", __name__, "reports", "/api")
_LONGEST = 20_000


class Lock(Model):
    by: str
    name: str
    until: datetime


class Sealed(Model):
    algorithm: str
    key_id: str
    sha256: str


class Addendum(Model):
    number: int
    text: str
    by: Named
    at: datetime
    signature: Sealed


class Receipt(Model):
    by: Named
    site: str
    at: datetime


class ReportView(Model):
    """A report as its screen shows it; `pdf_ready` says that the paper with all addenda so far can be fetched. Of a signed report, as long
    as no addendum has answered it: `late_images` says that images came which it does not cover, `withdrawn` how many of those that it rests
    on were rejected since."""

    id: str
    task_id: str
    study_id: str
    version: int
    state: str
    findings: str
    impression: str
    advice: str
    author: Named
    author_title: str
    reviewer: Named | None
    reviewer_title: str | None
    saved_at: datetime
    submitted_at: datetime | None
    signed_at: datetime | None
    return_reason: str | None
    returned_by: Named | None
    returned_at: datetime | None
    addenda: list[Addendum]
    signature: Sealed | None
    pdf_ready: bool
    late_images: bool
    withdrawn: int
    receipts: list[Receipt]
    lock: Lock | None
    verbs: list[str]


class ReportPath(Model):
    id: str = Field(max_length=64)


class ReportSaveBody(Model):
    """Sections left out stay as they are."""

    findings: str | None = Field(default=None, max_length=_LONGEST)
    impression: str | None = Field(default=None, max_length=_LONGEST)
    advice: str | None = Field(default=None, max_length=_LONGEST)
    version: int


class ReportSaved(Model):
    version: int
    saved_at: datetime


class SubmitBody(Model):
    version: int | None = None


class GiveBackBody(Model):
    reason: str = Field(max_length=2000)


class ReportSignBody(Model):
    """What is signed is what was seen: the version of the report, and how many images the manifest on the screen had, of which version."""

    password: str = Field(max_length=200)
    version: int
    images: int
    images_version: int | None = None


class AddendBody(Model):
    text: str = Field(max_length=_LONGEST)
    password: str = Field(max_length=200)


class Check(Model):
    code: str
    ok: bool
    params: dict[str, str | int]


class ReportVerification(Model):
    valid: bool
    checks: list[Check]
    algorithm: str
    key_id: str
    sha256: str
    signature: str
    content: str


class Revision(Model):
    number: int
    kind: str
    by: Named
    begun_at: datetime
    at: datetime
    findings: str
    impression: str
    advice: str


class Revisions(Model):
    items: list[Revision]


def report_view(found: queries.ReportView) -> ReportView:
    return ReportView.model_validate(found, from_attributes=True)


@api.post(
    "/tasks/<id>/report", responses={200: ReportView}, summary="Begin the report of a claimed task, or go on with it"
)
def draft(path: ReportPath) -> Response:
    return _done(lambda work, actor: reporting.draft(work, actor, path.id, _lease()))


@api.get(
    "/reports/<id>",
    responses={200: ReportView},
    summary="A report; reading a signed one is receipted to its reader's site",
)
def get_report(path: ReportPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.read(actor) as work:
        found = queries.report(work, actor, path.id)
    if found.signed_at is not None and all(item.by.id != actor.id for item in found.receipts):
        with system.work(actor) as work:
            reporting.opened(work, actor, path.id)
            found = queries.report(work, actor, path.id)
    return answer(report_view(found))


@api.put(
    "/reports/<id>", responses={200: ReportSaved}, summary="Save a draft; refused when somebody else has saved since"
)
def save(path: ReportPath, body: ReportSaveBody) -> Response:
    actor = auth.actor()
    sections = body.model_dump(exclude={"version"}, exclude_none=True)
    with auth.system().work(actor) as work:
        row = reporting.save(work, actor, path.id, sections, body.version, _lease())
        saved = ReportSaved(version=row.version, saved_at=row.saved_at)
    return answer(saved)


@api.post("/reports/<id>/submit", responses={200: ReportView}, summary="Hand the report in for review")
def submit(path: ReportPath, body: SubmitBody) -> Response:
    return _done(lambda work, actor: reporting.submit(work, actor, path.id, body.version))


@api.post("/reports/<id>/take_review", responses={200: ReportView}, summary="Take a report for review")
def take_review(path: ReportPath) -> Response:
    return _done(lambda work, actor: reporting.take_review(work, actor, path.id, _lease()))


@api.post("/reports/<id>/release_review", responses={200: ReportView}, summary="Let go of a review")
def release_review(path: ReportPath) -> Response:
    return _done(lambda work, actor: reporting.release_review(work, actor, path.id))


@api.post("/reports/<id>/give_back", responses={200: ReportView}, summary="The author is to change the report")
def give_back(path: ReportPath, body: GiveBackBody) -> Response:
    return _done(lambda work, actor: reporting.give_back(work, actor, path.id, body.reason, _lease()))


@api.post("/reports/<id>/sign", responses={200: ReportView}, summary="Sign, by giving the password again")
def sign(path: ReportPath, body: ReportSignBody) -> Response:
    access.confirm_password(auth.system().store, auth.actor(), body.password)
    seen = body.version, body.images, body.images_version
    return _done(lambda work, actor: reporting.sign(work, actor, path.id, _signer(), *seen))


@api.post(
    "/reports/<id>/addenda", responses={200: ReportView}, summary="Add to a signed report, by giving the password again"
)
def addend(path: ReportPath, body: AddendBody) -> Response:
    access.confirm_password(auth.system().store, auth.actor(), body.password)
    return _done(lambda work, actor: reporting.addend(work, actor, path.id, body.text, _signer()))


@api.get("/reports/<id>/revisions", responses={200: Revisions}, summary="The texts as they were left, latest first")
def list_revisions(path: ReportPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = queries.revisions(work, actor, path.id)
    return answer(Revisions(items=[Revision.model_validate(item, from_attributes=True) for item in found]))


@api.get("/reports/<id>/pdf", summary="The paper report")
def pdf(path: ReportPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.work(actor) as work:
        key = reporting.downloaded(work, actor, path.id)
    response = Response(system.blobs.read(key), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="report-{path.id[-8:]}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@api.get(
    "/reports/<id>/verify", responses={200: ReportVerification}, summary="Check the signatures against what is kept"
)
def verify(path: ReportPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = queries.verify(work, actor, path.id, Keyring(_signer().public_key, *auth.system().keys.retired))
    return answer(
        ReportVerification(
            valid=found.valid,
            checks=[Check.model_validate(check, from_attributes=True) for check in found.checks],
            algorithm=found.algorithm, key_id=found.key_id, sha256=found.sha256,
            signature=found.signature.hex(), content=found.content.decode(),
        )
    )  # fmt: skip


def _done(act: Callable[[Work, Actor], Any]) -> Response:
    """Carry out one action and show the report as it is then."""
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = act(work, actor)
        shown = report_view(queries.report(work, actor, row.id))
    return answer(shown)


def _signer() -> Ed25519Signer:
    return Ed25519Signer(auth.system().keys.signing)


def _lease() -> timedelta:
    return timedelta(seconds=auth.system().settings.lease_seconds)
