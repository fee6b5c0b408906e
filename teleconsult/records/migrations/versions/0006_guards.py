"""Guards over what is signed: the database itself refuses to change or delete it, whoever asks."""

from alembic import op

revision = "0006"
down_revision = "0005"

_SIGNED = "OLD.state IN ('signed','addended')"
_SAME = ("id", "task_id", "study_id", "findings", "impression", "advice", "author_id", "reviewer_id", "created_at", "saved_at",
         "submitted_at", "signed_at")  # fmt: skip
_CHANGED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _SAME)
_UNSIGNED_AGAIN = "NEW.state NOT IN ('signed','addended') OR NEW.addenda < OLD.addenda"
_WITHOUT_SIGNATURE = (
    "NEW.state = 'signed' AND OLD.state <> 'signed' AND NOT EXISTS "
    "(SELECT 1 FROM signatures WHERE signatures.report_id = NEW.id AND signatures.number = 0)"
)
_OF_A_SIGNED = (
    "EXISTS (SELECT 1 FROM reports WHERE reports.id = OLD.report_id AND reports.state IN ('signed','addended'))"
)

_GUARDS = (
    ("reports", "UPDATE", f"{_SIGNED} AND ({_CHANGED} OR {_UNSIGNED_AGAIN})", "a_signed_report_never_changes"),
    ("reports", "DELETE", _SIGNED, "a_signed_report_is_never_deleted"),
    ("reports", "UPDATE", _WITHOUT_SIGNATURE, "a_signed_report_has_a_signature"),
    ("signatures", "UPDATE", "TRUE", "a_signature_never_changes"),
    ("signatures", "DELETE", "TRUE", "a_signature_is_never_deleted"),
    ("addenda", "UPDATE", "TRUE", "an_addendum_never_changes"),
    ("addenda", "DELETE", "TRUE", "an_addendum_is_never_deleted"),
    ("revisions", "UPDATE", _OF_A_SIGNED, "the_revisions_of_a_signed_report_never_change"),
    ("revisions", "DELETE", _OF_A_SIGNED, "the_revisions_of_a_signed_report_are_never_deleted"),
)
"""(table, event, condition, name): what each of these triggers refuses, whoever asks."""


def _statements(dialect: str, table: str, verb: str, condition: str, name: str) -> tuple[str, ...]:
    """The statements that make one guard. Dropped first, so that making it again brings it up to date."""
    if dialect == "sqlite":
        when = condition.replace("TRUE", "1")
        return (
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{name}'); END",
        )
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {condition} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF; "
        f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for guard in _GUARDS:
        for statement in _statements(dialect, *guard):
            op.execute(statement)
