"""Two browser windows meet in a room: they see and hear each other, and look at the same images, whatever breaks."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journey.fair import fair
from tests.journey.platform import Platform
from tests.journey.rooms import (
    DOCTOR_NAME,
    EXPERT_NAME,
    FAKE,
    GUEST,
    GUEST_NAME,
    Place,
    Seat,
    Sit,
    a_room,
    another_browser,
    both_in,
    ends_room,
    follows,
)

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(420)]
GONE_SECONDS, BACK_SECONDS = 15.0, 5.0


def on_picture(seat: Seat) -> tuple[float, float]:
    """The middle of the first pane."""
    box = seat.page.locator("[data-pane=pane-0]").first.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_two_seats_meet_and_see_each_other_and_the_same_images(sit: Sit, place: Place) -> None:
    expert, doctor = both_in(sit, place)
    for one in (expert, doctor):
        one.live()
        one.sees_people()
        for name in (EXPERT_NAME, DOCTOR_NAME):
            expect(one.seat(name)).to_have_attribute("data-camera", "true")
    expect(doctor.page.get_by_test_id("follow")).to_have_attribute("data-state", "following")
    follows(doctor, expert)


def test_the_viewport_follows_slice_window_zoom_turn_and_layout(sit: Sit, place: Place) -> None:
    expert, doctor = sit(place.expert), sit("doctor_a", size=(1000, 900))
    expert.enter(place)
    start = expert.shown()
    doctor.enter(place)
    doctor.shown(start)
    for key in ("ArrowDown", "ArrowDown", "2", "=", "=", "]", "h", "i"):
        expert.page.keyboard.press(key)
        follows(doctor, expert)
    for one in (expert, doctor):
        expect(one.page.get_by_test_id("pane-0")).to_contain_text("肺窗")
    doctor.shown(start + 2)
    x, y = on_picture(expert)
    expert.page.keyboard.press("p")
    expert.page.mouse.move(x, y)
    expert.page.mouse.down()
    expert.page.mouse.move(x + 60, y + 30, steps=4)
    expert.page.mouse.up()
    follows(doctor, expert)
    expert.page.keyboard.press("F2")
    doctor.until("v.layout === '1x2'")
    follows(doctor, expert)
    expert.page.keyboard.press("PageDown")
    follows(doctor, expert)


def test_anyone_may_break_away_and_return(sit: Sit, place: Place) -> None:
    expert, doctor = both_in(sit, place)
    follows(doctor, expert)
    at = expert.shown()
    doctor.page.mouse.move(*on_picture(doctor))
    doctor.page.mouse.wheel(0, 100)
    expect(doctor.page.get_by_test_id("follow")).to_have_attribute("data-state", "away")
    doctor.shown(at + 1)
    expert.page.keyboard.press("ArrowUp")
    expert.shown(at - 1)
    assert doctor.shown() == at + 1, "who has broken away is not taken along"
    doctor.button("回到主讲").click()
    doctor.shown(at - 1)
    doctor.page.keyboard.press("f")
    expect(doctor.page.get_by_test_id("follow")).to_have_attribute("data-state", "away")


def test_a_late_joiner_and_a_reloaded_page_are_given_the_present_view(sit: Sit, place: Place) -> None:
    expert = sit(place.expert)
    expert.enter(place)
    at = expert.shown()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "2", "="):
        expert.page.keyboard.press(key)
    expert.shown(at + 3)
    doctor = sit("doctor_a")
    doctor.enter(place)
    doctor.shown(at + 3)
    follows(doctor, expert)
    for one in (doctor, expert):
        one.page.reload()
        expect(one.page.get_by_test_id("room")).to_be_visible()
        one.shown(at + 3)
        one.live()
    follows(doctor, expert)
    doctor.sees_people()


LATE_LINE = """() => {
  // What comes over the live line is heard late, as on a slow line; the pictures come from the cache meanwhile.
  const hear = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
  Object.defineProperty(WebSocket.prototype, 'onmessage', {
    ...hear,
    set(heard) { hear.set.call(this, (event) => setTimeout(() => heard.call(this, event), 1500)); },
  });
}"""


def test_a_presenter_who_reloads_on_a_slow_line_puts_nothing_in_the_place_of_what_the_room_shows(
    sit: Sit, place: Place
) -> None:
    expert, doctor = both_in(sit, place)
    at = expert.shown()
    for _ in range(4):
        expert.page.keyboard.press("ArrowDown")
    for one in (expert, doctor):
        one.shown(at + 4)
    expert.page.add_init_script(f"({LATE_LINE})()")
    seen = doctor.page.evaluate_handle(WATCHED)
    expert.page.reload()
    expect(expert.page.get_by_test_id("room")).to_be_visible()
    expert.shown(at + 4)
    follows(doctor, expert)
    assert seen.evaluate("(all) => [...all]") == [at + 4]


WATCHED = """() => {
  const all = new Set([window.__viewer.imageIndex]);
  setInterval(() => all.add(window.__viewer.imageIndex), 50);
  return all;
}"""


def test_pointer_and_marks_stand_on_the_same_place_of_the_picture_at_every_seat(sit: Sit, place: Place) -> None:
    expert, doctor = sit(place.expert), sit("doctor_a", size=(1000, 900))
    expert.enter(place)
    expert.shown()
    doctor.enter(place)
    doctor.shown()
    follows(doctor, expert)
    x, y = on_picture(expert)
    expert.page.mouse.move(x, y)
    expert.page.mouse.move(x + 3, y + 3)
    expect(doctor.page.locator("[data-pointer]")).to_be_visible()
    expect(doctor.page.locator("[data-pointer]")).to_contain_text(EXPERT_NAME)
    expert.button("测距").click()
    expert.page.mouse.move(x - 60, y)
    expert.page.mouse.down()
    expert.page.mouse.move(x + 60, y, steps=5)
    expert.page.mouse.up()
    words = [one.page.locator("[data-mark=length] text") for one in (expert, doctor)]
    for word in words:
        expect(word).to_have_text(re.compile(r"^\d+\.\d mm$"))
    assert words[0].text_content() == words[1].text_content()
    doctor.page.keyboard.press("a")
    dx, dy = on_picture(doctor)
    doctor.page.mouse.move(dx, dy)
    doctor.page.mouse.down()
    doctor.page.mouse.move(dx + 50, dy + 50, steps=4)
    doctor.page.mouse.up()
    expect(expert.page.locator("[data-mark=arrow]")).to_be_visible()
    expect(doctor.page.get_by_test_id("follow")).to_have_attribute("data-state", "following")
    expect(doctor.page.locator("[data-mark=arrow]")).to_be_visible()  # what is kept can be taken back
    doctor.page.keyboard.press("Control+z")
    expect(expert.page.locator("[data-mark=arrow]")).to_have_count(0)
    late = sit("coordinator")
    late.go(place.path)
    expect(late.page.get_by_test_id("enter").or_(late.page.get_by_test_id("door"))).to_be_visible()


def test_the_presenters_token_is_asked_for_given_and_steers(sit: Sit, place: Place) -> None:
    expert, doctor = both_in(sit, place)
    doctor.button("申请主讲").click()
    expert.button("成员").click()
    row = expert.page.locator("[data-tab=members] li").filter(has_text=DOCTOR_NAME)
    expect(row).to_contain_text("1")
    row.get_by_role("button").first.click()
    expert.button("设为主讲").click()
    expect(doctor.page.get_by_test_id("follow")).to_have_attribute("data-state", "mine")
    expect(expert.page.get_by_test_id("follow")).to_have_attribute("data-state", "following")
    at = doctor.shown()
    doctor.page.mouse.move(*on_picture(doctor))
    doctor.page.mouse.wheel(0, 100)
    doctor.shown(at + 1)
    expert.shown(at + 1)


def test_who_is_not_invited_waits_until_the_host_opens_and_is_put_out_for_good(sit: Sit, place: Place) -> None:
    expert, guest = sit(place.expert), sit(GUEST)
    expert.enter(place)
    expert.shown()
    guest.go(place.path)
    guest.page.get_by_test_id("enter").click()
    expect(guest.page.get_by_test_id("door")).to_contain_text("等待主持人")
    expect(expert.page.get_by_test_id("knocking")).to_contain_text(GUEST_NAME)
    expert.page.get_by_test_id("knocking").get_by_role("button").click()
    expect(guest.page.get_by_test_id("room")).to_be_visible()
    follows(guest, expert)
    expert.button("成员").click()
    row = expert.page.locator("[data-tab=members] li").filter(has_text=GUEST_NAME)
    row.get_by_role("button").first.click()
    expert.button(f"将 {GUEST_NAME} 移出会诊室…").click()
    asked = expert.page.get_by_role("dialog")
    expect(asked).to_contain_text(GUEST_NAME)
    asked.get_by_role("button", name="取消").click()
    expect(guest.page.get_by_test_id("room")).to_be_visible()
    row.get_by_role("button").first.click()
    expert.button(f"将 {GUEST_NAME} 移出会诊室…").click()
    asked.get_by_role("button", name="移出会诊室").click()
    expect(guest.page.get_by_test_id("door")).to_contain_text("主持人已将您移出会诊室")
    expect(guest.page.get_by_test_id("room")).to_have_count(0)
    guest.page.reload()
    expect(guest.page.get_by_test_id("door")).to_contain_text("主持人已将您移出会诊室")
    again = row.get_by_role("button", name="允许再次进入")
    again.click()
    expect(again).to_have_count(0)
    expect(guest.page.get_by_test_id("enter")).to_be_visible()  # by itself


def test_a_room_that_its_host_ended_is_opened_again_by_the_host_and_back_asks_before_it_is_left(
    sit: Sit, place: Place
) -> None:
    expert, doctor = sit(place.expert), sit("doctor_a")
    expert.enter(place)
    doctor.go(f"/consultations/{place.consultation_id}")
    doctor.page.get_by_test_id("actions").get_by_role("button", name="进入会诊室").click()
    doctor.page.get_by_test_id("enter").click()
    expect(doctor.page.get_by_test_id("room")).to_be_visible()
    doctor.live()
    doctor.page.go_back()
    asked = doctor.page.get_by_role("dialog")
    expect(asked).to_contain_text("离开会诊室？")
    asked.get_by_role("button", name="留在会诊室").click()
    expect(doctor.page.get_by_test_id("room")).to_be_visible()
    doctor.page.go_back()
    asked.get_by_role("button", name="离开").click()
    enters = doctor.page.get_by_test_id("actions").get_by_role("button", name="进入会诊室")
    expect(enters).to_be_visible()
    ends_room(expert)
    expect(doctor.page.get_by_test_id("room-ended")).to_contain_text("由主持人重新开放")
    expect(enters).to_have_count(0)
    doctor.go("/")
    card = doctor.page.get_by_test_id("desk").get_by_role("listitem").filter(has_text=place.patient)
    expect(card).to_contain_text("会诊室已结束，会诊尚未完成")
    card.get_by_role("button", name="查看会诊").click()
    expect(doctor.page.get_by_test_id("room-ended")).to_be_visible()
    doctor.go(place.path)
    expect(doctor.page.get_by_test_id("door")).to_contain_text("会诊仍在进行，需要时由主持人重新开放")
    expect(doctor.button("重新开放会诊室")).to_have_count(0)
    expert.button("重新开放会诊室").click()
    for one in (expert, doctor):
        one.page.get_by_test_id("enter").click()
        expect(one.page.get_by_test_id("room")).to_be_visible()


def test_before_its_time_a_room_is_not_offered_and_its_opening_is_said(sit: Sit, platform: Platform) -> None:
    later = a_room(platform, "测试未到时间", slices=2, ahead=40)
    for login in ("doctor_a", later.expert):
        seat = sit(login)
        seat.go("/" if login == "doctor_a" else "/desk")
        card = seat.page.get_by_test_id("desk").get_by_role("listitem").filter(has_text=later.patient)
        expect(card).to_contain_text("会诊已约定，会诊室尚未开放")
        expect(card).to_contain_text("开放会诊室")
        expect(card.get_by_role("button")).to_have_text("查看会诊")
        card.get_by_role("button").click()
        expect(seat.page.get_by_test_id("room-early")).to_contain_text("届时可由此进入")
        expect(seat.page.get_by_role("button", name="进入会诊室")).to_have_count(0)


def test_words_are_read_by_all_and_a_muted_microphone_is_seen(sit: Sit, place: Place) -> None:
    expert, doctor = both_in(sit, place)
    expert.live()
    doctor.live()
    doctor.button("聊天").click()
    doctor.page.get_by_placeholder("输入消息").fill("请看右上肺")
    doctor.page.keyboard.press("Enter")
    expert.button("聊天").click()
    expect(expert.page.locator("[data-tab=chat]")).to_contain_text("请看右上肺")
    expect(expert.seat(DOCTOR_NAME)).to_have_attribute("data-mic", "true")
    doctor.button("麦克风").click()
    expect(expert.seat(DOCTOR_NAME)).to_have_attribute("data-mic", "false")
    doctor.button("已静音").click()
    expect(expert.seat(DOCTOR_NAME)).to_have_attribute("data-mic", "true")
    expert.button("成员").click()
    row = expert.page.locator("[data-tab=members] li").filter(has_text=DOCTOR_NAME)
    row.get_by_role("button").first.click()
    expert.button("静音此人").click()
    expect(doctor.page.get_by_test_id("media-banner")).to_contain_text("主持人已将您静音")
    expect(expert.seat(DOCTOR_NAME)).to_have_attribute("data-mic", "false")


def test_a_denied_camera_is_explained_and_the_room_goes_on(sit: Sit, place: Place, cameras: Browser) -> None:
    expert = sit(place.expert)
    expert.enter(place)
    expert.shown()
    with another_browser(cameras.browser_type, FAKE[0], "--deny-permission-prompts") as strict:
        doctor = sit("doctor_a", browser=strict)
        doctor.enter(place)
        doctor.live()
        expect(doctor.page.get_by_test_id("media-banner")).to_contain_text("未获许可")
        doctor.sees_people()
        follows(doctor, expert)
        expect(expert.seat(DOCTOR_NAME)).to_have_attribute("data-camera", "false")
        doctor.page.context.close()


def test_images_only_follows_without_any_media(sit: Sit, place: Place) -> None:
    expert, doctor = sit(place.expert), sit("doctor_a")
    expert.enter(place)
    at = expert.shown()
    doctor.go(place.path)
    doctor.button("仅图像").click()
    doctor.page.get_by_test_id("enter").click()
    doctor.shown(at)
    expect(doctor.page.get_by_test_id("media-banner")).to_contain_text("仅图像")
    assert doctor.page.evaluate("() => window.__media.phase") == "off"
    expert.page.keyboard.press("ArrowDown")
    doctor.shown(at + 1)
    expect(expert.seat(DOCTOR_NAME)).to_contain_text("仅图像")


def test_a_browser_with_no_network_but_itself_says_so_and_shares_images(
    sit: Sit, place: Place, cameras: Browser
) -> None:
    expert = sit(place.expert)
    expert.enter(place)
    at = expert.shown()
    with another_browser(cameras.browser_type, *FAKE, "--webrtc-ip-handling-policy=disable_non_proxied_udp") as shut:
        doctor = sit("doctor_a", browser=shut)
        doctor.enter(place)
        doctor.shown(at)
        expect(doctor.page.get_by_test_id("media-banner")).to_contain_text("共享图像照常使用")
        assert doctor.page.evaluate("() => window.__media.why") in ("loopback", "blocked")
        expert.page.keyboard.press("ArrowDown")
        doctor.shown(at + 1)
        doctor.page.context.close()


def test_where_there_is_no_media_at_all_the_room_says_so_once_and_nobody_is_told_to_retry(
    sit: Sit, place: Place
) -> None:
    expert = sit(place.expert)

    def without_media(route: Route) -> None:
        answer = route.fetch()
        nothing = {"ticket": None, "media_url": None, "media_reason": "media.off"}
        route.fulfill(response=answer, json={**answer.json(), **nothing})

    expert.page.route("**/api/rooms/*/admit", without_media)
    expert.enter(place)
    banner = expert.page.get_by_test_id("media-banner")
    expect(banner).to_contain_text("本平台未配置音视频服务")
    expect(banner.get_by_role("button")).to_have_count(0)
    expect(expert.page.get_by_test_id("network")).to_have_text("未通话")
    expert.shown()


def test_a_killed_browser_leaves_its_seat_within_fifteen_seconds(sit: Sit, place: Place, cameras: Browser) -> None:
    expert = sit(place.expert)
    expert.enter(place)
    expert.shown()
    before = _browsers()
    with another_browser(cameras.browser_type) as doomed:
        doctor = sit("doctor_a", browser=doomed)
        doctor.enter(place)
        doctor.live()
        expect(expert.seat(DOCTOR_NAME)).to_be_visible()
        killed = time.monotonic()
        for pid in _browsers() - before:
            os.kill(pid, signal.SIGKILL)
        expect(expert.seat(DOCTOR_NAME)).to_have_count(0)
        took = time.monotonic() - killed
    assert took <= fair(GONE_SECONDS), took


def test_when_the_media_node_dies_images_go_on_and_people_are_back_in_five_seconds(
    sit: Sit, place: Place, platform: Platform, figure: Callable[[str, float], None]
) -> None:
    expert, doctor = both_in(sit, place)
    for one in (expert, doctor):
        one.live()
        one.sees_people()
    killed = time.monotonic()
    os.kill(platform.process("media"), signal.SIGKILL)
    expert.media("m.phase !== 'live'")
    expert.page.keyboard.press("ArrowDown")
    follows(doctor, expert)
    for one in (expert, doctor):
        one.live()
        one.page.wait_for_function("() => window.__media.frames().then((n) => n > 0)")
    took = time.monotonic() - killed
    figure("media node killed: until both see pictures of each other again", took)
    assert took <= fair(BACK_SECONDS), took


def test_a_lost_line_is_said_and_everything_comes_back(sit: Sit, place: Place) -> None:
    expert, doctor = both_in(sit, place)
    follows(doctor, expert)
    doctor.page.context.set_offline(True)
    expect(doctor.page.get_by_test_id("media-banner")).to_contain_text("中断")
    expect(doctor.page.get_by_test_id("follow")).to_have_attribute("data-state", "cut")
    at = expert.shown()
    expert.page.keyboard.press("ArrowDown")
    expert.shown(at + 1)
    doctor.page.context.set_offline(False)
    back = time.monotonic()
    doctor.live(30)
    doctor.sees_people()
    took = time.monotonic() - back
    follows(doctor, expert)
    assert took <= fair(BACK_SECONDS) + 3, took


def test_whoever_comes_in_elsewhere_leaves_the_first_window_and_may_take_it_back(sit: Sit, place: Place) -> None:
    first = sit("doctor_a")
    first.enter(place)
    first.live()
    second = sit("doctor_a")
    second.enter(place)
    second.live()
    expect(first.page.get_by_test_id("media-banner")).to_contain_text("另一窗口")
    first.button("在此窗口继续").click()
    first.live()
    second.media("m.phase === 'ended'")


def test_the_call_test_gives_a_code_that_says_what_is_wrong(sit: Sit, place: Place, cameras: Browser) -> None:
    doctor = sit("doctor_a")
    doctor.go("/call-test")
    expect(doctor.page.get_by_test_id("call-code")).to_have_text(re.compile(r"^OK-7[0-9A-F]{3}$"))
    with another_browser(cameras.browser_type, FAKE[0], "--deny-permission-prompts") as strict:
        other = sit("doctor_b", browser=strict)
        other.go("/call-test")
        expect(other.page.get_by_test_id("call-code")).to_have_text("MIC-DENIED")
        expect(other.page.locator("[data-step=camera]")).to_contain_text("未获许可")
        other.page.context.close()


def _browsers() -> set[int]:
    """Every process of every Chromium that this test run has started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(errors="replace")
            except OSError:
                continue
            name, fields = stat[stat.index("(") : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
            parents[int(entry.name)] = (int(fields[1]), "chrom" in name)
    found = set()
    for pid, (parent, browses) in parents.items():
        while browses and parent in parents and parent != os.getpid():
            parent = parents[parent][0]
        if browses and parent == os.getpid():
            found.add(pid)
    return found
