"""One slot of a subscriber's connection: a stream whose source may change at any key frame without the browser noticing."""

import random
import struct
import time
from typing import TYPE_CHECKING, Any, cast

from aiortc.codecs import is_rtx
from aiortc.rtcrtpparameters import RTCRtpSendParameters
from aiortc.rtcrtpsender import RTCRtpSender
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    unpack_remb_fci,
)

from teleconsult.media.continuity import Continuity
from teleconsult.media.forward.wire import HEADER, Out, Wire

if TYPE_CHECKING:
    from teleconsult.media.forward.feed import Feed

MOST_REPAIRS = 400
"""Packets that one slot sends again in a second: whoever asks for more asks for too much."""
_pack = HEADER.pack
_REPORT = struct.Struct("!BBHLQLLL")
"""A sender's report without blocks (RFC 3550 6.4.1)."""


class Slot(RTCRtpSender):
    """aiortc's sender without encoder and tasks. `waiting`: it has a feed and waits for its next key frame."""

    resting = False

    def __init__(self, kind: Any, transport: Any) -> None:
        super().__init__(kind, transport)
        self.feed: Feed | None = None
        self.waiting = True
        self.out: Out | None = None
        self.sent = self.octets = self.repairs = 0
        self.lost = 0.0
        self.remb: int | None = None
        self._wire: Wire | None = None
        self._payload_type = 0
        self._rtx_payload_type: int | None = None
        self._rtx_seq = random.randrange(0x8000)  # noqa: S311 (numbers of packets, no secret)
        clock = 48000 if self.kind == "audio" else 90000
        # Low at the start: a wrap before the first packet arrives would break the receiver's decryption.
        self._numbers = Continuity(clock, random.randrange(0x4000), random.randrange(0x100000000))  # noqa: S311
        self._repairs_since, self._repairs_left = 0.0, MOST_REPAIRS

    # ------------------------------------------------------------ as aiortc calls it

    async def send(self, parameters: RTCRtpSendParameters) -> None:
        if self._wire is not None:
            return
        self._wire = wire = cast(Wire, self.transport)
        self._payload_type = parameters.codecs[0].payloadType or 0
        for codec in parameters.codecs:
            if is_rtx(codec) and codec.parameters["apt"] == self._payload_type:
                self._rtx_payload_type = codec.payloadType
        wire._register_rtp_sender(self, parameters)
        self.out = wire.rtp_out()
        if self.feed is not None:
            self.feed.want_key(time.monotonic())

    async def stop(self) -> None:
        self.show(None)
        self.out = None
        if self._wire is not None:
            self._wire._unregister_rtp_sender(self)
            self._wire = None

    # ------------------------------------------------------------ what it shows

    def show(self, feed: "Feed | None") -> None:
        """From the next key frame on this slot shows `feed`; None: nothing."""
        if feed is self.feed:
            return
        if self.feed is not None:
            self.feed.slots = tuple(slot for slot in self.feed.slots if slot is not self)
        self.feed, self.waiting = feed, True
        if feed is not None:
            feed.slots = (*feed.slots, self)
            if self.out is not None:  # asked for earlier, the key frame would pass before the line is up
                feed.want_key(time.monotonic())

    def start(self, seq: int, ts: int, now: float) -> None:
        """The packet `seq` is the first of the present feed."""
        self._numbers.switch(seq, ts, now)
        self.waiting = False
        self.report()

    def forward(self, first: int, marker: int, seq: int, ts: int, body: bytes, now: float) -> None:
        """Send one packet on. `body` is everything behind the fixed header."""
        out, place = self.out, self._numbers.place(seq, ts, now)
        if place is None or out is None:
            return
        self.sent += 1
        self.octets += len(body)
        out(_pack(first, marker | self._payload_type, place[0], place[1], self._ssrc), body)

    def report(self) -> None:
        """Tell the browser which instant a timestamp is (lip sync), as the source told us."""
        told = self.feed.report if self.feed is not None else None
        if told is None or self.waiting or self._wire is None:
            return
        stamp, sent, octets = told[1] + self._numbers.ts_off, self.sent, self.octets
        self._wire.send_rtcp(
            _REPORT.pack(0x80, 200, 6, self._ssrc, told[0], stamp & 0xFFFFFFFF, sent & 0xFFFFFFFF, octets & 0xFFFFFFFF)
        )

    # ------------------------------------------------------------ what comes back

    def on_rtp(self, packet: bytes, first: int, second: int, seq: int, ts: int, ssrc: int) -> None:
        return

    def learn(self, ssrc: int) -> bool:
        return False

    def on_rtcp(self, packet: Any) -> None:
        if isinstance(packet, RtcpRrPacket):
            for info in packet.reports:
                if info.ssrc == self._ssrc:
                    self.lost = info.fraction_lost / 256
        elif isinstance(packet, RtcpRtpfbPacket):
            if packet.fmt == RTCP_RTPFB_NACK:
                self._repair(packet.lost)
        elif isinstance(packet, RtcpPsfbPacket):
            if packet.fmt in (RTCP_PSFB_PLI, RTCP_PSFB_FIR) and self.feed is not None:
                self.feed.want_key(time.monotonic())
            elif packet.fmt == RTCP_PSFB_APP:
                self._read_remb(packet.fci)

    def _read_remb(self, fci: bytes) -> None:
        try:
            self.remb = unpack_remb_fci(fci)[0]
        except (ValueError, IndexError):
            return

    def _repair(self, lost: list[int]) -> None:
        """Send again what the browser misses, from the memory that all slots of the feed share."""
        feed, out = self.feed, self.out
        if feed is None or out is None or self.waiting:
            return
        now = time.monotonic()
        if now - self._repairs_since >= 1.0:
            self._repairs_since, self._repairs_left = now, MOST_REPAIRS
        for seq in lost:
            kept = feed.kept((seq - self._numbers.seq_off) & 0xFFFF)
            if kept is None or self._repairs_left <= 0:
                continue
            self._repairs_left -= 1
            self.repairs += 1
            out(*self._again(seq, *kept))

    def _again(self, seq: int, ts: int, marker: int, body: bytes, first: int, ahead: int) -> tuple[bytes, bytes]:
        stamp = (ts + self._numbers.ts_off) & 0xFFFFFFFF
        if self._rtx_payload_type is None:
            return _pack(first, marker | self._payload_type, seq, stamp, self._ssrc), body
        self._rtx_seq = (self._rtx_seq + 1) & 0xFFFF
        header = _pack(first, marker | self._rtx_payload_type, self._rtx_seq, stamp, self._rtx_ssrc)
        return header, body[:ahead] + seq.to_bytes(2, "big") + body[ahead:]
