"""Which preparation of a study is shown: the latest, whichever of several ends last."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from teleconsult.access import SYSTEM
from teleconsult.imaging import manifest_shelf, settle
from teleconsult.imaging.tables import StudyRow
from tests import synth
from tests.arriving import House, a_house


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def study_id(house: House) -> str:
    house.send(synth.ct_slice())
    (study,) = house.rows(select(StudyRow))
    assert isinstance(study, StudyRow)
    return study.id


def ends(house: House, study_id: str, version: int) -> None:
    """The last steps of a preparation, as the job does them."""
    manifest_shelf.put_manifest(house.blobs, study_id, {"version": version, "series": []})
    with house.store.work(SYSTEM) as work:
        settle.prepared(work, study_id, version)


def shown(house: House, study_id: str) -> int:
    with house.store.read(SYSTEM) as work:
        version = manifest_shelf.shown(work, study_id)
    return int(manifest_shelf.manifest(house.blobs, study_id, version)["version"])


def test_two_preparations_that_end_in_the_same_instant_leave_the_newer_one(house: House, study_id: str) -> None:
    for older in range(10, 30, 2):
        together = threading.Barrier(2)

        def prepare(version: int, together: threading.Barrier = together) -> None:
            manifest_shelf.put_manifest(house.blobs, study_id, {"version": version, "series": []})
            together.wait(20)
            with house.store.work(SYSTEM) as work:
                settle.prepared(work, study_id, version)

        threads = [threading.Thread(target=prepare, args=(version,)) for version in (older, older + 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert shown(house, study_id) == older + 1


def test_an_older_preparation_that_was_held_up_at_any_step_changes_nothing(house: House, study_id: str) -> None:
    manifest_shelf.put_manifest(house.blobs, study_id, {"version": 2, "series": ["the older one"]})
    ends(house, study_id, 3)
    manifest_shelf.put_manifest(house.blobs, study_id, {"version": 2, "series": ["written once more"]})
    assert shown(house, study_id) == 3
    with house.store.work(SYSTEM) as work:
        settle.prepared(work, study_id, 2)
    assert shown(house, study_id) == 3


def test_what_is_shown_is_never_tidied_away(house: House, study_id: str) -> None:
    ends(house, study_id, 3)
    ends(house, study_id, 3)
    house.clock.advance(10 * manifest_shelf.GRACE.total_seconds())
    assert manifest_shelf.tidy(house.store, SYSTEM, house.blobs) == 0
    ends(house, study_id, 2)
    house.clock.advance(10 * manifest_shelf.GRACE.total_seconds())
    assert manifest_shelf.tidy(house.store, SYSTEM, house.blobs) == 1
    assert house.blobs.names(f"derived/{study_id}") == ["3"]
    assert shown(house, study_id) == 3


def test_an_older_layout_is_tidied_when_a_newer_one_has_been_shown(house: House, study_id: str) -> None:
    house.blobs.put(f"derived/{study_id}/manifest.json.gz", b"older")
    house.blobs.put(f"derived/{study_id}/2/thumbs/1.webp", b"older")
    with house.store.work(SYSTEM) as work:
        work.session.execute(update(StudyRow).values(prepared_at=work.now))
    ends(house, study_id, 3)
    house.clock.advance(2 * manifest_shelf.GRACE.total_seconds())
    assert manifest_shelf.tidy(house.store, SYSTEM, house.blobs) == 1
    assert house.blobs.names(f"derived/{study_id}") == ["3"]
