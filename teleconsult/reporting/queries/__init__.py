"""Reads of reports and the worklist, which join the rows of the contexts below."""

from teleconsult.reporting.queries.critical_flags import Flag, addendum_flags, critical_flags
from teleconsult.reporting.queries.criticals import (
    HEAR,
    OPEN,
    CriticalMatch,
    CriticalPage,
    CriticalView,
    Figures,
    critical,
    critical_figures,
    criticals,
    to_act,
    to_close,
    to_hear,
)
from teleconsult.reporting.queries.ground import withdrawn
from teleconsult.reporting.queries.paper import document
from teleconsult.reporting.queries.papers import (
    content_of,
    load_paper,
    paper_document,
    papers_of,
    papers_seen,
    permit_paper,
    print_of,
    verify_paper,
)
from teleconsult.reporting.queries.verification import Check, Verification, verify
from teleconsult.reporting.queries.views import (
    AddendumView,
    ReportView,
    Revision,
    report,
    report_of_study,
    report_of_task,
    revisions,
)
from teleconsult.reporting.queries.worklist import Page, counts, worklist
from teleconsult.reporting.queries.worklist_rows import WorklistRow
from teleconsult.reporting.queries.worklist_sites import worklist_sites
from teleconsult.reporting.queries.worklist_where import Filter, Order

__all__ = [
    "HEAR", "OPEN", "AddendumView", "Check", "CriticalMatch", "CriticalPage", "CriticalView", "Figures", "Filter", "Flag", "Order", "Page", "ReportView", "Revision", "Verification",
    "WorklistRow", "addendum_flags", "content_of", "counts", "critical", "critical_figures", "critical_flags", "criticals", "document", "load_paper",
    "paper_document", "papers_of", "papers_seen", "permit_paper", "print_of", "report", "report_of_study", "report_of_task", "revisions", "to_act", "to_close", "to_hear",
    "verify", "verify_paper", "withdrawn", "worklist", "worklist_sites",
]  # fmt: skip
