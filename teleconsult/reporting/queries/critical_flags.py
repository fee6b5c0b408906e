"""Phrases of a report's text that point to critical findings, and what was answered to each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from teleconsult.access import Actor, Thing, permit, permits, shares_of
from teleconsult.access.tables import PersonRow
from teleconsult.kernel.errors import absent
from teleconsult.reading.queries import Named
from teleconsult.records.work import Work
from teleconsult.reporting.critical_phrases import hits
from teleconsult.reporting.lifecycle import FINAL
from teleconsult.reporting.lifecycle_critical import WITHDRAWN
from teleconsult.reporting.tables import CriticalAnswerRow, CriticalRow, ReportRow

SEARCHED = ("findings", "impression")


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind` is raised (a critical finding, `critical_id`) or denied (`reason`)."""

    kind: str
    by: Named
    at: datetime
    critical_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A flagged phrase with the clause it stands in; the answer is None while nobody gave one."""

    phrase: str
    item: str
    level: int
    clause: str
    answer: Answer | None


def critical_flags(work: Work, actor: Actor, report_id: str) -> list[Flag]:
    """The flags of a report's saved text, for the reading site's doctors. ABSENT `report.absent` for others."""
    report = work.session.get(ReportRow, report_id)
    if report is None or not permits(
        actor, "report.read_unsigned", Thing(report.study_id, shares_of(work, report.study_id))
    ):
        raise absent("report.absent", report_id)
    return flags_of(work, report)


def addendum_flags(work: Work, actor: Actor, report_id: str, text: str) -> list[Flag]:
    """The flags of what somebody is about to add to a signed report. ABSENT `report.absent`, FORBIDDEN as for `addend`."""
    report = work.session.get(ReportRow, report_id)
    thing = Thing(report.study_id, shares_of(work, report.study_id)) if report else Thing()
    if report is None or report.state not in FINAL or not permits(actor, "report.read", thing):
        raise absent("report.absent", report_id)
    permit(actor, "report.addend", thing)
    return flags_of_addendum(work, report, text)


def flags_of_addendum(work: Work, report: ReportRow, text: str) -> list[Flag]:
    """The flags of the text that is to be the report's next addendum. Permits nothing."""
    return _flags(work, report, (text,), report.addenda + 1)


def flags_of(work: Work, report: ReportRow) -> list[Flag]:
    """As `critical_flags`, for a report that is loaded already. Permits nothing."""
    return _flags(work, report, [getattr(report, name) for name in SEARCHED], 0)


def _flags(work: Work, report: ReportRow, texts: Iterable[str], addendum: int) -> list[Flag]:
    found = {hit.phrase: hit for text in texts for hit in hits(text)}
    if not found:
        return []
    raised, denied = _raised(work, report), _denied(work, report, addendum)
    return [
        Flag(hit.phrase, hit.item, hit.level, hit.clause, raised.get(hit.item) or denied.get(hit.phrase))
        for hit in found.values()
    ]


def _raised(work: Work, report: ReportRow) -> dict[str, Answer]:
    """By item: a finding of the study that was not withdrawn, the latest one."""
    rows = work.session.execute(
        select(CriticalRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == CriticalRow.raised_by_id)
        .where(CriticalRow.study_id == report.study_id, CriticalRow.state != WITHDRAWN)
        .order_by(CriticalRow.raised_at)
    )
    return {row.item: Answer("raised", Named(row.raised_by_id, name), row.raised_at, row.id) for row, name in rows}


def _denied(work: Work, report: ReportRow, addendum: int) -> dict[str, Answer]:
    rows = work.session.execute(
        select(CriticalAnswerRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == CriticalAnswerRow.by_id)
        .where(CriticalAnswerRow.report_id == report.id, CriticalAnswerRow.addendum == addendum)
    )
    return {row.phrase: Answer("denied", Named(row.by_id, name), row.at, reason=row.reason) for row, name in rows}
