"""Rows of `imaging`. Only this context writes them; `queries.py` of contexts above may join them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Identified, Versioned

Uid = String(64)


def _searched(length: int) -> String:
    """Text that is searched by its beginning: compared byte by byte, so that a plain index serves."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class PatientRow(Versioned, Base):
    """A patient as one issuer knows them. `number` is (0010,0020); without one every study is a patient of its own (`key`).

    Those with the same `person_id` are one person by somebody's decision; None: nobody has said so of this one.
    """

    __tablename__ = "patients"
    issuer: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(324))
    sex: Mapped[str] = mapped_column(String(1))
    birth_date: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(String(32))
    __table_args__ = (
        UniqueConstraint("issuer", "key", name="a_patient_is_one_number_of_one_issuer"),
        Index("ix_patients_of_a_person", "person_id"),
        Index("ix_patients_by_number", "number"),
    )


class StudyRow(Versioned, Base):
    """A study with everything a list shows of it, so that no list needs a join.

    `name` is the person name in UTF-8 with its components, `name_shown` what people read, `name_raw` the bytes as sent.
    `modality` is the one it is read as, `modalities` all of them in order of arrival. Dates are YYYYMMDD, times HHMMSS
    of the hospital's own clock. `settle_at` is when it counts as complete if nothing more comes.
    """

    __tablename__ = "studies"
    study_uid: Mapped[str] = mapped_column(Uid)
    patient_id: Mapped[str] = mapped_column(ForeignKey("patients.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    peer_id: Mapped[str | None] = mapped_column(ForeignKey("peers.id"))
    issuer: Mapped[str] = mapped_column(String(64))
    patient_number: Mapped[str] = mapped_column(_searched(64))
    name: Mapped[str] = mapped_column(String(324))
    name_shown: Mapped[str] = mapped_column(String(200))
    name_raw: Mapped[bytes] = mapped_column(LargeBinary)
    doubtful: Mapped[bool] = mapped_column(Boolean)
    name_differs: Mapped[bool] = mapped_column(Boolean)
    charset: Mapped[str] = mapped_column(String(80))
    charset_reason: Mapped[str] = mapped_column(String(20))
    sex: Mapped[str] = mapped_column(String(1))
    birth_date: Mapped[str] = mapped_column(String(8))
    age: Mapped[str] = mapped_column(String(4))
    accession: Mapped[str] = mapped_column(_searched(64))
    study_number: Mapped[str] = mapped_column(String(64))
    study_date: Mapped[str] = mapped_column(String(8))
    study_time: Mapped[str] = mapped_column(String(6))
    description: Mapped[str] = mapped_column(String(64))
    body_part: Mapped[str] = mapped_column(String(64))
    referring: Mapped[str] = mapped_column(String(324))
    institution: Mapped[str] = mapped_column(String(64))
    modality: Mapped[str] = mapped_column(String(16))
    modalities: Mapped[list[str]]
    priority: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    arrived_at: Mapped[datetime]
    last_arrival_at: Mapped[datetime]
    settle_at: Mapped[datetime]
    prepared_at: Mapped[datetime | None]
    shown_version: Mapped[int | None] = mapped_column(Integer)  # whose manifest is the current one
    stale_since: Mapped[datetime | None] = mapped_column()  # older derived files lie about since then
    series_count: Mapped[int] = mapped_column(Integer, default=0)
    instance_count: Mapped[int] = mapped_column(Integer, default=0)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    __table_args__ = (
        UniqueConstraint("study_uid", name="a_study_uid_is_kept_once"),
        CheckConstraint("state IN ('receiving','settled','prepared')", name="a_study_is_receiving_settled_or_prepared"),
        CheckConstraint("priority IN ('STAT','URGENT','ROUTINE')", name="a_study_has_a_priority_we_know"),
        CheckConstraint("state <> 'prepared' OR prepared_at IS NOT NULL", name="a_prepared_study_says_since_when"),
        Index(
            "ix_studies_to_settle",
            "settle_at",
            sqlite_where=state == "receiving",
            postgresql_where=state == "receiving",
        ),
        Index(
            "ix_studies_to_tidy",
            "stale_since",
            sqlite_where=stale_since.is_not(None),
            postgresql_where=stale_since.is_not(None),
        ),
        Index("ix_studies_by_arrival", "arrived_at", "id"),
        Index("ix_studies_of_a_site", "site_id", "arrived_at"),
        Index("ix_studies_of_a_patient", "patient_id"),
        Index("ix_studies_by_date", "study_date"),
        Index("ix_studies_by_patient_number", "patient_number"),
        Index("ix_studies_by_accession", "accession"),
    )

    @property
    def in_doubt(self) -> bool:
        """The name is a guess of the character set, or what is known of the study names different people: whoever is shown it compares."""
        return self.doubtful or self.name_differs


class StudyNameRow(Base):
    """One way to find a study by its patient's name: as written, in pinyin, by initials; folded to lower case."""

    __tablename__ = "study_names"
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"), primary_key=True)
    key: Mapped[str] = mapped_column(_searched(200), primary_key=True)
    __table_args__ = (Index("ix_study_names_by_key", "key", "study_id"),)


class SeriesRow(Identified, Base):
    __tablename__ = "series"
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"))
    series_uid: Mapped[str] = mapped_column(Uid)
    number: Mapped[int | None]
    modality: Mapped[str] = mapped_column(String(16))
    description: Mapped[str] = mapped_column(String(64))
    body_part: Mapped[str] = mapped_column(String(64))
    instance_count: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("study_id", "series_uid", name="a_series_uid_is_kept_once_in_a_study"),
        Index("ix_series_by_uid", "series_uid"),
        Index("ix_series_by_modality", "modality", "study_id"),
    )


class InstanceRow(Identified, Base):
    """An object as received. Its file is `blob_key`: Part 10; its data set never changes. `dataset_offset` is where it began when it
    first came: sent again behind another meta group it may begin elsewhere, so readers ask the file (`header.read_stored`).

    `rejected` is why it is shown to nobody (`RejectionRow.code`); None: it is shown.
    """

    __tablename__ = "instances"
    study_id: Mapped[str] = mapped_column(ForeignKey("studies.id"))
    series_id: Mapped[str] = mapped_column(ForeignKey("series.id"))
    sop_uid: Mapped[str] = mapped_column(Uid)
    sop_class: Mapped[str] = mapped_column(Uid)
    transfer_syntax: Mapped[str] = mapped_column(Uid)
    number: Mapped[int | None]
    rows: Mapped[int | None]
    columns: Mapped[int | None]
    frames: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    identity_sha: Mapped[str] = mapped_column(String(64))
    blob_key: Mapped[str] = mapped_column(String(200))
    dataset_offset: Mapped[int]
    arrived_at: Mapped[datetime]
    rejected: Mapped[str | None] = mapped_column(String(16))
    __table_args__ = (
        UniqueConstraint("sop_uid", name="a_sop_instance_uid_is_kept_once"),
        CheckConstraint("frames >= 1", name="an_instance_has_a_frame"),
        Index("ix_instances_of_a_series", "series_id", "number"),
        Index("ix_instances_of_a_study", "study_id"),
    )


class QuarantineRow(Versioned, Base):
    """An object that is kept apart, or was refused. The same bytes for the same reason from one site are one row (`times`)."""

    __tablename__ = "quarantine"
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    peer_id: Mapped[str | None] = mapped_column(ForeignKey("peers.id"))
    sender: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(40))
    params: Mapped[dict[str, Any]]
    detail: Mapped[str] = mapped_column(Text)
    sop_uid: Mapped[str] = mapped_column(Uid)
    study_uid: Mapped[str] = mapped_column(Uid)
    study_id: Mapped[str | None] = mapped_column(ForeignKey("studies.id"))
    transfer_syntax: Mapped[str] = mapped_column(Uid)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    blob_key: Mapped[str | None] = mapped_column(String(200))
    dataset_offset: Mapped[int]
    at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[str] = mapped_column(String(10), default="open")
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str | None] = mapped_column(Text)
    conflict_key: Mapped[str | None] = mapped_column(String(64))  # of objects that contradict a study alike
    __table_args__ = (
        UniqueConstraint(
            "site_id", "reason", "sha256", "transfer_syntax", name="the_same_bytes_are_quarantined_once_for_a_reason"
        ),
        CheckConstraint("state IN ('open','resolved')", name="a_quarantined_object_is_open_or_resolved"),
        CheckConstraint("(state = 'resolved') = (resolved_by IS NOT NULL)", name="somebody_resolved_it_iff_resolved"),
        CheckConstraint("reason LIKE 'object.%' OR blob_key IS NOT NULL", name="only_a_refused_object_may_be_gone"),
        Index("ix_quarantine_of_a_site", "site_id", "state", "last_at"),
        Index("ix_quarantine_of_a_study", "study_id"),
        Index("ix_quarantine_of_a_conflict", "conflict_key"),
    )


class ArrivalRow(Identified, Base):
    """One object came in, and what became of it."""

    __tablename__ = "arrivals"
    at: Mapped[datetime]
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    peer_id: Mapped[str | None] = mapped_column(ForeignKey("peers.id"))
    kind: Mapped[str] = mapped_column(String(12))
    transfer_syntax: Mapped[str] = mapped_column(Uid)
    size: Mapped[int] = mapped_column(BigInteger)
    instance_id: Mapped[str | None] = mapped_column(ForeignKey("instances.id"))
    quarantine_id: Mapped[str | None] = mapped_column(ForeignKey("quarantine.id"))
    __table_args__ = (
        CheckConstraint(
            "kind IN ('stored','repeat','other_syntax','conflict','identity','refused')",
            name="an_arrival_ended_in_a_way_we_know",
        ),
        Index("ix_arrivals_of_a_site", "site_id", "at"),
        Index("ix_arrivals_of_an_instance", "instance_id"),
    )
