"""Accept headers, parts, ranges and query strings, as clients really write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicom_node.dicomweb_frames import Delivery, delivery, frame_numbers
from dicom_node.dicomweb_media import OCTETS, Part, Wanted, accepted, byte_range, media_type, multipart, multipart_type
from dicom_node.dicomweb_query import MOST, question
from teleconsult.kernel.errors import Refused

EXPLICIT, JPEG_LS, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.2"
CORNERSTONE = "multipart/related; type=application/octet-stream; transfer-syntax=*"


@pytest.mark.parametrize(
    ("header", "first"),
    [
        (CORNERSTONE, Wanted(OCTETS, True, "*")),
        ('multipart/related; type="application/octet-stream"', Wanted(OCTETS, True)),
        (
            'multipart/related;type="image/jls";transfer-syntax="1.2.840.10008.1.2.4.80"',
            Wanted("image/jls", True, JPEG_LS),
        ),
        ("image/jpeg;q=0.3, application/dicom", Wanted("application/dicom")),
        ("text/html, */*;q=0.8", Wanted("text/html")),
        ("image/jpeg;q=0, image/png;q=0.1", Wanted("image/png")),
        ("", Wanted("*/*")),
        (';;,,"', Wanted("*/*")),
    ],
)
def test_an_accept_header_is_read_as_its_client_meant_it(header: str, first: Wanted) -> None:
    assert accepted(header)[0] == first


def test_what_is_refused_is_not_taken_for_anything() -> None:
    assert accepted("image/jpeg;q=0") == []


def test_accept_in_the_query_stands_before_the_header() -> None:
    assert accepted("*/*", ["image/jpeg"]) == [Wanted("image/jpeg")]


@pytest.mark.soak
@pytest.mark.timeout(0)
@given(st.text(max_size=200))
def test_no_accept_header_is_an_error(header: str) -> None:
    accepted(header)


@pytest.mark.parametrize(
    ("accept", "stored", "ranged", "expected"),
    [
        (CORNERSTONE, JPEG_LS, False, Delivery(False, True, "image/jls", JPEG_LS)),
        (CORNERSTONE, JPEG_LS, True, Delivery(False, False, "image/jls", JPEG_LS)),
        (CORNERSTONE, "1.2.840.10008.1.2", False, Delivery(False, True, OCTETS, EXPLICIT)),
        (CORNERSTONE, BIG, False, Delivery(True, True, OCTETS, EXPLICIT)),
        (f"{OCTETS}", JPEG_LS, False, Delivery(True, False, OCTETS, EXPLICIT)),
        (
            f'multipart/related; type="{OCTETS}"; transfer-syntax={EXPLICIT}',
            JPEG_LS,
            False,
            Delivery(True, True, OCTETS, EXPLICIT),
        ),
        ('multipart/related; type="image/*"', JPEG_LS, False, Delivery(False, True, "image/jls", JPEG_LS)),
        ("image/jls", JPEG_LS, False, Delivery(False, False, "image/jls", JPEG_LS)),
        ("image/jpeg, image/jls;q=0.5", JPEG_LS, False, Delivery(False, False, "image/jls", JPEG_LS)),
        ("*/*", JPEG_LS, False, Delivery(False, True, "image/jls", JPEG_LS)),
    ],
)
def test_frames_go_out_in_the_first_form_that_client_and_object_share(
    accept: str, stored: str, ranged: bool, expected: Delivery
) -> None:
    assert delivery(accepted(accept), stored, 1, ranged) == expected


@pytest.mark.parametrize("accept", ["image/jpeg", "text/html", 'multipart/related; type="image/jp2"'])
def test_a_form_that_the_object_does_not_have_is_not_acceptable(accept: str) -> None:
    with pytest.raises(Refused, match=r"dicomweb\.not_acceptable"):
        delivery(accepted(accept), JPEG_LS, 1, False)


def test_several_frames_are_never_sent_bare() -> None:
    with pytest.raises(Refused, match=r"dicomweb\.not_acceptable"):
        delivery(accepted("image/jls"), JPEG_LS, 2, False)
    assert delivery(accepted(CORNERSTONE), JPEG_LS, 2, True).in_parts


def test_parts_are_separated_as_rfc_2387_says_and_their_header_is_spelled_content_type() -> None:
    body = b"".join(multipart([Part("image/jls; transfer-syntax=1.2", [b"ab", b"c"]), Part(OCTETS, [b"d"])], "B"))
    assert body == (
        b"\r\n--B\r\nContent-Type: image/jls; transfer-syntax=1.2\r\n\r\nabc"
        b"\r\n--B\r\nContent-Type: application/octet-stream\r\n\r\nd\r\n--B--\r\n"
    )
    assert multipart_type("image/jls", "B") == 'multipart/related; type="image/jls"; boundary=B'


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-3", (0, 3)),
        ("bytes=4-", (4, 9)),
        ("bytes=-3", (7, 9)),
        ("bytes=2-99", (2, 9)),
        ("bytes=0-1,4-5", None),
        ("items=0-1", None),
        ("", None),
    ],
)
def test_one_range_is_honoured_and_anything_else_is_answered_whole(
    header: str, expected: tuple[int, int] | None
) -> None:
    assert byte_range(header, 10) == expected


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=5-4", "bytes=-0"])
def test_a_range_outside_is_an_error(header: str) -> None:
    with pytest.raises(ValueError, match="of 10"):
        byte_range(header, 10)


def test_keywords_and_tags_may_be_mixed_in_a_query() -> None:
    asked = question(
        [
            ("PatientName", "*WANG*"), ("00100020", "*P0*"), ("ModalitiesInStudy", "CT"), ("limit", "101"), ("offset", "5"),
            ("fuzzymatching", "true"), ("includefield", "00081030,00080060"), ("includefield", "PatientSex"),
            ("accept", "x"), ("StudyDescription", ""),
        ]
    )  # fmt: skip
    assert asked.filters == {"00100010": "*WANG*", "00100020": "*P0*", "00080061": "CT"}
    assert asked.include == {"00081030", "00080060", "00100040"}
    assert (asked.limit, asked.offset, asked.fuzzy, asked.unlimited) == (101, 5, True, False)


def test_an_unlimited_question_is_limited() -> None:
    assert (question([]).limit, question([]).unlimited) == (MOST, True)
    assert question([("limit", "999999")]).limit == MOST


@pytest.mark.parametrize("pair", [("limit", "-1"), ("offset", "x"), ("limit", "9" * 30)])
def test_a_limit_that_is_no_number_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(Refused, match=r"dicomweb\.query"):
        question([pair])


@pytest.mark.parametrize("text", ["", "0", "1,x", "-1", ",", "1,,2"])
def test_what_is_no_list_of_frames_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"dicomweb\.frames"):
        frame_numbers(text)


def test_frame_lists_keep_their_order() -> None:
    assert frame_numbers("3,1%2C2") == [3, 1, 2]


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("4.50", "image/jpeg"),
        ("4.70", "image/jpeg"),
        ("5", "image/dicom-rle"),
        ("4.202", "image/jphc"),
        ("4.110", "image/jxl"),
        ("1", OCTETS),
    ],
)
def test_media_types_follow_the_transfer_syntax(tail: str, expected: str) -> None:
    assert media_type(f"1.2.840.10008.1.2.{tail}") == expected


@pytest.mark.parametrize("name", ["FooBar", "Patientid", "0010002", "PatientNames"])
def test_a_name_that_is_neither_attribute_nor_parameter_is_refused(name: str) -> None:
    with pytest.raises(Refused, match=r"dicomweb\.query") as caught:
        question([(name, "1")])
    assert caught.value.params["name"] == name


def test_what_the_standard_and_viewers_add_beside_attributes_is_passed_over() -> None:
    for name in ("accept", "charset", "emptyvaluematching", "multiplevaluematching", "orderby", "_"):
        assert question([(name, "x")]).filters == {}
