"""MDT boards, meetings, the cases on their agendas, and what was concluded."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "boards",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("specialties", schema.JsonCol, nullable=False),
        sa.Column("quorum", schema.JsonCol, nullable=False),
        sa.Column("cadence", schema.JsonCol, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("chair_id", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.String(length=32), nullable=False),
        sa.Column("made_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 15 AND 480", name="a_board_meets_for_a_sensible_time"),
        sa.ForeignKeyConstraint(["chair_id"], ["people.id"], name=op.f("fk_boards_chair_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_boards_made_by_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_boards_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("site_id", "name", name="a_hospital_names_its_boards_apart"),
    )
    op.create_table(
        "board_members",
        sa.Column("board_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("specialty", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_board_members_board_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_board_members_person_id")),
        sa.PrimaryKeyConstraint("board_id", "person_id", name=op.f("pk_board_members")),
    )
    op.create_table(
        "meetings",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("board_id", sa.String(length=32), nullable=True),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("specialties", schema.JsonCol, nullable=False),
        sa.Column("quorum", schema.JsonCol, nullable=False),
        sa.Column("chair_id", sa.String(length=32), nullable=False),
        sa.Column("planned_by_id", sa.String(length=32), nullable=True),
        sa.Column("planned_at", schema.Instant(), nullable=False),
        sa.Column("starts_at", schema.Instant(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("freeze_at", schema.Instant(), nullable=False),
        sa.Column("started_at", schema.Instant(), nullable=True),
        sa.Column("finished_at", schema.Instant(), nullable=True),
        sa.Column("ended_at", schema.Instant(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("room_id", sa.String(length=32), nullable=True),
        sa.Column("look_at", schema.Instant(), nullable=True),
        sa.Column("told", schema.JsonCol, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(state IN ('closed','cancelled')) = (ended_at IS NOT NULL)", name="a_meeting_ends_when_it_ended"
        ),
        sa.CheckConstraint(
            "(state IN ('minutes','closed')) = (finished_at IS NOT NULL)", name="a_session_is_over_before_its_minutes"
        ),
        sa.CheckConstraint(
            "state IN ('open','frozen','live','minutes','closed','cancelled')", name="a_meeting_is_in_a_state_we_know"
        ),
        sa.CheckConstraint(
            "state NOT IN ('live','minutes','closed') OR (started_at IS NOT NULL AND room_id IS NOT NULL)",
            name="a_meeting_that_began_had_a_room",
        ),
        sa.CheckConstraint("freeze_at <= starts_at", name="an_agenda_freezes_before_the_meeting"),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_meetings_board_id")),
        sa.ForeignKeyConstraint(["chair_id"], ["people.id"], name=op.f("fk_meetings_chair_id")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["people.id"], name=op.f("fk_meetings_planned_by_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_meetings_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("board_id", "starts_at", name="a_board_meets_once_at_a_time"),
        sa.UniqueConstraint("number", name="a_meeting_number_is_used_once"),
    )
    op.create_index(
        "meetings_by_their_next_look",
        "meetings",
        ["look_at"],
        unique=False,
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index("meetings_of_a_board", "meetings", ["board_id", "starts_at"], unique=False)
    op.create_index("meetings_of_a_site", "meetings", ["site_id", "starts_at"], unique=False)
    op.create_table(
        "meeting_members",
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("specialty", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_members_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_meeting_members_person_id")),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_meeting_members")),
    )
    op.create_index("ix_meetings_of_a_person", "meeting_members", ["person_id"], unique=False)
    op.create_table(
        "meeting_items",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("from_kind", sa.String(length=14), nullable=False),
        sa.Column("from_id", sa.String(length=32), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("proposed_by_id", sa.String(length=32), nullable=False),
        sa.Column("proposed_site_id", sa.String(length=32), nullable=False),
        sa.Column("proposed_at", schema.Instant(), nullable=False),
        sa.Column("accepted_by_id", sa.String(length=32), nullable=True),
        sa.Column("accepted_at", schema.Instant(), nullable=True),
        sa.Column("presenting_from", schema.Instant(), nullable=True),
        sa.Column("presented_for", sa.Integer(), nullable=True),
        sa.Column("concluded_at", schema.Instant(), nullable=True),
        sa.Column("quorum_met", sa.Boolean(), nullable=True),
        sa.Column("attended", schema.JsonCol, nullable=False),
        sa.Column("signed_at", schema.Instant(), nullable=True),
        sa.Column("reviews", schema.JsonCol, nullable=False),
        sa.Column("ended_at", schema.Instant(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("next_item_id", sa.String(length=32), nullable=True),
        sa.Column("look_at", schema.Instant(), nullable=True),
        sa.Column("told", schema.JsonCol, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(from_kind = 'case') = (from_id IS NULL)", name="an_item_names_what_it_comes_from"),
        sa.CheckConstraint(
            "(state = 'presenting') = (presenting_from IS NOT NULL)", name="a_time_box_runs_iff_presenting"
        ),
        sa.CheckConstraint(
            "(state IN ('closed','declined','withdrawn','deferred')) = (ended_at IS NOT NULL)",
            name="an_item_ends_when_it_ended",
        ),
        sa.CheckConstraint(
            "(state IN ('concluded','signed','closed')) = (concluded_at IS NOT NULL AND quorum_met IS NOT NULL)",
            name="a_quorum_is_counted_iff_concluded",
        ),
        sa.CheckConstraint(
            "(state IN ('signed','closed')) = (signed_at IS NOT NULL)", name="an_item_is_tracked_iff_signed"
        ),
        sa.CheckConstraint(
            "from_kind IN ('case','referral','consultation','report','meeting')",
            name="an_item_comes_from_something_we_know",
        ),
        sa.CheckConstraint(
            "state IN ('proposed','preparing','presenting','concluded','signed','closed','declined','withdrawn','deferred')",
            name="an_item_is_in_a_state_we_know",
        ),
        sa.CheckConstraint(
            "state NOT IN ('preparing','presenting','concluded','signed','closed') OR accepted_at IS NOT NULL",
            name="an_item_is_accepted_before_it_is_prepared",
        ),
        sa.CheckConstraint("minutes BETWEEN 3 AND 120", name="a_time_box_is_sensible"),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["people.id"], name=op.f("fk_meeting_items_accepted_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_meeting_items_case_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_items_meeting_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["people.id"], name=op.f("fk_meeting_items_proposed_by_id")),
        sa.ForeignKeyConstraint(["proposed_site_id"], ["sites.id"], name=op.f("fk_meeting_items_proposed_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_items")),
        sa.UniqueConstraint("number", name="an_item_number_is_used_once"),
    )
    op.create_index(
        "items_by_their_next_look",
        "meeting_items",
        ["look_at"],
        unique=False,
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index("items_of_a_case", "meeting_items", ["case_id", "proposed_at"], unique=False)
    op.create_index("items_of_a_meeting", "meeting_items", ["meeting_id", "place"], unique=False)
    op.create_index(
        "one_case_is_presented_at_a_time",
        "meeting_items",
        ["meeting_id"],
        unique=True,
        sqlite_where=sa.text("presenting_from IS NOT NULL"),
        postgresql_where=sa.text("presenting_from IS NOT NULL"),
    )
    op.create_table(
        "preparations",
        sa.Column("item_id", sa.String(length=32), nullable=False),
        sa.Column("specialty", sa.String(length=24), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("missing", schema.JsonCol, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key_images", schema.JsonCol, nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=True),
        sa.Column("at", schema.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(by_id IS NULL) = (at IS NULL)", name="somebody_prepared_iff_at_a_time"),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_preparations_by_id")),
        sa.ForeignKeyConstraint(["item_id"], ["meeting_items.id"], name=op.f("fk_preparations_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparations")),
        sa.UniqueConstraint("item_id", "specialty", name="a_specialty_prepares_a_case_once"),
    )
    op.create_table(
        "conclusions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("recommendation", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("dissent", schema.JsonCol, nullable=False),
        sa.Column("recommendations", schema.JsonCol, nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("first_signed_at", schema.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('conclusion','opinion')", name="minutes_are_a_conclusion_or_an_opinion"),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_conclusions_by_id")),
        sa.ForeignKeyConstraint(["id"], ["meeting_items.id"], name=op.f("fk_conclusions_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conclusions")),
    )
