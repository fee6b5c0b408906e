"""Beginning a referral at the county desk: for a patient somebody chose, named wherever something begins for them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk
from tests.journey.platform import Platform
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(400)]
Sit = Callable[..., Desk]
HOME = "示例一县医院"


def a_study(platform: Platform, name: str) -> dict[str, Any]:
    """A study of county A, as its row at the county."""
    slices = synth.a_ct_series(2, patient_name=name, patient_id=f"{name}-0001", RequestedProcedurePriority="HIGH")
    assert set(platform.scanner().send(*map(sent, slices))) == {0}
    doctor = platform.visitor("doctor_a")
    found: list[dict[str, Any]] = []

    def there() -> bool:
        found[:] = [row for row in doctor.get(f"/api/studies?q={quote(name)}")["items"] if row["kind"] == "task"]
        return bool(found)

    wait_for(there, "the study is there", 60)
    return found[0]


def pictured(desk: Desk, name: str) -> None:
    """Keep a photograph where somebody asked for one."""
    if folder := os.environ.get("TELECONSULT_TEST_PICTURES"):
        desk.page.screenshot(path=Path(folder) / f"{name}.png")


def in_english(doctor: Desk) -> Desk:
    """The same person at another screen, whose browser speaks English."""
    context = doctor.page.context
    browser = context.browser
    assert browser is not None
    state = context.storage_state()
    state["origins"] = []  # the session comes along, the language does not
    other = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 768}, storage_state=state)
    return Desk(other.new_page(), doctor.url)


def chosen_and_named(seat: Desk, name: str, language: str, words: tuple[str, str, str]) -> None:
    """Nothing to begin until a row is chosen; then the patient is named in full beside the buttons and on the page they lead to."""
    page, (new_case, refer, of) = seat.page, words
    seat.go("/county")
    expect(seat.row(name)).to_be_visible()
    for word in (new_case, refer):
        expect(seat.button(word)).to_have_count(0)
    seat.row(name).click()
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        expect(seat.button(refer)).to_be_visible()
        expect(page.get_by_text(of, exact=True)).to_be_in_viewport(ratio=1)
        pictured(seat, f"county-{language}-{width}-chosen")
    seat.button(refer).click()
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        expect(page.get_by_test_id("identity")).to_contain_text(re.compile(rf"{name}.*{name}-0001@{HOME}"))
        expect(page.get_by_test_id("identity").get_by_text(name, exact=True)).to_be_in_viewport(ratio=1)
        pictured(seat, f"new-referral-{language}-{width}")


def test_nothing_begins_for_a_patient_whom_nobody_chose(platform: Platform, desk: Sit) -> None:
    name = "测试长姓名以免被截断甲"
    row = a_study(platform, name)
    doctor = desk(platform.url, "doctor_a")
    chosen_and_named(doctor, name, "zh", ("新建病例", "上转", f"为 {name} {name}-0001："))
    expect(doctor.page).to_have_url(re.compile(rf"study={row['study_id']}$"))
    english = in_english(doctor)
    try:
        chosen_and_named(english, name, "en", ("New case", "Refer up", f"For {name} {name}-0001:"))
    finally:
        english.page.context.close()


def test_an_arrival_without_a_departure_is_asked_once_more(platform: Platform, desk: Sit) -> None:
    name = "测试未出发"
    row = a_study(platform, name)
    doctor, office = platform.visitor("doctor_a"), platform.visitor("doctor_b")
    case = doctor.post("/api/cases", {"study_ids": [row["study_id"]], "title": "气胸"})["id"]
    key = doctor.post("/api/referrals", {"from_kind": "case", "from_id": case, "direction": "up"})["id"]
    sites = doctor.get("/api/admin/sites")["items"]
    there = next(site["id"] for site in sites if site["name"] == "示例二县医院")
    written = {"to_site_id": there, "summary": "气胸", "reason": "本院不能处理", "consent": "oral"}
    doctor.put(f"/api/referrals/{key}", written)
    doctor.post(f"/api/referrals/{key}/submit", {})
    office.post(f"/api/referrals/{key}/accept", {})
    seat = desk(platform.url, "doctor_b")
    seat.go(f"/referrals/{key}")
    verbs, sheet = seat.page.get_by_test_id("verbs"), seat.page.get_by_role("dialog")
    verbs.get_by_role("button", name="患者到达").click()
    expect(sheet.get_by_test_id("whom")).to_contain_text(re.compile(f"{name}.*{name}-0001"))
    pictured(seat, "arrival-sure-zh-1366")
    sheet.get_by_role("button", name="取消").click()
    assert office.get(f"/api/referrals/{key}")["state"] == "accepted"
    verbs.get_by_role("button", name="患者到达").click()
    sheet.get_by_role("button", name="患者到达").click()
    expect(seat.page.locator("[data-testid=stamps] [data-step=arrived][data-done]")).to_be_visible()
    expect(seat.page.locator("[data-testid=stamps] [data-step=departed][data-done]")).to_have_count(0)
    assert office.get(f"/api/referrals/{key}")["departed_at"] is None
