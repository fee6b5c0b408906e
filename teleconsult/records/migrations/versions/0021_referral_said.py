"""An opinion says whether to refer because somebody chose so: what nobody chose is no "no"."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("consultations", sa.Column("refer_said", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE consultations SET refer_said = true WHERE signed_at IS NOT NULL OR refer <> 'no'")
