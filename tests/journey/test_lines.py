"""The line check as a county's technician sees it: opened, run against a real node and real devices, read in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from teleconsult.access import SYSTEM, change_peer, identify
from teleconsult.settings import Settings
from teleconsult.system import build
from tests.children import free_port
from tests.journey.desk import Desk, Sit, photographed
from tests.journey.platform import Platform
from tests.orthanc import orthanc

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]


@pytest.fixture
def registered_at(platform: Platform) -> Iterator[Callable[[int], None]]:
    """Where the county's device is to be called back, as an administrator registers it; nowhere again in the end."""

    def register(port: int | None) -> None:
        system = build(Settings.from_env({}, home=platform.home))
        try:
            with system.work() as work:
                peer = identify(work, "SCANNER_A", "127.0.0.1")
                assert peer is not None
                change_peer(work, SYSTEM, peer.id, {"host": "127.0.0.1" if port else None, "port": port})
        finally:
            system.store.engine.dispose()

    yield register
    register(None)


def opened(platform: Platform, desk: Sit) -> Desk:
    at = desk(platform.url, "technician_a")
    at.page.get_by_role("link", name="线路检测").click()
    chosen(at)
    return at


def chosen(at: Desk) -> Locator:
    """The device's entry in the list; what is said of it stands beside."""
    entry = at.page.get_by_role("button", name="SCANNER_A").first
    entry.click()
    expect(at.page.get_by_role("heading", name="SCANNER_A")).to_be_visible()
    return entry


def step(at: Desk, name: str) -> Locator:
    return at.page.locator(f"[data-step={name}]")


def verdicts(at: Desk, **told: str) -> None:
    for name, verdict in told.items():
        expect(step(at, name)).to_have_attribute("data-verdict", verdict)


@pytest.mark.needs_orthanc
def test_a_technician_checks_a_line_and_reads_how_fast_it_is_and_that_the_image_came_back(
    platform: Platform, desk: Sit, registered_at: Callable[[int], None], tmp_path: Path
) -> None:
    host, port = platform.dicom
    ours = {"center": {"AET": "TELECONSULT", "Host": host, "Port": port, "AllowGet": True, "AllowMove": True}}
    with orthanc(tmp_path / "pacs", ae_title="SCANNER_A", DicomModalities=ours, DicomAlwaysAllowGet=True) as pacs:
        registered_at(pacs.dicom_port)
        at = opened(platform, desk)
        expect(at.page.get_by_text(f"SCANNER_A · 127.0.0.1:{pacs.dicom_port}")).to_be_visible()
        expect(at.page.get_by_text(re.compile(r"TELECONSULT · 端口 \d+"))).to_be_visible()
        at.button("开始检测").click()
        expect(at.page.get_by_test_id("line-code")).to_have_text(re.compile(r"^0000\d$"))
    verdicts(at, reach="ok", echo="ok", send="ok", back="ok")
    expect(step(at, "reach")).to_contain_text(re.compile(r"地址可达（\d+ 毫秒）"))
    expect(step(at, "echo")).to_contain_text(re.compile(r"应答正常，中位 [\d.]+ 毫秒，最慢 [\d.]+ 毫秒"))
    expect(step(at, "send")).to_contain_text(re.compile(r"2\.\d MB 用时 [\d.]+ 秒，[\d.]+ Mbit/s"))
    expect(step(at, "back")).to_contain_text(re.compile(r"C-(GET|MOVE) 取回 2 幅，逐字节一致"))
    expect(chosen(at)).to_contain_text("正常")
    photographed(at, "lines-good")


def test_a_device_that_does_not_answer_shows_which_step_failed_and_what_to_do(
    platform: Platform, desk: Sit, registered_at: Callable[[int], None]
) -> None:
    registered_at(port := free_port())
    at = opened(platform, desk)
    at.button("开始检测").click()
    expect(at.page.get_by_test_id("line-code")).to_have_text(re.compile(r"^2999\d$"))
    verdicts(at, reach="failed", echo="skipped", send="skipped", back="skipped")
    expect(step(at, "reach")).to_contain_text(f"端口 {port} 没有程序在监听")
    expect(step(at, "reach")).to_contain_text("请确认对方 DICOM 程序已启动，端口与登记的一致")
    expect(step(at, "echo")).to_contain_text("前一步未通过，没有检测")
    expect(chosen(at)).to_contain_text("有故障")
    photographed(at, "lines-bad")

    registered_at(platform.dicom[1])  # something that calls itself otherwise than registered
    at.page.reload()
    chosen(at)
    at.button("开始检测").click()
    expect(at.page.get_by_test_id("line-code")).to_have_text(re.compile(r"^0[1-9]99\d$"))
    verdicts(at, reach="ok", echo="failed", send="skipped")
    expect(step(at, "echo")).to_contain_text("对方说自己不叫 SCANNER_A")
    expect(step(at, "echo")).to_contain_text("核对登记的 AE 标题与对方设备上的是否完全一致")
    photographed(at, "lines-other-name")
    expect(at.page.get_by_text("以往检测")).to_be_visible()
