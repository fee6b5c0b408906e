"""How long a presenter's slice takes to reach the pixels of three other seats: `make bench-sync`.

Four pages of one real Chromium sit in one room of a running installation (web, sockets, database: everything as `teleconsult up`
starts it). Every image is decoded and in memory at every seat. The presenter presses the key for the next image; the clock starts at the
key press in that page and ends, for each of the others, at the first screen frame in which its canvas holds other pixels, read
from the canvas itself. All pages are on one machine, so their clocks are one. Seats take part with images only: decoding four
people's cameras in software on the same two cores would measure the video codec.

Prints JSON on its last line.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import ViewportSize

from tests.children import wait_for
from tests.journey.platform import running, settle_alliance
from tests.journey.rooms import FAKE, GUEST, GUEST2, Place, Seat, a_browser_with_cameras, a_room

SLICES, STEPS, WARM, QUIET = 24, 80, 10, 0.3
NO_GPU = "--disable-gpu"  # without a graphics card the compositor would draw four pages one after another in one emulated one
OTHERS = ("doctor_a", GUEST, GUEST2)
SIZE = ViewportSize(width=1366, height=768)

WATCH = """() => {
  let renders = -1;
  const sum = () => {
    const canvas = document.querySelector('[data-pane=pane-0] canvas');
    const strip = canvas.getContext('2d').getImageData(0, canvas.height / 2, canvas.width, 2).data;
    let sum = 0;
    for (let at = 0; at < strip.length; at += 4) sum = (sum * 31 + strip[at]) % 1000003;
    return sum;
  };
  const look = () => {
    if (window.__viewer.renders !== renders) {
      renders = window.__viewer.renders;
      const now = sum();
      if (now !== window.__sum) window.__changes.push(performance.timeOrigin + performance.now());
      window.__sum = now;
    }
    requestAnimationFrame(look);
  };
  window.__changes = [];
  look();
}"""
CHANGED = "() => window.__changes.length > 0"
PRESSED = """() => {
  window.__pressed = [];
  addEventListener('keydown', () => window.__pressed.push(performance.timeOrigin + performance.now()), { capture: true });
}"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="bench-sync-") as folder:
        home = Path(folder)
        with running(home / "home", home / "log") as platform, a_browser_with_cameras(*FAKE, NO_GPU) as browser:
            settle_alliance(platform.home)
            place = a_room(platform, "测试同步", slices=SLICES, rows=512, columns=512)

            def sit(login: str) -> Seat:
                seat = Seat(browser.new_context(locale="zh-CN", viewport=SIZE).new_page(), platform.url)
                seat.sign_in(login)
                return seat

            presenter = sit(place.expert)
            enter(presenter, place)
            others = [sit(login) for login in OTHERS]
            for other in others:
                enter(other, place, host=presenter)
            delays = measure(presenter, others)
    report(delays)
    return 0


def enter(seat: Seat, place: Place, host: Seat | None = None) -> None:
    """Take a seat with images only; the host opens for whoever has to wait. Then every image is brought into memory."""
    seat.go(place.path)
    seat.button("仅图像").click()
    seat.page.get_by_test_id("enter").click()
    inside, door = seat.page.get_by_test_id("room"), seat.page.get_by_test_id("door")
    inside.or_(door).first.wait_for()
    if host is not None and door.is_visible():
        host.page.get_by_test_id("knocking").get_by_role("button").first.click()
        inside.wait_for()
    seat.shown()
    seat.until(f"v.loaded === {SLICES}")


def measure(presenter: Seat, others: list[Seat]) -> list[float]:
    """Milliseconds from key press to pixels, for each step and each other seat; the first steps warm the path up."""
    presenter.page.evaluate(PRESSED)
    for other in others:
        other.page.evaluate(WATCH)
        other.page.wait_for_function("() => window.__changes.length > 0")
    delays: list[float] = []
    direction, at = "ArrowDown", presenter.shown()
    for step in range(WARM + STEPS):
        if at in (0, SLICES - 1):
            direction = "ArrowUp" if at else "ArrowDown"
        at += 1 if direction == "ArrowDown" else -1
        for other in others:
            other.page.evaluate("() => { window.__changes = []; }")
        presenter.page.evaluate("() => { window.__pressed = []; }")
        presenter.page.keyboard.press(direction)
        time.sleep(QUIET)  # nobody asks the pages anything while the slice is on its way
        changed: list[float] = []
        for other in others:
            wait_for(partial(other.page.evaluate, CHANGED), "the slice at another seat")
            changed.append(other.page.evaluate("() => window.__changes[0]"))
        pressed: float = presenter.page.evaluate("() => window.__pressed[0]")
        if step >= WARM:
            delays += [one - pressed for one in changed]
    return delays


def report(delays: list[float]) -> None:
    ordered = sorted(delays)
    figures: dict[str, Any] = {
        "sync_p50_ms": round(statistics.median(ordered), 1),
        "sync_p95_ms": round(ordered[round(0.95 * len(ordered)) - 1], 1),
        "sync_most_ms": round(ordered[-1], 1),
        "samples": len(ordered),
        "seats": len(OTHERS),
        "load": round(os.getloadavg()[0], 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    sys.exit(main())
