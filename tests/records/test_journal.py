"""Deliveries: owed until marked done, whoever dies in between."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from teleconsult.access import SYSTEM
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.facts import Fact
from teleconsult.records import Store, journal, open_store
from teleconsult.records.journal import MOST_TRIES, Taken
from teleconsult.records.upgrade import upgrade


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 21, 8, 0, tzinfo=UTC))


@pytest.fixture
def store(database_url: str, clock: FixedClock) -> Iterator[Store]:
    store = open_store(database_url, clock, {"Rang": ("answer",)}, b"k")
    upgrade(store.engine)
    with store.work(SYSTEM) as work:
        work.record(Fact("Rang", "bell", "1"))
    yield store
    store.engine.dispose()


def handed(store: Store) -> list[str]:
    with store.work(SYSTEM) as work:
        return [row.id for row in journal.due(work, handed_for=30)]


def taken(store: Store, delivery_id: str) -> Taken | None:
    with store.work(SYSTEM) as work:
        return journal.take(work, delivery_id, lease_for=60)


def test_a_message_that_the_broker_loses_is_handed_out_again(store: Store, clock: FixedClock) -> None:
    (first,) = handed(store)
    clock.advance(31)
    assert handed(store) == [first]


def test_nobody_else_gets_what_somebody_is_at(store: Store, clock: FixedClock) -> None:
    (delivery,) = handed(store)
    mine = taken(store, delivery)
    assert mine is not None
    assert taken(store, delivery) is None
    clock.advance(50)
    with store.work(SYSTEM) as work:
        assert journal.extend(work, mine, lease_for=60)
    clock.advance(50)
    assert handed(store) == []


def test_a_worker_that_dies_leaves_it_to_the_next(store: Store, clock: FixedClock) -> None:
    (delivery,) = handed(store)
    dead = taken(store, delivery)
    clock.advance(61)
    assert handed(store) == [delivery]
    alive = taken(store, delivery)
    assert dead is not None
    assert alive is not None
    assert alive.tries == 2
    with store.work(SYSTEM) as work:
        assert not journal.extend(work, dead, lease_for=60)
        journal.failed(work, dead, "late", "a dead runner's word does not count", park=True)
        journal.done(work, alive)
    clock.advance(100)
    assert handed(store) == []


def test_what_keeps_killing_its_worker_is_parked_with_a_reason(store: Store, clock: FixedClock) -> None:
    for _ in range(MOST_TRIES):
        (delivery,) = handed(store)
        assert taken(store, delivery) is not None
        clock.advance(61)
    (delivery,) = handed(store)
    assert taken(store, delivery) is None
    with store.read(SYSTEM) as work:
        ((row, fact),) = journal.parked(work)
        assert (row.error_code, fact.name) == ("job.crashed", "Rang")


def test_a_parked_delivery_can_be_tried_again(store: Store, clock: FixedClock) -> None:
    (delivery,) = handed(store)
    mine = taken(store, delivery)
    assert mine is not None
    with store.work(SYSTEM) as work:
        journal.failed(work, mine, "pixels.undecodable", "bad data", park=True)
    clock.advance(1000)
    assert handed(store) == []
    with store.work(SYSTEM) as work:
        assert journal.retry(work, delivery)
    assert handed(store) == [delivery]


def test_a_failed_try_waits_before_the_next(store: Store, clock: FixedClock) -> None:
    (delivery,) = handed(store)
    mine = taken(store, delivery)
    assert mine is not None
    with store.work(SYSTEM) as work:
        journal.failed(work, mine, "storage.full", "", park=False, retry_in=20)
    assert handed(store) == []
    clock.advance(21)
    assert handed(store) == [delivery]
