"""Every route of orders × everybody. `ROUTES` are named in `test_permissions`, which knows all routes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from teleconsult.access import open_share
from teleconsult.access.rights import READING
from teleconsult.imaging import orders, orders_arrivals
from teleconsult.kernel.clock import SystemClock
from teleconsult.web.app import create
from tests.builders import PEOPLE, Alliance, a_system, an_alliance
from tests.records.house import a_study
from tests.records.test_orders import FORM
from tests.web.conftest import PASSWORD, Browser

EVERYBODY = frozenset(person[0] for person in PEOPLE)
OWN = frozenset({"doctor_a", "technician_a"})
READ_BY = frozenset({"reader", "reader2", "reviewer", "coordinator", "auditor"})
"""Of the site that reads the study of the order."""
ABOUT_THE_ORDER: dict[str, tuple[frozenset[str], object]] = {
    "GET /api/orders/<id>": (OWN | READ_BY, None),
    "PATCH /api/orders/<id>": (OWN, {"procedure": "x", "version": 99}),
    "POST /api/orders/<id>/cancel": (OWN, {"reason": "测试"}),
    "GET /api/orders/<id>/candidates": (OWN, None),
    "POST /api/orders/<id>/link": (OWN, {"study_id": "nothing", "reason": "测试"}),
    "POST /api/orders/<id>/unlink": (OWN, {"study_id": "nothing", "reason": ""}),
}
ABOUT_THE_STUDY: dict[str, tuple[frozenset[str], object]] = {
    "POST /api/orders/unmatched/<id>/aside": (OWN, {"reason": ""}),
    "POST /api/orders/unmatched/<id>/take_up": (OWN, {}),
    "POST /api/orders/unmatched/<id>/register": (OWN, {"name": ""}),
}
WHO: dict[str, tuple[frozenset[str], object]] = {
    "POST /api/orders": (OWN, {"site_id": "{site}", "name": ""}),
}
LISTS = ("GET /api/orders", "GET /api/orders/unmatched", "GET /api/orders/form")
COUNTIES = OWN | {"doctor_b", "doctor_t"}
MAY_ASK = {LISTS[0]: COUNTIES | {"coordinator"}, LISTS[1]: COUNTIES | {"coordinator"}, LISTS[2]: COUNTIES}
ROUTES = frozenset({*ABOUT_THE_ORDER, *ABOUT_THE_STUDY, *WHO, *LISTS})


@dataclass(frozen=True)
class Scene:
    """An order of county A whose study the city reads, and a study of county A without an order."""

    order: str
    accession: str
    lonely: str
    site: str


@pytest.fixture(scope="module")
def alliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alliance]:
    system = a_system(tmp_path_factory.mktemp("orders") / "home")
    yield an_alliance(system, password=PASSWORD)
    system.store.engine.dispose()


@pytest.fixture(scope="module")
def scene(alliance: Alliance) -> Scene:
    site = alliance.sites["county_a"]
    with alliance.system.work(alliance.people["doctor_a"]) as work:
        order = orders.register(work, alliance.people["doctor_a"], site, FORM)
        read = a_study(work, site, 1, accession=order.accession)
        lonely = a_study(work, site, 2)
        open_share(work, read.id, alliance.sites["city"], READING)
        for study in (read, lonely):
            orders_arrivals.match_study(work, study.id)
        return Scene(order.id, order.accession, lonely.id, site)


@pytest.fixture(scope="module")
def app(alliance: Alliance) -> Iterator[Flask]:
    app = create(alliance.system)
    yield app
    app.extensions["teleconsult.live"].close()


@pytest.fixture(scope="module")
def browsers(app: Flask, scene: Scene) -> dict[str, Browser]:
    return {login: Browser(app.test_client(), login) for login in sorted(EVERYBODY)}


def asked(client: FlaskClient, csrf: str, scene: Scene, route: str, body: object) -> tuple[int, str, str]:
    method, rule = route.split(" ")
    path = rule.replace("<id>", scene.lonely if "/unmatched/" in rule else scene.order)
    named = {k: scene.site if v == "{site}" else v for k, v in body.items()} if isinstance(body, dict) else None
    answer = client.open(path, method=method, json=named, headers={"X-CSRF-Token": csrf})
    return answer.status_code, str((answer.json or {}).get("code", "")), answer.text


@pytest.mark.parametrize("route", [*ABOUT_THE_ORDER, *ABOUT_THE_STUDY])
def test_an_order_is_its_site_s_and_seen_by_who_sees_its_study(
    route: str, browsers: dict[str, Browser], scene: Scene
) -> None:
    allowed, body = {**ABOUT_THE_ORDER, **ABOUT_THE_STUDY}[route]
    for login, browser in browsers.items():
        status, code, said = asked(browser.client, browser.csrf, scene, route, body)
        if login in allowed:
            assert code not in ("permit.refused", "order.absent", "unmatched.absent"), (login, status, said)
        else:
            assert status == 404, (login, status, said)
            assert scene.accession not in said


@pytest.mark.parametrize("route", WHO)
def test_only_who_may_gets_past_the_door(route: str, browsers: dict[str, Browser], scene: Scene) -> None:
    allowed, body = WHO[route]
    for login, browser in browsers.items():
        status, code, _ = asked(browser.client, browser.csrf, scene, route, body)
        if login in allowed:
            assert code == "order.missing", (login, status, code)
        else:
            assert status == 403, (login, status, code)


@pytest.mark.parametrize("route", LISTS)
def test_lists_hold_only_one_s_own(route: str, browsers: dict[str, Browser], scene: Scene) -> None:
    for login, browser in browsers.items():
        status, _, said = asked(
            browser.client,
            browser.csrf,
            scene,
            route.replace("/orders", "/orders?shelf=all") if route == LISTS[0] else route,
            None,
        )
        assert status == (200 if login in MAY_ASK[route] else 403), (login, said)
        assert (scene.site in said) == (login in OWN), (login, said)


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_without_a_session_nobody_asks(route: str, app: Flask, scene: Scene) -> None:
    assert asked(app.test_client(), "", scene, route, {})[0] == 401


def test_the_reader_of_a_study_reads_what_was_asked(browsers: dict[str, Browser], scene: Scene) -> None:
    order = browsers["reader"].get(f"/api/orders/{scene.order}").json or {}
    assert order["verbs"] == []
    study = browsers["reader"].get(f"/api/studies/{order['links'][0]['study']['id']}").json or {}
    assert [(one["question"], one["priority"]) for one in study["orders"]] == [("咳嗽两周，排除肺炎", "STAT")]


def test_an_order_is_registered_changed_and_cancelled_over_the_web(browsers: dict[str, Browser]) -> None:
    doctor = browsers["doctor_b"]
    headers = {"X-CSRF-Token": doctor.csrf}
    body = {
        "patient_id": "B-1", "name": "测试乙", "sex": "M", "modality": "DX", "procedure": "胸部正位", "priority": "URGENT",
        "scheduled_at": (SystemClock().now() + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    made = doctor.client.post("/api/orders", json=body, headers=headers).json or {}
    order = made["order"]
    assert (order["name"], order["spelt"], order["issuer"]) == ("测试乙", "CESHIYI", "")
    assert made["verbs"] == ["edit", "cancel", "link"]
    changed = (
        doctor.client.patch(f"/api/orders/{order['id']}", json={"version": 1, "question": "外伤"}, headers=headers).json
        or {}
    )
    assert (changed["order"]["question"], changed["order"]["version"]) == ("外伤", 2)
    wrong = doctor.client.post("/api/orders", json={**body, "birth_date": "1"}, headers=headers)
    assert (wrong.status_code, (wrong.json or {})["code"]) == (422, "order.birth_date")
    listed = doctor.get("/api/orders?q=ceshi").json or {}
    assert [item["id"] for item in listed["items"]] == [order["id"]]
    path = f"/api/orders/{order['id']}/cancel"
    gone = doctor.client.post(path, json={"reason": "患者拒绝", "version": 2}, headers=headers).json or {}
    assert (gone["order"]["state"], gone["verbs"]) == ("cancelled", ["link"])
