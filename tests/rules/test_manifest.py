"""The manifest: series in order, kinds, and whether slices may be stacked into a volume."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.imaging import manifest
from teleconsult.imaging.manifest import Pictures, Problem
from teleconsult.imaging.manifest_geometry import REASONS, Plane, check

CT, ROOT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1."
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
EXPLICIT = "1.2.840.10008.1.2.1"


def planes(places: list[float], shear: float = 0.0, **given: Any) -> list[Plane]:
    """Axial slices at these heights, each moved sideways by `shear` mm for every mm of height."""
    values: dict[str, Any] = {"orientation": AXIAL, "spacing": (0.7, 0.7), "rows": 64, "columns": 64, **given}
    return [Plane((0.0, shear * z, z), **values) for z in places]


def test_even_slices_are_regular_in_any_order() -> None:
    verdict = check(planes([10.0, 0.0, 15.0, 5.0]))
    assert (verdict.regular, verdict.spacing, verdict.reason) == (True, 5.0, None)


def test_an_oblique_even_stack_is_regular() -> None:
    s = math.sqrt(0.5)
    stack = [Plane((0.0, -s * 2 * k, s * 2 * k), (1, 0, 0, 0, s, s), (1, 1), 64, 64) for k in range(5)]
    verdict = check(stack)
    assert (verdict.regular, verdict.spacing) == (True, 2.0)


@pytest.mark.parametrize(
    ("stack", "reason"),
    [
        (planes([0, 5]), "geometry.single"),
        ([Plane((), (), (), 64, 64)] * 4, "geometry.missing"),
        (planes([0, 5, 10]) + planes([15], rows=32), "geometry.size"),
        (planes([0, 5, 10]) + planes([15], spacing=(0.5, 0.5)), "geometry.size"),
        (planes([0, 5, 10]) + planes([15], orientation=(1, 0, 0, 0, 0, -1)), "geometry.orientation"),
        (planes([0, 5, 5, 10]), "geometry.duplicate"),
        (planes([0, 5, 15, 20]), "geometry.spacing"),
        (planes([0, 5, 10, 15.5, 20]), "geometry.spacing"),
        (planes([0, 5, 10, 15], shear=math.tan(math.radians(12))), "geometry.tilt"),
    ],
)
def test_a_stack_that_must_not_become_a_volume_says_why(stack: list[Plane], reason: str) -> None:
    verdict = check(stack)
    assert not verdict.regular
    assert verdict.reason == reason
    assert reason in REASONS


def test_a_tilted_stack_still_knows_its_spacing() -> None:
    assert check(planes([0, 5, 10], shear=0.3)).spacing == 5.0


def test_rounded_positions_do_not_make_a_stack_uneven() -> None:
    assert check(planes([round(k * 0.625, 2) for k in range(40)])).regular


@given(st.lists(st.floats(-500, 500), min_size=3, max_size=12), st.floats(-2, 2))
def test_every_verdict_is_regular_or_has_a_known_reason(places: list[float], shear: float) -> None:
    verdict = check(planes(places, shear))
    assert verdict.regular != (verdict.reason in REASONS)


def an_instance(number: int | None = 1, series: str = "1.1", z: float | None = None, **tags: Any) -> dict[str, Any]:
    """DICOM JSON of a CT slice; `tags` are overwritten values by tag written as t00280010."""
    values: dict[str, tuple[str, list[Any]]] = {
        "00080016": ("UI", [CT]),
        "00080018": ("UI", [f"{series}.{number}.{z}"]),
        "00080060": ("CS", ["CT"]),
        "00083002": ("UI", [EXPLICIT]),
        "0020000E": ("UI", [series]),
        "00280010": ("US", [64]),
        "00280011": ("US", [48]),
    }
    if number is not None:
        values["00200013"] = ("IS", [number])
    if z is not None:
        values["00200032"], values["00200037"] = ("DS", [0, 0, z]), ("DS", list(AXIAL))
        values["00280030"] = ("DS", [0.7, 0.7])
    out: dict[str, Any] = {tag: {"vr": vr, "Value": value} for tag, (vr, value) in values.items()}
    for tag, value in tags.items():
        out[tag[1:]] = {"vr": "UN", "Value": value}
    return out


def built(*instances: dict[str, Any], **options: Any) -> dict[str, Any]:
    return manifest.build("1.2", 3, manifest.plan(instances), options.get("pictures", {}), options.get("problems", {}))


def test_instances_go_by_number() -> None:
    (series,) = built(*(an_instance(n) for n in (3, 1, 2)))["series"]
    assert [instance["number"] for instance in series["instances"]] == [1, 2, 3]


def test_instances_without_telling_numbers_go_by_place() -> None:
    (series,) = built(*(an_instance(1, z=z) for z in (10.0, 0.0, 5.0)))["series"]
    assert [instance["sop_uid"].rsplit(".", 2)[-2:] for instance in series["instances"]] == [
        ["0", "0"],
        ["5", "0"],
        ["10", "0"],
    ]


def test_series_go_pictures_first_then_by_number() -> None:
    sr, pdf = [ROOT + "88.11"], [ROOT + "104.1"]
    made = built(
        an_instance(series="1.9", t00080016=sr, t00200011=[1]),
        an_instance(series="1.8", t00080016=pdf, t00200011=[2]),
        an_instance(series="1.3", t00200011=[20]),
        an_instance(series="1.2", t00200011=[3]),
        an_instance(series="1.4"),
    )
    assert [series["series_uid"] for series in made["series"]] == ["1.2", "1.3", "1.4", "1.8", "1.9"]


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({}, "images"),
        ({"t00080016": [ROOT + "104.1"]}, "pdf"),
        ({"t00080016": [ROOT + "88.59"]}, "sr"),
        ({"t00080016": [ROOT + "9.1.1"], "t54000100": [{}]}, "ecg"),
        ({"t00083002": ["1.2.840.10008.1.2.4.102"]}, "video"),
        ({"t00080016": [ROOT + "66.4"]}, "other"),
        ({"t00080016": [ROOT + "481.2"]}, "other"),
        ({"t00080016": [ROOT + "11.1"]}, "other"),
        ({"t00280010": []}, "other"),
    ],
)
def test_each_object_is_of_the_kind_that_can_show_it(tags: dict[str, Any], kind: str) -> None:
    (series,) = built(an_instance(**tags))["series"]
    assert series["kind"] == kind


def test_frames_are_counted_and_the_middle_one_stands_for_the_series() -> None:
    plans = manifest.plan([an_instance(1, t00280008=[10]), an_instance(2), an_instance(3, t00280008=[30])])
    instance, frame = plans[0].middle
    assert (instance["00200013"]["Value"], frame) == ([3], 9)
    assert built(*plans[0].instances)["series"][0]["frames_total"] == 41


def test_a_video_among_images_is_named_and_the_images_stay_images() -> None:
    (series,) = built(an_instance(1, t00083002=["1.2.840.10008.1.2.4.102"]), an_instance(2))["series"]
    assert series["kind"] == "images"
    assert series["instances"][0]["problem"]["code"] == "pixels.unsupported_syntax"
    assert "problem" not in series["instances"][1]


def test_the_overview_stands_for_a_slide() -> None:
    slide = [ROOT + "77.1.6"]
    tiles = [an_instance(n, t00080016=slide, t00280008=[130]) for n in (1, 2)]
    overview = an_instance(3, t00080016=slide, t00080008=["ORIGINAL", "PRIMARY", "THUMBNAIL", "NONE"])
    instance, frame = manifest.plan([*tiles, overview])[0].middle
    assert (instance["00200013"]["Value"], frame) == ([3], 0)


def test_an_enhanced_object_is_checked_frame_by_frame() -> None:
    def frame(z: float) -> dict[str, Any]:
        return {"00209113": {"vr": "SQ", "Value": [{"00200032": {"vr": "DS", "Value": [0, 0, z]}}]}}

    shared = {
        "00209116": {"vr": "SQ", "Value": [{"00200037": {"vr": "DS", "Value": list(AXIAL)}}]},
        "00289110": {"vr": "SQ", "Value": [{"00280030": {"vr": "DS", "Value": [1, 1]}}]},
        "00289132": {
            "vr": "SQ",
            "Value": [{"00281050": {"vr": "DS", "Value": [50]}, "00281051": {"vr": "DS", "Value": [90]}}],
        },
    }
    enhanced = an_instance(t00280008=[4], t52009230=[frame(3.0 * k) for k in range(4)], t52009229=[shared])
    (series,) = built(enhanced)["series"]
    assert series["geometry"] == {"regular": True, "spacing": 3.0}
    assert series["window"] == {"center": 50.0, "width": 90.0}


def test_pictures_and_problems_stand_where_the_screen_looks_for_them() -> None:
    first, second = an_instance(1), an_instance(2)
    uid = first["00080018"]["Value"][0]
    other = second["00080018"]["Value"][0]
    made = built(
        first,
        second,
        pictures={"1.1": Pictures("/t?v=3", "/p?v=3", uid)},
        problems={other: Problem("pixels.truncated", "cut")},
    )
    (series,) = made["series"]
    assert (series["thumb"], series["instances"][0]["preview"]) == ("/t?v=3", "/p?v=3")
    assert "preview" not in series["instances"][1]
    assert series["instances"][1]["problem"] == {"code": "pixels.truncated", "detail": "cut"}
    assert made["version"] == 3
    assert made["dicomweb"] == "/dicom-web/studies/1.2"


def test_broken_values_cost_their_field_and_nothing_else() -> None:
    broken = an_instance(t00200013=["1A"], t00280008=["many"], t00281050=["x"], t00281051=[1], t00200032=[None, 1, 2])
    (series,) = built(broken)["series"]
    assert series["instances"][0]["number"] is None
    assert series["instances"][0]["frames"] == 1
    assert "window" not in series
    assert series["geometry"] == {"regular": False, "reason": "geometry.single"}


def test_a_thousand_slices_are_planned_quickly() -> None:
    rng = np.random.default_rng(0)
    slices = [an_instance(int(n), z=float(n)) for n in rng.permutation(1000)]
    (series,) = built(*slices)["series"]
    assert series["geometry"] == {"regular": True, "spacing": 1.0}
