"""A published track as it comes in: lost packets asked for again and again, repairs unwrapped, loudness read; no decoder runs."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, cast

from aiortc.codecs import is_rtx
from aiortc.rtcrtpparameters import RTCRtpReceiveParameters
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
    clamp_packets_lost,
    pack_remb_fci,
)

from teleconsult.media.forward.wire import Wire

MOST_BITS = 1_500_000
"""What each picture may send. Said as a fixed REMB each second: an estimate of ours would make Chromium start at a fifth of it."""
REPORT_SECONDS = 1.0
_TRIES, _GIVE_UP, _WIDEST_GAP, _MOST_STREAMS = 8, 1.0, 200, 8
_SOONEST, _LATEST = 0.02, 0.25

Take = Callable[[bytes, int, int, int, int, float], None]
"""packet, where its payload begins, marker bit (0x80 or 0), sequence number, timestamp, instant."""

receivers: "set[Receiver]" = set()
"""Those that are running; `pulse` looks after them."""


class Receiver(RTCRtpReceiver):
    """aiortc's receiver without its jitter buffer, decoder and threads. What comes is handed to `take` at once."""

    def __init__(self, kind: str, transport: Any) -> None:
        super().__init__(kind, transport)
        self.kind = kind
        self.take: Take | None = None
        self.on_report: Callable[[RtcpSrPacket], None] | None = None
        self.loudness = 0
        self.resting = False
        self.packets = self.octets = self.repaired = 0
        self.ssrc: int | None = None
        self._wire: Wire | None = None
        self._our_ssrc: int | None = None
        self._apt: dict[int, int] = {}
        self._clock = 90000
        self._level_extension: int | None = None
        self._streams = 0
        self._missing: dict[int, list[float]] = {}
        self._patience = 0.045
        self._looking: asyncio.TimerHandle | None = None
        self._highest: int | None = None
        self._begin = self._cycles = self._counted = 0
        self._expected_before = self._counted_before = 0
        self._jitter = 0.0
        self._transit: float | None = None
        self._heard_report, self._heard_report_at = 0, 0.0
        self._report_at = 0.0

    # ------------------------------------------------------------ as aiortc calls it

    def _set_rtcp_ssrc(self, ssrc: int) -> None:
        self._our_ssrc = ssrc
        super()._set_rtcp_ssrc(ssrc)

    async def receive(self, parameters: RTCRtpReceiveParameters) -> None:
        if self._wire is not None:
            return
        self._wire = wire = cast(Wire, self.transport)
        self._apt = {
            int(codec.payloadType or 0): int(codec.parameters["apt"] or 0)
            for codec in parameters.codecs
            if is_rtx(codec)
        }
        self._clock = parameters.codecs[0].clockRate
        for extension in parameters.headerExtensions:
            if extension.uri.endswith("ssrc-audio-level"):
                self._level_extension = extension.id
            if extension.uri.endswith("sdes:mid"):
                wire.mid_extension = extension.id
        for encoding in parameters.encodings:
            wire.by_ssrc[encoding.ssrc] = self
            self.ssrc = encoding.ssrc
            if encoding.rtx:
                wire.by_ssrc[encoding.rtx.ssrc] = self
        if parameters.muxId:
            wire.by_mid[parameters.muxId] = self
        wire._register_rtp_receiver(self, parameters)
        receivers.add(self)

    async def stop(self) -> None:
        receivers.discard(self)
        self.take = self.on_report = None
        self._missing.clear()
        if self._wire is not None:
            self._wire._unregister_rtp_receiver(self)
            self._wire = None

    def _handle_disconnect(self) -> None:
        receivers.discard(self)

    # ------------------------------------------------------------ packets

    def learn(self, ssrc: int) -> bool:
        """Whether this stream takes one more SSRC, found by its `mid`."""
        self._streams += 1
        return self._streams <= _MOST_STREAMS

    def on_rtcp(self, packet: Any) -> None:
        if isinstance(packet, RtcpSrPacket) and packet.ssrc == self.ssrc:
            self._heard_report = (packet.sender_info.ntp_timestamp >> 16) & 0xFFFFFFFF
            self._heard_report_at = time.monotonic()
            if self.on_report:
                self.on_report(packet)

    def rest(self, resting: bool) -> None:
        """Nobody is shown this picture: its packets are left lying, nothing is asked for again, and nothing is said to be lost."""
        if resting != self.resting:
            self.resting, self._highest = resting, None
            self._missing.clear()

    def on_rtp(self, packet: bytes, first: int, second: int, seq: int, ts: int, ssrc: int) -> None:
        at = 12 + 4 * (first & 15)
        if first & 0x10:
            extension = at + 4
            at = extension + 4 * (packet[at + 2] << 8 | packet[at + 3])
            if self._level_extension is not None:
                self._read_level(packet, extension, at)
        if first & 0x20:
            packet = packet[: len(packet) - packet[-1]]
        now = time.monotonic()
        payload_type = second & 0x7F
        if payload_type in self._apt:
            if len(packet) < at + 2:
                return
            seq = packet[at] << 8 | packet[at + 1]
            at += 2
            missed = self._missing.pop(seq, None)
            if missed is None:
                return  # Chromium probes the line with copies of old packets: nobody misses this one
            self.repaired += 1
            self._learn_patience(now - missed[1], asked=missed[2])
        else:
            if ssrc != self.ssrc:
                self._start_over(ssrc)
            self._count(seq, ts, now)
        if at > len(packet):
            return
        self.packets += 1
        self.octets += len(packet) - at
        if self.take is not None:
            self.take(packet, at, second & 0x80, seq, ts, now)

    def _start_over(self, ssrc: int) -> None:
        """The first packet, or the browser sends the track anew under another SSRC."""
        self.ssrc, self._highest = ssrc, None
        self._missing.clear()

    def _read_level(self, packet: bytes, at: int, end: int) -> None:
        """RFC 6464: 0 is the loudest, 127 is silence."""
        end = min(end, len(packet) - 1)
        while at < end:
            head = packet[at]
            if head == 0:
                at += 1
                continue
            if head >> 4 == self._level_extension:
                self.loudness = max(self.loudness, 127 - (packet[at + 1] & 0x7F))
                return
            at += 2 + (head & 15)

    def _count(self, seq: int, ts: int, now: float) -> None:
        self._counted += 1
        if self._highest is None:
            self._highest = self._begin = seq
            self._cycles = self._expected_before = self._counted_before = 0
            self._counted = 1
            return
        ahead = (seq - self._highest) & 0xFFFF
        if 0 < ahead < 0x8000:
            if 1 < ahead < _WIDEST_GAP:
                fresh = [(self._highest + step) & 0xFFFF for step in range(1, ahead)]
                for lost in fresh:
                    self._missing[lost] = [now, now, 1]
                self._ask_again(fresh)
                self._look_soon()
            if seq < self._highest:
                self._cycles += 0x10000
            self._highest = seq
        elif missed := self._missing.pop(seq, None):
            self._learn_patience(now - missed[1], asked=missed[2])
        transit = now * self._clock - ts
        if self._transit is not None:
            step = abs(transit - self._transit)
            if step < 5 * self._clock:
                self._jitter += (step - self._jitter) / 16
        self._transit = transit

    # ------------------------------------------------------------ back to the sender

    def ask_key(self) -> None:
        """Ask for a picture that needs no other (PLI)."""
        if self.ssrc is not None and self._our_ssrc is not None:
            self._send(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=self._our_ssrc, media_ssrc=self.ssrc))

    def tend(self, now: float) -> None:
        """Once a second a report."""
        if self.ssrc is not None and now - self._report_at >= REPORT_SECONDS:
            self._report_at = now
            self._report(now)

    def _look_soon(self) -> None:
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(self._patience, self._look_again)

    def _look_again(self) -> None:
        """What is still missing is asked for again, and given up after a second."""
        self._looking, now, again = None, time.monotonic(), []
        for seq, state in list(self._missing.items()):
            if state[2] >= _TRIES or now - state[0] > _GIVE_UP:
                del self._missing[seq]
            elif now - state[1] >= 0.9 * self._patience:
                state[1], state[2] = now, state[2] + 1
                again.append(seq)
        if again:
            self._ask_again(again)
        if self._missing:
            self._look_soon()

    def _learn_patience(self, took: float, asked: float) -> None:
        """As long as a repair takes on this line and half as much again; what was asked for twice says nothing of that."""
        if asked == 1:
            self._patience += (min(max(1.5 * took, _SOONEST), _LATEST) - self._patience) / 8

    def _ask_again(self, lost: list[int]) -> None:
        if self.ssrc is None or self._our_ssrc is None:
            return
        for begin in range(0, len(lost), 64):
            packet = RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=self._our_ssrc, media_ssrc=self.ssrc)
            packet.lost = lost[begin : begin + 64]
            self._send(packet)

    def _report(self, now: float) -> None:
        if self._our_ssrc is None or self.ssrc is None:
            return
        if self.kind == "video":
            fci = pack_remb_fci(MOST_BITS, [self.ssrc])
            self._send(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=self._our_ssrc, media_ssrc=0, fci=fci))
        if self._highest is None:
            return
        expected = self._cycles + self._highest - self._begin + 1
        wanted, came = expected - self._expected_before, self._counted - self._counted_before
        self._expected_before, self._counted_before = expected, self._counted
        lost = 0 if wanted <= 0 or came >= wanted else min((wanted - came) * 256 // wanted, 255)
        info = RtcpReceiverInfo(
            ssrc=self.ssrc,
            fraction_lost=lost,
            packets_lost=clamp_packets_lost(expected - self._counted),
            highest_sequence=(self._cycles + self._highest) & 0xFFFFFFFF,
            jitter=int(self._jitter) & 0xFFFFFFFF,
            lsr=self._heard_report,
            dlsr=int((now - self._heard_report_at) * 65536) & 0xFFFFFFFF if self._heard_report else 0,
        )
        self._send(RtcpRrPacket(ssrc=self._our_ssrc, reports=[info]))

    def _send(self, packet: Any) -> None:
        if self._wire is not None:
            self._wire.send_rtcp(bytes(packet))
