"""Rows of `reading`. Only this context writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, JsonCol, Versioned


class TaskRow(Versioned, Base):
    """One study to be read by one site by a certain time. `arrived_at` is the study's, kept here for its index."""

    __tablename__ = "tasks"
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"))
    requesting_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    reading_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    state: Mapped[str] = mapped_column(String(10))
    is_open: Mapped[bool] = mapped_column(Boolean, default=True)
    priority: Mapped[str] = mapped_column(String(10))
    modality: Mapped[str] = mapped_column(String(16))
    route_code: Mapped[str] = mapped_column(String(40))
    route_params: Mapped[dict[str, Any]]
    route_trace: Mapped[list[dict[str, Any]]] = mapped_column(JsonCol)
    sla: Mapped[str] = mapped_column(String(20))
    arrived_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    clock_from: Mapped[datetime]
    due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    reader_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    lease_until: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    releases: Mapped[int] = mapped_column(Integer, default=0)
    late_images: Mapped[bool] = mapped_column(Boolean, default=False)
    return_code: Mapped[str | None] = mapped_column(String(40))
    return_text: Mapped[str | None] = mapped_column(Text)
    returned_by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    answer_text: Mapped[str | None] = mapped_column(Text)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("study_id", name="a_study_has_one_task"),
        CheckConstraint(
            "state IN ('queued','claimed','reported','verified','returned','cancelled')",
            name="a_task_is_in_a_state_we_know",
        ),
        CheckConstraint("priority IN ('STAT','URGENT','ROUTINE')", name="a_task_has_a_priority_we_know"),
        CheckConstraint(
            "is_open = (state IN ('queued','claimed','reported','returned'))",
            name="a_task_is_open_until_verified_or_cancelled",
        ),
        CheckConstraint(
            "(state IN ('claimed','reported','verified')) = (reader_id IS NOT NULL)", name="a_reader_iff_read"
        ),
        CheckConstraint("(state = 'claimed') = (lease_until IS NOT NULL)", name="a_lease_iff_claimed"),
        CheckConstraint("(state = 'returned') = (paused_at IS NOT NULL)", name="the_clock_stands_iff_returned"),
        CheckConstraint("(state = 'verified') = (verified_at IS NOT NULL)", name="a_time_of_verification_iff_verified"),
        CheckConstraint(
            "state <> 'returned' OR (return_code IS NOT NULL AND returned_by_id IS NOT NULL)",
            name="a_returned_task_says_why_and_by_whom",
        ),
        CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="a_reason_iff_cancelled"),
        CheckConstraint("due_at > clock_from", name="a_task_is_due_after_its_clock_began"),
        Index("tasks_that_a_site_reads_by_due_time", "reading_site_id", "is_open", "due_at", "study_id"),
        Index("tasks_that_a_site_asked_for_by_due_time", "requesting_site_id", "is_open", "due_at", "study_id"),
        Index("tasks_that_a_site_reads_by_arrival", "reading_site_id", "is_open", "arrived_at", "study_id"),
        Index("tasks_that_a_site_asked_for_by_arrival", "requesting_site_id", "is_open", "arrived_at", "study_id"),
        Index("tasks_that_a_person_reads_by_due_time", "reader_id", "is_open", "due_at", "study_id"),
        Index("claims_by_the_end_of_their_lease", "state", "lease_until"),
    )


class WaitingRow(Base):
    """A prepared study that no agreement sends anywhere yet. Kept when it is routed after all: `routed_at` says when."""

    __tablename__ = "waiting"
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"), primary_key=True)
    requesting_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]]
    since: Mapped[datetime]
    routed_at: Mapped[datetime | None]
    __table_args__ = (Index("studies_that_wait_for_an_agreement", "requesting_site_id", "routed_at", "since"),)
