"""Referrals, follow-ups, and studies that are kept back."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "study_holds",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("since", schema.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("study_id", name=op.f("pk_study_holds")),
    )
    op.create_table(
        "follow_ups",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("from_kind", sa.String(length=20), nullable=False),
        sa.Column("from_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_site_id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=True),
        sa.Column("due_at", schema.Instant(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("done_at", schema.Instant(), nullable=True),
        sa.Column("done_by_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("look_at", schema.Instant(), nullable=True),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(state = 'planned') = (done_at IS NULL)", name="a_time_of_doing_iff_not_planned_any_more"),
        sa.CheckConstraint(
            "state IN ('planned','done','changed','declined')", name="a_follow_up_is_in_a_state_we_know"
        ),
        sa.CheckConstraint(
            "state NOT IN ('changed','declined') OR reason IS NOT NULL", name="who_changes_or_declines_says_why"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_follow_ups_case_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["people.id"], name=op.f("fk_follow_ups_done_by_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_follow_ups_owner_id")),
        sa.ForeignKeyConstraint(["owner_site_id"], ["sites.id"], name=op.f("fk_follow_ups_owner_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    op.create_index(
        "ix_follow_ups_by_their_next_look",
        "follow_ups",
        ["look_at"],
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index("ix_follow_ups_of_a_case", "follow_ups", ["case_id", "due_at"])
    op.create_index("ix_follow_ups_of_a_site", "follow_ups", ["owner_site_id", "state", "due_at"])
    op.create_table(
        "referrals",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("from_site_id", sa.String(length=32), nullable=False),
        sa.Column("to_site_id", sa.String(length=32), nullable=True),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("disease", sa.String(length=40), nullable=False),
        sa.Column("criteria_version", sa.Integer(), nullable=False),
        sa.Column("ticked", schema.JsonCol, nullable=False),
        sa.Column("criteria_met", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("wanted_department", sa.String(length=200), nullable=False),
        sa.Column("consent", sa.String(length=10), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("medication", sa.Text(), nullable=False),
        sa.Column("turn_back", schema.JsonCol, nullable=False),
        sa.Column("turn_back_text", sa.Text(), nullable=False),
        sa.Column("pathway", sa.String(length=20), nullable=False),
        sa.Column("from_kind", sa.String(length=20), nullable=False),
        sa.Column("from_id", sa.String(length=32), nullable=False),
        sa.Column("turned_from_id", sa.String(length=32), nullable=True),
        sa.Column("created_by_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("submitted_at", schema.Instant(), nullable=True),
        sa.Column("accepted_at", schema.Instant(), nullable=True),
        sa.Column("accepted_by_id", sa.String(length=32), nullable=True),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("bed", sa.String(length=200), nullable=False),
        sa.Column("slot_at", schema.Instant(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ask_text", sa.Text(), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=True),
        sa.Column("paused_at", schema.Instant(), nullable=True),
        sa.Column("reason_code", sa.String(length=20), nullable=True),
        sa.Column("reason_text", sa.Text(), nullable=True),
        sa.Column("trail", schema.JsonCol, nullable=False),
        sa.Column("departed_at", schema.Instant(), nullable=True),
        sa.Column("expected_at", schema.Instant(), nullable=True),
        sa.Column("escort", sa.String(length=200), nullable=False),
        sa.Column("vehicle", sa.String(length=200), nullable=False),
        sa.Column("arrived_at", schema.Instant(), nullable=True),
        sa.Column("no_show_at", schema.Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("outcome_text", sa.Text(), nullable=True),
        sa.Column("completed_at", schema.Instant(), nullable=True),
        sa.Column("closed_at", schema.Instant(), nullable=True),
        sa.Column("clock_from", schema.Instant(), nullable=True),
        sa.Column("due_at", schema.Instant(), nullable=True),
        sa.Column("look_at", schema.Instant(), nullable=True),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(state = 'asked') = (paused_at IS NOT NULL)", name="the_clock_of_a_referral_stands_iff_asked"
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name="a_time_of_closing_iff_the_referral_is_closed"
        ),
        sa.CheckConstraint(
            "(state IN ('declined','cancelled','expired')) = (reason_code IS NOT NULL)",
            name="a_reason_iff_it_came_to_nothing",
        ),
        sa.CheckConstraint("direction = 'up' OR priority <> 'green'", name="only_up_goes_by_the_green_channel"),
        sa.CheckConstraint("direction IN ('up','down')", name="a_referral_goes_up_or_down"),
        sa.CheckConstraint("priority IN ('green','urgent','normal')", name="a_referral_has_a_priority_we_know"),
        sa.CheckConstraint(
            "state IN ('draft','cancelled') OR to_site_id IS NOT NULL", name="a_sent_referral_names_its_hospital"
        ),
        sa.CheckConstraint(
            "state IN ('draft','submitted','asked','accepted','in_transit','arrived','completed','closed','declined','cancelled','expired')",
            name="a_referral_is_in_a_state_we_know",
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted','in_transit','arrived','completed','closed') OR accepted_at IS NOT NULL",
            name="who_is_treated_was_accepted",
        ),
        sa.CheckConstraint(
            "state NOT IN ('arrived','completed','closed') OR arrived_at IS NOT NULL", name="who_is_treated_has_arrived"
        ),
        sa.CheckConstraint(
            "state NOT IN ('completed','closed') OR (outcome IS NOT NULL AND outcome_text IS NOT NULL)",
            name="a_completed_referral_says_what_came_of_it",
        ),
        sa.CheckConstraint(
            "to_site_id IS NULL OR to_site_id <> from_site_id", name="a_referral_goes_to_another_hospital"
        ),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["people.id"], name=op.f("fk_referrals_accepted_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_referrals_case_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["people.id"], name=op.f("fk_referrals_created_by_id")),
        sa.ForeignKeyConstraint(["from_site_id"], ["sites.id"], name=op.f("fk_referrals_from_site_id")),
        sa.ForeignKeyConstraint(["to_site_id"], ["sites.id"], name=op.f("fk_referrals_to_site_id")),
        sa.ForeignKeyConstraint(["turned_from_id"], ["referrals.id"], name=op.f("fk_referrals_turned_from_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("number", name="a_referral_number_is_used_once"),
    )
    op.create_index(
        "a_patient_is_on_the_way_to_one_hospital",
        "referrals",
        ["case_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('accepted', 'in_transit')"),
        postgresql_where=sa.text("state IN ('accepted', 'in_transit')"),
    )
    op.create_index(
        "ix_referrals_by_their_next_look",
        "referrals",
        ["look_at"],
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index("ix_referrals_of_a_case", "referrals", ["case_id", "created_at"])
    op.create_index("ix_referrals_received", "referrals", ["to_site_id", "created_at"])
    op.create_index("ix_referrals_sent", "referrals", ["from_site_id", "created_at"])
