"""Seats of a room as scripts take them: aiortc joins the media node as a browser does, sends a moving picture and a tone, and counts
what the others send."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import aiohttp
import av
import numpy as np
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

WIDTH, HEIGHT, RATE = 160, 120, 10
ENOUGH = {"video": 10, "audio": 50}
"""Frames that a seat waits for of each kind."""


class Picture(MediaStreamTrack):
    """A bar that moves, `RATE` times a second."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(1 / RATE)
        grey = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
        grey[:, self._count * 8 % WIDTH :][:, :16] = 220
        frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
        frame.pts, frame.time_base = self._count * 90000 // RATE, Fraction(1, 90000)
        self._count += 1
        return frame


class Tone(MediaStreamTrack):
    """A tone in pieces of 20 ms."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._count = 0

    async def recv(self) -> av.AudioFrame:
        await asyncio.sleep(0.02)
        at = np.arange(self._count * 960, (self._count + 1) * 960)
        frame = av.AudioFrame.from_ndarray((np.sin(at * 0.06) * 12000).astype(np.int16).reshape(1, -1), "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, self._count * 960, Fraction(1, 48000)
        self._count += 1
        return frame


class Seat:
    """One seat. `frames` counts what was decoded, by kind. `trust`: the node's certificate, where it is a made one."""

    def __init__(self, admission: Mapping[str, Any], trust: ssl.SSLContext | None = None) -> None:
        self._admission, self._trust = admission, trust
        self.frames: Counter[str] = Counter()
        self._session = aiohttp.ClientSession()
        self._out, self._into = _connection(), _connection()
        self._tasks: list[asyncio.Task[None]] = []
        self._socket: Any = None

    async def join(self) -> None:
        """Sit down, answer the node's offer and send. ConnectionError with the node's code when it refuses."""
        url = str(self._admission["media_url"]).replace("http", "ws", 1) + "/rtc"
        self._socket = await self._session.ws_connect(url, ssl=self._trust or True)
        await self._say("join", ticket=self._admission["ticket"])
        joined = await self._heard("joined")
        await self._out.setRemoteDescription(RTCSessionDescription(joined["sdp"], "offer"))
        for transceiver in self._out.getTransceivers():
            self._tasks.append(asyncio.create_task(self._count(transceiver.receiver.track)))
        await self._out.setLocalDescription(await self._out.createAnswer())
        await self._say("answer", sdp=self._out.localDescription.sdp)
        labels = {"camera": self._into.addTransceiver(Picture(), direction="sendonly")}
        labels["mic"] = self._into.addTransceiver(Tone(), direction="sendonly")
        await self._into.setLocalDescription(await self._into.createOffer())
        tracks = [{"mid": transceiver.mid, "label": label} for label, transceiver in labels.items()]
        await self._say("publish", sdp=self._into.localDescription.sdp, tracks=tracks)
        published = await self._heard("published")
        await self._into.setRemoteDescription(RTCSessionDescription(published["sdp"], "answer"))
        self._tasks.append(asyncio.create_task(self._listen()))

    async def met(self) -> None:
        """Wait until enough of the others was seen and heard."""
        while any(self.frames[kind] < count for kind, count in ENOUGH.items()):
            await asyncio.sleep(0.05)

    async def leave(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(self._out.close(), self._into.close(), self._session.close())

    async def _say(self, t: str, **words: Any) -> None:
        await self._socket.send_str(json.dumps({"t": t, **words}))

    async def _heard(self, t: str) -> dict[str, Any]:
        while True:
            said: dict[str, Any] = json.loads(await self._socket.receive_str(timeout=15))
            if said["t"] == t:
                return said
            if said["t"] == "refused":
                raise ConnectionError(f"the media node refused: {said['code']}")

    async def _listen(self) -> None:
        async for _ in self._socket:
            pass

    async def _count(self, track: Any) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                await track.recv()
                self.frames[track.kind] += 1


def _connection() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


async def _meet(
    admissions: list[Mapping[str, Any]], trust: ssl.SSLContext | None, seconds: float
) -> list[Counter[str]]:
    seats = [Seat(admission, trust) for admission in admissions]
    try:
        async with asyncio.timeout(seconds):
            for seat in seats:
                await seat.join()
            await asyncio.gather(*(seat.met() for seat in seats))
    finally:
        await asyncio.gather(*(seat.leave() for seat in seats), return_exceptions=True)
    return [seat.frames for seat in seats]


def meet(
    admissions: list[Mapping[str, Any]], trust: ssl.SSLContext | None = None, seconds: float = 60.0
) -> list[Counter[str]]:
    """Take a seat with each admission (`POST /api/rooms/{id}/admit`) until all have seen and heard the others; what each decoded.

    TimeoutError when that takes longer than `seconds`, ConnectionError when the node refuses a ticket.
    """
    return asyncio.run(_meet(admissions, trust, seconds))
