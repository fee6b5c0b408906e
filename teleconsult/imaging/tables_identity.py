"""Rows about who is who, about objects that were set aside, and about the bytes that were looked at again."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Identified, Versioned


class DecisionRow(Versioned, Base):
    """What somebody decided about a conflict, or about two patient numbers; the log from which the present state follows.

    `conflict_key` names the conflict (`QuarantineRow.conflict_key`), empty for numbers merged without one. `gone_id` and `kept_id`
    are the two patients that are one person since then. `details` is what undoing it needs.
    """

    __tablename__ = "identity_decisions"
    verb: Mapped[str] = mapped_column(String(16))
    conflict_key: Mapped[str] = mapped_column(String(64))
    study_id: Mapped[str | None] = mapped_column(ForeignKey("studies.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    gone_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"))
    kept_id: Mapped[str | None] = mapped_column(ForeignKey("patients.id"))
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by_id: Mapped[str] = mapped_column(String(32))
    by_name: Mapped[str] = mapped_column(String(120))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(120))
    undone_reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint(
            "verb IN ('merge','same_patient','other_patient','keep_old','take_new','keep_both')",
            name="a_decision_is_one_we_know",
        ),
        CheckConstraint("(gone_id IS NULL) = (kept_id IS NULL) AND gone_id <> kept_id", name="two_patients_are_merged"),
        CheckConstraint("reason <> ''", name="a_decision_has_a_reason"),
        CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_reason IS NULL)",
            name="who_undoes_a_decision_says_why",
        ),
        Index("decisions_about_a_conflict", "conflict_key"),
        Index("decisions_of_a_study", "study_id"),
        Index("decisions_about_one_patient", "gone_id"),
        Index("decisions_about_the_other_patient", "kept_id"),
    )


class RejectionRow(Versioned, Base):
    """An object that is set aside: why (`code`, a DICOM code of IHE IOCM or `undone`), by which note or whom, until it is lifted."""

    __tablename__ = "rejections"
    instance_id: Mapped[str] = mapped_column(ForeignKey("instances.id"))
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"))
    code: Mapped[str] = mapped_column(String(16))
    note_sop_uid: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    study_version: Mapped[int] = mapped_column(Integer)
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(120))
    lifted_reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint("code IN ('113001','113037','113038','113039','undone')", name="a_rejection_says_why"),
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lifted_reason IS NULL)",
            name="who_lifts_a_rejection_says_why",
        ),
        Index(
            "an_object_is_set_aside_once", "instance_id", unique=True,
            sqlite_where=sql("lifted_at IS NULL"), postgresql_where=sql("lifted_at IS NULL"),
        ),
        Index("rejections_of_a_study", "study_id"),
    )  # fmt: skip


class RejectionAheadRow(Identified, Base):
    """An object that a rejection note of a hospital names and that has not come; `met_at`: it came, and was set aside."""

    __tablename__ = "rejections_ahead"
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    study_uid: Mapped[str] = mapped_column(String(64))
    sop_uid: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(16))
    note_sop_uid: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    met_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("site_id", "sop_uid", "note_sop_uid", name="a_note_names_an_object_once"),
        Index(
            "ix_rejections_ahead_of_a_study", "study_uid",
            sqlite_where=sql("met_at IS NULL"), postgresql_where=sql("met_at IS NULL"),
        ),
    )  # fmt: skip


class ScrubRow(Versioned, Base):
    """One round of looking at every object's bytes again. `reached` is the last one looked at: a round goes on from there.
    `millis` is how long it worked, without the time it stood still."""

    __tablename__ = "scrubs"
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    stage: Mapped[str] = mapped_column(String(10))
    reached: Mapped[str] = mapped_column(String(64))
    objects: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(BigInteger)
    millis: Mapped[int] = mapped_column(BigInteger)
    findings: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        CheckConstraint("stage IN ('instances','quarantine','files','done')", name="a_scrub_is_at_a_stage_we_know"),
        CheckConstraint("(stage = 'done') = (ended_at IS NOT NULL)", name="a_scrub_is_done_iff_it_ended"),
        Index("scrubs_by_time", "started_at"),
    )


class ScrubFindingRow(Identified, Base):
    """Bytes that are missing, altered, or that nothing points to. `healed_at`: since when they are known to be right again."""

    __tablename__ = "scrub_findings"
    scrub_id: Mapped[str] = mapped_column(ForeignKey("scrubs.id"))
    kind: Mapped[str] = mapped_column(String(10))
    blob_key: Mapped[str] = mapped_column(String(200))
    study_id: Mapped[str | None] = mapped_column(ForeignKey("studies.id"))
    sop_uid: Mapped[str] = mapped_column(String(64))
    expected: Mapped[str] = mapped_column(String(64))
    found: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    healed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("scrub_id", "blob_key", name="a_round_finds_a_file_once"),
        CheckConstraint("kind IN ('missing','altered','orphan')", name="a_finding_is_of_a_kind_we_know"),
        Index("ix_scrub_findings_of_a_study", "study_id", "scrub_id"),
    )
