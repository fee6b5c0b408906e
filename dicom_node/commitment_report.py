"""The result of a storage commitment as an N-EVENT-REPORT (PS3.4 J.3.3): on an association of its own, or on the one it was asked for on."""

import queue
import time
from io import BytesIO
from typing import Any, Final

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import build_role
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import N_EVENT_REPORT
from pynetdicom.dsutils import encode

from dicom_node import secure, status, syntaxes, turnstile
from dicom_node.associate import Patience, associated
from teleconsult.access.destinations import Destination
from teleconsult.imaging.commitment import Item, Verdict
from teleconsult.kernel.errors import busy, invalid
from teleconsult.settings import Settings

INSTANCE: Final = "1.2.840.10008.1.20.1.1"
"""The one instance of the Storage Commitment Push Model (PS3.4 J.3.5)."""
SUCCESSFUL: Final = 1
FAILURES_EXIST: Final = 2
_SYNTAXES: Final = ("1.2.840.10008.1.2.1", "1.2.840.10008.1.2")
PATIENCE: Final = Patience(connect=5.0, associate=10.0, answer=30.0)
_STANDS: Final = 0.02


def report_to(
    calling: str, to: Destination, said: Verdict, settings: Settings | None = None, patience: Patience = PATIENCE
) -> None:
    """Tell the peer on a new association, with this side as the SCP (PS3.4 J.3.1). Repeats safely.

    BUSY `peer.away` or `peer.silent`, INVALID `peer.rejected`, `peer.no_context`, `peer.certificate` or `peer.refused`.
    """
    context = secure.calling(settings, to)
    roles = [build_role(UID(syntaxes.COMMITMENT), scp_role=True)]
    contexts = [(syntaxes.COMMITMENT, _SYNTAXES)]
    with associated(
        (to.host, to.port), to.peer.ae_title, calling, contexts, patience, secure=context, roles=roles
    ) as line:
        answer, _ = line.send_n_event_report(
            information(said, calling), _event(said), UID(syntaxes.COMMITMENT), UID(INSTANCE)
        )
        _judge(answer.get("Status"), to.peer.ae_title)


def report_on(association: Association, said: Verdict, calling: str, ae_title: str, seconds: float = 20.0) -> None:
    """Tell the peer on the association that it asked on, as long as it keeps it open. Refusals as for `report_to`."""
    context = next(
        (each for each in association.accepted_contexts if each.abstract_syntax == syntaxes.COMMITMENT), None
    )
    if context is None or not association.is_established:
        raise busy("peer.away", f"{ae_title} has ended the association", peer=ae_title)
    syntax = context.transfer_syntax[0]
    request = N_EVENT_REPORT()
    request.MessageID, request.EventTypeID = 1, _event(said)
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = UID(syntaxes.COMMITMENT), UID(INSTANCE)
    encoded = encode(information(said, calling), syntax.is_implicit_VR, syntax.is_little_endian)
    request.EventInformation = BytesIO(encoded or b"")
    with turnstile.closed(association):
        association.dimse.send_msg(request, int(context.context_id or 0))
        _judge(_answer(association, seconds), ae_title)


def information(said: Verdict, retrieve_ae: str) -> Dataset:
    """The Event Information (PS3.4 table J.3-2)."""
    found = Dataset()
    found.TransactionUID = said.transaction_uid
    found.RetrieveAETitle = retrieve_ae
    if said.committed:
        found.ReferencedSOPSequence = [_item(item) for item in said.committed]
    if said.failed:
        found.FailedSOPSequence = [_item(item, reason) for item, reason in said.failed.items()]
    return found


def _item(item: Item, reason: int | None = None) -> Dataset:
    referenced = Dataset()
    referenced.ReferencedSOPClassUID, referenced.ReferencedSOPInstanceUID = item.sop_class, item.sop_uid
    if reason is not None:
        referenced.FailureReason = reason
    return referenced


def _event(said: Verdict) -> int:
    return FAILURES_EXIST if said.failed else SUCCESSFUL


def _judge(answered: int | None, peer: str) -> None:
    if answered is None:
        raise busy("peer.silent", f"{peer} says nothing to a commitment's result", peer=peer)
    if answered != status.SUCCESS:
        raise invalid("peer.refused", f"{peer} answers {answered:04X}", peer=peer, status=f"{answered:04X}")


def _answer(association: Association, seconds: float) -> int | None:
    """The status, as soon as it comes; None when the peer ends the association first, or says nothing in that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and association.is_established:
        if not association.dul.to_user_queue.empty():
            return None  # a release or an abort: the association's own loop is to answer it
        try:
            message: tuple[Any, Any] = association.dimse.msg_queue.get(timeout=0.1)
        except queue.Empty:
            continue
        if isinstance(message[1], N_EVENT_REPORT) and message[1].Status is not None:
            return int(message[1].Status)
        association.dimse.msg_queue.put(message)  # a request of the peer: its turn comes
        time.sleep(_STANDS)
    return None
