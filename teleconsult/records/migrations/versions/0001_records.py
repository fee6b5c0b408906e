"""The journal: facts, deliveries, seals."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("seq", schema.Counter, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=True),
        sa.Column("sites", schema.JsonCol, nullable=False),
        sa.Column("details", schema.JsonCol, nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("actor_site", sa.String(length=32), nullable=True),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.Column("seal_no", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_facts")),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_facts_not_yet_sealed",
        "facts",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("seal_no IS NULL"),
        postgresql_where=sa.text("seal_no IS NULL"),
    )
    op.create_index("ix_facts_of_a_seal", "facts", ["seal_no", "seq"], unique=False)
    op.create_index(
        "ix_facts_of_a_study",
        "facts",
        ["study_id", "seq"],
        unique=False,
        sqlite_where=sa.text("study_id IS NOT NULL"),
        postgresql_where=sa.text("study_id IS NOT NULL"),
    )
    op.create_index("ix_facts_of_a_subject", "facts", ["subject", "subject_id", "seq"], unique=False)
    op.create_table(
        "seals",
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("facts_hash", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_seals")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("fact_seq", schema.Counter, nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("next_try", schema.Instant(), nullable=False),
        sa.Column("handed_until", schema.Instant(), nullable=True),
        sa.Column("lease_until", schema.Instant(), nullable=True),
        sa.Column("runner", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(length=80), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('due','done','parked')", name="a_delivery_is_due_done_or_parked"),
        sa.ForeignKeyConstraint(["fact_seq"], ["facts.seq"], name=op.f("fk_deliveries_fact_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["next_try"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_deliveries_parked",
        "deliveries",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'parked'"),
        postgresql_where=sa.text("state = 'parked'"),
    )
    op.create_index("one_delivery_per_fact_and_job", "deliveries", ["fact_seq", "job"], unique=True)
