"""What happens to critical findings. Names of patients and the words of the finding stay out: the journal is for all time."""

from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json
from teleconsult.reporting.tables import CriticalAnswerRow, CriticalRow, ReportRow


def _of(name: str, row: CriticalRow, **details: Json) -> Fact:
    details = {"state": row.state, "item": row.item, "level": row.level, **details}
    sites = tuple(sorted({row.site_id, row.reading_site_id}))
    return Fact(name, "critical", row.id, row.version, row.study_id, sites, details, row.case_id)


def critical_raised(row: CriticalRow) -> Fact:
    return _of("CriticalRaised", row, report_id=row.report_id)


def critical_notified(row: CriticalRow) -> Fact:
    return _of("CriticalNotified", row)


def critical_escalated(row: CriticalRow) -> Fact:
    return _of("CriticalEscalated", row, escalated=row.escalated)


def critical_acknowledged(row: CriticalRow) -> Fact:
    """The typed words are the proof that it was understood: they belong into the journal."""
    seconds = int((row.acknowledged_at - row.raised_at).total_seconds()) if row.acknowledged_at else 0
    return _of("CriticalAcknowledged", row, seconds=seconds, read_back=row.read_back)


def critical_action_overdue(row: CriticalRow) -> Fact:
    return _of("CriticalActionOverdue", row)


def critical_acted(row: CriticalRow) -> Fact:
    return _of("CriticalActed", row, action=row.action)


def critical_closed(row: CriticalRow) -> Fact:
    return _of("CriticalClosed", row, outcome=row.outcome)


def critical_withdrawn(row: CriticalRow) -> Fact:
    return _of("CriticalWithdrawn", row, acknowledged=row.acknowledged_at is not None)


def critical_put_into_case(row: CriticalRow) -> Fact:
    return _of("CriticalPutIntoCase", row)


def critical_denied(answer: CriticalAnswerRow, report: ReportRow, sites: tuple[str, ...]) -> Fact:
    """A flagged phrase was answered: no critical finding. The reason stays with the report."""
    details: dict[str, Json] = {"phrase": answer.phrase, "addendum": answer.addendum, "task_id": report.task_id}
    return Fact("CriticalDenied", "report", report.id, 0, report.study_id, sites, details)
