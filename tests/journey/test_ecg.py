"""The ECG of the demo as a cardiologist opens it: leads by name on a stated scale, gain, speed, layout, zoom and time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from teleconsult.demo import cast
from teleconsult.demo.studies import PLANS, prepare
from teleconsult.kernel.clock import SystemClock
from tests import synth
from tests.journey.desk import Desk
from tests.journey.platform import Platform
from tests.peers import sent, sent_file

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
Sit = Callable[..., Desk]
ON_PAPER = "I aVR V1 V4 II aVL V2 V5 III aVF V3 V6 II"
ROW_BY_ROW = "I II III aVR aVL aVF V1 V2 V3 V4 V5 V6"
TRACE = 200  # grey levels: brighter than grid and ground


def opened(desk: Desk, name: str) -> None:
    desk.choose(name)
    desk.page.keyboard.press("Enter")


def percent(paper: Locator) -> int:
    return int(str(paper.get_attribute("data-percent")))


def inked(desk: Desk) -> int:
    """Pixels of the canvas that belong to a trace."""
    return int(np.count_nonzero(desk.pixels()[:, :, :3].min(axis=2) > TRACE))


def test_the_ecg_of_the_demo_stands_on_paper_with_named_leads_and_a_scale(
    platform: Platform, desk: Sit, tmp_path: Path
) -> None:
    plan = next(plan for plan in PLANS if plan.key == "ecg-1")
    files = prepare(plan, tmp_path / "study", tmp_path / "kept", SystemClock())
    assert platform.scanner().send(*(sent_file(path.read_bytes()) for path in files)) == [0] * len(files)
    reader = desk(platform.url, "reader")
    opened(reader, cast.PATIENTS[plan.patient].name)
    reader.shown()

    paper = reader.page.get_by_test_id("ecg")
    expect(paper).to_have_attribute("data-leads", ON_PAPER)
    expect(reader.page.get_by_test_id("ecg-scale")).to_have_text("25 mm/s · 10 mm/mV")
    expect(paper).to_contain_text("标称")
    expect(paper).to_contain_text("非测量用")
    expect(paper.get_by_role("img")).to_have_accessible_name(
        "心电图 25 mm/s · 10 mm/mV，导联 I aVR V1 V4 II aVL V2 V5 III aVF V3 V6"
    )
    expect(reader.page.get_by_test_id("ecg-notices")).to_have_count(0)

    plain = inked(reader)
    assert plain > 2000, "no traces are drawn"
    reader.page.get_by_label("增益").select_option(label="20 mm/mV")
    expect(reader.page.get_by_test_id("ecg-scale")).to_have_text("25 mm/s · 20 mm/mV")
    assert inked(reader) > plain * 1.1, "twice the gain draws no longer lines"
    reader.page.get_by_label("走纸速度").select_option(label="50 mm/s")
    expect(reader.page.get_by_test_id("ecg-scale")).to_have_text("50 mm/s · 20 mm/mV")
    reader.page.get_by_label("排列").select_option(label="逐行")
    expect(paper).to_have_attribute("data-leads", ROW_BY_ROW)
    reader.button("还原").click()
    expect(paper).to_have_attribute("data-leads", ON_PAPER)
    expect(reader.page.get_by_test_id("ecg-scale")).to_have_text("25 mm/s · 10 mm/mV")


def test_an_ecg_is_enlarged_and_moved_by_keys_tools_and_mouse(platform: Platform, desk: Sit) -> None:
    name = "测试心电"
    long = synth.an_ecg(seconds=30.0, patient_id="ECG00002", patient_name=name)
    assert platform.scanner().send(sent(long)) == [0]
    reader = desk(platform.url, "reader")
    opened(reader, name)
    reader.shown()
    paper = reader.page.get_by_test_id("ecg")
    fitting = percent(paper)

    for tool in ("移动", "缩放"):
        expect(reader.button(tool)).to_be_enabled()
    expect(reader.button("长度")).to_be_disabled()
    reader.page.keyboard.press("=")
    expect(paper).not_to_have_attribute("data-percent", str(fitting))
    assert percent(paper) > fitting
    reader.button("1:1").click()
    expect(paper).to_have_attribute("data-percent", "100")
    reader.button("适应").click()
    expect(paper).to_have_attribute("data-percent", str(fitting))

    sheet = reader.page.locator("[data-pane=pane-0] canvas")
    reader.button("缩放").click()
    drag(reader, sheet, 0, -120)
    expect(paper).not_to_have_attribute("data-percent", str(fitting))
    reader.button("移动").click()
    before = reader.pixels()
    drag(reader, sheet, -150, -40)
    assert (reader.pixels() != before).any(), "dragging moves nothing"

    time = reader.page.get_by_label("时间位置")
    reader.button("适应").click()
    reader.page.keyboard.press("End")
    expect(time).to_have_value("20")
    reader.page.keyboard.press("Home")
    expect(time).to_have_value("0")


def drag(desk: Desk, over: Locator, dx: float, dy: float) -> None:
    box = over.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = desk.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + dx, y + dy, steps=4)
    mouse.up()
