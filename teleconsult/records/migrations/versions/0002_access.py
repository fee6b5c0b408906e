"""People, sites, peers, agreements, sessions, shares, notices."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "sites",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("parent_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("level IN ('city','county','township')", name="a_site_is_of_city_county_or_township"),
        sa.ForeignKeyConstraint(["parent_id"], ["sites.id"], name=op.f("fk_sites_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("code", name="a_site_code_is_used_once"),
        sa.UniqueConstraint("name", name="a_site_name_is_used_once"),
    )
    op.create_table(
        "agreements",
        sa.Column("requesting_site_id", sa.String(length=32), nullable=False),
        sa.Column("reading_site_id", sa.String(length=32), nullable=False),
        sa.Column("modality", sa.String(length=16), nullable=False),
        sa.Column("sla", sa.String(length=20), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("valid_from", schema.Instant(), nullable=False),
        sa.Column("valid_to", schema.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="an_agreement_ends_after_it_begins"),
        sa.ForeignKeyConstraint(["reading_site_id"], ["sites.id"], name=op.f("fk_agreements_reading_site_id")),
        sa.ForeignKeyConstraint(["requesting_site_id"], ["sites.id"], name=op.f("fk_agreements_requesting_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_index("ix_agreements_of_a_site", "agreements", ["requesting_site_id", "modality"], unique=False)
    op.create_table(
        "notices",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("roles", schema.JsonCol, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("params", schema.JsonCol, nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=True),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_notices_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name="a_notice_is_given_once"),
    )
    op.create_index("ix_notices_of_a_site", "notices", ["site_id", "id"], unique=False)
    op.create_table(
        "peers",
        sa.Column("ae_title", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=True),
        sa.Column("port", sa.Integer(), nullable=True),
        sa.Column("charset", sa.String(length=20), nullable=True),
        sa.Column("issuers", schema.JsonCol, nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("last_seen_at", schema.Instant(), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("last_error_at", schema.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_peers_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peers")),
        sa.UniqueConstraint("ae_title", "address", name="a_peer_is_one_title_at_one_address"),
    )
    op.create_table(
        "people",
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=20), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", schema.Instant(), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_people_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("login", name="a_login_is_used_once"),
    )
    op.create_table(
        "shares",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=10), nullable=False),
        sa.Column("opened_at", schema.Instant(), nullable=False),
        sa.Column("closes_at", schema.Instant(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("why IN ('origin','reading')", name="a_share_has_a_reason_we_know"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_shares_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
        sa.UniqueConstraint("study_id", "site_id", "why", name="a_study_is_shared_once_for_a_reason"),
    )
    op.create_index("ix_shares_of_a_site", "shares", ["site_id", "study_id", "why"], unique=False)
    op.create_table(
        "grants",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "role IN ('radiologist','reviewer','county_doctor','technologist','coordinator','administrator','auditor')",
            name="a_role_is_one_we_know",
        ),
        sa.CheckConstraint(
            "site_id IS NOT NULL OR role IN ('administrator','auditor')",
            name="only_administrators_and_auditors_are_everywhere",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_grants_person_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_grants_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
        sa.UniqueConstraint("person_id", "role", "site_id", name="a_role_is_granted_once_at_a_site"),
    )
    op.create_index(
        "nobody_is_both_administrator_and_auditor",
        "grants",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("role IN ('administrator', 'auditor')"),
        postgresql_where=sa.text("role IN ('administrator', 'auditor')"),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("expires_at", schema.Instant(), nullable=False),
        sa.Column("used_at", schema.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invitations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_table(
        "notices_seen",
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notices_seen_notice_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_seen_person_id")),
        sa.PrimaryKeyConstraint("notice_id", "person_id", name=op.f("pk_notices_seen")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("client", sa.String(length=200), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("seen_at", schema.Instant(), nullable=False),
        sa.Column("expires_at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
