"""Meeting rooms: guests who wait for their own case, whose case a line was written about; specialties that do not sign."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("seats", sa.Column("let_in_at", schema.Instant(), nullable=True))
    op.add_column("seats", sa.Column("held_at", schema.Instant(), nullable=True))
    op.add_column("chat", sa.Column("item_id", sa.String(length=32), nullable=True))
    op.add_column("conclusions", sa.Column("excused", schema.JsonCol, nullable=False, server_default="[]"))
