"""Merged patients with their way back, rejected objects, and what the nightly scrub found."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("patients", sa.Column("person_id", sa.String(length=32), nullable=True))
    op.create_index("ix_patients_of_a_person", "patients", ["person_id"])
    op.create_index("ix_patients_by_number", "patients", ["number"])
    op.add_column("instances", sa.Column("rejected", sa.String(length=16), nullable=True))
    op.add_column("quarantine", sa.Column("conflict_key", sa.String(length=64), nullable=True))
    op.create_index("ix_quarantine_of_a_conflict", "quarantine", ["conflict_key"])
    _decisions()
    _rejections()
    _scrubs()


def _decisions() -> None:
    op.create_table(
        "identity_decisions",
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("conflict_key", sa.String(length=64), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=True),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("gone_id", sa.String(length=32), nullable=True),
        sa.Column("kept_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", schema.JsonCol, nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("undone_at", schema.Instant(), nullable=True),
        sa.Column("undone_by", sa.String(length=120), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "verb IN ('merge','same_patient','other_patient','keep_old','take_new','keep_both')",
            name="a_decision_is_one_we_know",
        ),
        sa.CheckConstraint(
            "(gone_id IS NULL) = (kept_id IS NULL) AND gone_id <> kept_id", name="two_patients_are_merged"
        ),
        sa.CheckConstraint("reason <> ''", name="a_decision_has_a_reason"),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undone_reason IS NULL)",
            name="who_undoes_a_decision_says_why",
        ),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_identity_decisions_study_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_identity_decisions_site_id")),
        sa.ForeignKeyConstraint(["gone_id"], ["patients.id"], name=op.f("fk_identity_decisions_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["patients.id"], name=op.f("fk_identity_decisions_kept_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_decisions")),
    )
    op.create_index("decisions_about_a_conflict", "identity_decisions", ["conflict_key"])
    op.create_index("decisions_of_a_study", "identity_decisions", ["study_id"])
    op.create_index("decisions_about_one_patient", "identity_decisions", ["gone_id"])
    op.create_index("decisions_about_the_other_patient", "identity_decisions", ["kept_id"])


def _rejections() -> None:
    op.create_table(
        "rejections",
        sa.Column("instance_id", sa.String(length=32), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("note_sop_uid", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("study_version", sa.Integer(), nullable=False),
        sa.Column("lifted_at", schema.Instant(), nullable=True),
        sa.Column("lifted_by", sa.String(length=120), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("code IN ('113001','113037','113038','113039','undone')", name="a_rejection_says_why"),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lifted_reason IS NULL)",
            name="who_lifts_a_rejection_says_why",
        ),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_rejections_instance_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_rejections_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejections")),
    )
    standing = sa.text("lifted_at IS NULL")
    op.create_index(
        "an_object_is_set_aside_once", "rejections", ["instance_id"], unique=True, sqlite_where=standing,
        postgresql_where=standing,
    )  # fmt: skip
    op.create_index("rejections_of_a_study", "rejections", ["study_id"])


def _scrubs() -> None:
    op.create_table(
        "scrubs",
        sa.Column("started_at", schema.Instant(), nullable=False),
        sa.Column("ended_at", schema.Instant(), nullable=True),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("reached", sa.String(length=64), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("millis", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("stage IN ('instances','quarantine','files','done')", name="a_scrub_is_at_a_stage_we_know"),
        sa.CheckConstraint("(stage = 'done') = (ended_at IS NOT NULL)", name="a_scrub_is_done_iff_it_ended"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scrubs")),
    )
    op.create_index("scrubs_by_time", "scrubs", ["started_at"])
    op.create_table(
        "scrub_findings",
        sa.Column("scrub_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("blob_key", sa.String(length=200), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=True),
        sa.Column("sop_uid", sa.String(length=64), nullable=False),
        sa.Column("expected", sa.String(length=64), nullable=False),
        sa.Column("found", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind IN ('missing','altered','orphan')", name="a_finding_is_of_a_kind_we_know"),
        sa.ForeignKeyConstraint(["scrub_id"], ["scrubs.id"], name=op.f("fk_scrub_findings_scrub_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_scrub_findings_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scrub_findings")),
        sa.UniqueConstraint("scrub_id", "blob_key", name="a_round_finds_a_file_once"),
    )
