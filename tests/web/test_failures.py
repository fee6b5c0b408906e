"""What fails before or beside our own code is a problem document with a code of ours, never a page of HTML."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from werkzeug.exceptions import default_exceptions
from werkzeug.test import TestResponse

from teleconsult.web import problems
from tests.builders import Alliance
from tests.web.conftest import Browser
from tests.web.scene import a_signed_study


def told(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json", answer.text[:200]
    assert answer.json is not None
    assert answer.json["status"] == answer.status_code
    return answer.status_code, answer.json["code"]


def test_a_range_outside_of_an_object_is_a_problem_document_with_its_size(app: Flask, alliance: Alliance) -> None:
    scene = a_signed_study(alliance)
    visitor = Browser(app.test_client(), "reader")
    frame = f"/dicom-web/studies/{scene.study_uid}/series/{scene.series_uid}/instances/{scene.sop_uid}/frames/1"
    accept = "multipart/related; type=application/octet-stream; transfer-syntax=*"
    beyond = visitor.get(frame, headers={"Range": "bytes=99999999-", "Accept": accept})
    assert told(beyond) == (416, "dicomweb.range")
    assert beyond.headers["Content-Range"].startswith("bytes */")


@pytest.mark.parametrize("path", ["/api/me", "/dicom-web/studies"])
def test_a_method_that_there_is_not_says_which_there_are(app: Flask, path: str, alliance: Alliance) -> None:
    visitor = Browser(app.test_client(), "reader")
    answer = visitor.client.delete(path, headers={"X-CSRF-Token": visitor.csrf})
    assert told(answer) == (405, "request.method")
    assert "GET" in answer.headers["Allow"]


def test_a_body_that_is_too_large_is_told_so(app: Flask, alliance: Alliance) -> None:
    answer = app.test_client().post("/api/login", data=b"x" * (5 << 20), content_type="application/json")
    assert told(answer) == (413, "request.too_large")


@pytest.mark.parametrize("status", sorted(default_exceptions))
def test_whatever_werkzeug_raises_is_a_problem_document(app: Flask, status: int, alliance: Alliance) -> None:
    def breaks() -> str:
        raise default_exceptions[status]

    app.add_url_rule("/breaks", view_func=breaks)
    assert told(app.test_client().get("/breaks")) == (status, problems.code_of(status))


@pytest.mark.parametrize("status", [400, 403, 414, 417, 431, 500, 501])
def test_what_gunicorn_refuses_is_a_whole_http_answer_that_ends_the_connection(status: int) -> None:
    head, _, body = problems.document(status).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0].startswith(f"HTTP/1.1 {status} ")
    assert "Content-Type: application/problem+json" in lines
    assert "Connection: close" in lines
    assert f"Content-Length: {len(body)}" in lines
    assert json.loads(body)["code"] == problems.code_of(status)
