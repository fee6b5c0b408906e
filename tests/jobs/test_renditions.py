"""Preparation keeps large frames once more for slow lines, and says so in the manifest; the object stays what it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import imagecodecs as ic
import numpy as np
from sqlalchemy import select

from teleconsult.imaging import renditions
from teleconsult.imaging.tables import InstanceRow
from teleconsult.records.tables import FactRow
from tests import synth
from tests.jobs.floor import Floor
from tests.jobs.test_prepare import manifest_of
from workers.bench import Bench
from workers.jobs import prepare

LOSSY = "1.2.840.10008.1.2.4.50"
DX: dict[str, Any] = {"rows": 1040, "columns": 1000}


def with_setting(floor: Floor, **changes: Any) -> Bench:
    """The same bench under other settings."""
    system = replace(floor.system, settings=floor.system.settings.with_(**changes))
    return replace(floor.bench, system=system)


def instances(floor: Floor, study_id: str) -> list[dict[str, Any]]:
    return [instance for series in manifest_of(floor, study_id)["series"] for instance in series["instances"]]


def kept(floor: Floor, sop_uid: str) -> InstanceRow:
    with floor.system.read() as work:
        return work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == sop_uid)).one()


def again(floor: Floor, bench: Bench, study_id: str) -> None:
    with floor.system.read() as work:
        settled = select(FactRow).where(FactRow.study_id == study_id, FactRow.name == "StudySettled")
        fact = list(work.session.scalars(settled))[-1]
    prepare.run(bench, fact)


def test_a_large_frame_is_kept_once_more_without_loss(floor: Floor) -> None:
    ds = synth.a_dx(**DX)
    study_id = floor.a_prepared_study(ds)
    (instance,) = instances(floor, study_id)
    assert instance["rendition"] == renditions.SYNTAX
    row = kept(floor, ds.SOPInstanceUID)
    stream = renditions.read(floor.system.blobs, row.blob_key, 1)
    stored = np.frombuffer(ds.PixelData, "<u2").reshape(1040, 1000)
    assert np.array_equal(ic.jpeg2k_decode(stream), stored), "by OpenJPEG, which did not write it"
    assert floor.system.blobs.read(row.blob_key) == synth.as_bytes(ds), "the object is what came"


def test_small_lossy_and_colour_frames_get_none(floor: Floor) -> None:
    study = "1.2.826.0.1.3680043.8.498.77"
    floor.arrive(synth.ct_slice(study_uid=study, rows=512, columns=512))
    floor.arrive(synth.a_us_cine(study_uid=study, frames=1, rows=1040, columns=1000), syntax=LOSSY)
    study_id = floor.a_prepared_study(synth.a_us_cine(study_uid=study, frames=1, rows=1040, columns=1000))
    assert len(instances(floor, study_id)) == 3
    assert not any("rendition" in instance for instance in instances(floor, study_id))


def test_the_setting_turns_them_off_and_a_second_preparation_finds_what_is_there(floor: Floor) -> None:
    ds = synth.a_dx(**DX)
    study_id = floor.arrive(ds)
    floor.settle()
    again(floor, with_setting(floor, htj2k_pixels=0), study_id)
    row = kept(floor, ds.SOPInstanceUID)
    assert not renditions.kept(floor.system.blobs, row.blob_key, 1)
    floor.run("prepare")
    file = floor.system.blobs.path(renditions.key(row.blob_key, 1))
    assert isinstance(file, Path)
    before = file.stat().st_mtime_ns
    again(floor, floor.bench, study_id)
    assert file.stat().st_mtime_ns == before


def test_a_multiframe_is_only_named_when_every_frame_is_there(floor: Floor) -> None:
    ds = synth.a_dx(**DX)
    ds.PixelData, ds.NumberOfFrames = bytes(ds.PixelData) * 2, 2
    study_id = floor.arrive(ds)
    floor.settle()
    again(floor, with_setting(floor, job_seconds=0), study_id)
    assert "rendition" not in instances(floor, study_id)[0], "there was no time for it"
    again(floor, floor.bench, study_id)
    row = kept(floor, ds.SOPInstanceUID)
    assert all(renditions.kept(floor.system.blobs, row.blob_key, number) for number in (1, 2))
    assert instances(floor, study_id)[0]["rendition"] == renditions.SYNTAX
