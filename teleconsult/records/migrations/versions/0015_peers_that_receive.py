"""Peers to which signed reports go back."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("peers", sa.Column("receives_reports", sa.Boolean(), nullable=False, server_default=sa.false()))
