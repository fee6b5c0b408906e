"""From RTP packets to a WebM stream, without decoding: reordered, frames put together, muxed as they come."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av

from teleconsult.media import vp8

CLOCKS = {"audio": 48000, "video": 90000}
WAIT_SECONDS = 0.8
"""How long a missing packet may still come by a repair."""
_FAR = 10.0
_MILLISECOND = Fraction(1, 1000)

Frame = tuple[bytes, int, bool]
"""content, timestamp, key frame."""


class Frames:
    """Packets of one track in any order → whole frames in order. After a gap that nobody repaired, video waits for a key frame."""

    def __init__(self, kind: str) -> None:
        self._video = kind == "video"
        self._next: int | None = None
        self._held: dict[int, tuple[int, int, bytes, float]] = {}
        self._parts: list[bytes] = []
        self.broken = self._video
        self.gaps = 0

    def push(self, payload: bytes, marker: int, seq: int, ts: int, now: float) -> list[Frame]:
        """Take a packet; gives the frames that are whole now. `broken` says whether a key frame is needed."""
        if self._next is None:
            self._next = seq
        if (seq - self._next) & 0xFFFF >= 0x8000:
            return []
        self._held[seq] = (ts, marker, payload, now)
        whole: list[Frame] = []
        while self._held:
            part = self._held.pop(self._next, None)
            if part is None:
                oldest = min(held[3] for held in self._held.values())
                if now - oldest < WAIT_SECONDS and len(self._held) < 512:
                    break
                self._skip()
                continue
            self._next = (self._next + 1) & 0xFFFF
            frame = self._add(*part[:3])
            if frame is not None:
                whole.append(frame)
        return whole

    def _skip(self) -> None:
        before: int = self._next or 0
        self._next = min(self._held, key=lambda seq: (seq - before) & 0xFFFF)
        self.gaps += 1
        self._parts = []
        self.broken = self._video

    def _add(self, ts: int, marker: int, payload: bytes) -> Frame | None:
        if not self._video:
            return (payload, ts, True) if payload else None
        if vp8.begins_frame(payload):
            self._parts = []
        begin = vp8.head(payload)
        if begin >= 0:
            self._parts.append(payload[begin:])
        if not marker or not self._parts:
            return None
        frame, self._parts = b"".join(self._parts), []
        key = vp8.is_key_frame(frame)
        if key:
            self.broken = False
        return None if self.broken else (frame, ts, key)


class Muxed:
    """One track as a WebM stream of its own, handed to `write` piece by piece. `begin`: when the recording began."""

    def __init__(self, kind: str, begin: float, write: Callable[[bytes], None]) -> None:
        self.kind = kind
        self.frames = Frames(kind)
        self.first_at: float | None = None
        self._begin, self._write = begin, write
        self._container: Any = None
        self._stream: Any = None
        self._last_ts = self._position = 0
        self._offset = 0.0
        self._last_ms = -1

    def push(self, payload: bytes, marker: int, seq: int, ts: int, now: float) -> None:
        for content, at, key in self.frames.push(payload, marker, seq, ts, now):
            if self._container is None and not self._open(content, key):
                continue
            self._mux(content, self._instant(at, now), key)

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
            self._container = None

    def _open(self, content: bytes, key: bool) -> bool:
        if not key:
            return False
        self._container = av.open(_Sink(self._write), "w", format="webm", options={"cluster_time_limit": "1000"})
        if self.kind == "video":
            self._stream = self._container.add_stream("libvpx", rate=25)
            self._stream.width, self._stream.height = vp8.size(content)
            self._stream.pix_fmt = "yuv420p"
        else:
            self._stream = self._container.add_stream("libopus", rate=48000)
            self._stream.layout = "stereo"
        return True

    def _instant(self, ts: int, now: float) -> int:
        """Milliseconds since the recording began: by the track's own clock from its first packet's arrival on."""
        step = (ts - self._last_ts) & 0xFFFFFFFF
        step -= (step & 0x80000000) << 1
        clock = CLOCKS[self.kind]
        expected = self._offset + (self._position + step) / clock
        if self.first_at is None or abs(expected - (now - self._begin)) > _FAR:
            self._position, step = 0, 0
            self._offset = now - self._begin
            self.first_at = self._offset if self.first_at is None else self.first_at
        self._position += step
        self._last_ts = ts
        return int((self._offset + self._position / clock) * 1000)

    def _mux(self, content: bytes, at: int, key: bool) -> None:
        at = max(at, self._last_ms + 1)
        self._last_ms = at
        packet = av.Packet(content)
        packet.stream, packet.pts, packet.dts = self._stream, at, at
        packet.time_base, packet.is_keyframe = _MILLISECOND, key
        self._container.mux(packet)


class _Sink:
    """What PyAV writes into: it can't go back, as what was written is encrypted already."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write

    def write(self, content: bytes) -> int:
        self._write(bytes(content))
        return len(content)
