"""Patients, studies, series, instances; what is kept apart; arrivals."""

import sqlalchemy as sa
from alembic import op

from teleconsult.records import schema

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "patients",
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=324), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("birth_date", sa.String(length=8), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint("issuer", "key", name="a_patient_is_one_number_of_one_issuer"),
    )
    op.create_table(
        "studies",
        sa.Column("study_uid", sa.String(length=64), nullable=False),
        sa.Column("patient_id", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("peer_id", sa.String(length=32), nullable=True),
        sa.Column("issuer", sa.String(length=64), nullable=False),
        sa.Column(
            "patient_number", sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("name", sa.String(length=324), nullable=False),
        sa.Column("name_shown", sa.String(length=200), nullable=False),
        sa.Column("name_raw", sa.LargeBinary(), nullable=False),
        sa.Column("doubtful", sa.Boolean(), nullable=False),
        sa.Column("name_differs", sa.Boolean(), nullable=False),
        sa.Column("charset", sa.String(length=80), nullable=False),
        sa.Column("charset_reason", sa.String(length=20), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("birth_date", sa.String(length=8), nullable=False),
        sa.Column("age", sa.String(length=4), nullable=False),
        sa.Column("accession", sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql"), nullable=False),
        sa.Column("study_number", sa.String(length=64), nullable=False),
        sa.Column("study_date", sa.String(length=8), nullable=False),
        sa.Column("study_time", sa.String(length=6), nullable=False),
        sa.Column("description", sa.String(length=64), nullable=False),
        sa.Column("body_part", sa.String(length=64), nullable=False),
        sa.Column("referring", sa.String(length=324), nullable=False),
        sa.Column("institution", sa.String(length=64), nullable=False),
        sa.Column("modality", sa.String(length=16), nullable=False),
        sa.Column("modalities", schema.JsonCol, nullable=False),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("arrived_at", schema.Instant(), nullable=False),
        sa.Column("last_arrival_at", schema.Instant(), nullable=False),
        sa.Column("settle_at", schema.Instant(), nullable=False),
        sa.Column("prepared_at", schema.Instant(), nullable=True),
        sa.Column("series_count", sa.Integer(), nullable=False),
        sa.Column("instance_count", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("priority IN ('STAT','URGENT','ROUTINE')", name="a_study_has_a_priority_we_know"),
        sa.CheckConstraint("state <> 'prepared' OR prepared_at IS NOT NULL", name="a_prepared_study_says_since_when"),
        sa.CheckConstraint(
            "state IN ('receiving','settled','prepared')", name="a_study_is_receiving_settled_or_prepared"
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_studies_patient_id")),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_studies_peer_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_studies_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studies")),
        sa.UniqueConstraint("study_uid", name="a_study_uid_is_kept_once"),
    )
    op.create_index("ix_studies_by_accession", "studies", ["accession"], unique=False)
    op.create_index("ix_studies_by_arrival", "studies", ["arrived_at", "id"], unique=False)
    op.create_index("ix_studies_by_date", "studies", ["study_date"], unique=False)
    op.create_index("ix_studies_by_patient_number", "studies", ["patient_number"], unique=False)
    op.create_index("ix_studies_of_a_patient", "studies", ["patient_id"], unique=False)
    op.create_index("ix_studies_of_a_site", "studies", ["site_id", "arrived_at"], unique=False)
    op.create_index(
        "ix_studies_to_settle",
        "studies",
        ["settle_at"],
        unique=False,
        sqlite_where=sa.text("state = 'receiving'"),
        postgresql_where=sa.text("state = 'receiving'"),
    )
    op.create_table(
        "quarantine",
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("peer_id", sa.String(length=32), nullable=True),
        sa.Column("sender", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("params", schema.JsonCol, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("sop_uid", sa.String(length=64), nullable=False),
        sa.Column("study_uid", sa.String(length=64), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=True),
        sa.Column("transfer_syntax", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("blob_key", sa.String(length=200), nullable=True),
        sa.Column("dataset_offset", sa.Integer(), nullable=False),
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("last_at", schema.Instant(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("resolved_at", schema.Instant(), nullable=True),
        sa.Column("resolved_by", sa.String(length=120), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(state = 'resolved') = (resolved_by IS NOT NULL)", name="somebody_resolved_it_iff_resolved"
        ),
        sa.CheckConstraint("reason LIKE 'object.%' OR blob_key IS NOT NULL", name="only_a_refused_object_may_be_gone"),
        sa.CheckConstraint("state IN ('open','resolved')", name="a_quarantined_object_is_open_or_resolved"),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_quarantine_peer_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_quarantine_site_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_quarantine_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint(
            "site_id", "reason", "sha256", "transfer_syntax", name="the_same_bytes_are_quarantined_once_for_a_reason"
        ),
    )
    op.create_index("ix_quarantine_of_a_site", "quarantine", ["site_id", "state", "last_at"], unique=False)
    op.create_index("ix_quarantine_of_a_study", "quarantine", ["study_id"], unique=False)
    op.create_table(
        "series",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("series_uid", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("modality", sa.String(length=16), nullable=False),
        sa.Column("description", sa.String(length=64), nullable=False),
        sa.Column("body_part", sa.String(length=64), nullable=False),
        sa.Column("instance_count", sa.Integer(), nullable=False),
        sa.Column("created_at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_series_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("study_id", "series_uid", name="a_series_uid_is_kept_once_in_a_study"),
    )
    op.create_index("ix_series_by_modality", "series", ["modality", "study_id"], unique=False)
    op.create_index("ix_series_by_uid", "series", ["series_uid"], unique=False)
    op.create_table(
        "study_names",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_study_names_study_id")),
        sa.PrimaryKeyConstraint("study_id", "key", name=op.f("pk_study_names")),
    )
    op.create_index("ix_study_names_by_key", "study_names", ["key", "study_id"], unique=False)
    op.create_table(
        "instances",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("series_id", sa.String(length=32), nullable=False),
        sa.Column("sop_uid", sa.String(length=64), nullable=False),
        sa.Column("sop_class", sa.String(length=64), nullable=False),
        sa.Column("transfer_syntax", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("columns", sa.Integer(), nullable=True),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("identity_sha", sa.String(length=64), nullable=False),
        sa.Column("blob_key", sa.String(length=200), nullable=False),
        sa.Column("dataset_offset", sa.Integer(), nullable=False),
        sa.Column("arrived_at", schema.Instant(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("frames >= 1", name="an_instance_has_a_frame"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_instances_series_id")),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_instances_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instances")),
        sa.UniqueConstraint("sop_uid", name="a_sop_instance_uid_is_kept_once"),
    )
    op.create_index("ix_instances_of_a_series", "instances", ["series_id", "number"], unique=False)
    op.create_index("ix_instances_of_a_study", "instances", ["study_id"], unique=False)
    op.create_table(
        "arrivals",
        sa.Column("at", schema.Instant(), nullable=False),
        sa.Column("site_id", sa.String(length=32), nullable=False),
        sa.Column("peer_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("transfer_syntax", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("instance_id", sa.String(length=32), nullable=True),
        sa.Column("quarantine_id", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "kind IN ('stored','repeat','other_syntax','conflict','identity','refused')",
            name="an_arrival_ended_in_a_way_we_know",
        ),
        sa.ForeignKeyConstraint(["instance_id"], ["instances.id"], name=op.f("fk_arrivals_instance_id")),
        sa.ForeignKeyConstraint(["peer_id"], ["peers.id"], name=op.f("fk_arrivals_peer_id")),
        sa.ForeignKeyConstraint(["quarantine_id"], ["quarantine.id"], name=op.f("fk_arrivals_quarantine_id")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_arrivals_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
    )
    op.create_index("ix_arrivals_of_a_site", "arrivals", ["site_id", "at"], unique=False)
    op.create_index("ix_arrivals_of_an_instance", "arrivals", ["instance_id"], unique=False)
