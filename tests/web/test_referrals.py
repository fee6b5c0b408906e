"""Referrals over HTTP: up by the green channel from a critical finding, down again with visits; and what a hostile sender gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from teleconsult import access, reporting
from teleconsult.imaging.queries import open_conflicts
from teleconsult.referral import criteria, proposals
from teleconsult.reporting import critical_items
from tests import synth
from tests.builders import Alliance
from tests.records.consulting import OPINION
from tests.records.house import a_study
from tests.records.referring import DOWN, UP
from tests.web.conftest import Browser
from tests.web.consulting import a_clinic
from tests.web.scene import Scene, a_signed_study
from tests.working import arrive, settle_all, work_off


@pytest.fixture
def scene(alliance: Alliance) -> Scene:
    return a_signed_study(alliance)


@pytest.fixture
def case(alliance: Alliance, browser: Callable[[str], Browser]) -> dict[str, Any]:
    with alliance.system.work() as work:
        study = a_study(work, alliance.sites["county_a"])
    answer = browser("doctor_a").post("/api/cases", {"study_ids": [study.id], "title": "测试病例"})
    opened: dict[str, Any] = answer.json or {}
    return opened


def ok(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json or {}
    return found


def drafted(doctor: Browser, case: dict[str, Any], site: str) -> dict[str, Any]:
    row = ok(doctor.post("/api/referrals", {"from_id": case["id"]}), 201)
    return ok(doctor.put(f"/api/referrals/{row['id']}", {**UP, "to_site_id": site, "version": row["version"]}))


def test_the_library_says_in_both_languages_what_is_ticked(browser: Callable[[str], Browser]) -> None:
    library = ok(browser("doctor_a").get("/api/referral-criteria"))
    keys = {(each["direction"], each["key"]) for each in library["lists"]}
    assert {("up", "chest_pain"), ("up", "stroke"), ("up", "lung_nodule"), ("down", "chest_pain")} <= keys
    for each in library["lists"]:
        items = [*each["items"], *each["turn_back"]]
        assert all(item["zh"] and item["en"] for item in items)
        assert len({item["code"] for item in each["items"]}) == len(each["items"])
        assert (each["direction"] == "down") == bool(each["turn_back"])
        assert set(each["pathways"]) <= {way["key"] for way in library["pathways"]}
        assert each["green"] or not each["automatic"]


def test_what_nobody_can_call_or_do_is_refused_and_an_arrival_invents_no_departure(
    alliance: Alliance, case: dict[str, Any], browser: Callable[[str], Browser]
) -> None:
    doctor, office = browser("doctor_a"), browser("coordinator")
    row = drafted(doctor, case, alliance.sites["city"])
    path = f"/api/referrals/{row['id']}"
    ok(doctor.put(path, {"contact_phone": "abc"}))
    assert (doctor.post(f"{path}/submit", {}).json or {})["code"] == "referral.phone"
    ok(doctor.put(path, {"contact_phone": "0311-0000000 转 12"}))
    ok(doctor.post(f"{path}/submit", {}))
    ok(office.post(f"{path}/accept", {}))
    arrived = ok(office.post(f"{path}/arrive", {}))
    assert (arrived["state"], arrived["departed_at"]) == ("arrived", None)
    gone = {"text": "复查胸片", "due_at": "2020-01-01T00:00:00Z"}
    said = {"outcome": "improved", "text": "好转", "follow_ups": [gone]}
    assert (office.post(f"{path}/complete", said).json or {})["code"] == "followup.past"
    planned = {**gone, "case_id": case["id"], "owner_site_id": alliance.sites["county_a"], "owner_id": None}
    refused = doctor.post("/api/follow-ups", planned)
    assert (refused.status_code, (refused.json or {})["code"]) == (422, "followup.past")
    assert ok(doctor.get("/api/follow-ups"))["total"] == 0


def test_up_and_down_again_over_http(
    alliance: Alliance, case: dict[str, Any], browser: Callable[[str], Browser]
) -> None:
    doctor, office = browser("doctor_a"), browser("coordinator")
    row = drafted(doctor, case, alliance.sites["city"])
    path = f"/api/referrals/{row['id']}"
    assert ok(doctor.post(f"{path}/submit", {"version": row["version"]}))["state"] == "submitted"
    inbox = ok(office.get("/api/referrals?box=in&state=running"))
    assert [line["id"] for line in inbox["items"]] == [row["id"]]
    assert inbox["counts"]["to_answer"] == 1
    taken = ok(office.post(f"{path}/accept", {"department": "胸外科", "slot_at": "2030-01-01T08:00:00+08:00"}))
    assert (taken["accepted_by"]["name"], taken["slot_at"]) == ("测试协调员", "2030-01-01T00:00:00Z")
    assert ok(office.get(f"/api/cases/{case['id']}"))["studies"][0]["verbs"] != []
    assert office.post(f"{path}/accept", {}).json["code"] == "referral.accepted_by_other"  # type: ignore[index]
    ok(doctor.post(f"{path}/depart", {"escort": "随车医生", "expected_at": "2030-01-01T02:00:00Z"}))
    ok(office.post(f"{path}/arrive", {}))
    down = ok(office.post(f"{path}/return_down", {}), 201)
    assert (down["direction"], down["to_site"]["name"], down["turned_from_id"]) == ("down", "示例一县医院", row["id"])
    ok(office.post(f"{path}/complete", {"outcome": "improved", "text": "术后恢复良好"}))
    assert ok(doctor.post(f"{path}/close", {}))["turned_to_id"] == down["id"]
    back = f"/api/referrals/{down['id']}"
    ok(office.put(back, {**DOWN, "version": down["version"]}))
    ok(office.post(f"{back}/submit", {}))
    ok(doctor.post(f"{back}/accept", {}))
    ok(doctor.post(f"{back}/arrive", {}))
    visits = ok(doctor.get("/api/follow-ups?mine=true&state=planned"))
    assert visits["total"] == 11
    first = visits["items"][0]
    assert (first["verbs"], first["band"]) == (["do", "change", "decline"], "blue")
    assert ok(doctor.post(f"/api/follow-ups/{first['id']}/done", {"text": "心电图无变化"}))["state"] == "done"
    names = {fact["name"] for fact in ok(doctor.get(f"/api/cases/{case['id']}/timeline?kind=referral"))["items"]}
    assert {"ReferralSubmitted", "ReferralAccepted", "ReferralDeparted", "ReferralArrived", "ReferralClosed"} <= names


def test_a_referral_is_prefilled_from_a_signed_report(scene: Scene, browser: Callable[[str], Browser]) -> None:
    doctor = browser("doctor_a")
    row = ok(doctor.post("/api/referrals", {"from_kind": "report", "from_id": scene.report}), 201)
    assert (row["from_kind"], row["case_id"], row["reason"]) == ("report", scene.case, "胸部CT平扫未见异常。")
    assert row["summary"].startswith("双肺未见异常。")
    stranger = browser("doctor_t").post("/api/referrals", {"from_kind": "report", "from_id": scene.report})
    assert (stranger.status_code, (stranger.json or {})["code"]) == (404, "report.absent")


def test_one_click_from_a_critical_finding_to_the_green_channel(
    alliance: Alliance, scene: Scene, browser: Callable[[str], Browser]
) -> None:
    reader, doctor = alliance.people["reader"], browser("doctor_a")
    with alliance.system.work(reader) as work:
        found = reporting.raise_critical(work, reader, scene.study, "aortic_dissection")
    row = ok(doctor.post("/api/referrals", {"from_kind": "critical", "from_id": found.id}), 201)
    assert (row["priority"], row["disease"], row["ticked"]) == ("green", "aortic_dissection", ["imaging"])
    assert (row["reason"], row["summary"]) == ("危急值（Ⅰ级）：主动脉夹层", "危急值（Ⅰ级）：主动脉夹层")
    assert row["consent"] == "", "how the patient agreed is chosen, never presumed"
    fields = {"to_site_id": alliance.sites["city"], "contact_phone": "000-0000", "summary": "撕裂样胸痛"}
    ok(doctor.put(f"/api/referrals/{row['id']}", fields))
    unsaid = doctor.post(f"/api/referrals/{row['id']}/submit", {})
    assert (unsaid.status_code, (unsaid.json or {})["code"]) == (422, "referral.incomplete")
    ok(doctor.put(f"/api/referrals/{row['id']}", {"consent": "emergency"}))
    sent = ok(doctor.post(f"/api/referrals/{row['id']}/submit", {}))
    assert (sent["state"], sent["accepted_by"]) == ("accepted", None)
    codes = [notice["code"] for notice in ok(browser("coordinator").get("/api/notices"))["items"]]
    assert "critical.green_channel" in codes
    told = {"id": found.id, "item": "aortic_dissection", "level": 1, "text": "", "state": "raised", "seen": True}
    assert sent["critical"] == told
    assert ok(browser("coordinator").get(f"/api/referrals/{row['id']}"))["critical"] == told


def test_who_may_not_open_the_finding_still_reads_which_it_was(
    alliance: Alliance, scene: Scene, browser: Callable[[str], Browser]
) -> None:
    reader, doctor = alliance.people["reader"], browser("doctor_a")
    with alliance.system.work(reader) as work:
        found = reporting.raise_critical(work, reader, scene.study, "pneumothorax", "左侧气胸，压缩约 80%")
    row = ok(doctor.post("/api/referrals", {"from_kind": "critical", "from_id": found.id}), 201)
    assert (row["reason"], row["summary"]) == ("危急值（Ⅱ级）：气胸", "左侧气胸，压缩约 80%")
    ok(doctor.put(f"/api/referrals/{row['id']}", {"to_site_id": alliance.sites["county_b"], "consent": "oral"}))
    ok(doctor.post(f"/api/referrals/{row['id']}/submit", {}))
    there = ok(browser("doctor_b").get(f"/api/referrals/{row['id']}"))["critical"]
    assert (there["item"], there["level"], there["text"]) == ("pneumothorax", 2, "左侧气胸，压缩约 80%")
    assert there["seen"] is False


@pytest.mark.parametrize(
    ("item", "level", "priority", "disease", "ticked"),
    [
        ("tension_pneumothorax", None, "green", "critical", ["level_one"]),
        ("suspected_malignancy", 1, "green", "critical", ["level_one"]),
        ("intracranial_haemorrhage", None, "green", "stroke", ["haemorrhage"]),
        ("pneumothorax", 2, "urgent", "other", ["beyond_us"]),
    ],
)
def test_a_finding_of_level_one_goes_green_and_to_the_hospital_that_read_it(
    item: str, level: int | None, priority: str, disease: str, ticked: list[str],
    alliance: Alliance, scene: Scene, browser: Callable[[str], Browser],
) -> None:  # fmt: skip
    reader, doctor = alliance.people["reader"], browser("doctor_a")
    with alliance.system.work(reader) as work:
        found = reporting.raise_critical(work, reader, scene.study, item, "所见如上", level)
    row = ok(doctor.post("/api/referrals", {"from_kind": "critical", "from_id": found.id}), 201)
    assert (row["priority"], row["disease"], row["ticked"]) == (priority, disease, ticked)
    assert row["to_site"]["id"] == alliance.sites["city"]
    if priority == "green":
        ok(doctor.put(f"/api/referrals/{row['id']}", {"contact_phone": "000-0000", "consent": "emergency"}))
        assert ok(doctor.post(f"/api/referrals/{row['id']}/submit", {}))["priority"] == "green"


def test_every_finding_of_level_one_has_a_list_that_opens_the_green_channel() -> None:
    for item in critical_items.ITEMS:
        disease, tick = proposals.listed(item.code, 1)
        listed = criteria.find("up", disease)
        assert listed.green, item.code
        assert tick in {one.code for one in listed.items}, item.code


def test_every_critical_item_that_names_a_list_ticks_something_on_it() -> None:
    known = {item.code for item in critical_items.ITEMS}
    for item, (disease, tick) in proposals.DISEASES.items():
        assert item in known, item
        assert tick in {one.code for one in criteria.find("up", disease).items}, item


def test_a_case_is_opened_for_a_report_that_has_none(
    alliance: Alliance, scene: Scene, browser: Callable[[str], Browser]
) -> None:
    doctor = browser("doctor_a")
    ok(doctor.post(f"/api/cases/{scene.case}/close", {}))
    row = ok(doctor.post("/api/referrals", {"from_kind": "report", "from_id": scene.report}), 201)
    opened = ok(doctor.get(f"/api/cases/{row['case_id']}"))
    assert (opened["title"], [study["id"] for study in opened["studies"]]) == ("胸部CT平扫未见异常。", [scene.study])


def test_a_study_that_may_be_another_patients_is_kept_back_while_referred(
    alliance: Alliance, app: Flask, browser: Callable[[str], Browser]
) -> None:
    """From the scanner to the receiving office's screen: the images go, the case says why, and they come back."""
    slice_ = synth.ct_slice(1)
    outcome = arrive(alliance.system, synth.as_bytes(slice_))
    settle_all(alliance.system)
    work_off(alliance.system)
    doctor, office, technician = browser("doctor_a"), browser("coordinator"), browser("technician_a")
    with alliance.system.work() as work:
        access.change_agreement(work, access.SYSTEM, _agreement(alliance), {"disabled": True})
    case = ok(doctor.post("/api/cases", {"study_ids": [outcome.study_id], "title": "x"}), 201)
    row = drafted(doctor, case, alliance.sites["county_b"])
    ok(doctor.post(f"/api/referrals/{row['id']}/submit", {}))
    other_office = browser("doctor_b")
    ok(other_office.post(f"/api/referrals/{row['id']}/accept", {}))
    manifest = f"/api/studies/{outcome.study_id}/manifest"
    assert other_office.get(manifest, buffered=True).status_code == 200
    other = synth.ct_slice(2, patient_id="SOMEBODY-ELSE", study_uid=str(slice_.StudyInstanceUID))
    arrive(alliance.system, synth.as_bytes(other))
    work_off(alliance.system)
    for path in (
        manifest,
        f"/api/studies/{outcome.study_id}",
        f"/dicom-web/studies/{slice_.StudyInstanceUID}/metadata",
    ):
        assert other_office.get(path, buffered=True).status_code == 404, path
    (shown,) = ok(other_office.get(f"/api/cases/{case['id']}"))["studies"]
    assert (shown["problem"], shown["verbs"], shown["study_uid"]) == ("study.held", [], "")
    assert "case.study_held" in [notice["code"] for notice in ok(other_office.get("/api/notices"))["items"]]
    (own,) = ok(doctor.get(f"/api/cases/{case['id']}"))["studies"]
    assert (own["problem"], "study.images" in own["verbs"]) == ("study.conflict", True)
    for item in ok(technician.get("/api/arrivals"))["items"]:
        ok(technician.post(f"/api/arrivals/{item['id']}/resolve", {"note": "号码录错"}))
    work_off(alliance.system)
    assert other_office.get(manifest, buffered=True).status_code == 200
    assert "case.study_released" in [notice["code"] for notice in ok(other_office.get("/api/notices"))["items"]]
    assert ok(office.get("/api/referrals"))["items"] == []
    with alliance.system.read() as work:
        assert open_conflicts(work, outcome.study_id) == 0


def _agreement(alliance: Alliance) -> str:
    with alliance.system.read() as work:
        return access.queries.agreements(work, alliance.people["administrator"])[0].id


@pytest.mark.parametrize(
    "body",
    [
        {}, [], "x", {"from_id": "x" * 65}, {"from_id": "x", "from_kind": "rumour"}, {"from_id": "x", "direction": "sideways"},
        {"from_id": "x", "more": 1}, {"from_id": "a\0b"},
    ],
)  # fmt: skip
def test_a_proposal_that_is_none_is_not_understood(body: Any, browser: Callable[[str], Browser]) -> None:
    assert browser("doctor_a").post("/api/referrals", body).status_code in (400, 422)


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("accept", {"slot_at": "2030-01-01T08:00:00"}), ("accept", {"slot_at": "soon"}), ("accept", {"bed": "x" * 201}),
        ("decline", {}), ("decline", {"reason": "because"}), ("redirect", {"reason": "x"}), ("ask", {"text": "  "}),
        ("ask", {"text": "x" * 20_001}), ("ask", {"text": ["x"]}), ("accept", {"department": "a\0b"}),
    ],
)  # fmt: skip
def test_answers_that_are_none_are_refused_and_change_nothing(
    verb: str, body: Any, alliance: Alliance, case: dict[str, Any], browser: Callable[[str], Browser]
) -> None:
    doctor, office = browser("doctor_a"), browser("coordinator")
    row = drafted(doctor, case, alliance.sites["city"])
    path = f"/api/referrals/{row['id']}"
    ok(doctor.post(f"{path}/submit", {}))
    assert office.post(f"{path}/{verb}", body).status_code in (400, 422)
    assert ok(office.get(path))["state"] == "submitted"


def test_a_referral_is_prefilled_from_a_consultation_by_what_was_signed(tmp_path: Path) -> None:
    with a_clinic(tmp_path / "home") as clinic:
        desk, doctor = clinic.desk, clinic.browser("doctor_a")
        key = desk.signed()
        row = ok(doctor.post("/api/referrals", {"from_kind": "consultation", "from_id": key}), 201)
        assert (row["from_kind"], row["case_id"]) == ("consultation", desk.case_id)
        assert row["reason"] == "\n".join((OPINION["diagnosis"], OPINION["treatment"]))
        stranger = clinic.browser("doctor_t").post("/api/referrals", {"from_kind": "consultation", "from_id": key})
        assert stranger.status_code == 404
