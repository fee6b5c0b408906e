"""People of the tests: aiortc clients that join a room as a browser does, send encoded pictures of one shade, and look at what comes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import aiohttp
import av
import numpy
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from teleconsult.access import tickets
from teleconsult.kernel.values import new_id

WIDTH, HEIGHT, RATE = 160, 120, 15


def ticket(
    key: bytes,
    room: str,
    person: str,
    *,
    seconds: float = 60,
    host: bool = False,
    may_publish: bool = True,
    jti: str = "",
    issued_at: datetime | None = None,
) -> str:
    """A ticket as web issues it; the seat is named for the person."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    said = tickets.Ticket(
        room,
        f"seat-{person}",
        person,
        f"测试{person}",
        "示例医院",
        "attending",
        host,
        may_publish,
        jti or new_id(),
        issued_at or datetime.now(UTC),
        until,
    )
    return tickets.issue(key, said)


@cache
def pictures(shade: int) -> tuple[bytes, ...]:
    """A second of VP8, all of one shade with a little noise; the first is a key frame."""
    encoder: Any = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base, encoder.bit_rate = Fraction(1, RATE), 200_000
    encoder.options = {"deadline": "realtime", "lag-in-frames": "0", "g": "1000"}
    noise = numpy.random.default_rng(shade)
    frames: list[bytes] = []
    for number in range(RATE):
        grey = numpy.clip(noise.normal(shade, 4, (HEIGHT, WIDTH, 1)), 0, 255).astype(numpy.uint8)
        frame = av.VideoFrame.from_ndarray(numpy.repeat(grey, 3, axis=2), format="rgb24").reformat(format="yuv420p")
        frame.pts = number
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    return tuple([*frames, *(bytes(packet) for packet in encoder.encode(None))])


@cache
def sounds() -> tuple[bytes, ...]:
    """A second of Opus in packets of 20 ms."""
    encoder: Any = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48000, "stereo", "s16"
    made: list[bytes] = []
    wave = (numpy.sin(numpy.arange(48000) * 0.06) * 8000).astype(numpy.int16).repeat(2).reshape(1, -1)
    for begin in range(0, 96000, 1920):
        frame = av.AudioFrame.from_ndarray(wave[:, begin : begin + 1920], format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48000, begin // 2
        made += [bytes(packet) for packet in encoder.encode(frame)]
    return tuple(made)


class Clip(MediaStreamTrack):
    """Plays encoded content in a loop, and from its key frame on when one is asked for."""

    def __init__(self, kind: str, content: tuple[bytes, ...], rate: int, clock: int) -> None:
        super().__init__()
        self.kind = kind
        self._content, self._rate, self._clock = content, rate, clock
        self._place = self._count = 0
        self._begin: float | None = None
        self.asked = 0

    @property
    def played(self) -> int:
        """Frames handed to the sender; it takes the first when its line is up."""
        return self._count

    def key(self) -> None:
        self.asked += 1
        self._place = 0

    async def recv(self) -> Any:
        self._begin = self._begin or time.monotonic()
        await asyncio.sleep(max(self._begin + self._count / self._rate - time.monotonic(), 0))
        packet = av.Packet(self._content[self._place])
        packet.pts = packet.dts = self._count * self._clock // self._rate
        packet.time_base = Fraction(1, self._clock)
        self._place, self._count = (self._place + 1) % len(self._content), self._count + 1
        return packet


class Tone(MediaStreamTrack):
    """A tone that aiortc encodes itself, so that it says how loud it is."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    async def recv(self) -> Any:
        await asyncio.sleep(0.02)
        wave = (numpy.sin(numpy.arange(self._count * 960, (self._count + 1) * 960) * 0.06) * 20000).astype(numpy.int16)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, self._count * 960, Fraction(1, 48000)
        self._count += 1
        return frame


class Caller:
    """One person. `frames` and `shades` are by mid, `said` is everything the node said."""

    def __init__(self, person: str, shade: int = 128) -> None:
        self.person, self.shade = person, shade
        self.said: list[dict[str, Any]] = []
        self.assigned: dict[str, Any] = {}
        self.seats: list[dict[str, Any]] = []
        self.frames: Counter[str] = Counter()
        self.shades: dict[str, float] = {}
        self.clips: dict[str, Any] = {}
        self.closed = asyncio.Event()
        self.into: RTCPeerConnection | None = None
        self.out = _connection()
        self._tasks: list[asyncio.Task[None]] = []
        self._published = asyncio.Event()
        self._session: aiohttp.ClientSession | None = None
        self.socket: Any = None

    async def join(self, url: str, text: str, *, audio_only: bool = False, ping: bool = True) -> None:
        """Open the socket, join, answer the offer. Returns when seated; AssertionError with the code when refused."""
        self._session = aiohttp.ClientSession()
        try:
            self.socket = await self._session.ws_connect(url.replace("http", "ws", 1) + "/rtc")
        except aiohttp.ClientError:
            await self._session.close()
            raise
        await self.send("join", ticket=text, audio_only=audio_only)
        first = json.loads(await self.socket.receive_str(timeout=60))
        self.said.append(first)
        assert first["t"] == "joined", first
        self.seats = first["seats"]
        await self.out.setRemoteDescription(RTCSessionDescription(first["sdp"], "offer"))
        for transceiver in self.out.getTransceivers():
            self._start(self._look(transceiver.mid or "", transceiver.receiver.track))
        await self.out.setLocalDescription(await self.out.createAnswer())
        await self.send("answer", sdp=self.out.localDescription.sdp)
        self._start(self._listen())
        if ping:
            self._start(self._ping())

    async def publish(self, *labels: str) -> None:
        """Send these, by a new connection. Returns when the node answered."""
        if self.into is not None:
            await self.into.close()
        self.into, self.clips = _connection(), {}
        await self.add(*labels)

    async def add(self, *labels: str) -> None:
        """Send these too, by the connection that there is."""
        assert self.into is not None
        for label in labels:
            clip = self._clip(label)
            transceiver = self.into.addTransceiver(clip, direction="sendonly")
            if clip.kind == "video":  # a browser answers PLI; aiortc does only for what it encodes
                transceiver.sender._send_keyframe = clip.key  # type: ignore[method-assign]  # noqa: SLF001
            self.clips[label] = clip
        await self._offer()

    async def remove(self, label: str) -> None:
        """Stop sending this."""
        assert self.into is not None
        self.clips.pop(label).stop()
        await self._offer()

    async def _offer(self) -> None:
        assert self.into is not None
        await self.into.setLocalDescription(await self.into.createOffer())
        by_clip = {transceiver.sender.track: transceiver.mid for transceiver in self.into.getTransceivers()}
        named = {"loud": "mic"}
        tracks = [{"mid": by_clip[clip], "label": named.get(label, label)} for label, clip in self.clips.items()]
        self._published.clear()
        await self.send("publish", sdp=self.into.localDescription.sdp, tracks=tracks)
        await asyncio.wait_for(self._published.wait(), 60)

    def _clip(self, label: str) -> Any:
        if label == "loud":
            return Tone()
        if label == "mic":
            return Clip("audio", sounds(), 50, 48000)
        return Clip("video", pictures((self.shade + 30) % 256 if label == "screen" else self.shade), RATE, 90000)

    async def send(self, t: str, **words: Any) -> None:
        await self.socket.send_str(json.dumps({"t": t, **words}))

    def heard(self, t: str) -> list[dict[str, Any]]:
        return [message for message in self.said if message["t"] == t]

    def sees(self, label: str = "camera") -> dict[str, str]:
        """person → mid of what is assigned now."""
        return {
            named["seat"].removeprefix("seat-"): mid
            for mid, named in self.assigned.items()
            if named is not None and named["label"] == label
        }

    async def close(self, politely: bool = True) -> None:
        if politely and self.socket is not None and not self.socket.closed:
            await self.socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.out.close()
        if self.into is not None:
            await self.into.close()
        if self._session is not None:
            await self._session.close()
        if self.socket is not None:
            await self.socket.close()  # who broke off lets go of its end: aiohttp would complain at a later collection

    def _start(self, work: Any) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    async def _listen(self) -> None:
        async for message in self.socket:
            said = json.loads(message.data)
            self.said.append(said)
            if said["t"] == "assign":
                self.assigned = said["slots"]
            elif said["t"] == "seats":
                self.seats = said["seats"]
            elif said["t"] == "published" and self.into is not None:
                await self.into.setRemoteDescription(RTCSessionDescription(said["sdp"], "answer"))
                self._published.set()
        self.closed.set()

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(5)
            await self.send("ping")

    async def _look(self, mid: str, track: Any) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                self.frames[mid] += 1
                if isinstance(frame, av.VideoFrame):
                    self.shades[mid] = float(frame.to_ndarray(format="gray")[::8, ::8].mean())


def _connection() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


async def until(fact: Callable[[], object], what: str, seconds: float = 60.0) -> float:
    """Return how long it took until `fact()` was truthy; AssertionError naming `what` when it is not in time."""
    begun = time.monotonic()
    while not fact():
        assert time.monotonic() - begun < seconds, f"not within {seconds:g} s: {what}"
        await asyncio.sleep(0.02)
    return time.monotonic() - begun


@contextlib.asynccontextmanager
async def callers(*people: Caller) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await asyncio.gather(*(person.close() for person in people))
