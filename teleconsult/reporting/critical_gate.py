"""No report is handed in or signed while its text speaks of a critical finding that nobody has raised or denied."""

from sqlalchemy import select

from teleconsult.access import Actor
from teleconsult.kernel.errors import conflict, forbidden, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.reporting import facts_critical as facts
from teleconsult.reporting import lifecycle_critical as lifecycle
from teleconsult.reporting.lifecycle import FINAL
from teleconsult.reporting.loading import permitted
from teleconsult.reporting.queries.critical_flags import flags_of
from teleconsult.reporting.tables import CriticalAnswerRow, ReportRow


def answered(work: Work, report: ReportRow) -> None:
    """CONFLICT `report.critical_unanswered` (phrase, count) while a flagged phrase of findings or impression is open."""
    left = [flag for flag in flags_of(work, report) if flag.answer is None]
    if left:
        raise conflict(
            "report.critical_unanswered", f"{len(left)} phrases are open", phrase=left[0].phrase, count=len(left)
        )


def deny_critical(work: Work, actor: Actor, report_id: str, phrase: str, reason: str) -> CriticalAnswerRow:
    """The author, or whoever reviews, says why a flagged phrase is no critical finding. The first answer stays; repeats safely.

    FORBIDDEN `report.not_author`, INVALID `critical.not_flagged` when the text does not say so, CONFLICT
    `report.not_draft` (state) once it is signed.
    """
    held = permitted(work, actor, "report.read_unsigned", report_id)
    report = held.report
    if actor.id not in (report.author_id, report.reviewer_id):
        raise forbidden("report.not_author", f"written by {report.author_id}")
    if report.state in FINAL:
        raise conflict("report.not_draft", f"the report is {report.state}", state=report.state)
    if phrase not in {flag.phrase for flag in flags_of(work, report)}:
        raise invalid("critical.not_flagged", phrase)
    known = select(CriticalAnswerRow).where(
        CriticalAnswerRow.report_id == report.id, CriticalAnswerRow.phrase == phrase
    )
    found = work.session.scalars(known).one_or_none()
    if found is not None:
        return found
    row = CriticalAnswerRow(
        id=new_id(),
        report_id=report.id,
        phrase=phrase,
        reason=lifecycle.not_critical(reason),
        by_id=actor.id,
        at=work.now,
    )
    work.add(row)
    work.record(facts.critical_denied(row, report, held.desk))
    return row
