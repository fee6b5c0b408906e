"""A worker whose ear is gone does not sit there for ever: it ends, for another to begin."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery.worker import state
from redis import Redis

from tests.builders import a_system
from tests.children import Child, free_port, wait_for
from workers.app import QUEUE
from workers.attention import DEAF, PATIENCE, Attention

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_AN_EAR = """
from kombu.messaging import Consumer
from workers import attention
Consumer.consume = lambda self, no_ack=None: None
attention.LOOK, attention.PATIENCE = 0.1, 0.5
import sys
from teleconsult.cli import main
sys.exit(main(["worker"]))
"""


@pytest.fixture
def broker(valkey_url: str) -> Iterator[Redis]:
    with Redis.from_url(f"{valkey_url.rsplit('/', 1)[0]}/8") as broker:
        broker.delete(QUEUE)
        yield broker
        broker.delete(QUEUE)


@pytest.fixture
def attention(broker: Redis) -> Attention:
    return Attention(lambda: int(broker.llen(QUEUE)))


def test_it_is_lost_when_something_waits_and_nothing_is_taken(broker: Redis, attention: Attention) -> None:
    assert not attention.is_lost(0.0)
    assert not attention.is_lost(2 * PATIENCE), "nothing waits"
    broker.lpush(QUEUE, "job")
    assert not attention.is_lost(100.0)
    assert not attention.is_lost(100.0 + PATIENCE - 1)
    assert attention.is_lost(100.0 + PATIENCE)


def test_who_takes_jobs_or_is_at_one_attends(
    broker: Redis, attention: Attention, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.lpush(QUEUE, "job")
    assert not attention.is_lost(0.0)
    monkeypatch.setattr(state, "all_total_count", [state.all_total_count[0] + 1])
    assert not attention.is_lost(PATIENCE), "one was taken"
    monkeypatch.setattr(state, "active_requests", {"a long job"})
    assert not attention.is_lost(3 * PATIENCE)
    monkeypatch.setattr(state, "active_requests", set())
    assert not attention.is_lost(4 * PATIENCE)
    assert attention.is_lost(5 * PATIENCE)


def test_a_broker_that_is_away_has_nothing_to_take() -> None:
    with Redis(port=free_port(), socket_connect_timeout=1) as nobody:
        attention = Attention(lambda: int(nobody.llen(QUEUE)))
        assert not attention.is_lost(0.0)
        assert not attention.is_lost(2 * PATIENCE)


def test_the_process_ends_and_says_why(tmp_path: Path, broker: Redis, valkey_url: str) -> None:
    system = a_system(tmp_path / "home", broker_url=f"{valkey_url.rsplit('/', 1)[0]}/8")
    env = {"PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT), **system.settings.to_env()}
    system.store.engine.dispose()
    with Child([sys.executable, "-c", WITHOUT_AN_EAR], tmp_path / "log", env, ROOT) as child:
        broker.lpush(QUEUE, "{}")
        wait_for(lambda: not child.running, "the worker has ended", 60)
        assert child.code == DEAF, child.log.read_text()
        assert "takes none of them" in child.log.read_text()
