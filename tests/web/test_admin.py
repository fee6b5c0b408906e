"""An administrator sets an alliance up through the API; nobody else does."""

from collections.abc import Callable

from flask import Flask

from tests.builders import Alliance
from tests.web.conftest import Browser

Browsers = Callable[[str], Browser]


def test_an_alliance_is_set_up_and_the_new_person_signs_in(app: Flask, browser: Browsers) -> None:
    admin = browser("administrator")
    site = admin.post("/api/admin/sites", {"code": "new", "name": "示例新医院", "level": "county"}).json
    assert site is not None
    peer = {"ae_title": "CT9", "address": "10.1.0.0/16", "site_id": site["id"], "charset": "GB18030"}
    assert admin.post("/api/admin/peers", peer).status_code == 201
    city = next(item for item in (admin.get("/api/admin/sites").json or {})["items"] if item["code"] == "city")
    agreement = {"requesting_site_id": site["id"], "reading_site_id": city["id"], "modality": "CT", "sla": "tianchang"}
    assert admin.post("/api/admin/agreements", agreement).status_code == 201
    person = {
        "login": "new1", "name": "测试新医生", "title": "attending", "site_id": site["id"],
        "roles": [{"role": "county_doctor", "site_id": site["id"]}],
    }  # fmt: skip
    invited = admin.post("/api/admin/people", person).json
    assert invited is not None
    token = invited["link"].rsplit("/", 1)[1]
    visitor = app.test_client()
    assert (visitor.get(f"/api/invitations/{token}").json or {})["login"] == "new1"
    assert visitor.post(f"/api/invitations/{token}", json={"password": "new-word-2026"}).status_code == 200
    assert visitor.post("/api/login", json={"login": "new1", "password": "new-word-2026"}).status_code == 200
    assert visitor.get(f"/api/invitations/{token}").status_code == 404


def test_mistakes_are_named_in_words_that_can_be_translated(browser: Browsers, alliance: Alliance) -> None:
    admin = browser("administrator")
    county = alliance.sites["county_a"]
    wrong = [
        ({"ae_title": "A" * 17, "address": "*", "site_id": county}, "field.text"),
        ({"ae_title": "影像", "address": "*", "site_id": county}, "field.ae_title"),
        ({"ae_title": "CT", "address": "300.1.1.1", "site_id": county}, "field.address"),
        ({"ae_title": "CT", "address": "*", "site_id": "nowhere"}, "site.absent"),
        ({"ae_title": "CT", "address": "*", "site_id": county, "charset": "EBCDIC"}, "field.choice"),
        ({"ae_title": "SCANNER_A", "address": "127.0.0.1", "site_id": county}, "peer.exists"),
    ]
    for body, code in wrong:
        assert (admin.post("/api/admin/peers", body).json or {})["code"] == code


def test_a_reset_ends_the_session_and_is_in_the_journal(browser: Browsers, alliance: Alliance) -> None:
    reader, admin, auditor = browser("reader"), browser("administrator"), browser("auditor")
    person = alliance.people["reader"].id
    assert admin.post(f"/api/admin/people/{person}/reset").status_code == 200
    assert reader.get("/api/me").status_code == 401
    facts = (auditor.get("/api/audit/facts?name=PersonReset").json or {})["items"]
    assert [(fact["subject_id"], fact["actor"]) for fact in facts] == [(person, "测试管理员")]


def test_nobody_changes_their_own_roles_or_disables_themselves(browser: Browsers, alliance: Alliance) -> None:
    admin, me = browser("administrator"), alliance.people["administrator"].id
    assert admin.patch(f"/api/admin/people/{me}", {"roles": []}).status_code == 403
    assert admin.patch(f"/api/admin/people/{me}", {"disabled": True}).status_code == 403


def test_an_echo_to_a_peer_without_a_port_says_so(browser: Browsers) -> None:
    admin = browser("administrator")
    peer = next(p for p in (admin.get("/api/admin/peers").json or {})["items"] if p["ae_title"] == "SCANNER_A")
    answer = admin.post(f"/api/admin/peers/{peer['id']}/echo").json
    assert answer is not None
    assert (answer["ok"], answer["code"]) == (False, "echo.no_port")


def test_the_audit_is_verified_on_demand_and_only_by_auditors(browser: Browsers) -> None:
    answer = browser("auditor").get("/api/audit/verify").json
    assert answer is not None
    assert answer["holds"] is True
    assert browser("administrator").get("/api/audit/verify").status_code == 403
    assert browser("administrator").get("/api/audit/facts").status_code in (403, 422)
