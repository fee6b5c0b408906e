"""Rows of rooms: where a consultation or a meeting takes place. Only this context writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Id, Identified, JsonCol, Versioned


class RoomRow(Versioned, Base):
    """A room. `version` counts every change of it, its seats, marks and chat. `guests` are [site_id, why]: whose people may knock."""

    __tablename__ = "rooms"
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[str] = mapped_column(Id)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    opens_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    host_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    guests: Mapped[list[list[str]]] = mapped_column(JsonCol)
    presenter_seat_id: Mapped[str | None] = mapped_column(Id)
    consent: Mapped[dict[str, Any]]
    recording: Mapped[str] = mapped_column(String(10), default="off")
    recording_id: Mapped[str | None] = mapped_column(Id)
    look_at: Mapped[datetime | None] = mapped_column()
    __table_args__ = (
        CheckConstraint("kind IN ('consultation','meeting')", name="a_room_is_of_a_kind_we_know"),
        CheckConstraint("state IN ('waiting','open','closed')", name="a_room_is_waiting_open_or_closed"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="a_time_of_closing_iff_closed"),
        CheckConstraint("state <> 'waiting' OR opened_at IS NULL", name="a_waiting_room_was_not_opened"),
        CheckConstraint("recording IN ('off','asking','on')", name="recording_is_off_asked_for_or_on"),
        CheckConstraint("(recording = 'off') = (recording_id IS NULL)", name="a_recording_iff_recorded"),
        CheckConstraint("state <> 'closed' OR recording = 'off'", name="nothing_is_recorded_in_a_closed_room"),
        Index("ix_rooms_of_a_subject", "subject_id", "state"),
        Index("ix_rooms_of_a_case", "case_id"),
        Index("rooms_by_their_next_look", "look_at", sqlite_where=look_at.is_not(None), postgresql_where=look_at.is_not(None)),
    )  # fmt: skip


class SeatRow(Identified, Base):
    """One person's place in a room; name, site and title as they were called then. `present_until` is kept alive by the open page.

    In a meeting's room a guest stays a guest: `let_in_at` says that a host let them in, `held_at` that they wait for their own case.
    """

    __tablename__ = "seats"
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(120))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"))
    title: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    invited_at: Mapped[datetime]
    hand_at: Mapped[datetime | None]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    present_until: Mapped[datetime | None] = mapped_column()
    attended_seconds: Mapped[int] = mapped_column(Integer, default=0)
    let_in_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("room_id", "person_id", name="a_person_has_one_seat_in_a_room"),
        CheckConstraint("role IN ('host','member','guest','supervisor')", name="a_seat_has_a_role_we_know"),
        CheckConstraint("state IN ('out','waiting','in','removed')", name="a_seat_is_out_waiting_in_or_removed"),
        CheckConstraint("(state IN ('in','waiting')) = (present_until IS NOT NULL)", name="presence_iff_there"),
        CheckConstraint("state <> 'in' OR joined_at IS NOT NULL", name="who_is_in_has_come_in"),
        CheckConstraint("hand_at IS NULL OR state = 'in'", name="a_hand_is_raised_by_somebody_who_is_in"),
        Index(
            "seats_by_the_end_of_their_presence", "present_until",
            sqlite_where=present_until.is_not(None), postgresql_where=present_until.is_not(None),
        ),
        Index("ix_seats_of_a_person", "person_id", "state"),
    )  # fmt: skip


class ChatRow(Identified, Base):
    """Something written in a room; `item_id` is the case on the agenda that was before the meeting then."""

    __tablename__ = "chat"
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"))
    seat_id: Mapped[str] = mapped_column(ForeignKey("seats.id"))
    item_id: Mapped[str | None] = mapped_column(Id)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    __table_args__ = (Index("ix_chat_of_a_room", "room_id", "id"),)


class MarkRow(Identified, Base):
    """Something drawn on an image for all to see; `points` are [[x, y], …] in pixels of the image."""

    __tablename__ = "marks"
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"))
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"))
    series_uid: Mapped[str] = mapped_column(String(64))
    sop_uid: Mapped[str] = mapped_column(String(64))
    frame: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    points: Mapped[list[list[float]]] = mapped_column(JsonCol)
    text: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("kind IN ('arrow','length','ellipse','text','freehand')", name="a_mark_is_of_a_kind_we_know"),
        Index("ix_marks_of_a_room", "room_id", "id"),
    )


class RecordingRow(Identified, Base):
    """A recording of a room, encrypted; its own key lies wrapped in the file. `consents` are the seats that agreed."""

    __tablename__ = "recordings"
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"))
    state: Mapped[str] = mapped_column(String(10))
    blob_key: Mapped[str | None] = mapped_column(String(200))
    bytes: Mapped[int] = mapped_column(Integer, default=0)
    seconds: Mapped[int] = mapped_column(Integer, default=0)
    started_by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    consents: Mapped[dict[str, Any]]
    __table_args__ = (
        CheckConstraint("state IN ('asking','on','done','failed')", name="a_recording_is_in_a_state_we_know"),
        CheckConstraint("state <> 'done' OR blob_key IS NOT NULL", name="a_finished_recording_lies_somewhere"),
        Index("ix_recordings_of_a_room", "room_id", "id"),
    )
