"""Rows of `reporting`. Only this context writes them. What is signed, the database itself keeps from change."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Id, Identified, Versioned


class ReportRow(Versioned, Base):
    """The report of a task. `addenda` counts what was added after signing; the PDF at `pdf_key` shows `pdf_addenda` of them."""

    __tablename__ = "reports"
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"))
    state: Mapped[str] = mapped_column(String(10))
    findings: Mapped[str] = mapped_column(Text, default="")
    impression: Mapped[str] = mapped_column(Text, default="")
    advice: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(Text)
    returned_by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    returned_at: Mapped[datetime | None]
    addenda: Mapped[int] = mapped_column(Integer, default=0)
    pdf_key: Mapped[str | None] = mapped_column(String(200))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    pdf_addenda: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (
        UniqueConstraint("task_id", name="a_task_has_one_report"),
        CheckConstraint(
            "state IN ('draft','submitted','in_review','signed','addended')", name="a_report_is_in_a_state_we_know"
        ),
        CheckConstraint(
            "(state IN ('in_review','signed','addended')) = (reviewer_id IS NOT NULL)", name="a_reviewer_iff_reviewed"
        ),
        CheckConstraint("reviewer_id <> author_id", name="nobody_reviews_the_own_report"),
        CheckConstraint("(state = 'in_review') = (lease_until IS NOT NULL)", name="a_lease_iff_in_review"),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="a_time_of_submission_iff_handed_in"),
        CheckConstraint("(state IN ('signed','addended')) = (signed_at IS NOT NULL)", name="a_time_of_signing_iff_signed"),
        CheckConstraint("(state = 'addended') = (addenda > 0)", name="an_addendum_iff_addended"),
        CheckConstraint("state = 'draft' OR (findings <> '' AND impression <> '')", name="what_is_handed_in_is_complete"),
        CheckConstraint("return_reason IS NULL OR returned_by_id IS NOT NULL", name="a_report_is_given_back_by_somebody"),
        CheckConstraint(
            "(pdf_key IS NULL) = (pdf_sha256 IS NULL) AND (pdf_key IS NULL) = (pdf_addenda IS NULL)",
            name="a_pdf_says_what_it_shows",
        ),
        CheckConstraint("pdf_key IS NULL OR signed_at IS NOT NULL", name="only_a_signed_report_is_printed"),
        Index("reports_of_a_study", "study_id"),
        Index("reports_under_review_by_the_end_of_their_lease", "state", "lease_until"),
    )  # fmt: skip


class RevisionRow(Identified, Base):
    """The text as somebody left it. Saving again within a minute goes on in the same revision; handing in ends it."""

    __tablename__ = "revisions"
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    findings: Mapped[str] = mapped_column(Text)
    impression: Mapped[str] = mapped_column(Text)
    advice: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[datetime]
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("report_id", "number", name="a_revision_has_a_number_of_its_own"),
        CheckConstraint("kind IN ('saved','submitted')", name="a_revision_is_saved_or_submitted"),
    )


class SignatureRow(Identified, Base):
    """A signature over canonical bytes (`content`, zlib): number 0 is the report's, then one for each addendum."""

    __tablename__ = "signatures"
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"))
    number: Mapped[int] = mapped_column(Integer)
    algorithm: Mapped[str] = mapped_column(String(20))
    key_id: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    value: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    signed_by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("report_id", "number", name="a_text_is_signed_once"),
        CheckConstraint("length(sha256) = 64", name="a_digest_has_64_digits"),
    )


class AddendumRow(Identified, Base):
    """A text added to a signed report."""

    __tablename__ = "addenda"
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"))
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("report_id", "number", name="an_addendum_has_a_number_of_its_own"),
        CheckConstraint("number > 0 AND text <> ''", name="an_addendum_has_a_number_and_words"),
    )


class ReceiptRow(Base):
    """Somebody of the requesting site has read a signed report; the first time counts."""

    __tablename__ = "receipts"
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(Id, ForeignKey("people.id"), primary_key=True)
    at: Mapped[datetime]


_SIGNED = "OLD.state IN ('signed','addended')"
_SAME = ("id", "task_id", "study_id", "findings", "impression", "advice", "author_id", "reviewer_id", "created_at", "saved_at",
         "submitted_at", "signed_at")  # fmt: skip
_CHANGED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _SAME)
_UNSIGNED_AGAIN = "NEW.state NOT IN ('signed','addended') OR NEW.addenda < OLD.addenda"
_WITHOUT_SIGNATURE = (
    "NEW.state = 'signed' AND OLD.state <> 'signed' AND NOT EXISTS "
    "(SELECT 1 FROM signatures WHERE signatures.report_id = NEW.id AND signatures.number = 0)"
)
_OF_A_SIGNED = (
    "EXISTS (SELECT 1 FROM reports WHERE reports.id = OLD.report_id AND reports.state IN ('signed','addended'))"
)

GUARDS = (
    ("reports", "UPDATE", f"{_SIGNED} AND ({_CHANGED} OR {_UNSIGNED_AGAIN})", "a_signed_report_never_changes"),
    ("reports", "DELETE", _SIGNED, "a_signed_report_is_never_deleted"),
    ("reports", "UPDATE", _WITHOUT_SIGNATURE, "a_signed_report_has_a_signature"),
    ("signatures", "UPDATE", "TRUE", "a_signature_never_changes"),
    ("signatures", "DELETE", "TRUE", "a_signature_is_never_deleted"),
    ("addenda", "UPDATE", "TRUE", "an_addendum_never_changes"),
    ("addenda", "DELETE", "TRUE", "an_addendum_is_never_deleted"),
    ("revisions", "UPDATE", _OF_A_SIGNED, "the_revisions_of_a_signed_report_never_change"),
    ("revisions", "DELETE", _OF_A_SIGNED, "the_revisions_of_a_signed_report_are_never_deleted"),
)
"""(table, event, condition, name): what each of these triggers refuses, whoever asks."""


def guard_ddl(dialect: str, table: str, verb: str, condition: str, name: str) -> tuple[str, ...]:
    """The statements that make one guard. Dropped first, so that making it again brings it up to date."""
    if dialect == "sqlite":
        when = condition.replace("TRUE", "1")
        return (
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{name}'); END",
        )
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {condition} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF; "
        f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


for _dialect in ("sqlite", "postgresql"):
    for _guard in GUARDS:
        for _statement in guard_ddl(_dialect, *_guard):
            # After all tables, because some guards look into another one.
            _ddl: Any = DDL(_statement)  # type: ignore[no-untyped-call]
            event.listen(Base.metadata, "after_create", _ddl.execute_if(dialect=_dialect))
