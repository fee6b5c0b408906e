"""A unit of work: all or nothing, compare-and-set, facts in the same commit."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from teleconsult.access import SYSTEM, add_site
from teleconsult.access.tables import SiteRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.kernel.facts import Fact
from teleconsult.records import Store, journal, open_store
from teleconsult.records.upgrade import upgrade

KEY = b"k" * 32


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 21, 8, 0, tzinfo=UTC))


@pytest.fixture
def store(database_url: str, clock: FixedClock) -> Iterator[Store]:
    store = open_store(database_url, clock, {"Rang": ("answer",), "SiteAdded": ()}, KEY)
    upgrade(store.engine)
    yield store
    store.engine.dispose()


def rang(number: int) -> Fact:
    return Fact("Rang", "bell", str(number), details={"loud": True, "name": "é"})


def test_what_fails_half_way_leaves_nothing(store: Store) -> None:
    def half() -> None:
        with store.work(SYSTEM) as work:
            add_site(work, SYSTEM, "a", "示例甲院", "county")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with store.read(SYSTEM) as work:
        assert work.session.query(SiteRow).count() == 0
        assert journal.last_seq(work) == 0


def test_a_row_changed_by_somebody_else_is_not_overwritten(store: Store) -> None:
    with store.work(SYSTEM) as work:
        site = add_site(work, SYSTEM, "a", "示例甲院", "county")
    with store.work(SYSTEM) as work:
        work.keep(work.get(SiteRow, site.id), name="示例乙院")
    with pytest.raises(Refused) as refusal, store.work(SYSTEM) as work:
        work.keep(site, name="示例丙院")
    assert (refusal.value.meaning, refusal.value.code) == (Meaning.CONFLICT, "version.stale")
    with store.read(SYSTEM) as work:
        assert (work.get(SiteRow, site.id).name, work.get(SiteRow, site.id).version) == ("示例乙院", 2)


def test_of_many_who_change_the_same_row_at_once_every_change_counts_once(store: Store) -> None:
    with store.work(SYSTEM) as work:
        site = add_site(work, SYSTEM, "a", "示例甲院", "county")
    lost: list[str] = []

    def change(number: int) -> None:
        for turn in range(10):
            try:
                with store.work(SYSTEM) as work:
                    work.keep(work.get(SiteRow, site.id), name=f"示例{number}-{turn}")
            except Refused as refusal:
                lost.append(refusal.code)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read(SYSTEM) as work:
        assert work.get(SiteRow, site.id).version == 1 + 60 - len(lost)
    assert set(lost) <= {"version.stale"}


def test_a_fact_is_owed_to_its_subscribers_in_the_same_commit(store: Store) -> None:
    with store.work(SYSTEM) as work:
        seq = work.record(rang(1))
    with store.work(SYSTEM) as work:
        (owed,) = journal.due(work)
        assert (owed.fact_seq, owed.job) == (seq, "answer")
        assert journal.due(work) == []  # handed out: not twice


def test_an_unknown_row_is_absent_by_its_noun(store: Store) -> None:
    with pytest.raises(Refused) as refusal, store.read(SYSTEM) as work:
        work.get(SiteRow, "nowhere")
    assert (refusal.value.meaning, refusal.value.code) == (Meaning.ABSENT, "site.absent")


def test_moments_come_back_as_they_went_in(store: Store, clock: FixedClock) -> None:
    with store.work(SYSTEM) as work:
        add_site(work, SYSTEM, "a", "示例甲院", "county")
    with store.read(SYSTEM) as work:
        assert work.session.query(SiteRow).one().created_at == clock.now()


def test_the_database_refuses_a_level_that_is_none(store: Store) -> None:
    with pytest.raises(IntegrityError, match="a_site_is_of_city_county_or_township"), store.work(SYSTEM) as work:
        work.session.execute(
            text(
                "INSERT INTO sites (id, code, name, level, created_at, version)"
                " VALUES ('x', 'x', 'x', 'village', '2026-01-01 00:00:00', 1)"
            )
        )


def test_the_waker_is_called_after_the_commit_and_only_for_facts(store: Store) -> None:
    seen: list[int] = []

    def look() -> None:
        with store.read(SYSTEM) as work:
            seen.append(journal.last_seq(work))

    store.on_commit = look
    with store.work(SYSTEM) as work:
        seq = work.record(rang(1))
    with store.work(SYSTEM) as work:
        work.get(SiteRow, add_site(work, SYSTEM, "b", "示例", "county").id)
    assert seen[0] == seq
    assert len(seen) == 2
