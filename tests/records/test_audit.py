"""The audit chain finds every way of rewriting the past that goes through the database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from teleconsult.access import SYSTEM
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.facts import Fact
from teleconsult.records import Store, audit, open_store
from teleconsult.records.upgrade import upgrade

KEY = b"k" * 32


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = open_store(database_url, FixedClock(datetime(2026, 11, 21, 8, 0, 0, 123456, tzinfo=UTC)), {}, KEY)
    upgrade(store.engine)
    yield store
    store.engine.dispose()


@pytest.fixture
def log(store: Store, tmp_path: Path) -> Path:
    """Three seals over three facts each, written to the log."""
    file = tmp_path / "audit" / "seals.log"
    for batch in range(3):
        for number in range(3):
            with store.work(SYSTEM) as work:
                work.record(
                    Fact("Rang", "bell", f"{batch}{number}", details={"loud": True, "times": 2.5, "who": "测试"})
                )
        with store.work(SYSTEM) as work:
            row = audit.seal(work)
        assert row is not None
        audit.append(file, row)
    return file


def codes(store: Store, log: Path, key: bytes = KEY) -> set[str]:
    with store.read(SYSTEM) as work:
        return {finding.code for finding in audit.verify(work, log, key)}


def test_an_untouched_journal_holds(store: Store, log: Path) -> None:
    assert codes(store, log) == set()


def test_facts_not_yet_sealed_hold_too(store: Store, log: Path) -> None:
    with store.work(SYSTEM) as work:
        work.record(Fact("Rang", "bell", "new"))
    assert codes(store, log) == set()


TAMPERINGS: dict[str, tuple[str, set[str]]] = {
    "a changed detail": ("UPDATE facts SET details = '{\"loud\": false}' WHERE seq = 5", {"fact_changed"}),
    "a changed name": ("UPDATE facts SET actor_name = 'somebody else' WHERE seq = 5", {"fact_changed"}),
    "a changed time": ("UPDATE facts SET at = '2020-01-01 00:00:00' WHERE seq = 5", {"fact_changed"}),
    "a removed fact": ("DELETE FROM facts WHERE seq = 5", {"facts_missing"}),
    "a removed seal": ("DELETE FROM seals WHERE no = 2", {"chain_broken", "facts_added", "tail_removed"}),
    "a changed seal": ("UPDATE seals SET last_seq = 99 WHERE no = 2", {"seal_changed"}),
    "a fact moved to another seal": ("UPDATE facts SET seal_no = 1 WHERE seq = 5", {"facts_added", "facts_missing"}),
    "a copied digest": (
        "UPDATE facts SET mac = (SELECT mac FROM facts WHERE seq = 4) WHERE seq = 5",
        {"fact_changed"},
    ),
    "an inserted fact": (
        "INSERT INTO facts (seq, id, name, subject, subject_id, version, sites, details, at, actor_id, actor_name,"
        " mac, seal_no) SELECT 1000, 'forged', name, subject, subject_id, version, sites, details, at, actor_id,"
        " actor_name, mac, 3 FROM facts WHERE seq = 5",
        {"fact_changed", "facts_added"},
    ),
    "an inserted fact not yet sealed": (
        "INSERT INTO facts (seq, id, name, subject, subject_id, version, sites, details, at, actor_id, actor_name,"
        " mac) SELECT 1000, 'forged', name, subject, subject_id, version, sites, details, at, actor_id, actor_name,"
        " mac FROM facts WHERE seq = 5",
        {"fact_changed"},
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_the_chain_finds(what: str, store: Store, log: Path) -> None:
    statement, expected = TAMPERINGS[what]
    with store.work(SYSTEM) as work:
        work.session.execute(text(statement))
    assert codes(store, log) == expected


def test_a_tail_cut_off_with_its_seals_shows_against_the_log(store: Store, log: Path) -> None:
    with store.work(SYSTEM) as work:
        work.session.execute(text("DELETE FROM facts WHERE seal_no = 3"))
        work.session.execute(text("DELETE FROM seals WHERE no = 3"))
    assert codes(store, log) == {"tail_removed"}


def test_a_chain_rebuilt_by_other_hands_shows(store: Store, log: Path, tmp_path: Path) -> None:
    """Whoever can write the database but has neither the key nor the log: drops all seals, edits, seals anew."""
    with store.work(SYSTEM) as work:
        work.session.execute(text("DELETE FROM seals"))
        work.session.execute(text("UPDATE facts SET seal_no = NULL, name = 'Changed'"))
        audit.seal(work)
    assert {"fact_changed", "seal_changed", "tail_removed"} <= codes(store, log)


def test_a_sealer_that_dies_before_the_log_is_made_good(store: Store, log: Path) -> None:
    with store.work(SYSTEM) as work:
        work.record(Fact("Rang", "bell", "late"))
        audit.seal(work)
    with store.read(SYSTEM) as work:
        (row,) = audit.missing_from(log, work)
        assert row.no == 4


def test_nothing_new_needs_no_seal(store: Store, log: Path) -> None:
    with store.work(SYSTEM) as work:
        assert audit.seal(work) is None


def test_a_seal_made_while_verifying_is_no_finding(store: Store, log: Path) -> None:
    with store.read(SYSTEM) as work:
        work.session.execute(text("SELECT count(*) FROM seals"))  # the snapshot is taken
        before = audit.verify(work, log, KEY)
        with store.work(SYSTEM) as other:
            other.record(Fact("Rang", "bell", "meanwhile"))
            row = audit.seal(other)
        assert row is not None
        assert audit.verify(work, log, KEY) == before == []
        audit.append(log, row)
    assert codes(store, log) == set()
