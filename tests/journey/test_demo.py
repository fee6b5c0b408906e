"""`make demo` as it is typed: a page soon, gone within seconds of Ctrl-C, there again. (`--once`: tests/demo/test_once.py.)"""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.children import Child, free_port, wait_for
from tests.journey.desk import WORDS, Desk
from tests.journey.fair import fair
from tests.journey.platform import ROOT

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
PAGE_SECONDS, STOP_SECONDS = 15.0, 5.0


def started(home: Path, log: Path, *words: str) -> tuple[Child, str]:
    """`teleconsult demo` on free ports, and its address."""
    ports = (free_port(), free_port())
    command = [sys.executable, "-m", "teleconsult", "demo", "--home", str(home), "--http-port", str(ports[0])]
    return Child([*command, "--dicom-port", str(ports[1]), *words], log, {"PYTHONPATH": str(ROOT)}), (
        f"http://127.0.0.1:{ports[0]}"
    )


def test_the_demo_prints_rooms_in_which_two_windows_can_meet(tmp_path: Path, desk: Callable[..., Desk]) -> None:
    child, url = started(tmp_path / "home", tmp_path / "log")
    with child:
        log = tmp_path / "log"
        wait_for(lambda: "MDT meeting " in log.read_text() or not child.running, "the rooms are open", 200)
        rooms = re.findall(rf"(consultation|MDT meeting) +{re.escape(url)}(/rooms/\w+)", log.read_text())
        assert [kind for kind, _ in rooms] == ["consultation", "MDT meeting"], log.read_text()[-2000:]
        for login, (_, path) in zip(("expert1", "expert2"), rooms, strict=True):
            visitor = desk(url)
            visitor.sign_in(login, "demo-2026")
            visitor.go(path)
            visitor.page.get_by_test_id("enter").click()
            expect(visitor.page.get_by_test_id("room")).to_be_visible()
            expect(visitor.page.get_by_text("测试甲").first).to_be_visible()
            visitor.page.close()
        assert child.stop(30, signal.SIGINT) == 0, log.read_text()[-2000:]


def test_a_demo_started_again_has_a_working_page_within_fifteen_seconds(
    tmp_path: Path, desk: Callable[..., Desk], figure: Callable[[str, float], None]
) -> None:
    for turn in ("first", "again"):
        begun = time.monotonic()
        child, url = started(tmp_path / "home", tmp_path / turn)
        with child:
            wait_for(lambda: url in (tmp_path / turn).read_text() or not child.running, "the demo is up", 120)  # noqa: B023
            visitor = desk(url)
            visitor.go("/")
            expect(visitor.page.get_by_label(WORDS["login"], exact=True)).to_be_visible()
            page = time.monotonic() - begun
            visitor.sign_in("reader1", "demo-2026")
            expect(
                visitor.row("示例一县人民医院").first
            ).to_be_visible()  # first run: sent just now; again: still there
            ending = time.monotonic()
            assert child.stop(30, signal.SIGINT) == 0, child.log.read_text()[-2000:]
            took = time.monotonic() - ending
        figure(f"from `teleconsult demo` to a working page in Chromium, {turn}", page)
        figure(f"from Ctrl-C on the demo to its end, {turn}", took)
        assert took <= fair(STOP_SECONDS)
    assert page <= fair(PAGE_SECONDS)
