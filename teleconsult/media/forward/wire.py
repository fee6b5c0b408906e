"""The encrypted line of one connection: packets in from aioice, packets out to the socket, by the fast way or the plain one.

The fast way takes RTP from the datagram to the receivers in one call, without aiortc's queue, parser and tasks, and sends straight to
the socket. The plain way leaves aioice alone and goes through aiortc's own coroutines; it costs about twice the CPU.
"""

import asyncio
import socket
import struct
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

import pylibsrtp
from aiortc.codecs import HEADER_EXTENSIONS
from aiortc.rtcdtlstransport import RTCDtlsTransport, State
from aiortc.rtp import RtcpPacket

from teleconsult.media.forward.distance import Distance

Out = Callable[[bytes], None]
HEADER = struct.Struct("!BBHLL")
RECEIVE_BYTES = 96 << 10
"""Of a socket's inbox (the kernel doubles it): what does not fit while the loop is late is dropped, not heard half a second later."""
LONGEST = 2048
_WAITING = 512
_MID = "urn:ietf:params:rtp-hdrext:sdes:mid"

raw: ContextVar[bool] = ContextVar("raw", default=False)
"""Whether connections made in this task forward packets; others of the same process stay aiortc's own."""


class Ears(Protocol):
    """Whoever takes the packets of a stream."""

    def on_rtp(self, packet: bytes, first: int, second: int, seq: int, ts: int, ssrc: int) -> None: ...
    def on_rtcp(self, packet: Any) -> None: ...
    def learn(self, ssrc: int) -> bool: ...


class Ways:
    """Which way packets go in this process, and counts of what was lost on it."""

    fast = True
    bad_packets = 0
    unknown_streams = 0
    unsent = 0


class Wire(RTCDtlsTransport):
    """aiortc's DTLS transport with a synchronous way in and out."""

    def __init__(self, transport: Any, certificates: Any) -> None:
        super().__init__(transport, certificates)
        self.by_ssrc: dict[int, Ears] = {}
        self.by_mid: dict[str, Ears] = {}
        self.mid_extension = next(e.id for e in HEADER_EXTENSIONS["audio"] if e.uri == _MID)
        self._plain: asyncio.Queue[bytes] | None = None
        self._plain_task: asyncio.Task[None] | None = None
        self._rtp_out: Out | None = None
        self._distance = Distance()
        if Ways.fast:
            transport._connection.raw_in = self.take

    # ------------------------------------------------------------ in

    def take(self, data: bytes) -> None:
        """One protected packet from the socket."""
        keys: Any = self._rx_srtp
        if keys is None:
            return
        try:
            if 192 <= data[1] <= 208:
                self._rtcp(keys.unprotect_rtcp(data))
            else:
                self._rtp(keys.unprotect(data))
        except (pylibsrtp.Error, ValueError, IndexError):
            Ways.bad_packets += 1

    def _rtp(self, packet: bytes) -> None:
        first, second, seq, ts, ssrc = HEADER.unpack_from(packet)
        ears = self.by_ssrc.get(ssrc)
        if ears is None:
            ears = self._whose(packet, first, ssrc)
            if ears is None:
                Ways.unknown_streams += 1
                return
        ears.on_rtp(packet, first, second, seq, ts, ssrc)

    def _rtcp(self, data: bytes) -> None:
        if said := self._distance.answer(data, time.monotonic()):
            self.send_rtcp(said)
        for packet in RtcpPacket.parse(data):
            for ears in self._rtp_router.route_rtcp(packet):
                ears.on_rtcp(packet)  # type: ignore[union-attr]

    def _whose(self, packet: bytes, first: int, ssrc: int) -> Ears | None:
        """The stream by its `mid` extension (RFC 8843 9.2): the description need not name an SSRC."""
        mid = extensions(packet, first).get(self.mid_extension)
        ears = self.by_mid.get(mid.decode(errors="replace")) if mid else None
        if ears is not None and ears.learn(ssrc):
            self.by_ssrc[ssrc] = ears
            self._rtp_router.ssrc_table[ssrc] = ears  # type: ignore[assignment]
            return ears
        return None

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        try:
            self._rtp(data)
        except (ValueError, IndexError, struct.error):
            Ways.bad_packets += 1

    async def _handle_rtcp_data(self, data: bytes) -> None:
        try:
            self._rtcp(data)
        except ValueError:
            Ways.bad_packets += 1

    # ------------------------------------------------------------ out

    def rtp_out(self) -> Out | None:
        """A call that sends one RTP packet now; None while the line is not up."""
        if self._state != State.CONNECTED:
            return None
        if self._rtp_out is None:
            self._rtp_out = self._fast_out() if Ways.fast else self._plain_out
        return self._rtp_out

    def send_rtcp(self, packet: bytes) -> None:
        """Send it now, or never if the line is not up."""
        if self._state != State.CONNECTED:
            return
        if not Ways.fast:
            self._plain_out(packet)
            return
        pair = self.transport._connection._nominated.get(1)
        if pair is not None:
            pair.protocol.transport.sendto(self._tx_srtp.protect_rtcp(packet), pair.remote_addr)

    def _fast_out(self) -> Out:
        """The pair that ICE chose is asked at each packet: a browser that changes its network is followed."""
        nominated, protect = self.transport._connection._nominated, self._tx_srtp.protect
        held: Any = None
        address: Any = None
        sendto: Any = None

        def out(packet: bytes) -> None:
            nonlocal held, sendto, address
            pair = nominated.get(1)
            if pair is not held:
                held = pair
                if pair is not None:
                    sendto, address = _socket_of(pair.protocol).sendto, pair.remote_addr
            if pair is None:
                return
            try:
                sendto(protect(packet), address)
            except (OSError, pylibsrtp.Error, ValueError):  # full or closed: as lost as on the network
                Ways.unsent += 1

        return out

    def _plain_out(self, packet: bytes) -> None:
        if self._plain is None:
            self._plain = asyncio.Queue(_WAITING)
            self._plain_task = asyncio.get_running_loop().create_task(self._send_plainly(self._plain))
        try:
            self._plain.put_nowait(packet)
        except asyncio.QueueFull:
            Ways.unsent += 1

    async def _send_plainly(self, waiting: asyncio.Queue[bytes]) -> None:
        while True:
            packet = await waiting.get()
            try:
                await self._send_rtp(packet)
            except (ConnectionError, pylibsrtp.Error, ValueError):
                Ways.unsent += 1

    async def stop(self) -> None:
        if self._plain_task is not None:
            self._plain_task.cancel()
            self._plain_task = None
        self.by_ssrc.clear()
        self.by_mid.clear()
        await super().stop()


def extensions(packet: bytes, first: int) -> dict[int, bytes]:
    """One-byte header extensions (RFC 8285 4.2) of a whole RTP packet by id."""
    found: dict[int, bytes] = {}
    if not first & 0x10:
        return found
    at = 12 + 4 * (first & 15)
    if packet[at : at + 2] != b"\xbe\xde":
        return found
    end = at + 4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big")
    at += 4
    while at < min(end, len(packet)):
        head = packet[at]
        if head == 0:
            at += 1
            continue
        size = (head & 15) + 1
        found[head >> 4] = packet[at + 1 : at + 1 + size]
        at += 1 + size
    return found


def _socket_of(protocol: Any) -> Any:
    """The socket itself, below asyncio's wrapping: a full one drops the packet instead of keeping it for later."""
    wrapped = protocol.transport.get_extra_info("socket")
    return getattr(wrapped, "_sock", wrapped)


def shape_sockets(connection: Any) -> None:
    """Small inboxes for the sockets that aioice opened, so that a late loop drops instead of lagging ever more."""
    for protocol in connection._protocols:
        protocol.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        protocol.transport.max_size = LONGEST  # else 256 KiB are taken and given back for each packet
