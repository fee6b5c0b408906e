"""Starting and ending one media node."""

import asyncio
import contextlib
import gc
import logging
import os
import secrets
import signal
import socket
from dataclasses import replace
from urllib.parse import urlsplit

from aiohttp import web

from teleconsult.blobs import open_blobs
from teleconsult.kernel.clock import SystemClock
from teleconsult.keys import load_keys
from teleconsult.media.forward import choose_way
from teleconsult.media.node import MediaNode, Shape
from teleconsult.media.record import Recordings
from teleconsult.media.server import Doors
from teleconsult.nodes import Node, Nodes
from teleconsult.settings import BadSetting, Settings
from teleconsult.tls import LOOK_SECONDS, Entrance

log = logging.getLogger(__name__)
DEFAULT_PORT = 8090
_COLLECT = (2_000, 5, 5)
"""Each packet is kept for a while; Python would look for cycles at every 700 and find none. What it looks for comes with joins and leaves."""
_ANY = ("0.0.0.0", "::")  # noqa: S104 (compared)


def serve(settings: Settings) -> None:
    """Run a node until SIGTERM or SIGINT. `BadSetting` when the port is taken or no broker is named."""
    if not settings.broker_url:
        raise BadSetting("TELECONSULT_BROKER_URL is needed: media nodes find each other there")
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    door = listening(settings)
    way = await choose_way(settings.media_fast)
    port = door.getsockname()[1]
    keys, clock = load_keys(settings.home), SystemClock()
    nodes = Nodes(settings.broker_url)
    recordings = Recordings(settings.home / "recordings", keys.recordings, open_blobs(settings).adopt)
    for recording in await asyncio.to_thread(recordings.salvage):
        log.warning("kept what was left of recording %s", recording)
    late = settings.media_late_ms / 1000
    shape = Shape(settings.media_address, settings.media_voices, settings.media_pictures, late)
    entrance = Entrance(settings) if settings.encrypted else None
    node = MediaNode(_place(settings, port, entrance), nodes, keys.tickets, recordings, clock, shape)
    runner = web.AppRunner(Doors(node, keys.tickets, clock, origins(settings)).app(), access_log=None)
    await runner.setup()
    await web.SockSite(runner, door, ssl_context=entrance.context if entrance else None).start()
    gc.collect()
    gc.freeze()  # the modules are not looked through again: that would stop every packet for tens of milliseconds
    gc.set_threshold(*_COLLECT)
    beating = asyncio.gather(node.run(), *([_kept_fresh(entrance, node)] if entrance else []))
    log.info("media node %s on port %d, %s forwarding, browsers come to %s", node.place.id, port, way, node.place.url)
    try:
        await stopping.wait()
        await node.end()
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        await runner.cleanup()
        nodes.close()


def listening(settings: Settings) -> socket.socket:
    """The socket for signalling. Port 0 in the settings: 8090, or any other where that is taken; a named port that is taken is a `BadSetting`."""
    for port in (settings.media_port,) if settings.media_port else (DEFAULT_PORT, 0):
        family = socket.AF_INET6 if ":" in settings.media_listen else socket.AF_INET
        door = socket.socket(family)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((settings.media_listen, port))
            door.listen(256)
        except OSError as error:
            door.close()
            if port != DEFAULT_PORT or settings.media_port:
                raise BadSetting(
                    f"media port {port} can't be had ({error.strerror}): choose another one with --media-port PORT"
                ) from None
        else:
            door.setblocking(False)
            return door
    raise BadSetting("no port for the media node")


def origins(settings: Settings) -> frozenset[str]:
    """Whose pages may open the WebSocket: the site that users type, by any of the names of loopback when it is there."""
    parts = urlsplit(settings.url)
    own = f"{parts.scheme}://{parts.netloc}"
    if parts.hostname in ("127.0.0.1", "localhost", *_ANY):
        return frozenset({own, *(f"{parts.scheme}://{name}:{parts.port}" for name in ("127.0.0.1", "localhost"))})
    return frozenset({own})


async def _kept_fresh(entrance: Entrance, node: MediaNode) -> None:
    """New connections get a certificate that was renewed; web is told which it is."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        await asyncio.to_thread(entrance.look)
        node.place = replace(node.place, certificate=entrance.pem)


def _place(settings: Settings, port: int, entrance: Entrance | None) -> Node:
    """`inner` is for web: this machine by its name where any address is listened on (containers have one each)."""
    name = f"{socket.gethostname()[:24]}-{os.getpid()}-{secrets.token_hex(3)}"
    host = settings.media_listen
    host = socket.gethostname() if host in _ANY else f"[{host}]" if ":" in host else host
    url = settings.media_public.format(node=name, host=host, port=port)
    inner = f"{settings.scheme}://{host}:{port}"
    return Node(name, url, inner, certificate=entrance.pem if entrance else "")
