"""A large picture over a slow line: something to look at before its bytes are here, nothing to measure on it, and in the end the stored values."""

from __future__ import annotations

import re
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
LANDMARK = (360, 400, 120)  # column and row of its corner, and its side: the one thing that is white
PATH = "localStorage.setItem('teleconsult.viewer.path', '{}')"
FORGET = "() => performance.clearResourceTimings()"
FETCHED = "() => performance.getEntriesByType('resource').filter(each => each.name.includes('/frames/1')).map(each => ({url: each.name, bytes: each.encodedBodySize}))"


def a_chest(name: str, size: tuple[int, int]) -> Dataset:
    """Noise on a slow wave: nothing that could be guessed from a part of its bytes."""
    r, c = np.mgrid[0 : size[0], 0 : size[1]]
    noise = np.random.default_rng(20260102).normal(0, 120, size)
    values = np.clip(2048 + 1200 * np.sin(r / 240) * np.cos(c / 190) + noise, 0, 4095).astype("<u2")
    column, row, side = LANDMARK
    values[row : row + side, column : column + side] = 4095
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


def lies(desk: Desk) -> tuple[float, tuple[float, float]]:
    """The zoom and the picture point in the middle of the pane, as others in a room are told. The landmark is there on the canvas."""
    pane = desk.fact("shared")["panes"][0]
    zoom, (x, y) = pane["zoom"], pane["pan"]
    grey = desk.pixels()[:, :, 0]
    height, width = grey.shape
    scale = zoom * min(width / LARGE[1], height / LARGE[0])
    rows, columns = np.nonzero(grey > 247)
    assert len(rows) > 100, "the landmark is seen"
    column, row, side = LANDMARK
    expected = (width / 2 + (column + side / 2 - x) * scale, height / 2 + (row + side / 2 - y) * scale)
    assert (np.median(columns), np.median(rows)) == pytest.approx(expected, abs=2.5), "what is told is what is seen"
    return zoom, (x, y)


def zoom_figure(desk: Desk) -> str:
    """What stands in the corner of the picture."""
    return desk.page.get_by_text(re.compile(r"^缩放 \d+%$")).first.inner_text()


def enlarged_and_moved(desk: Desk) -> None:
    """By key and by the middle button."""
    box = desk.page.locator("[data-pane=pane-0] canvas").first.bounding_box()
    assert box is not None
    desk.page.keyboard.press("=")
    desk.page.keyboard.press("=")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.page.mouse.move(x, y)
    desk.page.mouse.down(button="middle")
    desk.page.mouse.move(x + 40, y + 60, steps=4)
    desk.page.mouse.up(button="middle")


def at(desk: Desk, x: float, y: float) -> None:
    """A click at these shares of the pane."""
    box = desk.page.locator("[data-pane=pane-0] canvas").first.bounding_box()
    assert box is not None
    desk.page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def nothing_is_measured(desk: Desk) -> None:
    desk.button("探针").click()
    at(desk, 0.5, 0.5)
    assert desk.fact("quality") == "preview"
    assert desk.fact("marks") == 0


def the_stored_values_are_measured(desk: Desk, ds: Dataset) -> None:
    expect(desk.page.get_by_test_id("quality")).to_contain_text("完整")
    for x, y in ((0.45, 0.3), (0.55, 0.7)):
        at(desk, x, y)
    desk.until("v.marks === 2 && v.measures.every(Boolean)")
    samples = np.frombuffer(ds.PixelData, "<u2").reshape(LARGE)
    for found in desk.fact("measures"):
        column, row = found["at"]
        assert found["value"] == samples[row - 1, column - 1]


def opened(desk: Desk, name: str) -> dict[str, Any]:
    """By the keyboard, until it is complete; what was fetched for it."""
    desk.page.evaluate(FORGET)
    desk.choose(name)
    desk.page.keyboard.press("Enter")
    desk.shown()
    (once,) = fetched(desk)
    desk.page.evaluate(FORGET)
    return once


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
        once = opened(reader, first)  # the viewer and its decoder come with it, as they do in the morning
        assert SYNTAX in once["url"], "the line has shown itself to be slow"
        reader.page.go_back()
        reader.choose(name)
        brake(CRAWLING)
        reader.page.keyboard.press("Enter")
        reader.until(f"v.sopUid === '{ds.SOPInstanceUID}' && v.path === 'gpu' && v.phase === 'shown'")
        assert reader.fact("quality") == "preview"
        assert fetched(reader) == [], "the picture stands there while its bytes are still coming"
        expect(reader.page.get_by_test_id("quality")).to_contain_text("预览")
        zoom, middle = lies(reader)
        assert zoom == pytest.approx(1, abs=0.01), "it fills the pane"
        assert middle == pytest.approx((LARGE[1] / 2, LARGE[0] / 2), abs=8)
        enlarged_and_moved(reader)
        zoom, middle = lies(reader)
        assert zoom == pytest.approx(1.25**2, abs=0.03)
        figure = zoom_figure(reader)
        nothing_is_measured(reader)
        brake(-1)
        reader.shown()
    complete, there = lies(reader)
    assert complete == pytest.approx(zoom, rel=0.01), "the zoom was that of the complete picture"
    assert there == pytest.approx(middle, abs=2), "and so was the place"
    assert zoom_figure(reader) == figure
    (once,) = fetched(reader)
    assert SYNTAX in once["url"]
    assert once["bytes"] < len(ds.PixelData) * 0.8
    the_stored_values_are_measured(reader, ds)
