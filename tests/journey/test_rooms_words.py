"""What is written and drawn in a room gets there: words written while the line is down, and pictures of a study that is not open."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.journey.platform import Platform
from tests.journey.rooms import EXPERT_NAME, Place, Seat, Sit, a_room, both_in, ends_room
from tests.journey.test_rooms import on_picture

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(420)]


def chat(seat: Seat) -> Locator:
    return seat.page.locator("[data-tab=chat]")


def write(seat: Seat, words: str) -> None:
    chat(seat).get_by_role("textbox").fill(words)
    seat.page.keyboard.press("Enter")


def test_words_written_while_the_line_is_down_wait_and_go_out_by_themselves_once_and_in_order(
    sit: Sit, place: Place
) -> None:
    expert, doctor = both_in(sit, place)
    for one in (expert, doctor):
        one.button("聊天").click()
    write(doctor, "先说一句")
    expect(chat(expert)).to_contain_text("先说一句")
    expect(doctor.page.get_by_test_id("unsent")).to_have_count(0)
    doctor.page.context.set_offline(True)
    for words in ("断线后第一句", "断线后第二句"):
        write(doctor, words)
    waiting = doctor.page.get_by_test_id("unsent")
    expect(waiting).to_have_count(2)
    expect(waiting.first).to_contain_text("等待发送")
    write(expert, "听得到吗")
    expect(chat(expert)).to_contain_text("听得到吗")  # it is told before the line comes back
    doctor.page.context.set_offline(False)
    expect(waiting).to_have_count(0)
    _say_all(("先说一句", "听得到吗", "断线后第一句", "断线后第二句"), expert, doctor)
    _after_the_end(expert, doctor, _over_a_reload(expert, doctor))


class Post:
    """Between this seat's chat and the server: `lost` brings one line there and no answer back, `down` nothing, `up` everything."""

    def __init__(self, seat: Seat, state: str) -> None:
        self.state = state
        seat.page.route("**/api/rooms/*/chat", self._carry)

    def _carry(self, route: Route) -> None:
        if self.state == "up":
            return route.continue_()
        if self.state == "lost":
            self.state = "down"
            route.fetch()
        route.abort()


def _over_a_reload(expert: Seat, doctor: Seat) -> Post:
    """What waits when the page is loaded anew stands there again and goes out, each line once."""
    post = Post(doctor, "lost")
    for words in ("重载前第一句", "重载前第二句"):
        write(doctor, words)
    expect(chat(expert)).to_contain_text("重载前第一句")
    doctor.page.reload()
    doctor.button("聊天").click()
    waiting = doctor.page.get_by_test_id("unsent")
    expect(waiting.filter(has_text="重载前第二句")).to_have_count(1)
    post.state = "up"
    expect(waiting).to_have_count(0)
    _say_all(("重载前第一句", "重载前第二句"), expert, doctor)
    return post


def _after_the_end(expert: Seat, doctor: Seat, post: Post) -> None:
    """What the room never heard is read by its author at the closed door, and forgotten with the page."""
    post.state = "down"
    write(doctor, "来不及说的话")
    ends_room(expert)
    expert.page.get_by_test_id("door").wait_for()
    expect(doctor.page.get_by_test_id("unsaid")).to_contain_text("来不及说的话")
    doctor.page.reload()
    expect(doctor.page.get_by_test_id("door")).to_contain_text("此会诊室已结束")
    expect(doctor.page.get_by_test_id("unsaid")).to_have_count(0)


def _say_all(said: tuple[str, ...], *seats: Seat) -> None:
    """Every one of these lines stands in the chat of all, once and in this order."""
    for one in seats:
        expect(chat(one).locator("li").filter(has_text=re.compile("|".join(said)))).to_have_count(len(said))
        lines = chat(one).locator("li").all_text_contents()
        assert [word for line in lines for word in said if word in line] == list(said)


def test_a_mark_in_a_study_that_is_not_open_is_jumped_to_at_once(sit: Sit, platform: Platform) -> None:
    place = a_room(platform, "测试跳转", slices=8, studies=2)
    expert = sit(place.expert)
    expert.enter(place)
    at = expert.shown()
    studies = expert.page.locator("[data-tab=materials] button[aria-pressed]")
    expect(studies).to_have_count(2)
    for key in ("ArrowDown", "ArrowDown"):
        expert.page.keyboard.press(key)
    expert.shown(at + 2)
    x, y = on_picture(expert)
    expert.page.keyboard.press("a")
    expert.page.mouse.move(x, y)
    expert.page.mouse.down()
    expert.page.mouse.move(x + 50, y + 40, steps=4)
    expert.page.mouse.up()
    row = expert.page.locator("[data-tab=materials]").get_by_role("button", name=re.compile(f"箭头.*{EXPERT_NAME}"))
    expect(row).to_be_visible()
    marked = expert.fact("seriesUid")
    other = studies.nth(0 if studies.nth(1).get_attribute("aria-pressed") == "true" else 1)
    other.click()
    expert.page.wait_for_function("(was) => window.__viewer?.seriesUid !== was", arg=marked)
    expert.shown()
    row.click()
    expert.page.wait_for_function("(was) => window.__viewer?.seriesUid === was", arg=marked)
    expert.shown(at + 2)
    expect(expert.page.locator("[data-mark=arrow]")).to_be_visible()
