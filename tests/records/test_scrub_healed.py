"""What a round found missing or altered and what is right again since is known as such, and the study's timeline tells it: on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from teleconsult.access import SYSTEM
from teleconsult.imaging import scrub, scrub_damaged, scrub_healed
from teleconsult.imaging.scrub import Pace
from teleconsult.imaging.tables import InstanceRow
from teleconsult.imaging.tables_identity import ScrubFindingRow
from tests import synth
from tests.arriving import House, a_house


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def a_round(house: House) -> None:
    scrub.run(house.store, house.blobs, SYSTEM, Pace())


def look(house: House, wrong: scrub.Wrong | None = None) -> None:
    after, known = "", {} if wrong is None else wrong
    while after := scrub.look_again(house.store, house.blobs, SYSTEM, Pace(), after, known):
        pass


def lost(house: House, count: int) -> list[tuple[Path, bytes]]:
    """Objects of one study whose files are gone, as a round has found; each with where it lay and what it was."""
    for ds in synth.a_ct_series(count):
        house.send(ds)
    gone = []
    for row in house.rows(select(InstanceRow).order_by(InstanceRow.id)):
        path = house.blobs.path(row.blob_key)
        assert path is not None
        gone.append((path, path.read_bytes()))
        path.unlink()
    a_round(house)
    return gone


def still_open(house: House) -> int:
    with house.store.read(SYSTEM) as work:
        found = len(scrub_healed.open_findings(work))
        assert scrub_healed.is_open(work) == (found > 0)
    return found


def back(house: House) -> list[int]:
    return [fact.details["objects"] for fact in house.facts("StoredBytesBack")]


def test_what_was_sent_again_or_restored_is_right_again_and_the_study_tells_it_once(house: House) -> None:
    (first, first_bytes), (second, second_bytes), _ = lost(house, 3)
    look(house)
    assert (still_open(house), back(house)) == (3, [])
    assert house.send_bytes(first_bytes).kind == "repeat"
    second.write_bytes(second_bytes)
    for _ in range(2):
        look(house)
        assert (still_open(house), back(house)) == (1, [2])
    (fact,) = house.facts("StoredBytesBack")
    assert (fact.study_id, fact.sites) == (house.rows(select(InstanceRow.study_id))[0], [house.sites["a"]])
    healed = [row.healed_at is not None for row in house.rows(select(ScrubFindingRow).order_by(ScrubFindingRow.id))]
    assert sorted(healed) == [False, True, True]
    assert first.exists()


def test_other_bytes_in_its_place_are_not_it_until_they_are_written_anew(house: House) -> None:
    ((path, content),) = lost(house, 1)
    wrong: scrub.Wrong = {}
    path.write_bytes(content[:-9])  # a copy that is under way
    look(house, wrong)
    assert (still_open(house), list(wrong)) == (1, [house.rows(select(InstanceRow.blob_key))[0]])
    path.write_bytes(content)
    look(house, wrong)
    assert (still_open(house), back(house)) == (0, [1])


def test_what_a_later_round_does_not_find_any_more_is_right_again(house: House) -> None:
    ((path, content),) = lost(house, 1)
    a_round(house)
    assert (still_open(house), back(house)) == (1, [])
    path.write_bytes(content)
    a_round(house)
    assert (still_open(house), back(house)) == (0, [1])
    assert all(row.healed_at is not None for row in house.rows(select(ScrubFindingRow)))


def test_what_is_lost_again_is_found_again(house: House) -> None:
    ((path, content),) = lost(house, 1)
    house.send_bytes(content)
    look(house)
    path.unlink()
    a_round(house)
    assert (still_open(house), back(house)) == (1, [1])


def test_of_more_files_than_a_list_looks_for_only_those_count_that_are_not_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = lost(house, 5)
    a_round(house)
    study_id = str(house.rows(select(InstanceRow.study_id))[0])

    def counted(most: int) -> dict[str, int]:
        monkeypatch.setattr(scrub_damaged, "MOST_LOOKED_AT", most)
        with house.store.read(SYSTEM) as work:
            return scrub_damaged.damaged_in(work, house.blobs, [study_id])

    assert [counted(most) for most in (0, 2, 200)] == [{study_id: 5}] * 3, "each file once, though two rounds found it"
    for path, content in gone[1:]:
        path.write_bytes(content)
    assert counted(200) == {study_id: 1}, "at once"
    look(house)
    assert [counted(most) for most in (0, 2, 200)] == [{study_id: 1}] * 3
    gone[0][0].write_bytes(gone[0][1])
    look(house)
    assert [counted(most) for most in (0, 2, 200)] == [{}] * 3
