"""The socket of one connection, without asyncio's and aioice's wrapping: packets are decrypted and encrypted where they lie.

A node that shows eight people to each other handles 8,000 packets a second: each copy, object and call more is a per cent of its work.
libsrtp is called through pylibsrtp's own binding, because pylibsrtp itself copies each packet twice.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found]  # a C extension without stubs

LONGEST = 2048
RECEIVE_BYTES = 96 << 10
"""Of a socket's inbox (the kernel doubles it): what does not fit while the loop is late is dropped, not heard half a second later."""
_TRAILER = 160
"""More than libsrtp appends: tag and key identifier."""
_MOST = LONGEST + 32
"""What came in, and the number that a repeated packet carries (RFC 4588)."""
_AT_ONCE = 64
_protect, _unprotect = lib.srtp_protect, lib.srtp_unprotect

Take = Callable[[int], None]
"""Takes the protected packet of so many bytes that lies in the cell."""


class Ways:
    """Which way packets go in this process, and counts of what was lost on it."""

    fast = True
    bad_packets = 0
    unknown_streams = 0
    unsent = 0


class Cell:
    """Memory for one packet that libsrtp works in. One loop uses it, one packet after another."""

    __slots__ = ("bytes", "here", "size")

    def __init__(self) -> None:
        self.here = ffi.new("char[]", _MOST + _TRAILER)
        self.size = ffi.new("int *")
        self.bytes = memoryview(ffi.buffer(self.here))


class Line:
    """The way out of a connection. `session` is its SRTP session, `nominated` the pair of addresses that ICE chose, by component."""

    __slots__ = ("_address", "_bytes", "_held", "_here", "_nominated", "_sendto", "_session", "_size", "_srtp")

    def __init__(self, session: Any, nominated: dict[int, Any]) -> None:
        self._session, self._nominated = session, nominated  # the session owns what `_srtp` points to
        self._srtp = session._srtp[0]
        cell = Cell()
        self._here, self._size, self._bytes = cell.here, cell.size, cell.bytes
        self._held: Any = None
        self._address: Any = None
        self._sendto: Any = None

    def send(self, header: bytes, body: bytes) -> None:
        """Send an RTP packet now or never. The pair is asked for at each packet: a browser that changes its network is followed."""
        pair = self._nominated.get(1)
        if pair is not self._held:
            self._follow(pair)
        there, size = self._bytes, self._size
        start = len(header)
        end = start + len(body)
        if pair is None or end > _MOST:  # behind the packet libsrtp writes without looking
            return
        try:
            there[:start] = header
            there[start:end] = body
            size[0] = end
            if _protect(self._srtp, self._here, size):
                Ways.unsent += 1
            else:
                self._sendto(there[: size[0]], self._address)
        except (OSError, ValueError):  # full or closed: as lost as on the network
            Ways.unsent += 1

    def _follow(self, pair: Any) -> None:
        self._held = pair
        if pair is not None:
            self._sendto, self._address = bare_socket(pair.protocol).sendto, pair.remote_addr


def unprotected(session: Any, cell: Cell, length: int) -> bytes | None:
    """Decrypt the packet of so many bytes that lies in `cell`; None when it was not the browser who made it, or it came before."""
    size = cell.size
    size[0] = length
    return None if _unprotect(session._srtp[0], cell.here, size) else cell.bytes[: size[0]].tobytes()


class Inbox:
    """Reads a socket in asyncio's stead: media goes to `take`, the rest (STUN, DTLS) the way that aioice has for it."""

    def __init__(self, protocol: Any, cell: Cell, take: Take) -> None:
        self._protocol, self._take = protocol, take
        self._bytes = cell.bytes[:LONGEST]
        self._receive = bare_socket(protocol).recvfrom_into

    def drain(self) -> None:
        """Take all that is there: what waits in the kernel while the loop has too much to do is lateness too, and shall be seen as such."""
        for _ in range(_AT_ONCE):
            try:
                length, address = self._receive(self._bytes)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                self._protocol.error_received(error)
                return
            if length and self._bytes[0] > 127:
                self._take(length)
            else:
                self._protocol.datagram_received(self._bytes[:length].tobytes(), address)


def shape(protocol: Any) -> None:
    """A small inbox, so that a late loop drops instead of lagging ever more; asyncio's own reading takes 256 KiB for each packet else."""
    bare_socket(protocol).setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    protocol.transport.max_size = LONGEST


def read(protocol: Any, cell: Cell, take: Take) -> None:
    """Read this socket in asyncio's stead. May be called again: the new reader takes the place of the one before."""
    loop: Any = asyncio.get_running_loop()
    if not protocol.transport.is_closing():
        loop._add_reader(bare_socket(protocol).fileno(), Inbox(protocol, cell, take).drain)


def bare_socket(protocol: Any) -> Any:
    """The socket itself, below asyncio's wrapping: a full one drops the packet instead of keeping it for later."""
    wrapped = protocol.transport.get_extra_info("socket")
    return getattr(wrapped, "_sock", wrapped)
