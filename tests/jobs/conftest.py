"""A floor for jobs over a small alliance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.floor import Floor, a_floor


@pytest.fixture
def floor(tmp_path: Path, sqlite_url: str) -> Iterator[Floor]:
    with a_floor(tmp_path / "home", sqlite_url) as made:
        yield made


@pytest.fixture
def either_floor(tmp_path: Path, database_url: str) -> Iterator[Floor]:
    """As `floor`, once on SQLite and once on PostgreSQL."""
    with a_floor(tmp_path / "home", database_url) as made:
        yield made
