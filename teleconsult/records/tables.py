"""The journal's own tables: facts, their deliveries, and the seals over them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Counter, Id


class FactRow(Base):
    """What happened, once. Never changed but for `seal_no`, never deleted."""

    __tablename__ = "facts"
    seq: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    name: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer)
    study_id: Mapped[str | None] = mapped_column(Id)
    case_id: Mapped[str | None] = mapped_column(Id)
    sites: Mapped[list[str]]
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(200))
    actor_site: Mapped[str | None] = mapped_column(Id)
    mac: Mapped[str] = mapped_column(String(64))
    seal_no: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (
        Index(
            "ix_facts_of_a_study",
            "study_id",
            "seq",
            sqlite_where=study_id.is_not(None),
            postgresql_where=study_id.is_not(None),
        ),
        Index(
            "ix_facts_of_a_case",
            "case_id",
            "seq",
            sqlite_where=case_id.is_not(None),
            postgresql_where=case_id.is_not(None),
        ),
        Index("ix_facts_of_a_subject", "subject", "subject_id", "seq"),
        Index("ix_facts_not_yet_sealed", "seq", sqlite_where=seal_no.is_(None), postgresql_where=seal_no.is_(None)),
        Index("ix_facts_of_a_seal", "seal_no", "seq"),
        {"sqlite_autoincrement": True},
    )


class DeliveryRow(Base):
    """One job owed to one fact. `handed_until`: the relay gave it to the broker; `lease_until`: a worker is at it."""

    __tablename__ = "deliveries"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    fact_seq: Mapped[int] = mapped_column(ForeignKey("facts.seq"))
    job: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10), default="due")
    next_try: Mapped[datetime]
    handed_until: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    runner: Mapped[str | None] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    error_code: Mapped[str | None] = mapped_column(String(80))
    error: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint("state IN ('due','done','parked')", name="a_delivery_is_due_done_or_parked"),
        Index("one_delivery_per_fact_and_job", "fact_seq", "job", unique=True),
        Index("ix_deliveries_due", "next_try", sqlite_where=state == "due", postgresql_where=state == "due"),
        Index("ix_deliveries_parked", "id", sqlite_where=state == "parked", postgresql_where=state == "parked"),
    )


class SealRow(Base):
    """One link of the audit chain over a batch of facts."""

    __tablename__ = "seals"
    no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    count: Mapped[int]
    facts_hash: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
