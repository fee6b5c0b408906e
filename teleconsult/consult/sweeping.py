"""What time does to consultations. The relay calls `sweep`; twice at once is safe, and what was told is told once."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import select

from teleconsult.consult import clocks, facts, lifecycle, telling
from teleconsult.consult.endings import end, withdraw
from teleconsult.consult.loading import keep, look, seconds_of
from teleconsult.consult.queries.rooms import attended
from teleconsult.consult.rooms import sweep_rooms
from teleconsult.consult.sweeping_meeting import sweep_meetings
from teleconsult.consult.tables import ConsultationRow
from teleconsult.records.work import Work


def sweep(work: Work, limit: int = 100) -> int:
    """Do what is due on consultations, rooms and meetings; how much was done."""
    due = (
        select(ConsultationRow)
        .where(ConsultationRow.look_at <= work.now)
        .order_by(ConsultationRow.look_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = work.session.scalars(due).all()
    for row in rows:
        _looked_at(work, row)
    return len(rows) + sweep_rooms(work, limit) + sweep_meetings(work, limit)


def _looked_at(work: Work, row: ConsultationRow) -> None:
    """One thing at a time: what happens may make the next one needless."""
    while found := clocks.due(row, work.now):
        event = found[0]
        row.told = [*row.told, clocks.key(event)]
        _DO[event[1]](work, row, clocks.key(event))
    look(work, row)


def _late_in_triage(work: Work, row: ConsultationRow, again: str) -> None:
    _told(work, row, clocks.TRIAGE_LATE)
    telling.tell_centre(work, row, "consultation.triage_late", again)
    telling.tell_requester(work, row, "consultation.triage_late", again)


def _late_with_opinion(work: Work, row: ConsultationRow, again: str) -> None:
    _told(work, row, clocks.OPINION_LATE)
    telling.tell_centre(work, row, "consultation.opinion_late", again)
    telling.tell_people(work, row, [row.expert_id], "consultation.opinion_late", again)


def _remind_of_supplement(work: Work, row: ConsultationRow, again: str) -> None:
    _told(work, row, clocks.SUPPLEMENT_REMINDED)
    telling.tell_ward(work, row, "consultation.supplement_reminder", again)


def _expired(work: Work, row: ConsultationRow, again: str) -> None:
    keep(work, row, lifecycle.expire(row, work.now), "ConsultationExpired")
    end(work, row, "consultation.expired", answered=False)
    telling.tell_ward(work, row, "consultation.expired", again)
    telling.tell_centre(work, row, "consultation.expired", again)


def _remind(code: str, what: str) -> Callable[[Work, ConsultationRow, str], None]:
    def remind(work: Work, row: ConsultationRow, again: str) -> None:
        _told(work, row, what)
        telling.tell_people(work, row, [row.requester_id, row.expert_id, *seconds_of(work, row.id)], code, again)

    return remind


def _missed(work: Work, row: ConsultationRow, again: str) -> None:
    """Who did not appear is named, the room closes, and the centre is offered to rebook."""
    people = [row.requester_id, row.expert_id, *seconds_of(work, row.id)]
    there = attended(work, row.room_id or "")
    expert, other = row.expert_id in there, bool(there - {row.expert_id})
    missing = {(True, False): "requester", (False, True): "expert"}.get((expert, other), "both")
    withdraw(work, row, "consultation.missed")
    keep(work, row, {**lifecycle.miss(row, missing, work.now), "room_id": None}, "ConsultationMissed", missing=missing)
    telling.tell_centre(work, row, "consultation.missed", again)
    telling.tell_people(work, row, people, "consultation.missed", again)


def _remind_of_feedback(work: Work, row: ConsultationRow, again: str) -> None:
    _told(work, row, clocks.FEEDBACK_REMINDED)
    telling.tell_requester(work, row, "consultation.feedback_reminder", again)


def _late_with_feedback(work: Work, row: ConsultationRow, again: str) -> None:
    _told(work, row, clocks.FEEDBACK_LATE)
    telling.tell_ward(work, row, "consultation.feedback_late", again)


def _closed(work: Work, row: ConsultationRow, again: str) -> None:
    changes = lifecycle.close(row, work.now, without_feedback=True)
    keep(work, row, changes, "ConsultationClosed", by_time=again)
    end(work, row, "consultation.closed", answered=True)


def _told(work: Work, row: ConsultationRow, what: str) -> None:
    work.record(facts.consultation_late(row, what))


_DO: Final[Mapping[str, Callable[[Work, ConsultationRow, str], None]]] = {
    clocks.TRIAGE_LATE: _late_in_triage,
    clocks.OPINION_LATE: _late_with_opinion,
    clocks.SUPPLEMENT_REMINDED: _remind_of_supplement,
    clocks.EXPIRED: _expired,
    clocks.DAY_BEFORE: _remind("consultation.reminder_day", clocks.DAY_BEFORE),
    clocks.SOON: _remind("consultation.reminder_soon", clocks.SOON),
    clocks.NO_SHOW: _missed,
    clocks.FEEDBACK_REMINDED: _remind_of_feedback,
    clocks.FEEDBACK_LATE: _late_with_feedback,
    clocks.CLOSE: _closed,
}
