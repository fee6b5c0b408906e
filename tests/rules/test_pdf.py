"""The report on paper: what it says can be read back, in our own embedded fonts, and no character is a box."""

import functools
import io
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from teleconsult.reporting import typefaces
from teleconsult.reporting.document import AddendumBlock, Examination, Identity, Person, ReportDocument, Seal
from teleconsult.reporting.pdf import render
from teleconsult.reporting.pdf_layout import NEVER_FIRST, NEVER_LAST, lines

AT = datetime(2026, 5, 4, 3, 21, tzinfo=UTC)
SEAL = Seal("Ed25519", "ed25519:0123456789abcdef", "0123456789abcdef" * 4)
FINDINGS = (
    "胸廓对称。双肺纹理清晰，右肺上叶后段（IM 86）见一实性结节，大小约 8.2 mm×6.5 mm，CT值约 35 HU。\n"
    "气管通畅；纵隔居中。No significant change (2025-11-03)."
)
REPORT = ReportDocument(
    report_id="0197aa",
    hospital="示例市第一人民医院",
    identity=Identity("测试某", "女", "45岁", "TEST-000123"),
    examination=Examination(
        "示例县人民医院", "A0012", "CT", "胸部", "胸部CT平扫", "1.2.3", AT - timedelta(hours=2), 128
    ),
    findings=FINDINGS,
    impression="1. 右肺上叶结节，约 8 mm。\n2. 冠状动脉钙化。",
    advice="建议 6 个月后复查。",
    author=Person("测试甲", "主治医师"),
    reviewer=Person("测试乙", "副主任医师"),
    submitted_at=AT - timedelta(minutes=20),
    signed_at=AT,
    seal=SEAL,
)


printed = functools.cache(render)


def packed(text: str) -> str:
    """Text without the white space that layout adds or takes."""
    return re.sub(r"\s", "", text)


def read(pdf: bytes) -> str:
    return packed("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def fonts_of(pdf: bytes) -> dict[str, Any]:
    """The font dictionaries by their names."""
    pages: list[Any] = list(PdfReader(io.BytesIO(pdf)).pages)
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    return {str(font["/BaseFont"]): font for font in fonts}


def test_every_text_reads_back_from_the_paper() -> None:
    said = read(printed(REPORT))
    for text in (
        REPORT.hospital, "影像诊断报告", "测试某", "女", "45岁", "TEST-000123", "示例县人民医院", "A0012", "胸部CT平扫", "128幅",
        "检查所见", FINDINGS, "诊断意见", REPORT.impression, "建议", REPORT.advice, "报告医师", "测试甲", "主治医师",
        "审核医师", "测试乙", "副主任医师", SEAL.sha256, SEAL.key_id, "Ed25519",
    ):  # fmt: skip
        assert packed(text) in said, text


def test_times_are_printed_in_the_time_of_china() -> None:
    said = read(printed(REPORT))
    assert "2026-05-0411:21" in said
    assert "2026-05-0411:01" in said
    assert "2026-05-0409:21" in said


def test_every_font_is_an_embedded_truetype_subset() -> None:
    fonts = fonts_of(printed(REPORT))
    assert {re.sub(r"^/[A-Z]{6}\+", "", name) for name in fonts} == {"NotoSansSC", "NotoSansSCBold"}
    for name, font in fonts.items():
        descendant = font["/DescendantFonts"][0].get_object()
        assert font["/Subtype"] == "/Type0"
        assert descendant["/Subtype"] == "/CIDFontType2"
        assert re.match(r"^/[A-Z]{6}\+", name), "a subset carries a tag of six letters (ISO 32000-1 9.6.4)"
        file = descendant["/FontDescriptor"]["/FontFile2"].get_object().get_data()
        assert file[:4] == b"\x00\x01\x00\x00", "TrueType outlines"
        assert len(file) < 300_000, "only the glyphs that are used"


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(REPORT) == printed(REPORT)


def test_rare_surnames_and_given_names_are_printed_as_themselves() -> None:
    said = read(printed(replace(REPORT, identity=replace(REPORT.identity, name="测𠮷试㛃测䶮试喆测堃试珺仝"))))
    assert "测𠮷试㛃测䶮试喆测堃试珺仝" in said
    assert "[U+" not in said


def test_a_character_that_no_font_has_is_printed_as_its_code() -> None:
    said = read(render(replace(REPORT, identity=replace(REPORT.identity, name="测试\U0002b5a7\U000323af"))))
    assert "测试[U+2B5A7][U+323AF]" in said


def test_a_doubtful_name_is_marked() -> None:
    said = read(render(replace(REPORT, identity=replace(REPORT.identity, doubtful=True))))
    assert "测试某（姓名待核）" in said


def test_a_variation_selector_leaves_no_trace_and_no_box() -> None:
    assert typefaces.printable("葛\U000e0100\ufe0f") == "葛"
    assert typefaces.printable("a\tb\x07") == "a b[U+0007]"


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_a_name_holds_every_glyph_is_there(name: str) -> None:
    pdf = render(replace(REPORT, identity=replace(REPORT.identity, name=name)))  # raises when a glyph is missing
    shown = typefaces.printable(name)
    assert all(
        char == "\n" or ord(char) in set().union(*map(typefaces.characters, typefaces.font_paths())) for char in shown
    )
    assert pdf.startswith(b"%PDF-")


def test_a_long_report_goes_over_pages_with_numbers_and_the_patient_on_each() -> None:
    pdf = render(replace(REPORT, findings="\n".join([FINDINGS] * 20)))
    pages = [packed(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) == 3
    for number, page in enumerate(pages, start=1):
        assert f"第{number}/{len(pages)}页" in page
        assert "测试某" in page
        assert "TEST-000123" in page
    assert read(pdf).count(packed(FINDINGS)) >= 18, "whole but where a page ends inside"


def test_addenda_follow_the_report_each_with_its_own_seal() -> None:
    seal = Seal("Ed25519", SEAL.key_id, "fedcba9876543210" * 4)
    addendum = AddendumBlock(
        "补充：结合病史，符合陈旧性改变。", Person("测试丙", "主任医师"), AT + timedelta(hours=5), seal
    )
    said = read(render(replace(REPORT, addenda=(addendum, addendum))))
    assert said.index("补充报告1") > said.index(SEAL.sha256)
    assert "补充报告2" in said
    assert packed(addendum.text) in said
    assert seal.sha256 in said
    assert "2026-05-0416:21" in said


def test_empty_fields_are_dashes_and_an_empty_advice_has_no_heading() -> None:
    bare = replace(REPORT, advice=" \n", examination=Examination("", "", "", "", "", "", None, 0))
    said = read(render(bare))
    assert "检查号—" in said
    assert "检查时间—" in said
    assert REPORT.advice not in said


@given(st.text(alphabet="双肺清晰，。（）ab1 .mm%\n", max_size=200), st.integers(min_value=4, max_value=30))
def test_lines_hold_all_of_the_text_within_their_width(text: str, limit: int) -> None:
    set_lines = lines(text, len, limit)
    assert packed("".join(set_lines)) == packed(text)
    assert all(len(line) <= limit for line in set_lines)


@given(
    st.text(alphabet="双肺清晰", min_size=1, max_size=8),
    st.text(alphabet="，。（）；", max_size=1),
    st.text(alphabet="见结节影。", max_size=60),
)
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(before: str, mark: str, after: str) -> None:
    text = unicodedata.normalize("NFC", before + mark + after.replace("。。", "。"))
    set_lines = lines(re.sub(r"。+", "。", text), len, 12)
    assert all(line[0] not in NEVER_FIRST for line in set_lines[1:] if line)
    assert all(line[-1] not in NEVER_LAST for line in set_lines[:-1] if line)


def test_a_number_keeps_its_unit_and_a_word_stays_whole() -> None:
    assert lines("结节约 8.2 mm 大", len, 8) == ["结节约", "8.2 mm 大"]
    assert lines("见 comparison", len, 11) == ["见", "comparison"]
    assert lines("x" * 25, len, 10) == ["x" * 10, "x" * 10, "x" * 5]
