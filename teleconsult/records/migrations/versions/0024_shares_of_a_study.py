"""In the index of shares by study the site comes last: while it came second, SQLite looked a county's shares up there, among everybody's."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.drop_index("ix_shares_of_a_study", "shares")
    op.create_index(
        "ix_shares_of_a_study", "shares", ["study_id", "cause_id", "closes_at", "why", "person_id", "site_id"]
    )
