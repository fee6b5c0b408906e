"""Colour frames that are decoded on the way: RGB by pixel where they were kept compressed, as the metadata tell by (0008,3002)."""

from __future__ import annotations

import io

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit, RLELossless

from tests import synth
from tests.node.bodies import parts
from tests.node.conftest import Browser
from tests.node.test_dicomweb import EXPLICIT, OCTETS, found, url
from tests.peers import Scanner, sent

UNPACKED = f'multipart/related; type="{OCTETS}"'


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, RLELossless])
def test_decoded_frames_of_a_compressed_colour_object_are_rgb_by_pixel(
    browser: Browser, scanner: Scanner, syntax: str
) -> None:
    ds = synth.a_us_cine(frames=2)
    rgb = np.frombuffer(ds.PixelData, np.uint8).astype(int)
    if syntax == RLELossless:
        ds.PhotometricInterpretation, rgb = "YBR_FULL", np.empty(0)
    scanner.send(sent(ds, syntax))
    (row,) = found(browser.get(url(ds, "/metadata"), "application/dicom+json"))
    assert row["00280004"]["Value"][0].startswith("YBR_FULL"), "as it is kept"
    assert row["00083002"]["Value"] == [syntax], "which tells that decoding makes RGB of it"
    bodies = parts(browser.get(url(ds, "/frames/1,2"), UNPACKED))
    frames = b"".join(body for _, body in bodies)
    assert len(frames) == 2 * ds.Rows * ds.Columns * 3
    if rgb.size:
        assert np.abs(np.frombuffer(frames, np.uint8) - rgb).mean() < 8
    whole = dcmread(io.BytesIO(browser.get(url(ds), f"application/dicom; transfer-syntax={EXPLICIT}").get_data()))
    assert (whole.PhotometricInterpretation, whole.PlanarConfiguration) == ("RGB", 0)
    assert whole.PixelData == frames, "the object's own header says so where the whole of it is decoded"


def test_frames_that_were_never_compressed_stay_as_the_metadata_say(browser: Browser, scanner: Scanner) -> None:
    ds = synth.a_us_cine(frames=2)
    ds.PhotometricInterpretation = "YBR_FULL"
    scanner.send(sent(ds, ExplicitVRLittleEndian))
    assert b"".join(body for _, body in parts(browser.get(url(ds, "/frames/1,2"), UNPACKED))) == ds.PixelData
