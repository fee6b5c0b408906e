"""A desk: one person in a Chromium of their own context, as they sit at it. Every wait is for a fact on the screen."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, expect, sync_playwright

from tests.needs import chromium

# Software rendering, wherever the tests run: no graphics card is assumed. WebGL is drawn by SwiftShader, pages are put together without it:
# that takes a quarter less of the processor.
FLAGS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
)
PATIENCE = 60_000.0  # ms; the machine may be busy with other things
WORDS = {
    "login": "账号", "password": "密码", "go": "登录", "findings": "检查所见", "impression": "诊断意见", "advice": "建议",
}  # fmt: skip
expect.set_options(timeout=PATIENCE)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Real Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, "--ignore-gpu-blocklist"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Desk:
    """One page of one person. `faults` gathers what the page never should say: uncaught errors, refused content. `told` is what else
    it said of errors, and the requests that failed: no fault by itself, and what to look at when a test fails.
    """

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.set_default_navigation_timeout(PATIENCE)
        self.page.on("pageerror", self._uncaught)
        self.page.on("console", self._said)
        self.page.on("requestfailed", lambda request: self.told.append(f"{request.url}: {request.failure}"))

    def _uncaught(self, error: Error) -> None:
        self.faults.append(f"{self.page.url}: {error.stack or error.message}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        refused = "Content Security Policy" in message.text
        (self.faults if refused else self.told).append(f"{message.text} ({message.location.get('url', '')})")

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)

    def sign_in(self, login: str, password: str) -> None:
        """From the sign-in page to where this person's day begins."""
        self.go("/login")
        self.page.get_by_label(WORDS["login"], exact=True).fill(login)
        self.page.get_by_label(WORDS["password"], exact=True).fill(password)
        self.button(WORDS["go"]).click()
        expect(self.page.get_by_role("navigation").first).to_be_visible()

    def button(self, name: str) -> Locator:
        """A button by the beginning of its words; a key may be printed behind them."""
        return self.page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}( |$)"))

    def row(self, text: str) -> Locator:
        """The row of a list that shows this text."""
        return self.page.get_by_role("row").filter(has_text=text)

    def choose(self, text: str) -> Locator:
        """Put the cursor on that row by the keyboard alone: j goes down, k goes up."""
        row = self.row(text)
        expect(row).to_be_visible()
        for _ in range(60):
            if row.get_attribute("aria-selected") == "true":
                return row
            cursor = self.page.locator("[role=row][aria-selected=true]")
            above = cursor.count() > 0 and _index(cursor) > _index(row)
            self.page.keyboard.press("k" if above else "j")
            self.page.wait_for_function("() => document.activeElement?.getAttribute('role') === 'row'")
        raise AssertionError(f"the cursor does not reach {text}")

    # ---- the pictures

    def fact(self, name: str) -> Any:
        """One of the viewer's facts."""
        return self.page.evaluate(f"() => window.__viewer?.{name}")

    def until(self, condition: str) -> None:
        """Wait until this is true of the viewer's facts `v`."""
        self.page.wait_for_function(f"() => {{ const v = window.__viewer; return v && ({condition}); }}")

    def shown(self, index: int | None = None) -> int:
        """Wait until this picture (from 0), or any, stands on the screen in full quality. Which one it is."""
        place = "" if index is None else f"v.imageIndex === {index} && "
        self.until(f"{place}v.phase === 'shown' && v.quality === 'full'")
        return int(self.fact("imageIndex"))

    def pixels(self) -> np.ndarray[Any, Any]:
        """What the canvas of the active pane holds: rows × columns × 4 (RGBA, 0..255), read from the canvas itself."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        width, height, content = self.page.evaluate(_READ)
        flat = np.frombuffer(bytes.fromhex(content), np.uint8)
        return flat.reshape(height, width, 4)

    # ---- the words

    def section(self, name: str) -> Locator:
        return self.page.locator(f"#section-{name}")

    def saved(self) -> None:
        """Wait until the line below the report says that the server holds every letter."""
        expect(self.page.locator("[data-testid=saved]")).to_have_attribute("data-phase", "saved")


Sit = Callable[..., Desk]


def photographed(desk: Desk, name: str) -> None:
    """A picture at both sizes of screen, for whoever looks (`TELECONSULT_PICTURES` names the folder)."""
    if folder := os.environ.get("TELECONSULT_PICTURES"):
        for width, height in ((1366, 768), (1920, 1080)):
            desk.page.set_viewport_size({"width": width, "height": height})
            desk.page.screenshot(path=f"{folder}/{name}-{width}.png")
        desk.page.set_viewport_size({"width": 1366, "height": 768})


def _index(row: Locator) -> int:
    return int(row.get_attribute("aria-rowindex") or 0)


_READ = """() => {
  const canvas = document.querySelector('[data-pane=pane-0] canvas');
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext('2d');
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);

  const hex = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));
  const parts = [];
  for (const value of data) parts.push(hex[value]);
  return [width, height, parts.join('')];
}"""
