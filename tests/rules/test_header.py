"""What the index learns from an object's bytes, and that no bytes break it."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.data import get_charset_files
from pydicom.datadict import tag_for_keyword
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

from teleconsult.imaging import header_text, pinyin
from teleconsult.imaging.find_names import alike, fold, keys, shown
from teleconsult.imaging.header import Header, header_of, read_header
from teleconsult.imaging.part10 import part10_of, read_part10
from teleconsult.kernel.errors import Meaning, Refused
from tests import synth

PLAIN = [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]


def chinese(charset: str = synth.GB18030) -> Dataset:
    return synth.ct_slice(
        patient_name="Ceshi^Jia=测试^甲", charset=charset, study_uid="1.2", series_uid="1.2.1", sop_uid="1.2.1.1"
    )


def header_bytes(part10: bytes) -> Header:
    meta = read_part10(part10)
    return header_of(part10, meta.transfer_syntax, meta.dataset_offset)


def header(ds: Dataset, syntax: str = ExplicitVRLittleEndian) -> Header:
    return header_bytes(synth.as_bytes(ds, syntax))


def refusal(part10: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        header_bytes(part10)
    assert caught.value.meaning is Meaning.INVALID
    return caught.value


@pytest.mark.parametrize("syntax", [*PLAIN, JPEGLSLossless, RLELossless])
def test_the_header_is_the_same_in_every_transfer_syntax(syntax: str) -> None:
    found, plain = header(chinese(), syntax), header(chinese())
    assert (found.name, found.patient_id, found.modality, found.rows, found.frames) == (
        "Ceshi^Jia=测试^甲",
        "T0001",
        "CT",
        64,
        1,
    )
    assert found.identity_sha == plain.identity_sha
    assert found.transfer_syntax == syntax


def by_hand(elements: dict[str, tuple[str, bytes]]) -> bytes:
    """A bare data set in explicit little endian with these very bytes, however wrong."""
    whole = {
        "SOPClassUID": ("UI", synth.CT.encode()),
        "SOPInstanceUID": ("UI", b"1.2.3"),
        "StudyInstanceUID": ("UI", b"1.2"),
        "SeriesInstanceUID": ("UI", b"1.2.1"),
        "PatientName": ("PN", b"Test^A"),
    } | elements
    out = b""
    for tag, (vr, raw) in sorted((tag_for_keyword(keyword) or 0, element) for keyword, element in whole.items()):
        out += struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr.encode(), len(raw)) + raw
    return out


def test_all_fields_are_read() -> None:
    found = header(
        synth.a_us_cine(
            patient_name="测试^乙", PatientAge="045Y", InstitutionName="示例一县医院", ReferringPhysicianName="测试^医生",
            IssuerOfPatientID="REGION", RequestedProcedurePriority="HIGH", StudyTime="081530.25",
        )
    )  # fmt: skip
    assert (found.modality, found.frames, found.age, found.sex, found.birth_date) == ("US", 6, "045Y", "M", "19600301")
    assert (found.institution, found.referring, found.issuer_raw, found.priority) == (
        "示例一县医院",
        "测试^医生",
        "REGION",
        "URGENT",
    )
    assert (found.study_date, found.study_time, found.accession, found.study_number) == (
        "20260102",
        "081530",
        "A0001",
        "S1",
    )
    assert (found.study_description, found.series_description, found.body_part) == ("Chest", "Test series", "CHEST")
    assert (found.series_number, found.instance_number) == (1, 1)


def test_the_priority_of_the_request_is_found_inside_its_sequence() -> None:
    request = Dataset()
    request.RequestedProcedurePriority, request.AccessionNumber = "STAT", "INNER"
    found = header(synth.ct_slice(RequestAttributesSequence=[request]))
    assert (found.priority, found.accession) == ("STAT", "A0001")
    found = header(synth.ct_slice(RequestAttributesSequence=[request], AccessionNumber=None), ImplicitVRLittleEndian)
    assert (found.priority, found.accession) == ("STAT", "INNER")


@pytest.mark.parametrize(
    ("keyword", "vr", "raw", "field", "wanted"),
    [
        ("PatientBirthDate", "DA", b"1960.03.01", "birth_date", "19600301"),
        ("PatientBirthDate", "DA", b"unknown", "birth_date", ""),
        ("StudyTime", "TM", b"99:99:99", "study_time", ""),
        ("InstanceNumber", "IS", b"twelve", "instance_number", None),
        ("InstanceNumber", "IS", b"99999999999999", "instance_number", None),
        ("NumberOfFrames", "IS", b"-3", "frames", 1),
        ("PatientSex", "CS", b"male", "sex", ""),
        ("PatientAge", "AS", b"45", "age", ""),
        ("Modality", "CS", b"", "modality", "OT"),
        ("PatientID", "LO", b"T\x00\x1b1\n2 ", "patient_id", "T 1 2"),
        ("Rows", "US", b"\x01", "rows", None),
    ],
)
def test_a_malformed_value_becomes_empty_and_hides_nothing_else(
    keyword: str, vr: str, raw: bytes, field: str, wanted: object
) -> None:
    found = header_of(by_hand({keyword: (vr, raw)}), ExplicitVRLittleEndian, 0)
    assert getattr(found, field) == wanted
    assert (found.sop_uid, found.name) == ("1.2.3", "Test^A")


def test_a_change_of_anything_that_identifies_changes_the_identity() -> None:
    plain = header(chinese()).identity_sha
    for keyword, value in {
        "PatientID": "X",
        "PatientName": "X",
        "InstanceNumber": "7",
        "Rows": 32,
        "SeriesInstanceUID": "1.2",
    }.items():
        ds = chinese()
        setattr(ds, keyword, value)
        assert header(ds).identity_sha != plain, keyword


def test_the_identity_does_not_depend_on_how_the_name_is_written() -> None:
    assert header(chinese(synth.UTF8)).identity_sha == header(chinese()).identity_sha


@pytest.mark.parametrize("missing", ["SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"])
def test_an_object_without_one_of_its_uids_is_refused_by_name(missing: str) -> None:
    error = refusal(synth.as_bytes(synth.an_object(synth.CT, "CT", **{missing: None})))  # type: ignore[arg-type]
    assert (error.code, error.params["missing"]) == ("object.no_uids", missing)


@pytest.mark.parametrize("raw", [b"../../etc", b"1.2.a", b"1." * 40, b"1.2\\1.3", b" "])
def test_what_is_no_uid_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused) as caught:
        header_of(by_hand({"StudyInstanceUID": ("UI", raw)}), ExplicitVRLittleEndian, 0)
    assert caught.value.code == "object.no_uids"


@pytest.mark.parametrize("syntax", [*PLAIN, RLELossless])
def test_an_object_cut_anywhere_within_its_pixels_is_refused(syntax: str) -> None:
    part10 = synth.as_bytes(synth.ct_slice(), syntax)
    for cut in (10, 100, len(part10) // 3):
        assert refusal(part10[:-cut]).code == "object.unreadable"


def test_trailing_padding_and_a_missing_last_delimiter_are_let_pass() -> None:
    part10 = synth.as_bytes(synth.a_dx())
    assert header_bytes(part10 + b"\0" * 40).modality == "DX"
    compressed = synth.as_bytes(synth.a_dx(), RLELossless)
    assert compressed.endswith(struct.pack("<HHI", 0xFFFE, 0xE0DD, 0))
    assert header_bytes(compressed[:-8]).modality == "DX"


@pytest.mark.parametrize("part10", [b"", b"DICM", b"\0" * 128 + b"DICM", b"\0" * 5000, b"PK\x03\x04" * 100])
def test_what_is_no_dicom_file_is_refused(part10: bytes) -> None:
    assert refusal(part10).code == "object.unreadable"


def test_sequences_nested_without_end_are_refused() -> None:
    part10 = synth.as_bytes(synth.an_object(synth.CT, "CT"))
    item = struct.pack("<HH2sHI", 0x0040, 0x0275, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    assert refusal(part10 + item * 20000).code == "object.unreadable"


def test_a_deflated_object_that_inflates_beyond_every_bound_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("teleconsult.imaging.header_elements._INFLATED_MOST", 1 << 20)
    ds = synth.ct_slice(rows=1024, columns=1024)
    assert "beyond every bound" in refusal(synth.as_bytes(ds, DeflatedExplicitVRLittleEndian)).detail


SEED = synth.as_bytes(synth.ct_slice(rows=8, columns=8, patient_name="测试^甲"))
SEED_IMPLICIT = synth.as_bytes(synth.an_ecg(seconds=0.1), ImplicitVRLittleEndian)
SEED_JPEG = synth.as_bytes(synth.a_us_cine(rows=8, columns=8, frames=2), JPEGBaseline8Bit)


@pytest.mark.soak
@pytest.mark.timeout(0)
@given(
    st.sampled_from([SEED, SEED_IMPLICIT, SEED_JPEG]),
    st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=8)), max_size=6),
    st.integers(0, 400),
)
def test_damaged_objects_are_read_or_refused_and_nothing_else(
    seed: bytes, wounds: list[tuple[int, bytes]], cut: int
) -> None:
    damaged = bytearray(seed[: len(seed) - cut])
    for place, bytes_ in wounds:
        at = 128 + place % (len(damaged) - 128)
        damaged[at : at + len(bytes_)] = bytes_
    try:
        found = header_bytes(bytes(damaged))
    except Refused:
        return
    found.name.encode()
    assert "\0" not in found.name + found.patient_id + found.study_description


@pytest.mark.soak
@pytest.mark.timeout(0)
@given(st.binary(max_size=600), st.sampled_from(PLAIN))
def test_random_bytes_are_never_an_object(noise: bytes, syntax: str) -> None:
    with pytest.raises(Refused):
        header_of(noise, syntax, 0)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("chrArab.dcm", "قباني^لنزار"),
        ("chrFren.dcm", "Buc^Jérôme"),
        ("chrFrenMulti.dcm", "Buc^Jérôme"),
        ("chrGerm.dcm", "Äneas^Rüdiger"),
        ("chrGreek.dcm", "Διονυσιος"),
        ("chrH31.dcm", "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        ("chrH32.dcm", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"),
        ("chrHbrw.dcm", "שרון^דבורה"),
        ("chrI2.dcm", "Hong^Gildong=洪^吉洞=홍^길동"),
        ("chrJapMulti.dcm", "やまだ^たろう"),
        ("chrJapMultiExplicitIR6.dcm", "やまだ^たろう"),
        ("chrKoreanMulti.dcm", "김희중"),
        ("chrRuss.dcm", "Люкceмбypг"),
        ("chrX1.dcm", "Wang^XiaoDong=王^小東="),
        ("chrX2.dcm", "Wang^XiaoDong=王^小东="),
    ],
)
def test_the_standards_own_names_come_out_right_and_undoubted(file: str, name: str) -> None:
    (path,) = get_charset_files(file)
    meta = part10_of(Path(path))
    found = read_header(Path(path), meta.transfer_syntax, meta.dataset_offset)
    assert (found.name, found.doubtful) == (name, False)


@pytest.mark.needs_shared_data
def test_every_real_file_is_read_or_refused_for_the_right_reason(shared_data: Path) -> None:
    refused = {}
    for path in sorted(shared_data.rglob("*")):
        if path.is_file() and path.suffix in ("", ".dcm"):
            try:
                meta = part10_of(path)
                read_header(path, meta.transfer_syntax, meta.dataset_offset)
            except Refused as error:
                refused[path.name] = error.code
    assert {refused.pop(name) for name in ("MR_truncated.dcm", "rtplan_truncated.dcm", "no_meta.dcm")} == {
        "object.unreadable"
    }
    assert not {
        name for name in refused if name.startswith(("CT0", "MR_", "DX", "zh_", "chr")) and not name.startswith("chrSQ")
    }


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Wang^XiaoDong=王^小东", "王小东"),
        ("测试^甲", "测试甲"),
        ("Doe^Jane^^Dr", "Doe Jane Dr"),
        ("=山田^太郎", "山田太郎"),
        ("^^^^", ""),
        ("", ""),
    ],
)
def test_a_list_shows_the_name_that_people_read(name: str, seen: str) -> None:
    assert shown(name) == seen


def test_a_name_is_found_by_every_way_to_write_it() -> None:
    found = keys("Shan^Xiongxin=单^雄信")
    assert {"shanxiongxin", "xiongxinshan", "单雄信", "danxiongxin", "sxx", "dxx"} <= found
    assert {"lubu", "lvbu"} & keys("吕^布") == {"lvbu"}
    assert "lyubu" in keys("吕^布")
    assert keys("Müller^Jörg") == {"mullerjorg", "jorgmuller"}
    assert fold("MÜLLER jörg*") == "mullerjorg*"


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("曾国藩", "zengguofan", "zgf"),
        ("欧阳^修", "ouyangxiu", "oyx"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("解^晓东", "xiexiaodong", "xxd"),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, full: str, initials: str) -> None:
    spelled, short = pinyin.keys(name)
    assert (spelled.split()[0], short.split()[0]) == (full, initials)


def test_two_names_are_alike_by_a_whole_spelling_never_by_initials() -> None:
    assert alike("WANG^LI=王^丽", "王丽")
    assert alike("wang li", "王丽")
    assert not alike("王丽", "吴亮")
    assert not alike("测试甲", "测试己")
    assert not alike("", "")
    assert "wl" in keys("王丽") & keys("吴亮"), "both are found by their initials all the same"


@pytest.mark.soak
@pytest.mark.timeout(0)
@given(st.text(max_size=60))
def test_any_text_is_a_name(name: str) -> None:
    shown(name)
    keys(name)
    full, initials = pinyin.keys(name)
    assert bool(full) == bool(initials)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("19700321", "20261121", "056Y"),
        ("19701122", "20261121", "055Y"),
        ("20240201", "20261121", "033M"),
        ("20261101", "20261121", "020D"),
        ("20261122", "20261121", ""),
        ("", "20261121", ""),
        ("19701399", "20261121", ""),
    ],
)
def test_the_age_is_reckoned_from_the_birth_date_where_the_header_states_none(born: str, on: str, age: str) -> None:
    assert header_text.age_at(born, on) == age
