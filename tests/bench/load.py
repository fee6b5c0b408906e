"""Synthetic people for the bench of rooms, as a process of its own: pre-encoded VP8 (about 700 kbit/s, 75 packets/s) and 20 ms sound out, sinks that count in.

    python -m tests.bench.load '{"kind": "node", "url": "http://…", "key": "…", "people": 8, …}'   → one line of JSON

A sink decrypts nothing but the sound that the first person of a room hears, which carries the instant at which it was sent. Sinks send no reports, to
nobody; so the CPU for those is missing for whoever forwards, Janus included.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import struct
import sys
import time
from typing import Any

import aiohttp
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcrtpsender import RTCRtpSender

from tests.bench import sending
from tests.bench.janus import JanusPerson
from tests.media.callers import ticket

MARK, SEATED = b"sent-at:", "seated"
FRAME_BYTES, FRAMES_A_SECOND, SOUNDS_A_SECOND = 3_500, 25, 50
COUNTS = {"in": 0, "sound": 0, "bytes": 0}
DELAYS: list[float] = []


class Sink:
    """Counts what comes by one connection, and where it is asked for reads the instant at which a sound was sent."""

    def __init__(self, wire: Any, times: bool) -> None:
        self._wire, self._times = wire, times

    def heard(self, packet: memoryview) -> None:
        COUNTS["in"] += 1
        COUNTS["bytes"] += len(packet)
        if len(packet) < 300:
            COUNTS["sound"] += 1
            if self._times and self._wire._rx_srtp is not None:
                clear = self._wire._rx_srtp.unprotect(bytes(packet))
                at = clear.find(MARK)
                if at >= 0:
                    DELAYS.append(time.monotonic() - struct.unpack_from("!d", clear, at + len(MARK))[0])


class Sent(MediaStreamTrack):
    """Content without meaning, of the right size, at the right times; the first frame after a request is marked as a key frame."""

    def __init__(self, kind: str, offset: float) -> None:
        super().__init__()
        self.kind, self._offset, self._count, self._key = kind, offset, 0, True
        self._begin = 0.0

    def key(self) -> None:
        self._key = True

    async def recv(self) -> Any:
        """The next frame, when it is due, and its timestamp."""
        rate, clock = (SOUNDS_A_SECOND, 48000) if self.kind == "audio" else (FRAMES_A_SECOND, 90000)
        self._begin = self._begin or time.monotonic() + self._offset
        await asyncio.sleep(max(self._begin + self._count / rate - time.monotonic(), 0))
        self._count += 1
        return (self._sound() if self.kind == "audio" else self._picture()), self._count * clock // rate

    def _sound(self) -> bytes:
        return b"\xf8" + MARK + struct.pack("!d", time.monotonic()) + bytes(64)

    def _picture(self) -> bytes:
        head, self._key = (b"\x10" if self._key else b"\x11"), False
        return head + b"\x02\x00\x9d\x01\x2a\x80\x02\x68\x01" + bytes(FRAME_BYTES)


def connection() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


def publisher(number: int) -> RTCPeerConnection:
    """One person's camera and microphone, out of step with the others'."""
    made = connection()
    made.addTransceiver(Sent("audio", number * 0.0013), direction="sendonly")
    camera = Sent("video", number * 0.0027)
    transceiver = made.addTransceiver(camera, direction="sendonly")
    known = RTCRtpSender.getCapabilities("video").codecs
    transceiver.setCodecPreferences([codec for codec in known if codec.mimeType in ("video/VP8", "video/rtx")])
    transceiver.sender._send_keyframe = camera.key  # type: ignore[method-assign]
    return made


def listen(subscription: RTCPeerConnection, times: bool) -> None:
    """Once it has gathered."""
    wire: Any = subscription.getTransceivers()[0].receiver.transport
    sending.read(wire.transport._connection, Sink(wire, times).heard)


class NodePerson:
    """A seat at our node."""

    def __init__(self, number: int, asked: dict[str, Any], session: aiohttp.ClientSession) -> None:
        self.number, self._asked, self._session = number, asked, session
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self.socket = await self._session.ws_connect(self._asked["url"].replace("http", "ws", 1) + "/rtc")
        room = f"room{self.number // self._asked['a_room']}"
        words = ticket(bytes.fromhex(self._asked["key"]), room, f"p{self.number}")
        await self._say("join", ticket=words)
        joined = json.loads(await self.socket.receive_str(timeout=30))
        assert joined["t"] == "joined", joined
        self.out = connection()
        await self.out.setRemoteDescription(RTCSessionDescription(joined["sdp"], "offer"))
        await self.out.setLocalDescription(await self.out.createAnswer())
        listen(self.out, self.number % self._asked["a_room"] == 0)
        await self._say("answer", sdp=self.out.localDescription.sdp)
        self.into = publisher(self.number)
        await self.into.setLocalDescription(await self.into.createOffer())
        mids = [transceiver.mid for transceiver in self.into.getTransceivers()]
        tracks = [{"mid": mid, "label": label} for mid, label in zip(mids, ("mic", "camera"), strict=True)]
        await self._say("publish", sdp=self.into.localDescription.sdp, tracks=tracks)
        self._tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._ping())]

    async def subscribe(self) -> None:
        return

    async def _say(self, t: str, **words: Any) -> None:
        await self.socket.send_json({"t": t, **words})

    async def _hear(self) -> None:
        async for message in self.socket:
            said = json.loads(message.data)
            if said["t"] == "published":
                await self.into.setRemoteDescription(RTCSessionDescription(said["sdp"], "answer"))

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(4)
            await self._say("ping")


def cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


async def run(asked: dict[str, Any]) -> dict[str, Any]:
    """Seat everybody, wait until it flows, measure for `seconds`."""
    sending.install()
    async with aiohttp.ClientSession() as session:
        people: list[Any] = [
            NodePerson(n, asked, session)
            if asked["kind"] == "node"
            else JanusPerson(n, asked, session, publisher, connection, listen)
            for n in range(asked["people"])
        ]
        for person in people:
            await person.start()
        for person in people:
            await person.subscribe()
        print(SEATED, flush=True)
        await asyncio.sleep(asked["settle"])
        DELAYS.clear()
        before, cpu, own, begun = dict(COUNTS), cpu_seconds(asked["pid"]), time.process_time(), time.monotonic()
        lags = []
        while time.monotonic() - begun < asked["seconds"]:
            await asyncio.sleep(0.5)
            if asked["kind"] == "node":
                async with session.get(asked["url"] + "/healthz") as answer:
                    health = await answer.json()
                    lags.append((health["lag_ms"], health["load"]))
        passed = time.monotonic() - begun
        DELAYS.sort()
        return {
            "cpu_percent": round(100 * (cpu_seconds(asked["pid"]) - cpu) / passed, 1),
            "generator_percent": round(100 * (time.process_time() - own) / passed, 1),
            "packets_a_second": round((COUNTS["in"] - before["in"]) / passed),
            "sound_a_second": round((COUNTS["sound"] - before["sound"]) / passed),
            "mbits": round((COUNTS["bytes"] - before["bytes"]) * 8e-6 / passed, 1),
            "p50_ms": _quantile(0.5),
            "p95_ms": _quantile(0.95),
            "lag_ms": max((lag for lag, _ in lags), default=0.0),
            "lag_mean_ms": round(statistics.fmean(lag for lag, _ in lags), 1) if lags else 0.0,
            "load": lags[-1][1] if lags else "",
        }


def _quantile(share: float) -> float:
    return round(1000 * DELAYS[int(len(DELAYS) * share)], 2) if DELAYS else -1.0


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.loads(sys.argv[1])))), flush=True)
    os._exit(0)  # hundreds of tasks are left to nobody
