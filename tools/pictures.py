"""Photographs of every screen of a running demonstration: Chinese and English, on a small and on a large monitor.

    .venv/bin/python -m tools.pictures http://127.0.0.1:8080 folder [zh-1366 …]

Brings the demonstration into a state worth seeing first (a study being read, one in review, one signed), by the public
doors. Files are named `<language>-<width>-<screen>.png`.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, sync_playwright

from teleconsult.demo import cast, once
from teleconsult.demo.browser import Browser as Client
from teleconsult.demo.browser import Unexpected
from tools.says import give_up, say

FLAGS = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
LANGUAGES = {"zh": "zh-CN", "en": "en"}
SIZES = {"1366": (1366, 768), "1920": (1920, 1080)}
PATIENCE = 60_000


# ---- a state worth seeing


def client(url: str, login: str) -> Client:
    browser = Client(url)
    browser.login(login, cast.PASSWORD)
    return browser


def rows_of(browser: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get("/api/worklist?limit=200&sort=arrived").json["items"]
    return [row for row in found if row["kind"] == "task"]


def written(reader: Client, row: dict[str, Any]) -> str:
    """Claim the study and write its report; the report's id."""
    reader.post(f"/api/tasks/{row['task_id']}/claim")
    report = reader.post(f"/api/tasks/{row['task_id']}/report")
    texts = {"findings": once.FINDINGS, "impression": once.IMPRESSION, "advice": once.ADVICE}
    reader.put(f"/api/reports/{report['id']}", {**texts, "version": report["version"]})
    return str(report["id"])


def set_scene(url: str) -> dict[str, str]:
    """Three studies further on than the rest: study ids by `reading`, `review`, `signed`."""
    reader, reviewer = client(url, "reader1"), client(url, "reviewer1")
    deadline = time.monotonic() + 240
    while len(rows := rows_of(reader)) < 8 and time.monotonic() < deadline:
        time.sleep(2)
    found = {name: _in_state(rows, state) for name, (state, _) in _WANTED.items()}
    for name, (_, modalities) in _WANTED.items():
        free = [row for row in rows_of(reader) if row["state"] == "queued"]
        if name == "signed":  # the one that its county looks at
            free = [row for row in free if row["site"]["name"] == cast.site("COUNTY1").name]
        free.sort(key=lambda row: modalities.index(m) if (m := row["modalities"][0]) in modalities else len(modalities))
        if not found[name]:
            found[name] = _brought(name, free[0], reader, reviewer)
    return found


# The state that shows it, and what it should be a picture of, best first.
_WANTED = {
    "reading": ("claimed", ("CT",)),
    "signed": ("verified", ("DX", "CR", "CT")),
    "review": ("reported", ("MR", "CT")),
}


def _in_state(rows: list[dict[str, Any]], state: str) -> str:
    return next((str(row["study_id"]) for row in rows if row["state"] == state), "")


def _brought(name: str, row: dict[str, Any], reader: Client, reviewer: Client) -> str:
    report = written(reader, row)
    if name != "reading":
        reader.post(f"/api/reports/{report}/submit")
    if name == "signed":
        taken = reviewer.post(f"/api/reports/{report}/take_review")
        seen = {"version": taken["version"], "images": row["instance_count"]}
        reviewer.post(f"/api/reports/{report}/sign", {"password": cast.PASSWORD, **seen})
    return str(row["study_id"])


# ---- the screens


class Album:
    """One language on one monitor."""

    def __init__(self, url: str, browser: Browser, language: str, size: str, folder: Path) -> None:
        self.url, self.browser, self.folder, self.name = url, browser, folder, f"{language}-{size}"
        self.language, self.size = LANGUAGES[language], SIZES[size]

    @contextmanager
    def desk(self, login: str = "") -> Iterator[Page]:
        """A page; with a login, of somebody who is signed in and speaks the album's language."""
        width, height = self.size
        context = self.browser.new_context(
            locale={"en": "en-GB"}.get(self.language, self.language),
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(self.url + "/login")
        if login:
            client(self.url, login).put("/api/me/language", {"language": self.language})
            page.locator("[name=login]").fill(login)
            page.locator("[name=password]").fill(cast.PASSWORD)
            page.locator("[type=submit]").click()
            page.get_by_role("navigation").first.wait_for()
        try:
            yield page
        finally:
            context.close()

    def take(self, page: Page, screen: str) -> None:
        """When the page has nothing more under way."""
        page.wait_for_load_state("networkidle")
        page.evaluate("() => Promise.all([document.fonts.ready, new Promise(done => setTimeout(done, 600))])")
        page.screenshot(path=self.folder / f"{self.name}-{screen}.png")
        say(f"  {self.name}-{screen}")

    def see(self, page: Page, path: str, screen: str) -> None:
        page.goto(self.url + path)
        page.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
        self.take(page, screen)

    def read(self, page: Page, study: str, screen: str) -> None:
        page.goto(f"{self.url}/read/{study}")
        page.wait_for_function("() => ['shown', 'document'].includes(window.__viewer?.phase)")
        self.take(page, screen)

    def pressed(self, page: Page, key: str, screen: str) -> None:
        page.keyboard.press(key)
        page.wait_for_function("() => document.querySelectorAll('[data-testid^=pane]:has(img)').length === 0")
        self.take(page, screen)


def front_door(album: Album, _: dict[str, str]) -> None:
    with album.desk() as page:
        album.take(page, "login")
        album.see(page, "/invitation/none", "invitation-used")


def radiologist(album: Album, scene: dict[str, str]) -> None:
    with album.desk("reader1") as page:
        page.locator("[role=row][data-key]").first.wait_for()
        album.take(page, "worklist")
        album.pressed(page, "Space", "worklist-panel")
        page.keyboard.press("Escape")
        album.pressed(page, "?", "worklist-help")
        album.read(page, scene["reading"], "reading")
        album.pressed(page, "F4", "reading-four")
        album.pressed(page, "F1", "reading-one")
        album.pressed(page, "?", "reading-help")
        album.see(page, "/nowhere", "absent")


def every_kind(album: Album, _: dict[str, str]) -> None:
    """One study of each kind of object, seen by the reading radiologist."""
    rows, seen = rows_of(client(album.url, "reader2")), set[str]()
    with album.desk("reader2") as page:
        for row in rows:
            kind = "-".join(row["modalities"]).lower()
            if kind not in seen and row["state"] == "queued":
                seen.add(kind)
                album.read(page, row["study_id"], f"reading-{kind}")


def reviewer(album: Album, scene: dict[str, str]) -> None:
    with album.desk("reviewer1") as page:
        album.see(page, "/worklist?view=review", "worklist-review")
        album.read(page, scene["review"], "review")
        album.read(page, scene["signed"], "signed")


def county(album: Album, scene: dict[str, str]) -> None:
    with album.desk("county1") as page:
        album.take(page, "county")
        album.see(page, f"/studies/{scene['signed']}", "study")
        page.locator("header [aria-expanded]").first.click()
        album.take(page, "notices")
        page.locator("header [aria-expanded]").first.click()
        page.locator("header [aria-expanded]").last.click()
        album.take(page, "person-menu")
    with album.desk("township1") as page:
        album.take(page, "county-empty")


def others(album: Album, _: dict[str, str]) -> None:
    for login, path, screen in (
        ("tech1", "/arrivals", "arrivals"), ("coord1", "/worklist", "coordinator"), ("coord1", "/parked", "parked"),
        ("audit1", "/audit", "audit"),
    ):  # fmt: skip
        with album.desk(login) as page:
            album.see(page, path, screen)
    with album.desk("admin1") as page:
        for kind in ("sites", "peers", "agreements", "people"):
            album.see(page, f"/admin/{kind}", f"admin-{kind}")
            page.locator("main button").first.click()
            album.take(page, f"admin-{kind}-add")


CHAPTERS: tuple[Callable[[Album, dict[str, str]], None], ...] = (
    front_door, radiologist, reviewer, county, others, every_kind,
)  # fmt: skip


def main(words: list[str]) -> int:
    if len(words) < 2:
        give_up("say where: python -m tools.pictures http://127.0.0.1:8080 FOLDER")
    url, folder, only = words[0].rstrip("/"), Path(words[1]), words[2:]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        scene = set_scene(url)
    except (OSError, Unexpected) as reason:
        give_up(f"{url} is no running demonstration ({reason}); start one with `make demo`")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, "--ignore-gpu-blocklist"])
        for language in LANGUAGES:
            for size in SIZES:
                if not only or f"{language}-{size}" in only:
                    for chapter in CHAPTERS:
                        _photographed(chapter, Album(url, browser, language, size, folder), scene)
        browser.close()
    return 0


def _photographed(chapter: Callable[[Album, dict[str, str]], None], album: Album, scene: dict[str, str]) -> None:
    try:
        chapter(album, scene)
    except Error as reason:
        say(f"  {album.name}: {chapter.__name__} stopped: {reason.message.splitlines()[0]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
