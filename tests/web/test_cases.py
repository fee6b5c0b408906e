"""Cases over HTTP: opening one from a phone, files that are what they are, what a hostile sender gets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from teleconsult import referral
from teleconsult.imaging.tables import StudyRow
from tests.builders import Alliance
from tests.records.house import a_study
from tests.web.conftest import Browser

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PDF = b"%PDF-1.7\n%made up\n"


@pytest.fixture
def study(alliance: Alliance) -> StudyRow:
    with alliance.system.work() as work:
        return a_study(work, alliance.sites["county_a"])


@pytest.fixture
def doctor(browser: Callable[[str], Browser]) -> Browser:
    return browser("doctor_a")


@pytest.fixture
def case(doctor: Browser, study: StudyRow) -> dict[str, Any]:
    answer = doctor.post("/api/cases", {"study_ids": [study.id], "title": "测试病例", "severity": "mild"})
    assert answer.status_code == 201, answer.text
    opened: dict[str, Any] = answer.json or {}
    return opened


def upload(browser: Browser, case_id: str, content: bytes, name: str, kind: str = "record") -> TestResponse:
    """As a browser sends a form. The test client's own encoder leaves its temporary file open."""
    fields = (b'name="kind"', kind.encode()), (f'name="file"; filename="{name}"'.encode(), content)
    parts = [b"--cut\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % field for field in fields]
    return browser.client.post(
        f"/api/cases/{case_id}/attachments", data=b"".join(parts) + b"--cut--\r\n", buffered=True,
        content_type="multipart/form-data; boundary=cut", headers={"X-CSRF-Token": browser.csrf},
    )  # fmt: skip


def office(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        for name in ("[Content_Types].xml", *names):
            out.writestr(name, "x")
    return packed.getvalue()


def test_a_case_is_opened_edited_closed_and_found_again(doctor: Browser, case: dict[str, Any]) -> None:
    path = f"/api/cases/{case['id']}"
    edited = doctor.patch(path, {"summary": "咳嗽两周", "version": case["version"]}).json or {}
    assert (edited["summary"], edited["title"], edited["version"]) == ("咳嗽两周", "测试病例", case["version"] + 1)
    assert doctor.patch(path, {"summary": "x", "version": case["version"]}).status_code == 409
    assert (doctor.post(f"{path}/close", {}).json or {})["state"] == "closed"
    listed = doctor.get("/api/cases?q=cs&state=closed&mine=true").json or {}
    assert [row["id"] for row in listed["items"]] == [case["id"]]
    assert listed["counts"] == {"open": 0, "closed": 1, "mine": 1}
    study_id = case["studies"][0]["id"]
    assert [row["id"] for row in (doctor.get(f"/api/cases?study={study_id}").json or {})["items"]] == [case["id"]]
    assert (doctor.post(f"{path}/reopen", {}).json or {})["state"] == "open"
    told = (doctor.get(f"{path}/timeline?kind=case").json or {})["items"]
    names = [fact["name"] for fact in told]
    assert names == ["CaseOpened", "CaseEdited", "CaseClosed", "CaseReopened"]
    assert {(fact["title"], *fact["roles"]) for fact in told} == {("attending", "county_doctor")}
    page = doctor.get(path)
    assert doctor.get(path, headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kept_as", "shown"),
    [
        (PDF, "同意书.pdf", "application/pdf", "同意书.pdf", True),
        (PDF, "virus.exe", "application/pdf", "virus.exe.pdf", True),
        (PNG, "../../x.png", "image/png", "x.png", True),
        (b"\xff\xd8\xff\xe0abc", "photo.jpeg", "image/jpeg", "photo.jpeg", True),
        (b"\0\0\0\x18ftypheic", "IMG_1", "image/heic", "IMG_1.heic", False),
        ("血常规 正常".encode("gb18030"), "化验.txt", "text/plain", "化验.txt", False),
        (office("word/document.xml"), "a\u202excod.docx",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "axcod.docx", False),
    ],
)  # fmt: skip
def test_a_file_is_taken_in_as_what_it_is(
    content: bytes, name: str, media_type: str, kept_as: str, shown: bool, doctor: Browser, case: dict[str, Any]
) -> None:
    answer = upload(doctor, case["id"], content, name)
    assert answer.status_code == 201, answer.text
    (kept,) = (answer.json or {})["attachments"]
    assert (kept["media_type"], kept["name"], kept["size"]) == (media_type, kept_as, len(content))
    given = doctor.get(f"/api/attachments/{kept['id']}", buffered=True)
    assert (given.data, given.mimetype) == (content, media_type)
    assert given.headers["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in given.headers["Content-Security-Policy"]
    assert ("sandbox" in given.headers["Content-Security-Policy"]) == (media_type != "application/pdf")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script>", "page.txt"),
        (b"\xef\xbb\xbf  <svg onload=alert(1)>", "picture.png"),
        (b"#!/bin/sh\nrm -rf /", "run.txt"),
        (b"MZ\x90\0", "setup.exe"),
        (b"\x7fELF", "program"),
        (office("evil.sh"), "packed.zip"),
        (office("word/document.xml", "word/vbaProject.bin"), "macro.docx"),
        (b"PK\x03\x04 broken", "broken.docx"),
        (b"\0\1\2\3", "noise.bin"),
        (b"", "empty.txt"),
    ],
)
def test_what_a_browser_or_a_shell_might_run_is_not_taken_in(
    content: bytes, name: str, doctor: Browser, case: dict[str, Any]
) -> None:
    answer = upload(doctor, case["id"], content, name)
    assert (answer.status_code, (answer.json or {})["code"]) == (
        422,
        "attachment.type" if content else "attachment.empty",
    )
    assert (doctor.get(f"/api/cases/{case['id']}").json or {})["attachments"] == []


def test_a_file_may_be_larger_than_any_other_request_but_not_endless(
    doctor: Browser, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert upload(doctor, case["id"], PDF + b"\n" * (6 << 20), "large.pdf").status_code == 201
    monkeypatch.setattr("teleconsult.referral.files.MOST_BYTES", 1 << 20)
    assert (upload(doctor, case["id"], PDF + b"\n" * (2 << 20), "larger.pdf").json or {})[
        "code"
    ] == "attachment.too_large"
    monkeypatch.setattr(referral, "MOST_BYTES", 1 << 20)
    endless = upload(doctor, case["id"], PDF + b"\n" * (4 << 20), "endless.pdf")
    assert (endless.status_code, (endless.json or {})["code"]) == (413, "request.too_large")


def test_a_strangers_file_is_not_even_kept(
    alliance: Alliance, browser: Callable[[str], Browser], case: dict[str, Any]
) -> None:
    assert upload(browser("doctor_b"), case["id"], PDF, "x.pdf").status_code == 404
    assert alliance.system.blobs.names("attachments") == []


def test_a_form_without_a_file_or_of_no_kind_is_refused(doctor: Browser, case: dict[str, Any]) -> None:
    path, headers = f"/api/cases/{case['id']}/attachments", {"X-CSRF-Token": doctor.csrf}
    assert doctor.client.post(path, data={"kind": "lab"}, headers=headers).status_code == 422
    assert doctor.client.post(path, json={"file": "x"}, headers=headers).status_code in (415, 422)
    assert (upload(doctor, case["id"], PDF, "x.pdf", "song").json or {})["code"] == "field.choice"
    assert upload(doctor, case["id"], PDF, "").status_code in (201, 422)


@pytest.mark.parametrize(
    "body",
    [{}, {"study_ids": [], "title": "x"}, {"study_ids": ["x"] * 51, "title": "x"}, {"study_ids": ["x"], "title": "a\0"},
     {"study_ids": ["x"], "title": "x", "severity": "fatal"}, {"study_ids": ["x"], "title": "x", "more": 1}, [], "x", None],
)  # fmt: skip
def test_a_case_that_is_none_is_not_understood(body: Any, doctor: Browser) -> None:
    assert doctor.post("/api/cases", body).status_code in (400, 415, 422)


def test_a_case_about_two_peoples_studies_is_not_opened_at_all(
    alliance: Alliance, doctor: Browser, study: StudyRow
) -> None:
    with alliance.system.work() as work:
        other = a_study(work, alliance.sites["county_a"], 2, birth_date="19900101")
    answer = doctor.post("/api/cases", {"study_ids": [study.id, other.id], "title": "x"})
    assert (answer.status_code, (answer.json or {})["code"]) == (422, "case.other_patient")
    assert (doctor.get("/api/cases").json or {})["total"] == 0
