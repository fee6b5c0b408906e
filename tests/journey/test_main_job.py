"""The main job as people do it: a scanner sends, radiologists read and sign in the browser, the county has the report."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest
from playwright.sync_api import expect
from sqlalchemy import delete

from teleconsult.access.tables import SessionRow
from teleconsult.settings import Settings
from teleconsult.system import build
from tests import synth
from tests.journey.desk import Desk
from tests.journey.platform import PASSWORD, Platform

pytestmark = [pytest.mark.needs_chromium, pytest.mark.needs_dcmtk, pytest.mark.timeout(300)]

FINDINGS = "右肺上叶见一枚实性结节，直径约 8 mm，边界清楚。"
IMPRESSION = "右肺上叶实性结节，建议随访。"
MEDIASTINUM, LUNG = (40, 400), (-600, 1500)
Sit = Callable[..., Desk]


def send(platform: Platform, folder: Path, patient_id: str, name: str, slices: int = 5) -> None:
    """A CT of county A, sent by DCMTK's storescu."""
    for ds in synth.a_ct_series(slices, patient_id=patient_id, patient_name=name, rows=128, columns=128):
        synth.write(ds, folder)
    sent = platform.scanner().storescu(folder)
    assert sent.returncode == 0, sent.stderr


def expected(index: int, window: tuple[int, int], at: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The grey of picture points `at` (N × 2, rows and columns) of slice `index` under a window, 0..255 (PS3.3 C.11.2.1.2)."""
    center, width = window
    row, column = np.floor(at).astype(int).T
    value = np.array([synth.grey_value(index, r, c) for r, c in zip(row, column, strict=True)]) - 1024
    grey = ((value - (center - 0.5)) / (width - 1) + 0.5) * 255
    return np.clip(grey, 0, 255)


def differs(desk: Desk, index: int, window: tuple[int, int]) -> float:
    """How far the screen is from what the slice must look like, where that is neither black nor white: the mean difference
    in grey levels of 0..255."""
    screen = desk.pixels()
    height, width = screen.shape[:2]
    size = 128
    scale = min(height, width) / size  # the picture fills the pane
    steps = np.arange(6, size - 6, 5) + 0.5
    at = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    y = (height / 2 + (at[:, 0] - size / 2) * scale).astype(int)
    x = (width / 2 + (at[:, 1] - size / 2) * scale).astype(int)
    assert (screen[y, x, 0] == screen[y, x, 1]).all(), "a grey picture is shown in colour"
    wanted = expected(index, window, at)
    telling = (wanted > 5) & (wanted < 250)
    return float(np.abs(screen[y, x, 0].astype(float) - wanted)[telling].mean())


def looks(desk: Desk) -> None:
    """The pictures are those that were sent; the keyboard scrolls and windows them."""
    desk.until("v.imageCount === 5")
    first = desk.shown()
    assert differs(desk, first, MEDIASTINUM) < 4, "these are not the pixels that were sent"
    assert differs(desk, (first + 1) % 5, MEDIASTINUM) > 20, "the comparison would not notice another slice"
    desk.page.keyboard.press("Home")
    desk.shown(0)
    desk.page.keyboard.press("ArrowDown")
    desk.shown(1)
    assert differs(desk, 1, MEDIASTINUM) < 4
    desk.page.keyboard.press("2")
    desk.until("v.voi?.center === -600 && v.voi?.width === 1500")
    assert differs(desk, 1, LUNG) < 4, "the lung window shows other greys than it must"


def writes(desk: Desk) -> None:
    desk.section("findings").click()
    desk.page.keyboard.type(FINDINGS)
    desk.section("impression").click()
    desk.page.keyboard.type(IMPRESSION)
    desk.saved()


def test_a_study_goes_from_the_scanner_to_the_signed_report_at_the_county(
    platform: Platform, desk: Sit, tmp_path: Path
) -> None:
    name, patient_id = "测试主线", "MAIN0001"
    reader, county, township = (desk(platform.url, login) for login in ("reader", "doctor_a", "doctor_t"))
    expect(reader.page.get_by_role("grid")).to_be_visible()
    expect(county.page.get_by_role("complementary")).to_be_visible()

    send(platform, tmp_path, patient_id, name)
    expect(reader.row(name)).to_be_visible()  # nobody reloads the page
    expect(reader.row(name)).to_contain_text("待读")
    reader.choose(name)
    reader.page.keyboard.press("c")
    expect(reader.row(name)).to_contain_text("我在阅片")
    reader.page.keyboard.press("Enter")
    looks(reader)
    writes(reader)
    reader.page.keyboard.press("Control+Enter")
    expect(reader.page.get_by_test_id("report")).to_contain_text("待审核")

    reviewer = desk(platform.url, "reviewer")
    reviewer.choose(name)
    reviewer.page.keyboard.press("Enter")
    expect(reviewer.page.get_by_test_id("report")).to_contain_text(FINDINGS)
    reviewer.button("开始审核").click()
    reviewer.button("签发").click()
    reviewer.page.get_by_label("登录密码").fill(PASSWORD)
    reviewer.button("确认签发").click()
    expect(reviewer.page.get_by_test_id("report")).to_contain_text("测试审核医师 审核签发于")

    expect(county.page.get_by_role("complementary")).to_contain_text(f"{name}的报告已签发")  # told live
    county.row(name).dblclick()
    expect(county.page.get_by_text(FINDINGS)).to_be_visible()
    paper_at = str(county.page.get_by_role("link", name="打开 PDF 报告").get_attribute("href"))
    paper = county.page.context.request.get(platform.url + paper_at).body()
    assert paper.startswith(b"%PDF")
    words = "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(paper)).pages)
    for wanted in (FINDINGS, IMPRESSION, name, patient_id):
        assert "".join(wanted.split()) in words
    county.button("看图").click()
    county.shown()

    township.page.reload()
    expect(township.page.get_by_text("本院还没有检查")).to_be_visible()
    study = county.page.url.rsplit("/", 1)[1]
    for path in (f"/api/studies/{study}", f"/api/studies/{study}/manifest", paper_at):
        assert township.page.context.request.get(platform.url + path).status == 404, path
    township.go(f"/read/{study}")
    expect(township.page.get_by_text(name)).to_have_count(0)


def end_sessions(platform: Platform) -> None:
    """Every session ends, as if the idle time had run out."""
    system = build(Settings.from_env({}, home=platform.home))
    with system.work() as work:
        work.session.execute(delete(SessionRow))
    system.store.engine.dispose()


def test_a_session_that_expires_while_one_types_loses_no_letter(platform: Platform, desk: Sit, tmp_path: Path) -> None:
    name = "测试过期"
    reader = desk(platform.url, "reader")
    send(platform, tmp_path, "EXPIRE01", name)
    reader.choose(name)
    reader.page.keyboard.press("c")
    expect(reader.row(name)).to_contain_text("我在阅片")
    reader.page.keyboard.press("Enter")
    reader.section("findings").click()
    reader.page.keyboard.type("前半句，")
    reader.saved()
    end_sessions(platform)
    reader.page.keyboard.type("后半句，会话已经过期。")
    again = reader.page.get_by_role("dialog", name="登录已过期")
    expect(again).to_be_visible()
    again.get_by_label("密码").fill(PASSWORD)
    again.get_by_role("button", name="重新登录并继续").click()
    expect(again).to_have_count(0)
    expect(reader.section("findings")).to_have_value("前半句，后半句，会话已经过期。")
    reader.section("impression").fill("之后继续书写。")
    reader.saved()
    kept = platform.visitor("reader").get(f"/api/studies/{reader.page.url.rsplit('/', 1)[1]}")["report"]
    assert (kept["findings"], kept["impression"]) == ("前半句，后半句，会话已经过期。", "之后继续书写。")
