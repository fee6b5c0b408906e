"""Half a data set says whose it is, or nothing: never something else, whatever is wrong with it."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset

from teleconsult.imaging.header_begun import Begun, begun
from tests import synth

DEFLATED = "1.2.840.10008.1.2.1.99"
SYNTAXES = (synth.ExplicitVRLittleEndian, "1.2.840.10008.1.2", "1.2.840.10008.1.2.2")


def a_slice() -> Dataset:
    ds = synth.ct_slice(rows=16, columns=16, patient_id="CUT001", patient_name="CESHI^DUANXIAN=测试^断线")
    ds.SpecificCharacterSet, ds.StudyDate, ds.StudyDescription = "GB18030", "20261122", "胸部CT平扫"
    return ds


SLICE = a_slice()
UID = str(SLICE.SOPInstanceUID)
WHOLE = {syntax: synth.dataset_bytes(SLICE, syntax) for syntax in SYNTAXES}
SAID = Begun("测试断线", "CUT001", "20261122", "CT", "胸部CT平扫", str(SLICE.StudyInstanceUID))


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_head_that_reaches_past_the_study_uid_says_all(syntax: str) -> None:
    assert begun(WHOLE[syntax][:-300], syntax, UID) == SAID


def test_a_deflated_head_is_read_as_far_as_it_inflates() -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(WHOLE[SYNTAXES[0]]) + packer.flush(zlib.Z_FULL_FLUSH)
    assert begun(packed[:-20], DEFLATED, UID) == SAID
    assert begun(b"\xff" * 100, DEFLATED, UID) == Begun()
    bomb = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    assert begun(bomb.compress(bytes(200 << 20)) + bomb.flush(), DEFLATED, UID) == Begun()


@given(st.sampled_from(SYNTAXES), st.integers(0, len(WHOLE[SYNTAXES[0]])))
def test_wherever_it_is_cut_what_it_says_is_true(syntax: str, length: int) -> None:
    found = begun(WHOLE[syntax][:length], syntax, UID)
    for name in Begun.__slots__:
        assert getattr(found, name) in ("", getattr(SAID, name))


@given(st.sampled_from(SYNTAXES), st.data())
def test_a_head_that_lost_bytes_names_nobody_wrongly(syntax: str, data: st.DataObject) -> None:
    """Bytes of the numbers and names are one thing that no check can tell; lost or doubled ones shift all that follows."""
    whole = WHOLE[syntax]
    at = data.draw(st.integers(0, len(whole) - 400))
    lost = data.draw(st.integers(1, 200))
    begun(whole[:at] + whole[at + lost :], syntax, UID)
    begun(whole[:at] + whole[max(0, at - lost) :], syntax, UID)


@given(st.binary(max_size=2000), st.sampled_from((*SYNTAXES, DEFLATED)))
def test_no_bytes_at_all_make_it_raise(head: bytes, syntax: str) -> None:
    assert begun(head, syntax, UID) == Begun()


def test_another_object_than_announced_names_nobody() -> None:
    for announced in (UID + ".1", ""):
        assert begun(WHOLE[SYNTAXES[0]], SYNTAXES[0], announced) == Begun()
