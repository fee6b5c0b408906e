"""The same person at Janus' VideoRoom, and how Janus is started: everything off but what is compared."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiortc import RTCPeerConnection, RTCSessionDescription

ROOM, PORT = 1234, 8188
_feeds: dict[int, int] = {}


def command(folder: Path, address: str) -> list[str]:
    """Write its configuration below `folder`; the command that starts it with the VideoRoom and WebSockets alone."""
    home = next(Path("/usr/lib").glob("*/janus"))
    off = {
        kind: ",".join(file.name for file in (home / kind).glob("*.so") if wanted not in file.name)
        for kind, wanted in (("plugins", "videoroom"), ("transports", "websockets"))
    }
    (folder / "janus.jcfg").write_text(
        f'general: {{ plugins_folder = "{home}/plugins" transports_folder = "{home}/transports" '
        f'events_folder = "{home}/events" loggers_folder = "{home}/loggers" debug_level = 4 interface = "{address}" }}\n'
        f'plugins: {{ disable = "{off["plugins"]}" }}\ntransports: {{ disable = "{off["transports"]}" }}\n'
    )
    (folder / "janus.transport.websockets.jcfg").write_text(f"general: {{ ws = true ws_port = {PORT} }}\n")
    (folder / "janus.plugin.videoroom.jcfg").write_text("")
    return ["janus", "-F", str(folder), "-C", str(folder / "janus.jcfg")]


class JanusPerson:
    """Publishes, then subscribes to all others in one connection."""

    def __init__(
        self,
        number: int,
        asked: dict[str, Any],
        session: aiohttp.ClientSession,
        publisher: Callable[[int], RTCPeerConnection],
        connection: Callable[[], RTCPeerConnection],
        listen: Callable[[RTCPeerConnection, bool], None],
    ) -> None:
        self.number, self._asked, self._http = number, asked, session
        self._publisher, self._connection, self._listen = publisher, connection, listen
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._session = 0

    async def start(self) -> None:
        self._socket = await self._http.ws_connect(self._asked["url"], protocols=("janus-protocol",))
        self._reading = asyncio.create_task(self._read())
        self._session = (await self._ask(janus="create"))["data"]["id"]
        handle = await self._attach()
        if self.number == 0:
            room = {"request": "create", "room": ROOM, "publishers": 40, "bitrate": 1_500_000, "videocodec": "vp8"}
            await self._message(handle, room)
        joined = await self._message(handle, {"request": "join", "ptype": "publisher", "room": ROOM})
        _feeds[self.number] = joined["plugindata"]["data"]["id"]
        self.into = self._publisher(self.number)
        await self.into.setLocalDescription(await self.into.createOffer())
        offer = {"type": "offer", "sdp": self.into.localDescription.sdp}
        answer = await self._message(handle, {"request": "publish"}, jsep=offer)
        await self.into.setRemoteDescription(RTCSessionDescription(answer["jsep"]["sdp"], "answer"))

    async def subscribe(self) -> None:
        await asyncio.sleep(1.0 if self.number == 0 else 0)  # Janus wants the publishers to be up
        handle = await self._attach()
        wanted = [{"feed": feed} for number, feed in _feeds.items() if number != self.number]
        join = {"request": "join", "ptype": "subscriber", "room": ROOM, "streams": wanted}
        offer = await self._message(handle, join)
        self.out = self._connection()
        await self.out.setRemoteDescription(RTCSessionDescription(offer["jsep"]["sdp"], "offer"))
        await self.out.setLocalDescription(await self.out.createAnswer())
        self._listen(self.out, self.number == 0)
        await self._message(handle, {"request": "start"}, jsep={"type": "answer", "sdp": self.out.localDescription.sdp})

    async def _attach(self) -> int:
        return int((await self._ask(janus="attach", plugin="janus.plugin.videoroom"))["data"]["id"])

    async def _message(self, handle: int, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        return await self._ask(janus="message", handle_id=handle, body=body, **more)

    async def _ask(self, **words: Any) -> dict[str, Any]:
        name = str(random.random())
        waiting = self._answers[name] = asyncio.get_running_loop().create_future()
        session = {"session_id": self._session} if self._session else {}
        await self._socket.send_json({**words, **session, "transaction": name})
        return await asyncio.wait_for(waiting, 20)

    async def _read(self) -> None:
        async for message in self._socket:
            said = message.json()
            waiting = self._answers.get(said.get("transaction", ""))
            if said["janus"] != "ack" and waiting is not None and not waiting.done():
                waiting.set_result(said)
