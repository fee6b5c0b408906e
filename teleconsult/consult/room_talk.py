"""What is said and drawn in a room: chat and marks. Pointer moves and typing are whispers and never come here."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select

from teleconsult.access import Actor
from teleconsult.consult import facts, lifecycle_room
from teleconsult.consult.lifecycle_room import HOST
from teleconsult.consult.queries.meeting_sight import item_before
from teleconsult.consult.queries.rooms import studies_shown
from teleconsult.consult.rooms import changed, seated
from teleconsult.consult.tables_rooms import ChatRow, MarkRow, RoomRow
from teleconsult.kernel.errors import absent, conflict, forbidden, invalid
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work

MOST_MARKS, MOST_LINES, LONGEST_UID = 500, 5000, 64
LENGTH_OF_ID: Final = 32
_UID: Final = frozenset("0123456789.")
_HEX: Final = frozenset("0123456789abcdef")


def chat(
    work: Work, actor: Actor, room_id: str, text: str, line_id: str | None = None, written_for: str | None = None
) -> ChatRow:
    """Write a line for all in the room; in a meeting it belongs to the case that is before it.

    With `line_id` (32 hexadecimal digits, made by whoever wrote it) the same line sent again is written once. `written_for` is the
    case on the agenda that was before the meeting when it was written, empty for none: words that come late reach no other case.
    INVALID `field.empty`, `field.text`, `chat.id`; CONFLICT `room.full_of_words`, `chat.other_case`.
    """
    room, mine = seated(work, actor, room_id)
    said = lifecycle_room.text(text, "text", lifecycle_room.MOST_CHAT)
    known = work.session.get(ChatRow, line_id) if line_id else None
    if known is not None and (known.room_id, known.seat_id, known.text) == (room.id, mine.id, said):
        return known
    if known is not None or not (line_id is None or _hex(line_id)):
        raise invalid("chat.id", "32 hexadecimal digits of one's own")
    item_id = item_before(work, room.subject_id) if room.kind == "meeting" else None
    if written_for is not None and written_for != (item_id or ""):
        raise conflict("chat.other_case", f"it was written for {written_for or 'none'}")
    if _count(work, ChatRow, room) >= MOST_LINES:
        raise conflict("room.full_of_words", str(MOST_LINES))
    line = ChatRow(id=line_id or new_id(), room_id=room.id, seat_id=mine.id, item_id=item_id, text=said, at=work.now)
    work.add(line)
    changed(work, room, {}, facts.of_room, "ChatWritten", seat_id=mine.id, item_id=item_id)
    return line


def draw(
    work: Work, actor: Actor, room_id: str, study_id: str, series_uid: str, sop_uid: str, frame: int, kind: str,
    points: Sequence[Sequence[float]], text: str = "",
) -> MarkRow:  # fmt: skip
    """Draw on an image of a study that the room is about, in pixels of the image.

    INVALID `mark.kind`, `mark.points`, `mark.place`, `field.text`; CONFLICT `room.full_of_marks`.
    """
    room, _ = seated(work, actor, room_id)
    drawn = lifecycle_room.mark_points(kind, points)
    label = lifecycle_room.text(text, "text", lifecycle_room.MOST_MARK_TEXT) if text.strip() or kind == "text" else ""
    if study_id not in studies_shown(work, room) or not (_uid(series_uid) and _uid(sop_uid) and 1 <= frame <= 100_000):
        raise invalid("mark.place", "an image of a study of this room")
    if _count(work, MarkRow, room) >= MOST_MARKS:
        raise conflict("room.full_of_marks", str(MOST_MARKS))
    mark = MarkRow(
        id=new_id(), room_id=room.id, study_id=study_id, series_uid=series_uid, sop_uid=sop_uid, frame=frame, kind=kind, points=drawn,
        text=label, by_id=actor.id, at=work.now,
    )  # fmt: skip
    work.add(mark)
    changed(work, room, {}, facts.of_room, "MarkDrawn", mark_id=mark.id, mark_kind=kind)
    return mark


def erase(work: Work, actor: Actor, room_id: str, mark_id: str) -> RoomRow:
    """Take a mark away: one's own, or anybody's for a host or the presenter. It is kept as removed. Repeats harmlessly."""
    room, mine = seated(work, actor, room_id)
    mark = work.session.get(MarkRow, mark_id)
    if mark is None or mark.room_id != room.id:
        raise absent("mark.absent", mark_id)
    if mark.by_id != actor.id and mine.role != HOST and room.presenter_seat_id != mine.id:
        raise forbidden("mark.of_another", mark_id)
    if mark.removed_at is not None:
        return room
    mark.removed_at = work.now
    return changed(work, room, {}, facts.of_room, "MarkRemoved", mark_id=mark.id)


def _count(work: Work, kind: type[ChatRow] | type[MarkRow], room: RoomRow) -> int:
    wanted = select(func.count()).select_from(kind).where(kind.room_id == room.id)
    return work.session.scalar(wanted.where(MarkRow.removed_at.is_(None)) if kind is MarkRow else wanted) or 0


def _hex(text: str) -> bool:
    return len(text) == LENGTH_OF_ID and set(text) <= _HEX


def _uid(text: str) -> bool:
    return 0 < len(text) <= LONGEST_UID and set(text) <= _UID
