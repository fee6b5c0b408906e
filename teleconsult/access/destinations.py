"""Where objects may be sent: peers that have a host and a port of their own."""

from dataclasses import dataclass

from sqlalchemy import select

from teleconsult.access.peers import Peer, peer_of
from teleconsult.access.tables import PeerRow
from teleconsult.kernel.errors import Refused, absent
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class Destination:
    """A peer that can be called."""

    peer: Peer
    host: str
    port: int
    tls: bool = False  # it is called over TLS
    certificate: str | None = None  # PEM, that it must show then


def destination_of(row: PeerRow) -> Destination | None:
    """None for a peer that is disabled or of which nobody has said where it listens."""
    if row.disabled or not row.host or not row.port:
        return None
    return Destination(peer_of(row), row.host, row.port, row.tls_outgoing, row.certificate)


def address_of(work: Work, peer_id: str) -> Destination | None:
    """Where the peer itself can be called; None when nobody has said. ABSENT `peer.absent`."""
    return destination_of(work.get(PeerRow, peer_id))


def destination(work: Work, ae_title: str, site_id: str) -> Destination:
    """The peer of this title that can be called: the asking site's own where it has one.

    ABSENT `peer.no_destination` when there is none, or none is its own and several others bear the title.
    """
    rows = work.session.scalars(select(PeerRow).where(PeerRow.ae_title == ae_title.strip()).order_by(PeerRow.id))
    known = [found for row in rows if (found := destination_of(row)) is not None]
    own = [each for each in known if each.peer.site_id == site_id]
    if own or len(known) == 1:
        return (own or known)[0]
    raise no_destination(ae_title)


def is_known(work: Work, ae_title: str, site_id: str) -> bool:
    """Whether the site has a peer of this title, be it one that can be called or not."""
    wanted = select(PeerRow.id).where(PeerRow.ae_title == ae_title.strip(), PeerRow.site_id == site_id)
    return work.session.scalars(wanted.limit(1)).first() is not None


def no_destination(ae_title: str) -> Refused:
    return absent("peer.no_destination", f"{ae_title[:16]!r} is no destination of yours", peer=ae_title[:16])


def report_destinations(work: Work, site_id: str) -> list[Destination]:
    """Where signed reports of a site's studies go. A peer that is to have them and of which nobody has said where it listens is none."""
    wanted = select(PeerRow).where(PeerRow.site_id == site_id, PeerRow.receives_reports.is_(True)).order_by(PeerRow.id)
    return [found for row in work.session.scalars(wanted) if (found := destination_of(row)) is not None]
