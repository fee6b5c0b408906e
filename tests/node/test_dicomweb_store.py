"""STOW-RS: what comes in over HTTP is kept as what comes in by C-STORE, and every object is told what became of it."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.uid import ImplicitVRLittleEndian, JPEGLSLossless, RLELossless
from werkzeug.test import TestResponse

from dicom_node.dicomweb_parts import Parts, described
from teleconsult.kernel.errors import Refused
from teleconsult.system import build
from tests import synth
from tests.arriving import relabelled
from tests.builders import Alliance, some_settings
from tests.node import index
from tests.node.conftest import Browser

EDGE = "border-3f2a"
RELATED = f'multipart/related; type="application/dicom"; boundary={EDGE}'


@pytest.fixture(autouse=True)
def technician(browser: Browser) -> None:
    browser.who = "technician_a"


def body_of(*objects: bytes, media: str = "application/dicom") -> bytes:
    head = f"\r\n--{EDGE}\r\nContent-Type: {media}\r\n\r\n".encode()
    return b"".join(head + one for one in objects) + f"\r\n--{EDGE}--\r\n".encode()


def put(browser: Browser, *objects: Dataset | bytes, study: str = "") -> TestResponse:
    files = [one if isinstance(one, bytes) else synth.as_bytes(one) for one in objects]
    return browser.post(f"/studies{study and '/' + study}", body_of(*files), RELATED)


def said(answer: TestResponse) -> dict[str, Any]:
    assert answer.mimetype == "application/dicom+json", answer.get_data()
    found: dict[str, Any] = json.loads(answer.get_data())
    return found


def uids(answer: TestResponse, sequence: str) -> list[str]:
    return [item["00081155"]["Value"][0] for item in said(answer).get(sequence, {"Value": []})["Value"]]


def reasons(answer: TestResponse, sequence: str, tag: str = "00081197") -> list[int]:
    return [item[tag]["Value"][0] for item in said(answer)[sequence]["Value"]]


FAILED, STORED, NAMELESS, WARNING = "00081198", "00081199", "0008119A", "00081196"


# ---- what is stored


def test_objects_are_kept_byte_for_byte_and_can_be_fetched_where_the_answer_says(
    browser: Browser, alliance: Alliance
) -> None:
    series = synth.a_ct_series(3)
    files = [
        synth.as_bytes(ds, syntax)
        for ds, syntax in zip(series, ("1.2.840.10008.1.2", JPEGLSLossless, RLELossless), strict=True)
    ]
    answer = put(browser, *files)
    assert answer.status_code == 200
    assert uids(answer, STORED) == [str(ds.SOPInstanceUID) for ds in series]
    assert FAILED not in said(answer)
    assert said(answer)["00081190"]["Value"][0].endswith(f"/dicom-web/studies/{series[0].StudyInstanceUID}")
    for ds, file, item in zip(series, files, said(answer)[STORED]["Value"], strict=True):
        (row,) = index.instances(alliance.system, ds.SOPInstanceUID)
        assert index.bytes_of(alliance.system, row) == synth.bare(file)
        where = item["00081190"]["Value"][0].split("/dicom-web")[1]
        assert browser.get(where, "application/dicom").status_code == 200
    assert index.drafts(alliance.system) == []


def test_one_object_may_come_by_itself(browser: Browser, alliance: Alliance) -> None:
    ds = synth.ct_slice()
    answer = browser.post("/studies", synth.as_bytes(ds), "application/dicom")
    assert (answer.status_code, uids(answer, STORED)) == (200, [str(ds.SOPInstanceUID)])
    assert index.counted(alliance.system) == 1


def test_the_same_again_is_stored_once_and_told_as_stored(browser: Browser, alliance: Alliance) -> None:
    ds = synth.ct_slice()
    assert [put(browser, ds).status_code for _ in range(2)] == [200, 200]
    assert index.arrivals(alliance.system) == ["stored", "repeat"]
    assert index.counted(alliance.system) == 1


def test_what_comes_is_the_senders_hospital_s(browser: Browser, alliance: Alliance) -> None:
    put(browser, synth.ct_slice())
    assert index.studies(alliance.system)[0].site_id == alliance.sites["county_a"]


@pytest.mark.parametrize("syntax", ["1.2.840.113619.5.2", "1.2.840.99999.1.2.1"])
def test_a_private_transfer_syntax_is_refused_as_it_is_by_c_store(
    browser: Browser, alliance: Alliance, syntax: str
) -> None:
    good, unknown = synth.ct_slice(), synth.ct_slice()
    answer = put(browser, good, relabelled(synth.as_bytes(unknown), syntax))
    assert (answer.status_code, uids(answer, STORED)) == (202, [str(good.SOPInstanceUID)])
    assert (uids(answer, FAILED), reasons(answer, FAILED)) == ([str(unknown.SOPInstanceUID)], [0xC122])
    assert index.counted(alliance.system) == 1
    (kept,) = index.quarantined(alliance.system)
    assert (kept.reason, kept.params["transfer_syntax"]) == ("object.unreadable", syntax)
    assert put(browser, relabelled(synth.as_bytes(unknown), syntax)).status_code == 409


# ---- warnings


def test_other_content_under_a_known_uid_is_kept_apart_with_a_warning(browser: Browser, alliance: Alliance) -> None:
    first, other = synth.ct_slice(), synth.ct_slice()
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        setattr(other, keyword, first[keyword].value)
    other.SeriesDescription = "other"
    put(browser, first)
    answer = put(browser, other)
    assert answer.status_code == 202
    assert reasons(answer, STORED, WARNING) == [0xB0C1]
    assert said(answer)[STORED]["Value"][0]["00081190"] == {"vr": "UR"}, "what is shown there is the first one"
    assert [row.reason for row in index.quarantined(alliance.system)] == ["instance.conflict"]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, JPEGLSLossless])
def test_other_pixels_in_another_transfer_syntax_are_kept_apart_with_a_warning(
    browser: Browser, alliance: Alliance, syntax: str
) -> None:
    ds = synth.ct_slice()
    put(browser, ds)
    assert put(browser, synth.as_bytes(ds, syntax)).status_code == 200
    assert index.arrivals(alliance.system) == ["stored", "other_syntax"]
    ds.PixelData = bytes(len(ds.PixelData))
    black = synth.as_bytes(ds, syntax)
    answer = put(browser, black)
    assert (answer.status_code, reasons(answer, STORED, WARNING)) == (202, [0xB0C1])
    (kept,) = index.quarantined(alliance.system)
    assert index.bytes_of(alliance.system, kept) == synth.bare(black)


def test_a_known_study_for_another_patient_is_kept_apart_with_a_warning(browser: Browser, alliance: Alliance) -> None:
    first, other = synth.ct_slice(), synth.ct_slice(patient_id="T9999", patient_name="测试^乙")
    other.StudyInstanceUID = first.StudyInstanceUID
    answer = put(browser, first, other)
    assert answer.status_code == 202
    assert uids(answer, STORED) == [str(first.SOPInstanceUID), str(other.SOPInstanceUID)]
    assert said(answer)[STORED]["Value"][1][WARNING]["Value"] == [0xB0C2]
    assert [row.reason for row in index.quarantined(alliance.system)] == ["identity.conflict"]
    assert said(answer)["00081190"]["Value"][0].endswith(f"/studies/{first.StudyInstanceUID}"), (
        "of the one that is shown"
    )


@pytest.mark.parametrize("path", [False, True])
def test_of_another_hospital_s_study_no_address_is_told(browser: Browser, path: bool) -> None:
    first, other = synth.ct_slice(), synth.ct_slice()
    other.StudyInstanceUID = first.StudyInstanceUID
    put(browser, first)
    browser.who = "coordinator"
    assert browser.get(f"/studies/{first.StudyInstanceUID}/metadata").status_code == 404
    answer = put(browser, other, study=str(first.StudyInstanceUID) if path else "")
    assert (answer.status_code, reasons(answer, STORED, WARNING)) == (202, [0xB0C2])
    assert said(answer)["00081190"] == said(answer)[STORED]["Value"][0]["00081190"] == {"vr": "UR"}


# ---- failures


def test_an_object_of_another_study_than_the_path_s_is_refused_and_the_others_are_kept(
    browser: Browser, alliance: Alliance
) -> None:
    mine, other = synth.ct_slice(), synth.ct_slice()
    answer = put(browser, other, mine, study=str(mine.StudyInstanceUID))
    assert answer.status_code == 202
    assert (uids(answer, FAILED), reasons(answer, FAILED)) == ([str(other.SOPInstanceUID)], [0xA901])
    assert uids(answer, STORED) == [str(mine.SOPInstanceUID)]
    assert index.counted(alliance.system) == 1
    assert put(browser, other, study=str(mine.StudyInstanceUID)).status_code == 409


def test_what_is_no_dicom_is_told_and_the_rest_goes_on(browser: Browser, alliance: Alliance) -> None:
    ds = synth.ct_slice()
    answer = put(browser, b"no object at all", ds)
    assert answer.status_code == 202
    assert reasons(answer, NAMELESS) == [0xC000]
    assert uids(answer, STORED) == [str(ds.SOPInstanceUID)]
    answer = put(browser, b"no object at all")
    assert (answer.status_code, reasons(answer, NAMELESS)) == (400, [0xC000])


def test_a_class_that_is_not_kept_is_named_with_its_reason(browser: Browser, alliance: Alliance) -> None:
    ds = synth.ct_slice()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.38.1"
    answer = put(browser, ds)
    assert (answer.status_code, reasons(answer, FAILED)) == (409, [0x0122])
    assert (index.counted(alliance.system), index.drafts(alliance.system)) == (0, [])


def test_a_part_of_another_kind_is_refused_and_the_rest_goes_on(browser: Browser, alliance: Alliance) -> None:
    head = f"\r\n--{EDGE}\r\nContent-Type: application/dicom+json\r\n\r\n[]".encode()
    answer = browser.post("/studies", head + body_of(synth.as_bytes(synth.ct_slice())), RELATED)
    assert (answer.status_code, reasons(answer, NAMELESS)) == (202, [0xC000])
    assert index.counted(alliance.system) == 1


def test_a_full_store_says_so_for_every_object_and_asks_to_come_again(
    browser: Browser, alliance: Alliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(alliance.system.blobs), "free_bytes", lambda _: 100)
    answer = put(browser, synth.ct_slice())
    assert (answer.status_code, reasons(answer, NAMELESS)) == (503, [0xA700])
    assert "Retry-After" in answer.headers
    assert index.drafts(alliance.system) == []


@pytest.mark.parametrize("missing", [len(f"\r\n--{EDGE}--\r\n"), 3000])
def test_a_request_that_is_cut_tells_what_of_it_was_stored(browser: Browser, alliance: Alliance, missing: int) -> None:
    series = synth.a_ct_series(2)
    whole = body_of(*map(synth.as_bytes, series))
    answer = browser.post("/studies", whole[:-missing], RELATED)
    assert answer.status_code == 202
    assert uids(answer, STORED) == [str(series[0].SOPInstanceUID)]
    assert reasons(answer, NAMELESS) == [0xC000]
    assert said(answer)["00081190"]["Value"][0].endswith(str(series[0].StudyInstanceUID))
    assert (index.counted(alliance.system), index.drafts(alliance.system)) == (1, [])


# ---- requests that are none


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{}", "application/dicom+json", 415, "dicomweb.media_type"),
        (b"x", 'multipart/related; type="application/dicom+json"; boundary=x', 415, "dicomweb.media_type"),
        (b"x", "multipart/form-data; boundary=x", 415, "dicomweb.media_type"),
        (b"", "", 415, "dicomweb.media_type"),
        (b"x", 'multipart/related; type="application/dicom"', 400, "dicomweb.multipart"),
        (b"nothing of the kind", RELATED, 400, "dicomweb.multipart"),
        (f"\r\n--{EDGE}--\r\n".encode(), RELATED, 400, "dicomweb.multipart"),
        (f"--{EDGE}\r\nContent-Type: application/dicom\r\n\r\nDICM".encode(), RELATED, 400, "dicomweb.multipart"),
    ],
)  # fmt: skip
def test_a_request_that_is_no_store_is_refused_with_what_is_wrong(
    browser: Browser, alliance: Alliance, body: bytes, kind: str, status: int, code: str
) -> None:
    answer = browser.post("/studies", body, kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert json.loads(answer.get_data())["code"] == code
    assert index.drafts(alliance.system) == []


def test_an_answer_in_another_language_than_json_is_not_to_be_had(browser: Browser, alliance: Alliance) -> None:
    answer = browser.post("/studies", body_of(synth.as_bytes(synth.ct_slice())), RELATED, "application/dicom+xml")
    assert answer.status_code == 406
    assert index.counted(alliance.system) == 0


@pytest.mark.parametrize("chunked", [False, True])
def test_a_request_longer_than_allowed_ends_there(alliance: Alliance, chunked: bool) -> None:
    system = build(some_settings(alliance.system.settings.home, stow_bytes=50_000))
    browser = Browser(Alliance(system, alliance.sites, alliance.people), None)  # type: ignore[arg-type]
    browser.who = "technician_a"
    client = browser.app.test_client()
    sent = body_of(synth.as_bytes(synth.ct_slice(rows=256, columns=256)))
    options: dict[str, Any] = (
        {"input_stream": io.BytesIO(sent), "environ_overrides": {"wsgi.input_terminated": True}}
        if chunked
        else {"data": sent}
    )
    answer = client.post("/dicom-web/studies", headers={"Content-Type": RELATED}, **options)
    assert answer.status_code == 413
    assert (index.counted(system), index.drafts(system)) == (0, [])
    system.store.engine.dispose()


@pytest.mark.parametrize("who", ["doctor_a", "reader", "auditor", "administrator"])
def test_only_who_brings_images_in_may_store(browser: Browser, alliance: Alliance, who: str) -> None:
    browser.who = who
    answer = put(browser, synth.ct_slice())
    assert (answer.status_code, json.loads(answer.get_data())["code"]) == (403, "permit.refused")
    assert index.counted(alliance.system) == 0


# ---- the parser by itself


@pytest.mark.parametrize("step", [1, 2, 7, 64, 1 << 20])
def test_parts_are_the_same_however_the_bytes_come(step: int) -> None:
    bodies = [b"", b"\r\n", f"\r\n--{EDGE}x".encode(), b"--" + EDGE.encode(), bytes(range(256)) * 9, b"\r\n--"]
    source = io.BytesIO(b"a preamble" + body_of(*bodies) + b"an epilogue")
    parts = Parts(lambda most: source.read(min(step, most)), EDGE)
    assert [(part.media, b"".join(part.body)) for part in parts] == [("application/dicom", body) for body in bodies]


def test_a_body_that_nobody_reads_is_passed_over() -> None:
    parts = Parts(io.BytesIO(body_of(b"one" * 999, b"two")).read, EDGE)
    assert len(list(parts)) == 2


def test_a_part_without_an_end_of_headers_is_given_up() -> None:
    source = io.BytesIO(f"--{EDGE}\r\n".encode() + b"X: y\r\n" * 99_999)
    with pytest.raises(Refused, match="end of its headers"):
        list(Parts(source.read, EDGE))


def test_a_long_object_is_never_whole_in_memory() -> None:
    def pieces() -> Iterator[bytes]:
        yield f"--{EDGE}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        yield from (b"\0" * (1 << 18) for _ in range(400))
        yield f"\r\n--{EDGE}--".encode()

    source = pieces()
    tracemalloc.start()
    (size,) = (sum(map(len, part.body)) for part in Parts(lambda _: next(source, b""), EDGE))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 400 << 18
    assert most < 4 << 20


def test_content_types_are_read_with_or_without_quotes() -> None:
    assert described('Multipart/Related; type="application/DICOM"; boundary="a b"') == (
        "multipart/related",
        "application/dicom",
        "a b",
    )
    assert described("multipart/related;type=application/dicom;boundary=x") == (
        "multipart/related",
        "application/dicom",
        "x",
    )
    assert described("") == ("", "", "")
