"""One connection as bytes: read through a buffer of its own, within deadlines, and acknowledged at once to senders that wait for it."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time
from collections.abc import Iterator

from pynetdicom.transport import AssociationSocket

from dicom_node.limits import Limits

_BUFFER = 1 << 17
# TCP_QUICKACK is Linux's; elsewhere senders with Nagle's algorithm wait for the delayed acknowledgement as they always did.
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)


class PduRefused(ValueError):
    """A PDU that claims more than any honest one holds. pynetdicom answers with A-ABORT by the provider (PS3.8 9.3.8)."""


class Line(AssociationSocket):
    """Reads a PDU within a deadline and a length. It takes over the socket that pynetdicom has just wrapped:
    wrapping the connection a second time would announce it twice to the state machine.

    What `peek` has shown stays until it is taken, by whoever takes it: the store path or pynetdicom.
    """

    def __init__(self, plain: AssociationSocket, limits: Limits) -> None:
        self.__dict__.update(plain.__dict__)
        self._limits = limits
        self._buffer = memoryview(bytearray(_BUFFER))
        self._start = self._end = 0
        self._deadline = 0.0

    @property
    def buffered(self) -> int:
        return self._end - self._start

    @property
    def ready(self) -> bool:
        """Whether there is something to read, the end of the connection included."""
        return self.buffered > 0 or self._is_readable()

    def _is_readable(self) -> bool:
        """pynetdicom's own asks `select`, which knows no file number past 1023: with many connections every further one died of it."""
        connection = self.socket
        if connection is None or not self._is_connected:
            return False
        asking = select.poll()
        try:
            asking.register(connection.fileno(), select.POLLIN)
        except ValueError:  # closed under us: PS3.8 9.2 calls it Evt17
            self.event_queue.put("Evt17")
            return False
        return bool(asking.poll(0)) or (isinstance(connection, ssl.SSLSocket) and connection.pending() > 0)

    def begin_pdu(self) -> None:
        """From now on, one PDU may take its time and no longer."""
        established = self.assoc.dul.state_machine.current_state == "Sta6"
        self.allow(self._limits.pdu_seconds if established else self._limits.request_seconds)

    def allow(self, seconds: float) -> None:
        """From now on, what is read may take so long in all."""
        self._deadline = time.monotonic() + seconds

    def peek(self, size: int) -> memoryview | None:
        """The next `size` bytes, left where they are; None when the peer has closed before. At most the buffer's size.
        TimeoutError past the deadline."""
        while self.buffered < size:
            if self._start + size > _BUFFER:
                rest = bytes(self._buffer[self._start : self._end])
                self._buffer[: len(rest)] = rest
                self._start, self._end = 0, len(rest)
            if not self._fill():
                return None
        return self._buffer[self._start : self._start + size]

    def take(self, size: int) -> None:
        """Go past bytes that `peek` or `some` has shown."""
        self._start += size
        if self._start == self._end:
            self._start = self._end = 0

    def some(self, most: int) -> memoryview | None:
        """What is there already, at most `most` bytes, waiting when nothing is; valid until the next call. None when the peer has closed."""
        if self._start == self._end:
            self._start = self._end = 0
            if not self._fill():
                return None
        return self._buffer[self._start : min(self._end, self._start + most)]

    def recv(self, nr_bytes: int) -> bytearray:
        """`nr_bytes`, or fewer when the peer has closed. TimeoutError past the deadline, PduRefused past the length."""
        established = self.assoc.is_established
        if nr_bytes > (self._limits.pdu_bytes if established else self._limits.request_bytes):
            raise PduRefused(f"a PDU of {nr_bytes} bytes")
        self.begin_pdu()
        received = bytearray()
        for piece in self._pieces(nr_bytes):
            received += piece
        if self.socket is not None:
            self.socket.settimeout(
                self._limits.pdu_seconds
            )  # a peer that stops reading must not hold the sending thread
        return received

    def _pieces(self, size: int) -> Iterator[memoryview]:
        left = size
        while left:
            piece = self.some(left)
            if piece is None:
                return
            yield piece
            left -= len(piece)
            self.take(len(piece))

    def _fill(self) -> bool:
        """Read what has come, at least a byte; False when the peer has closed."""
        connection = self.socket
        if connection is None:
            return False
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the peer sent half a PDU")
        connection.settimeout(left)
        if _QUICKACK is not None:
            # It falls back by itself, so it is armed again before each wait: a sender with Nagle's algorithm holds the end of its
            # object until we acknowledge, and we would for 40 ms.
            connection.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        count = connection.recv_into(self._buffer[self._end :])
        self._end += count
        return count > 0

    def wait(self, wake: int, seconds: float) -> None:
        """Return when there is something to read, when `wake` becomes readable, or after that time."""
        if self.buffered:
            return
        waiting = select.poll()
        waiting.register(wake, select.POLLIN)
        connection = self.socket
        if connection is not None and connection.fileno() >= 0:
            if isinstance(connection, ssl.SSLSocket) and connection.pending():
                return
            waiting.register(connection.fileno(), select.POLLIN)
        waiting.poll(seconds * 1000)

    def hang_up(self) -> None:
        """End the connection under whoever waits on it."""
        connection = self.socket
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _shutdown_socket(self) -> None:
        """Close in any case: pynetdicom leaves a socket open whose peer has gone first."""
        connection = self.socket
        self.hang_up()
        if connection is not None:
            connection.close()
