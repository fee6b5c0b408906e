"""The chapter `doors` of `tools.pictures`: who stands before a room or is put out of it, what its guests see, and what is said when something fails.

What a healthy demonstration never shows (a forbidden camera, a closed room, another hospital's case) the browser answers by itself.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

from playwright.sync_api import Error, Page, Route

from teleconsult.demo import cast
from teleconsult.demo.browser import Browser as Client
from teleconsult.demo.browser import Unexpected
from tools.pictures_cases import scene_of, word
from tools.pictures_room import Desks, enter, open_rooms, shot, tab

GUEST = "office1"
GUEST_NAME = next(one.name for one in cast.PEOPLE if one.login == GUEST)
DENIED = """() => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
}"""
ROOM, ADMIT, WRITE = "**/api/rooms/*", "**/api/rooms/*/admit", "**/api/rooms/*/chat"


def doors(album: Desks, _: dict[str, str]) -> None:
    consultation, meeting = open_rooms(album.url)
    _before(album, consultation)
    with ExitStack() as stack:
        expert = stack.enter_context(album.desk("expert1"))
        _knocked(album, expert, consultation)
        _troubled(album, expert, consultation)
    _meeting(album, meeting)


def _before(album: Desks, consultation: str) -> None:
    """Too early, not for this person, a camera that is forbidden, a room without media, a closed one."""
    county = scene_of(album.url).user("county1")
    later = county.get(f"/api/consultations/{scene_of(album.url).consultation['scheduled']}").json["room_id"]
    with album.desk("county1") as page:
        album.see(page, f"/rooms/{later}", "room-early")
        page.add_init_script(f"({DENIED})()")
        page.goto(f"{album.url}/rooms/{consultation}")
        page.get_by_test_id("lobby").wait_for()
        shot(album, page, "room-lobby-denied")
        enter(page, album.url, consultation)
        page.get_by_test_id("media-banner").wait_for()
        shot(album, page, "room-denied")
        page.get_by_role("button", name=word(album, "room", "leave")).first.click()
        page.get_by_test_id("door").wait_for()
        shot(album, page, "room-left")
        page.route(ADMIT, _without_media)
        enter(page, album.url, consultation)
        page.get_by_test_id("media-banner").wait_for()
        shot(album, page, "room-no-media")
    with album.desk("county2") as page:
        album.see(page, f"/rooms/{consultation}", "room-refused")


def _knocked(album: Desks, expert: Page, consultation: str) -> None:
    """Somebody of the hospital who was not invited: waits, is seen to wait, comes in, is put out. Only the last is the server's own answer."""
    enter(expert, album.url, consultation)
    _forgive(album, consultation)
    with album.desk(GUEST) as guest:
        guest.route(ADMIT, partial(_changed, {"waiting": True, "ticket": None, "media_url": None}))
        guest.goto(f"{album.url}/rooms/{consultation}")
        guest.get_by_test_id("enter").click()
        guest.get_by_test_id("door").wait_for()
        shot(album, guest, "room-waiting")
        guest.unroute(ADMIT)
        expert.route(ROOM, _knocking)
        expert.get_by_test_id("knocking").wait_for()
        tab(expert, "members")
        shot(album, expert, "room-knocking")
        expert.unroute(ROOM)
        guest.get_by_test_id("room").wait_for()
        guest.wait_for_function("() => window.__viewer?.phase === 'shown' && window.__viewer.quality === 'full'")
        shot(album, guest, "room-guest")
        user(album, "expert1").post(f"/api/rooms/{consultation}/remove", {"seat": _seat(album, consultation)})
        guest.get_by_test_id("door").wait_for()
        shot(album, guest, "room-removed")
        shot(album, expert, "room-members-removed")


def _seat(album: Desks, room: str) -> str:
    """Of the guest; empty for none."""
    seats = user(album, "expert1").get(f"/api/rooms/{room}").json["seats"]
    return next((str(one["id"]) for one in seats if one["name"] == GUEST_NAME), "")


def _forgive(album: Desks, room: str) -> None:
    """Whom the last album put out is let in again."""
    if seat := _seat(album, room):
        with suppress(Unexpected):
            user(album, "expert1").post(f"/api/rooms/{room}/let_in", {"seat": seat})


def _troubled(album: Desks, expert: Page, consultation: str) -> None:
    """The line is lost and words wait; the same person elsewhere; the room is closed before they were told."""
    tab(expert, "chat")
    expert.context.set_offline(True)
    expert.locator("[data-tab=chat] textarea").fill("患者既往有结核病史吗？")
    expert.keyboard.press("Enter")
    expert.get_by_test_id("unsent").wait_for()
    expert.wait_for_timeout(4_000)
    shot(album, expert, "room-line-lost")
    expert.route(WRITE, lambda route: route.abort())
    expert.context.set_offline(False)
    expert.wait_for_timeout(4_000)
    other = expert.context.new_page()
    enter(other, album.url, consultation)
    other.wait_for_function("() => window.__media?.phase === 'live'")
    expert.wait_for_timeout(2_000)
    shot(album, expert, "room-elsewhere")
    other.close()
    expert.route(ROOM, partial(_changed, {"state": "closed"}))
    expert.reload()
    expert.get_by_test_id("door").wait_for()
    shot(album, expert, "room-closed")


def _meeting(album: Desks, meeting: str) -> None:
    """A doctor of the county in the room of the MDT: their own case, and another hospital's."""
    with album.desk("county1") as guest, album.desk("expert2") as chair:
        enter(chair, album.url, meeting)
        agenda = chair.get_by_test_id("room-agenda")
        if agenda.get_by_role("button").count():
            agenda.get_by_role("button").first.click()
        guest.goto(f"{album.url}/rooms/{meeting}")
        guest.get_by_test_id("enter").click()
        guest.get_by_test_id("door").or_(guest.get_by_test_id("room")).first.wait_for()
        if guest.get_by_test_id("door").count():
            chair.get_by_test_id("knocking").get_by_role("button").first.click()
        guest.wait_for_function("() => window.__viewer?.phase === 'shown' && window.__viewer.quality === 'full'")
        shot(album, guest, "room-meeting-guest")
        guest.route(ROOM, _held)
        guest.get_by_test_id("door").wait_for()
        shot(album, guest, "room-meeting-held")


def _without_media(route: Route) -> None:
    _changed({"ticket": None, "media_url": None, "media_reason": "media.no_node"}, route)


def _changed(change: dict[str, Any], route: Route) -> None:
    with suppress(Error):  # a page that is closed wants no answer
        found = route.fetch(headers={**route.request.headers, "if-none-match": ""})
        route.fulfill(response=found, json={**found.json(), **change})


def _held(route: Route) -> None:
    with suppress(Error):
        found = route.fetch(headers={**route.request.headers, "if-none-match": ""})
        room = found.json()
        for seat in room["seats"]:
            if seat["id"] == room["my_seat_id"]:
                seat.update(state="waiting", held=True)
        route.fulfill(response=found, json=room)


def _knocking(route: Route) -> None:
    with suppress(Error):
        found = route.fetch(headers={**route.request.headers, "if-none-match": ""})
        room = found.json()
        one = {**room["seats"][0], "id": "0" * 32, "name": GUEST_NAME, "role": "guest", "state": "waiting"}
        room["seats"].append({**one, "title": "none"})
        route.fulfill(response=found, json=room)


def user(album: Desks, login: str) -> Client:
    return scene_of(album.url).user(login)
