"""Receiving over an association: bounded sockets, and C-STORE data sets that go to disk as they come.

pynetdicom keeps negotiation, the state machine and all services. Replaced are its waiting (`reactor.py`), the reading of the socket
(`line.py`), and the way of plain C-STOREs (`intake.py`); the data sets of others go to disk, too, instead of into memory.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from socketserver import BaseServer
from typing import TYPE_CHECKING, Any, cast

from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import C_STORE_RQ, DIMSEMessage
from pynetdicom.pdu import A_ABORT_RQ, A_ASSOCIATE_RQ
from pynetdicom.transport import AssociationSocket, RequestHandler, ThreadedAssociationServer

from dicom_node.arrival import Arrival, ArrivingDataSet
from dicom_node.intake import Intake
from dicom_node.limits import Limits as Limits
from dicom_node.line import Line, PduRefused
from dicom_node.places import Places, says_something
from dicom_node.reactor import wait_instead_of_polling
from dicom_node.secure import Entrance, HandshakeRefused
from dicom_node.store import Storing
from teleconsult.imaging import cut_off
from teleconsult.imaging.cut_off import Cut

if TYPE_CHECKING:
    from pynetdicom.ae import ApplicationEntity
    from pynetdicom.pdu_primitives import P_DATA

LOG = logging.getLogger(__name__)
_COMMAND_BYTES = 1 << 16


class StoringDimse(DIMSEServiceProvider):
    """DIMSE whose C-STORE data sets are written through `begin(association, message)`."""

    def __init__(self, assoc: Association, begin: Callable[[Association, DIMSEMessage], Arrival]) -> None:
        super().__init__(assoc)
        self._begin_arrival = begin

    def receive_primitive(self, primitive: P_DATA) -> None:
        """One P-DATA. PduRefused, which aborts the association, when what is kept in memory grows past any honest size."""
        message = self.message
        if message is None:
            message = self.message = _a_message(self._begin)
        elif message.encoded_command_set.tell() > _COMMAND_BYTES:
            raise PduRefused("an endless command set")
        super().receive_primitive(primitive)

    def _begin(self, message: DIMSEMessage) -> Arrival | None:
        return self._begin_arrival(self.assoc, message) if isinstance(message, C_STORE_RQ) else None

    def forget(self, cause: str) -> list[Cut]:
        """Discard what has not been answered, since the connection is gone; what there was of it."""
        pending = [] if self.message is None else [self.message.data_set]
        while not self.msg_queue.empty():
            _, request = self.msg_queue.get_nowait()
            pending.append(getattr(request, "DataSet", None))
        halves = [half for half in pending if isinstance(half, ArrivingDataSet)]
        cuts = [half.arrival.cut(cause) for half in halves if half.arrival is not None]
        for half in halves:
            half.discard()
        return cuts


def _a_message(begin: Callable[[DIMSEMessage], Arrival | None]) -> DIMSEMessage:
    message = DIMSEMessage()
    message.data_set = ArrivingDataSet(lambda: begin(message))
    return message


class Server(ThreadedAssociationServer):
    """Accepts connections: no Nagle delay, a bounded number, daemon threads so that stopping never hangs. With an `entrance`: over TLS only,
    each handshake in the thread of its connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        ae: ApplicationEntity,
        *args: Any,
        limits: Limits,
        storing: Storing,
        on_end: Callable[[Association, bool, list[Cut]], None],
        entrance: Entrance | None = None,
        no_handshake: Callable[[str, str], None] = lambda *_: None,
        **options: Any,
    ) -> None:
        self.entrance = entrance
        self.no_handshake = no_handshake
        self.limits = limits
        self.places = Places(limits.connections)
        self.storing = storing
        self.on_end = on_end
        options["request_handler"] = Reception
        super().__init__(ae, *args, **options)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return connection, address

    def begin(self, association: Association, message: DIMSEMessage) -> Arrival:
        """A C-STORE that pynetdicom reads. PduRefused when its context was not accepted."""
        accepted = {context.context_id: context for context in association.accepted_contexts}
        context = accepted.get(message.context_id)
        if context is None:
            raise PduRefused(f"context {message.context_id} was not accepted")
        announced = [
            str(message.command_set.get(name) or "") for name in ("AffectedSOPClassUID", "AffectedSOPInstanceUID")
        ]
        return self.storing.begin(announced[0], announced[1], str(context.transfer_syntax[0]))

    def shutdown(self) -> None:
        """Stop accepting. (pynetdicom's own also takes the server off a list that only `start_server` puts it on.)"""
        BaseServer.shutdown(self)
        self.server_close()


class Reception(RequestHandler):
    """One connection. Its thread waits for the association to end, whatever way it ends, and tidies up after it."""

    server: Server

    def handle(self) -> None:
        if not self._is_shaken():
            return
        connection, places = self.request, self.server.places
        try:
            # A silent connection costs a thread and a socket; what an association takes is made for those that say something.
            if places.enter(connection) and says_something(connection, self.server.limits.request_seconds):
                self._serve()
        finally:
            places.leave(connection)
            connection.close()

    def _is_shaken(self) -> bool:
        """Whether the connection is as its port wants it: over TLS, where that is spoken."""
        if self.server.entrance is None:
            return True
        try:
            self.request = self.server.entrance.shake(self.request)
        except HandshakeRefused as refused:
            level = logging.WARNING if refused.ours else logging.INFO
            LOG.log(level, "no TLS with %s: %s", self.client_address[0], refused)
            if not refused.ours:
                self.server.no_handshake(str(self.client_address[0]), str(refused))
            return False
        return True

    def _serve(self) -> None:
        association, limits = self._create_association(), self.server.limits
        line = Line(cast(AssociationSocket, association.dul.socket), limits)
        dimse = StoringDimse(association, self.server.begin)
        association.dimse = dimse
        provider = wait_instead_of_polling(association, line)
        provider.daemon = True
        intake = Intake(association, line, self.server.storing, limits.pdu_bytes, limits.idle_seconds)
        provider.take_in = intake.take_in
        association.bind(evt.EVT_CONN_CLOSE, _stop_waiting)
        said: set[type] = set()
        association.bind(evt.EVT_PDU_RECV, lambda event: self._on_pdu(event, said))
        association.start()
        try:
            association.join()
            provider.join()
        finally:
            line.close()  # pynetdicom closes only what ended as it should
            provider.close()
            cuts = dimse.forget(_cause(A_ABORT_RQ in said, provider.gave_up))
            cuts += [] if intake.cut is None else [intake.cut]
            self.server.on_end(association, bool(cuts) or intake.broken, cuts)

    def _on_pdu(self, event: evt.Event, said: set[type]) -> None:
        said.add(type(event.pdu))
        if isinstance(event.pdu, A_ASSOCIATE_RQ):
            self.server.places.heard(self.request)


def _cause(aborted: bool, gave_up: bool) -> str:
    """Why an object that pynetdicom was reading did not come whole."""
    if gave_up:
        return cut_off.GARBLED
    return cut_off.ABORTED if aborted else cut_off.LOST


def _stop_waiting(event: evt.Event) -> None:
    """A connection closed before its A-ASSOCIATE-RQ: pynetdicom would wait for one until ARTIM ends, holding a place."""
    if event.assoc.requestor.primitive is None:
        event.assoc.dul.to_user_queue.put(cast(Any, None))
