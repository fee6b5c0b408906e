"""WADO-RS beyond frames: objects decoded on the way, whole series as pictures, regions of a frame; 406 says what there is."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.uid import (
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from teleconsult.imaging.render_apart import RenderApart
from teleconsult.system import build
from tests import synth
from tests.builders import Alliance, some_settings
from tests.node.bodies import parts
from tests.node.conftest import Browser
from tests.node.test_dicomweb import url

EXPLICIT = "1.2.840.10008.1.2.1"
AS_EXPLICIT = f"application/dicom; transfer-syntax={EXPLICIT}"
SYNTAXES = [
    ImplicitVRLittleEndian,
    "1.2.840.10008.1.2.1.99",
    RLELossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEG2000Lossless,
    EXPLICIT,
]


@pytest.fixture(scope="module")
def browser(seeded: Alliance, tmp_path_factory: pytest.TempPathFactory, apart: RenderApart) -> Iterator[Browser]:
    """One archive for all: every test brings what it asks for."""
    home = tmp_path_factory.mktemp("retrieved") / "home"
    shutil.copytree(seeded.system.settings.home, home)
    system = build(some_settings(home))
    yield Browser(Alliance(system, seeded.sites, seeded.people), apart)
    system.store.engine.dispose()


def bring_in(browser: Browser, ds: Dataset, syntax: str = EXPLICIT) -> bytes:
    """By STOW-RS: indexed when it is answered. The file as it was sent."""
    file = synth.as_bytes(ds, syntax)
    who, browser.who = browser.who, "technician_a"
    assert browser.post("/studies", file, "application/dicom").status_code == 200
    browser.who = who
    return file


def grey(picture: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("L"))


@pytest.mark.parametrize("level", ["study", "series", "instance"])
def test_who_refuses_what_there_is_gets_nothing(browser: Browser, level: str) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    assert browser.get(url(ds, level=level), "application/dicom;q=0").status_code == 406
    for tail in ("/metadata", "/rendered", "/thumbnail", "/frames/1", "/bulkdata/7FE00010"):
        assert browser.get(url(ds, tail), "*/*;q=0").status_code == 406, tail


# ---- objects decoded on the way


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_an_object_is_had_in_explicit_little_endian_whatever_it_is_kept_in(browser: Browser, syntax: str) -> None:
    ds = synth.ct_slice(charset=synth.GB18030)
    pixels, file = bytes(ds.PixelData), bring_in(browser, ds, syntax)
    answer = browser.get(url(ds), AS_EXPLICIT)
    assert answer.content_type == AS_EXPLICIT
    made, kept = dcmread(io.BytesIO(answer.get_data())), dcmread(io.BytesIO(file))
    assert made.file_meta.TransferSyntaxUID == EXPLICIT
    assert made.PixelData == pixels
    assert [element.tag for element in made] == [element.tag for element in kept]
    for element in kept:
        assert element.tag == 0x7FE00010 or made[element.tag].value == element.value, element
    assert made.get_item("PatientName").value == kept.get_item("PatientName").value


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
def test_colour_in_several_frames_comes_out_as_rgb_by_pixel(browser: Browser, syntax: str) -> None:
    ds = synth.a_us_cine(frames=3)
    expected = np.frombuffer(ds.PixelData, np.uint8).reshape(3, ds.Rows, ds.Columns, 3)
    bring_in(browser, ds, syntax)
    made = dcmread(io.BytesIO(browser.get(url(ds), AS_EXPLICIT).get_data()))
    assert (made.PhotometricInterpretation, made.PlanarConfiguration, made.NumberOfFrames) == ("RGB", 0, 3)
    assert np.array_equal(made.pixel_array, expected)


def test_objects_without_pixels_change_their_syntax_too(browser: Browser) -> None:
    ds = synth.an_ecg()
    bring_in(browser, ds, ImplicitVRLittleEndian)
    made = dcmread(io.BytesIO(browser.get(url(ds), AS_EXPLICIT).get_data()))
    assert made.WaveformSequence[0].WaveformData == ds.WaveformSequence[0].WaveformData


def test_a_mixed_series_comes_out_in_one_syntax(browser: Browser) -> None:
    series = synth.a_ct_series(3)
    for ds, syntax in zip(series, (EXPLICIT, JPEGLSLossless, RLELossless), strict=True):
        bring_in(browser, ds, syntax)
    wish = f'multipart/related; type="application/dicom"; transfer-syntax={EXPLICIT}'
    found = parts(browser.get(url(series[0], level="series"), wish))
    assert {kind for kind, _ in found} == {AS_EXPLICIT}
    assert sorted(dcmread(io.BytesIO(body)).PixelData for _, body in found) == sorted(
        bytes(ds.PixelData) for ds in series
    )


def test_what_is_not_to_be_had_names_what_there_is(browser: Browser) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds, JPEGLSLossless)
    answer = browser.get(url(ds), "application/dicom; transfer-syntax=1.2.840.10008.1.2.5")
    assert answer.status_code == 406
    assert JPEGLSLossless in json.loads(answer.get_data())["detail"]
    bring_in(browser, other := synth.ct_slice(), ExplicitVRBigEndian)
    assert browser.get(url(other), AS_EXPLICIT).status_code == 406
    assert browser.get(url(other), "application/dicom").status_code == 200


def test_the_better_wish_is_met_first(browser: Browser) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds, JPEGLSLossless)
    wish = (
        "application/dicom; transfer-syntax=1.2.840.10008.1.2.5, application/dicom; transfer-syntax=*; q=0.1, "
        + f"{AS_EXPLICIT}; q=0.5"
    )
    assert browser.get(url(ds), wish).content_type == AS_EXPLICIT


def test_a_decoded_object_is_not_sent_again_to_who_has_it(browser: Browser) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds, RLELossless)
    tag = browser.get(url(ds), AS_EXPLICIT).headers["ETag"]
    assert browser.get(url(ds), AS_EXPLICIT, If_None_Match=tag).status_code == 304
    assert browser.get(url(ds), "application/dicom").headers["ETag"] != tag


# ---- pictures


@pytest.mark.parametrize("level", ["study", "series"])
def test_a_study_or_series_is_had_as_pictures_in_parts(browser: Browser, level: str) -> None:
    series = synth.a_ct_series(3)
    for ds in series:
        bring_in(browser, ds)
    found = parts(browser.get(url(series[0], "/rendered?viewport=32,32", level), "multipart/related; type=image/png"))
    assert [kind for kind, _ in found] == ["image/png"] * 3
    single = [browser.get(url(ds, "/rendered?viewport=32,32"), "image/png").get_data() for ds in series]
    assert [body for _, body in found] == single
    assert browser.get(url(series[0], "/rendered", level), "image/png").status_code == 406, "several are no one picture"


def test_every_frame_of_a_cine_is_one_of_the_pictures_and_what_has_none_is_left_out(browser: Browser) -> None:
    cine, paper = synth.a_us_cine(frames=4), synth.an_encapsulated_pdf()
    paper.StudyInstanceUID = cine.StudyInstanceUID
    for ds in (cine, paper):
        bring_in(browser, ds)
    assert len(parts(browser.get(url(cine, "/rendered", "study")))) == 4
    assert browser.get(url(paper, "/rendered", "series")).status_code == 404


def test_too_many_pictures_are_refused(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dicom_node.dicomweb_retrieve.MOST_PICTURES", 3)
    ds = synth.a_us_cine(frames=4)
    bring_in(browser, ds)
    answer = browser.get(url(ds, "/rendered", "series"))
    assert (answer.status_code, json.loads(answer.get_data())["code"]) == (413, "dicomweb.too_many")


def test_a_region_is_cut_out_and_mirrored(browser: Browser) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    whole = grey(browser.get(url(ds, "/rendered"), "image/png").get_data())

    def region(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return grey(browser.get(url(ds, f"/rendered?viewport=64,64,{text}"), "image/png").get_data())

    assert np.array_equal(region("8,16,20,10"), whole[16:26, 8:28])
    assert np.array_equal(region("8,16,-20,10"), whole[16:26, 8:28][:, ::-1])
    assert np.array_equal(region(",,,-64"), whole[::-1])
    assert np.array_equal(region("60,60,50,50"), whole[60:, 60:])


@pytest.mark.parametrize(
    "viewport", ["64", "64,64,1", "64,64,90,0,5,5", "64,64,-1,0,5,5", "64,64,0,0,0,5", "64,64,a,0,5,5", "9999,64"]
)
def test_a_viewport_that_makes_no_sense_is_refused(browser: Browser, viewport: str) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    assert browser.get(url(ds, f"/rendered?viewport={viewport}"), "image/png").status_code == 400


def test_quality_makes_pictures_smaller_and_annotations_are_said_to_be_missing(browser: Browser) -> None:
    ds = synth.ct_slice(rows=256, columns=256)
    bring_in(browser, ds)
    fine, coarse = (browser.get(url(ds, f"/rendered?quality={quality}"), "image/jpeg") for quality in (95, 20))
    assert len(coarse.get_data()) < len(fine.get_data())
    assert "Warning" not in fine.headers
    assert "annotation" in browser.get(url(ds, "/rendered?annotation=patient"), "image/jpeg").headers["Warning"]


def test_one_picture_may_be_asked_for_in_parts(browser: Browser) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    ((kind, body),) = parts(browser.get(url(ds, "/rendered"), "multipart/related; type=image/jpeg"))
    assert (kind, Image.open(io.BytesIO(body)).format) == ("image/jpeg", "JPEG")


PNGS = "multipart/related; type=image/png"


def test_a_list_of_frames_is_drawn_as_each_of_them_is_and_its_thumbnail_is_that_of_the_first(browser: Browser) -> None:
    ds = synth.a_us_cine(frames=4)
    bring_in(browser, ds)
    single = {
        number: browser.get(url(ds, f"/frames/{number}/rendered?viewport=32,32"), "image/png").get_data()
        for number in (1, 3)
    }
    found = parts(browser.get(url(ds, "/frames/3,1/rendered?viewport=32,32"), PNGS))
    assert found == [("image/png", single[3]), ("image/png", single[1])]
    of_list, of_first = (browser.get(url(ds, f"/frames/{list_}/thumbnail")) for list_ in ("3,1", "3"))
    assert (of_list.mimetype, of_list.get_data()) == ("image/jpeg", of_first.get_data())


@pytest.mark.parametrize(
    ("list_", "accept", "status"),
    [
        ("1,2", "image/png", 406),
        ("1,x", PNGS, 400),
        ("0", PNGS, 400),
        (",".join(["1"] * 10_001), PNGS, 400),
        ("1,5", PNGS, 404),
        ("5", PNGS, 404),
    ],
)
def test_a_list_of_frames_that_cannot_be_given_as_pictures_is_refused_as_frames_are(
    browser: Browser, list_: str, accept: str, status: int
) -> None:
    ds = synth.a_us_cine(frames=4)
    bring_in(browser, ds)
    answer = browser.get(url(ds, f"/frames/{list_}/rendered"), accept)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_the_first_frame_says_whether_a_list_can_be_drawn_and_a_later_one_gets_a_card(browser: Browser) -> None:
    ds = synth.a_us_cine(frames=2)
    ds.PixelData = bytes(ds.PixelData)[:-100]
    bring_in(browser, ds)
    assert browser.get(url(ds, "/frames/2,1/rendered"), PNGS).status_code == 406
    (_, good), (_, card) = parts(browser.get(url(ds, "/frames/1,2/rendered"), PNGS))
    assert good == browser.get(url(ds, "/frames/1/rendered"), "image/png").get_data()
    assert Image.open(io.BytesIO(card)).size == (512, 512)
