"""Modality Performed Procedure Step SCP (PS3.4 F.7.2): N-CREATE when a modality begins, N-SET until it has ended."""

from collections.abc import Callable
from typing import Final, cast

from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import N_CREATE, N_SET
from pynetdicom.events import Event

from dicom_node import status
from dicom_node.answering import Answering, Frame, Refusal
from dicom_node.steps_read import begun, changed
from teleconsult.access import Peer
from teleconsult.imaging import orders, orders_steps
from teleconsult.kernel.errors import Meaning, Refused, absent
from teleconsult.system import System

NO_LONGER: Final = 0xA710
"""(0000,0903) of 0110: the step may no longer be updated (PS3.4 F.7.2.2.3)."""
BY_CODE: Final[dict[str, int]] = {
    "step.missing": 0x0120,
    "step.empty": 0x0121,
    "step.value": 0x0106,
    "step.closed": status.PROCESSING_FAILURE,
}
STEP: Final[dict[Meaning, int]] = {
    Meaning.BUSY: 0x0213,
    Meaning.INVALID: 0x0106,
    Meaning.FORBIDDEN: status.NOT_AUTHORISED,
    Meaning.ABSENT: status.NO_SUCH_OBJECT,
    Meaning.CONFLICT: status.DUPLICATE,
}
Answer = tuple[Dataset, Dataset | None]


def step_status(refused: Refused) -> int:
    """The status of a refused step (PS3.7 Annex C); the code decides where one meaning has several."""
    return BY_CODE.get(refused.code, STEP[refused.meaning])


FRAME: Final = Frame("performed step", step_status)


class Steps:
    """The performed steps of one node. Threads share it."""

    def __init__(self, system: System, answering: Answering) -> None:
        self._system = system
        self._answering = answering

    def on_create(self, event: Event) -> Answer:
        """A step begins. Without a UID in the request one is made, and told (PS3.7 10.1.5.1.4)."""
        given = cast(N_CREATE, event.request).AffectedSOPInstanceUID
        sop_uid = str(given) if given else orders.new_uid()

        def begin(peer: Peer) -> None:
            said = begun(event.attribute_list, sop_uid, peer.charset)
            with self._system.work(peer.actor()) as work:
                orders_steps.begin(work, peer.actor(), peer.id, peer.site_id, said)

        answer = self._answered(event, begin)
        if not given and answer.Status == status.SUCCESS:
            told = Dataset()
            told.AffectedSOPInstanceUID = sop_uid
            return answer, told
        return answer, None

    def on_set(self, event: Event) -> Answer:
        """A step goes on, or ends."""

        def change(peer: Peer) -> None:
            sop_uid = str(cast(N_SET, event.request).RequestedSOPInstanceUID or "")
            if not sop_uid:
                raise absent("step.absent", "no SOP Instance UID")
            said = changed(event.modification_list, peer.charset)
            with self._system.work(peer.actor()) as work:
                orders_steps.change(work, peer.actor(), peer.site_id, sop_uid, said)

        return self._answered(event, change), None

    def _answered(self, event: Event, act: Callable[[Peer], None]) -> Dataset:
        def done(peer: Peer) -> Dataset:
            act(peer)
            answer = Dataset()
            answer.Status = status.SUCCESS
            return answer

        return self._answering.once(event.assoc, FRAME, done, _refusal)


def _refusal(refused: Refusal) -> Dataset:
    answer = status.response(refused.status, refused.why)
    if refused.code == "step.closed":
        answer.ErrorComment = "Performed Procedure Step Object may no longer be updated"
        answer.ErrorID = NO_LONGER
    return answer
