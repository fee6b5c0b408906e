"""What gateways say of themselves, so that the centre sees a county whose line is down before the county calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from teleconsult.access import Actor, Peer, Thing, permits, seen
from teleconsult.access.queries import enabled_peers
from teleconsult.imaging.tables_uploads import GatewayReportRow
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Work

_SEEN_WITH = ("arrivals.see", "peer.manage")


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway as it last reported."""

    peer_id: str
    ae_title: str
    site_id: str
    at: datetime
    report: dict[str, Any]


def reported(work: Work, peer: Peer, report: dict[str, Any], error: str | None) -> None:
    """Keep the report in the place of the last one, and note that the peer called."""
    insert_new(work.session, GatewayReportRow, {"peer_id": peer.id, "at": work.now, "report": report}, "peer_id")
    row = work.session.get_one(GatewayReportRow, peer.id, populate_existing=True)
    row.at, row.report = work.now, report
    seen(work, peer.id, work.now)
    if error:
        seen(work, peer.id, work.now, f"gateway.{error}")  # the node's own codes of the line mean other things


def gateways(work: Work, actor: Actor) -> Sequence[Gateway]:
    """The gateways of the sites whose arrivals the actor sees, or whose peers they manage; silent ones first."""
    peers = enabled_peers(work)
    rows = work.session.scalars(select(GatewayReportRow).order_by(GatewayReportRow.at)).all()
    found = [Gateway(row.peer_id, *peers[row.peer_id], row.at, row.report) for row in rows if row.peer_id in peers]
    return [each for each in found if any(permits(actor, verb, Thing(site_id=each.site_id)) for verb in _SEEN_WITH)]
