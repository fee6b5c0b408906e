"""Rows of `referral`. Only this context writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Id, Identified, JsonCol, Versioned


class NumberRow(Base):
    """The last number given for one kind of thing on one day ("C261121")."""

    __tablename__ = "numbers"
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class CaseRow(Versioned, Base):
    """A patient about whom more is asked than one report: studies, papers, and everything that others were asked."""

    __tablename__ = "cases"
    number: Mapped[str] = mapped_column(String(20))
    patient_id: Mapped[str] = mapped_column(ForeignKey("patients.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    opened_by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("number", name="a_case_number_is_used_once"),
        CheckConstraint("state IN ('open','closed')", name="a_case_is_open_or_closed"),
        CheckConstraint("severity IN ('none','mild','moderate','severe')", name="a_case_has_a_severity_we_know"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="a_time_of_closing_iff_closed"),
        Index("ix_cases_by_opening", "opened_at", "id"),
        Index("ix_cases_of_a_patient", "patient_id"),
        Index("ix_cases_of_a_person", "opened_by_id", "opened_at"),
    )


class CaseStudyRow(Base):
    """A study that belongs to a case."""

    __tablename__ = "case_studies"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"), primary_key=True)
    added_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime]
    __table_args__ = (Index("ix_case_studies_of_a_study", "study_id"),)


class AttachmentRow(Identified, Base):
    """A file that belongs to a case; its bytes lie under `blob_key`. Withdrawn, it is named but no longer given out."""

    __tablename__ = "attachments"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    blob_key: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    site_id: Mapped[str | None] = mapped_column(Id)
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column()
    __table_args__ = (
        CheckConstraint("kind IN ('consent','record','image','lab','other')", name="an_attachment_is_of_a_kind_we_know"),
        CheckConstraint("size > 0", name="an_attachment_is_not_empty"),
        Index("ix_attachments_of_a_case", "case_id", "at"),
        Index(
            "a_case_has_the_same_file_once", "case_id", "sha256", "kind", unique=True,
            sqlite_where=withdrawn_at.is_(None), postgresql_where=withdrawn_at.is_(None),
        ),
    )  # fmt: skip


class ReferralRow(Versioned, Base):
    """A patient goes from one hospital to another. What the sender writes is in the first part, what became of it in the second.

    `trail` are the redirections, oldest first: {from, to, reason, by, at}. `clock_from` and `due_at` are of whatever is waited for now.
    """

    __tablename__ = "referrals"
    number: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    direction: Mapped[str] = mapped_column(String(4))
    from_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    to_site_id: Mapped[str | None] = mapped_column(ForeignKey("sites.id"))
    priority: Mapped[str] = mapped_column(String(10))
    disease: Mapped[str] = mapped_column(String(40))
    criteria_version: Mapped[int] = mapped_column(Integer)
    ticked: Mapped[list[str]]
    criteria_met: Mapped[bool | None] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    wanted_department: Mapped[str] = mapped_column(String(200), default="")
    consent: Mapped[str] = mapped_column(String(10), default="")
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_phone: Mapped[str] = mapped_column(String(200), default="")
    plan: Mapped[str] = mapped_column(Text, default="")
    medication: Mapped[str] = mapped_column(Text, default="")
    turn_back: Mapped[list[str]]
    turn_back_text: Mapped[str] = mapped_column(Text, default="")
    pathway: Mapped[str] = mapped_column(String(20), default="")
    from_kind: Mapped[str] = mapped_column(String(20))
    from_id: Mapped[str] = mapped_column(Id)
    turned_from_id: Mapped[str | None] = mapped_column(ForeignKey("referrals.id"))
    created_by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]

    state: Mapped[str] = mapped_column(String(12))
    submitted_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    department: Mapped[str] = mapped_column(String(200), default="")
    bed: Mapped[str] = mapped_column(String(200), default="")
    slot_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
    ask_text: Mapped[str | None] = mapped_column(Text)
    answer_text: Mapped[str | None] = mapped_column(Text)
    paused_at: Mapped[datetime | None]
    reason_code: Mapped[str | None] = mapped_column(String(20))
    reason_text: Mapped[str | None] = mapped_column(Text)
    trail: Mapped[list[dict[str, Any]]] = mapped_column(JsonCol)
    departed_at: Mapped[datetime | None]
    expected_at: Mapped[datetime | None]
    escort: Mapped[str] = mapped_column(String(200), default="")
    vehicle: Mapped[str] = mapped_column(String(200), default="")
    arrived_at: Mapped[datetime | None]
    no_show_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_text: Mapped[str | None] = mapped_column(Text)
    completed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    clock_from: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None] = mapped_column()
    escalated: Mapped[int] = mapped_column(Integer, default=0)
    __table_args__ = (
        UniqueConstraint("number", name="a_referral_number_is_used_once"),
        CheckConstraint(
            "state IN ('draft','submitted','asked','accepted','in_transit','arrived','completed','closed','declined','cancelled','expired')",
            name="a_referral_is_in_a_state_we_know",
        ),
        CheckConstraint("direction IN ('up','down')", name="a_referral_goes_up_or_down"),
        CheckConstraint("priority IN ('green','urgent','normal')", name="a_referral_has_a_priority_we_know"),
        CheckConstraint("direction = 'up' OR priority <> 'green'", name="only_up_goes_by_the_green_channel"),
        CheckConstraint("state IN ('draft','cancelled') OR to_site_id IS NOT NULL", name="a_sent_referral_names_its_hospital"),
        CheckConstraint("to_site_id IS NULL OR to_site_id <> from_site_id", name="a_referral_goes_to_another_hospital"),
        CheckConstraint(
            "state NOT IN ('accepted','in_transit','arrived','completed','closed') OR accepted_at IS NOT NULL",
            name="who_is_treated_was_accepted",
        ),
        CheckConstraint(
            "state NOT IN ('arrived','completed','closed') OR arrived_at IS NOT NULL", name="who_is_treated_has_arrived"
        ),
        CheckConstraint(
            "state NOT IN ('completed','closed') OR (outcome IS NOT NULL AND outcome_text IS NOT NULL)",
            name="a_completed_referral_says_what_came_of_it",
        ),
        CheckConstraint("(state = 'asked') = (paused_at IS NOT NULL)", name="the_clock_of_a_referral_stands_iff_asked"),
        CheckConstraint(
            "(state IN ('declined','cancelled','expired')) = (reason_code IS NOT NULL)", name="a_reason_iff_it_came_to_nothing"
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="a_time_of_closing_iff_the_referral_is_closed"),
        Index(
            "a_patient_is_on_the_way_to_one_hospital", "case_id", unique=True,
            sqlite_where=state.in_(["accepted", "in_transit"]), postgresql_where=state.in_(["accepted", "in_transit"]),
        ),
        Index("ix_referrals_of_a_case", "case_id", "created_at"),
        Index("ix_referrals_sent", "from_site_id", "created_at"),
        Index("ix_referrals_received", "to_site_id", "created_at"),
        Index(
            "ix_referrals_by_their_next_look", "look_at", sqlite_where=look_at.is_not(None), postgresql_where=look_at.is_not(None)
        ),
    )  # fmt: skip


class FollowUpRow(Versioned, Base):
    """Something that a hospital or a person is to do for the patient by a certain time: a recommendation, a visit."""

    __tablename__ = "follow_ups"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    from_kind: Mapped[str] = mapped_column(String(20))
    from_id: Mapped[str] = mapped_column(Id)
    text: Mapped[str] = mapped_column(Text)
    owner_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    due_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    look_at: Mapped[datetime | None] = mapped_column()
    escalated: Mapped[int] = mapped_column(Integer, default=0)
    __table_args__ = (
        CheckConstraint("state IN ('planned','done','changed','declined')", name="a_follow_up_is_in_a_state_we_know"),
        CheckConstraint("(state = 'planned') = (done_at IS NULL)", name="a_time_of_doing_iff_not_planned_any_more"),
        CheckConstraint("state NOT IN ('changed','declined') OR reason IS NOT NULL", name="who_changes_or_declines_says_why"),
        Index("ix_follow_ups_of_a_case", "case_id", "due_at"),
        Index("ix_follow_ups_of_a_site", "owner_site_id", "state", "due_at"),
        Index(
            "ix_follow_ups_by_their_next_look", "look_at", sqlite_where=look_at.is_not(None), postgresql_where=look_at.is_not(None)
        ),
    )  # fmt: skip
