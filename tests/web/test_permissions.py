"""Every route × everybody: who may, who is refused, and who must not even learn that there is something.

The table names every route of the application; a new route without a line here fails. "May" means that the shell let the
request through to the rule: the rule may still say that the moment is wrong.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from dicom_node.dicomweb import blueprint
from teleconsult.web.app import create
from tests.builders import PEOPLE, Alliance, a_system, an_alliance
from tests.web.conftest import PASSWORD, Browser
from tests.web.scene import Scene, a_signed_study
from tests.web.test_permissions_consult import ROUTES as CONSULT
from tests.web.test_permissions_criticals import ROUTES as CRITICALS
from tests.web.test_permissions_identity import ROUTES as IDENTITY
from tests.web.test_permissions_meetings import ROUTES as MEETINGS
from tests.web.test_permissions_orders import ROUTES as ORDERS
from tests.web.test_permissions_referrals import ROUTES as REFERRALS
from tests.web.test_permissions_uploads import ROUTES as UPLOADS

EVERYBODY = frozenset(person[0] for person in PEOPLE)
READERS = frozenset({"reader", "reader2", "reviewer"})
COUNTY = frozenset({"doctor_a", "technician_a"})
IMAGES = READERS | COUNTY | {"coordinator"}
SEE = IMAGES | {"auditor"}
OUTSIDERS = EVERYBODY - SEE
ADMIN, AUDITOR = frozenset({"administrator"}), frozenset({"auditor"})

INSTANCE = "/dicom-web/studies/<study>/series/<series>/instances/<sop>"
# Route → who may. Routes about a study: everybody who may not see it must get 404, whoever may but not do this 403.
ABOUT_THE_STUDY: dict[str, frozenset[str]] = {
    "GET /api/studies/<id>": SEE,
    "GET /api/studies/<id>/manifest": IMAGES,
    "GET /api/studies/<id>/preview": IMAGES,
    "GET /api/studies/<id>/thumbs/<name>": IMAGES,
    "GET /api/studies/<id>/timeline": SEE,
    "GET /api/studies/<id>/objects/<sop_uid>/file": READERS | COUNTY,
    "GET /api/studies/<id>/objects/<sop_uid>/pdf": IMAGES,
    "GET /api/studies/<id>/objects/<sop_uid>/sr": IMAGES,
    "GET /api/tasks/<id>": SEE,
    "POST /api/tasks/<id>/claim": READERS,
    "POST /api/tasks/<id>/heartbeat": READERS,
    "POST /api/tasks/<id>/release": READERS,
    "POST /api/tasks/<id>/return": READERS,
    "POST /api/tasks/<id>/answer": COUNTY,
    "POST /api/tasks/<id>/cancel": frozenset({"doctor_a", "coordinator"}),
    "POST /api/tasks/<id>/report": READERS,
    "GET /api/reports/<id>": SEE,
    "PUT /api/reports/<id>": READERS,
    "POST /api/reports/<id>/submit": READERS,
    "POST /api/reports/<id>/take_review": frozenset({"reviewer"}),
    "POST /api/reports/<id>/release_review": frozenset({"reviewer"}),
    "POST /api/reports/<id>/give_back": frozenset({"reviewer"}),
    "POST /api/reports/<id>/sign": frozenset({"reviewer"}),
    "POST /api/reports/<id>/addenda": frozenset({"reviewer"}),
    "GET /api/reports/<id>/pdf": SEE,
    "GET /api/reports/<id>/verify": SEE,
    "GET /dicom-web/studies/<study>": READERS | COUNTY,
    "GET /dicom-web/studies/<study>/metadata": IMAGES,
    "GET /dicom-web/studies/<study>/thumbnail": IMAGES,
    "GET /dicom-web/studies/<study>/series/<series>": READERS | COUNTY,
    "GET /dicom-web/studies/<study>/series/<series>/metadata": IMAGES,
    "GET /dicom-web/studies/<study>/series/<series>/thumbnail": IMAGES,
    "GET /dicom-web/studies/<study>/rendered": IMAGES,
    "GET /dicom-web/studies/<study>/series/<series>/rendered": IMAGES,
    f"GET {INSTANCE}": READERS | COUNTY,
    f"GET {INSTANCE}/metadata": IMAGES,
    f"GET {INSTANCE}/rendered": IMAGES,
    f"GET {INSTANCE}/thumbnail": IMAGES,
    f"GET {INSTANCE}/bulkdata/<path:tag_path>": IMAGES,
    f"GET {INSTANCE}/frames/<numbers>": IMAGES,
    f"GET {INSTANCE}/frames/<numbers>/rendered": IMAGES,
    f"GET {INSTANCE}/frames/<numbers>/thumbnail": IMAGES,
}
# Routes about a case of county A that county B was asked about: whoever may not see it must get 404.
SEE_CASE = frozenset({"doctor_a", "doctor_b", "auditor"})
ASKED = frozenset({"doctor_a", "doctor_b"})
ABOUT_THE_CASE: dict[str, frozenset[str]] = {
    "GET /api/cases/<id>": SEE_CASE,
    "GET /api/cases/<id>/timeline": SEE_CASE,
    "PATCH /api/cases/<id>": frozenset({"doctor_a"}),
    "POST /api/cases/<id>/studies": frozenset({"doctor_a"}),
    "POST /api/cases/<id>/attachments": ASKED,
    "POST /api/cases/<id>/close": frozenset({"doctor_a"}),
    "POST /api/cases/<id>/reopen": frozenset({"doctor_a"}),
    "GET /api/attachments/<id>": ASKED,
    "POST /api/attachments/<id>/withdraw": frozenset({"doctor_a"}),
}
# Drafts are the reading site's alone: for everybody else there are none.
DRAFTS = {"GET /api/reports/<id>/revisions": READERS}
# Lists: everybody may ask; what is not theirs is not in the answer (test below).
LISTS = (
    "GET /api/worklist",
    "GET /api/studies",
    "GET /dicom-web/studies",
    "GET /dicom-web/series",
    "GET /dicom-web/instances",
    "GET /dicom-web/studies/<study>/series",
    "GET /dicom-web/studies/<study>/instances",
    "GET /dicom-web/studies/<study>/series/<series>/instances",
)
ELSEWHERE: dict[str, frozenset[str]] = {
    "POST /api/cases": frozenset({"doctor_a"}),
    "GET /api/arrivals": frozenset({"technician_a", "coordinator"}),
    "POST /api/arrivals/<id>/resolve": frozenset({"technician_a"}),
    "POST /dicom-web/studies": frozenset({"technician_a", "coordinator"}),
    "POST /dicom-web/studies/<study>": frozenset({"technician_a", "coordinator"}),
    "GET /api/parked": frozenset({"coordinator", "technician_a"}),
    "POST /api/parked/<id>/retry": frozenset({"coordinator"}),
    "POST /api/notices/<id>/seen": frozenset({"doctor_a"}),
    "GET /api/audit/facts": AUDITOR,
    "GET /api/audit/verify": AUDITOR,
    "GET /api/admin/peers": ADMIN,
    "POST /api/admin/peers": ADMIN,
    "PATCH /api/admin/peers/<id>": ADMIN,
    "POST /api/admin/peers/<id>/echo": ADMIN,
    "POST /api/admin/peers/certificate": ADMIN,
    "GET /api/lines": frozenset({"technician_a", "administrator"}),
    "GET /api/lines/<id>/checks": frozenset({"technician_a", "administrator"}),
    "POST /api/lines/<id>/checks": frozenset({"technician_a", "administrator"}),
    "GET /api/admin/agreements": ADMIN,
    "POST /api/admin/agreements": ADMIN,
    "PATCH /api/admin/agreements/<id>": ADMIN,
    "GET /api/admin/people": ADMIN,
    "POST /api/admin/people": ADMIN,
    "PATCH /api/admin/people/<id>": ADMIN,
    "POST /api/admin/people/<id>/reset": ADMIN,
    "POST /api/admin/sites": ADMIN,
    "PATCH /api/admin/sites/<id>": ADMIN,
}
FOR_ALL = (
    "GET /dicom-web/wado",
    "GET /api/me",
    "PUT /api/me/language",
    "POST /api/password",
    "POST /api/session/touch",
    "POST /api/logout",
    "GET /api/notices",
    "GET /api/cases",
    "GET /api/worklist/sites",
    "GET /api/admin/sites",
    "GET /api/admin/sla-profiles",
)
WITHOUT_SESSION = (
    "GET /",
    "GET /<path:path>",
    "GET /livez",
    "GET /healthz",
    "POST /api/login",
    "GET /api/invitations/<token>",
    "POST /api/invitations/<token>",
)
# The scene's slice is no PDF and no structured report: absent, but not for want of a right.
NOT_THERE = frozenset({"bulk.absent", "instance.absent"})
BODIES: dict[str, object] = {
    "release": {"reason": "测试"},
    "return": {"reason": "quality"},
    "answer": {"text": "测试"},
    "cancel": {"reason": "测试"},
    "give_back": {"reason": "测试"},
    "sign": {"password": PASSWORD, "version": 1, "images": 1},
    "addenda": {"text": "测试补充", "password": PASSWORD},
    "resolve": {"note": "测试"},
    "sites": {"code": "x", "name": "示例新院", "level": "county"},
    "peers": {"ae_title": "X", "address": "*", "site_id": "{site}"},
    "agreements": {"requesting_site_id": "{site}", "reading_site_id": "{site}"},
    "certificate": {"pem": "nonsense"},
    "close": {},
    "reopen": {},
    "studies": {"study_id": "{study}"},
    "cases": {"study_ids": ["{study}"], "title": "测试"},
    "people": {"login": "someone", "name": "测试新人", "site_id": "{site}"},
}


@pytest.fixture(scope="module")
def alliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alliance]:
    system = a_system(tmp_path_factory.mktemp("permissions") / "home")
    yield an_alliance(system, password=PASSWORD)
    system.store.engine.dispose()


@pytest.fixture(scope="module")
def scene(alliance: Alliance) -> Scene:
    return a_signed_study(alliance)


@pytest.fixture(scope="module")
def app(alliance: Alliance) -> Iterator[Flask]:
    app = create(alliance.system, blueprint)
    yield app
    app.extensions["teleconsult.live"].close()


@pytest.fixture(scope="module")
def browsers(app: Flask, scene: Scene) -> dict[str, Browser]:
    return {login: Browser(app.test_client(), login) for login in sorted(EVERYBODY)}


def ask(browser: Browser, route: str, scene: Scene) -> TestResponse:
    """Ask for the route about the scene's own things, with a body that fits."""
    method, rule = route.split(" ")
    named = asdict(scene)
    key = {"studies": "study", "tasks": "task", "reports": "report", "arrivals": "quarantine", "notices": "notice"}
    key |= {
        "sites": "site",
        "peers": "peer",
        "lines": "peer",
        "agreements": "agreement",
        "people": "person",
        "parked": "task",
        "cases": "case",
    }
    key |= {"attachments": "paper" if rule.endswith("/withdraw") else "attachment"}
    kind = rule.split("/")[3] if rule.startswith("/api/admin") else rule.split("/")[2]
    words = {
        "id": named.get(key.get(kind, ""), ""), "name": "1.webp", "sop_uid": scene.sop_uid, "study": scene.study_uid,
        "series": scene.series_uid, "sop": scene.sop_uid, "numbers": "1", "path:tag_path": "7FE00010",
    }  # fmt: skip
    path = re.sub(r"<([^>]+)>", lambda found: words[found.group(1)], rule)
    if rule == "/api/admin/sites/<id>":
        return browser.patch(path, {"name": "示例一县医院"})
    body = BODIES.get(rule.rsplit("/", 1)[1], {"version": 1} if method == "PUT" else {})
    body = {k: _filled(v, scene) for k, v in dict(body).items()}  # type: ignore[call-overload]
    if method == "GET":
        return browser.get(path, buffered=True)
    if rule.endswith("/attachments"):
        form = {"file": (io.BytesIO(b"three"), "three.txt"), "kind": "lab"}
        return browser.client.post(path, data=form, headers={"X-CSRF-Token": browser.csrf}, buffered=True)
    return browser.client.open(path, method=method, json=body, headers={"X-CSRF-Token": browser.csrf}, buffered=True)


def _filled(value: object, scene: Scene) -> object:
    if isinstance(value, list):
        return [_filled(each, scene) for each in value]
    return value.replace("{site}", scene.site).replace("{study}", scene.study) if isinstance(value, str) else value


def test_the_table_names_every_route(app: Flask) -> None:
    there = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == {
        *ABOUT_THE_STUDY,
        *ABOUT_THE_CASE,
        *DRAFTS,
        *LISTS,
        *ELSEWHERE,
        *FOR_ALL,
        *WITHOUT_SESSION,
        *CONSULT,
        *CRITICALS,
        *IDENTITY,
        *MEETINGS,
        *ORDERS,
        *REFERRALS,
        *UPLOADS,
    }


@pytest.mark.parametrize("route", ABOUT_THE_STUDY)
def test_a_study_is_there_for_some_and_absent_for_all_others(
    route: str, browsers: dict[str, Browser], scene: Scene
) -> None:
    for login in EVERYBODY - ABOUT_THE_STUDY[route]:
        answer = ask(browsers[login], route, scene)
        assert answer.status_code == (403 if login in SEE else 404), (login, answer.text)
        assert scene.study_uid not in answer.text.replace(answer.request.path, "") or login in SEE
    for login in ABOUT_THE_STUDY[route]:
        answer = ask(browsers[login], route, scene)
        code = (answer.json or {}).get("code", "") if answer.is_json and answer.status_code >= 400 else ""
        refused = code in ("permit.refused", "session.absent") or (code.endswith(".absent") and code not in NOT_THERE)
        assert not refused, (login, answer.status_code, answer.text)


@pytest.mark.parametrize("route", ABOUT_THE_CASE)
def test_a_case_is_there_for_those_who_have_it_and_absent_for_all_others(
    route: str, browsers: dict[str, Browser], scene: Scene
) -> None:
    for login in EVERYBODY - ABOUT_THE_CASE[route]:
        answer = ask(browsers[login], route, scene)
        # Who may add a study must have the study, too: county B, which was only asked, has not.
        expected = (
            (403, 404) if login in SEE_CASE and route.endswith("/studies") else (403,) if login in SEE_CASE else (404,)
        )
        assert answer.status_code in expected, (login, answer.text)
    for login in ABOUT_THE_CASE[route]:
        answer = ask(browsers[login], route, scene)
        code = (answer.json or {}).get("code", "") if answer.is_json and answer.status_code >= 400 else ""
        assert code != "permit.refused", (login, answer.text)
        assert not code.endswith(".absent"), (login, answer.text)


def test_the_list_of_cases_holds_only_what_is_ones_own(browsers: dict[str, Browser], scene: Scene) -> None:
    for login, browser in browsers.items():
        answer = browser.get("/api/cases").json or {}
        assert (scene.case in str(answer["items"])) == (login in SEE_CASE), login
        counted = answer["counts"]["open"] + answer["counts"]["closed"]
        assert answer["total"] == counted == len(answer["items"]), login


@pytest.mark.parametrize("route", DRAFTS)
def test_drafts_are_the_reading_sites_alone(route: str, browsers: dict[str, Browser], scene: Scene) -> None:
    for login, browser in browsers.items():
        assert ask(browser, route, scene).status_code == (200 if login in DRAFTS[route] else 404), login


@pytest.mark.parametrize("route", LISTS)
def test_lists_hold_only_what_is_ones_own(route: str, browsers: dict[str, Browser], scene: Scene) -> None:
    for login, browser in browsers.items():
        answer = ask(browser, route, scene)
        if login in OUTSIDERS:
            assert scene.study_uid not in answer.text, login
            assert answer.status_code in (200, 204, 404), login
        elif route == "GET /api/worklist":
            assert answer.status_code == 200, login
        else:
            assert scene.study_uid in answer.text, (login, answer.status_code)


@pytest.mark.parametrize("route", ELSEWHERE)
def test_what_concerns_no_study_is_for_its_roles(route: str, browsers: dict[str, Browser], scene: Scene) -> None:
    for login in EVERYBODY - ELSEWHERE[route]:
        answer = ask(browsers[login], route, scene)
        items = (answer.json or {}).get("items") if answer.is_json else None
        assert answer.status_code in (403, 404) or items == [], (login, answer.status_code, answer.text)


@pytest.mark.parametrize("route", sorted({*ABOUT_THE_STUDY, *ABOUT_THE_CASE, *DRAFTS, *LISTS, *ELSEWHERE, *FOR_ALL}))
def test_without_a_session_every_door_is_shut(route: str, app: Flask, scene: Scene) -> None:
    stranger = Browser.__new__(Browser)
    stranger.client, stranger.csrf = app.test_client(), ""
    assert ask(stranger, route, scene).status_code == 401


def test_a_picture_is_kept_for_ever_only_under_the_version_that_it_is_of(
    browsers: dict[str, Browser], scene: Scene
) -> None:
    reader = browsers["reader"]
    shown = reader.get(f"/api/studies/{scene.study}").json or {}
    thumb = reader.get(shown["series"][0]["thumb"], buffered=True)
    assert "immutable" in thumb.headers["Cache-Control"]
    assert "Cookie" in thumb.headers["Vary"], "another session at the same browser asks anew"
    other = reader.get(f"/api/studies/{scene.study}/thumbs/1.webp?v=999", buffered=True)
    assert (other.status_code, other.headers["Cache-Control"]) == (200, "private, max-age=60")
