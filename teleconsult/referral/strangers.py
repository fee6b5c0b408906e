"""Who followed a link to a case without a right: refused by `queries.case`, and written down here."""

from datetime import timedelta
from typing import Final

from teleconsult.access import Actor, case_audience
from teleconsult.records import journal
from teleconsult.records.work import Work
from teleconsult.referral import facts
from teleconsult.referral.tables import CaseRow

ONCE_IN: Final = timedelta(hours=1)


def note_case_refused(work: Work, actor: Actor, case_id: str, code: str) -> None:
    """Write it down, once an hour for each person; nothing where there is no such case."""
    case = work.session.get(CaseRow, case_id)
    if case is not None and not journal.has_since(work, "case", case_id, "CaseRefused", actor.id, work.now - ONCE_IN):
        work.record(facts.case_refused(case, case_audience(work, case_id), code))
