"""One platform with a small alliance for all journeys that leave it as it was, and real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journey.desk import Desk, a_browser
from tests.journey.platform import PASSWORD, Platform, running, settle_alliance

_fell = pytest.StashKey[bool]()
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
    photographed into its tmp_path.
    """
    seated: list[Desk] = []

    def sit(url: str, login: str = "", password: str = PASSWORD) -> Desk:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        seated.append(Desk(context.new_page(), url))
        if login:
            seated[-1].sign_in(login, password)
        return seated[-1]

    yield sit
    for number, one in enumerate(seated):
        if request.node.stash.get(_fell, False):
            one.page.screenshot(path=tmp_path / f"desk-{number}.png")
        one.page.context.close()
    assert [fault for one in seated for fault in one.faults] == []


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
    return report
