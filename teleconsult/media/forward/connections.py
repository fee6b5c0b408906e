"""The two connections of a seat: one that it publishes by (it offers), one that it is shown by (we offer, once, with fixed slots)."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any, cast

import aioice.ice
import aiortc.rtcpeerconnection
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.codecs import CODECS
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtcpFeedback

from teleconsult.kernel.errors import invalid
from teleconsult.media.forward import sdp
from teleconsult.media.forward.inbound import Receiver, receivers
from teleconsult.media.forward.line import Ways
from teleconsult.media.forward.outbound import Slot
from teleconsult.media.forward.wire import Wire, raw

LOOPBACK = "127.0.0.1"
_OWN = {
    "RTCRtpReceiver": (RTCRtpReceiver, Receiver),
    "RTCRtpSender": (RTCRtpSender, Slot),
    "RTCDtlsTransport": (RTCDtlsTransport, Wire),
}
_addresses = aioice.ice.get_host_addresses
_ask_for_consent = aioice.ice.Connection.query_consent


def install(fast: bool) -> None:
    """Put our parts in the place of aiortc's, for connections made by this module only. May be called again, to change the way."""
    Ways.fast = fast
    for name, (theirs, ours) in _OWN.items():
        setattr(aiortc.rtcpeerconnection, name, _chooser(theirs, ours))
    aioice.ice.get_host_addresses = _addresses_or_loopback
    aioice.ice.Connection.query_consent = _consent_while_open  # type: ignore[method-assign]
    opus, vp8 = CODECS["audio"][0], CODECS["video"][:2]
    opus.parameters = {"minptime": 10, "useinbandfec": 1}
    opus.rtcpFeedback = [RTCRtcpFeedback(type="nack")]
    CODECS["audio"], CODECS["video"] = [opus], vp8


def pulse(now: float) -> None:
    """To be called every 50 ms: repairs, requests and reports of all streams of the process."""
    for receiver in list(receivers):
        receiver.tend(now)


class Connection:
    """What both have in common. `on_state` is called with each new state of the line."""

    def __init__(self, public_address: str = "", on_state: Callable[[str], None] | None = None) -> None:
        self._public = public_address
        with _ours():
            # No STUN server: left out, aiortc would ask Google's.
            self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        if on_state is not None:
            told = on_state
            self._pc.on("connectionstatechange", lambda: told(self._pc.connectionState))

    @property
    def state(self) -> str:
        return self._pc.connectionState

    async def close(self) -> None:
        await self._pc.close()

    async def _local(self) -> str:
        with _ours():
            await self._pc.setLocalDescription()
        for transceiver in self._pc.getTransceivers()[:1]:
            cast(Wire, transceiver.receiver.transport).listen()
        return sdp.for_them(self._pc.localDescription.sdp, self._public)

    async def _remote(self, text: str, kind: str) -> None:
        """INVALID `media.description` for what aiortc can't use."""
        try:
            with _ours():
                await self._pc.setRemoteDescription(RTCSessionDescription(sdp.for_us(text), kind))
        except Exception as error:
            raise invalid("media.description", f"{type(error).__name__}: {error}") from error


class Publication(Connection):
    """A browser sends here. Its offer may come again with more or fewer tracks."""

    def __init__(self, public_address: str = "", on_state: Callable[[str], None] | None = None) -> None:
        super().__init__(public_address, on_state)
        self.fingerprint = ""
        self._one_at_a_time = asyncio.Lock()

    async def answer(self, offer: str) -> str:
        """Take an offer and give the answer. INVALID `media.description`."""
        async with self._one_at_a_time:
            self.fingerprint = sdp.fingerprint(offer)
            await self._remote(offer, "offer")
            return await self._local()

    def receivers(self) -> dict[str, Receiver]:
        """By mid."""
        found = {t.mid: t.receiver for t in self._pc.getTransceivers() if isinstance(t.receiver, Receiver)}
        return {mid: receiver for mid, receiver in found.items() if mid is not None and isinstance(receiver, Receiver)}


class Subscription(Connection):
    """A browser is shown things here: `slots` by name (`a0`…, `v0`…), `mids` once `offer` was called."""

    def __init__(
        self, audio: int, video: int, public_address: str = "", on_state: Callable[[str], None] | None = None
    ) -> None:
        super().__init__(public_address, on_state)
        self.slots: dict[str, Slot] = {}
        with _ours():
            for kind, count in (("audio", audio), ("video", video)):
                for number in range(count):
                    self._add(kind, f"{kind[0]}{number}")

    def _add(self, kind: str, name: str) -> None:
        sender: Any = self._pc.addTransceiver(kind, direction="sendonly").sender
        sender._stream_id = f"slot-{name}"
        self.slots[name] = sender

    async def offer(self) -> str:
        return sdp.asking_how_far(await self._local())

    def mids(self) -> dict[str, str]:
        """Slot name → mid."""
        by_sender: dict[Any, str] = {t.sender: t.mid or "" for t in self._pc.getTransceivers()}
        return {name: by_sender[slot] for name, slot in self.slots.items()}

    async def accept(self, answer: str) -> None:
        """INVALID `media.description`."""
        if self._pc.signalingState != "have-local-offer":
            raise invalid("media.description", "no answer is awaited")
        await self._remote(answer, "answer")


@contextlib.contextmanager
def _ours() -> Iterator[None]:
    token = raw.set(True)
    try:
        yield
    finally:
        raw.reset(token)


def _chooser(theirs: Any, ours: Any) -> Any:
    def make(*words: Any) -> Any:
        return (ours if raw.get() else theirs)(*words)

    return make


async def _consent_while_open(self: aioice.ice.Connection) -> None:
    """A line that was closed in the moment in which it connected has no pair left to ask about: aioice would go round for ever."""
    if self._nominated:
        await _ask_for_consent(self)


def _addresses_or_loopback(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """A machine that has nothing but loopback offers that: enough for tests and for trying it out."""
    return _addresses(use_ipv4, use_ipv6) or [LOOPBACK]


__all__ = ["Connection", "Publication", "Subscription", "install", "pulse"]
