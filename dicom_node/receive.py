"""Receiving over an association: bounded sockets, and C-STORE data sets that go to disk as they come.

pynetdicom keeps negotiation, the state machine and all services. Replaced are only the two places where a foreign system
could hold a thread for ever or fill the memory: reading a PDU, and the buffer of a data set.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from socketserver import BaseServer
from typing import TYPE_CHECKING, Any, cast

from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.dimse import DIMSEServiceProvider
from pynetdicom.dimse_messages import C_STORE_RQ, DIMSEMessage
from pynetdicom.transport import AssociationSocket, RequestHandler, ThreadedAssociationServer

from dicom_node.staging import ArrivingDataSet, Draft

if TYPE_CHECKING:
    from pynetdicom.ae import ApplicationEntity
    from pynetdicom.pdu_primitives import P_DATA

_COMMAND_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What one node grants. Seconds and bytes; the defaults suit a county's slow line."""

    associations: int = 128
    associations_per_peer: int = 64
    connections: int = 256  # with those that have not yet said who they are
    request_seconds: float = 10.0  # ARTIM: for the whole A-ASSOCIATE-RQ (PS3.8 9.1.5)
    pdu_seconds: float = 60.0  # for one whole PDU once established
    idle_seconds: float = 120.0  # between PDUs
    max_pdu: int = 131072  # announced (PS3.8 D.1)
    pdu_bytes: int = 1 << 21  # some senders overstep what was announced; this is where it ends
    request_bytes: int = 1 << 20
    stop_seconds: float = 1.5  # for objects under way when the node is asked to stop


class PduRefused(ValueError):
    """A PDU that claims more than any honest one holds. pynetdicom answers with A-ABORT by the provider (PS3.8 9.3.8)."""


class BoundedSocket(AssociationSocket):
    """Reads a PDU within a deadline and a length. It takes over the socket that pynetdicom has just wrapped:
    wrapping the connection a second time would announce it twice to the state machine."""

    def __init__(self, plain: AssociationSocket, limits: Limits) -> None:
        self.__dict__.update(plain.__dict__)
        self._limits = limits

    def recv(self, nr_bytes: int) -> bytearray:
        """`nr_bytes`, or fewer when the peer has closed. TimeoutError past the deadline, PduRefused past the length."""
        if self.socket is None:
            return bytearray()
        established = self.assoc.is_established
        if nr_bytes > (self._limits.pdu_bytes if established else self._limits.request_bytes):
            raise PduRefused(f"a PDU of {nr_bytes} bytes")
        deadline = time.monotonic() + (self._limits.pdu_seconds if established else self._limits.request_seconds)
        received = bytearray(nr_bytes)
        view, had = memoryview(received), 0
        while had < nr_bytes:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the peer sent half a PDU")
            self.socket.settimeout(left)
            count = self.socket.recv_into(view[had:])
            if not count:
                break
            had += count
        view.release()
        self.socket.settimeout(self._limits.pdu_seconds)  # a peer that stops reading must not hold the sending thread
        return received[:had]

    def _shutdown_socket(self) -> None:
        """Close in any case: pynetdicom leaves a socket open whose peer has gone first."""
        connection = self.socket
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


class StoringDimse(DIMSEServiceProvider):
    """DIMSE whose C-STORE data sets are written through `open_draft(association, message)`."""

    def __init__(self, assoc: Association, open_draft: Callable[[Association, DIMSEMessage], Draft]) -> None:
        super().__init__(assoc)
        self._open_draft = open_draft

    def receive_primitive(self, primitive: P_DATA) -> None:
        """One P-DATA. PduRefused, which aborts the association, when what is kept in memory grows past any honest size."""
        message = self.message
        if message is None:
            message = self.message = _a_message(self._begin)
        elif message.encoded_command_set.tell() > _COMMAND_BYTES:
            raise PduRefused("an endless command set")
        super().receive_primitive(primitive)

    def _begin(self, message: DIMSEMessage) -> Draft | None:
        return self._open_draft(self.assoc, message) if isinstance(message, C_STORE_RQ) else None

    def forget(self) -> bool:
        """Discard what has not been answered, since the connection is gone; whether there was any half of an object."""
        pending = [] if self.message is None else [self.message.data_set]
        while not self.msg_queue.empty():
            _, request = self.msg_queue.get_nowait()
            pending.append(getattr(request, "DataSet", None))
        halves = [half for half in pending if isinstance(half, ArrivingDataSet) and half.draft is not None]
        for half in halves:
            half.discard()
        return bool(halves)


def _a_message(begin: Callable[[DIMSEMessage], Draft | None]) -> DIMSEMessage:
    message = DIMSEMessage()
    message.data_set = ArrivingDataSet(lambda: begin(message))
    return message


class Server(ThreadedAssociationServer):
    """Accepts connections: no Nagle delay, a bounded number, daemon threads so that stopping never hangs."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        ae: ApplicationEntity,
        *args: Any,
        limits: Limits,
        open_draft: Callable[[Association, DIMSEMessage], Draft],
        on_end: Callable[[Association, bool], None],
        **options: Any,
    ) -> None:
        self.limits = limits
        self.open_draft = open_draft
        self.on_end = on_end
        options["request_handler"] = Reception
        super().__init__(ae, *args, **options)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return connection, address

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return len(self.active_associations) < self.limits.connections

    def shutdown(self) -> None:
        """Stop accepting. (pynetdicom's own also takes the server off a list that only `start_server` puts it on.)"""
        BaseServer.shutdown(self)
        self.server_close()


class Reception(RequestHandler):
    """One connection. Its thread waits for the association to end, whatever way it ends, and tidies up after it."""

    server: Server

    def handle(self) -> None:
        association = self._create_association()
        association.dul.daemon = True
        association.dul.socket = BoundedSocket(cast(AssociationSocket, association.dul.socket), self.server.limits)
        dimse = StoringDimse(association, self.server.open_draft)
        association.dimse = dimse
        association.bind(evt.EVT_CONN_CLOSE, _stop_waiting)
        association.start()
        try:
            association.join()
        finally:
            self.server.on_end(association, dimse.forget())


def _stop_waiting(event: evt.Event) -> None:
    """A connection closed before its A-ASSOCIATE-RQ: pynetdicom would wait for one until ARTIM ends, holding a place."""
    if event.assoc.requestor.primitive is None:
        event.assoc.dul.to_user_queue.put(cast(Any, None))
