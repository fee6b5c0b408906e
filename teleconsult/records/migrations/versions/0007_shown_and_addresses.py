"""Which preparation of a study is shown, since when older ones are stale; failed sign-ins by address."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("studies", sa.Column("shown_version", sa.Integer(), nullable=True))
    op.add_column("studies", sa.Column("stale_since", schema.Instant(), nullable=True))
    stale = sa.text("stale_since IS NOT NULL")
    op.create_index("ix_studies_to_tidy", "studies", ["stale_since"], sqlite_where=stale, postgresql_where=stale)
    op.create_table(
        "login_addresses",
        sa.Column("failures", schema.JsonCol, nullable=False),
        sa.Column("last_at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_addresses")),
    )
    op.create_index(op.f("ix_login_addresses_last_at"), "login_addresses", ["last_at"])
