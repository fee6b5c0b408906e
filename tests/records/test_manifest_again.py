"""A manifest that is lost is owed once, however many readers find it so at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from teleconsult.imaging import StudyRow, manifest_shelf
from teleconsult.records.tables import DeliveryRow, FactRow
from tests import synth
from tests.builders import Alliance, a_system, an_alliance
from tests.working import arrive, settle_all, work_off

BOTH = ["sqlite_url", pytest.param("postgres_url", marks=pytest.mark.needs_postgres)]
READERS = 8


@pytest.fixture(params=BOTH)
def alliance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Alliance]:
    system = a_system(tmp_path / "home", request.getfixturevalue(request.param))
    yield an_alliance(system)
    system.store.engine.dispose()


def study(alliance: Alliance) -> StudyRow:
    with alliance.system.read() as work:
        return work.session.scalars(select(StudyRow)).one()


def owed(alliance: Alliance) -> list[str]:
    """Jobs that ever came of a lost manifest."""
    of_it = select(DeliveryRow.job).join(FactRow, FactRow.seq == DeliveryRow.fact_seq)
    with alliance.system.read() as work:
        return list(work.session.scalars(of_it.where(FactRow.name == "ManifestLost")))


def test_readers_who_ask_at_the_same_moment_owe_one_making(alliance: Alliance) -> None:
    arrive(alliance.system, synth.as_bytes(synth.ct_slice()))
    settle_all(alliance.system)
    work_off(alliance.system)
    lost, together = study(alliance), threading.Barrier(READERS)

    def ask() -> None:
        together.wait(20)
        with alliance.system.work() as work:
            manifest_shelf.make_again(work, lost.id, lost.shown_version)

    threads = [threading.Thread(target=ask) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert owed(alliance) == ["redraw"]
    work_off(alliance.system)
    assert study(alliance).shown_version == lost.version + 1
    with alliance.system.work() as work:  # by one who looked before
        manifest_shelf.make_again(work, lost.id, lost.shown_version)
    assert owed(alliance) == ["redraw"]
