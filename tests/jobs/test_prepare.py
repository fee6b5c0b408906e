"""A prepared study: manifest, metadata, pictures; and what happens to objects that cannot be shown."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom.encaps import encapsulate
from sqlalchemy import update

from teleconsult.access import SYSTEM
from teleconsult.imaging import manifest_shelf, settle
from teleconsult.imaging.render_apart import RenderApart
from teleconsult.imaging.tables import StudyRow
from tests import synth
from tests.jobs.floor import Floor
from workers.run import carry_out

JPEGLS = "1.2.840.10008.1.2.4.80"
FAULTS = Path(__file__).parent / "faults"


def manifest_of(floor: Floor, study_id: str) -> dict[str, Any]:
    return manifest_shelf.manifest(floor.system.blobs, study_id, shown(floor, study_id))


def picture(floor: Floor, study_id: str, name: str) -> Image.Image:
    kept, _ = manifest_shelf.picture(floor.system.blobs, study_id, shown(floor, study_id), name)
    return Image.open(io.BytesIO(kept))


def shown(floor: Floor, study_id: str) -> int | None:
    with floor.system.read() as work:
        return manifest_shelf.shown(work, study_id)


def state_of(floor: Floor, study_id: str) -> str:
    with floor.system.read() as work:
        return work.get(StudyRow, study_id).state


def a_mixed_study(floor: Floor) -> str:
    study_uid = "1.2.826.0.1.3680043.8.498.1"
    ct = synth.a_ct_series(4, study_uid=study_uid, series_uid=study_uid + ".2")
    others = [
        synth.a_dx(study_uid=study_uid, photometric="MONOCHROME1", SeriesNumber="3"),
        synth.a_us_cine(study_uid=study_uid, SeriesNumber="4"),
        synth.an_ecg(study_uid=study_uid, SeriesNumber="5"),
        synth.an_encapsulated_pdf(study_uid=study_uid, SeriesNumber="6"),
        synth.an_object("1.2.840.10008.5.1.4.1.1.88.11", "SR", study_uid=study_uid, SeriesNumber="7"),
        synth.an_object("1.2.840.10008.5.1.4.1.1.481.5", "RTPLAN", study_uid=study_uid, SeriesNumber="8"),
    ]
    for slice_ in ct:
        slice_.SeriesNumber = "2"
    return floor.a_prepared_study(*reversed(ct), *others)


def test_the_manifest_lists_every_series_with_its_kind_and_order(floor: Floor) -> None:
    made = manifest_of(floor, a_mixed_study(floor))
    assert [series["kind"] for series in made["series"]] == ["images", "images", "images", "ecg", "pdf", "sr", "other"]
    assert [series["modality"] for series in made["series"]] == ["CT", "DX", "US", "ECG", "DOC", "SR", "RTPLAN"]
    ct = made["series"][0]
    assert [instance["number"] for instance in ct["instances"]] == [1, 2, 3, 4]
    assert ct["geometry"] == {"regular": True, "spacing": 5.0}
    assert ct["window"] == {"center": 40, "width": 400}
    assert made["series"][2]["frames_total"] == 6
    assert made["dicomweb"] == f"/dicom-web/studies/{made['study_uid']}"
    assert ct["instances"][0]["sop_class_name"] == "CT Image Storage"


def test_every_series_has_a_picture_and_no_picture_is_blank(floor: Floor) -> None:
    study_id = a_mixed_study(floor)
    for place, series in enumerate(manifest_of(floor, study_id)["series"], start=1):
        for name in (f"{place}.webp", f"{place}p.webp"):
            drawn = picture(floor, study_id, name)
            assert drawn.format == "WEBP"
            assert np.asarray(drawn.convert("L")).std() > 2, (series["modality"], name)
        assert series["thumb"].startswith(f"/api/studies/{study_id}/thumbs/{place}.webp?v=")


def test_metadata_is_kept_for_every_series_in_viewing_order(floor: Floor) -> None:
    study_id = a_mixed_study(floor)
    made = manifest_of(floor, study_id)
    for series in made["series"]:
        kept = manifest_shelf.series_metadata(floor.system.blobs, study_id, made["version"], series["series_uid"])
        assert [instance["00080018"]["Value"][0] for instance in kept] == [i["sop_uid"] for i in series["instances"]]
        assert all(instance["0020000D"]["Value"] == [made["study_uid"]] for instance in kept)


def test_names_in_metadata_are_read_as_the_index_reads_them(floor: Floor) -> None:
    ds = synth.ct_slice(
        patient_name="测试某某", charset=synth.GB18030, charset_declared=synth.LATIN1, InstitutionName=None
    )
    study_id = floor.a_prepared_study(ds)
    made = manifest_of(floor, study_id)
    (kept,) = manifest_shelf.series_metadata(
        floor.system.blobs, study_id, made["version"], made["series"][0]["series_uid"]
    )
    assert kept["00100010"]["Value"] == [{"Alphabetic": "测试某某"}]
    assert kept["00080005"]["Value"] == ["ISO_IR 192"]


def a_broken_slice(**options: Any) -> bytes:
    """A CT slice that says it is JPEG-LS, around bytes that are not."""
    whole = synth.as_bytes(synth.ct_slice(**options), JPEGLS)
    at = whole.index(b"\xe0\x7f\x10\x00") + 12
    items = encapsulate([b"\xff\xd8\xff\xf7" + b"no picture" * 20])
    return whole[:at] + items + b"\xfe\xff\xdd\xe0\0\0\0\0"


def test_an_object_that_cannot_be_decoded_has_a_reason_and_its_study_is_prepared(floor: Floor) -> None:
    good = synth.ct_slice(1)
    bad = a_broken_slice(number=2, study_uid=good.StudyInstanceUID, series_uid=good.SeriesInstanceUID)
    study_id = floor.arrive_bytes([synth.as_bytes(good), bad])
    floor.settle()
    floor.run("prepare")
    assert state_of(floor, study_id) == "prepared"
    first, second = manifest_of(floor, study_id)["series"][0]["instances"]
    assert "problem" not in first
    assert second["problem"]["code"] in {"pixels.corrupt", "pixels.size_mismatch"}
    assert np.asarray(picture(floor, study_id, "1.webp").convert("L")).std() > 2
    assert floor.facts("StudyPrepared")[0].details == {"problems": 1}


@pytest.mark.parametrize(("fault", "code"), [("hang", "pixels.decoder_hung"), ("crash", "pixels.decoder_crashed")])
def test_a_decoder_that_hangs_or_crashes_costs_one_picture(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, fault: str, code: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(FAULTS))
    monkeypatch.setenv("FAULT", fault)
    # A child of its own: the fault comes from what it finds in its environment.
    floor.bench = replace(floor.bench, apart=RenderApart(10.0 if fault == "hang" else 120.0))
    study_uid = "1.2.826.0.1.3680043.8.498.2"
    fatal = synth.as_bytes(synth.ct_slice(study_uid=study_uid, SeriesNumber="1"), JPEGLS)
    fine = synth.as_bytes(synth.a_dx(study_uid=study_uid, SeriesNumber="2"))
    study_id = floor.arrive_bytes([fatal, fine])
    floor.settle()
    with floor.bench.apart:
        floor.run("prepare")
    assert state_of(floor, study_id) == "prepared"
    ct, dx = manifest_of(floor, study_id)["series"]
    assert ct["instances"][0]["problem"]["code"] == code
    assert "problem" not in dx["instances"][0]
    assert dx["instances"][0]["preview"] == dx["preview"]
    assert np.asarray(picture(floor, study_id, "1.webp").convert("L")).std() > 2


def test_an_object_at_which_workers_die_is_passed_over_at_the_third_try(floor: Floor) -> None:
    slices = synth.a_ct_series(3)
    study_id = floor.arrive(*slices)
    floor.settle()
    (delivery_id,) = floor.due("prepare")
    fatal = str(slices[1].SOPInstanceUID)
    die = (
        "import workers.jobs.headers as h\n"
        "from teleconsult.imaging import header\n"
        "one = h._one\n"
        "uid = lambda path: header.read_stored(path, None).sop_uid\n"
        f"h._one = lambda path, *more: os.kill(os.getpid(), 9) if uid(path) == '{fatal}' else one(path, *more)"
    )
    for _ in range(2):
        assert floor.in_a_process(delivery_id, die) == -9
        floor.later()
    assert floor.in_a_process(delivery_id, die) == 0
    problems = {i["sop_uid"]: i.get("problem") for i in manifest_of(floor, study_id)["series"][0]["instances"]}
    assert problems.pop(fatal)["code"] == "pixels.decoder_crashed"
    assert set(problems.values()) == {None}


def test_one_death_of_a_worker_blames_no_object(floor: Floor) -> None:
    study_id = floor.arrive(*synth.a_ct_series(3))
    floor.settle()
    (delivery_id,) = floor.due("prepare")
    die = "import workers.jobs.headers as h\nh._one = lambda *_: os.kill(os.getpid(), 9)"
    assert floor.in_a_process(delivery_id, die) == -9
    floor.later()
    assert carry_out(floor.bench, delivery_id)
    assert all("problem" not in instance for instance in manifest_of(floor, study_id)["series"][0]["instances"])


def test_missing_bytes_are_named_and_stop_nothing(floor: Floor) -> None:
    study_id = floor.arrive(*synth.a_ct_series(3))
    floor.settle()
    kept = floor.system.settings.home / "blobs" / "dicom"
    next(path for path in kept.rglob("*") if path.is_file()).unlink()
    floor.run("prepare")
    problems = [i["problem"]["code"] for i in manifest_of(floor, study_id)["series"][0]["instances"] if "problem" in i]
    assert problems == ["pixels.file_absent"]


def test_late_images_make_a_new_version_beside_the_old(floor: Floor) -> None:
    slices = synth.a_ct_series(4)
    study_id = floor.a_prepared_study(*slices[:3])
    before = manifest_of(floor, study_id)
    floor.arrive(slices[3])
    floor.settle()
    floor.run("prepare")
    after = manifest_of(floor, study_id)
    assert after["version"] > before["version"]
    assert len(after["series"][0]["instances"]) == 4
    series_uid = before["series"][0]["series_uid"]
    kept = manifest_shelf.series_metadata(floor.system.blobs, study_id, before["version"], series_uid)
    assert len(kept) == 3


def test_an_older_preparation_never_replaces_a_newer_manifest(floor: Floor) -> None:
    study_id = floor.a_prepared_study()
    made = manifest_of(floor, study_id)
    older = made["version"] - 1
    manifest_shelf.put_manifest(floor.system.blobs, study_id, {**made, "version": older, "series": []})
    with floor.system.work() as work:
        settle.prepared(work, study_id, older)
    assert manifest_of(floor, study_id) == made


def test_what_older_preparations_left_is_deleted_when_nobody_can_be_reading_it_any_more(floor: Floor) -> None:
    slices = synth.a_ct_series(4)
    study_id = floor.a_prepared_study(*slices[:3])
    older, blobs = manifest_of(floor, study_id)["version"], floor.system.blobs
    floor.arrive(slices[3])
    floor.settle()
    floor.run("prepare")
    newer = manifest_of(floor, study_id)["version"]
    floor.clock.advance(manifest_shelf.GRACE.total_seconds() - 60)
    floor.a_prepared_study(*synth.a_ct_series(1))
    assert set(blobs.names(f"derived/{study_id}")) == {str(older), str(newer)}
    floor.clock.advance(120)
    floor.a_prepared_study(*synth.a_ct_series(1))
    assert blobs.names(f"derived/{study_id}") == [str(newer)]
    assert picture(floor, study_id, "1.webp").size
    assert manifest_shelf.tidy(floor.system.store, SYSTEM, blobs) == 0


def test_a_preparation_that_comes_after_the_tidying_up_writes_into_its_folder_again(floor: Floor) -> None:
    study_id = floor.a_prepared_study()
    made, blobs = manifest_of(floor, study_id), floor.system.blobs
    blobs.delete_below(f"derived/{study_id}/{made['version']}")
    manifest_shelf.put_manifest(blobs, study_id, made)
    assert manifest_of(floor, study_id) == made


def test_a_study_prepared_before_versions_had_manifests_is_still_shown(floor: Floor) -> None:
    study_id = floor.a_prepared_study()
    made, blobs = manifest_of(floor, study_id), floor.system.blobs
    version = made["version"]
    blobs.put(f"derived/{study_id}/manifest.json.gz", blobs.read(f"derived/{study_id}/{version}/manifest.json.gz"))
    with floor.system.work() as work:
        work.session.execute(update(StudyRow).values(shown_version=None))
    assert manifest_of(floor, study_id) == made
    assert picture(floor, study_id, "1.webp").size
