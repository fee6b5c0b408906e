"""Rooms as their page shows them, and small questions that the verbs of the house ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from teleconsult.access import Actor, visible, visible_case
from teleconsult.access.queries import site_names
from teleconsult.consult.queries.meeting_sight import seen_items, studies_before
from teleconsult.consult.queries.people import colleagues
from teleconsult.consult.tables import ConsultationRow, ConsultationStudyRow
from teleconsult.consult.tables_meetings import ConclusionRow, MeetingItemRow
from teleconsult.consult.tables_rooms import ChatRow, MarkRow, RecordingRow, RoomRow, SeatRow
from teleconsult.reading.queries import Named
from teleconsult.records.tables import FactRow
from teleconsult.records.work import Work

ONCE_IN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SeatView:
    id: str
    person_id: str
    name: str
    site: Named | None
    title: str
    role: str
    state: str
    hand_at: datetime | None
    joined_at: datetime | None
    held: bool


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    seat_id: str
    item_id: str | None
    name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    id: str
    study_id: str
    series_uid: str
    sop_uid: str
    frame: int
    kind: str
    points: list[list[float]]
    text: str
    by_id: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Guesting:
    """Somebody who is in a meeting's room for one of its cases, on this seat, since then."""

    actor: Actor
    seat_id: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room. What it is about (`subject`) is read by the page's own question; a guest who waits sees neither chat nor marks."""

    row: Mapping[str, Any]
    site: Named
    study_ids: tuple[str, ...]
    seats: tuple[SeatView, ...]
    chat: tuple[Line, ...]
    marks: tuple[Mark, ...]
    recording: Mapping[str, Any]
    recordings: tuple[Mapping[str, Any], ...]
    consents: tuple[tuple[str, bool], ...]


_COLUMNS = ("id", "kind", "subject_id", "case_id", "title", "state", "version", "opens_at", "opened_at", "closed_at",
            "host_site_id", "presenter_seat_id")  # fmt: skip


def room(work: Work, found: RoomRow, *, whole: bool, guest: Guesting | None = None) -> RoomView:
    """The room as its page shows it. The caller has asked `rooms.standing`; `whole` for who has been let in, and `guest` for who is a
    meeting's guest: of chat and marks they see what concerns their own case, of recordings none."""
    sites = site_names(work)
    rows = work.session.scalars(
        select(SeatRow)
        .where(SeatRow.room_id == found.id)
        .order_by(SeatRow.id)
        .execution_options(populate_existing=True)
    ).all()
    names = {row.id: row.name for row in rows}
    recordings = work.session.scalars(
        select(RecordingRow).where(RecordingRow.room_id == found.id).order_by(RecordingRow.id)
    ).all()
    return RoomView(
        row={name: getattr(found, name) for name in _COLUMNS}, site=Named(found.host_site_id, sites.get(found.host_site_id, "")),
        study_ids=tuple(sorted(studies_shown(work, found))) if whole else (),
        seats=tuple(_seat(row, sites) for row in rows), chat=_chat(work, found, names, guest) if whole else (),
        marks=_marks(work, found, guest) if whole else (), recording=_recording(work, found, recordings),
        recordings=tuple(_kept(row) for row in recordings if row.state == "done") if whole and guest is None else (),
        consents=tuple((seat_id, bool(yes)) for seat_id, yes in found.consent.items()),
    )  # fmt: skip


def studies_shown(work: Work, found: RoomRow) -> set[str]:
    """The studies that a room is about: of a meeting, those of the case before it now, and of all its cases while there is none."""
    if found.kind == "meeting":
        return studies_before(work, found.subject_id)
    wanted = select(ConsultationStudyRow.study_id).where(ConsultationStudyRow.consultation_id == found.subject_id)
    return set(work.session.scalars(wanted))


def question_of(work: Work, found: RoomRow) -> tuple[str, str, str]:
    """Number, question and summary of what a room is about; empty where there are none."""
    row = work.session.get(ConsultationRow, found.subject_id) if found.kind == "consultation" else None
    return (row.number, row.question, row.summary) if row is not None else (found.title, "", "")


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed last in a room: its consultation's opinion, or the conclusion (`opinion` without a quorum) of a meeting's case."""

    at: datetime
    kind: str
    item_id: str | None
    case_id: str


def signed_last(work: Work, actor: Actor, found: RoomRow) -> Signed | None:
    """Whoever still sits there is told, but of no case that they may not see."""
    if found.kind == "consultation":
        row = work.session.get(ConsultationRow, found.subject_id)
        if row is None or row.signed_at is None:
            return None
        return Signed(row.signed_at, "consultation", None, row.case_id)
    wanted = (
        select(MeetingItemRow.signed_at, ConclusionRow.kind, MeetingItemRow.id, MeetingItemRow.case_id)
        .join(ConclusionRow, ConclusionRow.id == MeetingItemRow.id)
        .where(MeetingItemRow.meeting_id == found.subject_id, MeetingItemRow.signed_at.is_not(None))
        .where(seen_items(work, actor))
        .order_by(MeetingItemRow.signed_at.desc(), MeetingItemRow.id)
        .limit(1)
    )
    last = work.session.execute(wanted).one_or_none()
    if last is None or last[0] is None:
        return None
    return Signed(last[0], last[1], last[2], last[3])


def refused_lately(work: Work, room_id: str, person_id: str) -> bool:
    """Whether it was written down within the last hour that this person was refused at the door."""
    written = exists().where(
        FactRow.subject == "room", FactRow.subject_id == room_id, FactRow.name == "RoomRefused", FactRow.actor_id == person_id,
        FactRow.at > work.now - ONCE_IN,
    )  # fmt: skip
    return bool(work.session.scalar(select(written)))


def attended(work: Work, room_id: str) -> set[str]:
    """Who was in the room at any time."""
    wanted = select(SeatRow.person_id).where(SeatRow.room_id == room_id, SeatRow.joined_at.is_not(None))
    return set(work.session.scalars(wanted))


def _seat(row: SeatRow, sites: Mapping[str, str]) -> SeatView:
    site = Named(row.site_id, sites.get(row.site_id, "")) if row.site_id else None
    return SeatView(
        row.id, row.person_id, row.name, site, row.title, row.role, row.state, row.hand_at, row.joined_at, row.held_at is not None
    )  # fmt: skip


def _chat(work: Work, found: RoomRow, names: Mapping[str, str], guest: Guesting | None) -> tuple[Line, ...]:
    wanted = select(ChatRow).where(ChatRow.room_id == found.id)
    rows = work.session.scalars(
        (wanted if guest is None else wanted.where(_said_to(work, guest))).order_by(ChatRow.at, ChatRow.id)
    )
    return tuple(Line(row.id, row.seat_id, row.item_id, names.get(row.seat_id, ""), row.text, row.at) for row in rows)


def _said_to(work: Work, guest: Guesting) -> ColumnElement[bool]:
    """What a guest reads: lines of the cases that they see, their own, and what was said between cases while they were there."""
    own_case = select(MeetingItemRow.id).where(visible_case(MeetingItemRow.case_id, guest.actor, work.now, "case.see"))
    between = and_(ChatRow.item_id.is_(None), ChatRow.at >= (guest.since or work.now))
    return or_(ChatRow.item_id.in_(own_case), ChatRow.seat_id == guest.seat_id, between)


def _marks(work: Work, found: RoomRow, guest: Guesting | None) -> tuple[Mark, ...]:
    wanted = select(MarkRow).where(MarkRow.room_id == found.id, MarkRow.removed_at.is_(None)).order_by(MarkRow.id)
    if guest is not None:
        wanted = wanted.where(visible(MarkRow.study_id, guest.actor, work.now, "study.images"))
    rows = work.session.scalars(wanted).all()
    people = colleagues(work, [row.by_id for row in rows])
    return tuple(
        Mark(row.id, row.study_id, row.series_uid, row.sop_uid, row.frame, row.kind, row.points, row.text, row.by_id,
             people[row.by_id].name, row.at)
        for row in rows
    )  # fmt: skip


def _recording(work: Work, found: RoomRow, rows: Any) -> Mapping[str, Any]:
    by = next((row.started_by_id for row in rows if row.id == found.recording_id), None)
    name = colleagues(work, [by])[by].name if by else None
    return {"id": found.recording_id, "state": found.recording, "started_by": name}


def _kept(row: RecordingRow) -> Mapping[str, Any]:
    return {
        "id": row.id,
        "bytes": row.bytes,
        "seconds": row.seconds,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
    }
