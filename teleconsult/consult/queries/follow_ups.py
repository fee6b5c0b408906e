"""The recommendations of a conclusion, as they are tracked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from teleconsult.access.queries import site_names
from teleconsult.reading.queries import Named
from teleconsult.records.work import Work
from teleconsult.referral.tables import FollowUpRow


@dataclass(frozen=True, slots=True)
class Tracked:
    """A recommendation: planned, done, changed or declined (with the reason)."""

    id: str
    version: int
    text: str
    owner_site: Named
    due_at: datetime | None
    state: str
    reason: str | None
    done_at: datetime | None


def tracked(work: Work, item_id: str) -> list[Tracked]:
    """Those of an item, by their due time."""
    sites = site_names(work)
    rows = work.session.scalars(select(FollowUpRow).where(_of(item_id)).order_by(FollowUpRow.due_at, FollowUpRow.id))
    return [
        Tracked(row.id, row.version, row.text, Named(row.owner_site_id, sites.get(row.owner_site_id, "")), row.due_at, row.state,
                row.reason, row.done_at)
        for row in rows
    ]  # fmt: skip


def open_follow_ups(work: Work, item_id: str) -> int:
    """How many of an item nobody has done, changed or declined yet."""
    planned = select(func.count()).select_from(FollowUpRow).where(_of(item_id), FollowUpRow.state == "planned")
    return work.session.scalar(planned) or 0


def _of(item_id: str) -> ColumnElement[bool]:
    return and_(FollowUpRow.from_kind == "meeting", FollowUpRow.from_id == item_id)
