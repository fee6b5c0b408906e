"""One transcoder for DICOMweb and for peers: what it says anew, what it leaves as it is, and what it refuses by the decoders' own error."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import imagecodecs as ic
import numpy as np
import pytest
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.filereader import read_dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLosslessSV1, RLELossless

from teleconsult.imaging import pixels, transcode
from teleconsult.imaging.pixels_explicit import explicit_bytes
from teleconsult.imaging.pixels_values import Undecodable
from tests import synth
from tests.rules.test_pixels_golden import J, R, colour, stored


def said(path: Path, *, implicit: bool = False, exact: bool = True, most: int = transcode.LONGEST) -> bytes:
    def decoded(index: int) -> bytes:
        with pixels.reader(path) as reader:
            return explicit_bytes(reader, index)

    return b"".join(transcode.dataset(path, decoded, implicit=implicit, exact=exact, most=most))


def read(content: bytes, implicit: bool) -> Dataset:
    return read_dataset(BytesIO(content), implicit, True)


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLosslessSV1, RLELossless])
def test_every_element_says_in_the_other_syntax_what_it_said(syntax: str, implicit: bool, tmp_path: Path) -> None:
    ds = synth.ct_slice(rows=16, columns=16)
    ds.RequestAttributesSequence = [Dataset()]
    ds.RequestAttributesSequence[0].RequestedProcedureID = "P1"
    ds.SmallestImagePixelValue = 7
    path = synth.write(ds, tmp_path, transfer_syntax=syntax)
    wanted = synth.dataset_bytes(ds, ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian)
    assert read(said(path, implicit=implicit), implicit) == read(wanted, implicit)


def test_a_long_value_is_not_lost(tmp_path: Path) -> None:
    ds = synth.ct_slice(rows=8, columns=8)
    ds.add_new(0x00091001, "OB", bytes(range(256)) * 8192)
    ds.add_new(0x00090010, "LO", "MADE UP")
    path = synth.write(ds, tmp_path, transfer_syntax=ImplicitVRLittleEndian)
    made = read(said(path), False)
    assert made[0x00091001].value == ds[0x00091001].value
    assert made[0x00090010].VR == "LO"


def test_a_reversible_colour_transform_is_undone_and_named(tmp_path: Path) -> None:
    coded = bytes(ic.jpeg2k_encode(colour(), level=0, codecformat="j2k", reversible=True, mct=True))
    path = stored(tmp_path / "a", J + "90", encapsulate([coded]), bits=(8, 8), photometric="YBR_RCT")
    made = read(said(path), False)
    assert (made.PhotometricInterpretation, made.PixelData) == ("RGB", colour().tobytes())


def test_a_colour_model_that_decoding_would_change_is_given_to_viewers_and_not_to_archives(tmp_path: Path) -> None:
    coded = bytes(ic.jpeg8_encode(colour(), level=95))
    path = stored(tmp_path / "a", J + "50", encapsulate([coded]), bits=(8, 8), photometric="YBR_FULL_422")
    with pytest.raises(Undecodable, match="would not stay what it is"):
        said(path)
    assert np.frombuffer(read(said(path, exact=False), False).PixelData, "u1").size == R * 56 * 3


def test_nothing_is_said_of_pixels_that_are_cut_off_or_too_many(tmp_path: Path) -> None:
    whole = synth.as_bytes(synth.ct_slice(rows=64, columns=64))
    cut = tmp_path / "cut"
    cut.write_bytes(whole[:-100])
    with pytest.raises(Undecodable, match=r"pixels\.truncated"):
        said(cut)
    packed = tmp_path / "packed"
    packed.write_bytes(synth.as_bytes(synth.ct_slice(rows=64, columns=64), RLELossless))
    with pytest.raises(Undecodable, match=r"pixels\.too_large"):
        said(packed, most=64 * 64)


def test_a_sequence_that_cannot_be_read_is_the_decoders_own_error(tmp_path: Path) -> None:
    ds = synth.ct_slice(rows=8, columns=8)
    ds.add_new(0x00400275, "OB", b"\xfe\xff")  # the half of an item's tag
    path = tmp_path / "a"
    # As implicit VR the element has no VR of its own, and the dictionary says that it is a sequence.
    path.write_bytes(synth.as_bytes(ds, ImplicitVRLittleEndian))
    with pytest.raises(Undecodable, match=r"pixels\.header"):
        said(path)
