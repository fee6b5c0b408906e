"""No report is handed in or signed, and nothing is added to one, while its text speaks of a critical finding that nobody has
raised or denied."""

from collections.abc import Sequence

from sqlalchemy import select

from teleconsult.access import Actor
from teleconsult.kernel.errors import conflict, forbidden, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.reporting import facts_critical as facts
from teleconsult.reporting import lifecycle_critical as lifecycle
from teleconsult.reporting.lifecycle import FINAL
from teleconsult.reporting.loading import Held, permitted
from teleconsult.reporting.queries.critical_flags import Flag, flags_of, flags_of_addendum
from teleconsult.reporting.tables import CriticalAnswerRow, ReportRow


def answered(work: Work, report: ReportRow) -> None:
    """CONFLICT `report.critical_unanswered` (phrase, count) while a flagged phrase of findings or impression is open."""
    _none_open(flags_of(work, report))


def addendum_answered(work: Work, report: ReportRow, text: str) -> None:
    """As `answered`, for the text that is about to be the report's next addendum."""
    _none_open(flags_of_addendum(work, report, text))


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
    return _denied(work, actor, held, 0, flags_of(work, report), phrase, reason)


def deny_in_addendum(
    work: Work, actor: Actor, report_id: str, text: str, phrase: str, reason: str
) -> CriticalAnswerRow:
    """As `deny_critical`, for a phrase of what the actor is about to add to a signed report; it counts for that addendum alone."""
    held = permitted(work, actor, "report.addend", report_id)
    flags = flags_of_addendum(work, held.report, text)
    return _denied(work, actor, held, held.report.addenda + 1, flags, phrase, reason)


def _none_open(flags: Sequence[Flag]) -> None:
    left = [flag for flag in flags if flag.answer is None]
    if left:
        raise conflict(
            "report.critical_unanswered", f"{len(left)} phrases are open", phrase=left[0].phrase, count=len(left)
        )


def _denied(
    work: Work, actor: Actor, held: Held, addendum: int, flags: Sequence[Flag], phrase: str, reason: str
) -> CriticalAnswerRow:
    report = held.report
    if phrase not in {flag.phrase for flag in flags}:
        raise invalid("critical.not_flagged", phrase)
    known = select(CriticalAnswerRow).where(
        CriticalAnswerRow.report_id == report.id,
        CriticalAnswerRow.addendum == addendum,
        CriticalAnswerRow.phrase == phrase,
    )
    found = work.session.scalars(known).one_or_none()
    if found is not None:
        return found
    why = lifecycle.not_critical(reason)
    row = CriticalAnswerRow(
        id=new_id(), report_id=report.id, addendum=addendum, phrase=phrase, reason=why, by_id=actor.id, at=work.now
    )
    work.add(row)
    work.record(facts.critical_denied(row, report, held.desk))
    return row
