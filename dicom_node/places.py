"""The connections of one port: so many at once, and one that does not say what it wants goes for the next that comes."""

from __future__ import annotations

import contextlib
import select
import socket
import threading


class Places:
    """Threads share it. A connection is silent until its whole A-ASSOCIATE-RQ has come."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._silent: dict[socket.socket, None] = {}  # the oldest first
        self._heard: set[socket.socket] = set()

    def enter(self, connection: socket.socket) -> bool:
        """Whether there is a place. When all are taken the oldest silent connection is ended for it; False when none is silent."""
        with self._lock:
            if len(self._silent) + len(self._heard) >= self._most:
                oldest = next(iter(self._silent), None)
                if oldest is None:
                    return False
                del self._silent[oldest]
                hang_up(oldest)
            self._silent[connection] = None
            return True

    def heard(self, connection: socket.socket) -> None:
        """Its request has come: from now on it goes for nobody."""
        with self._lock:
            if connection in self._silent:
                del self._silent[connection]
                self._heard.add(connection)

    def leave(self, connection: socket.socket) -> None:
        """Before it is closed. Repeats safely."""
        with self._lock:
            self._silent.pop(connection, None)
            self._heard.discard(connection)


def says_something(connection: socket.socket, seconds: float) -> bool:
    """Wait for the first byte, which stays to be read; False when none comes in time, or the connection ends before."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    try:
        # An SSLSocket's own takes no flags; here it is enough to know that there is something.
        return bool(waiting.poll(seconds * 1000)) and bool(socket.socket.recv(connection, 1, socket.MSG_PEEK))
    except OSError:
        return False


def hang_up(connection: socket.socket) -> None:
    """End a connection under whoever waits on it; an SSLSocket's own would take away what they are using."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
