"""Real media nodes as processes, with a real Valkey between them."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis

from teleconsult.kernel.values import new_id
from teleconsult.keys import Keys, load_keys
from teleconsult.nodes import Node, Nodes
from tests.children import Child, free_port
from tests.media.callers import ticket


class RunningNode:
    """A `teleconsult media` of its own. `url` is where browsers come to."""

    def __init__(self, home: Path, broker_url: str, log: Path, **settings: str) -> None:
        self.home, self.port, self.broker_port = home, free_port(), urlsplit(broker_url).port or 0
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {
            "TELECONSULT_HOME": str(home),
            "TELECONSULT_BROKER_URL": broker_url,
            "TELECONSULT_MEDIA_PORT": str(self.port),
            "TELECONSULT_MEDIA_LATE_MS": "5000",  # a busy machine is no overload of the node
            **{f"TELECONSULT_{name.upper()}": value for name, value in settings.items()},
        }
        self.child = Child([sys.executable, "-m", "teleconsult", "media"], log, environment)

    def up(self) -> RunningNode:
        self.child.up(self._answers, "the media node answers", 90)
        return self

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/healthz", timeout=1):  # noqa: S310 (our own node)
                return True
        except OSError:
            return False


StartNode = Callable[..., RunningNode]


@pytest.fixture
def broker(valkey_url: str) -> str:
    """A database of the session's Valkey for tests with nodes of their own, emptied."""
    url = valkey_url.rsplit("/", 1)[0] + "/7"
    redis.Redis.from_url(url).flushdb()
    return url


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def keys(home: Path) -> Keys:
    return load_keys(home)


@pytest.fixture
def start_node(tmp_path: Path, home: Path, broker: str, keys: Keys) -> Iterator[StartNode]:
    """Start a node; it is ended with the test."""
    started: list[RunningNode] = []

    def start(**settings: str) -> RunningNode:
        node = RunningNode(home, broker, tmp_path / f"node-{len(started)}.log", **settings)
        started.append(node)
        return node.up()

    yield start
    for node in started:
        node.child.stop()


@pytest.fixture
def nodes(broker: str) -> Iterator[Nodes]:
    registry = Nodes(broker)
    yield registry
    registry.close()


_figures: list[str] = []


@pytest.fixture
def measured() -> Callable[[str], None]:
    """Print a figure at the end of the run, for `docs/performance.md`."""
    return lambda figure: _figures.append(f"MEASURED: {figure}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for figure in _figures:
        terminalreporter.write_line(figure)


@dataclass(frozen=True)
class Place:
    """A room of this test's own on a node that the module's tests share."""

    url: str
    key: bytes
    room: str

    def ticket(self, person: str, **words: Any) -> str:
        return ticket(self.key, self.room, person, **words)


@pytest.fixture(scope="module")
def shared_node(tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> Iterator[tuple[str, bytes]]:
    folder = tmp_path_factory.mktemp("shared-node")
    key = load_keys(folder / "home").tickets
    node = RunningNode(folder / "home", valkey_url, folder / "log").up()
    yield node.url, key
    node.child.stop()


@pytest.fixture
def place(shared_node: tuple[str, bytes]) -> Place:
    return Place(*shared_node, new_id())


def on(nodes: Nodes, url: str) -> Node:
    """The node of the registry that browsers reach under `url`."""
    return next(node for node in nodes.living() if node.url == url)
