"""The scrub finds bytes that are missing, altered or that nothing points to, and changes nothing: on SQLite and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.uid import JPEGLSLossless
from sqlalchemy import select

from teleconsult.access import SYSTEM
from teleconsult.imaging import scrub
from teleconsult.imaging.scrub import Pace
from teleconsult.imaging.tables import InstanceRow
from teleconsult.imaging.tables_identity import ScrubFindingRow, ScrubRow
from teleconsult.kernel.errors import Refused
from tests import synth
from tests.arriving import House, a_house


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def a_round(house: House) -> ScrubRow:
    round_id = scrub.run(house.store, house.blobs, SYSTEM, Pace())
    with house.store.read(SYSTEM) as work:
        return work.get(ScrubRow, round_id)


def found(house: House, row: ScrubRow) -> list[tuple[str, str]]:
    with house.store.read(SYSTEM) as work:
        return sorted((each.kind, each.blob_key) for each in scrub.findings(work, row.id))


def files(house: House) -> dict[str, bytes]:
    folder = house.blobs.staging().parent / "dicom"
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def the_file(house: House, row: InstanceRow) -> Path:
    path = house.blobs.path(row.blob_key)
    assert path is not None
    return path


def aged(path: Path) -> None:
    os.utime(path, (1, 1))


def test_a_sound_store_has_no_findings_and_everything_was_read(house: House) -> None:
    for ds in synth.a_ct_series(45):  # more than are looked at in one go
        house.send(ds)
    row = a_round(house)
    assert (row.stage, row.objects, row.findings) == ("done", 45, 0)
    assert row.bytes == sum(len(content) for content in files(house).values())
    assert len(house.facts("ScrubEnded")) == 1


def test_a_flipped_byte_a_lost_file_and_a_file_that_nothing_points_to_are_found_and_nothing_is_touched(
    house: House,
) -> None:
    for ds in synth.a_ct_series(4):
        house.send(ds)
    flipped, lost, *_ = house.rows(select(InstanceRow).order_by(InstanceRow.id))
    content = bytearray(the_file(house, flipped).read_bytes())
    content[-5] ^= 1
    the_file(house, flipped).write_bytes(content)
    the_file(house, lost).unlink()
    stray = house.blobs.staging().parent / "dicom" / "abc" / "stray.1.2.1"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    aged(stray)
    before = files(house)
    row = a_round(house)
    assert found(house, row) == sorted(
        [("altered", flipped.blob_key), ("missing", lost.blob_key), ("orphan", "dicom/abc/stray.1.2.1")]
    )
    assert row.findings == 3
    assert files(house) == before
    told = {(fact.details["kind"], fact.study_id) for fact in house.facts("StoredBytesFoundBad")}
    assert told == {("altered", flipped.study_id), ("missing", lost.study_id)}
    with house.store.read(SYSTEM) as work:
        altered = next(each for each in scrub.findings(work, row.id) if each.kind == "altered")
        assert (altered.expected, altered.study_id) == (flipped.sha256, flipped.study_id)
        assert altered.found not in ("", altered.expected)


def test_what_was_only_just_received_is_no_orphan_and_what_came_in_another_syntax_is_one(house: House) -> None:
    ds = synth.ct_slice()
    house.send(ds)
    house.send(ds, syntax=JPEGLSLossless)
    assert a_round(house).findings == 0
    for path in files(house):
        aged(Path(path))
    ((kind, _),) = found(house, a_round(house))
    assert kind == "orphan"


def test_what_lies_in_quarantine_is_looked_at_too(house: House) -> None:
    ds = synth.ct_slice()
    house.send(ds)
    ds.InstanceNumber = "9"
    house.send(ds)
    with pytest.raises(Refused):
        house.send_bytes(b"no DICOM at all")
    row = a_round(house)
    assert (row.objects, row.findings) == (3, 0)
    for path in (house.blobs.staging().parent / "quarantine").iterdir():
        path.write_bytes(b"changed")
    assert [kind for kind, _ in found(house, a_round(house))] == ["altered"]


def test_a_round_that_was_interrupted_goes_on_where_it_was(house: House) -> None:
    for ds in synth.a_ct_series(30):
        house.send(ds)
    first = scrub.begun(house.store, SYSTEM)
    assert scrub.go_on(house.store, house.blobs, SYSTEM, first, Pace())
    again = scrub.begun(house.store, SYSTEM)
    assert again == first
    row = a_round(house)
    assert (row.id, row.objects) == (first, 30)
    assert scrub.begun(house.store, SYSTEM) != first


def test_no_more_is_read_in_a_second_than_is_allowed(house: House) -> None:
    for ds in synth.a_ct_series(3):
        house.send(ds)
    waits: list[float] = []
    pace = Pace(1000, waits.append)
    scrub.run(house.store, house.blobs, SYSTEM, pace)
    assert len(waits) == 3
    assert waits[-1] > 0.9 * pace.read / 1000


def test_a_round_changes_no_row_of_what_it_looks_at(house: House) -> None:
    house.send(synth.ct_slice())
    before = [(row.id, row.sha256, row.blob_key) for row in house.rows(select(InstanceRow))]
    a_round(house)
    assert [(row.id, row.sha256, row.blob_key) for row in house.rows(select(InstanceRow))] == before
    assert house.rows(select(ScrubFindingRow)) == []
