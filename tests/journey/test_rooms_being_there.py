"""Being in a room: a screen is shared; who only listens stays signed in, who is alone does not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.journey.rooms import DOCTOR_NAME, Place, Seat, Sit, both_in, follows

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(420)]
IDLE_SECONDS = 15


def test_a_shared_screen_comes_first_and_large(sit: Sit, place: Place) -> None:
    expert, doctor = both_in(sit, place)
    for one in (expert, doctor):
        one.live()
        one.sees_people()
    _screen(doctor, expert)


def _screen(sharing: Seat, watching: Seat) -> None:
    """It stands over the pictures by itself, as large as they; one may go back to them, and to it; it goes when it ends."""
    sharing.button("共享屏幕").click()
    large = watching.page.get_by_role("region", name=f"{DOCTOR_NAME} 的屏幕")
    expect(large).to_be_visible()
    watching.page.wait_for_function("() => document.querySelector('section[aria-label$=屏幕] video')?.videoWidth > 0")
    expect(large).to_be_visible()
    box, stage = large.bounding_box(), watching.page.locator("[data-pane=pane-0]").first.bounding_box()
    assert box is not None
    assert stage is not None
    assert box["width"] * box["height"] >= 0.9 * stage["width"] * stage["height"]
    watching.button("回到影像").click()
    expect(large).to_have_count(0)
    watching.seat(DOCTOR_NAME).get_by_role("button", name="看屏幕").click()
    expect(large).to_be_visible()
    sharing.button("共享中").click()
    expect(large).to_have_count(0)
    expect(watching.seat(DOCTOR_NAME).get_by_role("button", name="看屏幕")).to_have_count(0)


def test_who_only_listens_stays_signed_in_and_who_is_alone_does_not(sit: Sit, place: Place) -> None:
    expert, doctor = sit(place.expert), sit("doctor_a")
    expert.enter(place)
    expert.shown()
    doctor.page.route("**/api/me", _soon_idle)
    with doctor.page.expect_request("**/api/session/touch"):
        doctor.enter(place)
    doctor.live()
    doctor.page.evaluate("() => { window.__since = Date.now(); }")
    doctor.page.wait_for_function("(s) => Date.now() - window.__since > s * 1000", arg=IDLE_SECONDS + 4)
    expect(doctor.page.get_by_test_id("room")).to_be_visible()
    expect(doctor.page.get_by_role("dialog")).to_have_count(0)
    follows(doctor, expert)
    expert.button("离开").click()
    expect(doctor.page.get_by_role("dialog")).to_be_visible()  # alone and without a hand on the desk


def _soon_idle(route: Route) -> None:
    found = route.fetch()
    me: dict[str, Any] = found.json()
    if "session" in me:
        me["session"]["idle_seconds"] = IDLE_SECONDS
    route.fulfill(response=found, body=json.dumps(me))


def test_another_camera_and_microphone_are_taken_at_once_and_a_loudspeaker_is_chosen(sit: Sit, place: Place) -> None:
    expert, doctor = both_in(sit, place)
    for one in (expert, doctor):
        one.live()
        one.sees_people()
    doctor.button("设备").click()
    dialog = doctor.page.get_by_role("dialog")
    for kind, label in (("camera", "摄像头"), ("mic", "麦克风")):
        field = dialog.get_by_label(label, exact=True)
        now = doctor.page.evaluate(f"() => window.__media.devices.{kind}")
        expect(field.locator("option").nth(2)).to_be_attached()
        names = [name.strip() for name in field.locator("option").all_inner_texts()]
        other = next(name for name in names[1:] if name != now and "Default" not in name)
        field.select_option(label=other)
        doctor.media(f"m.devices.{kind} === {json.dumps(other)}")
    speaker = dialog.get_by_label("扬声器", exact=True)
    speaker.select_option(index=speaker.locator("option").count() - 1)
    doctor.page.keyboard.press("Escape")
    expert.sees_people()
