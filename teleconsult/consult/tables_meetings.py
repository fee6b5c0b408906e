"""Rows of MDT boards and meetings. Only this context writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Id, JsonCol, Versioned


class BoardRow(Versioned, Base):
    """A series of meetings: which specialties, when, who presides, which hospital's coordinators run it."""

    __tablename__ = "boards"
    name: Mapped[str] = mapped_column(String(120))
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    specialties: Mapped[list[str]]
    quorum: Mapped[dict[str, Any]]
    cadence: Mapped[dict[str, Any]]
    minutes: Mapped[int] = mapped_column(Integer)
    chair_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    made_by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("site_id", "name", name="a_hospital_names_its_boards_apart"),
        CheckConstraint("minutes BETWEEN 15 AND 480", name="a_board_meets_for_a_sensible_time"),
    )


class BoardMemberRow(Base):
    """Somebody who sits on a board, for a specialty."""

    __tablename__ = "board_members"
    board_id: Mapped[str] = mapped_column(ForeignKey("boards.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    specialty: Mapped[str] = mapped_column(String(24))


class MeetingRow(Versioned, Base):
    """One meeting, of a board or ad hoc. What it took over from its board is its own from then on."""

    __tablename__ = "meetings"
    number: Mapped[str] = mapped_column(String(20))
    board_id: Mapped[str | None] = mapped_column(ForeignKey("boards.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    specialties: Mapped[list[str]]
    quorum: Mapped[dict[str, Any]]
    chair_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    planned_by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    planned_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(Integer)
    freeze_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)
    room_id: Mapped[str | None] = mapped_column(Id)
    look_at: Mapped[datetime | None] = mapped_column()
    told: Mapped[list[str]] = mapped_column(JsonCol)
    __table_args__ = (
        UniqueConstraint("number", name="a_meeting_number_is_used_once"),
        UniqueConstraint("board_id", "starts_at", name="a_board_meets_once_at_a_time"),
        CheckConstraint(
            "state IN ('open','frozen','live','minutes','closed','cancelled')", name="a_meeting_is_in_a_state_we_know"
        ),
        CheckConstraint(
            "state NOT IN ('live','minutes','closed') OR (started_at IS NOT NULL AND room_id IS NOT NULL)",
            name="a_meeting_that_began_had_a_room",
        ),
        CheckConstraint("(state IN ('minutes','closed')) = (finished_at IS NOT NULL)", name="a_session_is_over_before_its_minutes"),
        CheckConstraint("(state IN ('closed','cancelled')) = (ended_at IS NOT NULL)", name="a_meeting_ends_when_it_ended"),
        CheckConstraint("freeze_at <= starts_at", name="an_agenda_freezes_before_the_meeting"),
        Index("meetings_of_a_board", "board_id", "starts_at"),
        Index("meetings_of_a_site", "site_id", "starts_at"),
        Index("meetings_by_their_next_look", "look_at", sqlite_where=look_at.is_not(None), postgresql_where=look_at.is_not(None)),
    )  # fmt: skip


class MeetingMemberRow(Base):
    """Somebody who takes part in a meeting, for a specialty."""

    __tablename__ = "meeting_members"
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    specialty: Mapped[str] = mapped_column(String(24))
    __table_args__ = (Index("ix_meetings_of_a_person", "person_id"),)


class MeetingItemRow(Versioned, Base):
    """A case on a meeting's agenda: the question, its time box, and what was concluded.

    `attended` are the members who were there while it was presented; `quorum_met` is settled with the first conclusion and never again.
    """

    __tablename__ = "meeting_items"
    number: Mapped[str] = mapped_column(String(20))
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meetings.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    from_kind: Mapped[str] = mapped_column(String(14))
    from_id: Mapped[str | None] = mapped_column(Id)
    question: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    place: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    proposed_by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    proposed_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    proposed_at: Mapped[datetime]
    accepted_by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    accepted_at: Mapped[datetime | None]
    presenting_from: Mapped[datetime | None] = mapped_column()
    presented_for: Mapped[int | None] = mapped_column(Integer)
    concluded_at: Mapped[datetime | None]
    quorum_met: Mapped[bool | None] = mapped_column(Boolean)
    attended: Mapped[list[dict[str, Any]]] = mapped_column(JsonCol)
    signed_at: Mapped[datetime | None]
    reviews: Mapped[list[dict[str, Any]]] = mapped_column(JsonCol)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)
    next_item_id: Mapped[str | None] = mapped_column(Id)
    look_at: Mapped[datetime | None] = mapped_column()
    told: Mapped[list[str]] = mapped_column(JsonCol)
    __table_args__ = (
        UniqueConstraint("number", name="an_item_number_is_used_once"),
        CheckConstraint(
            "state IN ('proposed','preparing','presenting','concluded','signed','closed','declined','withdrawn','deferred')",
            name="an_item_is_in_a_state_we_know",
        ),
        CheckConstraint(
            "from_kind IN ('case','referral','consultation','report','meeting')", name="an_item_comes_from_something_we_know"
        ),
        CheckConstraint("(from_kind = 'case') = (from_id IS NULL)", name="an_item_names_what_it_comes_from"),
        CheckConstraint("minutes BETWEEN 3 AND 120", name="a_time_box_is_sensible"),
        CheckConstraint(
            "state NOT IN ('preparing','presenting','concluded','signed','closed') OR accepted_at IS NOT NULL",
            name="an_item_is_accepted_before_it_is_prepared",
        ),
        CheckConstraint("(state = 'presenting') = (presenting_from IS NOT NULL)", name="a_time_box_runs_iff_presenting"),
        CheckConstraint(
            "(state IN ('concluded','signed','closed')) = (concluded_at IS NOT NULL AND quorum_met IS NOT NULL)",
            name="a_quorum_is_counted_iff_concluded",
        ),
        CheckConstraint("(state IN ('signed','closed')) = (signed_at IS NOT NULL)", name="an_item_is_tracked_iff_signed"),
        CheckConstraint(
            "(state IN ('closed','declined','withdrawn','deferred')) = (ended_at IS NOT NULL)", name="an_item_ends_when_it_ended"
        ),
        Index("items_of_a_meeting", "meeting_id", "place"),
        Index("items_of_a_case", "case_id", "proposed_at"),
        Index(
            "one_case_is_presented_at_a_time", "meeting_id", unique=True,
            sqlite_where=presenting_from.is_not(None), postgresql_where=presenting_from.is_not(None),
        ),
        Index("items_by_their_next_look", "look_at", sqlite_where=look_at.is_not(None), postgresql_where=look_at.is_not(None)),
    )  # fmt: skip


class PreparationRow(Versioned, Base):
    """How far one specialty is with a case. `missing` are words; `key_images` [{study_id, series_uid, sop_uid, frame}]."""

    __tablename__ = "preparations"
    item_id: Mapped[str] = mapped_column(ForeignKey("meeting_items.id"))
    specialty: Mapped[str] = mapped_column(String(24))
    ready: Mapped[bool] = mapped_column(Boolean, default=False)
    missing: Mapped[list[str]]
    note: Mapped[str] = mapped_column(Text, default="")
    key_images: Mapped[list[dict[str, Any]]] = mapped_column(JsonCol)
    by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("item_id", "specialty", name="a_specialty_prepares_a_case_once"),
        CheckConstraint("(by_id IS NULL) = (at IS NULL)", name="somebody_prepared_iff_at_a_time"),
    )


class ConclusionRow(Versioned, Base):
    """What was concluded about a case; `id` is the item's. `version` counts its words, so that one signs what one saw.

    `first_signed_at` set: nothing of it changes any more. `excused` are the specialties that do not sign: [{role, reason, by_id, at}].
    """

    __tablename__ = "conclusions"
    id: Mapped[str] = mapped_column(ForeignKey("meeting_items.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    stage: Mapped[str] = mapped_column(Text)
    options: Mapped[str] = mapped_column(Text)
    recommendation: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    dissent: Mapped[list[dict[str, Any]]] = mapped_column(JsonCol)
    recommendations: Mapped[list[dict[str, Any]]] = mapped_column(JsonCol)
    excused: Mapped[list[dict[str, Any]]] = mapped_column(JsonCol, server_default="[]")
    by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    first_signed_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("kind IN ('conclusion','opinion')", name="minutes_are_a_conclusion_or_an_opinion"),
    )
