"""Two and more people in one room of a real node process, over loopback: what one sends is what the others see and hear."""

from __future__ import annotations

import asyncio

from teleconsult.keys import Keys
from tests.media.callers import Caller, callers, ticket, until
from tests.media.conftest import StartNode


def test_what_one_sends_the_other_sees_and_hears(start_node: StartNode, keys: Keys) -> None:
    url = start_node().url

    async def meet() -> None:
        one, two = Caller("one", 60), Caller("two", 200)
        async with callers(one, two):
            await one.join(url, ticket(keys.tickets, "room1", "one"))
            await two.join(url, ticket(keys.tickets, "room1", "two"))
            await one.publish("mic", "camera")
            await two.publish("mic", "camera")
            await until(lambda: two.sees().get("one") and one.sees().get("two"), "both are assigned")
            picture, sound = two.sees()["one"], two.sees("mic")["one"]
            await until(lambda: two.frames[picture] > 10, "pictures come")
            await until(lambda: two.frames[sound] > 25, "sound comes")
            await until(lambda: abs(two.shades[picture] - 60) < 25, "it is the right picture")
            await until(lambda: abs(one.shades.get(one.sees()["two"], 0) - 200) < 25, "the other way too")
            assert two.sees().get("two") is None

    asyncio.run(meet())
