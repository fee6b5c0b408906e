"""Who followed a link to a consultation or to a room without a right: refused by what they asked, and written down here."""

from teleconsult.access import Actor
from teleconsult.consult import facts
from teleconsult.consult.admission import note_refused
from teleconsult.consult.queries.meeting_sight import ONCE_IN
from teleconsult.consult.tables import ConsultationRow
from teleconsult.consult.tables_rooms import RoomRow
from teleconsult.records import journal
from teleconsult.records.work import Work


def note_consultation_refused(work: Work, actor: Actor, consultation_id: str, code: str) -> None:
    """Write it down, once an hour for each person: a page left open asks again and again, and what was done for the patient must stay in sight; nothing where there is no such consultation."""
    row = work.session.get(ConsultationRow, consultation_id)
    since = work.now - ONCE_IN
    if row is None or journal.has_since(work, "consultation", row.id, "ConsultationRefused", actor.id, since):
        return
    work.record(facts.consultation_refused(row, code))


def note_room_refused(work: Work, actor: Actor, room_id: str, code: str) -> None:
    """As at the door, for who only looks; nothing where there is no such room."""
    room = work.session.get(RoomRow, room_id)
    if room is not None:
        note_refused(work, actor, room, code)
