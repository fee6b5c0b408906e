"""At start: do aiortc's and aioice's inner parts still behave as forwarding needs? Two connections in this process, real packets."""

import asyncio
import logging
import time
from fractions import Fraction
from typing import Any, cast

import av
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)

from teleconsult.media.forward.connections import Publication, Subscription, install, pulse
from teleconsult.media.forward.feed import Feed
from teleconsult.media.forward.wire import Wire

log = logging.getLogger(__name__)
SECONDS = 15.0
"""It takes a third of one; a machine that is just starting everything else must not leave the node on the slow way for good."""
_SOUND = b"\xf8\xff\xfe" + b"self-test"
_PICTURE = b"\x10\x02\x00\x9d\x01\x2a\x10\x00\x10\x00" + b"self-test"


class CannotForward(Exception):
    """Neither way works with the installed aiortc and aioice; the message says what was seen."""


async def choose_way(fast: bool = True) -> str:
    """Install the fast way if it works here, else the plain one: `fast` or `plain`. Raises `CannotForward`."""
    seen: list[str] = []
    for way in (True, False) if fast else (False,):
        install(way)
        try:
            await asyncio.wait_for(_try(way), SECONDS)
        except Exception as error:
            seen.append(f"{'fast' if way else 'plain'}: {type(error).__name__} {error}")
            log.warning("self-test failed (%s)", seen[-1])
        else:
            return "fast" if way else "plain"
    raise CannotForward("aiortc or aioice do not behave as forwarding needs: " + "; ".join(seen))


async def _try(fast: bool) -> None:
    """publisher (aiortc's own) → publication → feed → slot → subscription → a second publication, which taps what arrives."""
    publisher = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    into, out, far = Publication(), Subscription(1, 1), Publication()
    asked = asyncio.Event()
    pumping = asyncio.get_running_loop().create_task(_pump())
    try:
        for kind, content in (("audio", _SOUND), ("video", _PICTURE)):
            transceiver = publisher.addTransceiver(_Repeated(kind, content), direction="sendonly")
            if kind == "video":
                transceiver.sender._send_keyframe = asked.set  # type: ignore[method-assign]
        await publisher.setLocalDescription(await publisher.createOffer())
        answer = await into.answer(publisher.localDescription.sdp)
        await publisher.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await out.accept(await far.answer(await out.offer()))
        taken = _counted(into) if fast else None
        feeds = [Feed(receiver.kind, receiver) for receiver in into.receivers().values()]
        for feed in feeds:
            out.slots[f"{feed.kind[0]}0"].show(feed)
        heard = [_arrival(feed) for feed in (Feed(r.kind, r) for r in far.receivers().values())]
        await asyncio.gather(*heard, _ask(feeds, asked))
        if taken is not None and not taken:
            raise RuntimeError("packets do not come by the fast way")
    finally:
        pumping.cancel()
        for connection in (publisher, into, out, far):
            await connection.close()


def _counted(into: Publication) -> list[int]:
    """Grows with each packet that is read straight from the socket."""
    taken: list[int] = []
    wire = cast(Wire, next(iter(into.receivers().values())).transport)
    take = wire.take

    def counting(length: int) -> None:
        taken.append(length)
        take(length)

    wire.take = counting  # type: ignore[method-assign]
    wire.listen()
    return taken


async def _ask(feeds: list[Feed], heard: asyncio.Event) -> None:
    """Ask for a key frame until the sender has heard it: before its first packet has come nobody knows whom to ask."""
    while not heard.is_set():
        for feed in feeds:
            feed.want_key(time.monotonic())
        await asyncio.sleep(0.05)


async def _arrival(feed: Feed) -> None:
    """Wait for what was sent to come through, unchanged."""
    wanted = _SOUND if feed.kind == "audio" else _PICTURE
    came = asyncio.Event()

    def tap(payload: bytes, marker: int, seq: int, ts: int, now: float) -> None:
        if payload.endswith(wanted):
            came.set()

    feed.taps = (tap,)
    await came.wait()


async def _pump() -> None:
    while True:
        pulse(time.monotonic())
        await asyncio.sleep(0.05)


class _Repeated(MediaStreamTrack):
    """The same encoded content every 20 ms: nothing is encoded or decoded in the test."""

    def __init__(self, kind: str, content: bytes) -> None:
        super().__init__()
        self.kind = kind
        self._content, self._count = content, 0

    async def recv(self) -> Any:
        await asyncio.sleep(0.02)
        packet = av.Packet(self._content)
        rate = 48000 if self.kind == "audio" else 90000
        packet.pts = packet.dts = self._count * rate // 50
        packet.time_base = Fraction(1, rate)
        self._count += 1
        return packet
