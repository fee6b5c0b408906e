"""The same alliance and node as in tests/node."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.node.conftest import alliance, apart, browser, dicomweb, node, scanner, seeded

__all__ = ["alliance", "apart", "browser", "dicomweb", "node", "scanner", "seeded"]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """OHIF has a long form only: 50 MB are fetched for it. Its requests are replayed in `make test`."""
    return True if collection_path.name == "test_ohif.py" and not config.getoption("--soak") else None
