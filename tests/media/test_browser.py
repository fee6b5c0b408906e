"""Two pages of a real Chromium with fake cameras in one room, through a real node process, on loopback alone if there is nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.children import wait_for
from tests.media.conftest import Place
from tests.needs import chromium

PAGE = (Path(__file__).parent / "room.html").read_bytes()
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--allow-loopback-in-peer-connection",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(240)]


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *words: Any) -> None:
        return


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@contextmanager
def a_browser(profile: Path, *flags: str) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium(),
            headless=True,
            args=[*FLAGS, *flags],
            ignore_default_args=["--mute-audio"],
            permissions=["camera", "microphone"],
        )
        yield context
        context.close()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[BrowserContext]:
    with a_browser(tmp_path / "profile") as context:
        yield context


def seated(browser: BrowserContext, site: str, place: Place, person: str, **words: Any) -> Page:
    page = browser.new_page()
    page.goto(site)
    page.evaluate("([url, ticket, words]) => join(url, ticket, words)", [place.url, place.ticket(person), words])
    return page


def video(page: Page) -> dict[str, Any]:
    """What comes in by the slot that shows the other's camera."""
    found: dict[str, Any] = page.evaluate("incoming('video')")
    return found


def decodes_more(page: Page, frames: int) -> None:
    before = video(page).get("framesDecoded", 0)
    wait_for(lambda: video(page).get("framesDecoded", 0) > before + frames, "pictures are decoded", 60)


def test_two_pages_see_and_hear_each_other(browser: BrowserContext, site: str, place: Place) -> None:
    one, two = (seated(browser, site, place, person) for person in ("one", "two"))
    for page in (one, two):
        decodes_more(page, 20)
        wait_for(lambda page=page: page.evaluate("incoming('audio')").get("packetsReceived", 0) > 50, "sound comes", 60)  # type: ignore[misc]
    before = video(one)["framesDecoded"]
    wait_for(lambda: video(one)["framesDecoded"] > before + 10, "pictures go on", 60)
    assert video(one)["frameWidth"] > 0


def test_pictures_taken_away_and_given_back_need_no_new_negotiation(
    browser: BrowserContext, site: str, place: Place
) -> None:
    one, two = (seated(browser, site, place, person) for person in ("one", "two"))
    wait_for(lambda: video(one).get("framesDecoded", 0) > 10, "pictures are decoded", 60)
    one.evaluate("say({t: 'prefs', video: false, pinned: null, most_video: 6})")
    wait_for(lambda: one.evaluate("assigned('camera')") == 0, "nothing is shown", 60)
    stopped = video(one)["framesDecoded"]
    one.evaluate("say({t: 'prefs', video: true, pinned: null, most_video: 6})")
    wait_for(lambda: video(one)["framesDecoded"] > stopped + 10, "pictures come back", 60)
    assert one.evaluate("S.offers") == 1
    two.close()
    wait_for(lambda: one.evaluate("S.seats.length") == 1, "who closes the page is gone", 30)


def test_a_page_that_is_reloaded_has_its_seat_and_pictures_again(
    browser: BrowserContext, site: str, place: Place
) -> None:
    one, two = (seated(browser, site, place, person) for person in ("one", "two"))
    wait_for(lambda: video(one).get("framesDecoded", 0) > 10, "pictures are decoded", 60)
    two.reload()
    two.evaluate("([url, ticket]) => join(url, ticket, {})", [place.url, place.ticket("two")])
    for page in (one, two):
        decodes_more(page, 10)
    assert one.evaluate("S.seats.length") == 2


def test_a_seat_without_camera_still_sees_and_hears(browser: BrowserContext, site: str, place: Place) -> None:
    seated(browser, site, place, "one")
    two = seated(browser, site, place, "two", devices=False)
    wait_for(lambda: video(two).get("framesDecoded", 0) > 10, "pictures are decoded", 60)
