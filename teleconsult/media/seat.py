"""A seat as it is connected: its WebSocket on one side, its two connections on the other."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from teleconsult.access.tickets import Ticket
from teleconsult.media.forward import Feed, Publication, Subscription, fingerprint, kinds
from teleconsult.media.messages import Track
from teleconsult.media.room import LABELS, Thrift

SILENT_SECONDS = 12.0
_MOST_WAITING = 256

Send = Callable[[str], Awaitable[None]]


class LiveSeat:
    """One person at the node. `say` never waits: what a slow browser does not take in time ends its seat."""

    def __init__(self, ticket: Ticket, send: Send, slots: tuple[int, int], public_address: str, now: float) -> None:
        self.ticket, self.id = ticket, ticket.seat_id
        self.heard_at = now
        self.quality = "good"
        voices, pictures = slots
        self.thrift = Thrift(pictures, pictures)
        self.feeds: dict[str, Feed] = {}
        self.told: dict[str, str | None] = {}
        self.over = asyncio.Event()
        self.subscription = Subscription(voices, pictures, public_address)
        self.mids: dict[str, str] = {}
        self._public = public_address
        self._publication: Publication | None = None
        self._labels: dict[str, str] = {}
        self._waiting: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self._writer = asyncio.get_running_loop().create_task(self._write(send))
        self._publishing = asyncio.Lock()

    def say(self, t: str, **words: Any) -> None:
        try:
            self._waiting.put_nowait(json.dumps({"t": t, **words}, ensure_ascii=False))
        except asyncio.QueueFull:
            self.over.set()

    async def offer(self) -> str:
        offer = await self.subscription.offer()
        self.mids = self.subscription.mids()
        self.told = dict.fromkeys(self.mids)
        return offer

    async def publish(self, offer: str, tracks: list[Track]) -> tuple[str, list[Feed], list[Feed]]:
        """Take an offer. Gives the answer, the feeds that are new, and those that are gone.

        An offer with another certificate is another connection of the browser: the one before it ends with all its feeds.
        """
        async with self._publishing:
            gone: list[Feed] = []
            known = self._publication
            if known is not None and (known.fingerprint != fingerprint(offer) or known.state in ("failed", "closed")):
                gone += self._forget(set(self.feeds))
                self._publication = None
                await known.close()
            if self._publication is None:
                self._publication = Publication(self._public)
            answer = await self._publication.answer(offer)
            sent, receivers = kinds(offer), self._publication.receivers()
            wanted: dict[str, str] = {
                track.label: track.mid for track in tracks if sent.get(track.mid) == LABELS[track.label]
            }
            gone += self._forget({label for label, mid in self._labels.items() if wanted.get(label) != mid})
            fresh = []
            for label, mid in wanted.items():
                if label not in self.feeds and mid in receivers:
                    feed = Feed(f"{self.id}/{label}", receivers[mid])
                    self.feeds[label], self._labels[label] = feed, mid
                    fresh.append(feed)
            return answer, fresh, gone

    def _forget(self, labels: set[str]) -> list[Feed]:
        gone = [self.feeds.pop(label) for label in labels if label in self.feeds]
        for label in labels:
            self._labels.pop(label, None)
        for feed in gone:
            feed.close()
        return gone

    def lost(self) -> float:
        """The share of packets that this browser says it loses, on the worst of its slots."""
        return max((slot.lost for slot in self.subscription.slots.values() if slot.feed is not None), default=0.0)

    def sent(self) -> int:
        """Packets sent to this browser so far."""
        return sum(slot.sent + slot.repairs for slot in self.subscription.slots.values())

    async def close(self) -> None:
        """End both connections; what was said last still goes out first if the browser takes it at once."""
        self._forget(set(self.feeds))
        await self.flush()
        await asyncio.gather(
            self.subscription.close(),
            *([self._publication.close()] if self._publication else []),
            return_exceptions=True,
        )
        self._writer.cancel()

    async def flush(self, seconds: float = 0.5) -> None:
        """Return when all that was said is handed to the socket, or after `seconds`."""
        try:
            await asyncio.wait_for(self._waiting.join(), seconds)
        except TimeoutError:
            return

    async def _write(self, send: Send) -> None:
        while True:
            text = await self._waiting.get()
            try:
                await send(text)
            except (ConnectionError, RuntimeError):
                pass  # the line broke: the seat waits for its person until it was silent too long
            finally:
                self._waiting.task_done()
