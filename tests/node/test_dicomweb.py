"""DICOMweb over what really came in by C-STORE: search, metadata, frames, pictures, objects; and who may."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset
from pydicom.uid import (
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)
from sqlalchemy import select
from werkzeug.test import TestResponse

from teleconsult.imaging import settle
from teleconsult.imaging.render_pool import RenderPool
from teleconsult.records.tables import FactRow
from tests import synth
from tests.builders import Alliance
from tests.node import index
from tests.node.bodies import parts
from tests.node.conftest import Browser
from tests.peers import Scanner, sent
from tests.working import a_bench
from workers.jobs import prepare as job

OCTETS, EXPLICIT = "application/octet-stream", "1.2.840.10008.1.2.1"
ANY_FRAME = "multipart/related; type=application/octet-stream; transfer-syntax=*"
ALL_SYNTAXES = [
    ImplicitVRLittleEndian, synth.ExplicitVRLittleEndian, ExplicitVRBigEndian, "1.2.840.10008.1.2.1.99",
    RLELossless, JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless,
]  # fmt: skip


def url(ds: Dataset, tail: str = "", level: str = "instance") -> str:
    path = f"/studies/{ds.StudyInstanceUID}"
    if level != "study":
        path += f"/series/{ds.SeriesInstanceUID}"
    if level == "instance":
        path += f"/instances/{ds.SOPInstanceUID}"
    return path + tail


def found(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.get_data()
    assert answer.mimetype == "application/dicom+json"
    rows: list[dict[str, Any]] = json.loads(answer.get_data())
    return rows


def first(row: dict[str, Any], tag: str) -> Any:
    return row[tag]["Value"][0]


# ---- search


def test_a_search_finds_a_study_with_all_that_a_list_needs(browser: Browser, scanner: Scanner) -> None:
    series = synth.a_ct_series(3)
    scanner.send(*map(sent, series))
    (row,) = found(browser.get("/studies", "application/dicom+json"))
    assert first(row, "0020000D") == series[0].StudyInstanceUID
    assert first(row, "00100010") == {"Alphabetic": "测试甲"}
    assert (row["00080061"]["Value"], first(row, "00201206"), first(row, "00201208")) == (["CT"], 1, 3)
    assert first(row, "00080005") == "ISO_IR 192"
    assert first(row, "00081190").endswith(f"/dicom-web/studies/{series[0].StudyInstanceUID}")


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("PatientName=测试甲", True),
        ("PatientName=ceshijia*", True),
        ("PatientName=测试&fuzzymatching=true", True),
        ("PatientName=测试", False),
        ("00100020=T*&ModalitiesInStudy=CT", True),
        ("PatientID=t0001", False),
        ("ModalitiesInStudy=MR", False),
        ("ModalitiesInStudy=MR,CT", True),
        ("StudyDate=20260101-20260131", True),
        ("StudyDate=20260103-", False),
        ("StudyDate=-20260102", True),
        ("AccessionNumber=A0001", True),
        ("StudyDescription=*hest*", True),
        ("StudyTime=08-09", True),
        ("StudyTime=09-", False),
        ("PatientBirthDate=19600301&PatientSex=M", True),
    ],
)
def test_a_search_matches_as_the_standard_says(browser: Browser, scanner: Scanner, query: str, hit: bool) -> None:
    scanner.send(sent(synth.ct_slice()))
    answer = browser.get(f"/studies?{query}")
    assert answer.status_code == (200 if hit else 204), answer.get_data()


def test_a_search_that_finds_nothing_says_so_without_a_body(browser: Browser) -> None:
    answer = browser.get("/studies?PatientID=NOBODY")
    assert (answer.status_code, answer.get_data()) == (204, b"")


def test_pages_of_a_search_neither_overlap_nor_leave_out(browser: Browser, scanner: Scanner) -> None:
    scanner.send(*(sent(synth.ct_slice(patient_id=f"T{n:04}")) for n in range(7)))
    pages = [found(browser.get(f"/studies?limit=3&offset={offset}")) for offset in (0, 3, 6)]
    ids = [first(row, "00100020") for page in pages for row in page]
    assert sorted(ids) == [f"T{n:04}" for n in range(7)]
    assert browser.get("/studies?limit=3&offset=9").status_code == 204


def test_series_and_instances_are_found_below_a_study_and_by_themselves(browser: Browser, scanner: Scanner) -> None:
    series = synth.a_ct_series(3)
    scanner.send(*map(sent, series))
    (row,) = found(browser.get(url(series[0], "/series", "study") + "?includefield=00080021,0008103E"))
    assert (first(row, "0020000E"), first(row, "00201209")) == (series[0].SeriesInstanceUID, 3)
    rows = found(browser.get(url(series[0], "/instances", "series")))
    assert [first(row, "00080018") for row in rows] == [ds.SOPInstanceUID for ds in series]
    assert {first(row, "00280010") for row in rows} == {64}
    (row,) = found(browser.get(f"/instances?SOPInstanceUID={series[1].SOPInstanceUID}"))
    assert first(row, "00100020") == "T0001"
    assert len(found(browser.get("/series?Modality=CT"))) == 1


@pytest.mark.parametrize("query", ["limit=x", "StudyDate=yesterday", "SeriesNumber=one", "StudyTime=noon"])
def test_a_query_that_cannot_be_read_is_a_problem_document(browser: Browser, query: str) -> None:
    answer = browser.get(f"/series?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["code"] == "dicomweb.query"


def test_what_was_not_matched_is_said_in_a_warning(browser: Browser, scanner: Scanner) -> None:
    scanner.send(sent(synth.ct_slice()))
    answer = browser.get("/studies?Manufacturer=Nobody")
    assert answer.headers["Warning"].startswith("299 ")
    assert "00080070" in answer.headers["Warning"]


# ---- metadata


def test_metadata_is_there_before_the_study_was_prepared(browser: Browser, scanner: Scanner) -> None:
    ds = synth.ct_slice(charset=synth.GB18030)
    scanner.send(sent(ds))
    (row,) = found(browser.get(url(ds, "/metadata"), "application/dicom+json"))
    assert first(row, "00100010") == {"Alphabetic": "测试甲"}
    assert (first(row, "00280010"), first(row, "00281050")) == (64, 40)
    assert first(row, "00083002") == EXPLICIT
    assert row["7FE00010"]["BulkDataURI"].endswith(f"instances/{ds.SOPInstanceUID}/bulkdata/7FE00010")


def test_prepared_metadata_is_sent_as_it_lies_there_and_late_images_are_in_it(
    browser: Browser, scanner: Scanner, alliance: Alliance
) -> None:
    series = synth.a_ct_series(4)
    scanner.send(*map(sent, series[:3]))
    prepare(alliance)
    first_answer = browser.get(url(series[0], "/metadata", "series"), Accept_Encoding="gzip")
    assert first_answer.headers["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(first_answer.get_data()))) == 3
    tag = first_answer.headers["ETag"]
    again = browser.get(url(series[0], "/metadata", "series"), Accept_Encoding="gzip", If_None_Match=tag)
    assert (again.status_code, again.get_data()) == (304, b"")
    scanner.send(sent(series[3]))
    later = browser.get(url(series[0], "/metadata", "series"), Accept_Encoding="gzip", If_None_Match=tag)
    assert len(json.loads(gzip.decompress(later.get_data()))) == 4
    for level in ("study", "series"):
        rows = found(browser.get(url(series[0], "/metadata", level)))
        assert {first(row, "00080018") for row in rows} == {ds.SOPInstanceUID for ds in series}


def prepare(alliance: Alliance) -> None:
    """Settle what came in, and do to it what the worker does."""
    system = alliance.system
    with system.work() as work:
        settle.sweep(work, work.now + timedelta(hours=1))
    with system.read() as work:
        settled = list(work.session.scalars(select(FactRow).where(FactRow.name == "StudySettled")))
    bench = a_bench(system)
    for fact in settled:
        job.run(bench, fact)


# ---- frames


@pytest.mark.parametrize("syntax", ALL_SYNTAXES)
def test_a_frame_goes_out_in_its_stored_syntax_when_any_is_taken(
    browser: Browser, scanner: Scanner, syntax: str
) -> None:
    ds = synth.ct_slice()
    pixels, item = bytes(ds.PixelData), sent(ds, syntax)
    scanner.send(item)
    ((content_type, body),) = parts(browser.get(url(ds, "/frames/1"), ANY_FRAME))
    named = EXPLICIT if syntax in ALL_SYNTAXES[:4] else syntax
    assert content_type.endswith(f"; transfer-syntax={named}")
    if named == EXPLICIT:
        assert body == pixels
    else:
        assert body in item.data_set


@pytest.mark.parametrize("syntax", ALL_SYNTAXES)
def test_a_frame_is_decoded_for_who_asks_for_explicit_little_endian(
    browser: Browser, scanner: Scanner, syntax: str
) -> None:
    ds = synth.ct_slice()
    pixels = bytes(ds.PixelData)
    scanner.send(sent(ds, syntax))
    answer = browser.get(url(ds, "/frames/1"), f'multipart/related; type="{OCTETS}"; transfer-syntax={EXPLICIT}')
    ((content_type, body),) = parts(answer)
    assert content_type == f"{OCTETS}; transfer-syntax={EXPLICIT}"
    assert body == pixels


def test_frames_of_a_colour_cine_come_in_the_order_asked_for(browser: Browser, scanner: Scanner) -> None:
    ds = synth.us_cine()
    scanner.send(sent(ds))
    answer = browser.get(url(ds, "/frames/3,1"), ANY_FRAME)
    size = ds.Rows * ds.Columns * 3
    assert [body for _, body in parts(answer)] == [ds.PixelData[2 * size : 3 * size], ds.PixelData[:size]]


def test_frames_of_a_lossy_cine_are_sent_as_stored(browser: Browser, scanner: Scanner) -> None:
    ds = synth.us_cine()
    scanner.send(sent(ds, JPEGBaseline8Bit))
    answer = browser.get(url(ds, "/frames/2"), "image/jpeg")
    assert answer.headers["Content-Type"] == f"image/jpeg; transfer-syntax={JPEGBaseline8Bit}"
    assert Image.open(io.BytesIO(answer.get_data())).size == (ds.Columns, ds.Rows)


def test_a_range_of_a_frame_is_a_bare_206(browser: Browser, scanner: Scanner) -> None:
    ds = synth.ct_slice()
    scanner.send(sent(ds))
    answer = browser.get(url(ds, "/frames/1"), ANY_FRAME, Range="bytes=100-199")
    assert (answer.status_code, answer.get_data()) == (206, ds.PixelData[100:200])
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(ds.PixelData)}"
    beyond = browser.get(url(ds, "/frames/1"), ANY_FRAME, Range="bytes=999999-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(ds.PixelData)}")
    assert (beyond.mimetype, (beyond.json or {})["code"]) == ("application/problem+json", "dicomweb.range")


def test_a_frame_that_the_browser_has_is_not_sent_again(browser: Browser, scanner: Scanner) -> None:
    ds = synth.ct_slice()
    scanner.send(sent(ds))
    answer = browser.get(url(ds, "/frames/1"), ANY_FRAME)
    assert answer.headers["Cache-Control"] == "private, no-cache", (
        "another picture may come to stand under the same UID"
    )
    assert "Cookie" in answer.headers["Vary"], "another session at the same browser asks anew"
    again = browser.get(url(ds, "/frames/1"), ANY_FRAME, If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.get_data()) == (304, b"")
    raw = browser.get(url(ds, "/frames/1"), OCTETS)
    assert raw.headers["ETag"] != answer.headers["ETag"]


@pytest.mark.parametrize(
    ("tail", "accept", "status"),
    [
        ("/frames/2", ANY_FRAME, 404),
        ("/frames/1,2", ANY_FRAME, 404),
        ("/frames/0", ANY_FRAME, 400),
        ("/frames/x", ANY_FRAME, 400),
        ("/frames/1", "image/jp2", 406),
        ("/rendered", "text/plain", 406),
        ("/rendered?window=a,b", "image/png", 400),
        ("/rendered?viewport=0,0", "image/png", 400),
        ("/bulkdata/00280010", OCTETS, 404),
        ("/bulkdata/../../../etc", OCTETS, 404),
    ],
)
def test_what_cannot_be_given_is_a_problem_document(
    browser: Browser, scanner: Scanner, tail: str, accept: str, status: int
) -> None:
    ds = synth.ct_slice()
    scanner.send(sent(ds))
    answer = browser.get(url(ds, tail), accept)
    assert answer.status_code == status, answer.get_data()
    assert answer.mimetype in ("application/problem+json", "text/html")


# ---- pictures


def test_a_rendered_frame_obeys_window_viewport_and_format(browser: Browser, scanner: Scanner) -> None:
    ds = synth.ct_slice()
    scanner.send(sent(ds))
    plain = Image.open(io.BytesIO(browser.get(url(ds, "/rendered")).get_data()))
    assert (plain.format, plain.size) == ("JPEG", (64, 64))
    small = browser.get(url(ds, "/frames/1/rendered?viewport=32,32&window=-1000,400,linear"), "image/png")
    picture = Image.open(io.BytesIO(small.get_data()))
    assert (picture.format, picture.size) == ("PNG", (32, 32))
    assert np.asarray(picture).mean() > np.asarray(plain).mean()


def test_a_thumbnail_is_a_jpeg_for_a_client_that_takes_anything(browser: Browser, scanner: Scanner) -> None:
    ds = synth.ct_slice(rows=512, columns=400)
    scanner.send(sent(ds))
    for level in ("study", "series", "instance"):
        answer = browser.get(url(ds, "/thumbnail?accept=image%2Fjpeg", level))
        assert answer.mimetype == "image/jpeg"
        assert max(Image.open(io.BytesIO(answer.get_data())).size) == 256


def test_what_has_no_picture_gets_a_card_instead_of_an_error(browser: Browser, scanner: Scanner) -> None:
    ds = synth.an_encapsulated_pdf()
    scanner.send(sent(ds))
    answer = browser.get(url(ds, "/thumbnail"))
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert browser.get(url(ds, "/rendered")).status_code in (404, 406)


# ---- bulk data and whole objects


def test_bulk_data_is_had_by_the_uri_of_the_metadata(browser: Browser, scanner: Scanner) -> None:
    document = synth.an_encapsulated_pdf(pdf=synth.a_pdf() + b"%" * 2000)
    scanner.send(sent(document))
    (row,) = found(browser.get(url(document, "/metadata")))
    answer = browser.get(f"/studies/{document.StudyInstanceUID}/{row['00420011']['BulkDataURI']}", OCTETS)
    assert answer.get_data() == document.EncapsulatedDocument
    assert answer.mimetype == "application/pdf"
    in_parts = browser.get(f"/studies/{document.StudyInstanceUID}/{row['00420011']['BulkDataURI']}", ANY_FRAME)
    assert [body for _, body in parts(in_parts)] == [document.EncapsulatedDocument]


@pytest.mark.parametrize("syntax", ALL_SYNTAXES)
def test_an_object_comes_out_as_it_came_in(browser: Browser, scanner: Scanner, syntax: str) -> None:
    item = sent(synth.ct_slice(), syntax)
    scanner.send(item)
    path = browser.get(f"/instances?SOPInstanceUID={item.sop_uid}")
    (row,) = found(path)
    where = first(row, "00081190").partition("/dicom-web")[2]
    ((content_type, body),) = parts(browser.get(where, 'multipart/related; type="application/dicom"'))
    assert content_type == f"application/dicom; transfer-syntax={syntax}"
    assert synth.bare(body) == item.data_set
    bare = browser.get(where, "application/dicom")
    assert synth.bare(bare.get_data()) == item.data_set
    piece = browser.get(where, "application/dicom", Range="bytes=128-131")
    assert (piece.status_code, piece.get_data()) == (206, b"DICM")


def test_a_whole_study_comes_out_in_parts(browser: Browser, scanner: Scanner) -> None:
    items = [sent(ds) for ds in synth.a_ct_series(3)]
    scanner.send(*items)
    study = first(found(browser.get("/studies"))[0], "0020000D")
    bodies = [synth.bare(body) for _, body in parts(browser.get(f"/studies/{study}"))]
    assert sorted(bodies) == sorted(item.data_set for item in items)


# ---- who may


ROUTES = [
    ("", "study"), ("/metadata", "study"), ("/series", "study"), ("/instances", "study"), ("/thumbnail", "study"),
    ("", "series"), ("/metadata", "series"), ("/instances", "series"), ("/thumbnail", "series"),
    ("", "instance"), ("/metadata", "instance"), ("/thumbnail", "instance"), ("/rendered", "instance"),
    ("/frames/1", "instance"), ("/frames/1/rendered", "instance"), ("/frames/1/thumbnail", "instance"),
    ("/bulkdata/7FE00010", "instance"),
]  # fmt: skip


@pytest.mark.parametrize("who", ["doctor_b", "doctor_t", "reader", "coordinator", "administrator"])
def test_a_study_of_another_site_is_as_absent_as_one_that_never_was(
    browser: Browser, scanner: Scanner, who: str
) -> None:
    """Before an agreement has opened it to anybody, only the hospital that made it has it."""
    ds = synth.ct_slice()
    scanner.send(sent(ds))
    never = synth.ct_slice()
    browser.who = who
    for tail, level in ROUTES:
        there, nowhere = browser.get(url(ds, tail, level)), browser.get(url(never, tail, level))
        assert (there.status_code, nowhere.status_code) == (404, 404), tail
        assert there.get_json()["code"] == nowhere.get_json()["code"]
    for level in ("studies", "series", "instances"):
        assert browser.get(f"/{level}").status_code == 204


def test_an_auditor_sees_that_a_study_is_there_and_none_of_its_images(browser: Browser, scanner: Scanner) -> None:
    ds = synth.ct_slice()
    scanner.send(sent(ds))
    browser.who = "auditor"
    assert len(found(browser.get("/studies"))) == 1
    for tail, level in ROUTES:
        expected = 200 if tail in ("/series", "/instances") else 403
        assert browser.get(url(ds, tail, level)).status_code == expected, (tail, level)


def test_the_county_that_sent_it_has_every_route(browser: Browser, scanner: Scanner) -> None:
    ds = synth.ct_slice()
    scanner.send(sent(ds))
    for tail, level in ROUTES:
        assert browser.get(url(ds, tail, level)).status_code == 200, (tail, level)


def test_whoever_is_not_signed_in_gets_nothing(browser: Browser, scanner: Scanner) -> None:
    ds = synth.ct_slice()
    scanner.send(sent(ds))
    browser.who = None
    for tail, level in ROUTES:
        assert browser.get(url(ds, tail, level)).status_code in (401, 403), (tail, level)


def test_looking_at_images_and_taking_them_away_is_written_down(
    browser: Browser, scanner: Scanner, alliance: Alliance
) -> None:
    ds = synth.ct_slice()
    scanner.send(sent(ds))
    for _ in range(3):
        browser.get(url(ds, "/metadata", "series"))
    browser.get(url(ds))
    assert index.facts_named(alliance.system, "ImagesOpened", "ObjectDownloaded") == [
        "ImagesOpened",
        "ObjectDownloaded",
    ]


@pytest.mark.parametrize(("fault", "code"), [("hang", "pixels.decoder_hung"), ("crash", "pixels.decoder_crashed")])
def test_a_frame_that_is_fatal_to_its_decoder_is_refused_and_the_process_goes_on(
    alliance: Alliance, scanner: Scanner, monkeypatch: pytest.MonkeyPatch, fault: str, code: str
) -> None:
    fatal, fine = synth.ct_slice(1), synth.ct_slice(2)
    pixels = fine.PixelData
    scanner.send(sent(fatal, JPEGLSLossless))
    scanner.send(sent(fine, JPEG2000Lossless))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[1] / "jobs" / "faults"))
    monkeypatch.setenv("FAULT", fault)
    with contextlib.closing(RenderPool(most=1, seconds=3 if fault == "hang" else 120)) as pool:
        browser = Browser(alliance, pool)
        answer = browser.get(url(fatal, "/frames/1"), OCTETS)
        assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
        assert (answer.json or {})["code"] == code
        assert browser.get(url(fine, "/frames/1"), OCTETS).get_data() == pixels
        stored = browser.get(url(fatal, "/frames/1"), ANY_FRAME)
        assert stored.status_code == 200, "what is stored needs no decoder"
