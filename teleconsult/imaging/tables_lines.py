"""Rows of line checks: what was tried with a peer, what came of it, and test images that came back. Only `imaging` writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, JsonCol, Versioned


class LineCheckRow(Versioned, Base):
    """One check of the line to a peer. `result` holds the steps, `code` is what somebody reads out on the telephone."""

    __tablename__ = "line_checks"
    peer_id: Mapped[str] = mapped_column(ForeignKey("peers.id"))
    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(120))
    with_image: Mapped[bool] = mapped_column(Boolean)
    done_at: Mapped[datetime | None]
    good: Mapped[bool | None] = mapped_column(Boolean)
    code: Mapped[str | None] = mapped_column(String(16))
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonCol)
    __table_args__ = (
        CheckConstraint("(done_at IS NULL) = (result IS NULL)", name="a_line_check_is_done_iff_it_says_how"),
        Index("ix_line_checks_of_a_peer", "peer_id", "asked_at"),
    )


class LineReturnRow(Base):
    """A test image that a peer sent back: the digest of its data set, never the image."""

    __tablename__ = "line_returns"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    sop_uid: Mapped[str] = mapped_column(String(64))
    peer_id: Mapped[str | None] = mapped_column(ForeignKey("peers.id"))
    at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("ix_line_returns_by_uid", "sop_uid"),)
