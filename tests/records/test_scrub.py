"""The scrub finds bytes that are missing, altered or that nothing points to, and moves the altered out of the way: on SQLite and PostgreSQL."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from pydicom.uid import JPEGLSLossless
from sqlalchemy import select

from teleconsult.access import SYSTEM
from teleconsult.imaging import scrub, scrub_damaged
from teleconsult.imaging.scrub import Pace
from teleconsult.imaging.tables import InstanceRow
from teleconsult.imaging.tables_identity import ScrubFindingRow, ScrubRow
from teleconsult.kernel.errors import Refused
from teleconsult.records import DiskBlobs
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


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


def the_flipped(house: House) -> tuple[InstanceRow, bytes]:
    """One object of which a byte was changed on the disk, and its bytes as they came."""
    house.send(synth.ct_slice())
    (row,) = house.rows(select(InstanceRow))
    good = the_file(house, row).read_bytes()
    flip(the_file(house, row))
    return row, good


def damaged(house: House, study_id: str) -> int:
    with house.store.read(SYSTEM) as work:
        return scrub_damaged.damaged(work, house.blobs, study_id)


def aged(path: Path) -> None:
    os.utime(path, (1, 1))


def test_a_sound_store_has_no_findings_and_everything_was_read(house: House) -> None:
    for ds in synth.a_ct_series(45):  # more than are looked at in one go
        house.send(ds)
    row = a_round(house)
    assert (row.stage, row.objects, row.findings) == ("done", 45, 0)
    assert row.bytes == sum(len(content) for content in files(house).values())
    assert len(house.facts("ScrubEnded")) == 1


def test_a_flipped_byte_a_lost_file_and_a_file_that_nothing_points_to_are_found_and_nothing_is_deleted(
    house: House,
) -> None:
    for ds in synth.a_ct_series(4):
        house.send(ds)
    flipped, lost, *_ = house.rows(select(InstanceRow).order_by(InstanceRow.id))
    flip(the_file(house, flipped))
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
    altered = before.pop(str(house.blobs.staging().parent / flipped.blob_key))
    assert files(house) == before
    assert house.blobs.read(f"damaged/{flipped.blob_key}") == altered
    told = {(fact.details["kind"], fact.study_id) for fact in house.facts("StoredBytesFoundBad")}
    assert told == {("altered", flipped.study_id), ("missing", lost.study_id)}
    with house.store.read(SYSTEM) as work:
        finding = next(each for each in scrub.findings(work, row.id) if each.kind == "altered")
        assert (finding.expected, finding.study_id) == (flipped.sha256, flipped.study_id)
        assert finding.found not in ("", finding.expected)


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


def test_what_is_altered_is_missing_to_everybody_and_a_repeat_brings_it_back(house: House) -> None:
    row, good = the_flipped(house)
    assert damaged(house, row.study_id) == 0
    for _ in range(2):  # it stays altered, not missing, in every round until it has come
        assert found(house, a_round(house)) == [("altered", row.blob_key)]
        assert house.blobs.path(row.blob_key) is None
        assert damaged(house, row.study_id) == 1
    assert house.send_bytes(good).kind == "repeat"
    assert damaged(house, row.study_id) == 0
    assert the_file(house, row).read_bytes() == good
    assert a_round(house).findings == 0
    assert house.blobs.exists(f"damaged/{row.blob_key}")  # for whoever looks for the cause


def test_what_is_altered_again_lies_beside_the_first(house: House) -> None:
    row, good = the_flipped(house)
    first = the_file(house, row).read_bytes()
    a_round(house)
    house.send_bytes(good)
    the_file(house, row).write_bytes(good[:-100])
    a_round(house)
    assert house.blobs.read(f"damaged/{row.blob_key}") == first
    assert house.blobs.read(f"damaged/{row.blob_key}~2") == good[:-100]


class ReadsWronglyOnce(DiskBlobs):
    """A cable, or a byte of memory: what is read first is not what lies there."""

    wrong = True

    def open(self, key: str) -> BinaryIO:
        content = super().open(key)
        if not self.wrong:
            return content
        self.wrong = False
        with content:
            return io.BytesIO(content.read()[:-3] + b"xxx")


def test_what_is_read_wrongly_once_is_no_finding(house: House) -> None:
    house.send(synth.ct_slice())
    before = files(house)
    house.blobs = ReadsWronglyOnce(house.blobs.staging().parent)
    assert a_round(house).findings == 0
    assert files(house) == before


class BadSector(DiskBlobs):
    """One file cannot be read, wherever it lies: so often, then it can."""

    key, times = "", 0

    def open(self, key: str) -> BinaryIO:
        if key.endswith(self.key) and self.times:
            self.times -= 1
            raise OSError(errno.EIO, "Input/output error", key)
        return super().open(key)


def test_what_cannot_be_read_is_altered_and_the_round_goes_on(house: House) -> None:
    for ds in synth.a_ct_series(3):
        house.send(ds)
    first, *_ = house.rows(select(InstanceRow).order_by(InstanceRow.id))
    good = the_file(house, first).read_bytes()
    house.blobs = bad = BadSector(house.blobs.staging().parent)
    bad.key, bad.times = first.blob_key, 1
    assert a_round(house).findings == 0, "a fault of the moment"
    bad.times = 1000
    row = a_round(house)
    assert (row.objects, found(house, row)) == (3, [("altered", first.blob_key)])
    bad.times = 0
    assert a_round(house).findings == 0
    assert the_file(house, first).read_bytes() == good


def test_what_turns_out_right_goes_back_to_its_empty_place(house: House) -> None:
    row, good = the_flipped(house)
    a_round(house)
    aside = house.blobs.path(f"damaged/{row.blob_key}")
    assert aside is not None
    flip(aside)
    assert a_round(house).findings == 0
    assert the_file(house, row).read_bytes() == good
    assert not aside.exists()


def test_after_a_power_cut_between_the_move_and_its_finding_the_next_look_finds_it(house: House) -> None:
    row, _ = the_flipped(house)
    scrub.begun(house.store, SYSTEM)
    house.blobs.set_aside(row.blob_key)
    assert found(house, a_round(house)) == [("altered", row.blob_key)]


def test_after_a_power_cut_in_the_middle_of_the_move_nothing_is_lost(house: House) -> None:
    row, good = the_flipped(house)
    altered = the_file(house, row).read_bytes()
    house.blobs.put(f"damaged/{row.blob_key}", b"")  # the name was taken, and no more
    assert found(house, a_round(house)) == [("altered", row.blob_key)]
    assert house.blobs.read(f"damaged/{row.blob_key}~2") == altered
    house.send_bytes(good)
    assert a_round(house).findings == 0


class RepeatedMeanwhile(DiskBlobs):
    """The object comes again just before what is altered is moved."""

    good = b""

    def set_aside(self, key: str) -> str:
        self.put(key, self.good)
        return super().set_aside(key)


def test_a_repeat_that_comes_in_between_stays(house: House) -> None:
    row, good = the_flipped(house)
    house.blobs = meanwhile = RepeatedMeanwhile(house.blobs.staging().parent)
    meanwhile.good = good
    assert a_round(house).findings == 0
    assert the_file(house, row).read_bytes() == good


class Unmovable(DiskBlobs):
    def set_aside(self, key: str) -> str:
        raise OSError(errno.EROFS, "Read-only file system", key)


def test_what_cannot_be_moved_is_told_all_the_same(house: House) -> None:
    row, _ = the_flipped(house)
    house.blobs = Unmovable(house.blobs.staging().parent)
    assert found(house, a_round(house)) == [("altered", row.blob_key)]


def test_what_was_moved_out_of_the_way_is_no_orphan(house: House) -> None:
    row, good = the_flipped(house)
    a_round(house)
    house.send_bytes(good)
    aside = house.blobs.path(f"damaged/{row.blob_key}")
    assert aside is not None
    aged(aside)
    assert found(house, a_round(house)) == []
