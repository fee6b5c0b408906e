"""Critical findings and signed papers."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0010"
down_revision = "0009"

_GUARDS = (
    ("papers", "UPDATE", "a_signed_paper_never_changes"),
    ("papers", "DELETE", "a_signed_paper_is_never_deleted"),
    ("critical_answers", "UPDATE", "an_answer_to_a_flag_never_changes"),
    ("critical_answers", "DELETE", "an_answer_to_a_flag_is_never_deleted"),
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
    _criticals()
    op.create_table(
        "critical_answers",
        sa.Column("report_id", sa.String(length=32), nullable=False),
        sa.Column("phrase", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("reason <> ''", name="an_answer_has_a_reason"),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_critical_answers_by_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_critical_answers_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_critical_answers")),
        sa.UniqueConstraint("report_id", "phrase", name="a_phrase_is_answered_once"),
    )
    for guard in _GUARDS:
        for statement in _statements(op.get_bind().dialect.name, *guard):
            op.execute(statement)


def _criticals() -> None:
    op.create_table(
        "criticals",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("report_id", sa.String(length=32), nullable=True),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("reading_site_id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("raised_by_id", sa.String(length=32), nullable=False),
        sa.Column("raised_at", schema.Instant(), nullable=False),
        sa.Column("notified_at", schema.Instant(), nullable=True),
        sa.Column("acknowledged_by_id", sa.String(length=32), nullable=True),
        sa.Column("acknowledged_at", schema.Instant(), nullable=True),
        sa.Column("read_back", sa.Text(), nullable=True),
        sa.Column("action", sa.String(length=20), nullable=True),
        sa.Column("action_text", sa.Text(), nullable=True),
        sa.Column("acted_by_id", sa.String(length=32), nullable=True),
        sa.Column("acted_at", schema.Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("outcome_text", sa.Text(), nullable=True),
        sa.Column("closed_by_id", sa.String(length=32), nullable=True),
        sa.Column("closed_at", schema.Instant(), nullable=True),
        sa.Column("withdrawn_at", schema.Instant(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("look_at", schema.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state IN ('raised','notifying','acknowledged','acting','closed','withdrawn')",
            name="a_critical_finding_is_in_a_state_we_know",
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name="a_critical_finding_is_of_level_1_to_3"),
        sa.CheckConstraint("escalated BETWEEN 0 AND 3", name="a_critical_finding_is_escalated_three_times_at_most"),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (read_back IS NULL) AND (acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)",
            name="who_acknowledges_has_read_back",
        ),
        sa.CheckConstraint(
            "state NOT IN ('acknowledged','acting','closed') OR acknowledged_at IS NOT NULL",
            name="what_is_acted_on_was_acknowledged",
        ),
        sa.CheckConstraint(
            "state NOT IN ('raised','notifying') OR acknowledged_at IS NULL", name="what_rings_is_not_acknowledged"
        ),
        sa.CheckConstraint(
            "state NOT IN ('acting','closed') OR acted_at IS NOT NULL", name="what_is_closed_was_acted_on"
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (outcome IS NULL)",
            name="an_outcome_iff_closed",
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL) AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name="a_reason_iff_withdrawn",
        ),
        sa.CheckConstraint(
            "state NOT IN ('closed','withdrawn') OR look_at IS NULL", name="nothing_is_due_when_it_is_over"
        ),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_criticals_study_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_criticals_report_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_criticals_site_id")),
        sa.ForeignKeyConstraint(["reading_site_id"], ["sites.id"], name=op.f("fk_criticals_reading_site_id")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["people.id"], name=op.f("fk_criticals_raised_by_id")),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["people.id"], name=op.f("fk_criticals_acknowledged_by_id")),
        sa.ForeignKeyConstraint(["acted_by_id"], ["people.id"], name=op.f("fk_criticals_acted_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["people.id"], name=op.f("fk_criticals_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criticals")),
    )
    op.create_index("criticals_of_a_study", "criticals", ["study_id"])
    op.create_index("criticals_by_the_time_they_were_raised", "criticals", ["raised_at"])
    op.create_index("criticals_that_time_acts_on", "criticals", ["look_at"])
    still = sa.text("state NOT IN ('closed','withdrawn')")
    op.create_index(
        "a_finding_is_open_once_in_a_study",
        "criticals",
        ["study_id", "item"],
        unique=True,
        sqlite_where=still,
        postgresql_where=still,
    )
