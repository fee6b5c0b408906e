"""The matches of a C-FIND, one by one: read in pages, cancelled between two (PS3.4 C.4.1.3)."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.dsutils import encode
from pynetdicom.events import Event
from pynetdicom.pdu_primitives import P_DATA

from dicom_node import status
from dicom_node.answering import Refusal
from dicom_node.octets import plain
from teleconsult.imaging.find import Page
from teleconsult.kernel.errors import busy

MOST: Final = 10_000
"""Answers to one query; whoever asks for more is told so and asks for less."""
_C_FIND_RSP, _WITH_DATA_SET = 0x8020, 0x0001
_COMMAND: Final = (True, True, False)  # PS3.7 6.3.1: Implicit VR Little Endian, as most of what is answered
_GROUP_LENGTH_ITSELF, _PDV_HEAD = 12, 6
Answer = tuple[int | Dataset, Dataset | None]
T = TypeVar("T")


def in_pages(read: Callable[[Page], tuple[Iterable[T], bool]], key: Callable[[T], str], size: int) -> Iterator[T]:
    """Each once, by its key. `read` gives a page and whether there is more; no transaction is open while the peer reads.

    An arrival meanwhile moves rows down, never out of sight. BUSY `dimse.too_many` after MOST.
    """
    told: set[str] = set()
    for offset in range(0, MOST, size):
        rows, more = read(Page(size, offset))
        for row in rows:
            if key(row) not in told:
                told.add(key(row))
                yield row
        if not more:
            return
    raise busy("dimse.too_many", f"more than {MOST} matches: ask for less")


def pending(event: Event, answers: Iterable[Dataset], supported: bool) -> Iterator[Answer]:
    """Send each as a pending response: FF01 where not every key is supported. A cancel ends it with FE00.

    pynetdicom sends what is yielded, and builds the same command anew for each: two milliseconds a match, for a name that fifty have.
    """
    send = _Responses(event, status.PENDING if supported else status.PENDING_UNSUPPORTED).send
    for answer in answers:
        if event.is_cancelled:
            yield status.CANCELLED, None
            return
        if not event.assoc.is_established:
            return
        send(answer)


class _Responses:
    """Pending C-FIND-RSP (PS3.7 9.3.2.2) to one request: all of one command, each with its identifier."""

    def __init__(self, event: Event, said: int) -> None:
        self._association, context = event.assoc, event.context
        self._context_id, syntax = context.context_id, UID(context.transfer_syntax)
        self._encoding = (syntax.is_implicit_VR, syntax.is_little_endian, syntax.is_deflated)
        self._plainly = syntax.is_little_endian and not syntax.is_deflated
        self._longest = self._association.dimse.maximum_pdu_size - _PDV_HEAD
        command = Dataset()
        command.AffectedSOPClassUID = event.request.AffectedSOPClassUID
        command.CommandField = _C_FIND_RSP
        command.MessageIDBeingRespondedTo = event.request.MessageID
        command.CommandDataSetType = _WITH_DATA_SET
        command.Status = said
        command.CommandGroupLength = 0
        command.CommandGroupLength = len(_encoded(command, *_COMMAND)) - _GROUP_LENGTH_ITSELF
        self._command = _encoded(command, *_COMMAND)

    def send(self, identifier: Dataset) -> None:
        """Raises ValueError for an identifier that cannot be encoded; nothing of it is sent then."""
        octets = plain(identifier, explicit=not self._encoding[0]) if self._plainly else None
        octets = octets or _encoded(identifier, *self._encoding)
        if 0 < self._longest < len(self._command) + _PDV_HEAD + len(octets):
            self._send([(b"\x03", self._command)])
            for begin in range(0, len(octets), self._longest):
                last = begin + self._longest >= len(octets)
                self._send([(b"\x02" if last else b"\x00", octets[begin : begin + self._longest])])
        else:  # in one PDU (PS3.8 9.3.5), as most do
            self._send([(b"\x03", self._command), (b"\x02", octets)])

    def _send(self, values: list[tuple[bytes, bytes]]) -> None:
        """Presentation data values by their control header (PS3.8 E.2)."""
        data = P_DATA()
        data.presentation_data_value_list.extend((self._context_id, head + content) for head, content in values)
        self._association.dul.send_pdu(data)


def _encoded(content: Dataset, implicit: bool, little: bool, deflated: bool) -> bytes:
    octets = encode(content, implicit, little, deflated)
    if octets is None:
        raise ValueError("an answer that cannot be encoded")
    return octets


def refusal(refused: Refusal) -> Answer:
    return status.response(refused.status, refused.why), None
