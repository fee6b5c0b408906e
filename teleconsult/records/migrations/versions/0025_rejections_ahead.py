"""What rejection notes name before it has come."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "rejections_ahead",
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("study_uid", sa.String(length=64), nullable=False),
        sa.Column("sop_uid", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("note_sop_uid", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("met_at", schema.Instant(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_rejections_ahead_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejections_ahead")),
        sa.UniqueConstraint("site_id", "sop_uid", "note_sop_uid", name="a_note_names_an_object_once"),
    )
    waiting = sa.text("met_at IS NULL")
    op.create_index(
        "ix_rejections_ahead_of_a_study", "rejections_ahead", ["study_uid"], sqlite_where=waiting,
        postgresql_where=waiting,
    )  # fmt: skip
