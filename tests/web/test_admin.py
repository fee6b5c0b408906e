"""An administrator sets an alliance up through the API; nobody else does."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from tests import certificates
from tests.builders import Alliance
from tests.web.conftest import Browser
from tests.working import work_off

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
        ({"ae_title": "CT", "address": "*", "site_id": county, "host": "x y"}, "field.host"),
        ({"ae_title": "SCANNER_A", "address": "127.0.0.1", "site_id": county}, "peer.exists"),
    ]
    for body, code in wrong:
        assert (admin.post("/api/admin/peers", body).json or {})["code"] == code


def test_reports_are_sent_nowhere_only_if_nobody_wants_them(browser: Browsers, alliance: Alliance) -> None:
    admin = browser("administrator")
    body = {"ae_title": "PACS_R", "address": "*", "site_id": alliance.sites["county_a"], "receives_reports": True}
    for place, field in (({}, "host"), ({"host": "10.0.0.9"}, "port"), ({"port": 104}, "host")):
        refused = admin.post("/api/admin/peers", {**body, **place}).json or {}
        assert (refused["code"], refused["params"]["field"]) == ("peer.reports_nowhere", field)
    peer = admin.post("/api/admin/peers", {**body, "host": " 10.0.0.9 ", "port": 104}).json or {}
    assert peer["host"] == "10.0.0.9"
    path = f"/api/admin/peers/{peer['id']}"
    for gone, field in (({"host": None}, "host"), ({"host": " "}, "host"), ({"port": None}, "port")):
        refused = admin.patch(path, gone).json or {}
        assert (refused["code"], refused["params"]["field"]) == ("peer.reports_nowhere", field)
    assert admin.patch(path, {"disabled": True}).status_code == 200
    assert admin.patch(path, {"host": None, "port": None, "receives_reports": False}).status_code == 200
    refused = admin.patch(path, {"receives_reports": True}).json or {}
    assert refused["code"] == "peer.reports_nowhere"


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


def test_a_peer_s_line_has_rules_of_its_own_and_its_passcode_is_never_told_again(
    browser: Callable[[str], Browser], alliance: Alliance, tmp_path: Path
) -> None:
    admin = browser("administrator")
    pem = certificates.made(tmp_path, "scanner").pem
    said = admin.post("/api/admin/peers/certificate", {"pem": pem}).json or {}
    assert (len(said["fingerprint"]), said["subject"]) == (64, "CN=scanner")
    assert admin.post("/api/admin/peers/certificate", {"pem": "nonsense"}).status_code == 422
    peer = next(p for p in (admin.get("/api/admin/peers").json or {})["items"] if p["ae_title"] == "SCANNER_A")
    line = {
        "tls_required": True,
        "certificate": pem,
        "identity_name": "ct-1",
        "passcode": "geheim-2026",
        "most_per_minute": 60,
    }
    told = admin.patch(f"/api/admin/peers/{peer['id']}", {"line": line})
    assert told.status_code == 200
    assert "geheim" not in told.text
    kept = told.json or {}
    assert (kept["fingerprint"], kept["tls_required"], kept["has_passcode"]) == (said["fingerprint"], True, True)
    again = admin.patch(f"/api/admin/peers/{peer['id']}", {"line": {"most_associations": 2}}).json or {}
    assert (again["fingerprint"], again["most_associations"], again["most_per_minute"]) == (said["fingerprint"], 2, 60)
    bare = admin.patch(f"/api/admin/peers/{peer['id']}", {"line": {"certificate": "", "identity_name": ""}}).json or {}
    assert (bare["fingerprint"], bare["identity_name"], bare["has_passcode"]) == (None, None, False)


def test_a_technician_checks_the_lines_of_their_own_hospital_and_sees_the_result(
    browser: Callable[[str], Browser], alliance: Alliance
) -> None:
    technician = browser("technician_a")
    listed = technician.get("/api/lines").json or {}
    assert {line["ae_title"] for line in listed["items"]} == {"SCANNER_A", "FAR_AWAY"}
    assert listed["ours"]["ae_title"] == "TELECONSULT"
    everything = browser("administrator").get("/api/lines").json or {}
    assert {line["ae_title"] for line in everything["items"]} == {"SCANNER_A", "SCANNER_B", "FAR_AWAY"}
    line = next(line for line in listed["items"] if line["ae_title"] == "SCANNER_A")
    asked = technician.post(f"/api/lines/{line['id']}/checks", {"with_image": False})
    assert (asked.status_code, (asked.json or {})["done_at"]) == (201, None)
    twice = technician.post(f"/api/lines/{line['id']}/checks", {"with_image": False})
    assert (twice.status_code, (twice.json or {})["code"]) == (409, "linecheck.under_way")
    work_off(alliance.system)
    (done,) = (technician.get(f"/api/lines/{line['id']}/checks").json or {})["items"]
    assert (done["good"], done["code"], done["steps"][0]["code"]) == (False, "49991", "no_address")
    foreign = next(line for line in everything["items"] if line["ae_title"] == "SCANNER_B")
    assert technician.post(f"/api/lines/{foreign['id']}/checks", {}).status_code == 403
