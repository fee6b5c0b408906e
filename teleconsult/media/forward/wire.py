"""The encrypted line of one connection: packets in from aioice, packets out to the socket, by the fast way or the plain one.

The fast way takes RTP from the datagram to the receivers in one call, without aiortc's queue, parser and tasks, and sends straight to
the socket. The plain way leaves aioice alone and goes through aiortc's own coroutines; it costs about twice the CPU.
"""

import asyncio
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
from teleconsult.media.forward.line import Cell, Line, Ways, read, shape, unprotected

Out = Callable[[bytes, bytes], None]
"""Sends one RTP packet: its fixed header, and everything behind that."""
HEADER = struct.Struct("!BBHLL")
_WAITING = 512
_KEPT_IN_STEP = 64
"""Of a picture that nobody is shown, one packet of so many is decrypted: else the numbers would come round without SRTP's noticing."""
_MID = "urn:ietf:params:rtp-hdrext:sdes:mid"

raw: ContextVar[bool] = ContextVar("raw", default=False)
"""Whether connections made in this task forward packets; others of the same process stay aiortc's own."""


class Ears(Protocol):
    """Whoever takes the packets of a stream. `resting`: nobody is shown it."""

    resting: bool

    def on_rtp(self, packet: bytes, first: int, second: int, seq: int, ts: int, ssrc: int) -> None: ...
    def on_rtcp(self, packet: Any) -> None: ...
    def learn(self, ssrc: int) -> bool: ...


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
        self._cell = Cell()

    # ------------------------------------------------------------ in

    def listen(self) -> None:
        """To be called when ICE has opened its sockets: they are read by ourselves, if the fast way was chosen."""
        for protocol in self.transport._connection._protocols:
            shape(protocol)
            if Ways.fast:
                read(protocol, self._cell, self.take)

    def take(self, length: int) -> None:
        """One protected packet, as it lies in the cell."""
        keys: Any = self._rx_srtp
        if keys is None or length < HEADER.size:
            return
        there = self._cell.bytes
        try:
            if 192 <= there[1] <= 208:
                self._rtcp(keys.unprotect_rtcp(there[:length].tobytes()))
                return
            header = HEADER.unpack_from(there)
            ears = self.by_ssrc.get(header[4])
            if ears is not None and ears.resting and header[2] % _KEPT_IN_STEP:
                return
            packet = unprotected(keys, self._cell, length)
            if packet is None:
                Ways.bad_packets += 1
            else:
                self._rtp(packet, *header)
        except (pylibsrtp.Error, ValueError, IndexError, struct.error):
            Ways.bad_packets += 1

    def _rtp(self, packet: bytes, first: int, second: int, seq: int, ts: int, ssrc: int) -> None:
        ears = self.by_ssrc.get(ssrc)
        if ears is None:
            ears = self._whose(packet, first, ssrc)
            if ears is None:
                Ways.unknown_streams += 1
                return
        if not ears.resting:
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
            self._rtp(data, *HEADER.unpack_from(data))
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
        return Line(self._tx_srtp, self.transport._connection._nominated).send

    def _plain_out(self, header: bytes, body: bytes = b"") -> None:
        if self._plain is None:
            self._plain = asyncio.Queue(_WAITING)
            self._plain_task = asyncio.get_running_loop().create_task(self._send_plainly(self._plain))
        try:
            self._plain.put_nowait(header + body)
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
