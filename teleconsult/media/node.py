"""The media node: all live rooms of one process, their heartbeat, and their place in the registry."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any

from teleconsult.access import tickets
from teleconsult.access.tickets import Ticket
from teleconsult.kernel.clock import Clock
from teleconsult.kernel.errors import Refused, absent, busy, conflict, forbidden
from teleconsult.media.forward import Ways, pulse
from teleconsult.media.hall import LiveRoom
from teleconsult.media.messages import Join
from teleconsult.media.record import Recordings
from teleconsult.media.room import AUDIO_SLOTS, VIDEO_SLOTS, Load, Shedding
from teleconsult.media.seat import LiveSeat, Send
from teleconsult.nodes import OUT_SECONDS, Node, Nodes

log = logging.getLogger(__name__)
BEAT = 0.05
HALF = 0.5
"""Seconds after which what the loop did before counts half in `busy`."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an installation chose: its public address behind NAT, slots of a seat, and the lag (seconds) from which pictures are shed."""

    address: str = ""
    voices: int = AUDIO_SLOTS
    pictures: int = VIDEO_SLOTS
    late: float = 0.05


class MediaNode:
    """`admit` lets a ticket in. `run` must be running. `place` is what the registry knows of this node.

    `lag` is how late (seconds) the last beat came, `busy` the share of a core that the loop uses.
    """

    def __init__(
        self, place: Node, nodes: Nodes, ticket_key: bytes, recordings: Recordings, clock: Clock, shape: Shape
    ) -> None:
        self.place = place
        self.rooms: dict[str, LiveRoom] = {}
        self.lag = 0.0
        self.busy = 0.0
        self.load = Load.EASY
        self.ending = False
        self.started = time.monotonic()
        self._nodes, self._key, self._clock, self._shape = nodes, ticket_key, clock, shape
        self._recordings = recordings
        self._shedding = Shedding(late=shape.late)
        self._later_tasks: set[asyncio.Task[None]] = set()
        self._out: dict[tuple[str, str], float] = {}
        self._sent_before = 0
        self._sent_gone = 0
        self.packets_a_second = 0

    # ------------------------------------------------------------ tickets and seats

    async def admit(self, said: Join, send: Send) -> tuple[LiveRoom, LiveSeat]:
        """Check the ticket, take the room, seat the person and send the offer.

        FORBIDDEN `ticket.forged`, `ticket.expired`, `ticket.replayed`, `ticket.withdrawn`; CONFLICT `media.elsewhere` when the room lives on another
        node; BUSY `media.ending`, `room.full`, `media.broker_away`.
        """
        if self.ending:
            raise busy("media.ending")
        now = self._clock.now()
        ticket = tickets.read(self._key, said.ticket, now)
        left = int((ticket.expires_at - now).total_seconds()) + 60
        if not await asyncio.to_thread(self._nodes.first_use, ticket.jti, left):
            raise forbidden("ticket.replayed", ticket.jti)
        self._stays_out(ticket, await asyncio.to_thread(self._nodes.out_since, ticket.room_id, ticket.seat_id))
        if not await asyncio.to_thread(self._nodes.claim, ticket.room_id, self.place.id):
            raise conflict("media.elsewhere", ticket.room_id)
        return await self._seat(ticket, said.audio_only, send)

    async def _seat(self, ticket: Ticket, audio_only: bool, send: Send) -> tuple[LiveRoom, LiveSeat]:
        room = self.rooms.get(ticket.room_id)
        if room is None:
            room = self.rooms[ticket.room_id] = LiveRoom(ticket.room_id, self.later, self._put_out_by_host)
        if room.full(ticket):
            raise busy("room.full")
        slots = (self._shape.voices, self._shape.pictures)
        seat = LiveSeat(ticket, send, slots, self._shape.address, time.monotonic())
        offer = await seat.offer()
        try:
            self._stays_out(ticket, 0)  # whoever was put out while we gathered
        except Refused:
            await seat.close()
            raise
        self.rooms.setdefault(room.id, room)  # it may have emptied while we gathered
        room.enter(seat, offer, audio_only)
        return room, seat

    def _stays_out(self, ticket: Ticket, since: float) -> None:
        """FORBIDDEN `ticket.withdrawn` for a ticket that its seat got before it was put out, used or not."""
        known = (self._out.get((ticket.room_id, name), 0.0) for name in (ticket.seat_id, ""))
        if ticket.issued_at.timestamp() <= max(since, *known):
            raise forbidden("ticket.withdrawn", ticket.jti)

    def _put_out(self, room_id: str, seat_id: str, at: float) -> None:
        self._out[room_id, seat_id] = max(at, self._out.get((room_id, seat_id), 0.0))

    def _put_out_by_host(self, room_id: str, seat_id: str) -> None:
        at = self._clock.now().timestamp()
        self._put_out(room_id, seat_id, at)
        self.later(self._tell_put_out(room_id, seat_id, at))

    async def _tell_put_out(self, room_id: str, seat_id: str, at: float) -> None:
        try:
            await asyncio.to_thread(self._nodes.put_out, room_id, seat_id, at)
        except Refused as reason:
            log.warning("the other nodes were not told that a seat was put out: %s", reason)

    def leave(self, room: LiveRoom, seat: LiveSeat) -> None:
        self._sent_gone += seat.sent()
        room.leave(seat)

    # ------------------------------------------------------------ control by web

    def room(self, room_id: str) -> LiveRoom:
        """ABSENT `media.room_absent`."""
        if room_id not in self.rooms:
            raise absent("media.room_absent", room_id)
        return self.rooms[room_id]

    async def control(self, room_id: str, verb: str, words: dict[str, Any]) -> dict[str, Any]:
        """`seats`, `drop {seat, at}`, `close {code, at}`, `record {on, recording_id}`. ABSENT for another verb, room or recording.

        Who is put out stays out with every ticket issued up to `at` (seconds since 1970; now, when it is not said); whoever was let in
        again since then stays.
        """
        at = float(words.get("at") or self._clock.now().timestamp())
        if verb in ("drop", "close"):
            self._put_out(room_id, str(words.get("seat", "")) if verb == "drop" else "", at)
        match verb:
            case "seats":
                return {"seats": self.room(room_id).listed()}
            case "drop":
                return {"dropped": self.room(room_id).drop(str(words.get("seat", "")), at)}
            case "close":
                room = self.room(room_id)
                room.send_away("refused", at, code=str(words.get("code") or "room.closed"))
                stopped = await self._recordings.stop(room)
                return {"closed": True, "recording": stopped}
            case "record" if words.get("on"):
                room = self.room(room_id)
                await self._recordings.start(room, str(words.get("recording_id", "")))
                room.tell_all("recording", on=True)
                return {"recording": True}
            case "record":
                room = self.room(room_id)
                stopped = await self._recordings.stop(room)
                room.tell_all("recording", on=False)
                return {"recording": False, **(stopped or {})}
        raise absent("media.room_absent", verb)

    # ------------------------------------------------------------ as time goes by

    async def run(self) -> None:
        """Beat until cancelled. The loop's lag is how much later than asked each beat comes."""
        announcing = asyncio.create_task(self._announce())
        try:
            count = 0
            begun, used = time.monotonic(), time.thread_time()
            while True:
                await asyncio.sleep(max(begun + BEAT - time.monotonic(), 0))
                now, before = time.monotonic(), used
                used = time.thread_time()
                self.lag = max(now - begun - BEAT, 0.0)
                self.busy += ((used - before) / (now - begun) - self.busy) * (1 - 0.5 ** ((now - begun) / HALF))
                begun = now
                count += 1
                self._beat(now, count)
        finally:
            announcing.cancel()

    def _beat(self, now: float, count: int) -> None:
        pulse(now)
        self.load = self._shedding.feel(self.lag, self.busy, now)
        for room in list(self.rooms.values()):
            room.bear(self.load)
            room.tend(now)
            if count % 4 == 0:
                room.listen(now)
            if count % 20 == 0:
                room.look_after(now)
                if not room.seats:
                    self._forget(room)
        if count % 20 == 0:
            old = self._clock.now().timestamp() - OUT_SECONDS
            self._out = {who: at for who, at in self._out.items() if at > old}
            sent = self._sent_gone + sum(seat.sent() for room in self.rooms.values() for seat in room.seats.values())
            self.packets_a_second, self._sent_before = max(sent - self._sent_before, 0), sent

    def _forget(self, room: LiveRoom) -> None:
        del self.rooms[room.id]
        if room.recording:
            self.later(self._stop_recording(room))
        self.later(self._free([room.id]))

    async def _stop_recording(self, room: LiveRoom) -> None:
        await self._recordings.stop(room)

    async def _free(self, rooms: list[str]) -> None:
        try:
            await asyncio.to_thread(self._nodes.free, self.place.id, rooms)
        except Refused:
            return

    async def _announce(self) -> None:
        """Once a second: we live. A room that another node took over meanwhile (we were silent too long) moves there."""
        while True:
            place = replace(self.place, load=self.packets_a_second, rooms=len(self.rooms))
            try:
                lost = await asyncio.to_thread(self._nodes.announce, place, list(self.rooms))
            except Refused as reason:
                log.warning("not in the registry: %s", reason)
                lost = set()
            for room_id in lost & set(self.rooms):
                self.rooms[room_id].send_away("restart", reason="elsewhere")
            await asyncio.sleep(1.0)

    async def end(self) -> None:
        """SIGTERM: no more rooms come, every seat is told to start again elsewhere, recordings are finished."""
        self.ending = True
        try:
            await asyncio.to_thread(self._nodes.withdraw, self.place.id, list(self.rooms))
        except Refused:
            log.warning("the registry could not be told that this node ends")
        seats = [seat for room in self.rooms.values() for seat in room.seats.values()]
        for seat in seats:
            seat.say("restart", reason="ending")
        await asyncio.gather(*(seat.flush() for seat in seats))
        for room in list(self.rooms.values()):
            await self._recordings.stop(room)
            room.send_away("restart", reason="ending")
        if self._later_tasks:
            await asyncio.wait(self._later_tasks, timeout=2.0)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._later_tasks.add(task)
        task.add_done_callback(self._later_tasks.discard)

    def health(self) -> dict[str, Any]:
        """For /healthz and the bench."""
        return {
            "status": "ending" if self.ending else "ok",
            "node": self.place.id,
            "rooms": len(self.rooms),
            "seats": sum(len(room.seats) for room in self.rooms.values()),
            "packets_a_second": self.packets_a_second,
            "lag_ms": round(self.lag * 1000, 1),
            "busy_percent": round(self.busy * 100, 1),
            "load": self.load.name.lower(),
            "way": "fast" if Ways.fast else "plain",
            "unsent": Ways.unsent,
            "unknown_streams": Ways.unknown_streams,
            "bad_packets": Ways.bad_packets,
            "tasks": len(asyncio.all_tasks()),
        }
