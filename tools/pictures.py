"""Photographs of every screen of a running demonstration: Chinese and English, on a small and on a large monitor; and on a telephone what is for it.

    .venv/bin/python -m tools.pictures http://127.0.0.1:8080 folder [zh-1366 …] [reviewer …]

Brings the demonstration into a state worth seeing first (`tools.pictures_scene`). What a healthy demonstration never shows,
such as a lost server, is answered by the browser itself. Files are named `<language>-<width>-<screen>.png`.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

from teleconsult.demo import cast
from teleconsult.demo.browser import Unexpected
from tools.pictures_cases import PHONE, asking, consulting, criticals, meeting, phone, referring, sending
from tools.pictures_cases_states import states
from tools.pictures_room import CAMERAS, rooms
from tools.pictures_room_doors import doors
from tools.pictures_scene import client, rows_of, set_scene
from tools.pictures_technician import decided, lines, ordering, receiving
from tools.says import give_up, say

FLAGS = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
LANGUAGES = {"zh": "zh-CN", "en": "en"}
SIZES = {"1366": (1366, 768), "1920": (1920, 1080), PHONE: (390, 844)}
PATIENCE = 60_000


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

    def clicked(self, page: Page, where: str, screen: str, which: int = 0) -> None:
        """After a click on the first (or another) match of a selector."""
        page.locator(where).nth(which).click()
        self.take(page, screen)


Scene = dict[str, str]
BUTTONS, LAST = "[data-testid=report] footer button", -1
"""What may be done with a report stands in its footer, the next thing to do at the end."""


def front_door(album: Album, _: Scene) -> None:
    with album.desk() as page:
        album.take(page, "login")
        page.locator("[name=login]").fill("reader1")
        page.locator("[name=password]").fill("wrong")
        page.locator("[type=submit]").click()
        page.locator("[role=alert]").wait_for()
        album.take(page, "login-wrong")
        album.see(page, "/login?idle=1", "login-timed-out")
        album.see(page, "/invitation/none", "invitation-used")
        for kind, known in (("first_admin", {}), ("person", {"login": "reader9", "name": "测试新人"})):
            answered(page, "**/api/invitations/*", {"kind": kind, "login": None, "name": None, **known})
            album.see(page, "/invitation/new", f"invitation-{kind.replace('_', '-')}")


def radiologist(album: Album, scene: Scene) -> None:
    with album.desk("reader1") as page:
        page.locator("[role=row][data-key]").first.wait_for()
        album.take(page, "worklist")
        album.pressed(page, "Space", "worklist-panel")
        page.keyboard.press("Escape")
        album.pressed(page, "?", "worklist-help")
        page.keyboard.press("Escape")
        album.clicked(page, "main [aria-expanded]", "worklist-columns")
        album.see(page, "/worklist?modality=MG", "worklist-filtered")
        album.see(page, "/worklist?view=verified", "worklist-signed")
        album.see(page, "/worklist?q=nobody", "worklist-empty-search")
        album.see(page, "/worklist?view=mine&priority=STAT", "worklist-empty")
        album.see(page, "/admin/sites", "not-ones-own")
        album.see(page, "/nowhere", "absent")


def reader(album: Album, scene: Scene) -> None:
    with album.desk("reader1") as page:
        album.read(page, scene["reading"], "reading")
        album.pressed(page, "F4", "reading-four")
        album.pressed(page, "F1", "reading-one")
        album.clicked(page, "[data-testid=report] [aria-expanded]", "reading-templates")
        page.keyboard.press("Escape")
        album.pressed(page, "?", "reading-help")
        page.keyboard.press("Escape")
        for which, screen in ((0, "reading-send-back"), (1, "reading-release")):
            album.clicked(page, "[data-testid=identity] button", screen, which)
            page.keyboard.press("Escape")
        album.read(page, scene["given-back"], "given-back")
        album.read(page, scene["in-review"], "reviewed-by-other")


def every_kind(album: Album, scene: Scene) -> None:
    """One study of each kind of object, seen by the reading radiologist. A film and a paper are made of a structured report."""
    rows, seen = rows_of(client(album.url, "reader2")), set[str]()
    signed = client(album.url, "county1").get(f"/api/studies/{scene['signed']}").json["report"]["id"]
    paper = client(album.url, "county1").get(f"/api/reports/{signed}/pdf", accept="application/pdf").body
    with album.desk("reader2") as page:
        for row in rows:
            kind = "-".join(row["modalities"]).lower()
            if kind not in seen and row["state"] == "queued":
                seen.add(kind)
                album.read(page, row["study_id"], f"reading-{kind}")
                if kind == "sr":
                    page.route(
                        "**/objects/*/pdf", lambda route: route.fulfill(content_type="application/pdf", body=paper)
                    )
                    for other, name in (
                        ("video", "Video Endoscopic Image Storage"),
                        ("pdf", "Encapsulated PDF Storage"),
                    ):
                        page.route("**/manifest*", partial(_as_other, other, name))
                        album.read(page, row["study_id"], f"reading-{other}")
                        page.unroute("**/manifest*")


def _as_other(kind: str, name: str, route: Route) -> None:
    found = route.fetch()
    manifest = found.json()
    for series in manifest["series"]:
        series["kind"] = kind
        for instance in series["instances"]:
            instance["sop_class_name"] = name
    route.fulfill(response=found, json=manifest)


def reviewer(album: Album, scene: Scene) -> None:
    with album.desk("reviewer1") as page:
        album.see(page, "/worklist?view=review", "worklist-review")
        album.read(page, scene["review"], "review")
        album.read(page, scene["in-review"], "in-review")
        album.clicked(page, BUTTONS, "in-review-give-back", 1)
        page.locator("[data-testid=report] form button").first.click()
        album.clicked(page, BUTTONS, "in-review-sign", LAST)
        page.keyboard.press("Escape")
        album.read(page, scene["signed"], "signed")
        page.locator("[data-testid=report] details summary").first.click()
        page.locator("[data-testid=report] details ~ section button").click()
        page.locator("[data-testid=verified]").wait_for()
        album.take(page, "signed-verified")
        album.clicked(page, BUTTONS, "signed-addendum")
        album.read(page, scene["addended"], "addended")


def county(album: Album, scene: Scene) -> None:
    with album.desk("county1") as page:
        album.take(page, "county")
        album.see(page, f"/studies/{scene['signed']}", "study")
        page.mouse.move(400, 600)
        page.mouse.wheel(0, 4000)
        album.take(page, "study-timeline")
        page.mouse.wheel(0, -4000)
        album.clicked(page, "header [aria-expanded]", "notices")
        page.locator("header [aria-expanded]").first.click()
        album.clicked(page, "header [aria-expanded]", "person-menu", LAST)
        album.clicked(page, "header button:has-text('密码'), header button:has-text('password')", "password")
        page.keyboard.press("Escape")
        album.see(page, f"/studies/{scene['returned']}", "study-returned")
        album.clicked(page, "main button", "study-answer", 1)
        album.see(page, f"/studies/{scene['addended']}", "study-addended")
        album.read(page, scene["signed"], "county-images")
        album.see(page, "/county", "county-again")
        page.locator("main [type=search], main search input").fill("nobody")
        page.wait_for_timeout(600)
        album.take(page, "county-empty-search")
    with album.desk("county1") as page:
        page.evaluate("() => document.documentElement.dataset.mood = 'light'")
        album.take(page, "county-light")
        page.evaluate("() => document.documentElement.dataset.mood = 'dark'")
    with album.desk("township1") as page:
        album.take(page, "county-empty")


PARKED = [
    {"id": "1", "job": "prepare", "fact": "StudySettled", "error_code": "job.hung", "error": "TimeoutError: 600 s",
     "tries": 5, "at": "2026-11-22T00:00:00Z", "study_id": None},
    {"id": "2", "job": "report_pdf", "fact": "ReportSigned", "error_code": "storage.full", "error": "storage.full",
     "tries": 8, "at": "2026-11-22T00:00:00Z", "study_id": None},
]  # fmt: skip


def others(album: Album, _: Scene) -> None:
    with album.desk("tech1") as page:
        album.see(page, "/arrivals", "arrivals")
        album.clicked(page, "main li button", "arrivals-resolve")
        album.see(page, "/county", "technologist")
    with album.desk("coord1") as page:
        album.see(page, "/worklist", "coordinator")
        album.see(page, "/parked", "parked-empty")
        answered(page, "**/api/parked", {"items": PARKED})
        album.see(page, "/parked", "parked")
    with album.desk("audit1") as page:
        album.see(page, "/audit", "audit")
        page.locator("main header button, main button").first.click()
        page.locator("main [role=status]").wait_for()
        album.take(page, "audit-verified")


def administrator(album: Album, _: Scene) -> None:
    with album.desk("admin1") as page:
        for kind in ("sites", "peers", "agreements", "people"):
            album.see(page, f"/admin/{kind}", f"admin-{kind}")
            album.clicked(page, "main button", f"admin-{kind}-add")
            page.keyboard.press("Escape")
        album.clicked(page, "main tr:nth-child(8) button", "admin-people-edit")


def trouble(album: Album, scene: Scene) -> None:
    """What is seen when the server, the line or the session fails."""
    with album.desk("reader1") as page:
        album.see(page, "/studies/none", "study-absent")
        for status, screen in ((503, "server-busy"), (500, "server-error")):
            page.route("**/api/worklist?*", lambda route, _, status=status: route.fulfill(status=status, body="{}"))
            page.goto(album.url + "/worklist")
            page.locator("[role=alert]").wait_for()
            album.take(page, f"worklist-{screen}")
            page.unroute("**/api/worklist?*")
        answered(page, "**/api/worklist?*", {"items": None})
        page.goto(album.url + "/worklist")
        page.wait_for_timeout(1500)
        album.take(page, "crashed")
        page.unroute("**/api/worklist?*")
        album.read(page, scene["reading"], "reading-before-expiry")
        page.evaluate("() => fetch('/api/me').then(a => a.json()).then(me => fetch('/api/logout', "
                      "{method: 'POST', headers: {'X-CSRF-Token': me.csrf, 'Content-Type': 'application/json'}, body: '{}'}))")  # fmt: skip
        page.locator("#section-advice").fill("")
        page.locator("[name=password]").wait_for()
        album.take(page, "session-ended")
    with album.desk("reader1") as page:
        page.route("**/api/me", _nearly_idle)
        page.goto(album.url + "/worklist")
        page.locator("[role=timer]").wait_for()
        album.take(page, "session-warning")
    with album.desk("reader1") as page:
        page.context.set_offline(True)
        page.keyboard.press("r")
        page.wait_for_timeout(4000)
        page.screenshot(path=album.folder / f"{album.name}-line-lost.png")


def _nearly_idle(route: Route) -> None:
    found = route.fetch()
    me = found.json()
    me["session"]["idle_seconds"] = 40
    route.fulfill(response=found, json=me)


def answered(page: Page, where: str, content: Any) -> None:
    """The browser answers these requests by itself."""
    page.route(where, lambda route: route.fulfill(content_type="application/json", body=json.dumps(content)))


CHAPTERS: tuple[Callable[[Album, dict[str, str]], None], ...] = (
    front_door, radiologist, reader, reviewer, county, others, administrator, trouble, every_kind, rooms, doors,
    asking, consulting, referring, meeting, criticals, sending, states, phone, ordering, receiving, decided, lines,
)  # fmt: skip


def main(words: list[str]) -> int:
    if len(words) < 2:
        give_up("say where: python -m tools.pictures http://127.0.0.1:8080 FOLDER")
    url, folder = words[0].rstrip("/"), Path(words[1])
    only = [word for word in words[2:] if word[:2] in LANGUAGES and "-" in word]
    chapters = [word for word in words[2:] if word not in only]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        scene = set_scene(url)
    except (OSError, Unexpected) as reason:
        give_up(f"{url} is no running demonstration ({reason}); start one with `make demo`")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, "--ignore-gpu-blocklist", *CAMERAS])
        for language in LANGUAGES:
            for size in SIZES:
                if not only or f"{language}-{size}" in only:
                    for chapter in CHAPTERS:
                        fits = (chapter is phone) == (size == PHONE)
                        if fits and (not chapters or chapter.__name__ in chapters):
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
