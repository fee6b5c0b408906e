"""Recording a room: asked for by a host, begun when everybody there agrees, ended when anybody does not.

The rows are kept here; the media node records. Web asks the node between two of these verbs: `ask` or `consent` say that it may
begin (`ready`), `begun` writes that it did; `consent`, `asked_to_stop` and the closing of the room say that it must end, `kept` or
`failed` write how it ended.
"""

from dataclasses import dataclass

from sqlalchemy import select

from teleconsult.access import Actor
from teleconsult.consult import facts
from teleconsult.consult.lifecycle_room import GUEST, IN
from teleconsult.consult.queries.people import colleagues
from teleconsult.consult.rooms import changed, changed_by, hosting, load_room, seated, seats_in, standing
from teleconsult.consult.tables_rooms import RecordingRow, RoomRow
from teleconsult.kernel.errors import absent, conflict
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class Turn:
    """What web has to ask of the media node now: begin the recording (`ready`) or end it (`stop`), under its id."""

    room: RoomRow
    recording_id: str | None = None
    ready: bool = False
    stop: bool = False


def ask(work: Work, actor: Actor, room_id: str) -> Turn:
    """A host wants to record. Who asks agrees; all others are asked. Repeats harmlessly while it is asked for or on."""
    room, mine = hosting(work, actor, room_id)
    if room.recording != "off":
        return Turn(room, room.recording_id, ready=room.recording == "asking" and _all_agree(work, room))
    row = RecordingRow(
        id=new_id(), room_id=room.id, state="asking", bytes=0, seconds=0, started_by_id=actor.id, consents={},
    )  # fmt: skip
    work.add(row)
    asked = {"recording": "asking", "recording_id": row.id, "consent": {mine.id: True}}
    changed(work, room, asked, facts.of_room, "RecordingAsked", recording_id=row.id)
    return Turn(room, row.id, ready=_all_agree(work, room))


def consent(work: Work, actor: Actor, room_id: str, yes: bool) -> Turn:
    """Agree to be recorded, or not. A no ends the recording for all. CONFLICT `room.not_recorded` when nobody asked."""
    room, mine = seated(work, actor, room_id)
    if room.recording == "off":
        raise conflict("room.not_recorded")
    known = room.recording_id
    if not yes and room.recording == "asking":
        row = work.session.get_one(RecordingRow, known)
        row.state, row.ended_at = "failed", work.now
    said = {"consent": {**room.consent, mine.id: yes}}
    ended = {"recording": "off", "recording_id": None} if not yes and room.recording == "asking" else {}
    changed(work, room, {**said, **ended}, facts.of_room, "ConsentGiven" if yes else "ConsentRefused", seat_id=mine.id)
    ready = yes and room.recording == "asking" and _all_agree(work, room)
    return Turn(room, known, ready=ready, stop=not yes and room.recording == "on")


def begun(work: Work, actor: Actor, room_id: str, recording_id: str) -> RoomRow:
    """The media node records. It was begun by who asked for it, whoever agreed last; the consents are told with it.

    CONFLICT `room.consent_missing` when somebody came in meanwhile without agreeing: it must end again.
    """
    room, _ = seated(work, actor, room_id)
    row = _recording(work, room, recording_id)
    if room.recording == "on":
        return room
    if room.recording_id != recording_id or not _all_agree(work, room):
        raise conflict("room.consent_missing", recording_id)
    row.state, row.started_at, row.consents = "on", work.now, dict(room.consent)
    asker = colleagues(work, [row.started_by_id])[row.started_by_id]
    agreed = [seat.person_id for seat in seats_in(work, room.id, IN)]
    of = facts.of_room_and_case
    told = {"recording_id": row.id, "consented": sorted(agreed)}
    return changed_by(work, asker, room, {"recording": "on"}, of, "RecordingStarted", **told)


def asked_to_stop(work: Work, actor: Actor, room_id: str) -> Turn:
    """A host ends it; one that was only asked for is over at once. Repeats harmlessly."""
    room, _ = hosting(work, actor, room_id)
    if room.recording == "asking":
        failed(work, room.id, str(room.recording_id))
    return Turn(room, room.recording_id, stop=room.recording == "on")


def kept(work: Work, room_id: str, recording_id: str, blob_key: str, size: int, seconds: int) -> RoomRow:
    """The media node has ended it: encrypted, it lies at `blob_key`. Repeats harmlessly; also after the room has closed."""
    room = load_room(work, room_id)
    row = _recording(work, room, recording_id)
    if row.state == "done":
        return room
    row.state, row.blob_key, row.bytes, row.seconds, row.ended_at = "done", blob_key, size, seconds, work.now
    return _off(work, room, "RecordingKept", row, seconds=seconds)


def failed(work: Work, room_id: str, recording_id: str) -> RoomRow:
    """There is no recording: the node is gone, or it was never begun. Repeats harmlessly."""
    room = load_room(work, room_id)
    row = _recording(work, room, recording_id)
    if row.state in ("done", "failed"):
        return room
    row.state, row.ended_at = "failed", work.now
    return _off(work, room, "RecordingFailed", row)


def playable(work: Work, actor: Actor, room_id: str, recording_id: str) -> RecordingRow:
    """A finished recording, for somebody of the room; that it was opened is written down. ABSENT `recording.absent`, also for a meeting's
    guest: all its cases are on it."""
    room = load_room(work, room_id)
    role = standing(work, actor, room).role
    row = _recording(work, room, recording_id)
    if row.state != "done" or (role == GUEST and room.kind == "meeting"):
        raise absent("recording.absent", recording_id)
    changed(work, room, {}, facts.of_room_and_case, "RecordingPlayed", recording_id=row.id)
    return row


def _off(work: Work, room: RoomRow, name: str, row: RecordingRow, **details: int) -> RoomRow:
    ended = {"recording": "off", "recording_id": None} if room.recording_id == row.id else {}
    return changed(work, room, ended, facts.of_room_and_case, name, recording_id=row.id, **details)


def _recording(work: Work, room: RoomRow, recording_id: str) -> RecordingRow:
    wanted = select(RecordingRow).where(RecordingRow.id == recording_id, RecordingRow.room_id == room.id)
    row = work.session.scalars(wanted).one_or_none()
    if row is None:
        raise absent("recording.absent", recording_id)
    return row


def _all_agree(work: Work, room: RoomRow) -> bool:
    return all(room.consent.get(seat.id) is True for seat in seats_in(work, room.id, IN))
