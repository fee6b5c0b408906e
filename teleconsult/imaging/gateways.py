"""What gateways say of themselves, so that the centre sees a county whose line is down before the county calls.

One row of a peer holds the last report of each gateway that uses its token, by the name of the gateway's home; an older gateway has none.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from teleconsult.access import Actor, Peer, Role, Thing, notify, permits, retell, seen, settle, told_about
from teleconsult.access.queries import enabled_peers
from teleconsult.imaging.tables_uploads import GatewayReportRow
from teleconsult.kernel.values import Json
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Work

WAITS, SILENT = "gateway.stat_waits", "gateway.silent"
CODES: Final = (WAITS, SILENT)
TOLD: Final = (Role.TECHNOLOGIST, Role.COUNTY_DOCTOR, Role.COORDINATOR)
LATE: Final = timedelta(minutes=10)
"""So long an urgent image may wait, and a gateway that has images may not be heard of."""
_GIVEN_UP: Final = timedelta(days=7)
_SEEN_WITH = ("arrivals.see", "peer.manage")
_TOGETHER: Final = timedelta(minutes=10)
"""Reports of two homes within this time: two gateways, not one that was set up anew."""
_IDLE_KEPT, _KEPT = timedelta(days=1), timedelta(days=30)
"""How long a silent home stands beside one that reports: one that had nothing left, and one that had."""
_MOST = 16


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway as it last reported. `shared`: another one used the token of its peer at the same time."""

    peer_id: str
    ae_title: str
    site_id: str
    at: datetime
    report: dict[str, Any]
    shared: bool


def reported(work: Work, peer: Peer, report: dict[str, Any], home: str, error: str | None) -> bool:
    """Keep the report in the place of the last one of the same home, and note that the peer called. Whether the token is shared."""
    insert_new(work.session, GatewayReportRow, {"peer_id": peer.id, "at": work.now, "report": {}}, "peer_id")
    row = work.session.get_one(GatewayReportRow, peer.id, populate_existing=True, with_for_update=True)
    others = {
        name: (at, kept) for name, (at, kept) in _homes(row).items() if name != home and not _past(work, name, at, kept)
    }
    newest = sorted(others.items(), key=lambda each: each[1][0])[1 - _MOST :]
    homes = {name: {"at": at.isoformat(), "report": kept} for name, (at, kept) in newest}
    homes[home] = {"at": work.now.isoformat(), "report": report}
    row.at, row.report = work.now, {"homes": homes}
    seen(work, peer.id, work.now)
    if error:
        seen(work, peer.id, work.now, f"gateway.{error}")  # the node's own codes of the line mean other things
    return _shared(home, _homes(row))


def gateways(work: Work, actor: Actor) -> Sequence[Gateway]:
    """The gateways of the sites whose arrivals the actor sees, or whose peers they manage; always in the same order."""
    found = sorted(_all(work), key=_place)
    return [each for each in found if any(permits(actor, verb, Thing(site_id=each.site_id)) for verb in _SEEN_WITH)]


def watch(work: Work) -> int:
    """Tell a gateway's hospital of urgent images that wait there, and of one that is not heard of and had images left; let that go when it is
    over. How many are wrong now. Repeats harmlessly, in several processes, too."""
    wrong = {_about(each): (each, *trouble) for each in _all(work) if (trouble := _trouble(each, work.now))}
    told = told_about(work, CODES)
    for about, (each, code, count) in wrong.items():
        machine = each.report.get("machine")
        params: dict[str, Json] = {
            "gateway": f"{each.ae_title} · {machine}" if machine else each.ae_title,
            "count": count,
        }
        before = told.get(about)
        if before is not None and before[0] == code:
            if before[1] != params:
                retell(work, about, params)
        else:
            notify(work, f"gateway:{about}:{work.now:%Y%m%d%H%M}", each.site_id, TOLD, code, params=params, about=about)
    for about in told.keys() - wrong.keys():
        settle(work, about)
    return len(wrong)


def _trouble(each: Gateway, now: datetime) -> tuple[str, int] | None:
    left, silent = int(each.report.get("waiting") or 0), now - each.at
    if silent > LATE:
        return (SILENT, left) if left and silent < _GIVEN_UP else None
    urgent, age = int(each.report.get("waiting_stat") or 0), float(each.report.get("oldest_seconds") or 0)
    return (WAITS, urgent) if urgent and age >= LATE.total_seconds() else None


def _about(each: Gateway) -> str:
    return hashlib.sha256(f"{each.peer_id} {each.report.get('home') or ''}".encode()).hexdigest()[:32]


def _all(work: Work) -> Sequence[Gateway]:
    peers = enabled_peers(work)
    found = []
    for row in work.session.scalars(select(GatewayReportRow)):
        if row.peer_id not in peers:
            continue
        homes = _homes(row)
        for name, (at, report) in homes.items():
            found.append(Gateway(row.peer_id, *peers[row.peer_id], at, report, _shared(name, homes)))
    return found


def _shared(name: str, homes: Mapping[str, tuple[datetime, dict[str, Any]]]) -> bool:
    at = homes[name][0]
    return any(other != name and abs(then - at) <= _TOGETHER for other, (then, _) in homes.items())


def _place(each: Gateway) -> tuple[str, ...]:
    """Those of one peer together: each stands at the next look where it stood."""
    machine, home = str(each.report.get("machine") or ""), str(each.report.get("home") or "")
    return each.site_id, each.ae_title, each.peer_id, machine, home


def _homes(row: GatewayReportRow) -> dict[str, tuple[datetime, dict[str, Any]]]:
    """The last reports by home. A row of before homes were told apart is one report."""
    if not row.report:
        return {}
    kept: Mapping[str, Any] | None = row.report.get("homes")
    if kept is None:
        return {"": (row.at, row.report)}
    return {name: (datetime.fromisoformat(each["at"]), each["report"]) for name, each in kept.items()}


def _past(work: Work, name: str, at: datetime, report: Mapping[str, Any]) -> bool:
    """Whether a home that is silent is forgotten, since another one with its peer's token reports."""
    left = report.get("waiting") or report.get("parked")
    lasting = (
        _TOGETHER if not name else _KEPT if left else _IDLE_KEPT
    )  # without a name: it was updated, and has one now
    return work.now - at > lasting
