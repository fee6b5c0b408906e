"""One live room: the pure `Room` joined to the seats that are connected, so that what is planned is what flows."""

import time
from collections.abc import Callable, Coroutine
from typing import Any

from teleconsult.access.tickets import Ticket
from teleconsult.kernel.errors import forbidden
from teleconsult.media.forward import Feed
from teleconsult.media.messages import Answer, DropSeat, Muted, MuteSeat, Ping, Prefs, Publish, Quality, Said
from teleconsult.media.room import Load, Room
from teleconsult.media.seat import SILENT_SECONDS, LiveSeat

MOST_SEATS = 32
_KINDS = {"a": "audio", "v": "video"}

Later = Callable[[Coroutine[Any, Any, None]], None]


class LiveRoom:
    """`later` runs what may take a while (closing connections) without anybody waiting for it; `put_out` hears of whom a host sends away."""

    def __init__(self, room_id: str, later: Later, put_out: Callable[[str, str], None]) -> None:
        self.id = room_id
        self.room = Room()
        self.seats: dict[str, LiveSeat] = {}
        self.recording: str | None = None
        self.on_feeds: Callable[[], None] = lambda: None
        self._later, self._put_out = later, put_out
        self._speaking: list[str] = []

    # ------------------------------------------------------------ coming and going

    def full(self, ticket: Ticket) -> bool:
        return ticket.seat_id not in self.seats and len(self.seats) >= MOST_SEATS

    def enter(self, seat: LiveSeat, offer: str, audio_only: bool) -> None:
        """Sit down and be told so, the others after that; whoever of the same seat or person sat here before is sent away."""
        for other in list(self.seats.values()):
            if other.id == seat.id or other.ticket.person_id == seat.ticket.person_id:
                other.say("refused", code="seat.replaced")
                self.leave(other)
        self.seats[seat.id] = seat
        names = seat.subscription.slots
        self.room.enter(seat.id, [n for n in names if n[0] == "v"], [n for n in names if n[0] == "a"])
        self.room.seats[seat.id].wishes.video = not audio_only
        slots = [{"mid": mid, "kind": _KINDS[name[0]]} for name, mid in seat.mids.items()]
        shedding = self.room.load > Load.EASY
        seat.say("joined", seat=seat.id, sdp=offer, slots=slots, seats=self.listed(), shedding=shedding)
        if self.recording:
            seat.say("recording", on=True)
        self.tell_seats()

    def leave(self, seat: LiveSeat) -> None:
        """Repeats safely."""
        if self.seats.get(seat.id) is seat:
            del self.seats[seat.id]
            self.room.leave(seat.id)
            self.apply()
            self.tell_seats()
        seat.over.set()
        self._later(seat.close())

    def send_away(self, t: str, at: float | None = None, **words: Any) -> None:
        """Tell every seat why (`restart` or `refused`) and end the room. With `at`, who came with a later ticket stays: the room was opened again."""
        for seat in list(self.seats.values()):
            if at is not None and seat.ticket.issued_at.timestamp() > at:
                continue
            seat.say(t, **words)
            self.leave(seat)

    # ------------------------------------------------------------ what seats say

    async def hear(self, seat: LiveSeat, said: Said) -> None:
        """Do what a seat asks for. FORBIDDEN `permit.refused`, INVALID `media.description`."""
        match said:
            case Ping():
                seat.say("pong")
            case Answer():
                await seat.subscription.accept(said.sdp)
                self.apply()
            case Publish():
                await self._publish(seat, said)
            case Prefs():
                wishes = self.room.seats[seat.id].wishes
                wishes.video, wishes.pinned, wishes.most_video = said.video, said.pinned, said.most_video
                self.apply()
            case Muted():
                if self.room.mute(seat.id, said.label, said.muted):
                    self.apply()
                    self.tell_seats()
            case Quality():
                if seat.quality != said.level:
                    seat.quality = said.level
                    self.tell_seats()
            case MuteSeat() | DropSeat():
                self._as_host(seat, said)
            case _:
                raise forbidden("permit.refused", said.t)

    async def _publish(self, seat: LiveSeat, said: Publish) -> None:
        if not seat.ticket.may_publish:
            raise forbidden("permit.refused", "this ticket only looks and listens")
        answer, fresh, gone = await seat.publish(said.sdp, said.tracks)
        for feed in gone:
            self.room.withdraw(feed.id)
        if self.seats.get(seat.id) is not seat:
            return
        for feed in fresh:
            self.room.publish(seat.id, feed.id, feed.id.rsplit("/", 1)[1], time.monotonic())
        seat.say("published", sdp=answer)
        if fresh or gone:
            self.apply()
            self.tell_seats()
            self.on_feeds()

    def _as_host(self, seat: LiveSeat, said: MuteSeat | DropSeat) -> None:
        if not seat.ticket.host:
            raise forbidden("permit.refused", said.t)
        other = self.seats.get(said.seat)
        if other is None:
            return
        if isinstance(said, DropSeat):
            self._put_out(self.id, said.seat)
            self.drop(said.seat)
        elif self.room.mute(other.id, said.label, True):
            other.say("muted_by_host", label=said.label)
            self.apply()
            self.tell_seats()

    def drop(self, seat_id: str, at: float | None = None) -> bool:
        """Send one seat away for good; whether it was there. With `at`, only who came with a ticket issued up to then."""
        seat = self.seats.get(seat_id)
        if seat is None or (at is not None and seat.ticket.issued_at.timestamp() > at):
            return False
        seat.say("refused", code="seat.removed")
        self.leave(seat)
        return True

    # ------------------------------------------------------------ what seats are told

    def apply(self) -> None:
        """Bring the slots to what the room plans, and tell each seat what changed for it."""
        feeds = self.feeds()
        for seat_id, planned in self.room.plan().items():
            seat = self.seats[seat_id]
            for name, source in planned.items():
                seat.subscription.slots[name].show(feeds.get(source) if source else None)
            assigned = {seat.mids[name]: source for name, source in planned.items()}
            if assigned != seat.told:
                seat.told = assigned
                seat.say("assign", slots={mid: self._named(source) for mid, source in assigned.items()})

    def feeds(self) -> dict[str, Feed]:
        """By source id."""
        return {feed.id: feed for seat in self.seats.values() for feed in seat.feeds.values()}

    def tell_seats(self) -> None:
        listed = self.listed()
        for seat in self.seats.values():
            seat.say("seats", seats=listed)

    def listed(self) -> list[dict[str, Any]]:
        return [self._listed(seat) for seat in self.seats.values()]

    def _listed(self, seat: LiveSeat) -> dict[str, Any]:
        ticket = seat.ticket
        own = [source for source in self.room.sources.values() if source.seat == seat.id]
        return {
            "seat": seat.id,
            "person_id": ticket.person_id,
            "name": ticket.name,
            "site": ticket.site,
            "title": ticket.title,
            "host": ticket.host,
            "sources": [{"source": s.id, "label": s.label, "muted": s.muted} for s in own],
            "quality": seat.quality,
        }

    def _named(self, source_id: str | None) -> dict[str, str] | None:
        source = self.room.sources.get(source_id or "")
        return None if source is None else {"seat": source.seat, "source": source.id, "label": source.label}

    def tell_all(self, t: str, **words: Any) -> None:
        for seat in self.seats.values():
            seat.say(t, **words)

    # ------------------------------------------------------------ as time goes by

    def tend(self, now: float) -> None:
        """Every 50 ms: key frames that did not come are asked for again."""
        for seat in self.seats.values():
            for feed in seat.feeds.values():
                feed.tend(now)

    def listen(self, now: float) -> None:
        """Every 200 ms: who is loud; whoever became loud enough takes a slot."""
        feeds = self.feeds()
        self.room.hear({name: feed.loudness() for name, feed in feeds.items() if feed.kind == "audio"}, now)
        speaking = self.room.speaking(now)
        if speaking != self._speaking:
            self._speaking = speaking
            self.tell_all("speaking", seats=speaking)
        self.apply()

    def look_after(self, now: float) -> None:
        """Once a second: who fell silent is gone; a line that loses much gets fewer pictures."""
        for seat in list(self.seats.values()):
            if now - seat.heard_at > SILENT_SECONDS or seat.over.is_set():
                self.leave(seat)
            else:
                self.room.seats[seat.id].wishes.affords = seat.thrift.report(seat.lost())

    def bear(self, load: Load) -> None:
        """Show as many pictures as the node can carry now."""
        if load != self.room.load:
            shed, self.room.load = self.room.load > Load.EASY, load
            if shed != (load > Load.EASY):
                self.tell_all("shedding", video=load > Load.EASY)
            self.apply()
