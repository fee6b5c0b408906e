"""What a node does when its libraries change, its machine is too slow, the line is gone for a while, or people come and go for long."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import random
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aioice.ice
import pytest

from teleconsult.keys import load_keys
from teleconsult.media.forward import CannotForward, choose_way, connections, line, selftest, wire
from teleconsult.media.forward.wire import Wire
from teleconsult.media.room import Load
from teleconsult.nodes import LINES
from tests.children import accepts
from tests.journey.fair import fair
from tests.media.callers import Caller, callers, ticket, until
from tests.media.conftest import Place, RunningNode
from tests.media.inside import Inside, Loss, in_a_thread, inside


@pytest.fixture(autouse=True)
def _ways_back() -> Any:
    yield
    connections.install(True)


def test_a_changed_inside_of_aioice_means_the_plain_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sockets are not what they were: what is read from them reaches nobody."""
    monkeypatch.setattr(line.Inbox, "drain", lambda inbox: inbox._receive(inbox._bytes))  # noqa: SLF001
    assert asyncio.run(choose_way()) == "plain"


def test_a_fast_way_that_is_never_taken_is_not_called_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice gives packets to its queue as before: forwarding works, and by the plain way."""
    monkeypatch.setattr(wire, "read", lambda protocol, cell, take: None)
    assert asyncio.run(choose_way()) == "plain"


def test_a_changed_inside_of_pylibsrtp_means_the_plain_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "_protect", lambda session, packet, size: 1)
    assert asyncio.run(choose_way()) == "plain"


def test_when_neither_way_works_the_node_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Wire, "_rtp", lambda wire, packet, *header: None)
    monkeypatch.setattr(selftest, "SECONDS", 1.5)
    with pytest.raises(CannotForward, match=r"fast: TimeoutError.*plain: TimeoutError"):
        asyncio.run(choose_way())


def test_a_machine_that_has_only_loopback_forwards_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_addresses", lambda use_ipv4, use_ipv6: [])
    assert asyncio.run(choose_way()) == "fast"


def test_an_overloaded_node_gives_up_pictures_and_keeps_the_sound(broker: str, tmp_path: Path) -> None:
    """The node's loop has too much to do, again and again, as with too many packets; the clients have a loop of their own."""

    async def meet(node: Inside) -> None:
        place = Place(node.url, node.key, "room1")
        one, two = Caller("one"), Caller("two")
        async with callers(one, two):
            for person in (one, two):
                await person.join(place.url, place.ticket(person.person))
                await person.publish("mic", "camera")
            await until(lambda: two.sees() and two.sees("mic"), "all is shown")
            waiting = asyncio.run_coroutine_threadsafe(_slow_down(0.45, busy=False), node.loop)
            await asyncio.sleep(3)
            waiting.cancel()
            assert node.node.load == Load.EASY, "a loop that only waits is not helped by fewer pictures"
            slowing = asyncio.run_coroutine_threadsafe(_slow_down(0.45), node.loop)
            await until(lambda: {"t": "shedding", "video": True} in two.said, "everybody is told")
            await until(lambda: not two.sees(), "no picture is left")
            heard = two.frames[two.sees("mic")["one"]]
            await until(lambda: two.frames[two.sees("mic")["one"]] > heard + 20, "sound goes on")
            slowing.cancel()

    with in_a_thread(broker, tmp_path / "home", late=0.1) as node:
        asyncio.run(meet(node))


def test_a_picture_that_nobody_is_shown_rests_and_is_there_when_somebody_comes(broker: str, tmp_path: Path) -> None:
    """Its packets are not even decrypted; who comes sees it, and the sender is not told that anything was lost."""

    async def meet() -> None:
        async with inside(broker, tmp_path / "home") as node:
            place = Place(node.url, node.key, "room1")
            one, two = Caller("one", 60), Caller("two")
            async with callers(one, two):
                await one.join(place.url, place.ticket("one"))
                await one.publish("camera")
                camera = node.node.rooms["room1"].seats["seat-one"].feeds["camera"]
                await until(lambda: camera._receiver.resting, "nobody looks")  # noqa: SLF001
                await until(lambda: one.clips["camera"].played > 30, "the camera goes on")
                assert camera.octets < 30 * len(one.clips["camera"]._content[1])  # noqa: SLF001
                await two.join(place.url, place.ticket("two"))
                await until(lambda: abs(two.shades.get(two.sees().get("one", ""), 0) - 60) < 25, "it is seen")
                await two.send("prefs", video=False, pinned=None, most_video=6)
                await until(lambda: camera._receiver.resting, "nobody looks any more")  # noqa: SLF001
                await two.send("prefs", video=True, pinned=None, most_video=6)
                seen = two.frames.total()
                await until(lambda: two.frames.total() > seen + 10, "it is seen again")
                assert not camera._receiver._missing  # noqa: SLF001

    asyncio.run(meet())


async def _slow_down(seconds: float, *, busy: bool = True) -> None:
    """Hold the loop up, by work that leaves other threads alone or by waiting."""
    while True:
        until = time.thread_time() + seconds
        while busy and time.thread_time() < until:
            hashlib.pbkdf2_hmac("sha256", b"word", b"salt", 20_000)
        if not busy:
            time.sleep(seconds)
        await asyncio.sleep(0.05)


def test_a_line_that_was_down_for_twenty_seconds_has_its_media_back_within_five(
    broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loss = Loss(monkeypatch)

    async def meet() -> None:
        async with inside(broker, tmp_path / "home") as node:
            cut = _cut(monkeypatch)
            place = Place(node.url, node.key, "room1")
            one, two = Caller("one"), Caller("two")
            async with callers(one, two):
                for person in (one, two):
                    await person.join(place.url, place.ticket(person.person))
                await one.publish("mic", "camera")
                await until(lambda: two.frames.get(two.sees().get("one", ""), 0) > 5, "pictures come")
                slot = two.sees()["one"]
                loss.share = 1.0
                cut(True)
                await asyncio.sleep(20)
                seen = two.frames[slot]
                loss.share = 0.0
                cut(False)
                took = await until(lambda: two.frames[slot] > seen + 2, "pictures are back")
                assert took <= fair(5)

    asyncio.run(meet())


def _cut(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """A switch for everything else that ICE sends and gets: checks of consent, DTLS."""
    state = {"down": False}
    received, sent = aioice.ice.StunProtocol.datagram_received, aioice.ice.StunProtocol.send_stun

    def receive(protocol: Any, data: Any, address: Any) -> None:
        if not state["down"]:
            received(protocol, data, address)

    def send(protocol: Any, message: Any, address: Any) -> None:
        if not state["down"]:
            sent(protocol, message, address)

    monkeypatch.setattr(aioice.ice.StunProtocol, "datagram_received", receive)
    monkeypatch.setattr(aioice.ice.StunProtocol, "send_stun", send)
    return lambda down: state.update(down=down)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_comings_and_goings_leave_nothing_behind(
    broker: str, tmp_path: Path, long_form: bool, measured: Callable[[str], None]
) -> None:
    node = RunningNode(tmp_path / "home", broker, tmp_path / "log").up()
    key = load_keys(tmp_path / "home").tickets
    try:
        cycles, first, last = asyncio.run(_come_and_go(node, key, 1800.0 if long_form else 60.0))
        measured(f"soak: {cycles} joins and leaves, {first} → {last}")
        assert last["tasks"] <= first["tasks"]
        assert last["fds"] <= first["fds"]
        assert 1 <= last["broker_lines"] <= LINES
        assert last["rss_mb"] <= first["rss_mb"] + 25
    finally:
        node.child.stop()
    assert not accepts(node.port)


async def _come_and_go(node: RunningNode, key: bytes, seconds: float) -> tuple[int, dict[str, int], dict[str, int]]:
    """Rooms of up to four in which seats join, send, break off or leave at random; what the empty node holds early on and at the end."""
    chance, begun, cycles = random.Random(20261122), time.monotonic(), 0
    seated: list[Caller] = []
    early: dict[str, int] | None = None
    while time.monotonic() - begun < seconds or early is None:
        if early is None and time.monotonic() - begun > seconds / 4 and cycles >= 6:
            await _empty(node, seated)
            early = _held(node)
        person = Caller(f"p{chance.randrange(10**6)}")
        await person.join(node.url, ticket(key, f"room{chance.randrange(3)}", person.person))
        await person.publish(*chance.choice([("mic",), ("mic", "camera"), ("camera", "screen")]))
        seated.append(person)
        cycles += 1
        await asyncio.sleep(chance.random() * 0.5)
        while len(seated) > 4:
            await seated.pop(chance.randrange(len(seated))).close(politely=chance.random() < 0.7)
    await _empty(node, seated)
    held = _held(node)
    for _ in range(30):  # each look costs the node a task, so there is time between two
        if _no_more(held, early):
            break
        await asyncio.sleep(1.5)
        held = _held(node)
    return cycles, early, held


def _no_more(now: dict[str, int], early: dict[str, int]) -> bool:
    """What the last to leave held goes with a moment's delay; what is lost never does."""
    return all(now[what] <= early[what] for what in ("tasks", "fds"))


async def _empty(node: RunningNode, seated: list[Caller]) -> None:
    while seated:
        await seated.pop().close()
    await until(lambda: _health(node)["rooms"] == 0, "the node is empty")
    await asyncio.sleep(1.5)


def _health(node: RunningNode) -> dict[str, Any]:
    with urllib.request.urlopen(node.url + "/healthz", timeout=30) as answer:  # noqa: S310 (our own node)
        health: dict[str, Any] = json.load(answer)
        return health


def _open_files(folder: Path) -> Iterator[str]:
    for file in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since the folder was read
            yield os.readlink(file)


def _held(node: RunningNode) -> dict[str, int]:
    """Files are counted before the node is asked: its end of that very line is a file too, for a moment.

    Lines to the broker are opened as they are needed, kept, and never more than `LINES`; they are counted by themselves.
    """
    folder, broker = Path(f"/proc/{node.child.pid}"), f":{node.broker_port:04X}"
    rows = [line.split() for line in (folder / "net/tcp").read_text().splitlines()[1:]]
    to_broker = {f"socket:[{row[9]}]" for row in rows if row[2].endswith(broker)}
    files = list(_open_files(folder / "fd"))
    lines = sum(file in to_broker for file in files)
    status = Path(f"/proc/{node.child.pid}/status").read_text()
    rss = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return {
        "tasks": int(_health(node)["tasks"]),
        "fds": len(files) - lines,
        "broker_lines": lines,
        "rss_mb": rss // 1024,
    }
