"""Where connections are while nobody works for them: until a request has come whole, and after the last answer.

No thread waits there. Whoever sends half a request holds one place of many, and when those run out the oldest goes: an address
that nobody knows can neither hold the threads nor keep others out. gunicorn's main thread calls all of this, nobody else.
"""

import logging
import re
import selectors
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

from gunicorn import util
from gunicorn.http import get_parser
from gunicorn.http.errors import NoMoreData
from gunicorn.http.unreader import SocketUnreader
from gunicorn.sock import ssl_wrap_socket
from gunicorn.workers.gthread import TConn

from teleconsult.web.problems import document
from teleconsult.web.tls_line import answer_in_the_clear

log = logging.getLogger(__name__)
HEAD_SECONDS: Final = 10.0
"""For TLS and a whole head, as for an A-ASSOCIATE-RQ."""
BODY_SECONDS: Final = 60.0
"""For a short body from then on, and for each piece of a long one."""
SHORT_BODY: Final = 64 << 10
"""Of a body of at most so many octets a thread is told when all of it is there. Whoever has not signed in may send no other."""
MOST_WAITING: Final = 256
_MOST_LEAVING: Final = 64
_LONGEST_HEAD: Final = 64 << 10
_LEAVE_SECONDS, _LEAVE_OCTETS = 3.0, 64 << 20
_PIECE: Final = 64 << 10
_TLS: Final = b"\x16"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_ASKS_FIRST = re.compile(rb"\r\n(?:expect|transfer-encoding):", re.IGNORECASE)


class _Patient(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """Reads a body for a thread, which waits for the next piece so long and no longer."""

    def chunk(self, size_hint: int | None = None) -> bytes:
        if waits := self.sock.gettimeout() is None:
            self.sock.settimeout(BODY_SECONDS)
        try:
            piece: bytes = super().chunk(size_hint)
            return piece
        except TimeoutError as error:
            raise NoMoreData() from error
        finally:
            if waits:
                self.sock.settimeout(None)


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """One connection, with what has come on it of its next request."""

    sock: Any  # a socket, then perhaps a `tls_line.Line`
    parser: Any

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        self.number = self.sock.fileno()
        """That a poller knows it by, whatever is wrapped around it."""
        self.data_ready = True  # gunicorn would let a thread wait for it
        self.deadline = 0.0
        self.refusal = b""
        """What to answer without asking anybody."""
        self._encrypted = False
        self._next()

    def _next(self, come: bytes = b"") -> None:
        self.come = bytearray(come)
        self._sought = 0
        self._end: int | None = None

    def expect(self, now: float) -> None:
        """Another request, of which the last one's reader may hold a part."""
        self.sock.setblocking(False)
        self._next(self.parser.unreader.take_buffered() if self.parser else b"")
        self.deadline = now + HEAD_SECONDS

    def take(self, now: float) -> bool:
        """What has come, without waiting. Whether that is all a thread needs; OSError when it never will be."""
        try:
            if self.cfg.is_ssl and not self._encrypt():
                self.refusal = answer_in_the_clear(self._more())
            while not self.refusal and not self._whole(now):
                self.come += self._more()
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        return True

    def _more(self) -> bytes:
        if piece := self.sock.recv(_PIECE):
            return bytes(piece)
        raise ConnectionAbortedError("ended before its request did")

    def _encrypt(self) -> bool:
        """Go on with TLS as far as it goes; False when something else is spoken."""
        if not isinstance(self.sock, ssl.SSLSocket):
            if self.sock.recv(1, socket.MSG_PEEK) not in (_TLS, b""):
                return False
            self.sock = ssl_wrap_socket(self.sock, self.cfg)
            self.sock.setblocking(False)
        if not self._encrypted:
            self.sock.do_handshake()
            self._encrypted = True
        return True

    def _whole(self, now: float) -> bool:
        while self.come.startswith(b"\r\n"):
            del self.come[:2]  # RFC 9112 2.2
        if self._end is None:
            found = self.come.find(b"\r\n\r\n", max(0, self._sought - 3))
            self._sought = len(self.come)
            if found < 0:
                self.refusal = document(431) if len(self.come) > _LONGEST_HEAD else b""
                return bool(self.refusal)
            self._end = found + 4 + _body(self.come[: found + 4])
            self.deadline = now + BODY_SECONDS
        return len(self.come) >= self._end

    def init(self) -> None:
        """In the thread that works for it, before each request."""
        if self.parser is None:
            self.parser = get_parser(self.cfg, self.sock, self.client)
            self.parser.unreader = _Patient(self.sock)
        self.parser.unreader.unread(bytes(self.come))
        self._next()


def _body(head: bytes | bytearray) -> int:
    """How much after its head belongs to a request that is worth waiting for."""
    found = _LENGTH.search(head)
    length = int(found[1]) if found and not _ASKS_FIRST.search(head) else 0
    return length if length <= SHORT_BODY else 0


class Lobby:
    """Tells `ready` of each connection whose request is there, and `gone` of each that is over, after closing it."""

    def __init__(self, poller: Any, ready: Callable[[Connection], None], gone: Callable[[Connection], None]) -> None:
        self._poller = poller
        self._ready, self._gone = ready, gone
        self._waiting: dict[Connection, None] = {}
        self._leaving: dict[Connection, int] = {}  # with how much was thrown away

    def enter(self, connection: Connection) -> None:
        """One that is new, or whose next request comes."""
        if len(self._waiting) >= MOST_WAITING:
            self._drop(next(iter(self._waiting)))
        self._join(connection, self._waiting, None, self._look)
        try:
            connection.expect(time.monotonic())
        except OSError:
            return self._drop(connection)
        self._look(connection)

    def see_out(self, connection: Connection) -> None:
        """After its last answer. What still comes is read and thrown away for a moment, or that answer would not be read (RFC 9112 9.6)."""
        if len(self._leaving) >= _MOST_LEAVING:
            self._drop(next(iter(self._leaving)))
        try:
            connection.sock.setblocking(False)
            socket.socket.shutdown(connection.sock, socket.SHUT_WR)
        except OSError:
            connection.close()
            return self._gone(connection)
        connection.deadline = time.monotonic() + _LEAVE_SECONDS
        self._join(connection, self._leaving, 0, self._discard)
        self._discard(connection)

    def make_room(self) -> bool:
        """The one that is worth least goes. Whether there was one."""
        for those in (self._leaving, self._waiting):
            if those:
                self._drop(next(iter(those)))
                return True
        return False

    def tick(self, ending: bool) -> None:
        """Once a second: whoever has had its time goes; at the `ending` also all who have asked nothing."""
        now = time.monotonic()
        for connection in [*self._waiting]:
            if connection.deadline < now:
                self._look(connection)  # a process that stood still was late itself
        for connection in [*self._waiting, *self._leaving]:
            if connection.deadline < now or (ending and not connection.come):
                self._drop(connection)

    def _join(
        self, connection: Connection, those: dict[Connection, Any], value: object, look: Callable[..., None]
    ) -> None:
        those[connection] = value
        self._poller.register(connection.number, selectors.EVENT_READ, partial(self._called, look, connection))

    def _called(self, look: Callable[[Connection], None], connection: Connection, _readable: object) -> None:
        """It may have had to go since the poller found something to read."""
        if connection in self._waiting or connection in self._leaving:
            look(connection)

    def _look(self, connection: Connection) -> None:
        try:
            if not connection.take(time.monotonic()):
                return
        except OSError as error:
            log.debug("no request: %s", error)
            return self._drop(connection)
        self._leave(connection)
        if connection.refusal:
            with suppress(OSError):
                util.write_nonblock(connection.sock, connection.refusal)
            self.see_out(connection)
        else:
            self._ready(connection)

    def _discard(self, connection: Connection) -> None:
        """Below TLS: nobody wants to know what it is."""
        try:
            while piece := socket.socket.recv(connection.sock, _PIECE):
                self._leaving[connection] += len(piece)
                if self._leaving[connection] > _LEAVE_OCTETS:
                    break
        except BlockingIOError:
            return
        except OSError as error:
            log.debug("has left: %s", error)
        self._drop(connection)

    def _leave(self, connection: Connection) -> None:
        self._waiting.pop(connection, None)
        self._leaving.pop(connection, None)
        self._poller.unregister(connection.number)

    def _drop(self, connection: Connection) -> None:
        self._leave(connection)
        connection.close()
        self._gone(connection)
