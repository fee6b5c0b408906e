"""Two and more people in one room of a real node process, over loopback: what one sends is what the others see and hear."""

from __future__ import annotations

import asyncio

from teleconsult.keys import Keys
from tests.journey.fair import fair
from tests.media.callers import Caller, callers, ticket, until
from tests.media.conftest import Place, StartNode


def test_what_one_sends_the_other_sees_and_hears(place: Place) -> None:
    async def meet() -> None:
        one, two = Caller("one", 60), Caller("two", 200)
        async with callers(one, two):
            await one.join(place.url, place.ticket("one"))
            await two.join(place.url, place.ticket("two"))
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


def test_a_source_that_goes_makes_room_for_another_on_the_same_slot(place: Place) -> None:
    """More people than slots: a slot is switched without a new negotiation, and what comes is a whole picture at once."""

    async def meet() -> None:
        looker, first, second = Caller("looker"), Caller("first", 60), Caller("second", 200)
        async with callers(looker, first, second):
            await looker.join(place.url, place.ticket("looker"))
            await looker.send("prefs", video=True, pinned=None, most_video=1)
            for person in (first, second):
                await person.join(place.url, place.ticket(person.person))
                await person.publish("camera")
            await until(lambda: looker.sees().get("first"), "the first is shown")
            slot = looker.sees()["first"]
            await until(lambda: abs(looker.shades.get(slot, 0) - 60) < 25, "the first is seen")
            await until(lambda: second.clips["camera"].played > 10, "the second is past its first key frame")
            await first.socket.close()
            await until(lambda: looker.sees() == {"second": slot}, "the second takes the slot")
            seen = looker.frames[slot]
            took = await until(lambda: abs(looker.shades[slot] - 200) < 25, "the second is seen")
            assert looker.frames[slot] > seen
            assert took < fair(3)
            assert second.clips["camera"].asked > 0
            assert not looker.heard("published")

    asyncio.run(meet())


def test_who_is_pinned_is_shown_and_a_screen_before_anybody(place: Place) -> None:
    async def meet() -> None:
        looker, first, second = Caller("looker"), Caller("first", 60), Caller("second", 200)
        async with callers(looker, first, second):
            await looker.join(place.url, place.ticket("looker"))
            await looker.send("prefs", video=True, pinned="seat-second", most_video=1)
            for person in (first, second):
                await person.join(place.url, place.ticket(person.person))
            await first.publish("camera")
            await second.publish("camera")
            await until(lambda: list(looker.sees()) == ["second"], "the pinned one is shown")
            await first.publish("camera", "screen")
            await until(lambda: looker.sees("screen") and not looker.sees(), "the screen is shown")
            slot = looker.sees("screen")["first"]
            await until(lambda: abs(looker.shades.get(slot, 0) - 90) < 20, "the screen is seen")
            await looker.send("prefs", video=False, pinned=None, most_video=1)
            await until(lambda: not any(looker.assigned.values()), "without pictures nothing is shown")

    asyncio.run(meet())


def test_who_comes_for_sound_only_gets_no_pictures(place: Place) -> None:
    async def meet() -> None:
        one, ear = Caller("one"), Caller("ear")
        async with callers(one, ear):
            await one.join(place.url, place.ticket("one"))
            await ear.join(place.url, place.ticket("ear"), audio_only=True)
            await one.publish("mic", "camera")
            await until(lambda: ear.sees("mic").get("one"), "sound is assigned")
            await until(lambda: ear.frames[ear.sees("mic")["one"]] > 25, "sound comes")
            assert ear.sees() == {}
            await ear.send("prefs", video=True, pinned=None, most_video=6)
            await until(lambda: ear.frames.get(ear.sees().get("one", ""), 0) > 5, "pictures come when they are wanted")

    asyncio.run(meet())


def test_the_muted_are_not_forwarded_whoever_muted_them(place: Place) -> None:
    async def meet() -> None:
        host, one = Caller("host"), Caller("one")
        async with callers(host, one):
            await host.join(place.url, place.ticket("host", host=True))
            await one.join(place.url, place.ticket("one"))
            await one.publish("mic")
            await until(lambda: host.sees("mic").get("one"), "sound is assigned")
            await one.send("muted", label="mic", muted=True)
            await until(lambda: not host.sees("mic"), "muted by oneself")
            await one.send("muted", label="mic", muted=False)
            await until(lambda: host.sees("mic").get("one"), "open again")
            await host.send("mute_seat", seat="seat-one", label="mic")
            await until(lambda: not host.sees("mic") and one.heard("muted_by_host"), "muted by the host")
            muted = next(seat for seat in host.seats if seat["seat"] == "seat-one")["sources"][0]
            assert muted == {"source": "seat-one/mic", "label": "mic", "muted": True}
            await one.send("mute_seat", seat="seat-host", label="mic")
            await until(lambda: one.heard("refused"), "only the host mutes others")
            assert one.heard("refused")[0]["code"] == "permit.refused"
            await host.send("drop_seat", seat="seat-one")
            await until(one.closed.is_set, "the host sends somebody away")
            assert one.heard("refused")[-1]["code"] == "seat.removed"

    asyncio.run(meet())


def test_tracks_are_added_and_taken_away_on_the_same_connection(place: Place) -> None:
    async def meet() -> None:
        one, two = Caller("one", 60), Caller("two")
        async with callers(one, two):
            await one.join(place.url, place.ticket("one"))
            await two.join(place.url, place.ticket("two"))
            await one.publish("mic", "camera")
            await until(lambda: two.frames.get(two.sees().get("one", ""), 0) > 5, "the camera is seen")
            await one.add("screen")
            await until(lambda: two.frames.get(two.sees("screen").get("one", ""), 0) > 5, "the screen is seen too")
            assert two.sees().get("one")
            await one.remove("camera")
            await until(lambda: not two.sees() and two.sees("screen"), "the camera is gone, the screen is not")

    asyncio.run(meet())


def test_the_plain_way_forwards_too(start_node: StartNode, keys: Keys) -> None:
    """What remains when aiortc's or aioice's inside changed: slower, and whole."""
    node = start_node(media_fast="no")
    assert "plain forwarding" in node.child.log.read_text()

    async def meet() -> None:
        one, two = Caller("one", 60), Caller("two")
        async with callers(one, two):
            await one.join(node.url, ticket(keys.tickets, "room1", "one"))
            await two.join(node.url, ticket(keys.tickets, "room1", "two"))
            await one.publish("mic", "camera")
            await until(lambda: two.frames.get(two.sees().get("one", ""), 0) > 10, "pictures come")
            await until(lambda: two.frames.get(two.sees("mic").get("one", ""), 0) > 25, "sound comes")
            assert abs(two.shades[two.sees()["one"]] - 60) < 25

    asyncio.run(meet())


def test_who_only_looks_and_listens_may_not_send(place: Place) -> None:
    async def meet() -> None:
        one, two = Caller("one"), Caller("two")
        async with callers(one, two):
            await one.join(place.url, place.ticket("one"))
            await two.join(place.url, place.ticket("two", may_publish=False))
            await one.publish("mic")
            await two.send("publish", sdp="v=0", tracks=[])
            await until(lambda: two.heard("refused"), "sending is refused")
            await until(lambda: two.sees("mic").get("one"), "listening is not")

    asyncio.run(meet())


def test_loudness_is_read_and_who_speaks_is_said(place: Place) -> None:
    async def meet() -> None:
        one, two = Caller("one"), Caller("two")
        async with callers(one, two):
            await one.join(place.url, place.ticket("one"))
            await two.join(place.url, place.ticket("two"))
            await one.publish("loud")
            await until(lambda: {"t": "speaking", "seats": ["seat-one"]} in two.said, "who speaks is said")

    asyncio.run(meet())
