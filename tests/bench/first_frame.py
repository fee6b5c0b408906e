"""From the second person's join to the first frame on the page, in Chromium, over this machine's own network."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from playwright.sync_api import BrowserContext, sync_playwright

from teleconsult.kernel.values import new_id
from teleconsult.keys import load_keys
from tests.media.callers import ticket
from tests.media.conftest import RunningNode
from tests.media.test_browser import FLAGS, Pages
from tests.needs import chromium
from tests.servers import valkey

REPEATS = 7


def first_frames(say: Callable[[str], None]) -> dict[str, Any]:
    """The median over seven joins, each to a room in which one person has been for three seconds."""
    if chromium() is None:
        say("SKIPPED: no Chromium, so join to first frame is not measured")
        return {"join_first_frame_ms": None}
    with tempfile.TemporaryDirectory() as name, valkey() as broker:
        folder = Path(name)
        key = load_keys(folder / "home").tickets
        node = RunningNode(folder / "home", broker, folder / "log").up()
        server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch_persistent_context(
                    folder / "profile",
                    executable_path=chromium(),
                    headless=True,
                    args=FLAGS,
                    permissions=["camera", "microphone"],
                )
                site = f"http://127.0.0.1:{server.server_address[1]}"
                took = [_once(browser, site, node.url, key) for _ in range(REPEATS)]
                browser.close()
        finally:
            server.shutdown()
            node.child.stop()
    say(f"join to first frame in Chromium, ms: {took}")
    return {"join_first_frame_ms": statistics.median(took)}


def _once(browser: BrowserContext, site: str, url: str, key: bytes) -> float:
    room, pages = new_id(), []
    for person in ("one", "two"):
        page = browser.new_page()
        pages.append(page)
        page.goto(site)
        page.evaluate("([url, ticket]) => join(url, ticket, {})", [url, ticket(key, room, person)])
        if person == "one":
            time.sleep(3)
    pages[1].wait_for_function("S.first !== null", timeout=30_000)
    took = float(pages[1].evaluate("S.first"))
    for page in pages:
        page.close()
    return round(took)
