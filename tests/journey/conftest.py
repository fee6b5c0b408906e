"""One platform with a small alliance for all journeys that leave it as it was, and real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journey.platform import Platform, running, settle_alliance


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """`teleconsult up` with the alliance of `tests.builders`; shared, so tests tell their own studies apart."""
    folder = tmp_path_factory.mktemp("platform")
    with running(folder / "home", folder / "log") as platform:
        settle_alliance(platform.home)
        yield platform
