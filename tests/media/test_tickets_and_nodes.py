"""Who gets in, what happens when a node, a browser or the line dies: real node processes, each test with its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from teleconsult import nodes as registry
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.keys import Keys
from teleconsult.media.main import DEFAULT_PORT
from teleconsult.nodes import Node, Nodes
from teleconsult.settings import Settings
from teleconsult.supervisor import CannotStart, Supervisor
from tests.children import wait_for
from tests.journey.fair import fair
from tests.media.callers import Caller, callers, ticket, until
from tests.media.conftest import Place, StartNode, on


async def refused(url: str, text: str) -> str:
    """The code that a ticket is refused with."""
    async with aiohttp.ClientSession() as session, session.ws_connect(url.replace("http", "ws", 1) + "/rtc") as line:
        await line.send_json({"t": "join", "ticket": text})
        said = await line.receive_json(timeout=60)
        assert said["t"] == "refused", said
        return str(said["code"])


def test_expired_forged_and_replayed_tickets_are_refused(place: Place) -> None:
    async def try_all() -> None:
        good = place.ticket("one")
        assert await refused(place.url, place.ticket("one", seconds=-1)) == "ticket.expired"
        assert await refused(place.url, ticket(b"another key", place.room, "one")) == "ticket.forged"
        assert await refused(place.url, good[:-2] + ("aa" if good[-2:] != "aa" else "bb")) == "ticket.forged"
        assert await refused(place.url, "nothing") == "ticket.forged"
        one = Caller("one")
        async with callers(one):
            await one.join(place.url, good)
            assert await refused(place.url, good) == "ticket.replayed"

    asyncio.run(try_all())


def test_a_ticket_used_on_one_node_is_refused_on_every_other(start_node: StartNode, keys: Keys) -> None:
    first, second = start_node().url, start_node().url

    async def try_both() -> None:
        text = ticket(keys.tickets, "room1", "one")
        one = Caller("one")
        async with callers(one):
            await one.join(first, text)
            assert await refused(second, text) == "ticket.replayed"
            assert await refused(second, ticket(keys.tickets, "room1", "two")) == "media.elsewhere"

    asyncio.run(try_both())


def test_only_pages_of_ours_may_open_the_socket(place: Place) -> None:
    async def knock(origin: str) -> int:
        async with aiohttp.ClientSession() as session:
            try:
                async with session.ws_connect(place.url + "/rtc", headers={"Origin": origin}):
                    return 101
            except aiohttp.WSServerHandshakeError as error:
                return error.status

    assert asyncio.run(knock("http://127.0.0.1:8080")) == 101
    assert asyncio.run(knock("https://evil.example")) == 403


def test_nonsense_is_answered_and_harms_nobody(place: Place) -> None:
    async def talk() -> None:
        one = Caller("one")
        async with callers(one):
            await one.join(place.url, place.ticket("one"))
            for text in (
                "",
                "[]",
                "{}",
                '{"t":"publish"}',
                '{"t":"answer","sdp":"v=0"}',
                '{"t":"prefs","most_video":-1}',
            ):
                before = len(one.heard("refused"))
                await one.socket.send_str(text)
                await until(lambda before=before: len(one.heard("refused")) > before, f"{text} is refused")  # type: ignore[misc]
            await one.send("publish", sdp="v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n", tracks=[])
            await one.send("ping")
            await until(lambda: one.heard("pong"), "the seat still works")

    asyncio.run(talk())


def test_a_node_that_is_killed_loses_its_rooms_to_another_within_five_seconds(
    start_node: StartNode, keys: Keys, nodes: Nodes
) -> None:
    """What a browser does: its socket breaks, it asks for admission again until that leads to a node that answers."""
    running = {node.url: node for node in (start_node(), start_node())}

    async def join(person: Caller) -> None:
        while True:
            node = await asyncio.to_thread(nodes.node_for, "room1")
            assert node is not None
            try:
                await person.join(node.url, ticket(keys.tickets, "room1", person.person))
            except aiohttp.ClientError:
                await asyncio.sleep(0.3)
            else:
                return

    async def meet() -> None:
        one, two = Caller("one", 60), Caller("two")
        await asyncio.gather(join(one), join(two))
        await one.publish("camera")
        await until(lambda: two.frames.get(two.sees().get("one", ""), 0) > 5, "pictures come")
        held = nodes.node_for("room1")
        assert held is not None
        killed = time.monotonic()
        running[held.url].child.kill()
        await asyncio.gather(until(one.closed.is_set, "one notices"), until(two.closed.is_set, "two notices"))
        await asyncio.gather(one.close(), two.close())
        again, back = Caller("one", 60), Caller("two")
        async with callers(again, back):
            await asyncio.gather(join(again), join(back))
            rejoined = time.monotonic() - killed
            await again.publish("camera")
            await until(lambda: back.frames.get(back.sees().get("one", ""), 0) > 5, "pictures come again")
            moved = nodes.node_for("room1")
            assert moved is not None
            assert moved.url != held.url
            assert rejoined <= fair(5)

    asyncio.run(meet())


def test_a_node_that_is_told_to_end_says_so_to_its_seats_and_leaves_the_registry(
    start_node: StartNode, keys: Keys, nodes: Nodes
) -> None:
    node = start_node()
    wait_for(lambda: nodes.living(), "the node is in the registry")

    async def meet() -> None:
        one = Caller("one")
        async with callers(one):
            await one.join(node.url, ticket(keys.tickets, "room1", "one"))
            node.child._process.send_signal(signal.SIGTERM)  # noqa: SLF001 (without waiting for its end)
            await until(lambda: one.heard("restart"), "the seat is told")
            assert one.heard("restart")[0]["reason"] == "ending"
            await until(one.closed.is_set, "the socket ends")

    asyncio.run(meet())
    wait_for(lambda: not node.child.running, "the node ended", 60)
    assert nodes.node_for("room1") is None
    assert node.child.stop() == 0


def test_who_vanishes_is_gone_within_fifteen_seconds_and_who_closes_the_page_at_once(place: Place) -> None:
    async def meet() -> None:
        watcher, closing, vanishing = Caller("watcher"), Caller("closing"), Caller("vanishing")
        async with callers(watcher, closing, vanishing):
            await watcher.join(place.url, place.ticket("watcher"))
            await closing.join(place.url, place.ticket("closing"))
            await vanishing.join(place.url, place.ticket("vanishing"), ping=False)
            await until(lambda: len(watcher.seats) == 3, "all are there")
            await closing.socket.close()
            took = await until(lambda: len(watcher.seats) == 2, "who closes is gone")
            assert took < fair(3)
            took = await until(lambda: len(watcher.seats) == 1, "who vanished is gone")
            assert took <= fair(15)

    asyncio.run(meet())


def test_who_comes_again_takes_over_the_seat(place: Place) -> None:
    async def meet() -> None:
        watcher, before, after = Caller("watcher"), Caller("one", 60), Caller("one", 200)
        async with callers(watcher, before, after):
            await watcher.join(place.url, place.ticket("watcher"))
            await before.join(place.url, place.ticket("one"))
            await before.publish("camera")
            await until(lambda: watcher.frames.get(watcher.sees().get("one", ""), 0) > 3, "the first is seen")
            await after.join(place.url, place.ticket("one"))
            await until(before.closed.is_set, "the first is sent away")
            assert before.heard("refused")[-1]["code"] == "seat.replaced"
            await after.publish("camera")
            await until(
                lambda: abs(watcher.shades.get(watcher.sees().get("one", ""), 0) - 200) < 25, "the second is seen"
            )
            assert len(watcher.seats) == 2

    asyncio.run(meet())


def test_web_may_ask_drop_and_close_and_nobody_else(start_node: StartNode, keys: Keys, nodes: Nodes) -> None:
    node = start_node()
    wait_for(lambda: nodes.living(), "the node is in the registry")
    place = on(nodes, node.url)

    def tell(verb: str, key: bytes = keys.tickets, **words: object) -> dict[str, object]:
        return registry.tell(place, key, "room1", verb, words, datetime.now(UTC).timestamp())

    async def meet() -> None:
        one, two = Caller("one"), Caller("two")
        async with callers(one, two):
            await one.join(node.url, ticket(keys.tickets, "room1", "one"))
            await two.join(node.url, ticket(keys.tickets, "room1", "two"))
            said = await asyncio.to_thread(tell, "seats")
            assert isinstance(said["seats"], list)
            assert {seat["seat"] for seat in said["seats"]} == {"seat-one", "seat-two"}
            with pytest.raises(Refused) as forged:
                await asyncio.to_thread(tell, "seats", b"another key")
            assert forged.value.detail == "403"
            assert (await asyncio.to_thread(tell, "drop", seat="seat-two"))["dropped"]
            await until(two.closed.is_set, "two is gone")
            await asyncio.to_thread(tell, "close", code="consultation.cancelled")
            await until(one.closed.is_set, "the room is closed")
            assert one.heard("refused")[-1]["code"] == "consultation.cancelled"
            await until(lambda: _absent(tell), "the room is gone")

    asyncio.run(meet())


def _absent(tell: object) -> bool:
    try:
        tell("seats")  # type: ignore[operator]
    except Refused as refusal:
        return refusal.meaning is Meaning.ABSENT
    return False


def test_the_registry_gives_a_room_to_the_least_loaded_and_keeps_it_there(nodes: Nodes) -> None:
    busy, idle = Node("a", "http://a", "http://a", 900, 3), Node("b", "http://b", "http://b", 10, 1)
    nodes.announce(busy)
    nodes.announce(idle)
    assert nodes.node_for("r") == idle
    nodes.announce(Node("b", "http://b", "http://b", 5000, 9))
    kept = nodes.node_for("r")
    assert kept is not None
    assert kept.id == "b"
    assert nodes.claim("r", "b")
    assert not nodes.claim("r", "a")
    nodes.withdraw("b", ["r"])
    assert nodes.node_for("r") == busy
    assert nodes.announce(busy, ["r"]) == set()
    wait_for(lambda: nodes.node_for("other") is None, "a silent node is forgotten")


def test_a_ticket_is_used_once(nodes: Nodes) -> None:
    assert nodes.first_use("j1", 60)
    assert not nodes.first_use("j1", 60)


def test_without_a_broker_nobody_gets_in_and_the_reason_is_said() -> None:
    away = Nodes("redis://127.0.0.1:1/0")
    with pytest.raises(Refused) as refusal:
        away.node_for("room")
    assert refusal.value.code == "media.broker_away"
    assert refusal.value.meaning is Meaning.BUSY


def test_a_word_to_a_node_is_for_one_path_one_content_and_a_short_while() -> None:
    said = registry.signed(b"k", "/control/r/close", b"{}", 1000.0)
    registry.check(b"k", said, "/control/r/close", b"{}", 1010.0)
    for key, path, body, now in (
        (b"x", "/control/r/close", b"{}", 1010.0),
        (b"k", "/control/q/close", b"{}", 1010.0),
        (b"k", "/control/r/close", b"[]", 1010.0),
        (b"k", "/control/r/close", b"{}", 1031.0),
    ):
        with pytest.raises(Refused):
            registry.check(key, said, path, body, now)
    with pytest.raises(Refused):
        registry.check(b"k", "", "/control/r/close", b"{}", 1010.0)


def test_a_taken_port_is_said_in_one_line(place: Place, tmp_path: Path, broker: str) -> None:
    taken = place.url.rsplit(":", 1)[1]
    words = [sys.executable, "-m", "teleconsult", "--home", str(tmp_path / "home"), "media", "--media-port", taken]
    environment = {**os.environ, "TELECONSULT_BROKER_URL": broker}
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines()[-1].startswith(f"teleconsult: media port {taken} can't be had")
    assert "--media-port" in ended.stderr
    named = Supervisor(Settings(home=tmp_path / "named", media_port=int(taken)))
    with pytest.raises(CannotStart, match="--media-port"):
        named.start(["media"])
    named.stop()


def test_the_supervisor_brings_a_media_node_although_its_port_is_taken_at_the_last_moment(tmp_path: Path) -> None:
    """Two installations that start together on one machine both find the usual port free; one of them comes later."""
    said: list[str] = []
    supervisor = Supervisor(Settings(home=tmp_path / "home"), said.append)
    try:
        settings = supervisor.start(["media"])
        with socket.socket() as other:
            with contextlib.suppress(OSError):  # somebody else has it: as good
                other.bind(("127.0.0.1", DEFAULT_PORT))
                other.listen()
            found = Nodes(settings.broker_url)
            wait_for(lambda: _living(found), "the node is in the registry", 90)
            assert not found.living()[0].url.endswith(f":{DEFAULT_PORT}")
            found.close()
    finally:
        supervisor.stop()
    assert any("media node" in line for line in said)


def _living(found: Nodes) -> bool:
    try:
        return bool(found.living())
    except Refused:
        return False
