"""What a round over the stored bytes found says since when it is right again, and is found by its study."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("scrub_findings", sa.Column("healed_at", schema.Instant(), nullable=True))
    op.create_index("ix_scrub_findings_of_a_study", "scrub_findings", ["study_id", "scrub_id"])
