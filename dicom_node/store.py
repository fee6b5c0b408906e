"""C-STORE: hand the bytes as received to `imaging.ingest`, and answer only after it has returned (PS3.4 B.2)."""

import logging
import threading
from typing import cast

from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event

from dicom_node import status
from dicom_node.peers import Admission, PeerLog
from dicom_node.staging import ArrivingDataSet, Draft
from teleconsult.access import Peer
from teleconsult.imaging.ingest import Limits, StagedObject, ingest
from teleconsult.imaging.settle import Quiet
from teleconsult.kernel.errors import Refused, busy, invalid
from teleconsult.system import System

LOG = logging.getLogger(__name__)


class Storing:
    """The C-STORE service of one node. Threads share it."""

    def __init__(self, system: System, admission: Admission, log: PeerLog) -> None:
        self._system = system
        self._admission = admission
        self._log = log
        chosen = system.settings
        quiet = Quiet(chosen.settle_seconds, chosen.settle_stat_seconds)
        self._limits = Limits(chosen.quarantine_bytes, quiet)
        self._lock = threading.Lock()
        self._under_way = 0

    def under_way(self) -> int:
        """Objects received whole and not yet answered."""
        return self._under_way

    def on_store(self, event: Event) -> int | Dataset:
        """Success only when the bytes are synced and the index row is committed; otherwise what the sender should do next."""
        request = cast(C_STORE, event.request)
        arriving = request.DataSet
        with self._lock:
            self._under_way += 1
        try:
            return self._answer(event, request)
        finally:
            with self._lock:
                self._under_way -= 1
            if isinstance(arriving, ArrivingDataSet):
                arriving.discard()

    def _answer(self, event: Event, request: C_STORE) -> int | Dataset:
        peer = self._admission.peer_of(event.assoc)
        if peer is None:
            return status.response(status.NOT_AUTHORISED, "not a peer of this node")
        try:
            self._store(event, request, peer)
        except Refused as refused:
            LOG.warning("%s: %s not stored: %s", peer.ae_title, request.AffectedSOPInstanceUID, refused)
            self._log.failed(peer, f"{refused.code}: {refused.detail}")
            return status.response(status.store_status(refused), refused.code)
        except Exception as error:  # the shell's boundary: the sender keeps the object and tries again
            LOG.exception("%s: %s not stored", peer.ae_title, request.AffectedSOPInstanceUID)
            self._log.failed(peer, f"{type(error).__name__}: {error}")
            return status.response(status.PROCESSING_FAILURE, "the node failed, see its log")
        self._log.called(peer)
        return status.SUCCESS

    def _store(self, event: Event, request: C_STORE, peer: Peer) -> None:
        arriving = request.DataSet
        if not isinstance(arriving, ArrivingDataSet):
            raise invalid("object.unreadable", "a C-STORE without a data set")
        if arriving.failure is not None:
            raise busy("storage.full", str(arriving.failure))
        if arriving.draft is None:
            raise invalid("object.unreadable", "a C-STORE without a data set")
        staged = _staged(request, str(event.context.transfer_syntax), arriving.draft)
        ingest(self._system.store, self._system.blobs, peer, staged, self._limits)


def _staged(request: C_STORE, transfer_syntax: str, draft: Draft) -> StagedObject:
    try:
        digest = draft.finish()
    except OSError as error:
        raise busy("storage.full", str(error)) from error
    return StagedObject(
        path=draft.path,
        transfer_syntax=transfer_syntax,
        sop_class=str(request.AffectedSOPClassUID or "") or None,
        sop_uid=str(request.AffectedSOPInstanceUID or "") or None,
        size=draft.size,
        sha256_dataset=digest,
        dataset_offset=draft.offset,
    )
