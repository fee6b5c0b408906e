"""Who calls on the DICOM port: calling AE title and address give the peer, the peer gives the site."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from teleconsult.access import facts
from teleconsult.access.actors import Actor
from teleconsult.access.tables import PeerRow
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class LineRules:
    """What a peer must show when it calls, and how often it may. None: as everybody."""

    tls_required: bool = False
    fingerprint: str | None = None
    identity_name: str | None = None
    identity_hash: str | None = None
    most_associations: int | None = None
    most_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """A known DICOM application. `charset` overrides what its headers declare; `issuers` maps (0010,0021) to an issuer."""

    id: str
    ae_title: str
    site_id: str
    charset: str | None
    issuers: Mapping[str, str]
    line: LineRules = field(default_factory=LineRules)

    def actor(self) -> Actor:
        return Actor(id=self.id, name=self.ae_title, kind="peer", site_id=self.site_id)


def identify(work: Work, ae_title: str, address: str) -> Peer | None:
    """The enabled peer with this title whose address fits best (exact, then the narrowest network, then any), or None."""
    caller = _caller(address)
    if caller is None:
        return None
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
    line = LineRules(
        row.tls_required, row.fingerprint, row.identity_name, row.identity_hash, row.most_associations, row.most_per_minute
    )  # fmt: skip
    return Peer(row.id, row.ae_title, row.site_id, row.charset, row.issuers, line)


def certificates(work: Work) -> tuple[str, ...]:
    """The certificates (PEM) of enabled peers."""
    wanted = select(PeerRow.certificate).where(PeerRow.certificate.is_not(None), PeerRow.disabled.is_(False))
    return tuple(sorted({text for text in work.session.scalars(wanted) if text is not None}))


def at_address(work: Work, address: str) -> list[Peer]:
    """The enabled peers that may call over TLS from that very address or a network around it: those of whom a failed handshake may be."""
    caller = _caller(address)
    if caller is None:
        return []
    rows = work.session.scalars(select(PeerRow).where(PeerRow.disabled.is_(False), PeerRow.address != "*"))
    return [
        peer_of(row)
        for row in rows
        if (row.tls_required or row.fingerprint is not None) and _fits(row.address, caller) is not None
    ]


def _caller(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return None
    return caller.ipv4_mapped or caller if isinstance(caller, ipaddress.IPv6Address) else caller


def _fits(address: str, caller: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int | None:
    """How narrow the fitting network is (prefix length, -1 for any), None when it does not fit."""
    if address == "*":
        return -1
    network = ipaddress.ip_network(address)
    return network.prefixlen if caller in network else None


def refused(work: Work, peer: Peer, at: datetime, code: str, why: str, client: str) -> None:
    """Note for the people who look after the line, and in the journal, that a call under the peer's title was turned away."""
    seen(work, peer.id, at, f"{code}: {why}")
    work.record(facts.peer_refused(peer.id, peer.ae_title, peer.site_id, code, client))


def seen(work: Work, peer_id: str, at: datetime, error: str | None = None, secure: bool | None = None) -> None:
    """Note that the peer called (and whether over TLS), or what went wrong. No version is counted: nobody decides by it."""
    values: dict[str, object] = {"last_error": error[:500], "last_error_at": at} if error else {"last_seen_at": at}
    if secure is not None:
        values["last_secure"] = secure
    work.session.execute(update(PeerRow).where(PeerRow.id == peer_id).values(**values))
