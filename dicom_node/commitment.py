"""Storage Commitment Push Model (PS3.4 Annex J): the request is on the disk before it is answered, its result comes later.

The node that took a request reports by itself for a while: on a new association to the peer's host and port, else on the same one while it
is open. What comes of neither is the journal's, whose job (`workers/jobs/commitments.py`) tries again, also when this node has died.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final, cast

from pydicom.dataset import Dataset
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import N_ACTION
from pynetdicom.events import Event

from dicom_node import status
from dicom_node.answering import Answering, Frame, Refusal
from dicom_node.commitment_report import INSTANCE, report_on, report_to
from dicom_node.peers import PeerLog
from teleconsult.access import Peer
from teleconsult.access.destinations import Destination, address_of
from teleconsult.imaging import commitment
from teleconsult.imaging.commitment import Item, Verdict
from teleconsult.kernel.errors import Meaning, Refused, invalid
from teleconsult.system import System

LOG = logging.getLogger(__name__)
BY_ITSELF: Final = 20.0
"""Seconds for which the node tries; the journal's second repeat comes after them."""
_MOST_AT_ONCE: Final = 16
_ASK: Final = 1
NO_SUCH_ACTION: Final = 0x0123
INVALID_ARGUMENT: Final = 0x0115
RESOURCES: Final = 0x0213
_STATUS: Final = {Meaning.BUSY: RESOURCES, Meaning.INVALID: INVALID_ARGUMENT}
Settled = Callable[[str, float], bool]
Answer = tuple[int, Dataset | None]
FRAME: Final = Frame(
    "storage commitment", lambda refused: _STATUS.get(refused.meaning, status.PROCESSING_FAILURE), level=logging.WARNING
)


class Commitments:
    """The service of one node. Threads share it; each report has a thread of its own, `_MOST_AT_ONCE` at most."""

    def __init__(self, system: System, answering: Answering, log: PeerLog, settled: Settled) -> None:
        self._system = system
        self._answering = answering
        self._log = log
        self._settled = settled
        self._places = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def on_action(self, event: Event) -> Answer:
        """0000 when the request is durable, else why not (PS3.7 10.1.4.1.10)."""
        return self._answering.once(event.assoc, FRAME, lambda peer: self._ask(event, peer), _refusal)

    def _ask(self, event: Event, peer: Peer) -> Answer:
        if str(cast(N_ACTION, event.request).RequestedSOPInstanceUID) != INSTANCE:
            return status.NO_SUCH_OBJECT, None
        if event.action_type != _ASK:
            return NO_SUCH_ACTION, None
        commitment_id = self._noted(peer, *_asked(event))
        if self._places.acquire(blocking=False):
            name = f"commitment-{commitment_id[-6:]}"
            threading.Thread(
                target=self._by_itself, args=(event.assoc, peer, commitment_id), name=name, daemon=True
            ).start()
        return status.SUCCESS, None

    def _noted(self, peer: Peer, transaction_uid: str, items: list[Item]) -> str:
        with self._system.work(peer.actor()) as work:
            return commitment.ask(work, peer, transaction_uid, items, False, BY_ITSELF)

    def _by_itself(self, association: Association, peer: Peer, commitment_id: str) -> None:
        try:
            said, to = self._verdict(peer, commitment_id)
            way = self._report(association, peer, to, said)
            if way is not None:
                with self._system.work(peer.actor()) as work:
                    commitment.reported(work, commitment_id, said, way, peer.ae_title, peer.site_id)
        except Refused as refused:
            LOG.info("%s: the commitment's result is left to the journal: %s", peer.ae_title, refused)
        except Exception:  # the shell's boundary: the journal goes on with it
            LOG.exception("%s: the commitment's result could not be reported", peer.ae_title)
        finally:
            self._places.release()

    def _verdict(self, peer: Peer, commitment_id: str) -> tuple[Verdict, Destination | None]:
        if self._settled(peer.id, BY_ITSELF / 2):
            with self._system.work(peer.actor()) as work:
                commitment.settled(work, commitment_id)
        with self._system.read(peer.actor()) as work:
            row = commitment.row_of(work, commitment_id)
            return commitment.verdict(work, self._system.blobs, peer, row), address_of(work, peer.id)

    def _report(self, association: Association, peer: Peer, to: Destination | None, said: Verdict) -> str | None:
        """How it was reported: `new`, `same`, or None."""
        ours = self._system.settings.ae_title
        if to is not None:
            try:
                report_to(ours, to, said, self._system.settings)
            except Refused as refused:
                self._log.failed(peer, f"{refused.code}: {refused.detail}")
            else:
                return "new"
        try:
            report_on(association, said, ours, peer.ae_title)
        except Refused as refused:
            LOG.info("%s: no result on the same association: %s", peer.ae_title, refused)
            return None
        return "same"


def _refusal(refused: Refusal) -> Answer:
    return refused.status, None


def _asked(event: Event) -> tuple[str, list[Item]]:
    """The Transaction UID and the objects. INVALID `commitment.unreadable`."""
    try:
        asked = event.action_information
        uid = str(asked.TransactionUID).strip()
        items = [
            Item(str(each.ReferencedSOPClassUID), str(each.ReferencedSOPInstanceUID))
            for each in asked.ReferencedSOPSequence
        ]
    except (AttributeError, ValueError, TypeError, KeyError) as error:
        raise invalid("commitment.unreadable", str(error)) from error
    if not 0 < len(uid) <= 64 or not items or any(" " in item.sop_class or not item.sop_uid for item in items):
        raise invalid("commitment.unreadable", "a Transaction UID and at least one object are needed")
    return uid, list(dict.fromkeys(items))
