"""Critical findings and signed papers."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0010"
down_revision = "0008"

_GUARDS = (
    ("papers", "UPDATE", "a_signed_paper_never_changes"),
    ("papers", "DELETE", "a_signed_paper_is_never_deleted"),
)
"""(table, event, name): what these triggers refuse, whoever asks."""


def _statements(dialect: str, table: str, verb: str, name: str) -> tuple[str, ...]:
    if dialect == "sqlite":
        return (f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{name}'); END",)
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END $$",
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("key_id", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signed_by_id", sa.String(length=32), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("kind IN ('opinion','conclusion','summary')", name="a_paper_is_of_a_kind_we_know"),
        sa.CheckConstraint("length(sha256) = 64", name="a_paper_s_digest_has_64_digits"),
        sa.CheckConstraint("number >= 0", name="papers_are_numbered_from_zero"),
        sa.ForeignKeyConstraint(["signed_by_id"], ["people.id"], name=op.f("fk_papers_signed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sa.UniqueConstraint("kind", "subject_id", "number", name="a_paper_is_signed_once_under_its_number"),
    )
    op.create_index("papers_of_a_case", "papers", ["case_id"])
    op.create_table(
        "paper_prints",
        sa.Column("paper_id", sa.String(length=32), nullable=False),
        sa.Column("blob_key", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_paper_prints_paper_id")),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_paper_prints")),
    )
    for guard in _GUARDS:
        for statement in _statements(op.get_bind().dialect.name, *guard):
            op.execute(statement)
