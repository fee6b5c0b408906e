"""A connection's socket while a WebSocket has it."""

import logging
import socket
import threading
from contextlib import suppress
from typing import Any, Final

log = logging.getLogger(__name__)
_LONGEST_END: Final = 10.0


class Lent:
    """simple-websocket reads by a thread of its own, which closes the socket at its end, and that may be long after its handler has
    returned. By then the number is watched by the main thread (`lobby.py`), or is another connection's. So it is given this: everything
    works but `close`, and `back` returns when that thread is over. Whose the socket is has not changed: gunicorn closes it."""

    def __init__(self, line: Any) -> None:
        self._line = line
        self._is_read = False
        self._over = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)

    def send(self, content: bytes) -> int:
        """The first that is sent accepts the WebSocket; its thread begins then."""
        sent: int = self._line.send(content)
        self._is_read = True
        return sent

    def close(self) -> None:
        """The last that the thread does."""
        self._over.set()

    def back(self) -> None:
        if not self._is_read:
            return
        with suppress(OSError):  # below TLS, whose own way would leave the reading thread with a socket in the clear
            socket.socket.shutdown(self._line, socket.SHUT_RDWR)
        if not self._over.wait(_LONGEST_END):
            log.warning("a WebSocket's thread does not end")
