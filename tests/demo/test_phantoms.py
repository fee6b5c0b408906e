"""The phantoms hold the tissues they promise, where they promise them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydicom.encaps import generate_frames

from teleconsult.demo.phantoms import brain, heartbeat, objects, thorax
from teleconsult.demo.phantoms.chest import Extent, chest_volume

EXTENT = Extent(shape=(44, 256, 256), step=(7.5, 1.48, 1.48))
FINE = Extent(shape=(9, 256, 256), step=(1.5, 1.48, 1.48), top=thorax.NODULE[2] + 6.0)
Probe = Callable[[float, float, float, int], float]


@pytest.fixture(scope="module")
def volume() -> Any:
    return chest_volume(EXTENT)


def mean_hu(volume: Any, extent: Extent, x: float, y: float, z: float, reach: int = 1) -> float:
    """The mean of a small square about a point of the patient, HU."""
    here = extent.sampling
    k, i, j = (round((p - o) / s) for p, o, s in zip((z, y, x), here.origin, here.step, strict=True))
    return float(volume[k, i - reach : i + reach + 1, j - reach : j + reach + 1].mean())


@pytest.mark.parametrize(
    ("what", "at", "low", "high"),
    [
        ("air beside the patient", (183, -100, 0), -1024, -970),
        ("trachea", (0, -7, 115), -1024, -900),
        ("left ventricle", (44, -30, -52), 25, 65),
        ("descending aorta", (27, 38, 10), 25, 65),
        ("liver", (-70, 0, -115), 40, 80),
        ("spinal canal", (-3, 70, 2), -50, 70),
        ("vertebral body", (0, 46, 2), 130, 420),
    ],
)
def test_a_named_organ_has_its_hounsfield_units(
    volume: Any, what: str, at: tuple[float, float, float], low: int, high: int
) -> None:
    found = mean_hu(volume, EXTENT, *at)

    assert low <= found <= high, f"{what}: {found:.0f} HU"


def test_the_lungs_are_mostly_aerated_tissue(volume: Any) -> None:
    middle = volume[12:24]
    lung = middle[(middle > -950) & (middle < -700)]

    assert 0.12 < lung.size / middle.size < 0.5
    assert -880 < float(np.median(lung)) < -820


def test_fat_and_muscle_are_the_two_kinds_of_soft_tissue(volume: Any) -> None:
    counts, edges = np.histogram(volume, bins=60, range=(-200, 200))
    centres = (edges[:-1] + edges[1:]) / 2
    fat, muscle = centres[:30][counts[:30].argmax()], centres[30:][counts[30:].argmax()]

    assert -120 < fat < -80
    assert 35 < muscle < 65


def test_compact_bone_reaches_several_hundred_hounsfield_units(volume: Any) -> None:
    assert 500 < float(np.percentile(volume[volume > 300], 95)) < 1000


def test_the_nodule_is_solid_lies_in_the_right_upper_lobe_and_measures_about_eight_millimetres() -> None:
    volume = chest_volume(FINE)
    x, y, z = thorax.NODULE
    assert mean_hu(volume, FINE, x, y, z) > -60
    assert x < 0, "the patient's right is negative x"
    here = FINE.sampling
    k, i, j = (round((p - o) / s) for p, o, s in zip((z, y, x), here.origin, here.step, strict=True))
    up = down = 0
    while volume[k, i - up, j] > -450:
        up += 1
    while volume[k, i + down, j] > -450:
        down += 1
    assert 6.0 <= (up + down - 1) * FINE.step[1] <= 11.0


def test_the_same_seed_gives_the_same_voxels() -> None:
    small = Extent(shape=(3, 64, 64), step=(20, 6, 6))

    assert np.array_equal(chest_volume(small, seed=3), chest_volume(small, seed=3))
    assert not np.array_equal(chest_volume(small, seed=3), chest_volume(small, seed=4))


def test_the_ct_header_turns_stored_values_back_into_hounsfield_units_and_offers_two_windows() -> None:
    small = Extent(shape=(2, 64, 64), step=(20, 6, 6))
    ds = objects.chest_ct(extent=small)[0]
    stored = np.frombuffer(ds.PixelData, "<u2").reshape(64, 64)

    assert (ds.RescaleIntercept, ds.RescaleSlope, ds.BitsStored) == (-1024, 1, 12)
    assert np.array_equal(stored.astype(int) - 1024, np.clip(chest_volume(small)[0], -1024, 3071))
    assert list(ds.WindowCenter) == [-600, 40]
    assert list(ds.WindowWidth) == [1500, 400]
    assert list(ds.ImagePositionPatient)[2] == small.top


def test_the_x_ray_is_stored_inverted_and_shows_lungs_darker_than_the_spine(tmp_path: Any) -> None:
    ds = objects.chest_dx(tmp_path)[0]
    shown = 4095 - np.frombuffer(ds.PixelData, "<u2").reshape(ds.Rows, ds.Columns).astype(float)

    assert ds.PhotometricInterpretation == "MONOCHROME1"
    assert int(shown.max()) <= 4095
    middle = slice(int(ds.Rows * 0.45), int(ds.Rows * 0.55))
    spine = shown[middle, int(ds.Columns * 0.48) : int(ds.Columns * 0.52)].mean()
    right_lung = shown[middle, int(ds.Columns * 0.22) : int(ds.Columns * 0.3)].mean()
    assert spine > 1.8 * right_lung
    assert list(tmp_path.glob("xray*.npy")), "the picture is kept for the next run"


def test_the_ventricles_are_brighter_than_grey_matter_and_grey_brighter_than_white() -> None:
    slices = objects.brain_mr()
    heights = [float(ds.ImagePositionPatient[2]) for ds in slices]
    ds = slices[int(np.argmin(np.abs(np.array(heights) - 12)))]
    image = np.frombuffer(ds.PixelData, "<u2").reshape(ds.Rows, ds.Columns)

    def at(x: float, y: float) -> float:
        i, j = (round(p / brain.PIXEL + (brain.SIDE - 1) / 2) for p in (y, x))
        return float(np.median(image[i - 2 : i + 3, j - 2 : j + 3]))

    assert len(slices) >= 20
    assert at(7.5, -24) > 1400, "front horn"
    assert 380 < at(30, 22) < 620, "deep white matter"
    assert at(0, -104) < 150, "air"


def test_einthovens_law_holds_at_every_sample_and_every_lead_beats() -> None:
    samples = heartbeat.twelve_leads()
    lead = {name: samples[:, index].astype(float) for index, name in enumerate(heartbeat.LEADS)}

    assert samples.shape == (5000, 12)
    assert np.abs(lead["I"] + lead["III"] - lead["II"]).max() <= 2
    assert np.abs(lead["aVR"] + lead["aVL"] + lead["aVF"]).max() <= 3
    for name, signal in lead.items():
        assert np.ptp(signal) * heartbeat.MICROVOLT > 250, f"lead {name} is flat"


def test_the_cine_is_a_colour_clip_of_jpeg_frames() -> None:
    ds = objects.heart_us()[0]
    frames = list(generate_frames(ds.PixelData, number_of_frames=ds.NumberOfFrames))

    assert len(frames) == ds.NumberOfFrames >= 10
    assert all(frame.startswith(b"\xff\xd8") for frame in frames)
    assert ds.PhotometricInterpretation == "YBR_FULL_422"
