"""Rows of `reporting`. Only this context writes them. What is signed, the database itself keeps from change: see the migrations `0006_guards` and `0010_critical`."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
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
        Index("reports_that_a_person_reviews", "reviewer_id"),
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


class PaperRow(Identified, Base):
    """A signed paper that is no report: an opinion, a conclusion, a summary. Canonical bytes (`content`, zlib) with one signature.

    Several people sign the same subject each on a paper of their own, told apart by `number`.
    """

    __tablename__ = "papers"
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[str] = mapped_column(Id)
    case_id: Mapped[str | None] = mapped_column(Id)
    number: Mapped[int] = mapped_column(Integer)
    algorithm: Mapped[str] = mapped_column(String(20))
    key_id: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    value: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    signed_by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "number", name="a_paper_is_signed_once_under_its_number"),
        CheckConstraint("kind IN ('opinion','conclusion','summary')", name="a_paper_is_of_a_kind_we_know"),
        CheckConstraint("length(sha256) = 64", name="a_paper_s_digest_has_64_digits"),
        CheckConstraint("number >= 0", name="papers_are_numbered_from_zero"),
        Index("papers_of_a_case", "case_id"),
    )


class PaperPrintRow(Base):
    """Where the PDF of a paper lies; apart from the paper, which never changes."""

    __tablename__ = "paper_prints"
    paper_id: Mapped[str] = mapped_column(ForeignKey("papers.id"), primary_key=True)
    blob_key: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class CriticalRow(Versioned, Base):
    """A critical finding (危急值) of a study, from being raised to being closed. `look_at`: when time itself must act next."""

    __tablename__ = "criticals"
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"))
    report_id: Mapped[str | None] = mapped_column(ForeignKey("reports.id"))
    case_id: Mapped[str | None] = mapped_column(Id)
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    reading_site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    item: Mapped[str] = mapped_column(String(40))
    level: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    escalated: Mapped[int] = mapped_column(Integer, default=0)
    raised_by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    raised_at: Mapped[datetime]
    notified_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    acknowledged_at: Mapped[datetime | None]
    read_back: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(String(20))
    action_text: Mapped[str | None] = mapped_column(Text)
    acted_by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    acted_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_text: Mapped[str | None] = mapped_column(Text)
    closed_by_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    closed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    look_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(
            "state IN ('raised','notifying','acknowledged','acting','closed','withdrawn')",
            name="a_critical_finding_is_in_a_state_we_know",
        ),
        CheckConstraint("level BETWEEN 1 AND 3", name="a_critical_finding_is_of_level_1_to_3"),
        CheckConstraint("escalated BETWEEN 0 AND 3", name="a_critical_finding_is_escalated_three_times_at_most"),
        CheckConstraint(
            "(acknowledged_at IS NULL) = (read_back IS NULL) AND (acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)",
            name="who_acknowledges_has_read_back",
        ),
        CheckConstraint(
            "state NOT IN ('acknowledged','acting','closed') OR acknowledged_at IS NOT NULL",
            name="what_is_acted_on_was_acknowledged",
        ),
        CheckConstraint("state NOT IN ('raised','notifying') OR acknowledged_at IS NULL", name="what_rings_is_not_acknowledged"),
        CheckConstraint("state NOT IN ('acting','closed') OR acted_at IS NOT NULL", name="what_is_closed_was_acted_on"),
        CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (outcome IS NULL)",
            name="an_outcome_iff_closed",
        ),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name="a_reason_iff_withdrawn",
        ),
        CheckConstraint("state NOT IN ('closed','withdrawn') OR look_at IS NULL", name="nothing_is_due_when_it_is_over"),
        Index("criticals_of_a_study", "study_id"),
        Index("criticals_by_the_time_they_were_raised", "raised_at"),
        Index("criticals_that_time_acts_on", "look_at"),
        Index(
            "a_finding_is_open_once_in_a_study", "study_id", "item", unique=True,
            sqlite_where=sql("state NOT IN ('closed','withdrawn')"), postgresql_where=sql("state NOT IN ('closed','withdrawn')"),
        ),
    )  # fmt: skip


class CriticalAnswerRow(Identified, Base):
    """A phrase of a report's text that was flagged and is, its author says, no critical finding; and why.

    `addendum` 0 is the report itself, 1 its first addendum, and so on: what was denied in one may be true in the next.
    """

    __tablename__ = "critical_answers"
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"))
    addendum: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    phrase: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("report_id", "addendum", "phrase", name="a_phrase_is_answered_once"),
        CheckConstraint("reason <> ''", name="an_answer_has_a_reason"),
    )
