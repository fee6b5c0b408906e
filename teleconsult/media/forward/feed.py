"""A source as it flows through the node: received once, its packets given to every slot and recorder that wants them."""

import struct
from collections.abc import Callable

from aiortc.rtp import RtcpSrPacket

from teleconsult.media.forward.inbound import Receiver
from teleconsult.media.forward.outbound import Slot
from teleconsult.media.vp8 import begins_key_frame

KEPT = 1024
"""Packets remembered for repairs: more than ten seconds of a camera, one of a busy screen."""
KEY_SECONDS = 0.4
"""Between two requests for a key frame: each costs the sender a large picture."""

# abs-send-time (24 bits of seconds, 6.18) as the only one-byte header extension, with the id that every offer of ours has for it.
_EXTENSION = struct.Struct("!II")
_EXTENSION_HEAD, _SEND_TIME = 0xBEDE0001, 0x32000000
_EXTENSION_BYTES = 8

Tap = Callable[[bytes, int, int, int, float], None]
"""payload, marker bit, sequence number, timestamp, instant."""


class Feed:
    """`id`, `kind`; `slots` that show it (replaced, never changed in place); `taps` that record it."""

    def __init__(self, source_id: str, receiver: Receiver) -> None:
        self.id, self.kind = source_id, receiver.kind
        self.slots: tuple[Slot, ...] = ()
        self.taps: tuple[Tap, ...] = ()
        self.open = True
        self.report: tuple[int, int] | None = None
        self._receiver = receiver
        self._kept: list[tuple[int, int, int, bytes] | None] = [None] * KEPT
        self._asked_at = 0.0
        receiver.take, receiver.on_report = self._take, self._on_report

    @property
    def octets(self) -> int:
        """Payload received so far."""
        return self._receiver.octets

    def loudness(self) -> int:
        """The loudest moment since the last call: 0 silence … 127."""
        heard, self._receiver.loudness = self._receiver.loudness, 0
        return heard

    def close(self) -> None:
        """The source is gone: slots show nothing, recorders get no more."""
        if self._receiver.take == self._take:
            self._receiver.take = self._receiver.on_report = None
        for slot in self.slots:
            slot.show(None)
        self.taps = ()
        self.open = False

    def want_key(self, now: float) -> None:
        """Somebody needs a key frame; the sender is asked at most every `KEY_SECONDS`."""
        self._receiver.rest(False)
        if self.kind == "video" and now - self._asked_at >= KEY_SECONDS:
            self._asked_at = now
            self._receiver.ask_key()

    def tend(self, now: float) -> None:
        """Every 50 ms: a picture that nobody is shown rests; a key frame that was asked for and did not come is asked for again."""
        if self.kind != "video":
            return
        if not self.slots and not self.taps:
            self._receiver.rest(True)
        elif any(slot.waiting and slot.out is not None for slot in self.slots):
            self.want_key(now)

    def kept(self, seq: int) -> tuple[int, int, bytes, int, int] | None:
        """A packet from the memory: timestamp, marker, body, first byte, length of the extension; None if it is not there any more."""
        found = self._kept[seq & (KEPT - 1)]
        if found is None or found[0] != seq:
            return None
        video = self.kind == "video"
        return found[1], found[2], found[3], 0x90 if video else 0x80, _EXTENSION_BYTES if video else 0

    def _on_report(self, packet: RtcpSrPacket) -> None:
        self.report = packet.sender_info.ntp_timestamp, packet.sender_info.rtp_timestamp
        for slot in self.slots:
            slot.report()

    def _take(self, packet: bytes, at: int, marker: int, seq: int, ts: int, now: float) -> None:
        """The hot path: built once, sent by each slot under its own numbers."""
        if self.kind == "video":
            first = 0x90
            sent_at = int(now * 262144) & 0xFFFFFF
            body = _EXTENSION.pack(_EXTENSION_HEAD, _SEND_TIME | sent_at) + packet[at:]
        else:
            first, body = 0x80, packet[at:]
        self._kept[seq & (KEPT - 1)] = (seq, ts, marker, body)
        begins: bool | None = None
        for slot in self.slots:
            if slot.waiting:
                if slot.out is None:
                    continue
                if begins is None:
                    begins = self.kind == "audio" or begins_key_frame(packet, at)
                if not begins:
                    self.want_key(now)
                    continue
                slot.start(seq, ts, now)
            slot.forward(first, marker, seq, ts, body, now)
        for tap in self.taps:
            tap(packet[at:], marker, seq, ts, now)
