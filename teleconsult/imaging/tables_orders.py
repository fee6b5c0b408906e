"""Rows of ordered examinations, of the steps that modalities perform for them, and of which study answers which order. Only `imaging` writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.imaging.tables import Uid
from teleconsult.records.schema import Base, Id, Identified, JsonCol, Versioned


def _searched(length: int) -> String:
    """Text that is searched by its beginning: compared byte by byte, so that a plain index serves."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class OrderRow(Versioned, Base):
    """An examination that a site has ordered. Its accession number is the site's own, its `study_uid` is reserved for it.

    `name` has the components of a person name (PS3.5 6.2.1). `scheduled_date` and `scheduled_time` are `scheduled_at` by the hospital's
    clock, as worklists match them. `stepped`: a modality has reported a performed step, so that arrivals alone do not move it.
    """

    __tablename__ = "orders"
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    accession: Mapped[str] = mapped_column(_searched(16))
    study_uid: Mapped[str] = mapped_column(Uid)
    issuer: Mapped[str] = mapped_column(String(64))
    patient_number: Mapped[str] = mapped_column(_searched(64))
    name: Mapped[str] = mapped_column(String(324))
    name_shown: Mapped[str] = mapped_column(String(200))
    sex: Mapped[str] = mapped_column(String(1))
    birth_date: Mapped[str] = mapped_column(String(8))
    modality: Mapped[str] = mapped_column(String(16))
    procedure: Mapped[str] = mapped_column(String(64))
    body_part: Mapped[str] = mapped_column(String(16))
    question: Mapped[str] = mapped_column(Text)
    diagnosis: Mapped[str] = mapped_column(Text)
    priority: Mapped[str] = mapped_column(String(10))
    station: Mapped[str] = mapped_column(String(16))
    physician: Mapped[str] = mapped_column(String(64))
    scheduled_at: Mapped[datetime]
    scheduled_date: Mapped[str] = mapped_column(String(8))
    scheduled_time: Mapped[str] = mapped_column(String(6))
    state: Mapped[str] = mapped_column(String(12))
    stepped: Mapped[bool] = mapped_column(Boolean, default=False)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[str] = mapped_column(Id)
    registered_by: Mapped[str] = mapped_column(String(120))
    arrived_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None] = mapped_column()
    reminded_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("site_id", "accession", name="an_accession_number_is_used_once_at_a_site"),
        UniqueConstraint("study_uid", name="a_study_uid_is_reserved_once"),
        CheckConstraint(
            "state IN ('scheduled','in_progress','completed','discontinued','cancelled')",
            name="an_order_is_in_a_state_we_know",
        ),
        CheckConstraint("priority IN ('STAT','URGENT','ROUTINE')", name="an_order_has_a_priority_we_know"),
        CheckConstraint("state <> 'cancelled' OR cancel_reason IS NOT NULL", name="a_cancelled_order_says_why"),
        CheckConstraint("accession <> '' AND patient_number <> '' AND name <> ''", name="an_order_names_its_patient"),
        Index("ix_orders_of_a_site", "site_id", "scheduled_at", "id"),
        Index("ix_orders_of_a_site_by_state", "site_id", "state", "scheduled_date"),
        Index("ix_orders_by_patient_number", "site_id", "patient_number"),
        Index(
            "ix_orders_to_remind_of", "remind_at",
            sqlite_where=remind_at.is_not(None), postgresql_where=remind_at.is_not(None),
        ),
    )  # fmt: skip


class OrderNameRow(Base):
    """One way to find an order by its patient's name, as `StudyNameRow`."""

    __tablename__ = "order_names"
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    key: Mapped[str] = mapped_column(_searched(200), primary_key=True)
    __table_args__ = (Index("ix_order_names_by_key", "key", "order_id"),)


class OrderLinkRow(Identified, Base):
    """A study answers an order. `how`: by accession number, by the reserved study UID, or a person said so. Undone ones stay as rows."""

    __tablename__ = "order_links"
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"))
    how: Mapped[str] = mapped_column(String(10))
    differs: Mapped[list[str]] = mapped_column(JsonCol)
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(120))
    undone_at: Mapped[datetime | None] = mapped_column()
    undone_by: Mapped[str | None] = mapped_column(String(120))
    undone_why: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint("how IN ('accession','study_uid','person')", name="a_link_was_made_in_a_way_we_know"),
        CheckConstraint(
            "(undone_at IS NULL) = (undone_why IS NULL) AND (undone_at IS NULL) = (undone_by IS NULL)",
            name="an_undone_link_says_who_and_why",
        ),
        Index(
            "a_study_answers_an_order_once", "study_id", "order_id", unique=True,
            sqlite_where=undone_at.is_(None), postgresql_where=undone_at.is_(None),
        ),
        Index("ix_order_links_of_an_order", "order_id"),
        Index("ix_order_links_of_a_study", "study_id"),
    )  # fmt: skip


class UnmatchedRow(Versioned, Base):
    """A study of a site that uses orders, for which no order is certain. `code` and `params` say why, `order_id` which one it contradicts.

    Closed when it is linked, or set aside by somebody who says why (`note`); it opens again when that is undone.
    """

    __tablename__ = "unmatched_studies"
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    code: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]]
    order_id: Mapped[str | None] = mapped_column(ForeignKey("orders.id"))
    since: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    closed_by: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("study_id", name="a_study_is_unmatched_once"),
        CheckConstraint("state IN ('open','linked','aside')", name="an_unmatched_study_is_open_linked_or_aside"),
        CheckConstraint("state <> 'aside' OR note IS NOT NULL", name="a_study_set_aside_says_why"),
        Index("ix_unmatched_studies_of_a_site", "site_id", "state", "since"),
    )


class StepRow(Versioned, Base):
    """A performed procedure step as a modality reports it (PS3.4 Annex F). Another site may use the same UID: it is another step."""

    __tablename__ = "performed_steps"
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    peer_id: Mapped[str] = mapped_column(ForeignKey("peers.id"))
    sop_uid: Mapped[str] = mapped_column(Uid)
    state: Mapped[str] = mapped_column(String(12))
    station: Mapped[str] = mapped_column(String(16))
    modality: Mapped[str] = mapped_column(String(16))
    patient_number: Mapped[str] = mapped_column(String(64))
    study_uids: Mapped[list[str]] = mapped_column(JsonCol)
    accessions: Mapped[list[str]] = mapped_column(JsonCol)
    order_ids: Mapped[list[str]] = mapped_column(JsonCol)
    listed: Mapped[list[str]] = mapped_column(JsonCol)
    reason: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("site_id", "sop_uid", name="a_step_uid_is_used_once_at_a_site"),
        CheckConstraint("state IN ('in_progress','completed','discontinued')", name="a_step_is_in_a_state_we_know"),
        CheckConstraint("(state = 'in_progress') = (ended_at IS NULL)", name="a_step_has_ended_iff_it_says_when"),
        Index("ix_performed_steps_of_a_site", "site_id", "began_at"),
    )


class ExpectedRow(Identified, Base):
    """What somebody said a study will hold: `listed` objects by UID, or `count` of them. Met when they are here (`met_at`)."""

    __tablename__ = "expected_objects"
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    study_uid: Mapped[str] = mapped_column(Uid)
    source: Mapped[str] = mapped_column(String(100))
    count: Mapped[int] = mapped_column(Integer)
    listed: Mapped[list[str]] = mapped_column(JsonCol)
    at: Mapped[datetime]
    met_at: Mapped[datetime | None] = mapped_column()
    __table_args__ = (
        UniqueConstraint("site_id", "study_uid", "source", name="something_is_expected_once_by_a_source"),
        CheckConstraint("count >= 1", name="nothing_is_not_expected"),
        Index("ix_expected_objects_of_a_study", "study_uid", sqlite_where=met_at.is_(None), postgresql_where=met_at.is_(None)),
    )  # fmt: skip
