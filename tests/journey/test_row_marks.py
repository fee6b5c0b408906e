"""A row with more marks than it has room for keeps the examination's name, shows the gravest and counts the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk
from tests.journey.fair import fair
from tests.journey.platform import Platform
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
NAME = "测试多标记"


def _marked(route: Route) -> None:
    """As if images of it were lacking, damaged, withdrawn and late."""
    answer = route.fetch()
    page: dict[str, Any] = answer.json() if answer.status == 200 else {"items": []}
    for row in page["items"]:
        row |= {"lacking": {"here": 8, "expected": 9}, "damaged": 2, "withdrawn": True, "late_images": True}
        row["description"] = "胸部CT平扫"
    if answer.status == 200:
        route.fulfill(response=answer, json=page)
    else:
        route.fulfill(response=answer)


def test_marks_that_have_no_room_are_counted_and_named_and_the_name_stays(
    platform: Platform, desk: Callable[..., Desk]
) -> None:
    made = synth.a_ct_series(2, patient_name=NAME, patient_id="MARKS-1")
    assert set(platform.scanner().send(*map(sent, made))) == {0}
    visitor = platform.visitor("reader")
    wait_for(lambda: any(row["patient"]["name"] == NAME and row["task_id"] for row in visitor.rows()), "open", fair(90))
    reader = desk(platform.url, "reader")
    page = reader.page
    page.set_viewport_size({"width": 1366, "height": 768})
    page.route("**/api/worklist?*", _marked)
    page.reload()
    row = reader.row(NAME)
    name = row.get_by_text("胸部CT平扫", exact=True)
    expect(row.get_by_text("图像已撤回", exact=True)).to_be_visible()
    expect(row.get_by_text("+2", exact=True)).to_be_visible()
    expect(row.get_by_title("补图 — 此检查在分配后又收到图像")).to_contain_text("损坏 2, 补图")
    expect(row.get_by_text("补图", exact=True)).to_be_hidden()
    assert name.evaluate("name => name.scrollWidth <= name.clientWidth"), "the name stands whole"
    page.set_viewport_size({"width": 1920, "height": 1080})
    expect(row.get_by_text("补图", exact=True)).to_be_visible()
    expect(row.get_by_text("+2", exact=True)).to_have_count(0)
    page.unroute_all(behavior="ignoreErrors")
