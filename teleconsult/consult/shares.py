"""What a consultation lets its centre and its experts see, and until when: shares of the case and of the studies asked about."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from teleconsult.access import close_case_shares, close_shares, open_case_share, open_share
from teleconsult.access.rights import CONSULT
from teleconsult.consult import clocks
from teleconsult.consult.tables import ConsultationRow, ConsultationStudyRow
from teleconsult.records.work import Work

CENTRE_KEEPS: Final = timedelta(days=90)


def to_centre(work: Work, row: ConsultationRow) -> None:
    """The centre's coordinators see what they triage."""
    if row.centre_site_id:
        _open(work, row, row.centre_site_id, None)


def to_person(work: Work, row: ConsultationRow, person_id: str, site_id: str) -> None:
    """An invited expert sees the case and the studies, alone of their hospital."""
    _open(work, row, site_id, person_id)


def from_centre(work: Work, row: ConsultationRow, site_id: str) -> None:
    close_case_shares(work, row.id, site_id=site_id)
    close_shares(work, row.id, site_id=site_id)


def from_people(work: Work, row: ConsultationRow, people: Iterable[str], at: datetime | None = None) -> None:
    for person_id in people:
        close_case_shares(work, row.id, at, person_id=person_id)
        close_shares(work, row.id, at, person_id=person_id)


def after_the_end(work: Work, row: ConsultationRow, people: Iterable[str], *, answered: bool) -> None:
    """An answered consultation stays in sight for a while (experts 7 days, the centre 90); one that came to nothing closes at once."""
    at = work.now + CENTRE_KEEPS if answered else None
    close_case_shares(work, row.id, at)
    close_shares(work, row.id, at)
    if answered:
        from_people(work, row, people, work.now + clocks.OPEN_AFTER_CLOSING)


def studies_of(work: Work, consultation_id: str) -> list[str]:
    wanted = select(ConsultationStudyRow.study_id).where(ConsultationStudyRow.consultation_id == consultation_id)
    return list(work.session.scalars(wanted.order_by(ConsultationStudyRow.added_at, ConsultationStudyRow.study_id)))


def _open(work: Work, row: ConsultationRow, site_id: str, person_id: str | None) -> None:
    open_case_share(work, row.case_id, site_id, CONSULT, row.id, person_id)
    for study_id in studies_of(work, row.id):
        open_share(work, study_id, site_id, CONSULT, row.id, person_id)
