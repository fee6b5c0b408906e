"""An alliance for each test, copied from one that is filled once: filling it takes longer than most tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from teleconsult import reading, reporting
from teleconsult.kernel.clock import FixedClock
from teleconsult.records.s3 import S3Blobs
from teleconsult.reporting.tables import ReportRow
from teleconsult.system import build
from tests.builders import Alliance, a_system, an_alliance, some_settings
from tests.records.desk import SIGNER, TEXT, does
from tests.records.house import a_study
from tests.servers import PostgresServer

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
"""Where the clock of these tests stands at the beginning."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(AT)


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Blobs]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    blobs = S3Blobs(f"s3://images/alliance?endpoint=http://{host}:{port}", tmp_path / "staging")
    blobs._client.create_bucket(Bucket="images")  # noqa: SLF001 (the bucket is the operator's to make)
    yield blobs
    server.stop()


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Alliance]:
    """A file with the alliance, which nobody has open."""
    home = tmp_path_factory.mktemp("alliance")
    file = home / "filled.sqlite3"
    return file, _filled(home, f"sqlite:///{file}")


@pytest.fixture(scope="session")
def filled_postgres(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> tuple[str, Alliance]:
    """A database with the alliance, to be the template of others; nobody is connected to it."""
    url = postgres_server.create_database()
    return url, _filled(tmp_path_factory.mktemp("alliance"), url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_postgres)])
def alliance(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Alliance]:
    """The small alliance in a database of this test's own, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        file, filled = request.getfixturevalue("filled_sqlite")
        url = f"sqlite:///{shutil.copy(file, tmp_path / 'alliance.sqlite3')}"
        yield from _opened(filled, url, tmp_path, clock)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    template, filled = request.getfixturevalue("filled_postgres")
    url = server.create_database(template.rsplit("/", 1)[1])
    yield from _opened(filled, url, tmp_path, clock)
    server.drop_database(url)


def _filled(home: Path, url: str) -> Alliance:
    system = a_system(home, url, FixedClock(AT))
    filled = an_alliance(system)
    system.store.engine.dispose()
    return filled


def _opened(filled: Alliance, url: str, home: Path, clock: FixedClock) -> Iterator[Alliance]:
    system = build(some_settings(home, url), clock)
    yield replace(filled, system=system)
    system.store.engine.dispose()


@pytest.fixture
def draft(alliance: Alliance) -> ReportRow:
    """A report of county A's study that `reader` has begun."""
    with alliance.system.work() as work:
        task = reading.open_for(work, a_study(work, alliance.sites["county_a"], images=3).id)
        assert task is not None
    does(alliance, "reader", reading.claim, task.id)
    report: ReportRow = does(alliance, "reader", reporting.draft, task.id)
    return report


@pytest.fixture
def submitted(alliance: Alliance, draft: ReportRow) -> ReportRow:
    does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version)
    report: ReportRow = does(alliance, "reader", reporting.submit, draft.id)
    return report


@pytest.fixture
def signed(alliance: Alliance, submitted: ReportRow) -> ReportRow:
    does(alliance, "reviewer", reporting.take_review, submitted.id)
    report: ReportRow = does(alliance, "reviewer", reporting.sign, submitted.id, SIGNER)
    return report
