"""Every route of referrals and follow-ups × everybody: who may, who is refused, and who must not learn of it.

As `test_permissions`. `ROUTES` are named in that table, which knows all routes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from dicom_node.dicomweb import blueprint
from teleconsult import referral
from teleconsult.web.app import create
from tests.builders import PEOPLE, Alliance, a_system, an_alliance
from tests.records.house import a_study
from tests.records.referring import a_case, sent
from tests.web.conftest import PASSWORD, Browser

EVERYBODY = frozenset(person[0] for person in PEOPLE)
SENDER, RECEIVER = frozenset({"doctor_a"}), frozenset({"coordinator"})
SEE = SENDER | RECEIVER | {"auditor"}

ABOUT_THE_REFERRAL: dict[str, frozenset[str]] = {
    "GET /api/referrals/<id>": SEE,
    "PUT /api/referrals/<id>": SENDER,
    "POST /api/referrals": SENDER | RECEIVER,
    **{f"POST /api/referrals/<id>/{verb}": SENDER for verb in ("submit", "answer", "depart", "close", "cancel")},
    **{
        f"POST /api/referrals/<id>/{verb}": RECEIVER
        for verb in ("accept", "redirect", "ask", "decline", "arrive", "complete", "return_down")
    },
    "POST /api/follow-ups": SENDER | RECEIVER,
    "GET /api/follow-ups/owners/<id>": SENDER | RECEIVER,
    **{f"POST /api/follow-ups/<id>/{verb}": SENDER for verb in ("done", "change", "decline")},
}
LISTS = ("GET /api/referrals", "GET /api/follow-ups")
FOR_ALL = ("GET /api/referral-criteria",)
ROUTES = frozenset({*ABOUT_THE_REFERRAL, *LISTS, *FOR_ALL})

BODIES: dict[str, dict[str, str]] = {
    "POST /api/referrals": {"from_id": "{case}"},
    "POST /api/follow-ups": {"case_id": "{case}", "text": "复查", "owner_site_id": "{site}"},
    "redirect": {"to_site_id": "nowhere", "reason": "测试"},
    "ask": {"text": "?"},
    "answer": {"text": "!"},
    "decline": {"reason": "no_bed"},
    "complete": {"outcome": "improved", "text": "好转"},
    "change": {"reason": "测试"},
}


@dataclass(frozen=True, slots=True)
class Ward:
    """The ids of what the routes are about."""

    case: str
    referral: str
    follow_up: str
    site: str


@pytest.fixture(scope="module")
def alliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alliance]:
    system = a_system(tmp_path_factory.mktemp("referrals") / "home")
    yield an_alliance(system, password=PASSWORD)
    system.store.engine.dispose()


@pytest.fixture(scope="module")
def ward(alliance: Alliance) -> Ward:
    """A patient of county A whom the city was asked to take, and something that county A is to do."""
    site = alliance.sites["county_a"]
    with alliance.system.work() as work:
        study = a_study(work, site)
    case = a_case(alliance, study)
    asked = sent(alliance, case.id)
    with alliance.system.work() as work:
        owed = referral.plan_follow_up(work, case.id, "case", case.id, "复查CT", site)
    return Ward(case.id, asked.id, owed.id, site)


@pytest.fixture(scope="module")
def app(alliance: Alliance) -> Iterator[Flask]:
    app = create(alliance.system, blueprint)
    yield app
    app.extensions["teleconsult.live"].close()


@pytest.fixture(scope="module")
def browsers(app: Flask, ward: Ward) -> dict[str, Browser]:
    return {login: Browser(app.test_client(), login) for login in sorted(EVERYBODY)}


def ask(browser: Browser, route: str, ward: Ward) -> TestResponse:
    """Ask for the route about the ward's own things, with a body that fits."""
    method, rule = route.split(" ")
    key = ward.follow_up if "follow-ups" in rule else ward.referral
    path = re.sub("<id>", ward.case if "owners" in rule else key, rule)
    if method == "GET":
        return browser.get(path, buffered=True)
    body = BODIES.get(route, BODIES.get(rule.rsplit("/", 1)[1], {}))
    if rule.endswith("follow-ups/<id>/decline"):
        body = BODIES["change"]
    filled = {name: value.format(case=ward.case, site=ward.site) for name, value in body.items()}
    return browser.client.open(path, method=method, json=filled, headers={"X-CSRF-Token": browser.csrf}, buffered=True)


@pytest.mark.parametrize("route", ABOUT_THE_REFERRAL)
def test_a_referral_is_there_for_both_hospitals_and_absent_for_all_others(
    route: str, browsers: dict[str, Browser], ward: Ward
) -> None:
    for login in EVERYBODY - ABOUT_THE_REFERRAL[route]:
        answer = ask(browsers[login], route, ward)
        assert answer.status_code == (403 if login in SEE else 404), (login, answer.text)
        assert "测试1" not in answer.text
    for login in ABOUT_THE_REFERRAL[route]:
        answer = ask(browsers[login], route, ward)
        code = str((answer.json or {}).get("code", "")) if answer.status_code >= 400 else ""
        assert code not in ("permit.refused", "referral.absent", "case.absent", "followup.absent"), (login, answer.text)
        assert answer.status_code in (200, 201, 404, 409, 422), (login, answer.text)


@pytest.mark.parametrize("route", LISTS)
def test_lists_hold_only_what_is_ones_own(route: str, browsers: dict[str, Browser], ward: Ward) -> None:
    for login, browser in browsers.items():
        answer = ask(browser, route, ward)
        key = ward.follow_up if "follow-ups" in route else ward.referral
        assert answer.status_code == 200, login
        assert (key in answer.text) == (login in SEE), login


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_without_a_session_every_door_is_shut(route: str, app: Flask, ward: Ward) -> None:
    stranger = Browser.__new__(Browser)
    stranger.client, stranger.csrf = app.test_client(), ""
    assert ask(stranger, route, ward).status_code == 401


def test_something_is_planned_for_a_person_of_a_hospital_that_has_the_case_and_for_nobody_else(
    browsers: dict[str, Browser], ward: Ward, alliance: Alliance
) -> None:
    owners = (browsers["doctor_a"].get(f"/api/follow-ups/owners/{ward.case}").json or {})["items"]
    people = {one["site"]["id"]: [person["id"] for person in one["people"]] for one in owners}
    mine, other = alliance.people["doctor_a"].id, alliance.people["doctor_b"].id
    assert mine in people[ward.site]
    assert alliance.people["technician_a"].id not in people[ward.site], "technologists do not take care of patients"
    assert not any(other in there for there in people.values())
    body = {"case_id": ward.case, "text": "电话随访", "owner_site_id": ward.site}

    def plan(owner: str) -> TestResponse:
        filled, token = {**body, "owner_id": owner}, {"X-CSRF-Token": browsers["doctor_a"].csrf}
        return browsers["doctor_a"].client.post("/api/follow-ups", json=filled, headers=token)

    for nobody in (other, alliance.people["technician_a"].id, "nobody"):
        answer = plan(nobody)
        assert (answer.status_code, (answer.json or {})["code"]) == (422, "followup.owner")
    planned = plan(mine)
    assert planned.status_code == 201
    assert (planned.json or {})["owner"]["id"] == mine
