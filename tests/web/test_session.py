"""Signing in and out as a browser does it, and everything that must be refused."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.builders import Alliance
from tests.web.conftest import PASSWORD, Browser

Browsers = Callable[[str], Browser]


def test_signing_in_tells_who_one_is_and_what_one_may(browser: Browsers) -> None:
    me = browser("reader").get("/api/me").json
    assert me is not None
    assert (me["person"]["name"], me["person"]["site"]["name"]) == ("测试读片医师", "示例市医院")
    assert "task.claim" in me["verbs"]
    assert "site.manage" not in me["verbs"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(app: Flask, alliance: Alliance) -> None:
    answer = app.test_client().post("/api/login", json={"login": "reader", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_without_a_session_there_is_only_the_door(app: Flask) -> None:
    for path in ("/api/me", "/api/admin/sites", "/api/audit/facts", "/dicom-web/studies"):
        answer = app.test_client().get(path)
        assert answer.status_code == 401, path
        assert answer.json is not None
        assert answer.json["code"] == "session.absent"
        assert answer.mimetype == "application/problem+json"


def test_a_page_of_one_person_is_told_nothing_once_another_has_signed_in_in_the_same_browser(
    browser: Browsers, alliance: Alliance
) -> None:
    visitor = browser("reader")
    other = {"X-Person": alliance.people["doctor_a"].id}
    answer = visitor.get("/api/worklist", headers=other)
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (401, "session.other")
    assert visitor.get("/api/worklist", headers={"X-Person": alliance.people["reader"].id}).status_code == 200


def test_a_change_needs_the_csrf_token(browser: Browsers) -> None:
    visitor = browser("reader")
    answer = visitor.client.post("/api/session/touch", headers={"X-CSRF-Token": "guessed"})
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "request.csrf"
    assert visitor.post("/api/session/touch").status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_origin_is_refused_even_at_the_login(app: Flask, origin: str) -> None:
    answer = app.test_client().post(
        "/api/login", json={"login": "reader", "password": PASSWORD}, headers={"Origin": origin}
    )
    assert answer.status_code == 403


def test_after_signing_out_the_cookie_is_worth_nothing(browser: Browsers) -> None:
    visitor = browser("reader")
    cookie = visitor.client.get_cookie("tc_session")
    assert cookie is not None
    assert visitor.post("/api/logout").status_code == 200
    visitor.client.set_cookie("tc_session", cookie.value)
    assert visitor.get("/api/me").status_code == 401


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{not json", "application/json"),
        ('{"login": 1}', "application/json"),
        ('{"login": "a", "password": "b", "extra": 1}', "application/json"),
        ("[]", "application/json"),
        ("", "application/json"),
        ("login=a", "application/x-www-form-urlencoded"),
    ],
)
def test_a_malformed_request_is_a_problem_document_without_a_stack_trace(
    body: str, content_type: str, app: Flask
) -> None:
    answer = app.test_client().post("/api/login", data=body, content_type=content_type)
    assert answer.status_code in (400, 415, 422)
    assert answer.mimetype == "application/problem+json"
    assert "Traceback" not in answer.text
    assert answer.json is not None
    assert answer.json["code"].startswith("request.")


def test_an_unknown_page_of_the_api_is_a_problem_document(browser: Browsers) -> None:
    answer = browser("reader").get("/api/nothing/here")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_what_nobody_foresaw_shows_a_number_and_no_trace(app: Flask) -> None:
    def breaks() -> str:
        raise RuntimeError("patient name in here")

    app.add_url_rule("/breaks", view_func=breaks)
    answer = app.test_client().get("/breaks")
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["params"]["number"]
    assert "patient name" not in answer.text


def test_the_language_is_remembered(browser: Browsers) -> None:
    visitor = browser("reader")
    assert visitor.put("/api/me/language", {"language": "en"}).status_code == 200
    assert visitor.put("/api/me/language", {"language": "xx"}).status_code == 422
    me = visitor.get("/api/me").json
    assert me is not None
    assert me["person"]["language"] == "en"
