"""The journal for auditors: what happened, and whether the chain over it holds."""

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import Field

from teleconsult.access import Thing, permit
from teleconsult.access.queries import audited_facts, site_names
from teleconsult.records import FactRow, audit
from teleconsult.web import auth
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("audit", __name__, "audit", "/api/audit")


class FactView(Model):
    """A fact as people read it; `details` never name a patient."""

    seq: int
    name: str
    subject: str
    subject_id: str
    study_id: str | None
    case_id: str | None
    at: datetime
    actor: str
    site: str | None
    details: dict[str, Any]
    sealed: bool


class Facts(Model):
    items: list[FactView]
    next: str | None


class FactQuery(Model):
    before: int | None = Field(default=None, description="only facts before this place in the journal")
    name: str | None = Field(default=None, max_length=40)
    actor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=100, ge=1, le=500)


class Finding(Model):
    code: str
    seal_no: int | None
    seq: int | None
    detail: str


class AuditVerification(Model):
    holds: bool
    findings: list[Finding]
    facts: int


def fact_view(row: FactRow, names: dict[str, str]) -> FactView:
    return FactView(
        seq=row.seq, name=row.name, subject=row.subject, subject_id=row.subject_id, study_id=row.study_id, case_id=row.case_id,
        at=row.at, actor=row.actor_name, site=names.get(row.actor_site or ""), details=row.details, sealed=row.seal_no is not None,
    )  # fmt: skip


@api.get("/facts", responses={200: Facts}, summary="The journal, newest first")
def list_facts(query: FactQuery) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        rows = audited_facts(work, actor, query.before, query.name, query.actor, query.limit + 1)
        names = site_names(work)
    items = [fact_view(row, names) for row in rows[: query.limit]]
    return answer(Facts(items=items, next=str(items[-1].seq) if len(rows) > query.limit else None))


@api.get("/verify", responses={200: AuditVerification}, summary="Check every fact, every seal and the chain")
def verify() -> Response:
    actor, system = auth.actor(), auth.system()
    permit(actor, "audit.read", Thing())
    with system.read(actor) as work:
        found = audit.verify(work, system.settings.audit_log, system.keys.journal)
        total = audit.count(work)
    findings = [Finding(code=f.code, seal_no=f.seal_no, seq=f.seq, detail=f.detail) for f in found]
    return answer(AuditVerification(holds=not findings, findings=findings, facts=total))
