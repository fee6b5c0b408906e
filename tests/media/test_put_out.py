"""Who was put out stays out with every ticket that was issued before, however many were kept; who is let in again comes in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from teleconsult import nodes as registry
from teleconsult.keys import Keys
from teleconsult.nodes import Nodes
from tests.children import wait_for
from tests.media.callers import Caller, callers, ticket, until
from tests.media.conftest import Place, RunningNode, StartNode, on
from tests.media.test_tickets_and_nodes import refused


class Web:
    """Puts people out as web and the workers do: written in the registry, then told to the node."""

    def __init__(self, nodes: Nodes, node: RunningNode, keys: Keys) -> None:
        self._nodes, self._node, self._keys = nodes, node, keys

    def put_out(self, seat: str, at: datetime | None = None) -> dict[str, Any]:
        since = (at or datetime.now(UTC)).timestamp()
        self._nodes.put_out("room1", seat, since)
        return self.tell("drop", seat=seat, at=since)

    def tell(self, verb: str, **words: Any) -> dict[str, Any]:
        place, now = on(self._nodes, self._node.url), datetime.now(UTC).timestamp()
        return registry.tell(place, self._keys.tickets, "room1", verb, words, now)


def test_tickets_kept_from_before_are_refused_on_every_node_and_a_new_one_lets_in(
    start_node: StartNode, keys: Keys, nodes: Nodes
) -> None:
    node, other = start_node(), start_node()
    wait_for(lambda: len(nodes.living()) == 2, "both nodes are in the registry")
    web = Web(nodes, node, keys)

    async def meet() -> None:
        kept = [ticket(keys.tickets, "room1", "two") for _ in range(3)]
        one, two, again = Caller("one"), Caller("two"), Caller("two")
        async with callers(one, two, again):
            await one.join(node.url, ticket(keys.tickets, "room1", "one"))
            await two.join(node.url, kept[0])
            assert (await asyncio.to_thread(web.put_out, "seat-two"))["dropped"]
            await until(two.closed.is_set, "two is gone")
            assert await refused(node.url, kept[1]) == "ticket.withdrawn"
            assert await refused(other.url, kept[2]) == "ticket.withdrawn"
            await again.join(node.url, ticket(keys.tickets, "room1", "two"))
            assert len(again.seats) == 2

    asyncio.run(meet())


def test_a_word_that_comes_late_does_not_put_out_who_was_let_in_again(
    start_node: StartNode, keys: Keys, nodes: Nodes
) -> None:
    node = start_node()
    wait_for(lambda: nodes.living(), "the node is in the registry")
    web = Web(nodes, node, keys)

    async def meet() -> None:
        two = Caller("two")
        async with callers(two):
            await two.join(node.url, ticket(keys.tickets, "room1", "two"))
            before = datetime.now(UTC) - timedelta(seconds=5)
            assert not (await asyncio.to_thread(web.put_out, "seat-two", before))["dropped"]
            assert len((await asyncio.to_thread(web.tell, "seats"))["seats"]) == 1

    asyncio.run(meet())


def test_whom_a_host_sends_away_at_the_node_cannot_use_a_kept_ticket_either(place: Place) -> None:
    async def meet() -> None:
        kept = [place.ticket("two") for _ in range(2)]
        host, two = Caller("host"), Caller("two")
        async with callers(host, two):
            await host.join(place.url, place.ticket("host", host=True))
            await two.join(place.url, kept[0])
            await host.send("drop_seat", seat="seat-two")
            await until(two.closed.is_set, "two is gone")
            assert await refused(place.url, kept[1]) == "ticket.withdrawn"

    asyncio.run(meet())


def test_a_closed_room_is_not_opened_again_by_a_kept_ticket(start_node: StartNode, keys: Keys, nodes: Nodes) -> None:
    node = start_node()
    wait_for(lambda: nodes.living(), "the node is in the registry")
    web = Web(nodes, node, keys)

    async def meet() -> None:
        kept = ticket(keys.tickets, "room1", "one")
        one = Caller("one")
        async with callers(one):
            await one.join(node.url, ticket(keys.tickets, "room1", "one"))
            await asyncio.to_thread(web.tell, "close", code="room.closed", at=datetime.now(UTC).timestamp())
            await until(one.closed.is_set, "the room is closed")
            assert await refused(node.url, kept) == "ticket.withdrawn"

    asyncio.run(meet())


def test_a_word_that_a_room_closed_comes_late_and_leaves_alone_who_came_when_it_was_open_again(
    start_node: StartNode, keys: Keys, nodes: Nodes
) -> None:
    node = start_node()
    wait_for(lambda: nodes.living(), "the node is in the registry")
    web = Web(nodes, node, keys)

    async def meet() -> None:
        one, two = Caller("one"), Caller("two")
        async with callers(one, two):
            await one.join(node.url, ticket(keys.tickets, "room1", "one"))
            closed = datetime.now(UTC)
            await two.join(node.url, ticket(keys.tickets, "room1", "two", issued_at=closed + timedelta(seconds=1)))
            await asyncio.to_thread(web.tell, "close", code="room.closed", at=closed.timestamp())
            await until(one.closed.is_set, "who was there before is gone")
            assert not two.closed.is_set()

    asyncio.run(meet())
