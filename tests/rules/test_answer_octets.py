"""What is written without pydicom's writer is what pydicom's writer writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom.dsutils import encode

from dicom_node import octets
from dicom_node.keys import put

TEXTS = {
    "LO": 0x00081030, "SH": 0x00080050, "PN": 0x00100010, "CS": 0x00080061, "DA": 0x00080020, "TM": 0x00080030, "UI": 0x0020000D,
    "IS": 0x00201208, "AE": 0x00080054, "AS": 0x00101010, "LT": 0x00104000, "UT": 0x00081195, "UC": 0x00189074,
}  # fmt: skip
CHINESE = st.text(st.sampled_from("王小明张伟 ^=ABCxyz09._-单雄信龘é"), max_size=24)
PLAIN = st.text(st.sampled_from("ABCXYZ0189._ "), max_size=16)
DIGITS = st.text(st.sampled_from("0123456789"), max_size=8)


@st.composite
def answers(draw: st.DrawFn) -> Dataset:
    answer = Dataset()
    put(answer, 0x00080005, "CS", draw(st.sampled_from(["ISO_IR 192", "GB18030"])))
    for vr, tag in TEXTS.items():
        if not draw(st.booleans()):
            continue
        of = CHINESE if vr in ("LO", "SH", "PN", "LT", "UT", "UC") else DIGITS if vr in ("DA", "TM", "IS") else PLAIN
        several = vr == "CS" and draw(st.booleans())
        put(answer, tag, vr, draw(st.lists(PLAIN, max_size=3)) if several else draw(st.none() | of))
    if draw(st.booleans()):
        put(answer, 0x00280010, "US", draw(st.none() | st.integers(0, 0xFFFF)))
    return answer


@given(answers(), st.booleans())
def test_an_answer_is_written_as_pydicom_writes_it(answer: Dataset, explicit: bool) -> None:
    assert octets.plain(answer, explicit=explicit) == encode(answer, not explicit, is_little_endian=True)


def test_a_value_too_long_for_a_short_head_is_left_to_pydicom() -> None:
    answer = Dataset()
    put(answer, 0x00104000, "LT", "长" * 40_000)
    put(answer, 0x00080005, "CS", "GB18030")
    assert octets.plain(answer, explicit=True) is None
    assert octets.plain(answer, explicit=False) == encode(answer, is_implicit_vr=True, is_little_endian=True)


@pytest.mark.parametrize(
    ("tag", "vr", "value"),
    [
        (0x00101002, "SQ", [Dataset()]),
        (0x00281050, "DS", "40.5"),
        (0x00080060, "CS", "中"),
        (0x00020010, "UI", "1.2"),
    ],
)
def test_what_is_not_plain_is_left_to_pydicom(tag: int, vr: str, value: object) -> None:
    answer = Dataset()
    put(answer, 0x00080005, "CS", "ISO_IR 192")
    put(answer, tag, vr, Sequence(value) if vr == "SQ" else value)  # type: ignore[arg-type]
    assert octets.plain(answer, explicit=False) is None
    assert octets.plain(answer, explicit=True) is None


def test_another_character_set_is_left_to_pydicom() -> None:
    answer = Dataset()
    put(answer, 0x00080005, "CS", "ISO_IR 100")
    assert octets.plain(answer, explicit=False) is None
    assert octets.plain(answer, explicit=True) is None
