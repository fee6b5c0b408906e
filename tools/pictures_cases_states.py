"""The chapter `states` of `tools.pictures`: lists and pages of cases that are empty, on their way, failed or not there; answered by the browser itself."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from playwright.sync_api import Page, Route

from tools.pictures_cases import press, scene_of
from tools.pictures_room import Desks, shot

LISTS = (
    ("county1", "/cases", "**/api/cases?*"), ("county1", "/consultations", "**/api/consultations?*"),
    ("county1", "/referrals", "**/api/referrals?*"), ("county1", "/follow-ups", "**/api/follow-ups?*"),
    ("county1", "/criticals", "**/api/criticals?*"), ("county1", "/meetings", "**/api/meetings?*"),
    ("coord1", "/boards", "**/api/boards*"), ("coord1", "/experts", "**/api/experts*"), ("coord1", "/desk", "**/api/desk*"),
)  # fmt: skip
ABSENT = (
    "/cases/none",
    "/consultations/none",
    "/referrals/none",
    "/meetings/none",
    "/meetings/none/items/none",
    "/rooms/none",
)
SOON, WHY = 1_500, "参会医师已调离，无法签署。"


def states(album: Desks, _: dict[str, str]) -> None:
    for login in ("county1", "coord1"):
        with album.desk(login) as page:
            for who, path, where in LISTS:
                if who == login:
                    _list(album, page, path, where)
    with album.desk("county1") as page:
        for path in ABSENT:
            page.goto(album.url + path)
            shot(album, page, f"absent-{path.split('/')[1]}{'-item' if 'items' in path else ''}")
    _excused(album)


def _list(album: Desks, page: Page, path: str, where: str) -> None:
    """Nothing in it, a server that fails, a server that is slow."""
    for kind, answer in (("empty", _nothing), ("failed", _failing), ("slow", _never)):
        page.route(where, answer)
        page.goto(album.url + path)
        if kind == "failed":
            page.get_by_role("alert").first.wait_for()
        else:
            page.wait_for_timeout(SOON)
        shot(album, page, f"{path.strip('/')}-{kind}")
        page.unroute(where)


def _nothing(route: Route) -> None:
    found = route.fetch(headers={**route.request.headers, "if-none-match": ""})
    route.fulfill(content_type="application/json", body=json.dumps(emptied(found.json())))


def emptied(found: Any) -> Any:
    """The same answer with nothing in it: no row, every count nought."""
    if isinstance(found, dict):
        return {key: emptied(value) for key, value in found.items()}
    if isinstance(found, list):
        return []
    return 0 if isinstance(found, int) and not isinstance(found, bool) else None if isinstance(found, str) else found


def _failing(route: Route) -> None:
    problem = {"type": "about:blank", "status": 503, "code": "http.503", "detail": ""}
    route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(problem))


def _never(_: Route) -> None:
    """No answer, as long as the page is looked at."""


def _excused(album: Desks) -> None:
    """A specialty that cannot sign any more: the chair writes down why. And how the conclusion looks then."""
    scene = scene_of(album.url)
    item = f"/meetings/{scene.meeting}/items/{scene.item}"
    with album.desk("expert2") as page:
        page.route(f"**/api{item}", partial(_as_late, False))
        album.see(page, item, "item-late")
        press(album, page, "meeting", "verb.excuse", "item-excuse", "[data-testid=signatures]")
        page.get_by_role("dialog").locator("textarea").fill(WHY)
        page.get_by_role("dialog").locator("[type=password]").fill("demo")
        album.take(page, "item-excuse-written")
        page.unroute(f"**/api{item}")
        page.route(f"**/api{item}", partial(_as_late, True))
        album.see(page, item, "item-excused")


def _as_late(done: bool, route: Route) -> None:
    found = route.fetch(headers={**route.request.headers, "if-none-match": ""})
    item = found.json()
    said = item["conclusion"]
    late = next(one for one in said["signatures"] if one["paper_id"] is None and one["role"] != "chair")
    if done:
        late.update(unsigned=WHY, by=item["proposed_by"], at=item["concluded_at"], paper_id="none")
    else:
        item["verbs"], said["excusable"] = [*item["verbs"], "excuse"], [late["role"]]
    route.fulfill(response=found, json=item)
