"""Two arrivals at once: the database decides, and nothing is lost, doubled or dead-locked."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from pydicom.uid import generate_uid
from sqlalchemy import func, select

from teleconsult.imaging.ingest import Kind, Outcome
from teleconsult.imaging.tables import (
    ArrivalRow,
    InstanceRow,
    PatientRow,
    QuarantineRow,
    SeriesRow,
    StudyNameRow,
    StudyRow,
)
from tests import synth
from tests.arriving import House, a_house


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def at_once(sends: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
    """Start all in the same moment; their outcomes in order."""
    start = Barrier(len(sends))

    def run(send: Callable[[], Outcome]) -> Outcome:
        start.wait()
        return send()

    with ThreadPoolExecutor(len(sends)) as pool:
        return list(pool.map(run, sends))


def count(house: House, kind: type) -> int:
    (number,) = house.rows(select(func.count()).select_from(kind))
    assert isinstance(number, int)
    return number


@pytest.mark.parametrize("round_", range(3))
def test_the_same_object_from_eight_threads_is_stored_once(house: House, round_: int) -> None:
    part10 = synth.as_bytes(synth.ct_slice())
    outcomes = at_once([lambda: house.send_bytes(part10)] * 8)
    assert sorted(outcome.kind for outcome in outcomes) == [Kind.REPEAT] * 7 + [Kind.STORED]
    assert {outcome.instance_id for outcome in outcomes} == {outcomes[0].instance_id}
    assert (count(house, PatientRow), count(house, StudyRow), count(house, SeriesRow), count(house, InstanceRow)) == (
        1,
        1,
        1,
        1,
    )
    assert (count(house, ArrivalRow), len(house.facts("StudyArrived"))) == (8, 1)


def test_a_study_sent_over_many_associations_at_once_is_counted_exactly(house: House) -> None:
    study, series = generate_uid(), [generate_uid() for _ in range(3)]
    objects = [
        synth.ct_slice(n, study_uid=study, series_uid=series[n % 3], Modality=("CT", "CT", "SR")[n % 3])
        for n in range(24)
    ]
    parts = [synth.as_bytes(ds) for ds in objects]
    at_once([lambda part=part: house.send_bytes(part) for part in parts])  # type: ignore[misc]
    (row,) = house.rows(select(StudyRow))
    assert (row.instance_count, row.series_count, sorted(row.modalities), row.modality) == (24, 3, ["CT", "SR"], "CT")
    assert [each.instance_count for each in house.rows(select(SeriesRow))] == [8, 8, 8]
    assert len(house.facts("StudyArrived")) == 1
    assert count(house, StudyNameRow) > 0


def test_two_contents_under_one_uid_at_once_leave_one_shown_and_one_set_apart(house: House) -> None:
    ds = synth.ct_slice()
    one = synth.as_bytes(ds)
    ds.InstanceNumber = "2"
    other = synth.as_bytes(ds)
    outcomes = at_once([lambda: house.send_bytes(one), lambda: house.send_bytes(other)] * 2)
    kinds = sorted(outcome.kind for outcome in outcomes)
    assert kinds == [Kind.CONFLICT, Kind.CONFLICT, Kind.REPEAT, Kind.STORED]
    assert (count(house, InstanceRow), count(house, QuarantineRow), len(house.facts("InstanceConflicted"))) == (1, 1, 1)
    (case,) = house.rows(select(QuarantineRow))
    assert house.blobs.exists(case.blob_key)


def test_one_study_for_two_patients_at_once_belongs_to_one_of_them(house: House) -> None:
    study = generate_uid()
    parts = [synth.as_bytes(synth.ct_slice(study_uid=study, patient_id=f"T{n % 2}")) for n in range(6)]
    outcomes = at_once([lambda part=part: house.send_bytes(part) for part in parts])  # type: ignore[misc]
    assert sorted(outcome.kind for outcome in outcomes) == [Kind.IDENTITY] * 3 + [Kind.STORED] * 3
    assert (count(house, PatientRow), count(house, StudyRow), count(house, QuarantineRow)) == (1, 1, 3)


def test_the_same_object_under_two_studies_at_once_leaves_no_empty_study(house: House) -> None:
    uid = generate_uid()
    parts = [synth.as_bytes(synth.ct_slice(sop_uid=uid)) for _ in range(4)]
    outcomes = at_once([lambda part=part: house.send_bytes(part) for part in parts])  # type: ignore[misc]
    assert sorted(outcome.kind for outcome in outcomes) == [Kind.CONFLICT] * 3 + [Kind.STORED]
    assert (count(house, StudyRow), count(house, SeriesRow), count(house, InstanceRow)) == (1, 1, 1)
