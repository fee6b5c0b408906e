"""Stored objects over an association that is established: as they lie in the store, or unpacked where the peer takes nothing else."""

import threading
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from pydicom.uid import UID
from pynetdicom.association import Association
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE

from dicom_node import turnstile
from dicom_node.associate import MOST_CONTEXTS, Contexts, accepted
from dicom_node.transcode import TARGETS, plain
from teleconsult.imaging import whole
from teleconsult.imaging.part10 import part10_of
from teleconsult.imaging.render_apart import RenderApart
from teleconsult.imaging.retrieve import Leaving
from teleconsult.kernel.errors import absent, busy, invalid
from teleconsult.records import BlobStore

_WAITING_PDUS: Final = 32
"""That may wait for the network: an object of gigabytes never lies in memory."""
_MOST_PDU: Final = 131_072
"""Of ours, also to who takes any length: a fragment lies in memory whole, several times."""
_LOW_PRIORITY: Final = 2
WARNINGS: Final = frozenset({0xB000, 0xB006, 0xB007})


@dataclass(frozen=True, slots=True)
class Originator:
    """Whose C-MOVE it is (PS3.7 9.1.1.1.9)."""

    ae_title: str
    message_id: int


class Departure:
    """What sends objects of one store. Threads share it; codecs run in a child of its own."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._apart: RenderApart | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        with self._lock:
            if self._apart is not None:
                self._apart.close()

    def send(
        self, association: Association, item: Leaving, message_id: int, originator: Originator | None = None
    ) -> int:
        """The peer's status (PS3.4 B.2.3). INVALID `dimse.no_context` or `dimse.syntax` when the object cannot go this way,
        ABSENT `blob.absent`, BUSY `peer.silent` when the peer says nothing more."""
        taken = {syntax: context for (cls, syntax), context in accepted(association).items() if cls == item.sop_class}
        if not taken:
            raise invalid("dimse.no_context", f"the peer does not take {item.sop_class}")
        path = whole.file_of(self._blobs, item)
        if path is None:
            raise absent("blob.absent", item.blob_key)
        if item.transfer_syntax in taken:
            file = (path, part10_of(path).dataset_offset)
            context = taken[item.transfer_syntax]
            return store(association, item.sop_class, item.sop_uid, file, context, message_id, originator)
        with plain(path, item.transfer_syntax, taken, self._decoding(), self._blobs.staging()) as (unpacked, syntax):
            source = (unpacked, 0)
            return store(association, item.sop_class, item.sop_uid, source, taken[syntax], message_id, originator)

    def _decoding(self) -> RenderApart:
        with self._lock:
            if self._apart is None:
                self._apart = RenderApart()
            return self._apart


def contexts_for(leaving: tuple[Leaving, ...]) -> Contexts:
    """One context for each class and stored syntax, and one for each class with what everybody takes; the stored ones first."""
    stored = dict.fromkeys((item.sop_class, (item.transfer_syntax,)) for item in leaving)
    plainly = dict.fromkeys((item.sop_class, (each,)) for item in leaving for each in TARGETS)
    return [*stored, *(context for context in plainly if context not in stored)][:MOST_CONTEXTS]


def store(
    association: Association,
    sop_class: str,
    sop_uid: str,
    source: tuple[Path, int] | bytes,
    context: int,
    message_id: int,
    originator: Originator | None = None,
) -> int:
    """One C-STORE of a data set, given as bytes or as a file and where it begins there; the peer's status. BUSY `peer.silent`."""
    request = C_STORE()
    request.MessageID, request.Priority = message_id, _LOW_PRIORITY
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = UID(sop_class), UID(sop_uid)
    if originator is not None:
        request.MoveOriginatorApplicationEntityTitle = originator.ae_title
        request.MoveOriginatorMessageID = originator.message_id
    if isinstance(source, bytes):
        request.DataSet = BytesIO(source)
    else:
        request._dataset_path = source  # noqa: SLF001 (as its own send_c_store does)
    with turnstile.closed(association):
        _send(association, request, context)
        _, response = association.dimse.get_msg(block=True)
    status = getattr(response, "Status", None)
    if status is None:
        raise busy("peer.silent", f"no answer to {sop_uid}")
    return int(status)


def _send(association: Association, request: C_STORE, context: int) -> None:
    """As pynetdicom's `send_msg`, but never far ahead of the network."""
    message = C_STORE_RQ()
    message.primitive_to_message(request)
    message.context_id = context
    dul = association.dul
    most = min(association.dimse.maximum_pdu_size or _MOST_PDU, _MOST_PDU)  # 0: no limit (PS3.8 D.1.1)
    for fragment in message.encode_msg(context, most):
        while dul.to_provider_queue.qsize() > _WAITING_PDUS:
            if not association.is_established or not dul.is_alive():
                raise busy("peer.silent", "the association ended in the middle of an object")
            time.sleep(0.001)
        dul.send_pdu(fragment)
