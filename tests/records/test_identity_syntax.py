"""An object set apart as another patient's that is there already in another transfer syntax: compared as when it comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLSLossless
from sqlalchemy import select

from teleconsult.access import Actor, Grant, Role
from teleconsult.imaging import identity_cases, identity_decide
from teleconsult.imaging.ingest import Kind
from teleconsult.imaging.tables import ArrivalRow, InstanceRow, PatientRow, QuarantineRow
from teleconsult.imaging.tables_identity import DecisionRow
from tests import synth
from tests.arriving import House, a_house


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def somebody(house: House) -> Actor:
    """Who looks after the arrivals of both counties."""
    grants = frozenset(Grant(Role.COORDINATOR, site) for site in house.sites.values())
    return Actor("c", "测试协调员", site_id=house.sites["a"], grants=grants)


def one_person(house: House) -> DecisionRow:
    someone = somebody(house)
    with house.store.read(someone) as work:
        (found,) = identity_cases.conflicts(work, someone)
    return identity_decide.decide(house.store, house.blobs, someone, found.key, "same_patient", "核对过身份证")


def flipped(ds: Dataset) -> Dataset:
    ds.PixelData = np.frombuffer(ds.PixelData, "u1").reshape(ds.Rows, -1)[::-1].tobytes()
    return ds


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, JPEGLSLossless])
def test_the_same_object_is_taken_as_the_one_that_is_there(house: House, syntax: UID) -> None:
    series = synth.a_ct_series(3)
    for ds in series:
        house.send(ds, "a")
        assert house.send(ds, "b", syntax).kind is Kind.IDENTITY
    row = one_person(house)
    assert row.details["taken"] == []
    assert {each.state for each in house.rows(select(QuarantineRow))} == {"resolved"}, "and no further conflict"
    assert [each.transfer_syntax for each in house.rows(select(InstanceRow))] == [ExplicitVRLittleEndian] * 3
    assert house.rows(select(ArrivalRow.kind)).count("other_syntax") == 3
    assert len(set(house.rows(select(PatientRow.person_id)))) == 1


def test_other_pixels_under_the_same_header_stay_a_conflict_of_their_own(house: House) -> None:
    same, other = synth.a_ct_series(2)
    for ds in (same, other):
        house.send(ds, "a")
    house.send(same, "b", ImplicitVRLittleEndian)
    house.send(flipped(other), "b", ImplicitVRLittleEndian)
    one_person(house)
    (left,) = house.rows(select(QuarantineRow).where(QuarantineRow.state == "open"))
    assert (left.reason, left.sop_uid) == ("instance.conflict", other.SOPInstanceUID)
    assert house.blobs.read(left.blob_key) == synth.as_bytes(other, ImplicitVRLittleEndian)
    assert len(house.facts("InstanceConflicted")) == 1
