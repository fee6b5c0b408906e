"""DICOM JSON (PS3.18 annex F): every VR, text by the character set that was settled on, bulk values by name."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.dataset import Dataset as Item
from pydicom.sequence import Sequence

from teleconsult.imaging import charset, metadata
from teleconsult.imaging.metadata_values import Decode
from teleconsult.imaging.pixels_file import opened
from teleconsult.kernel.errors import Meaning, Refused
from tests import synth

BIG, IMPLICIT, DEFLATED = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99"


def utf8(_: tuple[str, ...] | None) -> Decode:
    return lambda raw: raw.decode("utf-8")


def of(
    ds: Dataset, folder: Path, syntax: str = "1.2.840.10008.1.2.1", decoder: metadata.DecoderFor = utf8
) -> dict[str, Any]:
    """The object's DICOM JSON, by way of a file and of JSON text."""
    with opened(synth.write(ds, folder, transfer_syntax=syntax)) as found:
        (out,) = metadata.unpacked(metadata.packed([metadata.dicom_json(found, decoder)]))
    return out


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", IMPLICIT, BIG, DEFLATED])
def test_values_come_out_alike_in_every_encoding(syntax: str, tmp_path: Path) -> None:
    ds = synth.ct_slice()
    ds.SelectorFDValue, ds.SelectorFLValue, ds.SelectorSLValue = [0.25, -1.5], [0.5], [-7, 7]
    ds.SelectorATValue, ds.SelectorUSValue, ds.SelectorULValue = 0x00100020, [1, 65535], 4_000_000_000
    out = of(ds, tmp_path, syntax)
    assert out["00280010"] == {"vr": "US", "Value": [64]}
    assert out["00281052"] == {"vr": "DS", "Value": [-1024]}
    assert out["00280030"] == {"vr": "DS", "Value": [0.7, 0.7]}
    assert out["00200013"] == {"vr": "IS", "Value": [1]}
    assert out["00080020"] == {"vr": "DA", "Value": ["20260102"]}
    assert out["00720074"]["Value"] == [0.25, -1.5]
    assert out["0072007C"]["Value"] == [-7, 7]
    assert out["00720060"] == {"vr": "AT", "Value": ["00100020"]}
    assert out["00720078"]["Value"] == [4_000_000_000]
    assert out["0072007A"]["Value"] == [1, 65535]
    assert out["00083002"] == {"vr": "UI", "Value": [syntax]}


def test_keys_stand_in_tag_order_and_hold_no_group_lengths_or_file_meta(tmp_path: Path) -> None:
    keys = list(of(synth.ct_slice(), tmp_path))
    assert keys == sorted(keys)
    assert not any(key.endswith("0000") or key.startswith("0002") for key in keys)


def test_a_name_comes_out_in_its_component_groups(tmp_path: Path) -> None:
    out = of(synth.ct_slice(patient_name="Ceshi^Jia=测试^甲"), tmp_path)
    assert out["00100010"] == {"vr": "PN", "Value": [{"Alphabetic": "Ceshi^Jia", "Ideographic": "测试^甲"}]}


def test_a_backslash_inside_a_chinese_character_separates_nothing(tmp_path: Path) -> None:
    name = "测试謀"  # its last byte in GB18030 is a backslash
    assert name.encode("gb18030").endswith(b"\\")
    choice = charset.choose((), [name.encode("gb18030")], "GB18030")
    ds = synth.ct_slice(name_bytes=name.encode("gb18030"), charset_declared=synth.LATIN1)
    out = of(ds, tmp_path, decoder=lambda _: lambda raw: charset.decode(raw, choice))
    assert out["00100010"]["Value"] == [{"Alphabetic": name}]


def test_an_item_with_its_own_character_set_is_read_by_it(tmp_path: Path) -> None:
    item = Item()
    item.SpecificCharacterSet = "GB18030"
    synth.put_raw(item, "RequestedProcedureDescription", "LO", "胸部".encode("gb18030"))
    ds = synth.ct_slice(patient_name="测试甲", RequestAttributesSequence=Sequence([item]))

    def decoder_for(declared: tuple[str, ...] | None) -> Decode:
        codec = "gb18030" if declared == ("GB18030",) else "utf-8"
        return lambda raw: raw.decode(codec)

    out = of(ds, tmp_path, decoder=decoder_for)
    (inner,) = out["00400275"]["Value"]
    assert inner["00321060"]["Value"] == ["胸部"]
    assert "00080005" not in inner
    assert out["00080005"]["Value"] == ["ISO_IR 192"]


def test_pixels_are_named_and_not_carried(tmp_path: Path) -> None:
    ds = synth.ct_slice()
    out = of(ds, tmp_path)
    at = f"series/{ds.SeriesInstanceUID}/instances/{ds.SOPInstanceUID}/bulkdata/7FE00010"
    assert out["7FE00010"] == {"vr": "OW", "BulkDataURI": at}


def test_small_binary_values_are_inline_and_large_ones_named(tmp_path: Path) -> None:
    ds = synth.ct_slice()
    ds.add_new(0x00091001, "OB", b"\1\2\3\4")
    ds.add_new(0x00091002, "UN", bytes(1026))
    ds.add_new(0x00090010, "LO", "MADE UP")
    out = of(ds, tmp_path)
    assert base64.b64decode(out["00091001"]["InlineBinary"]) == b"\1\2\3\4"
    assert out["00091002"]["BulkDataURI"].endswith("/bulkdata/00091002")
    assert out["00090010"] == {"vr": "LO", "Value": ["MADE UP"]}


def test_big_endian_words_are_inline_in_little_endian(tmp_path: Path) -> None:
    ds = synth.ct_slice()
    ds.add_new(0x00091001, "OW", b"\1\2\3\4")  # as they lie in the big-endian file
    out = of(ds, tmp_path, BIG)
    assert base64.b64decode(out["00091001"]["InlineBinary"]) == b"\2\1\4\3"


def test_the_waveform_of_an_ecg_can_be_fetched_by_the_name_it_is_given(tmp_path: Path) -> None:
    ds = synth.an_ecg()
    path = synth.write(ds, tmp_path)
    uri = of(ds, tmp_path / "again")["54000100"]["Value"][0]["54001010"]["BulkDataURI"]
    assert not uri.startswith("/")
    vr, content = metadata.bulk(path, uri.split("/bulkdata/")[1])
    assert vr in ("OW", "OB")
    assert content == ds.WaveformSequence[0].WaveformData


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", BIG, DEFLATED, "1.2.840.10008.1.2.4.80"])
def test_the_pixels_of_one_frame_can_be_fetched_as_a_value(syntax: str, tmp_path: Path) -> None:
    ds = synth.ct_slice()
    known = bytes(ds.PixelData)
    _, content = metadata.bulk(synth.write(ds, tmp_path, transfer_syntax=syntax), "7FE00010")
    assert content.startswith(b"\xff\xd8") if syntax.endswith("80") else content == known


@pytest.mark.parametrize(
    ("syntax", "lies_there"),
    [("1.2.840.10008.1.2.1", True), ("1.2.840.10008.1.2", True), ("1.2.840.10008.1.2.4.80", True), (BIG, False), (DEFLATED, False)],
)  # fmt: skip
@pytest.mark.parametrize("cut", [0, 1000])
def test_pixels_that_go_out_as_they_lie_are_named_by_their_place(
    syntax: str, lies_there: bool, cut: int, tmp_path: Path
) -> None:
    path = synth.write(synth.ct_slice(), tmp_path, transfer_syntax=syntax)
    if cut and lies_there:
        path.write_bytes(path.read_bytes()[:-cut])
    spans = metadata.bulk_spans(path, "7FE00010")
    assert (spans is not None) == lies_there
    if spans is not None:
        whole = path.read_bytes()
        assert b"".join(whole[start : start + length] for start, length in spans) == metadata.bulk(path, "7FE00010")[1]
        assert all(start + length <= len(whole) for start, length in spans)
    assert metadata.bulk_spans(path, "00420011") is None


def test_frames_that_are_many_are_no_one_value(tmp_path: Path) -> None:
    path = synth.write(synth.a_us_cine(frames=2), tmp_path, transfer_syntax="1.2.840.10008.1.2.4.80")
    with pytest.raises(Refused, match=r"bulk\.absent"):
        metadata.bulk_spans(path, "7FE00010")


@pytest.mark.parametrize("tag_path", ["00100010", "7FE00010", "54000100/9/54001010", "nonsense", "0020/1", ""])
def test_a_bulk_value_that_is_not_there_is_absent(tag_path: str, tmp_path: Path) -> None:
    path = synth.write(synth.an_ecg(), tmp_path)
    with pytest.raises(Refused) as caught:
        metadata.bulk(path, tag_path)
    assert caught.value.meaning is Meaning.ABSENT


def test_values_that_break_their_vr_stay_readable(tmp_path: Path) -> None:
    ds = synth.ct_slice()
    synth.put_raw(ds, "SliceThickness", "DS", b"5,0 mm")
    synth.put_raw(ds, "SeriesNumber", "IS", b"1A")
    synth.put_raw(ds, "PatientBirthDate", "DA", b"unknown ")
    out = of(ds, tmp_path)
    assert out["00180050"]["Value"] == ["5,0 mm"]
    assert out["00200011"]["Value"] == ["1A"]
    assert out["00100030"]["Value"] == ["unknown"]


def test_empty_values_have_no_value_and_gaps_are_null(tmp_path: Path) -> None:
    ds = synth.ct_slice(AccessionNumber="", ImageType=["ORIGINAL", "", "AXIAL"])
    out = of(ds, tmp_path)
    assert out["00080050"] == {"vr": "SH"}
    assert out["00080008"]["Value"] == ["ORIGINAL", None, "AXIAL"]


def test_numbers_that_json_does_not_know_are_text(tmp_path: Path) -> None:
    ds = synth.ct_slice(SelectorFDValue=[float("nan"), float("inf"), -float("inf"), 1.5])
    out = of(ds, tmp_path)
    assert out["00720074"]["Value"] == ["NaN", "inf", "-inf", 1.5]
    json.dumps(out, allow_nan=False)


def test_the_same_instances_are_packed_into_the_same_bytes(tmp_path: Path) -> None:
    out = of(synth.ct_slice(sop_uid="1.2.3", study_uid="1.2.4", series_uid="1.2.5"), tmp_path)
    assert metadata.packed([out]) == metadata.packed([out])
