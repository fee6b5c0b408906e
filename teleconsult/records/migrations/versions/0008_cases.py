"""Who shares what by which cause, cases' own shares, experts, notices to one person, facts of a case."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0008"
down_revision = "0007"

_ROLES = (
    "role IN ('radiologist','reviewer','county_doctor','technologist','coordinator','administrator','auditor','expert')"
)
_EVERYWHERE = "site_id IS NOT NULL OR role IN ('administrator','auditor')"
_BOTH = sa.text("role IN ('administrator', 'auditor')")
_WHY = "why IN ('origin','reading','consult','referral','meeting')"
_CAUSE = "(why IN ('origin','reading')) = (cause_id = '')"
_BY_INVITATION = "person_id IS NULL OR cause_id <> ''"
_OF_SITE = sa.text("person_id IS NULL")
_OF_PERSON = sa.text("person_id IS NOT NULL")
_CAUSED = sa.text("cause_id != ''")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _grants_anew()
        _shares_anew()
    else:
        _grants_changed()
        _shares_changed()
    _share_indexes("shares", "study", "study_id")
    _case_shares()
    _cases()
    op.add_column("facts", sa.Column("case_id", sa.String(length=32), nullable=True))
    of_case = sa.text("case_id IS NOT NULL")
    op.create_index("ix_facts_of_a_case", "facts", ["case_id", "seq"], sqlite_where=of_case, postgresql_where=of_case)
    op.add_column("notices", sa.Column("case_id", sa.String(length=32), nullable=True))
    op.add_column("notices", sa.Column("person_id", sa.String(length=32), nullable=True))
    op.create_index(
        "ix_notices_of_a_person", "notices", ["person_id", "id"], sqlite_where=_OF_PERSON, postgresql_where=_OF_PERSON
    )


def _grants_changed() -> None:
    op.drop_constraint("a_role_is_one_we_know", "grants", type_="check")
    op.create_check_constraint("a_role_is_one_we_know", "grants", _ROLES)


def _grants_anew() -> None:
    """SQLite changes no constraint: the table is made again."""
    op.drop_index("nobody_is_both_administrator_and_auditor", table_name="grants")
    op.rename_table("grants", "grants_before")
    op.create_table(
        "grants",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(_ROLES, name="a_role_is_one_we_know"),
        sa.CheckConstraint(_EVERYWHERE, name="only_administrators_and_auditors_are_everywhere"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_grants_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_grants_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint("person_id", "role", "site_id", name="a_role_is_granted_once_at_a_site"),
    )
    op.execute(
        "INSERT INTO grants (id, person_id, role, site_id) SELECT id, person_id, role, site_id FROM grants_before"
    )
    op.drop_table("grants_before")
    op.create_index(
        "nobody_is_both_administrator_and_auditor", "grants", ["person_id"], unique=True, sqlite_where=_BOTH,
        postgresql_where=_BOTH,
    )  # fmt: skip


def _shares_changed() -> None:
    op.drop_constraint("a_study_is_shared_once_for_a_reason", "shares", type_="unique")
    op.drop_constraint("a_share_has_a_reason_we_know", "shares", type_="check")
    op.add_column("shares", sa.Column("cause_id", sa.String(length=32), nullable=False, server_default=""))
    op.alter_column("shares", "cause_id", server_default=None)
    op.add_column("shares", sa.Column("person_id", sa.String(length=32), nullable=True))
    op.create_foreign_key(op.f("fk_shares_person_id"), "shares", "people", ["person_id"], ["id"])
    op.create_check_constraint("a_share_has_a_reason_we_know", "shares", _WHY)
    op.create_check_constraint("a_share_names_its_cause", "shares", _CAUSE)
    op.create_check_constraint("a_person_has_a_study_by_invitation", "shares", _BY_INVITATION)


def _shares_anew() -> None:
    op.drop_index("ix_shares_of_a_site", table_name="shares")
    op.rename_table("shares", "shares_before")
    op.create_table(
        "shares",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        *_share_columns("shares"),
        sa.CheckConstraint(_WHY, name="a_share_has_a_reason_we_know"),
        sa.CheckConstraint(_CAUSE, name="a_share_names_its_cause"),
        sa.CheckConstraint(_BY_INVITATION, name="a_person_has_a_study_by_invitation"),
    )
    op.execute(
        "INSERT INTO shares (id, study_id, site_id, why, cause_id, opened_at, closes_at) "
        "SELECT id, study_id, site_id, why, '', opened_at, closes_at FROM shares_before"
    )
    op.drop_table("shares_before")
    op.create_index("ix_shares_of_a_site", "shares", ["site_id", "study_id", "why"])


def _share_columns(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("cause_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("opened_at", schema.Instant(), nullable=False),
        sa.Column("closes_at", schema.Instant(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f(f"fk_{table}_site_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{table}_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _share_indexes(table: str, noun: str, column: str) -> None:
    """`a_study_is_shared_once_…`, `a_case_is_shared_once_…`: a share without a person and one with are told apart."""
    of_site = [column, "site_id", "why", "cause_id"]
    op.create_index(
        f"a_{noun}_is_shared_once_by_a_cause", table, of_site, unique=True, sqlite_where=_OF_SITE, postgresql_where=_OF_SITE
    )  # fmt: skip
    op.create_index(
        f"a_{noun}_is_shared_once_with_a_person_by_a_cause", table, [*of_site, "person_id"], unique=True,
        sqlite_where=_OF_PERSON, postgresql_where=_OF_PERSON,
    )  # fmt: skip
    op.create_index(f"ix_{table}_of_a_{noun}", table, [column, "site_id", "why"])
    op.create_index(f"ix_{table}_by_cause", table, ["cause_id"], sqlite_where=_CAUSED, postgresql_where=_CAUSED)


def _case_shares() -> None:
    op.create_table(
        "case_shares",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        *_share_columns("case_shares"),
        sa.CheckConstraint(
            "why IN ('origin','consult','referral','meeting')", name="a_case_share_has_a_reason_we_know"
        ),
        sa.CheckConstraint("(why = 'origin') = (cause_id = '')", name="a_case_share_names_its_cause"),
        sa.CheckConstraint(_BY_INVITATION, name="a_person_has_a_case_by_invitation"),
    )
    _share_indexes("case_shares", "case", "case_id")
    op.create_index("ix_case_shares_of_a_site", "case_shares", ["site_id", "case_id", "why"])
    op.create_index("ix_case_shares_of_a_person", "case_shares", ["person_id", "case_id"])


def _cases() -> None:
    op.create_table(
        "numbers",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numbers")),
    )
    op.create_table(
        "cases",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_by_id", sa.String(length=32), nullable=False),
        sa.Column("opened_at", schema.Instant(), nullable=False),
        sa.Column("closed_at", schema.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("state IN ('open','closed')", name="a_case_is_open_or_closed"),
        sa.CheckConstraint("severity IN ('none','mild','moderate','severe')", name="a_case_has_a_severity_we_know"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="a_time_of_closing_iff_closed"),
        sa.ForeignKeyConstraint(["opened_by_id"], ["people.id"], name=op.f("fk_cases_opened_by_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_cases_patient_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_cases_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name="a_case_number_is_used_once"),
    )
    op.create_index("ix_cases_by_opening", "cases", ["opened_at", "id"])
    op.create_index("ix_cases_of_a_patient", "cases", ["patient_id"])
    op.create_index("ix_cases_of_a_person", "cases", ["opened_by_id", "opened_at"])
    op.create_table(
        "case_studies",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("added_by", sa.String(length=32), nullable=False),
        sa.Column("added_at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_case_studies_added_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_studies_case_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_case_studies_study_id")),
        sa.PrimaryKeyConstraint("case_id", "study_id", name=op.f("pk_case_studies")),
    )
    op.create_index("ix_case_studies_of_a_study", "case_studies", ["study_id"])
    _attachments()


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("blob_key", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=True),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("withdrawn_at", schema.Instant(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "kind IN ('consent','record','image','lab','other')", name="an_attachment_is_of_a_kind_we_know"
        ),
        sa.CheckConstraint("size > 0", name="an_attachment_is_not_empty"),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_attachments_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attachments_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_of_a_case", "attachments", ["case_id", "at"])
    given_out = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "a_case_has_the_same_file_once", "attachments", ["case_id", "sha256", "kind"], unique=True, sqlite_where=given_out,
        postgresql_where=given_out,
    )  # fmt: skip
