"""Who calls on the DICOM port: calling AE title and address give the peer, the peer gives the site."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from teleconsult.access.actors import Actor
from teleconsult.access.tables import PeerRow
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class Peer:
    """A known DICOM application. `charset` overrides what its headers declare; `issuers` maps (0010,0021) to an issuer."""

    id: str
    ae_title: str
    site_id: str
    charset: str | None
    issuers: Mapping[str, str]

    def actor(self) -> Actor:
        return Actor(id=self.id, name=self.ae_title, kind="peer", site_id=self.site_id)


def identify(work: Work, ae_title: str, address: str) -> Peer | None:
    """The enabled peer with this title whose address fits best (exact, then the narrowest network, then any), or None."""
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(caller, ipaddress.IPv6Address) and caller.ipv4_mapped:
        caller = caller.ipv4_mapped
    rows = work.session.scalars(
        select(PeerRow).where(PeerRow.ae_title == ae_title.strip(), PeerRow.disabled.is_(False))
    ).all()
    fitting = [(width, row) for row in rows if (width := _fits(row.address, caller)) is not None]
    if not fitting:
        return None
    return peer_of(max(fitting, key=lambda item: item[0])[1])


def peer_by_id(work: Work, peer_id: str) -> Peer:
    """A peer that has been let in already. ABSENT `peer.absent`."""
    return peer_of(work.get(PeerRow, peer_id))


def peer_of(row: PeerRow) -> Peer:
    """The peer as its row says."""
    return Peer(row.id, row.ae_title, row.site_id, row.charset, row.issuers)


def _fits(address: str, caller: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int | None:
    """How narrow the fitting network is (prefix length, -1 for any), None when it does not fit."""
    if address == "*":
        return -1
    network = ipaddress.ip_network(address)
    return network.prefixlen if caller in network else None


def seen(work: Work, peer_id: str, at: datetime, error: str | None = None) -> None:
    """Note that the peer called, or what went wrong. No version is counted: nobody decides by it."""
    values = {"last_seen_at": at} if error is None else {"last_error": error[:500], "last_error_at": at}
    work.session.execute(update(PeerRow).where(PeerRow.id == peer_id).values(**values))
