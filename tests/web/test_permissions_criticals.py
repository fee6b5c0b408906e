"""Every route of critical findings and of signed papers × everybody: who may, who is refused, and who must not learn of it.

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
from teleconsult import reporting
from teleconsult.reporting import Ed25519Signer
from teleconsult.web.app import create
from tests.builders import PEOPLE, Alliance, a_system, an_alliance
from tests.web.conftest import PASSWORD, Browser
from tests.web.scene import a_signed_study
from tests.working import work_off

EVERYBODY = frozenset(person[0] for person in PEOPLE)
READERS = frozenset({"reader", "reader2", "reviewer"})
SEE = READERS | {"doctor_a", "technician_a", "coordinator", "auditor"}
SEE_CASE = frozenset({"doctor_a", "doctor_b", "auditor"})
DOCTOR = frozenset({"doctor_a"})

ABOUT_THE_FINDING: dict[str, frozenset[str]] = {
    "GET /api/criticals/<id>": SEE,
    "POST /api/studies/<id>/criticals": READERS,
    "POST /api/criticals/<id>/acknowledge": DOCTOR,
    "POST /api/criticals/<id>/act": DOCTOR,
    "POST /api/criticals/<id>/close": DOCTOR,
    "POST /api/criticals/<id>/withdraw": READERS,
    "POST /api/reports/<id>/critical-answers": READERS,  # the report is signed: whoever has the study knows of it
}
# Flags are about a text that is the reading site's alone: for everybody else there is none.
ABOUT_THE_TEXT: dict[str, frozenset[str]] = {"GET /api/reports/<id>/critical-flags": READERS}
ABOUT_THE_ADDENDUM: dict[str, frozenset[str]] = {"POST /api/reports/<id>/addendum-flags": frozenset({"reviewer"})}
ABOUT_THE_PAPER: dict[str, frozenset[str]] = {
    "GET /api/papers/<id>/pdf": SEE_CASE,
    "GET /api/papers/<id>/verify": SEE_CASE,
}
LISTS: dict[str, frozenset[str]] = {"GET /api/criticals": SEE, "GET /api/papers": SEE_CASE}
FOR_ALL = ("GET /api/critical-items", "GET /api/criticals/figures")
ROUTES = frozenset({*ABOUT_THE_FINDING, *ABOUT_THE_TEXT, *ABOUT_THE_ADDENDUM, *ABOUT_THE_PAPER, *LISTS, *FOR_ALL})

BODIES: dict[str, dict[str, str]] = {
    "criticals": {"item": "pneumothorax"},
    "acknowledge": {"read_back": "收到"},
    "act": {"action": "treat"},
    "close": {"outcome": "improved"},
    "withdraw": {"reason": "测试"},
    "critical-answers": {"phrase": "气胸", "reason": "测试"},
    "addendum-flags": {"text": "气胸"},
}


@dataclass(frozen=True, slots=True)
class Ward:
    """The ids of what the routes are about."""

    study: str
    critical: str
    report: str
    paper: str
    case: str


@pytest.fixture(scope="module")
def alliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alliance]:
    system = a_system(tmp_path_factory.mktemp("criticals") / "home")
    yield an_alliance(system, password=PASSWORD)
    system.store.engine.dispose()


@pytest.fixture(scope="module")
def ward(alliance: Alliance) -> Ward:
    """The signed study of county A with a finding that rings, and an opinion on its case, which county B was asked about."""
    scene, system = a_signed_study(alliance), alliance.system
    reader, expert = alliance.people["reader"], alliance.people["reviewer"]
    content = {"title": "会诊意见书", "hospital": "示例市医院", "sections": [["诊断意见", "同意原诊断。"]]}
    with system.work(reader) as work:
        critical = reporting.raise_critical(work, reader, scene.study, "aortic_dissection")
    with system.work(expert) as work:
        signer = Ed25519Signer(system.keys.signing)
        paper = reporting.seal_paper(work, expert, signer, "opinion", scene.case, scene.case, 0, content)
    work_off(system)
    return Ward(scene.study, critical.id, scene.report, paper.id, scene.case)


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
    kinds = {"studies": ward.study, "criticals": ward.critical, "reports": ward.report, "papers": ward.paper}
    path = re.sub("<id>", kinds.get(rule.split("/")[2], ""), rule)
    if rule == "/api/papers":
        path += f"?kind=opinion&subject_id={ward.case}"
    if method == "GET":
        return browser.get(path, buffered=True)
    return browser.post(path, BODIES[rule.rsplit("/", 1)[1]])


def code_of(answer: TestResponse) -> str:
    return str((answer.json or {}).get("code", "")) if answer.is_json and answer.status_code >= 400 else ""


@pytest.mark.parametrize("route", ABOUT_THE_FINDING)
def test_a_finding_is_there_for_whoever_has_its_study_and_absent_for_all_others(
    route: str, browsers: dict[str, Browser], ward: Ward
) -> None:
    for login in EVERYBODY - ABOUT_THE_FINDING[route]:
        assert ask(browsers[login], route, ward).status_code == (403 if login in SEE else 404), login
    for login in ABOUT_THE_FINDING[route]:
        code = code_of(ask(browsers[login], route, ward))
        assert code != "permit.refused", login
        assert not code.endswith(".absent"), (login, code)


@pytest.mark.parametrize("route", [*ABOUT_THE_TEXT, *ABOUT_THE_PAPER])
def test_texts_and_papers_are_absent_for_whoever_may_not_read_them(
    route: str, browsers: dict[str, Browser], ward: Ward
) -> None:
    allowed = {**ABOUT_THE_TEXT, **ABOUT_THE_PAPER}[route]
    for login, browser in browsers.items():
        answer = ask(browser, route, ward)
        assert (answer.status_code == 404) == (login not in allowed), (login, answer.text)


@pytest.mark.parametrize("route", ABOUT_THE_ADDENDUM)
def test_only_who_may_add_to_a_signed_report_is_told_what_an_addendum_speaks_of(
    route: str, browsers: dict[str, Browser], ward: Ward
) -> None:
    for login, browser in browsers.items():
        expected = 200 if login in ABOUT_THE_ADDENDUM[route] else 403 if login in SEE else 404
        assert ask(browser, route, ward).status_code == expected, login


@pytest.mark.parametrize("route", LISTS)
def test_lists_hold_only_what_one_may_see(route: str, browsers: dict[str, Browser], ward: Ward) -> None:
    for login, browser in browsers.items():
        answer = ask(browser, route, ward)
        assert answer.status_code == 200, login
        known = (ward.critical in answer.text) or (ward.paper in answer.text)
        assert known == (login in LISTS[route]), login


@pytest.mark.parametrize("route", FOR_ALL)
def test_the_list_of_items_and_one_s_own_figures_are_for_everybody(
    route: str, browsers: dict[str, Browser], ward: Ward
) -> None:
    for login, browser in browsers.items():
        assert ask(browser, route, ward).status_code == 200, login


def test_figures_count_only_what_one_may_see(browsers: dict[str, Browser], ward: Ward, alliance: Alliance) -> None:
    reader = alliance.people["reader"]
    with alliance.system.work(reader) as work:  # whoever tried every route may have withdrawn the other one
        reporting.raise_critical(work, reader, ward.study, "cardiac_tamponade")
    counted = {login: browser.get("/api/criticals/figures").json for login, browser in browsers.items()}
    seen = {login for login, figures in counted.items() if figures and figures["raised"] > 0}
    assert seen == SEE


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_without_a_session_every_door_is_shut(route: str, app: Flask, ward: Ward) -> None:
    stranger = Browser.__new__(Browser)
    stranger.client, stranger.csrf = app.test_client(), ""
    assert ask(stranger, route, ward).status_code == 401
