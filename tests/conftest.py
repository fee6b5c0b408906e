"""Fixtures for every test, and the rule that nothing is left out in silence."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from teleconsult.kernel.clock import SystemClock
from teleconsult.records import open_store
from teleconsult.records.upgrade import upgrade
from tests import builders, fuzz, needs, routes, servers, statements
from tests.children import last_words
from tools import standstill

_skipped: list[str] = []
_watch = standstill.Watch()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.PostgresServer]:
    """A real PostgreSQL server for the session. Mark the tests that use it `needs_postgres`."""
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: servers.PostgresServer) -> str:
    """Name of a database with all tables and no rows. Copying it is quicker than running the migrations again."""
    url = postgres_server.create_database()
    _upgraded(url)
    return url.rsplit("/", 1)[1]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows."""
    file = tmp_path_factory.mktemp("template") / "teleconsult.sqlite3"
    file.write_bytes(builders.tables())
    return file


@pytest.fixture
def postgres_url(postgres_server: servers.PostgresServer, postgres_template: str) -> Iterator[str]:
    """SQLAlchemy URL of a database of this test's own, with tables and no rows."""
    url = postgres_server.create_database(postgres_template)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """SQLAlchemy URL of a SQLite file of this test's own, with tables and no rows."""
    file = tmp_path / "teleconsult.sqlite3"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of this test's own with tables and no rows, once on SQLite and once on a real PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=BOTH)
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same without any table: for the tests of the migrations themselves."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.sqlite3'}"
        return
    server: servers.PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real Valkey server for the session: its redis:// URL."""
    with servers.valkey() as url:
        yield url


@pytest.fixture(scope="session")
def shared_data() -> Path | None:
    """Folder of real and made DICOM files beside the repository, or None. Mark tests that cannot do without
    `needs_shared_data`."""
    return needs.shared_data()


@pytest.fixture(scope="session")
def long_form(request: pytest.FixtureRequest) -> bool:
    """Whether a `soak` test runs its full form (`make soak`) or its short one with a fixed seed (`make test`)."""
    return bool(request.config.getoption("--soak"))


LONG = (
    "demo/test_once",
    "demo/test_ordering",
    "gateway/test_gateway",
    "gateway/test_gateway_full",
    "gateway/test_gateway_killed",
    "gateway/test_gateway_packing",
    "gateway/test_gateway_recovering",
    "gateway/test_gateway_twice",
    "interop/test_every_file",
    "jobs/test_prepare",
    "jobs/test_processes",
    "journey/test_consultation",
    "journey/test_faults",
    "journey/test_main_job",
    "journey/test_meeting",
    "journey/test_real_use",
    "journey/test_stop",
    "media/test_hardship",
    "media/test_recording",
    "media/test_tickets_and_nodes",
    "node/test_crash",
    "node/test_cut_off",
    "node/test_many",
    "node/test_places",
)
"""Files that take long for the few tests they have: shared out first, else the last of them keeps one processor waiting for the other."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several processes take file after file: the long ones first, then those of many tests. Within a file the order stays as it was drawn."""
    count = Counter(item.path for item in items)
    long = {Path(__file__).parent / f"{name}.py" for name in LONG}
    items.sort(key=lambda item: (item.path not in long, -count[item.path], item.path))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: it is not looked through for garbage after every few tests, which takes a sixth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long form of the tests marked `soak`")


def pytest_configure(config: pytest.Config) -> None:
    fuzz.prepare(bool(config.getoption("--soak")))
    _watch.start()
    routes.compile_once()
    statements.compile_once()
    # An activated environment puts pynetdicom's programs before DCMTK's of the same names.
    own, found = Path(sys.executable).parent, os.environ.get("PATH", "").split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join(each for each in found if Path(each) != own)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers():
        reason = needs.missing(marker.name)
        if reason and (needs.ALLOW_MISSING or marker.name == "needs_shared_data"):
            pytest.skip(f"{marker.name}: {reason}")
        elif reason:
            pytest.fail(f"{reason}; ALLOW_MISSING=1 skips what needs it", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Whoever reads of a deadline that has passed reads what it was worth, and of a failure what the programs beside it said."""
    report = yield
    if report.failed:
        report.sections.extend((f"log {name}", words) for name, words in last_words() if words)
    seconds = _watch.since(time.monotonic() - call.duration)
    if report.failed and seconds:
        report.sections.append(("standstill", f"the machine stood still for {seconds:.0f} s meanwhile"))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped.append(reason.removeprefix("Skipped: "))


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and _unexcused():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason in sorted(set(_skipped)):
        terminalreporter.write_line(f"NOT RUN: {_skipped.count(reason)} × {reason}", yellow=True, bold=True)
    if _unexcused():
        terminalreporter.write_line("A skipped test fails the run; ALLOW_MISSING=1 allows it.", red=True)


def _unexcused() -> list[str]:
    return [] if needs.ALLOW_MISSING else [reason for reason in _skipped if not reason.startswith("needs_shared_data")]


def _upgraded(url: str) -> None:
    store = open_store(url, SystemClock(), {}, b"")
    upgrade(store.engine)
    if url.startswith("sqlite"):
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.engine.dispose()
