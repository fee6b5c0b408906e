"""Photographs of rooms with people in them: made-up cameras of Chromium, over the images of a running demonstration.

    .venv/bin/python -m tools.pictures_room http://127.0.0.1:8080 docs/pictures/room.png

takes the one of the README: two seats over the same CT; `rooms` is the chapter of `tools.pictures` that shows all their states.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from teleconsult.demo import cast
from teleconsult.demo.browser import Browser as Client
from teleconsult.kernel.clock import SystemClock
from tools.says import give_up, say

CAMERAS = (
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection",
)  # fmt: skip
SIZE, SKIN, BACK, COAT = (640, 360), (205, 180, 165), (52, 66, 84), (236, 240, 244)
SMOOTH = ("--no-sandbox", "--ignore-gpu-blocklist", "--disable-gpu")
PROGRAM, PATIENCE = "/usr/bin/chromium", 90_000
MOST_BYTES = 300_000
PAUSE = 600


class Desks(Protocol):
    """Where people of the demonstration sit: `tools.pictures.Album`."""

    url: str
    folder: Path
    name: str
    language: str

    def desk(self, login: str = "") -> Any: ...
    def take(self, page: Page, screen: str) -> None: ...
    def see(self, page: Page, path: str, screen: str) -> None: ...


def rooms(album: Desks, _: dict[str, str]) -> None:
    """The consultation's and the meeting's room, before and behind the door."""
    consultation, meeting = open_rooms(album.url)
    with ExitStack() as stack:
        expert, county = (stack.enter_context(album.desk(login)) for login in ("expert1", "county1"))
        expert.goto(f"{album.url}/rooms/{consultation}")
        expert.get_by_test_id("enter").wait_for()
        shot(album, expert, "room-lobby")
        for page in (expert, county):
            enter(page, album.url, consultation)
        together(expert, county)
        shot(album, expert, "room-consultation")
        shot(album, county, "room-following")
        _marks_and_words(album, expert, county)
        _recorded(album, expert, county)
    with ExitStack() as stack:
        people = [stack.enter_context(album.desk(login)) for login in ("expert2", "reviewer1", "expert3")]
        for page in people:
            enter(page, album.url, meeting)
        shot(album, people[0], "room-meeting-none")
        _presented(album, people[0], meeting)
    with album.desk("county1") as page:
        album.see(page, "/call-test", "call-test")


def _marks_and_words(album: Desks, expert: Page, county: Page) -> None:
    _drawn(expert)
    county.locator("[data-mark]").first.wait_for()
    shot(album, county, "room-marks")
    for page, words in ((expert, "请看右上肺，结节边缘有分叶。"), (county, "三个月前的片子上没有。")):
        tab(page, "chat")
        page.locator("[data-tab=chat] textarea, [data-tab=chat] input").fill(words)
        page.keyboard.press("Enter")
        page.wait_for_timeout(PAUSE)
    shot(album, expert, "room-chat")
    tab(expert, "members")
    shot(album, expert, "room-members")
    county.get_by_role("toolbar").get_by_role("button").nth(4).click()
    county.get_by_role("dialog").wait_for()
    shot(album, county, "room-devices")
    county.keyboard.press("Escape")
    county.get_by_role("toolbar").get_by_role("button").nth(2).click()
    expert.locator("section[aria-label] video").wait_for()
    shot(album, expert, "room-screen")
    county.get_by_role("toolbar").get_by_role("button").nth(2).click()


def _drawn(expert: Page) -> None:
    """A length and an arrow from the middle of the picture."""
    pane = expert.locator("[data-pane=pane-0]").first
    x, y = pane.evaluate(
        "(pane) => { const b = pane.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; }"
    )
    for key, by in (("l", (80, 10)), ("a", (-90, -70))):
        expert.keyboard.press(key)
        expert.mouse.move(x, y)
        expert.mouse.down()
        expert.mouse.move(x + by[0], y + by[1], steps=6)
        expert.mouse.up()
        expert.wait_for_timeout(PAUSE)
    expert.keyboard.press("Escape")


def _recorded(album: Desks, expert: Page, county: Page) -> None:
    expert.get_by_test_id("record").click()
    county.get_by_role("dialog").wait_for()
    shot(album, county, "room-consent")
    county.get_by_role("dialog").get_by_role("button").first.click()
    expert.get_by_test_id("not-recorded").wait_for()
    shot(album, expert, "room-not-recorded")
    expert.get_by_test_id("record").click()
    county.get_by_role("dialog").get_by_role("button").nth(1).click()
    expert.get_by_test_id("recording").wait_for()
    county.wait_for_timeout(8_000)
    shot(album, county, "room-recording")
    expert.get_by_test_id("recording").get_by_role("button").click()
    tab(expert, "materials")
    expert.get_by_test_id("recordings").get_by_role("button").first.click()
    expert.get_by_test_id("player").get_by_role("button").first.click()
    expert.wait_for_timeout(5_000)
    shot(album, expert, "room-player")
    expert.keyboard.press("Escape")
    county.get_by_role("toolbar").get_by_role("button").nth(4).click()
    county.get_by_role("dialog").locator("fieldset button").nth(2).click()
    county.keyboard.press("Escape")
    shot(album, county, "room-images-only")


def _presented(album: Desks, chair: Page, meeting: str) -> None:
    agenda = chair.get_by_test_id("room-agenda")
    if agenda.get_by_role("button").count():
        agenda.get_by_role("button").first.click()
    chair.wait_for_function("() => window.__viewer?.phase === 'shown'")
    shot(album, chair, "room-meeting")
    tab(chair, "opinion")
    shot(album, chair, "room-meeting-conclusion")


TABS = ("materials", "opinion", "chat", "members")


def tab(page: Page, name: str) -> None:
    page.locator("aside header fieldset button").nth(TABS.index(name)).click()
    page.locator(f"[data-tab={name}]").wait_for()


def shot(album: Desks, page: Page, screen: str) -> None:
    """A page that moves: it never has nothing more under way."""
    page.wait_for_timeout(PAUSE)
    page.screenshot(path=album.folder / f"{album.name}-{screen}.png")
    say(f"  {screen}")


def open_rooms(url: str) -> tuple[str, str]:
    """The demonstration's consultation room and meeting room. Waits until they are there; a consultation to which nobody came is booked anew."""
    expert = Client(url)
    expert.login("expert1", cast.PASSWORD)
    until = time.monotonic() + 240
    while time.monotonic() < until:
        rows = expert.get("/api/consultations").json["items"]
        asked = [one["room_id"] for one in sorted(rows, key=_start) if one["room_id"] and one["starts_at"]]
        live = expert.get("/api/meetings?state=live").json["items"]
        held = [expert.get(f"/api/meetings/{one['id']}").json["room_id"] for one in live]
        if asked and held:
            return asked[0], held[0]
        if missed := [one["id"] for one in rows if one["no_show"]]:
            _book(url, expert, missed[0])
        time.sleep(1)
    give_up("the demonstration has no open rooms")


def _start(consultation: dict[str, Any]) -> str:
    return str(consultation["starts_at"])


def _book(url: str, expert: Client, consultation: str) -> None:
    """In five minutes, so that its room is open now, with everybody's word."""
    people = {login: Client(url) for login in ("coord1", "county1")}
    for login, one in people.items():
        one.login(login, cast.PASSWORD)
    starts = (SystemClock().now() + timedelta(minutes=5)).isoformat()
    who = expert.get("/api/me").json["person"]["id"]
    place = f"/api/consultations/{consultation}"
    people["coord1"].post(f"{place}/assign", {"expert_id": who, "starts_at": starts, "minutes": 30})
    for one in (people["county1"], expert):
        one.post(f"{place}/confirm")


def enter(page: Page, url: str, room: str) -> None:
    page.goto(f"{url}/rooms/{room}")
    page.get_by_test_id("enter").or_(page.get_by_test_id("room")).first.wait_for()
    if page.get_by_test_id("enter").count():
        page.get_by_test_id("enter").click()
    page.get_by_test_id("room").wait_for()


def together(*pages: Page) -> None:
    """Wait until all see the pictures and each other."""
    for page in pages:
        page.wait_for_function("() => window.__viewer?.phase === 'shown' && window.__viewer.quality === 'full'")
        page.wait_for_function("() => window.__media?.phase === 'live'")
        page.wait_for_function("() => window.__media.frames().then((n) => n > 30)")


@contextmanager
def a_seat(browser: Browser, url: str, login: str) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}/login")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(cast.PASSWORD)
    page.locator("[type=submit]").click()
    page.get_by_role("banner").wait_for()
    user = Client(url)
    user.login(login, cast.PASSWORD)
    user.put("/api/me/language", {"language": "zh-CN"})
    page.reload()
    page.get_by_role("banner").wait_for()
    yield page
    context.close()


def film(file: Path) -> None:
    """Somebody in a white coat before a wall, drawn, as a camera's picture (YUV4MPEG2, 4:2:0)."""
    picture = Image.new("RGB", SIZE, BACK)
    pen = ImageDraw.Draw(picture)
    middle = SIZE[0] // 2
    pen.rounded_rectangle((middle - 130, 215, middle + 130, 420), 70, COAT)
    pen.polygon([(middle - 34, 215), (middle + 34, 215), (middle, 290)], SKIN)
    pen.ellipse((middle - 66, 62, middle + 66, 226), SKIN)
    pen.pieslice((middle - 74, 46, middle + 74, 190), 180, 360, (38, 34, 34))
    bands = picture.convert("YCbCr").split()
    half = (SIZE[0] // 2, SIZE[1] // 2)
    frame = bands[0].tobytes() + b"".join(band.resize(half).tobytes() for band in bands[1:])
    head = f"YUV4MPEG2 W{SIZE[0]} H{SIZE[1]} F25:1 Ip A1:1 C420jpeg\n".encode()
    file.write_bytes(head + (b"FRAME\n" + frame) * 5)


def main(words: list[str]) -> int:
    if len(words) != 2:
        give_up("say where: python -m tools.pictures_room http://127.0.0.1:8080 FILE.png")
    url, file = words[0].rstrip("/"), Path(words[1])
    consultation, _ = open_rooms(url)
    with sync_playwright() as playwright, ExitStack() as stack:
        filmed = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "somebody.y4m"
        film(filmed)
        flags = [*SMOOTH, *CAMERAS, f"--use-file-for-fake-video-capture={filmed}"]
        browser = stack.enter_context(playwright.chromium.launch(executable_path=PROGRAM, args=flags))
        pages = [stack.enter_context(a_seat(browser, url, login)) for login in ("expert1", "county1")]
        for page in pages:
            enter(page, url, consultation)
        together(*pages)
        if not pages[0].locator("[data-mark]").count():
            _drawn(pages[0])
            pages[1].locator("[data-mark]").first.wait_for()
        pages[0].wait_for_timeout(PAUSE)
        taken = Image.open(io.BytesIO(pages[0].screenshot())).convert("RGB")
    file.parent.mkdir(parents=True, exist_ok=True)
    taken.quantize(256, dither=Image.Dither.NONE).save(file, optimize=True)
    say(f"{file}: {file.stat().st_size} bytes")
    return 0 if file.stat().st_size <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
