"""DCMTK's own programs as peers: what a modality's toolkit sends is kept as it was sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.uid import JPEGLosslessSV1, generate_uid

from tests import synth
from tests.builders import Alliance
from tests.node import index
from tests.peers import Scanner

pytestmark = pytest.mark.needs_dcmtk


def test_echoscu_gets_its_echo(scanner: Scanner) -> None:
    done = scanner.echoscu()
    assert done.returncode == 0, done.stdout + done.stderr


def test_echoscu_of_a_stranger_is_told_that_its_title_is_not_recognised(scanner: Scanner) -> None:
    stranger = Scanner(scanner.address, calling="STRANGER")
    done = stranger.echoscu()
    assert done.returncode != 0
    assert "Calling AE Title Not Recognized" in done.stdout + done.stderr


@pytest.mark.parametrize("nodelay", [True, False])
def test_storescu_sends_a_series_and_every_object_is_there_as_sent(
    alliance: Alliance, scanner: Scanner, tmp_path: Path, nodelay: bool
) -> None:
    series = synth.a_ct_series(5)
    for ds in series:
        synth.write(ds, tmp_path / "series")
    done = scanner.storescu(tmp_path / "series", nodelay=nodelay)
    assert done.returncode == 0, done.stdout + done.stderr
    for ds in series:
        (row,) = index.instances(alliance.system, str(ds.SOPInstanceUID))
        assert index.bytes_of(alliance.system, row) == synth.dataset_bytes(ds)
    (study,) = index.studies(alliance.system)
    assert study.instance_count == 5


def test_storescu_sends_compressed_objects_as_they_are(alliance: Alliance, scanner: Scanner, tmp_path: Path) -> None:
    ds = synth.ct_slice()
    path = synth.write(ds, tmp_path, transfer_syntax=JPEGLosslessSV1)
    done = scanner.storescu(path, options=["-xs"])  # propose JPEG Lossless first-order prediction
    assert done.returncode == 0, done.stdout + done.stderr
    (row,) = index.instances(alliance.system, str(ds.SOPInstanceUID))
    assert row.transfer_syntax == JPEGLosslessSV1
    assert index.bytes_of(alliance.system, row) == synth.bare(path.read_bytes())


def test_storescu_may_keep_one_association_for_many_studies(
    alliance: Alliance, scanner: Scanner, tmp_path: Path
) -> None:
    for number in range(1, 21):
        synth.write(synth.ct_slice(study_uid=generate_uid(), patient_id=f"T{number:04}"), tmp_path / "many")
    done = scanner.storescu(tmp_path / "many")
    assert done.returncode == 0, done.stdout + done.stderr
    assert index.counted(alliance.system) == 20
    assert len(index.studies(alliance.system)) == 20
