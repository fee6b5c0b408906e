"""Orders of examinations, their performed steps, and what of the arrivals belongs to which."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "expected_objects",
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("study_uid", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("listed", schema.JsonCol, nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("met_at", schema.Instant(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("count >= 1", name="nothing_is_not_expected"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_expected_objects_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_objects")),
        sa.UniqueConstraint("site_id", "study_uid", "source", name="something_is_expected_once_by_a_source"),
    )
    op.create_index(
        "ix_expected_objects_of_a_study",
        "expected_objects",
        ["study_uid"],
        unique=False,
        sqlite_where=sa.text("met_at IS NULL"),
        postgresql_where=sa.text("met_at IS NULL"),
    )
    op.create_table(
        "orders",
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column(
            "accession",
            sa.String(length=16).with_variant(sa.String(length=16, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("study_uid", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column(
            "patient_number",
            sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=324), nullable=False),
        sa.Column("name_shown", sa.String(length=200), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("birth_date", sa.String(length=8), nullable=False),
        sa.Column("modality", sa.String(length=16), nullable=False),
        sa.Column("procedure", sa.String(length=64), nullable=False),
        sa.Column("body_part", sa.String(length=16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("diagnosis", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("station", sa.String(length=16), nullable=False),
        sa.Column("physician", sa.String(length=64), nullable=False),
        sa.Column("scheduled_at", schema.Instant(), nullable=False),
        sa.Column("scheduled_date", sa.String(length=8), nullable=False),
        sa.Column("scheduled_time", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("stepped", sa.Boolean(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("registered_at", schema.Instant(), nullable=False),
        sa.Column("registered_by_id", sa.String(length=32), nullable=False),
        sa.Column("registered_by", sa.String(length=120), nullable=False),
        sa.Column("arrived_at", schema.Instant(), nullable=True),
        sa.Column("remind_at", schema.Instant(), nullable=True),
        sa.Column("reminded_at", schema.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "accession <> '' AND patient_number <> '' AND name <> ''", name="an_order_names_its_patient"
        ),
        sa.CheckConstraint("priority IN ('STAT','URGENT','ROUTINE')", name="an_order_has_a_priority_we_know"),
        sa.CheckConstraint("state <> 'cancelled' OR cancel_reason IS NOT NULL", name="a_cancelled_order_says_why"),
        sa.CheckConstraint(
            "state IN ('scheduled','in_progress','completed','discontinued','cancelled')",
            name="an_order_is_in_a_state_we_know",
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_orders_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("site_id", "accession", name="an_accession_number_is_used_once_at_a_site"),
        sa.UniqueConstraint("study_uid", name="a_study_uid_is_reserved_once"),
    )
    op.create_index("ix_orders_by_patient_number", "orders", ["site_id", "patient_number"], unique=False)
    op.create_index("ix_orders_of_a_site", "orders", ["site_id", "scheduled_at", "id"], unique=False)
    op.create_index("ix_orders_of_a_site_by_state", "orders", ["site_id", "state", "scheduled_date"], unique=False)
    op.create_index(
        "ix_orders_to_remind_of",
        "orders",
        ["remind_at"],
        unique=False,
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
    op.create_table(
        "order_names",
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column(
            "key",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_names_order_id")),
        sa.PrimaryKeyConstraint("order_id", "key", name=op.f("pk_order_names")),
    )
    op.create_index("ix_order_names_by_key", "order_names", ["key", "order_id"], unique=False)
    op.create_table(
        "performed_steps",
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("peer_id", sa.String(length=32), nullable=False),
        sa.Column("sop_uid", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("station", sa.String(length=16), nullable=False),
        sa.Column("modality", sa.String(length=16), nullable=False),
        sa.Column("patient_number", sa.String(length=64), nullable=False),
        sa.Column("study_uids", schema.JsonCol, nullable=False),
        sa.Column("accessions", schema.JsonCol, nullable=False),
        sa.Column("order_ids", schema.JsonCol, nullable=False),
        sa.Column("listed", schema.JsonCol, nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("began_at", schema.Instant(), nullable=False),
        sa.Column("ended_at", schema.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(state = 'in_progress') = (ended_at IS NULL)", name="a_step_has_ended_iff_it_says_when"),
        sa.CheckConstraint("state IN ('in_progress','completed','discontinued')", name="a_step_is_in_a_state_we_know"),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_performed_steps_peer_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_performed_steps_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performed_steps")),
        sa.UniqueConstraint("site_id", "sop_uid", name="a_step_uid_is_used_once_at_a_site"),
    )
    op.create_index("ix_performed_steps_of_a_site", "performed_steps", ["site_id", "began_at"], unique=False)
    op.create_table(
        "order_links",
        sa.Column("order_id", sa.String(length=32), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("differs", schema.JsonCol, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("undone_at", schema.Instant(), nullable=True),
        sa.Column("undone_by", sa.String(length=120), nullable=True),
        sa.Column("undone_why", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("how IN ('accession','study_uid','person')", name="a_link_was_made_in_a_way_we_know"),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_why IS NULL) AND (undone_at IS NULL) = (undone_by IS NULL)",
            name="an_undone_link_says_who_and_why",
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_links_order_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_order_links_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_links")),
    )
    op.create_index(
        "a_study_answers_an_order_once",
        "order_links",
        ["study_id", "order_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index("ix_order_links_of_a_study", "order_links", ["study_id"], unique=False)
    op.create_index("ix_order_links_of_an_order", "order_links", ["order_id"], unique=False)
    op.create_table(
        "unmatched_studies",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("params", schema.JsonCol, nullable=False),
        sa.Column("order_id", sa.String(length=32), nullable=True),
        sa.Column("since", schema.Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("closed_by", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("state <> 'aside' OR note IS NOT NULL", name="a_study_set_aside_says_why"),
        sa.CheckConstraint("state IN ('open','linked','aside')", name="an_unmatched_study_is_open_linked_or_aside"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_unmatched_studies_order_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_unmatched_studies_site_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_unmatched_studies_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmatched_studies")),
        sa.UniqueConstraint("study_id", name="a_study_is_unmatched_once"),
    )
    op.create_index("ix_unmatched_studies_of_a_site", "unmatched_studies", ["site_id", "state", "since"], unique=False)
