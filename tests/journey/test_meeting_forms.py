"""Meetings arranged on the screen: one of no board, its members changed, cases proposed from wherever they are, a specialty that cannot sign."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from teleconsult.access.tables import PersonRow
from teleconsult.settings import Settings
from teleconsult.system import build
from tests.journey.desk import Desk
from tests.journey.panel import a_county_case, settle_panel
from tests.journey.platform import PASSWORD, Platform

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(420)]
Sit = Callable[..., Desk]
PANEL = {
    "form_radiology": ("测试影像甲", "radiology"),
    "form_respiratory": ("测试呼吸甲", "respiratory"),
    "form_oncology": ("测试肿瘤甲", "oncology"),
}
CHAIR, ADDED = "form_radiology", "form_oncology"
LEAVING = {"left_radiology": ("测试影像乙", "radiology"), "left_oncology": ("测试肿瘤乙", "oncology")}


def seat_all(form: Locator, people: list[str]) -> None:
    for name in people:
        add = form.get_by_label("添加成员")
        option = add.locator("option").filter(has_text=name).first
        add.select_option(value=option.get_attribute("value") or "")
        expect(form.get_by_label(f"{name} 的专科")).to_be_visible()


def presides(form: Locator, name: str) -> Locator:
    return form.get_by_test_id("members").locator("div").filter(has_text=name).get_by_role("radio")


def test_a_meeting_of_no_board_is_arranged_and_its_members_change(platform: Platform, desk: Sit) -> None:
    settle_panel(platform, PANEL)
    names = [name for name, _ in PANEL.values()]
    coordinator = desk(platform.url, "coordinator")
    coordinator.go("/meetings")
    coordinator.button("临时会议").click()
    form = coordinator.page.get_by_test_id("ad-hoc")
    send = form.get_by_role("button", name="安排会议")
    expect(send).to_be_disabled()
    form.get_by_label("会议名称").fill("疑难病例临时讨论")
    seat_all(form, names[:2])
    presides(form, names[1]).check()
    send.click()
    coordinator.page.wait_for_url(re.compile(r"/meetings/\w+$"))
    expect(coordinator.page.get_by_test_id("meeting")).to_contain_text("疑难病例临时讨论")
    members = coordinator.page.get_by_test_id("members").first
    expect(members).to_contain_text("会议成员 2 人")

    members.get_by_role("button", name="调整成员").click()
    form = coordinator.page.get_by_test_id("members-form")
    form.get_by_role("button", name="移除").first.click()
    expect(form.get_by_role("button", name="保存")).to_be_disabled()  # its specialty would have nobody
    coordinator.page.keyboard.press("Escape")
    members.get_by_role("button", name="调整成员").click()
    seat_all(form, names[2:])
    presides(form, names[0]).check()
    form.get_by_role("button", name="保存").click()
    expect(coordinator.page.get_by_test_id("members-form")).to_have_count(0)
    expect(members).to_contain_text("会议成员 3 人")
    path = coordinator.page.url.removeprefix(platform.url)
    kept = platform.visitor("coordinator").get(f"/api{path}")
    assert kept["chair"]["name"] == names[0]
    assert kept["id"] in [one["id"] for one in platform.visitor(ADDED).get("/api/meetings?mine=true")["items"]]


def a_board(platform: Platform, name: str) -> None:
    centre = platform.visitor("coordinator")
    site = next(one["id"] for one in centre.get("/api/admin/sites")["items"] if one["name"] == "示例市医院")
    centre.post("/api/boards", {**a_panel(platform), "site_id": site, "name": name, "minutes": 60, "cadence": {
        "every": "weekly", "weekday": (datetime.now(UTC) + timedelta(days=4)).weekday(), "at": "15:00"}})  # fmt: skip


def a_panel(platform: Platform, panel: Mapping[str, tuple[str, str]] = PANEL) -> dict[str, Any]:
    people = {login: platform.visitor(login).get("/api/me")["person"]["id"] for login in panel}
    return {
        "specialties": [specialty for _, specialty in panel.values()], "quorum": {"must": [], "least": 2},
        "members": [{"person_id": people[login], "specialty": panel[login][1]} for login in panel],
        "chair_id": people[next(iter(panel))],
    }  # fmt: skip


@pytest.mark.parametrize(("place", "source"), [("study", "由病例"), ("consultation", "由会诊"), ("referral", "由转诊")])
def test_a_case_is_proposed_from_wherever_it_is(platform: Platform, desk: Sit, place: str, source: str) -> None:
    settle_panel(platform, PANEL)
    board = f"表单 MDT {place}"
    a_board(platform, board)
    case_id, study_id = a_county_case(platform, f"测试提交{place}")
    doctor = platform.visitor("doctor_a")
    at = f"/studies/{study_id}"
    if place == "consultation":
        body = {
            "case_id": case_id,
            "study_ids": [study_id],
            "question": "性质？",
            "summary": "咳嗽两周",
            "mode": "async",
        }
        sites = doctor.get("/api/admin/sites")["items"]
        city = next(one["id"] for one in sites if one["name"] == "示例市医院")
        made = doctor.post("/api/consultations", {**body, "centre_site_id": city, "wanted_specialty": "radiology"})
        doctor.post(f"/api/consultations/{made['id']}/submit")
        at = f"/consultations/{made['id']}"
    elif place == "referral":
        made = doctor.post("/api/referrals", {"from_kind": "case", "from_id": case_id, "direction": "up"})
        sites = doctor.get("/api/admin/sites")["items"]
        city = next(one["id"] for one in sites if one["name"] == "示例市医院")
        words = {
            "to_site_id": city, "priority": "urgent", "disease": "chest_pain", "ticked": ["troponin"], "reason": "胸痛",
            "summary": "胸痛两天", "wanted_department": "心内科", "consent": "oral", "contact_name": "测试家属",
            "contact_phone": "000-0000009", "version": made["version"],
        }  # fmt: skip
        saved = doctor.put(f"/api/referrals/{made['id']}", words)
        doctor.post(f"/api/referrals/{made['id']}/submit", {"version": saved["version"]})
        at = f"/referrals/{made['id']}"
    screen = desk(platform.url, "doctor_a")
    screen.go(at)
    screen.button("提交 MDT").click()
    dialog = screen.page.get_by_role("dialog")
    meeting = dialog.get_by_label("会议", exact=True)
    meeting.select_option(value=meeting.locator("option").filter(has_text=board).get_attribute("value") or "")
    dialog.get_by_label("讨论问题").fill("下一步？")
    dialog.get_by_role("button", name="提交", exact=True).click()
    screen.page.wait_for_url(re.compile(r"/items/\w+$"))
    expect(screen.page.get_by_test_id("item")).to_contain_text("下一步？")
    expect(screen.page.get_by_test_id("item")).to_contain_text(source)
    screen.go(f"/cases/{case_id}")
    row = screen.page.get_by_test_id("matters").locator("li").filter(has_text="下一步？")
    expect(row).to_contain_text("已提请")
    row.get_by_role("link").click()
    screen.page.wait_for_url(re.compile(r"/items/\w+$"))


def test_the_chair_writes_down_why_a_specialty_does_not_sign(platform: Platform, desk: Sit) -> None:
    settle_panel(platform, LEAVING)
    case_id, _ = a_county_case(platform, "测试未签署")
    centre, chair, doctor = (platform.visitor(login) for login in ("coordinator", next(iter(LEAVING)), "doctor_a"))
    site = next(one["id"] for one in centre.get("/api/admin/sites")["items"] if one["name"] == "示例市医院")
    starts = (datetime.now(UTC) + timedelta(minutes=3)).isoformat()
    made = centre.post(
        "/api/meetings",
        {**a_panel(platform, LEAVING), "site_id": site, "title": "未签署", "starts_at": starts, "minutes": 30},
    )
    meeting = f"/api/meetings/{made['id']}"
    item = doctor.post(f"{meeting}/items", {"case_id": case_id, "question": "手术？", "urgent": True})
    place = f"{meeting}/items/{item['id']}"
    chair.post(f"{place}/accept")
    room = chair.post(f"{meeting}/start")["room_id"]
    for login in LEAVING:
        platform.visitor(login).post(f"/api/rooms/{room}/admit")
    chair.post(f"{place}/present")
    chair.post(f"{place}/conclude", {"stage": "腺癌", "recommendation": "手术"})
    _leaves(platform, "left_oncology")

    screen = desk(platform.url, next(iter(LEAVING)))
    screen.go(place.removeprefix("/api"))
    signatures = screen.page.get_by_test_id("signatures")
    signatures.get_by_role("button", name="登记未签署").click()
    dialog = screen.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="登记并签署")).to_be_disabled()
    dialog.get_by_label("未签署原因").fill("参会医师已调离")
    dialog.get_by_label("登录密码").fill(PASSWORD)
    dialog.get_by_role("button", name="登记并签署").click()
    expect(signatures).to_contain_text("未签署")
    expect(signatures).to_contain_text("参会医师已调离")


def _leaves(platform: Platform, login: str) -> None:
    """Somebody does not work here any more."""
    system = build(Settings.from_env({}, home=platform.home))
    try:
        with system.work() as work:
            person = work.session.query(PersonRow).filter(PersonRow.login == login).one()
            person.disabled = True
    finally:
        system.store.engine.dispose()
