"""The canonical text of a report: one meaning, one spelling."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.kernel.errors import Refused
from teleconsult.reporting.canonical import (
    AddendumText,
    Image,
    Patient,
    ReportText,
    Signatory,
    addendum_content,
    digest,
    images_of,
    plain,
    report_content,
    sections_of,
)

AT = datetime(2026, 5, 4, 3, 21, 9, 12, tzinfo=UTC)
AUTHOR = Signatory("a" * 32, "测试甲", "attending", "c" * 32)
REVIEWER = Signatory("b" * 32, "测试乙", "chief", "c" * 32)
REPORT = ReportText(
    report_id="r" * 32,
    study_uid="1.2.3",
    accession="A1",
    patient=Patient("county-1", "TEST-1", "测试某", "F", "19800101"),
    findings="双肺清晰。",
    impression="未见异常。",
    advice="",
    author=AUTHOR,
    reviewer=REVIEWER,
    submitted_at=AT - timedelta(minutes=5),
    signed_at=AT,
    images=(Image("1.2.3.2", "1.2.840.10008.1.2", "22"), Image("1.2.3.1", "1.2.840.10008.1.2.1", "11")),
)


def test_the_text_names_its_format_and_says_all_that_is_signed() -> None:
    said = json.loads(report_content(REPORT))
    assert said["format"] == "teleconsult.report/1"
    assert set(said) == {
        "format", "report_id", "study_uid", "accession", "patient", "sections",
        "author", "reviewer", "submitted_at", "signed_at", "images",
    }  # fmt: skip
    assert said["signed_at"] == "2026-05-04T03:21:09.000012Z"
    assert [row[0] for row in said["images"]] == ["1.2.3.1", "1.2.3.2"]


def test_the_bytes_of_a_known_report_never_change() -> None:
    """If this fails, every stored signature would fail: make a new format beside the old one instead."""
    assert digest(report_content(REPORT)) == "0b88d03315a884e9b1fd1524871e23f76f53b53906ed51c39dc121834610e647"


def test_the_order_in_which_images_arrive_does_not_matter() -> None:
    assert report_content(replace(REPORT, images=REPORT.images[::-1])) == report_content(REPORT)


def test_the_zone_in_which_a_time_is_written_does_not_matter() -> None:
    there = AT.astimezone(timezone(timedelta(hours=8)))
    assert report_content(replace(REPORT, signed_at=there)) == report_content(REPORT)


def test_composed_and_decomposed_letters_are_one_text() -> None:
    assert report_content(replace(REPORT, findings="Müller é")) == report_content(
        replace(REPORT, findings="Mu\u0308ller e\u0301")
    )


def test_line_ends_of_another_system_are_one_text() -> None:
    assert report_content(replace(REPORT, findings="甲\r\n乙 \r\n")) == report_content(
        replace(REPORT, findings="甲\n乙")
    )


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(Refused, match=r"report\.naive_time"):
        report_content(replace(REPORT, signed_at=AT.replace(tzinfo=None)))


@given(
    st.sampled_from(["findings", "impression", "advice", "study_uid", "accession", "report_id"]), st.text(min_size=1)
)
def test_another_text_gives_another_digest(name: str, text: str) -> None:
    changed = replace(REPORT, **{name: text})  # type: ignore[arg-type]
    same = plain(text) == plain(getattr(REPORT, name)) if name in ("findings", "impression", "advice") else False
    assert (digest(report_content(changed)) == digest(report_content(REPORT))) == same or plain(text) == getattr(
        REPORT, name
    )


def test_one_image_more_or_another_content_gives_another_digest() -> None:
    more = replace(REPORT, images=(*REPORT.images, Image("1.2.3.3", "1.2.840.10008.1.2", "33")))
    other = replace(REPORT, images=(replace(REPORT.images[0], sha256="23"), REPORT.images[1]))
    assert len({report_content(one) for one in (REPORT, more, other)}) == 3


def test_sections_and_images_read_back_from_the_signed_bytes() -> None:
    content = report_content(REPORT)
    assert sections_of(content) == {"findings": "双肺清晰。", "impression": "未见异常。", "advice": ""}
    assert images_of(content) == sorted(REPORT.images, key=lambda image: image.sop_uid)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format":"other/1"}', b"\xff"])
def test_content_of_another_kind_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match=r"report\.content_unreadable"):
        sections_of(content)


def test_an_addendum_is_tied_to_its_report() -> None:
    addendum = AddendumText("r" * 32, digest(report_content(REPORT)), 1, "补充。", REVIEWER, AT)
    said = json.loads(addendum_content(addendum))
    assert said["report_sha256"] == digest(report_content(REPORT))
    assert addendum_content(replace(addendum, number=2)) != addendum_content(addendum)
