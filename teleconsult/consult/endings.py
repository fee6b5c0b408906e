"""What ends with a consultation, or with an invitation to it: the room, the shares, the list of further experts."""

from collections.abc import Iterable

from sqlalchemy import delete

from teleconsult.consult import shares
from teleconsult.consult.loading import seconds_of
from teleconsult.consult.rooms import close_of
from teleconsult.consult.tables import ConsultationRow, ConsultationSecondRow
from teleconsult.records.work import Work


def end(work: Work, row: ConsultationRow, why: str, *, answered: bool) -> None:
    """Close the room and let the shares run out. Called once when a consultation has ended."""
    invited = [*filter(None, [row.expert_id]), *seconds_of(work, row.id)]
    close_of(work, row.id, why)
    shares.after_the_end(work, row, invited, answered=answered)


def withdraw(work: Work, row: ConsultationRow, why: str) -> None:
    """Nobody is invited any more: shares end, the room closes. Called before the row forgets its expert."""
    invited = [*filter(None, [row.expert_id]), *seconds_of(work, row.id)]
    shares.from_people(work, row, invited)
    close_of(work, row.id, why)
    set_seconds(work, row, ())


def set_seconds(work: Work, row: ConsultationRow, people: Iterable[str]) -> None:
    """The other experts are these."""
    gone = delete(ConsultationSecondRow).where(ConsultationSecondRow.consultation_id == row.id)
    work.session.execute(gone, execution_options={"synchronize_session": "fetch"})
    for person_id in dict.fromkeys(people):
        work.add(ConsultationSecondRow(consultation_id=row.id, person_id=person_id, invited_at=work.now))
