"""WADO-URI as old viewers use it (PS3.18 9): one object by its UIDs in a query."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.uid import ExplicitVRBigEndian, JPEGBaseline8Bit, JPEGLSLossless

from teleconsult.imaging.render_apart import RenderApart
from teleconsult.system import build
from tests import synth
from tests.builders import Alliance, some_settings
from tests.node.conftest import Browser
from tests.node.test_dicomweb_retrieve import EXPLICIT, bring_in, grey


@pytest.fixture(scope="module")
def browser(seeded: Alliance, tmp_path_factory: pytest.TempPathFactory, apart: RenderApart) -> Iterator[Browser]:
    home = tmp_path_factory.mktemp("by-uri") / "home"
    shutil.copytree(seeded.system.settings.home, home)
    system = build(some_settings(home))
    yield Browser(Alliance(system, seeded.sites, seeded.people), apart)
    system.store.engine.dispose()


def uri(ds: Dataset, more: str = "") -> str:
    named = f"studyUID={ds.StudyInstanceUID}&seriesUID={ds.SeriesInstanceUID}&objectUID={ds.SOPInstanceUID}"
    return f"/wado?requestType=WADO&{named}{more}"


def test_an_image_is_a_jpeg_and_a_cine_or_paper_is_the_object(browser: Browser) -> None:
    ds, cine, paper = synth.ct_slice(), synth.a_us_cine(frames=3), synth.an_encapsulated_pdf()
    for each in (ds, cine, paper):
        bring_in(browser, each)
    answer = browser.get(uri(ds))
    assert (answer.mimetype, Image.open(io.BytesIO(answer.get_data())).size) == ("image/jpeg", (64, 64))
    assert browser.get(uri(cine)).mimetype == "application/dicom"
    assert browser.get(uri(cine, "&frameNumber=2")).mimetype == "image/jpeg"
    assert browser.get(uri(paper)).mimetype == "application/dicom"


def test_an_object_comes_decoded_unless_another_syntax_is_named(browser: Browser) -> None:
    ds = synth.ct_slice()
    pixels, file = bytes(ds.PixelData), bring_in(browser, ds, JPEGLSLossless)
    plain = browser.get(uri(ds, "&contentType=application%2Fdicom"))
    made = dcmread(io.BytesIO(plain.get_data()))
    assert (made.file_meta.TransferSyntaxUID, made.PixelData) == (EXPLICIT, pixels)
    kept = browser.get(uri(ds, f"&contentType=application%2Fdicom&transferSyntax={JPEGLSLossless}"))
    assert synth.bare(kept.get_data()) == synth.bare(file)
    answer = browser.get(uri(ds, "&contentType=application%2Fdicom&transferSyntax=1.2.840.10008.1.2.5"))
    assert answer.status_code == 406


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, ExplicitVRBigEndian])
def test_what_was_lossy_or_cannot_be_decoded_comes_as_it_is_kept(browser: Browser, syntax: str) -> None:
    ds = synth.a_us_cine(frames=1)
    file = bring_in(browser, ds, syntax)
    answer = browser.get(uri(ds, "&contentType=application/dicom"))
    assert synth.bare(answer.get_data()) == synth.bare(file)


def test_a_picture_obeys_size_region_window_and_kind(browser: Browser) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    whole = grey(browser.get(uri(ds, "&contentType=image/png")).get_data())
    assert Image.open(io.BytesIO(browser.get(uri(ds, "&rows=32&columns=16")).get_data())).size == (16, 16)
    part = grey(browser.get(uri(ds, "&contentType=image/png&region=0.25,0.5,0.75,1")).get_data())
    assert np.array_equal(part, whole[32:, 16:48])
    bright = grey(browser.get(uri(ds, "&contentType=image/png&windowCenter=-1000&windowWidth=400")).get_data())
    assert bright.mean() > whole.mean()
    fine, coarse = (browser.get(uri(ds, f"&imageQuality={quality}")).get_data() for quality in (95, 10))
    assert len(coarse) < len(fine)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("&anonymize=yes", 400), ("&presentationUID=1.2", 400), ("&region=0,0,2,2", 400), ("&region=x", 400), ("&rows=0", 400),
        ("&windowCenter=40", 400), ("&frameNumber=x", 400), ("&frameNumber=2", 404), ("&contentType=video/mpeg", 406), ("&imageQuality=900", 400),
    ],
)  # fmt: skip
def test_what_is_not_offered_is_refused_and_never_passed_over(browser: Browser, more: str, status: int) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    answer = browser.get(uri(ds, more))
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


@pytest.mark.parametrize("missing", ["requestType", "studyUID", "seriesUID", "objectUID"])
def test_every_name_is_needed(browser: Browser, missing: str) -> None:
    answer = browser.get(uri(synth.ct_slice()).replace(missing, "other"))
    assert (answer.status_code, json.loads(answer.get_data())["params"]) == (400, {"name": missing})


def test_another_hospital_s_object_is_absent(browser: Browser) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    browser.who = "doctor_b"
    there, never = browser.get(uri(ds)), browser.get(uri(synth.ct_slice()))
    browser.who = "auditor"
    assert browser.get(uri(ds)).status_code == 403
    browser.who = "doctor_a"
    assert (there.status_code, never.status_code) == (404, 404)
