"""Signed opinions, conclusions and summaries: listed, printed, verified, for whoever may see their case."""

from datetime import datetime

from flask import Response
from pydantic import Field

from teleconsult import reporting
from teleconsult.reporting import Ed25519Signer, Keyring, queries
from teleconsult.web import auth
from teleconsult.web.api.reports import Check, ReportVerification
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("papers", __name__, "papers", "/api/papers")


class Paper(Model):
    """A signed paper; `printed`: its PDF can be fetched."""

    id: str
    kind: str
    subject_id: str
    case_id: str
    number: int
    title: str
    signed_by: Named
    at: datetime
    algorithm: str
    key_id: str
    sha256: str
    printed: bool


class Papers(Model):
    items: list[Paper]


class PapersQuery(Model):
    kind: str = Field(max_length=12)
    subject_id: str = Field(max_length=64)


class PaperPath(Model):
    id: str = Field(max_length=64)


@api.get("", responses={200: Papers}, summary="The signed papers of a subject, by number")
def list_papers(query: PapersQuery) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = queries.papers_seen(work, actor, query.kind, query.subject_id)
    return answer(Papers(items=[Paper.model_validate(paper, from_attributes=True) for paper in found]))


@api.get("/<id>/pdf", summary="The paper, printed")
def pdf(path: PaperPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.work(actor) as work:
        key = reporting.paper_downloaded(work, actor, path.id)
    response = Response(system.blobs.read(key), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="paper-{path.id[-8:]}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@api.get("/<id>/verify", responses={200: ReportVerification}, summary="Check the signature of a paper")
def verify(path: PaperPath) -> Response:
    actor, keys = auth.actor(), auth.system().keys
    ring = Keyring(Ed25519Signer(keys.signing).public_key, *keys.retired)
    with auth.system().read(actor) as work:
        queries.permit_paper(work, actor, path.id)
        found = reporting.verify_paper(work, ring, path.id)
    return answer(
        ReportVerification(
            valid=found.valid,
            checks=[Check.model_validate(check, from_attributes=True) for check in found.checks],
            algorithm=found.algorithm, key_id=found.key_id, sha256=found.sha256,
            signature=found.signature.hex(), content=found.content.decode(),
        )
    )  # fmt: skip
