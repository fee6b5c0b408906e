"""Reading tasks, and studies that wait for an agreement."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("requesting_site_id", sa.String(length=32), nullable=False),
        sa.Column("reading_site_id", sa.String(length=32), nullable=False),
        sa.Column("agreement_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("modality", sa.String(length=16), nullable=False),
        sa.Column("route_code", sa.String(length=40), nullable=False),
        sa.Column("route_params", schema.JsonCol, nullable=False),
        sa.Column("route_trace", schema.JsonCol, nullable=False),
        sa.Column("sla", sa.String(length=20), nullable=False),
        sa.Column("arrived_at", schema.Instant(), nullable=False),
        sa.Column("opened_at", schema.Instant(), nullable=False),
        sa.Column("clock_from", schema.Instant(), nullable=False),
        sa.Column("due_at", schema.Instant(), nullable=False),
        sa.Column("paused_at", schema.Instant(), nullable=True),
        sa.Column("reader_id", sa.String(length=32), nullable=True),
        sa.Column("lease_until", schema.Instant(), nullable=True),
        sa.Column("claimed_at", schema.Instant(), nullable=True),
        sa.Column("reported_at", schema.Instant(), nullable=True),
        sa.Column("verified_at", schema.Instant(), nullable=True),
        sa.Column("releases", sa.Integer(), nullable=False),
        sa.Column("late_images", sa.Boolean(), nullable=False),
        sa.Column("return_code", sa.String(length=40), nullable=True),
        sa.Column("return_text", sa.Text(), nullable=True),
        sa.Column("returned_by_id", sa.String(length=32), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(state = 'cancelled') = (cancel_reason IS NOT NULL)", name="a_reason_iff_cancelled"),
        sa.CheckConstraint("(state = 'claimed') = (lease_until IS NOT NULL)", name="a_lease_iff_claimed"),
        sa.CheckConstraint("(state = 'returned') = (paused_at IS NOT NULL)", name="the_clock_stands_iff_returned"),
        sa.CheckConstraint(
            "(state = 'verified') = (verified_at IS NOT NULL)", name="a_time_of_verification_iff_verified"
        ),
        sa.CheckConstraint(
            "(state IN ('claimed','reported','verified')) = (reader_id IS NOT NULL)", name="a_reader_iff_read"
        ),
        sa.CheckConstraint(
            "is_open = (state IN ('queued','claimed','reported','returned'))",
            name="a_task_is_open_until_verified_or_cancelled",
        ),
        sa.CheckConstraint("priority IN ('STAT','URGENT','ROUTINE')", name="a_task_has_a_priority_we_know"),
        sa.CheckConstraint(
            "state <> 'returned' OR (return_code IS NOT NULL AND returned_by_id IS NOT NULL)",
            name="a_returned_task_says_why_and_by_whom",
        ),
        sa.CheckConstraint(
            "state IN ('queued','claimed','reported','verified','returned','cancelled')",
            name="a_task_is_in_a_state_we_know",
        ),
        sa.CheckConstraint("due_at > clock_from", name="a_task_is_due_after_its_clock_began"),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name=op.f("fk_tasks_agreement_id")),
        sa.ForeignKeyConstraint(["reader_id"], ["people.id"], name=op.f("fk_tasks_reader_id")),
        sa.ForeignKeyConstraint(["reading_site_id"], ["sites.id"], name=op.f("fk_tasks_reading_site_id")),
        sa.ForeignKeyConstraint(["requesting_site_id"], ["sites.id"], name=op.f("fk_tasks_requesting_site_id")),
        sa.ForeignKeyConstraint(["returned_by_id"], ["people.id"], name=op.f("fk_tasks_returned_by_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_tasks_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("study_id", name="a_study_has_one_task"),
    )
    for name, column in (
        ("tasks_that_a_site_reads_by_arrival", "reading_site_id"),
        ("tasks_that_a_site_asked_for_by_arrival", "requesting_site_id"),
    ):
        op.create_index(name, "tasks", [column, "is_open", "arrived_at", "study_id"], unique=False)
    op.create_index("claims_by_the_end_of_their_lease", "tasks", ["state", "lease_until"], unique=False)
    op.create_index(
        "tasks_that_a_person_reads_by_due_time", "tasks", ["reader_id", "is_open", "due_at", "study_id"], unique=False
    )
    op.create_index(
        "tasks_that_a_site_asked_for_by_due_time",
        "tasks",
        ["requesting_site_id", "is_open", "due_at", "study_id"],
        unique=False,
    )
    op.create_index(
        "tasks_that_a_site_reads_by_due_time",
        "tasks",
        ["reading_site_id", "is_open", "due_at", "study_id"],
        unique=False,
    )
    op.create_table(
        "waiting",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("requesting_site_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("params", schema.JsonCol, nullable=False),
        sa.Column("since", schema.Instant(), nullable=False),
        sa.Column("routed_at", schema.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["requesting_site_id"], ["sites.id"], name=op.f("fk_waiting_requesting_site_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_waiting_study_id")),
        sa.PrimaryKeyConstraint("study_id", name=op.f("pk_waiting")),
    )
    op.create_index(
        "studies_that_wait_for_an_agreement", "waiting", ["requesting_site_id", "routed_at", "since"], unique=False
    )
