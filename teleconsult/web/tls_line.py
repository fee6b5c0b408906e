"""One TLS connection of the web process: safe between threads, in no hurry it can't afford, and with an answer for plain HTTP.

A WebSocket is read by one thread and written by others, and OpenSSL allows one call on a connection at a time. So the socket never
blocks inside a call: waiting is done outside of the lock.
"""

import re
import select
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

from teleconsult.web import problems

RECORD = 16 << 10
"""The most that one TLS record holds. It is read whole: what OpenSSL kept back, no `select` would tell of."""
_PLAIN = re.compile(rb"(?:GET|HEAD) (/[!-~]*) HTTP/1\.[01]\r\n(?:.*\r\n)*?[Hh]ost: *([\w.:\[\]-]+) *\r\n")


class Line(ssl.SSLSocket):
    """Behaves as a blocking socket, or with the timeout that it was given, though the kernel's socket never blocks."""

    _calls: threading.Lock
    _writes: threading.Lock
    _patience: float | None

    def __new__(cls, *words: Any, **named: Any) -> "Line":
        line = super().__new__(cls, *words, **named)
        line._calls, line._writes, line._patience = threading.Lock(), threading.Lock(), None
        return line

    def setblocking(self, flag: bool) -> None:
        self.settimeout(None if flag else 0.0)

    def settimeout(self, value: float | None) -> None:
        self._patience = value
        if self.fileno() != -1:
            super().settimeout(0.0)

    def gettimeout(self) -> float | None:
        return self._patience

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        """May give more than `buflen`: always a whole record."""
        received: bytes = self._patiently(self._patience, super().recv, max(buflen, RECORD), flags)
        return received

    def send(self, content: Any, flags: int = 0) -> int:
        """Sends all of it."""
        self.sendall(content, flags)
        return len(content)

    def sendall(self, content: Any, flags: int = 0) -> None:
        left = memoryview(content).cast("B")
        with self._writes:
            while left:
                left = left[self._patiently(self._patience, super().send, left[:RECORD], flags) :]

    def do_handshake(self, block: bool = False) -> None:
        """As far as it goes without waiting; ssl.SSLWantReadError where it stops."""
        self._patiently(0.0, super().do_handshake)

    def _patiently(self, patience: float | None, call: Callable[..., Any], *words: Any) -> Any:
        """What `call` gives once it need not wait; TimeoutError after `patience` seconds."""
        end = None if patience is None else time.monotonic() + patience
        while True:
            try:
                with self._calls:
                    return call(*words)
            except (ssl.SSLWantReadError, BlockingIOError):
                wanted = select.POLLIN
                if patience == 0.0:
                    raise
            except ssl.SSLWantWriteError:
                wanted = select.POLLOUT
                if patience == 0.0:
                    raise
            self._await(wanted, end)

    def _await(self, wanted: int, end: float | None) -> None:
        ready = select.poll()
        while True:
            if self.fileno() == -1:
                raise ConnectionAbortedError("closed meanwhile")
            if end is not None and time.monotonic() >= end:
                raise TimeoutError("timed out")
            ready.register(self.fileno(), wanted)
            if ready.poll(1000 * min(5.0, 5.0 if end is None else end - time.monotonic())):
                return


def answer_in_the_clear(asked: bytes) -> bytes:
    """To somebody who does not speak TLS: to the same page over TLS. Temporary: a browser that kept it would not find back if TLS is switched off one day."""
    if not (found := _PLAIN.match(asked)):
        return problems.document(426)
    head = (
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: https://%b%b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    return head % (found[2], found[1])
