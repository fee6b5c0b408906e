"""The doors of a media node: a WebSocket for browsers, control for web, health for whoever watches.

Only the ticket lets anybody in; nothing else of a request is believed. This process has no database.
"""

import asyncio
import json
import logging
import time
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from teleconsult import nodes
from teleconsult.kernel.clock import Clock
from teleconsult.kernel.errors import Meaning, Refused, forbidden
from teleconsult.media import messages
from teleconsult.media.hall import LiveRoom
from teleconsult.media.messages import Bye, Join
from teleconsult.media.node import MediaNode
from teleconsult.media.seat import LiveSeat

log = logging.getLogger(__name__)
STATUS = {
    Meaning.ABSENT: 404,
    Meaning.FORBIDDEN: 403,
    Meaning.CONFLICT: 409,
    Meaning.INVALID: 422,
    Meaning.BUSY: 503,
}
JOIN_SECONDS = 10.0
_MOST_A_SECOND = 50
_GONE_ON_PURPOSE = (1000, 1001)


class Doors:
    """The aiohttp application around a node. `origins` are the sites whose pages may open the WebSocket."""

    def __init__(self, node: MediaNode, ticket_key: bytes, clock: Clock, origins: frozenset[str]) -> None:
        self._node, self._key, self._clock, self._origins = node, ticket_key, clock, origins

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 << 10)
        app.router.add_get("/rtc", self.rtc)
        app.router.add_get("/healthz", self.healthz)
        app.router.add_post("/control/{room}/{verb}", self.control)
        return app

    async def healthz(self, request: web.Request) -> web.Response:
        return web.json_response(self._node.health(), status=503 if self._node.ending else 200)

    async def control(self, request: web.Request) -> web.Response:
        """What web asks for, signed with the tickets' key (`nodes.tell`)."""
        body = await request.read()
        try:
            nodes.check(
                self._key, request.headers.get(nodes.CONTROL, ""), request.path, body, self._clock.now().timestamp()
            )
            words = json.loads(body or b"{}")
            room, verb = request.match_info["room"], request.match_info["verb"]
            return web.json_response(await self._node.control(room, verb, words if isinstance(words, dict) else {}))
        except Refused as refusal:
            return web.json_response({"code": refusal.code, "detail": refusal.detail}, status=STATUS[refusal.meaning])
        except json.JSONDecodeError:
            return web.json_response({"code": "media.message"}, status=STATUS[Meaning.INVALID])

    async def rtc(self, request: web.Request) -> web.StreamResponse:
        """One browser, from `join` to its end."""
        if not self._same_people(request):
            return web.json_response({"code": "media.origin"}, status=403)
        socket = web.WebSocketResponse(max_msg_size=messages.MOST_BYTES, compress=False, timeout=2.0)
        await socket.prepare(request)
        try:
            said = messages.read(await socket.receive_str(timeout=JOIN_SECONDS))
            if not isinstance(said, Join):
                raise forbidden("ticket.forged", "the first message is join")
            room, seat = await self._node.admit(said, socket.send_str)
        except Refused as refusal:
            if not socket.closed:
                await socket.send_json({"t": "refused", "code": refusal.code})
        except (TimeoutError, TypeError, ConnectionError):  # TypeError: closed or binary instead of a text
            log.debug("nobody joined")
        else:
            await self._serve(socket, room, seat)
        await socket.close()
        return socket

    async def _serve(self, socket: web.WebSocketResponse, room: LiveRoom, seat: LiveSeat) -> None:
        """A page that closes leaves at once; one whose line broke keeps its seat until it was silent too long, or comes back."""
        listening = asyncio.create_task(self._listen(socket, room, seat))
        over = asyncio.create_task(seat.over.wait())
        try:
            await asyncio.wait({listening, over}, return_when=asyncio.FIRST_COMPLETED)
            on_purpose = listening.done() and not listening.cancelled() and listening.result()
            if on_purpose or seat.over.is_set():
                await seat.flush()
                self._node.leave(room, seat)
        finally:
            for task in (listening, over):
                task.cancel()

    async def _listen(self, socket: web.WebSocketResponse, room: LiveRoom, seat: LiveSeat) -> bool:
        """Hear the browser until its socket ends; whether it ended on purpose."""
        left, since = _MOST_A_SECOND, time.monotonic()
        async for message in socket:
            if message.type != WSMsgType.TEXT:
                continue
            seat.heard_at = now = time.monotonic()
            if now - since >= 1.0:
                left, since = _MOST_A_SECOND, now
            left -= 1
            if left < 0:
                continue
            try:
                said = messages.read(message.data)
                if isinstance(said, Bye):
                    return True
                await room.hear(seat, said)
            except Refused as refusal:
                log.info("refused to %s: %s", seat.id, refusal)
                seat.say("refused", code=refusal.code)
        return socket.close_code in _GONE_ON_PURPOSE

    def _same_people(self, request: web.Request) -> bool:
        """Whether the page that opens the socket is ours: a site we know, or served by this very host. Programs send no origin."""
        origin = request.headers.get("Origin")
        if origin is None or origin in self._origins:
            return True
        return bool(request.host) and urlsplit(origin).hostname == urlsplit(f"//{request.host}").hostname
