"""Reads of reports and the worklist, which join the rows of the contexts below."""

from teleconsult.reporting.queries.paper import document
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

__all__ = [
    "AddendumView", "Check", "ReportView", "Revision", "Verification", "document", "report", "report_of_study", "report_of_task",
    "revisions", "verify",
]  # fmt: skip
