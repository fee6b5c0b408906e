"""A media node inside the test's own process, so that a test may drop its packets or look into it."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from aiohttp import web

from teleconsult.blobs import open_blobs
from teleconsult.kernel.clock import SystemClock
from teleconsult.keys import load_keys
from teleconsult.media.forward import choose_way
from teleconsult.media.forward.line import Line
from teleconsult.media.forward.wire import Wire
from teleconsult.media.node import MediaNode, Shape
from teleconsult.media.record import Recordings
from teleconsult.media.server import Doors
from teleconsult.nodes import Node, Nodes
from teleconsult.settings import Settings


@dataclass(frozen=True)
class Inside:
    url: str
    node: MediaNode
    key: bytes
    settings: Settings
    loop: asyncio.AbstractEventLoop


@contextlib.asynccontextmanager
async def inside(broker: str, home: Path, late: float = 5.0) -> AsyncIterator[Inside]:
    """The same parts as `media.main` puts together, on a free port of this loop."""
    settings = Settings(home=home, broker_url=broker)
    keys, nodes, clock = load_keys(home), Nodes(broker), SystemClock()
    assert await choose_way() == "fast"
    recordings = Recordings(home / "recordings", keys.recordings, open_blobs(settings).adopt)
    node = MediaNode(Node("inside", "", ""), nodes, keys.tickets, recordings, clock, Shape(late=late))
    runner = web.AppRunner(Doors(node, keys.tickets, clock, frozenset()).app(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    beating = asyncio.create_task(node.run())
    try:
        yield Inside(
            f"http://127.0.0.1:{runner.addresses[0][1]}", node, keys.tickets, settings, asyncio.get_running_loop()
        )
    finally:
        await node.end()
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
        await runner.cleanup()
        nodes.close()


@contextlib.contextmanager
def in_a_thread(broker: str, home: Path, late: float = 5.0) -> Iterator[Inside]:
    """The same with a loop of its own, for tests that drive a browser."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    context = inside(broker, home, late)
    try:
        yield asyncio.run_coroutine_threadsafe(context.__aenter__(), loop).result(30)
        asyncio.run_coroutine_threadsafe(context.__aexit__(None, None, None), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


class Loss:
    """Drops a share of the packets, each way, of every line that is opened after it was installed."""

    def __init__(self, patch: pytest.MonkeyPatch, seed: int = 7) -> None:
        self.share = 0.0
        self.dropped = 0
        self._chance = random.Random(seed)
        take, send = Wire.take, Line.send  # the very places where a network would lose them

        def lossy_take(wire: Wire, length: int) -> None:
            if not self._drops():
                take(wire, length)

        def lossy_send(line: Line, header: bytes, body: bytes) -> None:
            if not self._drops():
                send(line, header, body)

        patch.setattr(Wire, "take", lossy_take)
        patch.setattr(Line, "send", lossy_send)

    def _drops(self) -> bool:
        drops = self._chance.random() < self.share
        self.dropped += drops
        return drops
