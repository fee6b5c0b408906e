"""What the BulkDataURI of compressed multi-frame pixels leads to: the frames, each in a part, as the frames resource sends them."""

from __future__ import annotations

import pytest
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, RLELossless

from tests import synth
from tests.node.bodies import parts
from tests.node.conftest import Browser
from tests.node.test_dicomweb import ANY_FRAME, EXPLICIT, OCTETS, found, url
from tests.peers import Scanner, sent

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
