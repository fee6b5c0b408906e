"""Rows of `referral`. Only this context writes them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Id, Identified, Versioned


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
