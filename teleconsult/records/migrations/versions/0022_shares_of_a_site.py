"""Whether a study is shared with a hospital, or with a person, is answered from their own part of an index, which stays in memory."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
_WITH_A_PERSON = "a_study_is_shared_once_with_a_person_by_a_cause"


def upgrade() -> None:
    op.drop_index("ix_shares_of_a_site", "shares")
    op.create_index(
        "ix_shares_of_a_site", "shares", ["site_id", "study_id", "why", "person_id", "closes_at", "cause_id"]
    )
    op.drop_index(_WITH_A_PERSON, "shares")
    person = sa.text("person_id IS NOT NULL")
    op.create_index(
        _WITH_A_PERSON, "shares", ["person_id", "study_id", "site_id", "why", "cause_id"], unique=True,
        sqlite_where=person, postgresql_where=person,
    )  # fmt: skip
