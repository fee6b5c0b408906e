"""What cannot be decoded says why, with a code that a screen can translate; it never comes out as another picture."""

from __future__ import annotations

import struct
from pathlib import Path

import imagecodecs as ic
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.encaps import encapsulate

from teleconsult.imaging import pixels, transcode
from teleconsult.imaging.pixels import CODES, Undecodable
from tests import synth
from tests.arriving import relabelled
from tests.fuzz import examples
from tests.rules.test_pixels_golden import J, grey, stored

# pydicom remarks on damaged headers in passing; the product does not listen.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
LITTLE = "1.2.840.10008.1.2.1"


def code_of(path: Path, index: int = 0) -> str:
    with pytest.raises(Undecodable) as caught:
        pixels.frame(path, index)
    assert caught.value.code in CODES
    return caught.value.code


def reason(path: Path) -> str | None:
    """Why the first frame cannot be had; None when it can."""
    try:
        pixels.frame(path)
    except Undecodable as error:
        return error.code
    return None


def a_frame() -> bytes:
    return bytes(ic.jpegls_encode(grey().astype("<u2")))


def test_an_object_without_pixels_says_so(tmp_path: Path) -> None:
    path = synth.write(synth.an_encapsulated_pdf(), tmp_path)
    assert code_of(path) == "pixels.absent"


def test_jpip_says_that_the_pixels_are_elsewhere(tmp_path: Path) -> None:
    path = stored(tmp_path / "a", J + "94", None, PixelDataProviderURL="http://pictures.example/1")
    assert code_of(path) == "pixels.remote"


@pytest.mark.parametrize("syntax", ["1.2.840.113619.5.2", "1.2.840.99999.1.2.1", "1.2.840.10008.1.2.4.52"])
def test_pixels_in_a_syntax_that_nobody_knows_are_never_taken_for_native(tmp_path: Path, syntax: str) -> None:
    ds = synth.ct_slice()
    path = tmp_path / "private.dcm"
    path.write_bytes(relabelled(synth.as_bytes(ds), syntax))
    assert code_of(path) == "pixels.unsupported_syntax"
    with pytest.raises(Undecodable, match=r"pixels\.unsupported_syntax"):
        pixels.stored_frame(path)
    with pixels.reader(path) as reader, pytest.raises(Undecodable, match=r"pixels\.unsupported_syntax"):
        reader.probe(0)
    with pytest.raises(Undecodable, match=r"pixels\.unsupported_syntax"):
        b"".join(transcode.explicit(path, lambda index: b""))


def test_a_native_frame_cut_short_is_truncated_and_not_padded(tmp_path: Path) -> None:
    path = synth.write(synth.ct_slice(), tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    assert code_of(path) == "pixels.truncated"


def test_a_coded_frame_cut_short_is_truncated(tmp_path: Path) -> None:
    path = stored(tmp_path / "a", J + "80", encapsulate([a_frame()]))
    path.write_bytes(path.read_bytes()[:-200])
    assert code_of(path) == "pixels.truncated"


def test_a_frame_beyond_the_last_is_absent(tmp_path: Path) -> None:
    path = synth.write(synth.a_us_cine(frames=3), tmp_path)
    assert code_of(path, 3) == "pixels.frame_absent"
    assert code_of(path, -1) == "pixels.frame_absent"


def test_a_frame_promised_but_not_there_is_truncated(tmp_path: Path) -> None:
    path = stored(tmp_path / "a", J + "80", encapsulate([a_frame()] * 2), frames=4)
    assert code_of(path, 3) == "pixels.truncated"


def test_noise_in_place_of_a_codestream_is_corrupt(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).bytes(500)
    for syntax in (J + "50", J + "70", J + "80", J + "90", J + "201", J + "110", "1.2.840.10008.1.2.8.1"):
        assert code_of(stored(tmp_path / syntax, syntax, encapsulate([noise]))) in {
            "pixels.corrupt",
            "pixels.truncated",
        }


def test_a_codestream_of_another_size_is_refused(tmp_path: Path) -> None:
    path = stored(tmp_path / "a", J + "80", encapsulate([a_frame()]), Rows=41)
    assert code_of(path) == "pixels.size_mismatch"


def test_a_codestream_that_claims_giant_size_never_reaches_the_decoder(tmp_path: Path) -> None:
    coded = bytearray(ic.jpeg2k_encode(grey().astype("<u2"), level=0, codecformat="j2k", reversible=True))
    at = coded.index(b"\xff\x51")
    struct.pack_into(">LL", coded, at + 6, 2**31, 2**31)
    assert code_of(stored(tmp_path / "a", J + "90", encapsulate([bytes(coded)]))) == "pixels.size_mismatch"


def test_a_frame_of_giant_declared_size_is_too_large(tmp_path: Path) -> None:
    path = stored(
        tmp_path / "a", LITTLE, b"\0\0", photometric="RGB", bits=(16, 16), encapsulated=False, Rows=65535, Columns=65535
    )
    assert code_of(path) == "pixels.too_large"


def test_an_unknown_transfer_syntax_is_named(tmp_path: Path) -> None:
    path = stored(tmp_path / "a", "1.2.3.4.5", encapsulate([a_frame()]))
    with pytest.raises(Undecodable, match=r"1\.2\.3\.4\.5") as caught:
        pixels.frame(path)
    assert caught.value.code == "pixels.unsupported_syntax"


@pytest.mark.parametrize("keyword", ["Rows", "Columns", "BitsAllocated"])
def test_a_missing_dimension_is_a_fault_of_the_header(keyword: str, tmp_path: Path) -> None:
    ds = synth.ct_slice()
    delattr(ds, keyword)
    assert code_of(synth.write(ds, tmp_path)) == "pixels.header"


def test_impossible_bits_are_a_fault_of_the_header(tmp_path: Path) -> None:
    assert code_of(stored(tmp_path / "a", LITTLE, b"\0" * 9000, bits=(16, 17), encapsulated=False)) == "pixels.header"


def test_a_file_that_is_no_dicom_file_is_a_fault_of_the_header(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"GIF89a" * 100)
    assert code_of(tmp_path / "a") == "pixels.header"


def test_bytes_of_a_delimiter_inside_a_codestream_do_not_end_it(tmp_path: Path) -> None:
    array = grey().astype("<u2")
    inside = array.tobytes()[:64] + b"\xfe\xff\xdd\xe0\0\0\0\0" + array.tobytes()[72:]
    path = stored(tmp_path / "a", "1.2.840.10008.1.2.1.98", encapsulate([inside]), bits=(16, 16))
    assert pixels.frame(path).pixels.tobytes() == inside


def test_a_probe_finds_what_is_missing_without_decoding(tmp_path: Path) -> None:
    whole = synth.write(synth.ct_slice(), tmp_path / "whole")
    cut = synth.write(synth.ct_slice(), tmp_path / "cut")
    cut.write_bytes(cut.read_bytes()[:-2])
    with pixels.reader(whole) as found:
        found.probe(0)
    with pixels.reader(cut) as found, pytest.raises(Undecodable) as caught:
        found.probe(0)
    assert caught.value.code == "pixels.truncated"


def test_reading_one_frame_of_many_leaves_the_others_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = synth.write(synth.a_us_cine(frames=200), tmp_path, transfer_syntax=J + "80")
    read = 0
    with pixels.reader(path) as found:
        take = found.found.stream.read

        def counted(size: int = -1) -> bytes:
            nonlocal read
            out: bytes = take(size)
            read += len(out)
            return out

        class Counting:
            read = staticmethod(counted)
            seek = staticmethod(found.found.stream.seek)

        object.__setattr__(found.found, "stream", Counting())
        found.stored(150)
    assert read < path.stat().st_size / 10


def test_an_element_of_a_kind_no_standard_knows_costs_what_needs_it_and_nothing_else(tmp_path: Path) -> None:
    whole = _SAMPLE.replace(b"\x28\x00\x03\x01US", b"\x28\x00\x03\x01U\x00")
    assert whole != _SAMPLE
    path = tmp_path / "damaged"
    path.write_bytes(whole)
    assert reason(path) == "pixels.header"


@pytest.mark.soak
@pytest.mark.timeout(0)
@settings(max_examples=examples(60))
@given(st.data())
def test_a_damaged_file_gives_a_frame_or_a_reason_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray(_SAMPLE)
    for _ in range(data.draw(st.integers(1, 12))):
        whole[data.draw(st.integers(132, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = _scratch / "damaged"
    path.write_bytes(whole[: data.draw(st.integers(200, len(whole)))])
    assert reason(path) in {None, *CODES}


_SAMPLE = synth.as_bytes(synth.ct_slice(rows=16, columns=16), "1.2.840.10008.1.2.5")
_scratch = Path()


@pytest.fixture(autouse=True)
def _some_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    global _scratch
    _scratch = tmp_path_factory.mktemp("damaged")
