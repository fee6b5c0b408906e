"""A large picture over a slow line: something to look at before its bytes are here, nothing to measure on it, and in the end the stored values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from pydicom import Dataset

from teleconsult.imaging.renditions import SYNTAX
from tests import synth
from tests.journey.desk import Desk
from tests.journey.platform import Platform
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(600)]
Sit = Callable[..., Desk]
SMALL, LARGE = (1100, 1000), (2000, 1800)
SLOW, CRAWLING = 500_000, 60_000  # bytes a second
PATH = "localStorage.setItem('teleconsult.viewer.path', '{}')"
FORGET = "() => performance.clearResourceTimings()"
FETCHED = "() => performance.getEntriesByType('resource').filter(each => each.name.includes('/frames/1')).map(each => ({url: each.name, bytes: each.encodedBodySize}))"


def a_chest(name: str, size: tuple[int, int]) -> Dataset:
    """Noise on a slow wave: nothing that could be guessed from a part of its bytes."""
    r, c = np.mgrid[0 : size[0], 0 : size[1]]
    noise = np.random.default_rng(20260102).normal(0, 120, size)
    values = np.clip(2048 + 1200 * np.sin(r / 240) * np.cos(c / 190) + noise, 0, 4095).astype("<u2")
    ds = synth.a_dx(rows=size[0], columns=size[1], patient_name=name, patient_id=f"SL{size[0]}")
    ds.PixelData = values.tobytes()
    return ds


@contextmanager
def a_slow_line(desk: Desk) -> Iterator[Callable[[float], None]]:
    """The page's line has 4 Mbit/s and 50 ms; what is yielded gives it another rate, -1 for any."""
    line = desk.page.context.new_cdp_session(desk.page)
    line.send("Network.enable")

    def brake(rate: float) -> None:
        told = {
            "offline": False,
            "downloadThroughput": rate,
            "uploadThroughput": rate,
            "latency": 50 if rate > 0 else 0,
        }
        line.send("Network.emulateNetworkConditions", told)

    brake(SLOW)
    yield brake
    brake(-1)


def arrived(platform: Platform, ds: Dataset) -> None:
    assert platform.scanner().send(sent(ds)) == [0]


def fetched(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.page.evaluate(FETCHED)
    return found


def at_rest(desk: Desk, *patients: str) -> None:
    """Wait for their rows, and until nothing more is under way: what is when the line becomes slow came by the quick one."""
    for patient in patients:
        expect(desk.row(patient)).to_be_visible()
    desk.page.wait_for_load_state("networkidle")


def at(desk: Desk, x: float, y: float) -> None:
    """A click at these shares of the pane."""
    box = desk.page.locator("[data-pane=pane-0] canvas").first.bounding_box()
    assert box is not None
    desk.page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def test_a_low_resolution_is_there_at_once_and_the_stored_values_in_the_end(platform: Platform, desk: Sit) -> None:
    first, name = "测试慢线甲", "测试慢线乙"
    ds = a_chest(name, LARGE)
    arrived(platform, a_chest(first, SMALL))
    arrived(platform, ds)
    reader = desk(platform.url, "reader")
    reader.page.set_default_timeout(150_000)
    reader.page.evaluate(PATH.format("gpu"))
    at_rest(reader, first, name)
    with a_slow_line(reader) as brake:
        reader.page.evaluate(FORGET)
        reader.choose(first)  # the viewer and its decoder come with it, as they do in the morning
        reader.page.keyboard.press("Enter")
        reader.shown()
        (once,) = fetched(reader)
        assert SYNTAX in once["url"], "the line has shown itself to be slow"
        reader.page.evaluate(FORGET)
        reader.page.go_back()
        reader.choose(name)
        brake(CRAWLING)
        reader.page.keyboard.press("Enter")
        reader.until(f"v.sopUid === '{ds.SOPInstanceUID}' && v.path === 'gpu' && v.phase === 'shown'")
        assert reader.fact("quality") == "preview"
        assert fetched(reader) == [], "the picture stands there while its bytes are still coming"
        expect(reader.page.get_by_test_id("quality")).to_contain_text("预览")
        assert np.asarray(reader.pixels()[:, :, 0]).std() > 10, "and it is a picture"
        reader.button("探针").click()
        at(reader, 0.5, 0.5)
        assert reader.fact("quality") == "preview"
        assert reader.fact("marks") == 0, "nothing is measured on it"
        brake(-1)
        reader.shown()
    (once,) = fetched(reader)
    assert SYNTAX in once["url"]
    assert once["bytes"] < len(ds.PixelData) * 0.8
    expect(reader.page.get_by_test_id("quality")).to_contain_text("完整")
    for x, y in ((0.45, 0.3), (0.55, 0.7)):
        at(reader, x, y)
    reader.until("v.marks === 2 && v.measures.every(Boolean)")
    samples = np.frombuffer(ds.PixelData, "<u2").reshape(LARGE)
    for found in reader.fact("measures"):
        column, row = found["at"]
        assert found["value"] == samples[row - 1, column - 1]
