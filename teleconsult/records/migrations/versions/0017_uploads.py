"""Tokens of peers, and resumable uploads from gateways and browsers."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0017"
down_revision = "0016"


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
