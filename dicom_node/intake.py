"""The short way of a C-STORE: from the socket into its file in the thread that waits on the socket, answered there.

Only a request whose command set stands whole at the beginning of a PDU, on a context accepted for its class, goes this way. Everything else
stays in the line's buffer and is read by pynetdicom: other services, cancels, release, abort, and whatever is not as it should be.
"""

from __future__ import annotations

import logging
import struct
from typing import TYPE_CHECKING

from dicom_node import status
from dicom_node.arrival import Arrival
from dicom_node.commands import StoreRequest, store_request, store_response
from dicom_node.line import Line, PduRefused
from dicom_node.store import Storing
from teleconsult.imaging import cut_off
from teleconsult.imaging.cut_off import Cut

if TYPE_CHECKING:
    from pynetdicom.association import Association
    from pynetdicom.presentation import PresentationContext

LOG = logging.getLogger(__name__)
_P_DATA = 4
_PDU, _PDV = struct.Struct(">BBI"), struct.Struct(">IBB")
_COMMAND, _LAST = 1, 2
_COMMAND_MOST = 1 << 12
_ANSWER_FITS = 512


class _HungUp(Exception):
    """The peer went, or said something else, in the middle of an object. `cause` as in `cut_off`."""

    def __init__(self, cause: str = cut_off.LOST) -> None:
        super().__init__(cause)
        self.cause = cause


class Intake:
    """One association's. `take_in` runs in the thread that reads its socket. `broken`: it ended in the middle of an object or of its answer;
    `cut` is the object that did not come whole."""

    def __init__(
        self, association: Association, line: Line, storing: Storing, pdu_bytes: int, idle_seconds: float
    ) -> None:
        self._association = association
        self._line = line
        self._storing = storing
        self._pdu_bytes = pdu_bytes
        self._idle_seconds = idle_seconds
        self._contexts: dict[int, PresentationContext] = {}
        self.broken = False
        self.cut: Cut | None = None

    def take_in(self) -> bool:
        """Receive and answer one C-STORE; False, with nothing read, when something else comes. PduRefused for what no honest peer sends."""
        if self._association.dimse.message is not None:
            return False  # pynetdicom is in the middle of a message
        self._line.begin_pdu()
        opening = None
        try:
            opening = self._opening()
            if opening is not None:
                self._receive(*opening)
        except _HungUp:
            self.broken = True
            return False
        except OSError as error:
            LOG.info("the connection broke: %s", error)
            self.broken = opening is not None
            self._association.dul.event_queue.put("Evt17")  # transport connection closed
            return True
        return opening is not None

    def _opening(self) -> tuple[PresentationContext, StoreRequest, int] | None:
        """The request that comes next, taken off the line, and how much of its PDU is left; None for anything else."""
        line = self._line
        start = line.peek(_PDU.size)
        if start is None:
            return None
        kind, _, length = _PDU.unpack(start)
        if kind != _P_DATA or not 4 + 2 <= length <= self._pdu_bytes:
            return None
        start = line.peek(_PDU.size + _PDV.size)
        if start is None:
            return None
        size, context_id, control = _PDV.unpack_from(start, _PDU.size)
        if control != _COMMAND | _LAST or not 2 < size <= min(_COMMAND_MOST, length - 4):
            return None
        whole = line.peek(_PDU.size + 4 + size)
        request = store_request(bytes(whole[_PDU.size + _PDV.size :])) if whole is not None else None
        context = self._context(context_id)
        if request is None or context is None or context.abstract_syntax != request.sop_class:
            return None
        line.take(_PDU.size + 4 + size)
        return context, request, length - 4 - size

    def _context(self, context_id: int) -> PresentationContext | None:
        if not self._contexts:
            requestor = self._association.requestor.maximum_length
            if 0 < (requestor or 0) < _ANSWER_FITS:
                return None
            accepted = self._association.accepted_contexts
            self._contexts = {each.context_id: each for each in accepted if each.context_id and each.as_scp}
        return self._contexts.get(context_id)

    def _receive(self, context: PresentationContext, request: StoreRequest, left: int) -> None:
        context_id = context.context_id or 0
        with self._storing.arrival(request.sop_class, request.sop_uid, str(context.transfer_syntax[0])) as arrival:
            try:
                self._data_set(context_id, left, arrival)
            except (_HungUp, OSError, PduRefused) as error:
                self.cut = arrival.cut(_cause(error))
                raise
            code, comment = self._storing.kept(self._association, arrival)
        self._line.allow(self._idle_seconds)
        self._line.send(store_response(context_id, request, code, comment))
        if code != status.SUCCESS:
            LOG.debug("answered %04x %s", code, comment)

    def _data_set(self, context_id: int, left: int, arrival: Arrival) -> None:
        """Read to the end of the data set; `left` is what is left of the PDU."""
        line, last = self._line, False
        while not last:
            if not left:
                left = self._next_pdu()
            start = line.peek(_PDV.size)
            if start is None:
                raise _HungUp
            size, its_context, control = _PDV.unpack(start)
            if size < 2 or 4 + size > left or its_context != context_id or control & _COMMAND:
                raise PduRefused("a fragment that belongs to no message")
            line.take(_PDV.size)
            self._fragment(size - 2, arrival)
            left -= 4 + size
            last = bool(control & _LAST)
        if left:
            raise PduRefused("something follows the last fragment")

    def _next_pdu(self) -> int:
        line = self._line
        line.allow(self._idle_seconds)
        start = line.peek(_PDU.size)
        if start is None:
            raise _HungUp
        kind, _, length = _PDU.unpack(start)
        if kind != _P_DATA:
            raise _HungUp(cut_off.ABORTED)
        if not 4 + 2 <= length <= self._pdu_bytes:
            raise PduRefused(f"a PDU of {length} bytes")
        line.take(_PDU.size)
        line.begin_pdu()
        return int(length)

    def _fragment(self, left: int, arrival: Arrival) -> None:
        line = self._line
        while left:
            piece = line.some(left)
            if piece is None:
                raise _HungUp
            arrival.write(piece)
            line.take(len(piece))
            left -= len(piece)


def _cause(error: Exception) -> str:
    if isinstance(error, _HungUp):
        return error.cause
    if isinstance(error, TimeoutError):
        return cut_off.SILENT
    return cut_off.GARBLED if isinstance(error, PduRefused) else cut_off.LOST
