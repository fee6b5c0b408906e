"""Who gets through DICOMweb's door in the whole application: a session with its CSRF token, or a peer's token."""

from __future__ import annotations

import base64
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from teleconsult import access
from teleconsult.access.tables import PeerRow, PeerTokenRow
from tests import synth
from tests.builders import Alliance
from tests.node import index
from tests.web.conftest import Browser

ONE = synth.ct_slice
DICOM = "application/dicom"


def token_of(alliance: Alliance, title: str = "SCANNER_A") -> str:
    actor = alliance.people["administrator"]
    with alliance.system.work(actor) as work:
        peer_id = work.session.scalars(select(PeerRow.id).where(PeerRow.ae_title == title)).one()
        return access.issue_peer_token(work, actor, peer_id)


def store(client: FlaskClient, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/dicom-web/studies", data=synth.as_bytes(ONE()), headers={"Content-Type": DICOM, **named})


def test_a_session_stores_with_its_csrf_token_and_not_without(
    alliance: Alliance, browser: Callable[[str], Browser]
) -> None:
    technician = browser("technician_a")
    assert store(technician.client).status_code == 403
    assert store(technician.client, X_CSRF_Token=technician.csrf).status_code == 200
    assert index.counted(alliance.system) == 1


def test_nobody_stores_without_saying_who_they_are(app: Flask, alliance: Alliance) -> None:
    assert store(app.test_client()).status_code == 401
    answer = store(app.test_client(), Authorization="Bearer tcp_guessed")
    assert answer.status_code == 401
    assert index.counted(alliance.system) == 0


SCHEMES = ['Bearer realm="dicom-web"', 'Basic realm="dicom-web", charset="UTF-8"']


def test_a_program_without_a_good_token_is_told_both_ways_to_show_one(app: Flask) -> None:
    client, wrong = app.test_client(), base64.b64encode(b"SCANNER_A:tcp_guessed").decode()
    for headers in ({}, {"Authorization": "Bearer tcp_guessed"}, {"Authorization": f"Basic {wrong}"}):
        answer = client.get("/dicom-web/studies", headers=headers)
        assert (answer.status_code, answer.headers.getlist("WWW-Authenticate")) == (401, SCHEMES), headers


def test_our_own_screens_are_told_none_so_that_no_browser_asks_for_a_password(
    app: Flask, browser: Callable[[str], Browser]
) -> None:
    ended = app.test_client()
    ended.set_cookie("tc_session", "gone")
    assert "WWW-Authenticate" not in ended.get("/dicom-web/studies").headers
    for headers in ({"X-Person": "somebody"}, {"Sec-Fetch-Site": "same-origin"}):
        answer = app.test_client().get("/dicom-web/studies", headers=headers)
        assert (answer.status_code, answer.headers.getlist("WWW-Authenticate")) == (401, []), headers
    other = browser("technician_a").client.get("/dicom-web/studies", headers={"X-Person": "somebody else"})
    assert (other.status_code, "WWW-Authenticate" in other.headers) == (401, False)
    assert "WWW-Authenticate" not in app.test_client().get("/api/worklist").headers


def test_a_peer_stores_for_its_hospital_by_its_token(app: Flask, alliance: Alliance) -> None:
    token = token_of(alliance)
    assert store(app.test_client(), Authorization=f"Bearer {token}").status_code == 200
    basic = base64.b64encode(f"SCANNER_A:{token}".encode()).decode()
    assert store(app.test_client(), Authorization=f"Basic {basic}").status_code == 200
    assert {study.site_id for study in index.studies(alliance.system)} == {alliance.sites["county_a"]}
    assert index.last_seen(alliance.system, "SCANNER_A") is not None
    with alliance.system.read() as work:
        assert work.session.scalars(select(PeerTokenRow.used_at)).one() is not None


def test_a_revoked_token_is_good_for_nothing(app: Flask, alliance: Alliance) -> None:
    token, actor = token_of(alliance), alliance.people["administrator"]
    with alliance.system.work(actor) as work:
        access.revoke_peer_token(work, actor, work.session.scalars(select(PeerTokenRow.id)).one())
    assert store(app.test_client(), Authorization=f"Bearer {token}").status_code == 401
    assert app.test_client().get("/dicom-web/studies", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_opens_nothing_but_dicomweb(app: Flask, alliance: Alliance) -> None:
    headers = {"Authorization": f"Bearer {token_of(alliance)}"}
    assert app.test_client().get("/api/worklist", headers=headers).status_code == 401


def test_a_long_object_is_longer_than_what_other_routes_take(app: Flask, alliance: Alliance) -> None:
    ds = synth.ct_slice(rows=1536, columns=1536)
    headers = {"Content-Type": DICOM, "Authorization": f"Bearer {token_of(alliance)}"}
    assert len(synth.as_bytes(ds)) > app.config["MAX_CONTENT_LENGTH"]
    assert app.test_client().post("/dicom-web/studies", data=synth.as_bytes(ds), headers=headers).status_code == 200
