"""Objects that come again in another transfer syntax are compared with what is kept: between two transactions, for it may take long."""

from collections.abc import Sequence

from sqlalchemy import select

from teleconsult.imaging.ingest_index import Arrival
from teleconsult.imaging.ingest_sender import Sender
from teleconsult.imaging.same_apart import Comparing
from teleconsult.imaging.tables import InstanceRow
from teleconsult.records.blobs import BlobStore
from teleconsult.records.work import Store, Work


def compare(store: Store, blobs: BlobStore, sender: Sender, arrivals: Sequence[Arrival], comparing: Comparing) -> bool:
    """Find out for each whether it is the object that is kept, and note it in `compared`; False where there was nothing to find out.

    The bytes of the arrivals are under their keys already. Whoever indexes again after each call comes to an end: an answer is noted under the key
    of what is kept and never asked for twice, and there is nothing to find out only where somebody has exchanged that meanwhile (`identity_decide`),
    which the next look meets as it is then. One more turn takes one more decision of a person in between.
    """
    with store.read(sender.actor()) as work:
        wanted = _wanted(work, arrivals)
    for arrival, key in wanted:
        if arrival.compared is not None:
            arrival.compared[key] = comparing.is_same(blobs.path(key), blobs.path(arrival.key))
    return bool(wanted)


def _wanted(work: Work, arrivals: Sequence[Arrival]) -> list[tuple[Arrival, str]]:
    """Those of which another syntax is kept under an equal identifying header, each with the key of that."""
    uids = {each.header.sop_uid for each in arrivals}
    kept = select(InstanceRow.sop_uid, InstanceRow.identity_sha, InstanceRow.transfer_syntax, InstanceRow.blob_key)
    found = {row.sop_uid: row for row in work.session.execute(kept.where(InstanceRow.sop_uid.in_(uids)))}
    return [
        (each, row.blob_key)
        for each in arrivals
        if (row := found.get(each.header.sop_uid)) is not None
        and row.transfer_syntax != each.staged.transfer_syntax
        and row.identity_sha == each.header.identity_sha
        and row.blob_key not in (each.compared or {})
    ]
