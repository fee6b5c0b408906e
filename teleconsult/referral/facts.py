"""What happens to cases. Details name no patient; each change of a case's version is told by one fact that carries it."""

from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json
from teleconsult.referral.tables import AttachmentRow, CaseRow

Sites = tuple[str, ...]


def _of(name: str, case: CaseRow, sites: Sites, study_id: str | None = None, **details: Json) -> Fact:
    return Fact(name, "case", case.id, case.version, study_id, sites, {"state": case.state, **details}, case.id)


def case_opened(case: CaseRow, sites: Sites) -> Fact:
    return _of("CaseOpened", case, sites, number=case.number, severity=case.severity)


def case_edited(case: CaseRow, sites: Sites, fields: list[str]) -> Fact:
    return _of("CaseEdited", case, sites, fields=fields, severity=case.severity)


def case_study_added(case: CaseRow, sites: Sites, study_id: str) -> Fact:
    return _of("CaseStudyAdded", case, sites, study_id)


def attachment_added(case: CaseRow, sites: Sites, row: AttachmentRow) -> Fact:
    return _of("AttachmentAdded", case, sites, attachment_id=row.id, kind=row.kind, sha256=row.sha256)


def attachment_withdrawn(case: CaseRow, sites: Sites, row: AttachmentRow) -> Fact:
    return _of("AttachmentWithdrawn", case, sites, attachment_id=row.id, kind=row.kind)


def case_refused(case: CaseRow, sites: Sites, code: str) -> Fact:
    """Somebody followed a link to a case that they may not see. The case does not change by it."""
    return Fact("CaseRefused", "case", case.id, 0, None, sites, {"code": code, "number": case.number}, case.id)


def attachment_opened(row: AttachmentRow) -> Fact:
    """Somebody read a file. Nothing has changed, so nobody is told live."""
    return Fact("AttachmentOpened", "attachment", row.id, 0, None, (), {"kind": row.kind}, row.case_id)


def case_closed(case: CaseRow, sites: Sites) -> Fact:
    return _of("CaseClosed", case, sites)


def case_reopened(case: CaseRow, sites: Sites) -> Fact:
    return _of("CaseReopened", case, sites)
