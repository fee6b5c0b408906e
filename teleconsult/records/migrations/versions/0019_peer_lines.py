"""TLS, identity and limits of a peer's line, commitments owed to it, and its line checks."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    _peers()
    _commitments()
    _line_checks()


def _peers() -> None:
    for name in ("tls_required", "tls_outgoing"):
        op.add_column("peers", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    for column in (
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("identity_name", sa.String(length=64), nullable=True),
        sa.Column("identity_hash", sa.String(length=200), nullable=True),
        sa.Column("most_associations", sa.Integer(), nullable=True),
        sa.Column("most_per_minute", sa.Integer(), nullable=True),
        sa.Column("last_secure", sa.Boolean(), nullable=True),
    ):
        op.add_column("peers", column)


def _commitments() -> None:
    op.create_table(
        "commitments",
        sa.Column("transaction_uid", sa.String(length=64), nullable=False),
        sa.Column("peer_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("items", schema.JsonCol, nullable=False),
        sa.Column("asked_at", schema.Instant(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("ours_until", schema.Instant(), nullable=False),
        sa.Column("reported_at", schema.Instant(), nullable=True),
        sa.Column("way", sa.String(length=4), nullable=True),
        sa.Column("failed", schema.JsonCol, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("way IN ('new','same')", name="a_commitment_is_reported_on_a_new_or_the_same_association"),
        sa.CheckConstraint("(reported_at IS NULL) = (way IS NULL)", name="a_commitment_is_reported_iff_it_says_how"),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_commitments_peer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
        sa.UniqueConstraint(
            "peer_id", "transaction_uid", "digest", name="a_peer_asks_for_a_list_under_a_transaction_once"
        ),
    )
    op.create_index("ix_commitments_by_time", "commitments", ["asked_at"])


def _line_checks() -> None:
    op.create_table(
        "line_checks",
        sa.Column("peer_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", schema.Instant(), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("with_image", sa.Boolean(), nullable=False),
        sa.Column("done_at", schema.Instant(), nullable=True),
        sa.Column("good", sa.Boolean(), nullable=True),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("result", schema.JsonCol, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (result IS NULL)", name="a_line_check_is_done_iff_it_says_how"),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_line_checks_peer_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_line_checks_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_checks")),
    )
    op.create_index("ix_line_checks_of_a_peer", "line_checks", ["peer_id", "asked_at"])
    op.create_table(
        "line_returns",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("sop_uid", sa.String(length=64), nullable=False),
        sa.Column("peer_id", sa.String(length=32), nullable=True),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_line_returns_peer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_returns")),
    )
    op.create_index("ix_line_returns_by_uid", "line_returns", ["sop_uid"])
