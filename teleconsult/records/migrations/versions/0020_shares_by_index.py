"""Whether somebody may see a study is answered from the index of shares, without the rows."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.drop_index("ix_shares_of_a_study", "shares")
    op.create_index(
        "ix_shares_of_a_study", "shares", ["study_id", "site_id", "why", "person_id", "closes_at", "cause_id"]
    )
