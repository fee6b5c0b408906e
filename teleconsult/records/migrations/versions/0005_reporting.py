"""Reports with revisions, signatures, addenda, receipts; guards over what is signed."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("task_id", sa.String(length=32), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("impression", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("reviewer_id", sa.String(length=32), nullable=True),
        sa.Column("lease_until", schema.Instant(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("saved_at", schema.Instant(), nullable=False),
        sa.Column("submitted_at", schema.Instant(), nullable=True),
        sa.Column("signed_at", schema.Instant(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("returned_by_id", sa.String(length=32), nullable=True),
        sa.Column("returned_at", schema.Instant(), nullable=True),
        sa.Column("addenda", sa.Integer(), nullable=False),
        sa.Column("pdf_key", sa.String(length=200), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("pdf_addenda", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(state = 'addended') = (addenda > 0)", name="an_addendum_iff_addended"),
        sa.CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="a_time_of_submission_iff_handed_in"),
        sa.CheckConstraint("(state = 'in_review') = (lease_until IS NOT NULL)", name="a_lease_iff_in_review"),
        sa.CheckConstraint(
            "(state IN ('in_review','signed','addended')) = (reviewer_id IS NOT NULL)", name="a_reviewer_iff_reviewed"
        ),
        sa.CheckConstraint(
            "(state IN ('signed','addended')) = (signed_at IS NOT NULL)", name="a_time_of_signing_iff_signed"
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (findings <> '' AND impression <> '')", name="what_is_handed_in_is_complete"
        ),
        sa.CheckConstraint(
            "state IN ('draft','submitted','in_review','signed','addended')", name="a_report_is_in_a_state_we_know"
        ),
        sa.CheckConstraint(
            "(pdf_key IS NULL) = (pdf_sha256 IS NULL) AND (pdf_key IS NULL) = (pdf_addenda IS NULL)",
            name="a_pdf_says_what_it_shows",
        ),
        sa.CheckConstraint("pdf_key IS NULL OR signed_at IS NOT NULL", name="only_a_signed_report_is_printed"),
        sa.CheckConstraint(
            "return_reason IS NULL OR returned_by_id IS NOT NULL", name="a_report_is_given_back_by_somebody"
        ),
        sa.CheckConstraint("reviewer_id <> author_id", name="nobody_reviews_the_own_report"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_reports_author_id")),
        sa.ForeignKeyConstraint(["returned_by_id"], ["people.id"], name=op.f("fk_reports_returned_by_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name=op.f("fk_reports_reviewer_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_reports_study_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_reports_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("task_id", name="a_task_has_one_report"),
    )
    op.create_index("reports_that_a_person_reviews", "reports", ["reviewer_id"], unique=False)
    op.create_index("reports_of_a_study", "reports", ["study_id"], unique=False)
    op.create_index("reports_under_review_by_the_end_of_their_lease", "reports", ["state", "lease_until"], unique=False)
    op.create_table(
        "addenda",
        sa.Column("report_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("number > 0 AND text <> ''", name="an_addendum_has_a_number_and_words"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_addenda_author_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_addenda_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addenda")),
        sa.UniqueConstraint("report_id", "number", name="an_addendum_has_a_number_of_its_own"),
    )
    op.create_table(
        "receipts",
        sa.Column("report_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_receipts_person_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_receipts_report_id")),
        sa.PrimaryKeyConstraint("report_id", "person_id", name=op.f("pk_receipts")),
    )
    op.create_table(
        "revisions",
        sa.Column("report_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("impression", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("begun_at", schema.Instant(), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind IN ('saved','submitted')", name="a_revision_is_saved_or_submitted"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_revisions_person_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_revisions_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("report_id", "number", name="a_revision_has_a_number_of_its_own"),
    )
    op.create_table(
        "signatures",
        sa.Column("report_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("key_id", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signed_by_id", sa.String(length=32), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name="a_digest_has_64_digits"),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_signatures_report_id")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["people.id"], name=op.f("fk_signatures_signed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("report_id", "number", name="a_text_is_signed_once"),
    )
