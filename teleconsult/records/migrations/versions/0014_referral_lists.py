"""What a notice waits for, and answers to what an addendum says. (The lists of referrals needed no new column.)"""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0014"
down_revision = "0013"

_GUARDS = (
    ("UPDATE", "an_answer_to_a_flag_never_changes"),
    ("DELETE", "an_answer_to_a_flag_is_never_deleted"),
)
"""Triggers that SQLite loses with the table that is made anew."""


def upgrade() -> None:
    op.add_column("notices", sa.Column("about", sa.String(length=32), nullable=True))
    op.add_column("notices", sa.Column("settled_at", schema.Instant(), nullable=True))
    waiting = sa.text("about IS NOT NULL AND settled_at IS NULL")
    op.create_index("ix_notices_that_wait", "notices", ["about"], sqlite_where=waiting, postgresql_where=waiting)
    reason = sa.CheckConstraint("reason <> ''", name="an_answer_has_a_reason")
    with op.batch_alter_table("critical_answers", table_args=(reason,)) as table:
        table.add_column(sa.Column("addendum", sa.Integer(), nullable=False, server_default="0"))
        table.drop_constraint("a_phrase_is_answered_once", type_="unique")
        table.create_unique_constraint("a_phrase_is_answered_once", ["report_id", "addendum", "phrase"])
    if op.get_bind().dialect.name == "sqlite":
        for verb, name in _GUARDS:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON critical_answers BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )
