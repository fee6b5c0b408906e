"""Files of a case: taken in by what they are, given out so that no browser runs them."""

from flask import Response, request, send_file
from flask_openapi3 import FileStorage
from pydantic import Field

from teleconsult import referral
from teleconsult.access import permit_case
from teleconsult.referral import queries
from teleconsult.web import auth
from teleconsult.web.api.cases import CasePath, CaseView, case_view
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("attachments", __name__, "cases", "/api")

_ENVELOPE = 1 << 20
"""What a form adds to the file itself, at most."""
_INERT = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class AttachForm(Model):
    """A file and what it is: consent, record, image, lab or other."""

    file: FileStorage
    kind: str = Field(default="other", max_length=10)


class AttachmentPath(Model):
    id: str = Field(max_length=64)


@api.before_request
def _may_be_large() -> None:
    """Only here is a request longer than others."""
    if request.method == "POST" and request.path.endswith("/attachments"):
        request.max_content_length = referral.MOST_BYTES + _ENVELOPE


@api.post("/cases/<id>/attachments", responses={201: CaseView}, summary="Attach a file (at most 50 MiB)")
def attach(path: CasePath, form: AttachForm) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.read(actor) as work:
        permit_case(work, actor, "case.attach", path.id)
    kept = referral.keep(system.blobs, form.file.stream)  # type: ignore[arg-type]  # werkzeug's is IO[bytes]
    with system.work(actor) as work:
        name = form.file.filename or ""
        referral.attach(work, actor, path.id, form.kind, name, kept.media_type, kept.sha256, kept.size, kept.blob_key)
        return answer(case_view(queries.case(work, actor, path.id)), 201)


@api.get("/attachments/<id>", summary="A file as it was attached; recorded")
def download(path: AttachmentPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.work(actor) as work:
        row = referral.open_attachment(work, actor, path.id)
    shown = row.media_type in referral.SHOWN
    response = send_file(
        system.blobs.open(row.blob_key), row.media_type, as_attachment=not shown, download_name=row.name
    )
    # A PDF's own viewer does not start inside a sandbox; it runs no script of the page's origin.
    sandbox = "" if row.media_type == "application/pdf" else "sandbox; "
    response.headers["Content-Security-Policy"] = sandbox + _INERT
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@api.post("/attachments/<id>/withdraw", responses={200: CaseView}, summary="The file is given out no more")
def withdraw(path: AttachmentPath) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = referral.withdraw_attachment(work, actor, path.id)
        return answer(case_view(queries.case(work, actor, row.case_id)))
