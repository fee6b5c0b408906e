"""C-STORE: keep the bytes as received, with a receipt that is enough to index them after a crash, and answer only then (PS3.4 B.2)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event

from dicom_node import status
from dicom_node.answering import Answering, Frame, Refusal
from dicom_node.arrival import Arrival, ArrivingDataSet
from dicom_node.backlog import Backlog
from dicom_node.drafts import Drafts
from teleconsult.access import Peer
from teleconsult.imaging.cut_off import Cut, note
from teleconsult.imaging.header_glance import is_plain
from teleconsult.imaging.ingest import Limits, StagedObject, header_of_staged, ingest
from teleconsult.imaging.line_check import came_back, is_test
from teleconsult.imaging.receipts import Receipt
from teleconsult.imaging.settle import Quiet
from teleconsult.kernel.errors import Meaning, Refused, busy, invalid
from teleconsult.system import System

if TYPE_CHECKING:
    from pynetdicom.association import Association


LOG = logging.getLogger(__name__)


class Storing:
    """The C-STORE service of one node. Threads share it. `most_waiting` objects may be acknowledged and not indexed yet."""

    def __init__(
        self, system: System, answering: Answering, drafts: Drafts, backlog: Backlog, most_waiting: int
    ) -> None:
        self._system = system
        self._answering = answering
        self._drafts = drafts
        self._backlog = backlog
        self._most_waiting = most_waiting
        chosen = system.settings
        quiet = Quiet(chosen.settle_seconds, chosen.settle_stat_seconds)
        self._limits = Limits(chosen.quarantine_bytes, quiet)
        self._lock = threading.Lock()
        self._under_way = 0

    def under_way(self) -> int:
        """Objects received whole and not yet answered."""
        return self._under_way

    def begin(self, sop_class: str, sop_uid: str, transfer_syntax: str) -> Arrival:
        return Arrival(sop_class, sop_uid, transfer_syntax, self._drafts)

    @contextmanager
    def arrival(self, sop_class: str, sop_uid: str, transfer_syntax: str) -> Iterator[Arrival]:
        """An object under way; what is not kept in the block is removed at its end."""
        arrival = self.begin(sop_class, sop_uid, transfer_syntax)
        try:
            yield arrival
        finally:
            arrival.discard()

    def on_store(self, event: Event) -> int | Dataset:
        """A C-STORE that came through pynetdicom's queues: the same promise as the short way's."""
        request = cast(C_STORE, event.request)
        arriving = request.DataSet
        try:
            arrival = arriving.arrival if isinstance(arriving, ArrivingDataSet) else None
            code, comment = self.kept(event.assoc, arrival)
            return status.response(code, comment) if comment else code
        finally:
            if isinstance(arriving, ArrivingDataSet):
                arriving.discard()

    def kept(self, association: Association, arrival: Arrival | None) -> tuple[int, str]:
        """Status and comment of the answer. Success only when bytes and receipt are synced; otherwise what the sender should do next."""
        with self._lock:
            self._under_way += 1
        try:
            frame = _frame("an object" if arrival is None else arrival.sop_uid)
            return self._answering.once(association, frame, lambda peer: self._keep(peer, arrival), _refusal)
        finally:
            with self._lock:
                self._under_way -= 1

    def _keep(self, peer: Peer, arrival: Arrival | None) -> tuple[int, str]:
        if arrival is None:
            raise invalid("object.unreadable", "a C-STORE without a data set")
        if arrival.failure is not None or arrival.draft is None:
            raise busy("storage.full", str(arrival.failure))
        if len(self._backlog) >= self._most_waiting:
            raise busy("database.busy", f"{len(self._backlog)} received objects wait for the index")
        draft = arrival.draft
        if is_test(arrival.sop_uid):
            self._take_back(peer, arrival.sop_uid, draft.digest(), draft.size)
            return status.SUCCESS, ""
        staged = StagedObject(
            draft.path, arrival.transfer_syntax, arrival.sop_class or None, arrival.sop_uid or None,
            draft.size, draft.digest(), draft.offset,
        )  # fmt: skip
        if not is_plain(bytes(arrival.head), draft.size, arrival.transfer_syntax, arrival.sop_class, arrival.sop_uid):
            self._look_closely(peer, staged)
        receipt = Receipt(peer.id, self._system.clock.now(), draft.offset, draft.size, staged.sha256_dataset)
        try:
            draft.seal(receipt)
        except OSError as error:
            raise busy("storage.full", str(error)) from error
        self._backlog.add(draft.path, peer)
        return status.SUCCESS, ""

    def cut_off(self, peer: Peer, cut: Cut) -> None:
        """What did not come whole is noted for the technologists of its hospital. A note that can't be taken costs nothing."""
        if is_test(cut.sop_uid):
            return
        try:
            with self._system.work(peer.actor()) as work:
                note(work, peer, cut)
        except Refused as refused:
            LOG.warning("no note about a cut-off transfer of %s: %s", peer.ae_title, refused)

    def _take_back(self, peer: Peer, sop_uid: str, sha256: str, size: int) -> None:
        """The test image of a line check: its digest is noted, and it becomes no study."""
        with self._system.work(peer.actor()) as work:
            came_back(work, peer.id, sop_uid, sha256, size)

    def _look_closely(self, peer: Peer, staged: StagedObject) -> None:
        """Refuse what the index would refuse, with its bytes in quarantine, before the sender is answered."""
        try:
            header_of_staged(staged, peer.charset)
        except Refused as refused:
            if refused.meaning is Meaning.INVALID:
                ingest(self._system.store, self._system.blobs, peer, staged, self._limits)
            raise


def _frame(sop_uid: str) -> Frame:
    """That an object came is noted with the association: ten a second come."""
    return Frame(f"C-STORE of {sop_uid}", status.store_status, noted=False, level=logging.WARNING)


def _refusal(refused: Refusal) -> tuple[int, str]:
    return refused.status, refused.code or refused.why
