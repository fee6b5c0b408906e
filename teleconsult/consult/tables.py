"""Rows of `consult`: experts and consultations; the rooms' rows are in `tables_rooms`. Only this context writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Id, JsonCol, Versioned


class ExpertRow(Versioned, Base):
    """What the directory says of somebody who answers consultations. `id` is the person's."""

    __tablename__ = "experts"
    id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    specialty: Mapped[str] = mapped_column(String(24))
    introduction: Mapped[str] = mapped_column(Text, default="")
    accepting: Mapped[bool] = mapped_column(Boolean, default=True)
    hours: Mapped[dict[str, Any]]
    most_open: Mapped[int] = mapped_column(Integer, default=5)
    __table_args__ = (
        CheckConstraint("most_open BETWEEN 0 AND 100", name="an_expert_takes_a_sensible_number"),
        Index("ix_experts_of_a_specialty", "specialty", "accepting"),
    )


class ConsultationRow(Versioned, Base):
    """A question of one hospital to another about a case, and its answer."""

    __tablename__ = "consultations"
    number: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    requesting_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    centre_site_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"))
    requester_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(String(12))
    is_open: Mapped[bool] = mapped_column(Boolean, default=True)
    urgency: Mapped[str] = mapped_column(String(10))
    mode: Mapped[str] = mapped_column(String(10))
    question: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    wanted_specialty: Mapped[str] = mapped_column(String(24), default="")
    completeness: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    route_reason: Mapped[str | None] = mapped_column(Text)
    supplement_wanted: Mapped[str | None] = mapped_column(Text)
    supplement_text: Mapped[str | None] = mapped_column(Text)
    expert_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    assigned_at: Mapped[datetime | None]
    starts_at: Mapped[datetime | None]
    minutes: Mapped[int | None] = mapped_column(Integer)
    confirmed_requester: Mapped[datetime | None]
    confirmed_expert: Mapped[datetime | None]
    declined_by: Mapped[str | None] = mapped_column(String(10))
    decline_reason: Mapped[str | None] = mapped_column(Text)
    no_show: Mapped[str | None] = mapped_column(String(10))
    no_shows: Mapped[int] = mapped_column(Integer, default=0)
    missed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    room_id: Mapped[str | None] = mapped_column(Id)
    diagnosis: Mapped[str] = mapped_column(Text, default="")
    treatment: Mapped[str] = mapped_column(Text, default="")
    refer: Mapped[str] = mapped_column(String(10), default="no")
    refer_said: Mapped[bool] = mapped_column(Boolean, default=False)
    opinion_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    paper_id: Mapped[str | None] = mapped_column(ForeignKey("papers.id"))
    adoption: Mapped[str | None] = mapped_column(String(10))
    adoption_reason: Mapped[str | None] = mapped_column(Text)
    feedback_at: Mapped[datetime | None]
    rating_by_requester: Mapped[int | None] = mapped_column(Integer)
    rating_by_expert: Mapped[int | None] = mapped_column(Integer)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)
    clock_from: Mapped[datetime]
    due_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None] = mapped_column()
    told: Mapped[list[str]] = mapped_column(JsonCol)
    __table_args__ = (
        UniqueConstraint("number", name="a_consultation_number_is_used_once"),
        CheckConstraint(
            "state IN ('draft','submitted','supplement','accepted','scheduled','assigned','in_session','opinion','signed','closed',"
            "'rejected','cancelled','expired')",
            name="a_consultation_is_in_a_state_we_know",
        ),
        CheckConstraint(
            "is_open = (state NOT IN ('closed','rejected','cancelled','expired'))",
            name="a_consultation_is_open_until_it_ends",
        ),
        CheckConstraint("urgency IN ('urgent','normal','elective')", name="a_consultation_has_an_urgency_we_know"),
        CheckConstraint("mode IN ('room','async')", name="a_consultation_has_a_room_or_is_in_writing"),
        CheckConstraint("refer IN ('no','yes','urgent')", name="an_opinion_says_whether_to_refer"),
        CheckConstraint(
            "adoption IS NULL OR adoption IN ('adopted','partly','not')", name="an_opinion_is_adopted_partly_or_not"
        ),
        CheckConstraint(
            "state NOT IN ('scheduled','assigned','in_session','opinion','signed') OR expert_id IS NOT NULL",
            name="an_expert_iff_somebody_answers",
        ),
        CheckConstraint(
            "state = 'draft' OR state = 'cancelled' OR (submitted_at IS NOT NULL AND centre_site_id IS NOT NULL)",
            name="what_is_submitted_has_a_centre",
        ),
        CheckConstraint(
            "state <> 'scheduled' OR (starts_at IS NOT NULL AND minutes IS NOT NULL AND room_id IS NOT NULL)",
            name="what_is_scheduled_has_a_time_and_a_room",
        ),
        CheckConstraint("(state = 'supplement') = (paused_at IS NOT NULL)", name="the_clock_stands_iff_supplement"),
        CheckConstraint("(signed_at IS NULL) = (paper_id IS NULL)", name="a_paper_iff_signed"),
        CheckConstraint("state NOT IN ('signed','closed') OR signed_at IS NOT NULL", name="an_opinion_is_signed_before_it_is_used"),
        CheckConstraint("is_open = (ended_at IS NULL)", name="a_time_of_the_end_iff_ended"),
        CheckConstraint("rating_by_requester IS NULL OR rating_by_requester BETWEEN 1 AND 5", name="a_consultation_is_rated_1_to_5"),
        CheckConstraint("rating_by_expert IS NULL OR rating_by_expert BETWEEN 1 AND 5", name="a_request_is_rated_1_to_5"),
        CheckConstraint(
            "centre_site_id IS NULL OR centre_site_id <> requesting_site_id", name="nobody_consults_their_own_hospital"
        ),
        Index("consultations_of_a_case", "case_id", "created_at"),
        Index("consultations_a_site_asked_for", "requesting_site_id", "is_open", "due_at"),
        Index("consultations_a_site_answers", "centre_site_id", "is_open", "due_at"),
        Index("consultations_of_an_expert", "expert_id", "is_open", "starts_at"),
        Index(
            "consultations_by_their_next_look", "look_at", sqlite_where=look_at.is_not(None), postgresql_where=look_at.is_not(None)
        ),
    )  # fmt: skip


class ConsultationStudyRow(Base):
    """A study that the question is about."""

    __tablename__ = "consultation_studies"
    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"), primary_key=True)
    added_at: Mapped[datetime]


class ConsultationSecondRow(Base):
    """Another expert who takes part; the first one signs."""

    __tablename__ = "consultation_seconds"
    consultation_id: Mapped[str] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    invited_at: Mapped[datetime]
