"""Rows of storage commitments that peers have asked for (PS3.4 Annex J). Only `imaging` writes them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from teleconsult.records.schema import Base, JsonCol, Versioned


class CommitmentRow(Versioned, Base):
    """What a peer wants us to answer for: `items` are "class instance". A peer may ask for the same list under the same Transaction UID
    again; another list under it is a row of its own, and is refused item by item.

    `settled`: everything acknowledged to the peer before was in the index. `ours_until`: so long the node that took it tries by itself.
    """

    __tablename__ = "commitments"
    transaction_uid: Mapped[str] = mapped_column(String(64))
    peer_id: Mapped[str] = mapped_column(ForeignKey("peers.id"))
    digest: Mapped[str] = mapped_column(String(64))
    items: Mapped[list[str]]
    asked_at: Mapped[datetime]
    times: Mapped[int] = mapped_column(Integer, default=1)
    settled: Mapped[bool] = mapped_column(Boolean)
    ours_until: Mapped[datetime]
    reported_at: Mapped[datetime | None]
    way: Mapped[str | None] = mapped_column(String(4))
    failed: Mapped[dict[str, Any] | None] = mapped_column(JsonCol)
    __table_args__ = (
        UniqueConstraint(
            "peer_id", "transaction_uid", "digest", name="a_peer_asks_for_a_list_under_a_transaction_once"
        ),
        CheckConstraint("way IN ('new','same')", name="a_commitment_is_reported_on_a_new_or_the_same_association"),
        CheckConstraint("(reported_at IS NULL) = (way IS NULL)", name="a_commitment_is_reported_iff_it_says_how"),
        Index("ix_commitments_by_time", "asked_at"),
    )
