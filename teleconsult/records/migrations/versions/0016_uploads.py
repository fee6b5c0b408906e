"""Tokens of peers, and resumable uploads from gateways and browsers."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "peer_tokens",
        sa.Column("peer_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("ending", sa.String(length=4), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("issued_at", schema.Instant(), nullable=False),
        sa.Column("issued_by", sa.String(length=120), nullable=False),
        sa.Column("used_at", schema.Instant(), nullable=True),
        sa.Column("used_from", sa.String(length=200), nullable=True),
        sa.Column("revoked_at", schema.Instant(), nullable=True),
        sa.Column("revoked_by", sa.String(length=120), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="somebody_revoked_it_iff_revoked"),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_peer_tokens_peer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peer_tokens")),
        sa.UniqueConstraint("digest", name="a_token_is_one_peer_s"),
    )
    op.create_index("ix_peer_tokens_of_a_peer", "peer_tokens", ["peer_id"])
    op.create_table(
        "uploads",
        sa.Column("owner_id", sa.String(length=32), nullable=False),
        sa.Column("peer_id", sa.String(length=32), nullable=True),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("chunk_size", sa.Integer(), nullable=False),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("params", schema.JsonCol, nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=True),
        sa.Column("opened_at", schema.Instant(), nullable=False),
        sa.Column("expires_at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("state IN ('open','done')", name="an_upload_is_open_or_done"),
        sa.CheckConstraint("(state = 'done') = (kind IS NOT NULL)", name="an_upload_has_ended_iff_it_says_how"),
        sa.CheckConstraint("received >= 0 AND received <= size", name="an_upload_has_no_more_than_it_announced"),
        sa.CheckConstraint("priority IN ('STAT','URGENT','ROUTINE')", name="an_upload_has_a_priority_we_know"),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_uploads_peer_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_uploads_site_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_uploads_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("owner_id", "site_id", "sha256", name="somebody_uploads_a_file_once_for_a_site"),
    )
    op.create_index("ix_uploads_of_somebody", "uploads", ["owner_id", "state"])
    op.create_index("ix_uploads_to_tidy", "uploads", ["expires_at"])
    op.create_table(
        "gateway_reports",
        sa.Column("peer_id", sa.String(length=32), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("report", schema.JsonCol, nullable=False),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_gateway_reports_peer_id")),
        sa.PrimaryKeyConstraint("peer_id", name=op.f("pk_gateway_reports")),
    )
