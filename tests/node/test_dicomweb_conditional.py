"""Conditional requests and ranges of single bodies (RFC 9110 13, 14): what a client has is not sent again, a range of another body is not given."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from teleconsult.imaging.render_apart import RenderApart
from teleconsult.system import build
from tests import synth
from tests.builders import Alliance, some_settings
from tests.node.conftest import Browser
from tests.node.test_dicomweb import url
from tests.node.test_dicomweb_retrieve import AS_EXPLICIT, bring_in
from tests.node.test_dicomweb_uri import uri

OCTETS = "application/octet-stream"
PARTS = "multipart/related; type=application/octet-stream; transfer-syntax=*"
# Where, and by which Accept, one body is had.
SINGLE = [("", "application/dicom"), ("", AS_EXPLICIT), ("/frames/1", OCTETS), ("/rendered", "image/png")]


@pytest.fixture(scope="module")
def browser(seeded: Alliance, tmp_path_factory: pytest.TempPathFactory, apart: RenderApart) -> Iterator[Browser]:
    home = tmp_path_factory.mktemp("conditional") / "home"
    shutil.copytree(seeded.system.settings.home, home)
    system = build(some_settings(home))
    yield Browser(Alliance(system, seeded.sites, seeded.people), apart)
    system.store.engine.dispose()


@pytest.mark.parametrize(("tail", "accept"), [*SINGLE, ("/bulkdata/7FE00010", OCTETS)])
def test_who_has_a_body_is_told_so_and_gets_none(browser: Browser, tail: str, accept: str) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    answer = browser.get(url(ds, tail), accept)
    assert answer.status_code == 200
    tag = answer.headers["ETag"]
    again = browser.get(url(ds, tail), accept, If_None_Match=tag)
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", tag)
    other = browser.get(url(ds, tail), accept, If_None_Match='"another"')
    assert (other.status_code, other.get_data()) == (200, answer.get_data())


def test_who_has_the_object_by_its_query_is_told_so(browser: Browser) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    where = uri(ds, "&contentType=application/dicom&transferSyntax=*")
    tag = browser.get(where).headers["ETag"]
    assert browser.get(where, If_None_Match=tag).status_code == 304


@pytest.mark.parametrize(("tail", "accept"), [("", "application/dicom"), ("/frames/1", OCTETS), ("/frames/1", PARTS)])
@pytest.mark.parametrize("named", ['"another"', "W/{tag}", "Sat, 21 Nov 2026 08:00:00 GMT"])
def test_a_range_of_another_body_is_answered_with_the_whole(
    browser: Browser, tail: str, accept: str, named: str
) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    piece = browser.get(url(ds, tail), accept, Range="bytes=0-9")
    assert (piece.status_code, len(piece.get_data())) == (206, 10)
    tag = piece.headers["ETag"]
    same = browser.get(url(ds, tail), accept, Range="bytes=0-9", If_Range=tag)
    assert (same.status_code, same.get_data()) == (206, piece.get_data())
    whole = browser.get(url(ds, tail), accept, Range="bytes=0-9", If_Range=named.format(tag=tag))
    assert (whole.status_code, "Content-Range" in whole.headers) == (200, False)
    assert len(whole.get_data()) >= len(ds.PixelData)


@pytest.mark.parametrize(
    ("encodings", "packed"),
    [
        ("gzip;q=0", False),
        ("br, gzip;q=0.0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("", False),
        ("gzip;q=0.1", True),
        ("br, GZIP", True),
    ],
)
def test_gzip_is_sent_to_who_takes_it(browser: Browser, encodings: str, packed: bool) -> None:
    ds = synth.ct_slice()
    bring_in(browser, ds)
    for path in (url(ds, "/metadata"), f"/studies?StudyInstanceUID={ds.StudyInstanceUID}"):
        answer = browser.get(path, "application/dicom+json", Accept_Encoding=encodings)
        assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, "gzip" if packed else None)
