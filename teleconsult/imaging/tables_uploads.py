"""Rows of files on their way in over HTTPS, and of what gateways say of themselves. Only `imaging` writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, Id, Identified


class UploadRow(Identified, Base):
    """A file that somebody has announced. `received` bytes of its `size` are here, in chunks of `chunk_size` from its beginning.

    `kind` says what became of it once it is whole (as `ArrivalRow.kind`), `code` and `params` why it was refused. `owner_id` is a person
    or a peer. A row lives until `expires_at`, which moves on with every chunk.
    """

    __tablename__ = "uploads"
    owner_id: Mapped[str] = mapped_column(Id)
    peer_id: Mapped[str | None] = mapped_column(ForeignKey("peers.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str] = mapped_column(String(300))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    chunk_size: Mapped[int] = mapped_column(Integer)
    priority: Mapped[str] = mapped_column(String(10))
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(6), default="open")
    kind: Mapped[str | None] = mapped_column(String(12))
    code: Mapped[str | None] = mapped_column(String(60))
    params: Mapped[dict[str, Any]]
    study_id: Mapped[str | None] = mapped_column(ForeignKey("studies.id"))
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("owner_id", "site_id", "sha256", name="somebody_uploads_a_file_once_for_a_site"),
        CheckConstraint("state IN ('open','done')", name="an_upload_is_open_or_done"),
        CheckConstraint("(state = 'done') = (kind IS NOT NULL)", name="an_upload_has_ended_iff_it_says_how"),
        CheckConstraint("received >= 0 AND received <= size", name="an_upload_has_no_more_than_it_announced"),
        CheckConstraint("priority IN ('STAT','URGENT','ROUTINE')", name="an_upload_has_a_priority_we_know"),
        Index("ix_uploads_of_somebody", "owner_id", "state"),
        Index("ix_uploads_to_tidy", "expires_at"),
    )


class GatewayReportRow(Base):
    """What a gateway last said of itself: its queue, its disk, its clock."""

    __tablename__ = "gateway_reports"
    peer_id: Mapped[str] = mapped_column(ForeignKey("peers.id"), primary_key=True)
    at: Mapped[datetime]
    report: Mapped[dict[str, Any]]
