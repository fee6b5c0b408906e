"""The results of storage commitments that the node which took them did not bring to the peer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teleconsult.access import peer_by_id, seen
from teleconsult.access.destinations import address_of, no_destination
from teleconsult.imaging import commitment
from teleconsult.kernel.errors import Refused, busy
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow


def report_commitment(bench: Bench, fact: FactRow) -> None:
    """Tell the peer on a new association what we answer for, as it is now. BUSY while the node tries by itself, or objects may still be on
    their way; ABSENT `peer.no_destination` when nobody has said where the peer listens.

    Repeat-safe by: the commitment's row says when it was reported; a report that was not noted is sent again, which the peer knows by
    its Transaction UID.
    """
    system = bench.system
    with system.read() as work:
        row = commitment.owed(work, fact.subject_id)
        if row is None:
            return
        if commitment.is_tried_elsewhere(row, work.now):
            raise busy("commitment.elsewhere", f"{row.transaction_uid}: the node that took it tries by itself")
        peer, to = peer_by_id(work, row.peer_id), address_of(work, row.peer_id)
        said = commitment.verdict(work, system.blobs, peer, row)
    try:
        if to is None:
            raise no_destination(peer.ae_title)
        bench.lines.report(system.settings.ae_title, to, said)
    except Refused as refused:
        with system.work() as work:
            seen(work, peer.id, work.now, f"{refused.code}: {refused.detail}")
        raise
    with system.work() as work:
        commitment.reported(work, row.id, said, "new", peer.ae_title, peer.site_id)
