"""One platform with a small alliance for all journeys that leave it as it was, and real Chromium."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error

from tests.journey.desk import Desk, a_browser
from tests.journey.platform import PASSWORD, Platform, running, settle_alliance
from tests.journey.rooms import Place, Seat, Sit, a_room, another_browser

_fell = pytest.StashKey[bool]()
_seated = pytest.StashKey[list[Desk]]()
_figures: list[str] = []


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """`teleconsult up` with the alliance of `tests.builders`; shared, so tests tell their own studies apart."""
    folder = tmp_path_factory.mktemp("platform")
    with running(folder / "home", folder / "log") as platform:
        settle_alliance(platform.home)
        yield platform


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Real Chromium. Mark what uses it `needs_chromium`."""
    with a_browser() as browser:
        yield browser


@pytest.fixture
def desk(browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Seat somebody at a desk of their own: `desk(url)` for an empty page, `desk(url, login)` signed in.

    At the end no page may have said that something went wrong that nobody caught. Of a failed test the desks are
    photographed into its tmp_path, and what they show is in its report.
    """
    seated: list[Desk] = request.node.stash.setdefault(_seated, [])

    def sit(url: str, login: str = "", password: str = PASSWORD) -> Desk:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        seated.append(Desk(context.new_page(), url))
        if login:
            seated[-1].sign_in(login, password)
        return seated[-1]

    yield sit
    for number, one in enumerate(seated):
        if request.node.stash.get(_fell, False) and not one.page.is_closed():
            one.page.screenshot(path=tmp_path / f"desk-{number}.png")
        one.page.context.close()
    assert [fault for one in seated for fault in one.faults] == []


@pytest.fixture(scope="session")
def cameras(browser: Browser) -> Iterator[Browser]:
    with another_browser(browser.browser_type) as fresh:
        yield fresh


@pytest.fixture
def sit(cameras: Browser, platform: Platform, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sit]:
    """Seat somebody before a screen of their own, signed in."""
    seated: list[Desk] = request.node.stash.setdefault(_seated, [])

    def sit(login: str, browser: Browser | None = None, **options: Any) -> Seat:
        size = options.pop("size", (1366, 768))
        context = (browser or cameras).new_context(
            locale="zh-CN", viewport={"width": size[0], "height": size[1]}, **options
        )
        seat = Seat(context.new_page(), platform.url)
        seated.append(seat)
        seat.sign_in(login)
        return seat

    yield sit
    faults = [fault for one in seated for fault in one.faults]
    for number, one in enumerate(seated):
        if not one.page.is_closed():
            one.page.screenshot(path=tmp_path / f"seat-{number}.png")
            one.page.context.close()
    assert faults == []


@pytest.fixture
def place(platform: Platform, request: pytest.FixtureRequest) -> Place:
    """A room of its own for each test, about a patient who is called like nobody else."""
    return a_room(platform, f"测试{zlib.crc32(request.node.name.encode()) % 10_000_000:07}", slices=12, series=2)


@pytest.fixture
def figure() -> Callable[[str, float], None]:
    """Note a measured number of seconds; all are printed when the run ends, for docs/performance.md."""
    return lambda what, seconds: _figures.append(f"MEASURED: {seconds:.2f} s  {what}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in _figures:
        terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_fell] = report.failed
        seated: list[Desk] = item.stash.get(_seated, []) if report.failed else []
        report.sections.extend(_shown(one) for one in seated)
    return report


def _shown(desk: Desk) -> tuple[str, str]:
    """A section of the report: what stands on a desk and what its page complained of, for whoever has the log alone."""
    try:
        text = desk.page.locator("body").inner_text(timeout=5_000)
    except Error as reason:  # closed, or gone with its browser
        text = f"(cannot be read: {reason.message})"
    return f"desk at {desk.page.url}", "\n".join([text, *desk.told[-20:]])
