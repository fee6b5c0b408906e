"""Experts, consultations and rooms."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "experts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("specialty", sa.String(length=24), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("accepting", sa.Boolean(), nullable=False),
        sa.Column("hours", schema.JsonCol, nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("most_open BETWEEN 0 AND 100", name="an_expert_takes_a_sensible_number"),
        sa.ForeignKeyConstraint(["id"], ["people.id"], name=op.f("fk_experts_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_experts_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experts")),
    )
    op.create_index("ix_experts_of_a_specialty", "experts", ["specialty", "accepting"], unique=False)
    op.create_table(
        "consultations",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("requesting_site_id", sa.String(length=32), nullable=False),
        sa.Column("centre_site_id", sa.String(length=32), nullable=True),
        sa.Column("requester_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("urgency", sa.String(length=10), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("wanted_specialty", sa.String(length=24), nullable=False),
        sa.Column("completeness", sa.Integer(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("saved_at", schema.Instant(), nullable=False),
        sa.Column("submitted_at", schema.Instant(), nullable=True),
        sa.Column("accepted_at", schema.Instant(), nullable=True),
        sa.Column("route_reason", sa.Text(), nullable=True),
        sa.Column("supplement_wanted", sa.Text(), nullable=True),
        sa.Column("supplement_text", sa.Text(), nullable=True),
        sa.Column("expert_id", sa.String(length=32), nullable=True),
        sa.Column("assigned_at", schema.Instant(), nullable=True),
        sa.Column("starts_at", schema.Instant(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("confirmed_requester", schema.Instant(), nullable=True),
        sa.Column("confirmed_expert", schema.Instant(), nullable=True),
        sa.Column("declined_by", sa.String(length=10), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("no_show", sa.String(length=10), nullable=True),
        sa.Column("no_shows", sa.Integer(), nullable=False),
        sa.Column("missed_at", schema.Instant(), nullable=True),
        sa.Column("started_at", schema.Instant(), nullable=True),
        sa.Column("room_id", sa.String(length=32), nullable=True),
        sa.Column("diagnosis", sa.Text(), nullable=False),
        sa.Column("treatment", sa.Text(), nullable=False),
        sa.Column("refer", sa.String(length=10), nullable=False),
        sa.Column("opinion_at", schema.Instant(), nullable=True),
        sa.Column("signed_at", schema.Instant(), nullable=True),
        sa.Column("paper_id", sa.String(length=32), nullable=True),
        sa.Column("adoption", sa.String(length=10), nullable=True),
        sa.Column("adoption_reason", sa.Text(), nullable=True),
        sa.Column("feedback_at", schema.Instant(), nullable=True),
        sa.Column("rating_by_requester", sa.Integer(), nullable=True),
        sa.Column("rating_by_expert", sa.Integer(), nullable=True),
        sa.Column("ended_at", schema.Instant(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("clock_from", schema.Instant(), nullable=False),
        sa.Column("due_at", schema.Instant(), nullable=True),
        sa.Column("paused_at", schema.Instant(), nullable=True),
        sa.Column("look_at", schema.Instant(), nullable=True),
        sa.Column("told", schema.JsonCol, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(state = 'supplement') = (paused_at IS NOT NULL)", name="the_clock_stands_iff_supplement"),
        sa.CheckConstraint(
            "adoption IS NULL OR adoption IN ('adopted','partly','not')", name="an_opinion_is_adopted_partly_or_not"
        ),
        sa.CheckConstraint(
            "is_open = (state NOT IN ('closed','rejected','cancelled','expired'))",
            name="a_consultation_is_open_until_it_ends",
        ),
        sa.CheckConstraint("mode IN ('room','async')", name="a_consultation_has_a_room_or_is_in_writing"),
        sa.CheckConstraint("refer IN ('no','yes','urgent')", name="an_opinion_says_whether_to_refer"),
        sa.CheckConstraint(
            "state <> 'scheduled' OR (starts_at IS NOT NULL AND minutes IS NOT NULL AND room_id IS NOT NULL)",
            name="what_is_scheduled_has_a_time_and_a_room",
        ),
        sa.CheckConstraint(
            "state = 'draft' OR state = 'cancelled' OR (submitted_at IS NOT NULL AND centre_site_id IS NOT NULL)",
            name="what_is_submitted_has_a_centre",
        ),
        sa.CheckConstraint(
            "state IN ('draft','submitted','supplement','accepted','scheduled','assigned','in_session','opinion','signed','closed','rejected','cancelled','expired')",
            name="a_consultation_is_in_a_state_we_know",
        ),
        sa.CheckConstraint(
            "state NOT IN ('scheduled','assigned','in_session','opinion','signed') OR expert_id IS NOT NULL",
            name="an_expert_iff_somebody_answers",
        ),
        sa.CheckConstraint(
            "state NOT IN ('signed','closed') OR signed_at IS NOT NULL", name="an_opinion_is_signed_before_it_is_used"
        ),
        sa.CheckConstraint("urgency IN ('urgent','normal','elective')", name="a_consultation_has_an_urgency_we_know"),
        sa.CheckConstraint("(signed_at IS NULL) = (paper_id IS NULL)", name="a_paper_iff_signed"),
        sa.CheckConstraint(
            "centre_site_id IS NULL OR centre_site_id <> requesting_site_id", name="nobody_consults_their_own_hospital"
        ),
        sa.CheckConstraint("is_open = (ended_at IS NULL)", name="a_time_of_the_end_iff_ended"),
        sa.CheckConstraint(
            "rating_by_expert IS NULL OR rating_by_expert BETWEEN 1 AND 5", name="a_request_is_rated_1_to_5"
        ),
        sa.CheckConstraint(
            "rating_by_requester IS NULL OR rating_by_requester BETWEEN 1 AND 5", name="a_consultation_is_rated_1_to_5"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_consultations_case_id")),
        sa.ForeignKeyConstraint(["centre_site_id"], ["sites.id"], name=op.f("fk_consultations_centre_site_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["people.id"], name=op.f("fk_consultations_expert_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_consultations_paper_id")),
        sa.ForeignKeyConstraint(["requester_id"], ["people.id"], name=op.f("fk_consultations_requester_id")),
        sa.ForeignKeyConstraint(["requesting_site_id"], ["sites.id"], name=op.f("fk_consultations_requesting_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations")),
        sa.UniqueConstraint("number", name="a_consultation_number_is_used_once"),
    )
    op.create_index(
        "consultations_a_site_answers", "consultations", ["centre_site_id", "is_open", "due_at"], unique=False
    )
    op.create_index(
        "consultations_a_site_asked_for", "consultations", ["requesting_site_id", "is_open", "due_at"], unique=False
    )
    op.create_index(
        "consultations_by_their_next_look",
        "consultations",
        ["look_at"],
        unique=False,
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index("consultations_of_a_case", "consultations", ["case_id", "created_at"], unique=False)
    op.create_index("consultations_of_an_expert", "consultations", ["expert_id", "is_open", "starts_at"], unique=False)
    op.create_table(
        "rooms",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opens_at", schema.Instant(), nullable=False),
        sa.Column("opened_at", schema.Instant(), nullable=True),
        sa.Column("closed_at", schema.Instant(), nullable=True),
        sa.Column("host_site_id", sa.String(length=32), nullable=False),
        sa.Column("guests", schema.JsonCol, nullable=False),
        sa.Column("presenter_seat_id", sa.String(length=32), nullable=True),
        sa.Column("consent", schema.JsonCol, nullable=False),
        sa.Column("recording", sa.String(length=10), nullable=False),
        sa.Column("recording_id", sa.String(length=32), nullable=True),
        sa.Column("look_at", schema.Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(recording = 'off') = (recording_id IS NULL)", name="a_recording_iff_recorded"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="a_time_of_closing_iff_closed"),
        sa.CheckConstraint("kind IN ('consultation','meeting')", name="a_room_is_of_a_kind_we_know"),
        sa.CheckConstraint("recording IN ('off','asking','on')", name="recording_is_off_asked_for_or_on"),
        sa.CheckConstraint("state <> 'closed' OR recording = 'off'", name="nothing_is_recorded_in_a_closed_room"),
        sa.CheckConstraint("state <> 'waiting' OR opened_at IS NULL", name="a_waiting_room_was_not_opened"),
        sa.CheckConstraint("state IN ('waiting','open','closed')", name="a_room_is_waiting_open_or_closed"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_rooms_case_id")),
        sa.ForeignKeyConstraint(["host_site_id"], ["sites.id"], name=op.f("fk_rooms_host_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
    )
    op.create_index("ix_rooms_of_a_case", "rooms", ["case_id"], unique=False)
    op.create_index("ix_rooms_of_a_subject", "rooms", ["subject_id", "state"], unique=False)
    op.create_index(
        "rooms_by_their_next_look",
        "rooms",
        ["look_at"],
        unique=False,
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_table(
        "consultation_seconds",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("invited_at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_consultation_seconds_consultation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_consultation_seconds_person_id")),
        sa.PrimaryKeyConstraint("consultation_id", "person_id", name=op.f("pk_consultation_seconds")),
    )
    op.create_table(
        "consultation_studies",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("added_at", schema.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_consultation_studies_consultation_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_consultation_studies_study_id")),
        sa.PrimaryKeyConstraint("consultation_id", "study_id", name=op.f("pk_consultation_studies")),
    )
    op.create_table(
        "marks",
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("series_uid", sa.String(length=64), nullable=False),
        sa.Column("sop_uid", sa.String(length=64), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("points", schema.JsonCol, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.String(length=32), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("removed_at", schema.Instant(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "kind IN ('arrow','length','ellipse','text','freehand')", name="a_mark_is_of_a_kind_we_know"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_marks_by_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_marks_room_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_marks_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
    )
    op.create_index("ix_marks_of_a_room", "marks", ["room_id", "id"], unique=False)
    op.create_table(
        "recordings",
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("blob_key", sa.String(length=200), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("started_by_id", sa.String(length=32), nullable=False),
        sa.Column("started_at", schema.Instant(), nullable=True),
        sa.Column("ended_at", schema.Instant(), nullable=True),
        sa.Column("consents", schema.JsonCol, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("state <> 'done' OR blob_key IS NOT NULL", name="a_finished_recording_lies_somewhere"),
        sa.CheckConstraint("state IN ('asking','on','done','failed')", name="a_recording_is_in_a_state_we_know"),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_recordings_room_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["people.id"], name=op.f("fk_recordings_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
    )
    op.create_index("ix_recordings_of_a_room", "recordings", ["room_id", "id"], unique=False)
    op.create_table(
        "seats",
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("invited_at", schema.Instant(), nullable=False),
        sa.Column("hand_at", schema.Instant(), nullable=True),
        sa.Column("joined_at", schema.Instant(), nullable=True),
        sa.Column("left_at", schema.Instant(), nullable=True),
        sa.Column("present_until", schema.Instant(), nullable=True),
        sa.Column("attended_seconds", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("(state IN ('in','waiting')) = (present_until IS NOT NULL)", name="presence_iff_there"),
        sa.CheckConstraint("hand_at IS NULL OR state = 'in'", name="a_hand_is_raised_by_somebody_who_is_in"),
        sa.CheckConstraint("role IN ('host','member','guest','supervisor')", name="a_seat_has_a_role_we_know"),
        sa.CheckConstraint("state <> 'in' OR joined_at IS NOT NULL", name="who_is_in_has_come_in"),
        sa.CheckConstraint("state IN ('out','waiting','in','removed')", name="a_seat_is_out_waiting_in_or_removed"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seats_person_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_seats_room_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_seats_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
        sa.UniqueConstraint("room_id", "person_id", name="a_person_has_one_seat_in_a_room"),
    )
    op.create_index("ix_seats_of_a_person", "seats", ["person_id", "state"], unique=False)
    op.create_index(
        "seats_by_the_end_of_their_presence",
        "seats",
        ["present_until"],
        unique=False,
        sqlite_where=sa.text("present_until IS NOT NULL"),
        postgresql_where=sa.text("present_until IS NOT NULL"),
    )
    op.create_table(
        "chat",
        sa.Column("room_id", sa.String(length=32), nullable=False),
        sa.Column("seat_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_chat_room_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_chat_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat")),
    )
    op.create_index("ix_chat_of_a_room", "chat", ["room_id", "id"], unique=False)
