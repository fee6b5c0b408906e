"""What the BulkDataURI of compressed multi-frame pixels leads to: the frames, each in a part, as the frames resource sends them."""

from __future__ import annotations

import pytest
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, RLELossless

from tests import synth
from tests.arriving import relabelled
from tests.node.bodies import parts
from tests.node.conftest import Browser
from tests.node.test_dicomweb import ANY_FRAME, EXPLICIT, OCTETS, found, url
from tests.peers import Scanner, sent

PRIVATE = "1.2.840.113619.5.2"
UNPACKED = f'multipart/related; type="{OCTETS}"'


@pytest.mark.parametrize("accept", ["*/*", ANY_FRAME])
@pytest.mark.parametrize("syntax", [RLELossless, JPEG2000Lossless, JPEGBaseline8Bit])
def test_the_uri_of_compressed_frames_gives_them_as_they_are_kept(
    browser: Browser, scanner: Scanner, syntax: str, accept: str
) -> None:
    ds = synth.a_us_cine(frames=3)
    item = sent(ds, syntax)
    scanner.send(item)
    (row,) = found(browser.get(url(ds, "/metadata"), "application/dicom+json"))
    named = f"/studies/{ds.StudyInstanceUID}/{row['7FE00010']['BulkDataURI']}"
    frames = parts(browser.get(named, accept))
    assert len(frames) == 3
    assert frames == parts(browser.get(url(ds, "/frames/1,2,3"), ANY_FRAME))
    assert all(kind.endswith(f"; transfer-syntax={syntax}") and body in item.data_set for kind, body in frames)


def test_octets_are_decoded_frames_and_for_who_takes_no_parts_there_is_none(browser: Browser, scanner: Scanner) -> None:
    ds = synth.a_us_cine(frames=3)
    scanner.send(sent(ds, RLELossless))
    frames = parts(browser.get(url(ds, "/bulkdata/7FE00010"), UNPACKED))
    assert {kind for kind, _ in frames} == {f"{OCTETS}; transfer-syntax={EXPLICIT}"}
    assert b"".join(body for _, body in frames) == ds.PixelData
    assert browser.get(url(ds, "/bulkdata/7FE00010"), "image/dicom-rle").status_code == 406


def test_uncompressed_frames_stay_one_value(browser: Browser, scanner: Scanner) -> None:
    ds = synth.a_us_cine(frames=3)
    scanner.send(sent(ds))
    assert browser.get(url(ds, "/bulkdata/7FE00010"), OCTETS).get_data() == ds.PixelData


def _of_before(browser: Browser, file: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into the archive as when transfer syntaxes that nobody reads were taken."""
    with monkeypatch.context() as before:
        before.setattr("teleconsult.imaging.ingest.is_taken", lambda syntax: True)
        browser.who = "technician_a"
        assert browser.post("/studies", file, "application/dicom").status_code == 200
    browser.who = "doctor_a"


@pytest.mark.parametrize("accept", ["*/*", OCTETS, ANY_FRAME])
@pytest.mark.parametrize("kept", ["native", "compressed", "frames"])
def test_pixels_that_nobody_can_read_are_no_bulk_data_either(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, kept: str, accept: str
) -> None:
    ds = synth.a_us_cine(frames=2) if kept == "frames" else synth.ct_slice()
    was = EXPLICIT if kept == "native" else RLELossless
    file = relabelled(synth.as_bytes(ds, was), PRIVATE, was)
    _of_before(browser, file, monkeypatch)
    for tail in ("/bulkdata/7FE00010", "/rendered", "/frames/1"):
        wanted = "*/*" if tail == "/rendered" else accept
        answer = browser.get(url(ds, tail), wanted)
        assert answer.status_code == 406, tail
    (row,) = found(browser.get(url(ds, "/metadata"), "application/dicom+json"))
    assert row["00083002"]["Value"] == [PRIVATE], "the object itself is there, and goes out as it is kept"
    assert browser.get(url(ds), "application/dicom").get_data() == file
