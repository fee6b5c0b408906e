"""The rendition for slow lines over WADO-RS: for who names it, in whole or in ranges; the object itself goes out as it came."""

from __future__ import annotations

import imagecodecs as ic
import numpy as np
import pytest
from pydicom import Dataset
from pydicom.uid import JPEGLSLossless

from teleconsult.imaging.renditions import SYNTAX
from tests import synth
from tests.builders import Alliance
from tests.node.bodies import parts
from tests.node.conftest import Browser
from tests.node.test_dicomweb import ANY_FRAME, EXPLICIT, prepare, url
from tests.peers import Scanner, sent

BARE = f"image/jphc; transfer-syntax={SYNTAX}"
ROWS, COLUMNS = 1040, 1000


@pytest.fixture
def ds(alliance: Alliance, scanner: Scanner) -> Dataset:
    made = synth.a_dx(rows=ROWS, columns=COLUMNS)
    scanner.send(sent(made))
    prepare(alliance)
    return made


def samples(ds: Dataset) -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
    return np.frombuffer(ds.PixelData, "<u2").reshape(ROWS, COLUMNS)


@pytest.mark.parametrize(
    "accept",
    [
        BARE,
        f'multipart/related; type="image/jphc"; transfer-syntax={SYNTAX}',
        f"multipart/related; type=application/octet-stream; transfer-syntax={SYNTAX}",
        f"image/jpeg; q=0.9, {BARE}; q=0.8",
    ],
)
def test_who_names_the_syntax_gets_the_rendition_without_loss(browser: Browser, ds: Dataset, accept: str) -> None:
    answer = browser.get(url(ds, "/frames/1"), accept)
    assert answer.status_code == 200
    if accept.startswith("multipart"):
        ((kind, body),) = parts(answer)
    else:
        kind, body = answer.content_type, answer.get_data()
        assert int(answer.headers["Content-Length"]) == len(body), "a viewer that decodes on the way needs to know"
    assert kind == BARE
    assert len(body) < len(ds.PixelData) / 2
    assert np.array_equal(ic.jpeg2k_decode(body), samples(ds))


def test_the_wish_may_stand_in_the_address(browser: Browser, ds: Dataset) -> None:
    answer = browser.get(url(ds, f"/frames/1?accept=image/jphc;transfer-syntax={SYNTAX}"), ANY_FRAME)
    assert answer.content_type == BARE


def test_a_beginning_in_ranges_is_a_low_resolution(browser: Browser, ds: Dataset) -> None:
    whole = browser.get(url(ds, "/frames/1"), BARE).get_data()
    answer = browser.get(url(ds, "/frames/1"), BARE, Range="bytes=0-16383")
    assert (answer.status_code, answer.headers["Content-Range"]) == (206, f"bytes 0-16383/{len(whole)}")
    assert answer.content_type == BARE
    small = ic.htj2k_decode(answer.get_data(), skipres=4, resilient=True)
    assert small.shape == (-(-ROWS // 16), -(-COLUMNS // 16))
    rest = browser.get(url(ds, "/frames/1"), BARE, Range="bytes=16384-")
    assert answer.get_data() + rest.get_data() == whole


def test_everybody_else_gets_what_came(browser: Browser, ds: Dataset) -> None:
    answer = browser.get(url(ds, "/frames/1"), ANY_FRAME)
    ((kind, body),) = parts(answer)
    assert (kind, body) == (f"application/octet-stream; transfer-syntax={EXPLICIT}", ds.PixelData)
    fast = browser.get(url(ds, "/frames/1"), BARE)
    assert fast.headers["ETag"] != answer.headers["ETag"], "a cache must not mix them up"
    (described,) = browser.get(url(ds, "/metadata"), "application/dicom+json").get_json()
    assert described["00083002"]["Value"] == [EXPLICIT]


def test_what_has_no_rendition_says_what_there_is(
    browser: Browser, alliance: Alliance, scanner: Scanner, ds: Dataset
) -> None:
    small = synth.ct_slice()
    scanner.send(sent(small, JPEGLSLossless))
    prepare(alliance)
    assert browser.get(url(small, "/frames/1"), BARE).status_code == 406
    assert browser.get(url(small, "/frames/1"), f"{BARE}, {ANY_FRAME}").status_code == 200
    assert browser.get(url(ds, "/frames/2"), BARE).status_code == 406
    browser.who = "doctor_b"
    assert browser.get(url(ds, "/frames/1"), BARE).status_code in (403, 404)
