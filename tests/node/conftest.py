"""A listening node over a small alliance, with times short enough for tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_node.node import Node
from dicom_node.receive import Limits
from tests.builders import Alliance, a_system, an_alliance
from tests.peers import Scanner

SHORT = Limits(request_seconds=1.0, pdu_seconds=2.0, idle_seconds=5.0, stop_seconds=1.0)


@pytest.fixture
def alliance(tmp_path: Path, sqlite_url: str) -> Iterator[Alliance]:
    system = a_system(tmp_path / "home", sqlite_url)
    yield an_alliance(system)
    system.store.engine.dispose()


@pytest.fixture
def node(alliance: Alliance) -> Iterator[Node]:
    node = Node(alliance.system, SHORT)
    node.start()
    yield node
    node.stop()


@pytest.fixture
def scanner(node: Node) -> Scanner:
    return Scanner(node.address)
