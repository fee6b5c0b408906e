"""A room that is recorded for real: everybody is asked, a no counts, what is kept is encrypted and played by those of the room alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from teleconsult.vault import MAGIC
from tests.children import wait_for
from tests.journey.platform import Platform
from tests.journey.rooms import DOCTOR_NAME, GUEST, GUEST_NAME, Place, Seat, Sit, both_in, ends_room

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(420)]
ASKS, YES, NO = "请求录制", "同意录制", "不同意"
WEBM = b"\x1a\x45\xdf\xa3"
ENOUGH_BYTES = 150_000
"""Some seconds of two people."""


def asked(seat: Seat) -> Locator:
    """The question for consent, on this seat's screen."""
    return seat.page.get_by_role("dialog").filter(has_text=ASKS)


def recording(seat: Seat) -> Locator:
    return seat.page.get_by_test_id("recording")


def test_a_room_is_recorded_only_with_everybodys_consent_and_kept_for_those_of_the_room_alone(
    sit: Sit, place: Place, platform: Platform
) -> None:
    expert, doctor = both_in(sit, place)
    for one in (expert, doctor):
        one.live()
        one.sees_people()
    _says_no(expert, doctor)
    _all_agree(expert, doctor)
    _late_joiner_is_asked_before_the_door(sit(GUEST), expert, place)
    written = platform.home / "recordings"
    wait_for(lambda: any(f.stat().st_size > ENOUGH_BYTES for f in written.iterdir()), "seconds are on the disk", 90)
    encrypted(next(written.iterdir()))
    expert.button("停止").click()
    for one in (expert, doctor):
        expect(recording(one)).to_have_count(0)
    kept = platform.visitor("doctor_a").get(f"/api/rooms/{place.room_id}")["recordings"]
    assert len(kept) == 1
    encrypted(_blob(platform, kept[0]["id"]))
    plays(doctor, people=3)
    assert not list(written.iterdir())
    _refused_to_strangers(platform, place, kept[0]["id"])
    ends_room(expert)
    expect(doctor.page.get_by_test_id("door")).to_contain_text("已结束")
    expect(doctor.page.get_by_test_id("recordings").get_by_role("button")).to_have_count(1)


def _says_no(expert: Seat, doctor: Seat) -> None:
    expert.button("录制").click()
    expect(recording(expert)).to_contain_text("征求录制同意（1/2）")
    expect(asked(doctor)).to_be_visible()
    expect(asked(expert)).to_have_count(0)  # who asks agrees
    doctor.button(NO).click()
    expect(expert.page.get_by_test_id("not-recorded")).to_contain_text(f"{DOCTOR_NAME} 不同意录制")
    expect(doctor.page.get_by_test_id("not-recorded")).to_contain_text("没有录制")
    for one in (expert, doctor):
        expect(recording(one)).to_have_count(0)


def _all_agree(expert: Seat, doctor: Seat) -> None:
    expert.button("录制").click()
    expect(asked(doctor)).to_be_visible()
    doctor.button(YES).click()
    for one in (expert, doctor):
        expect(recording(one)).to_contain_text("录制中")
        expect(one.page.get_by_test_id("not-recorded")).to_have_count(0)


def _late_joiner_is_asked_before_the_door(guest: Seat, expert: Seat, place: Place) -> None:
    guest.go(place.path)
    expect(guest.page.get_by_test_id("recorded")).to_contain_text("进入即表示同意被录制")
    expect(guest.page.get_by_test_id("enter")).to_have_text("同意录制并进入")
    guest.page.get_by_test_id("enter").click()
    expert.page.get_by_test_id("knocking").get_by_role("button").click()
    expect(guest.page.get_by_test_id("room")).to_be_visible()
    expect(recording(guest)).to_contain_text("录制中")
    expect(expert.seat(GUEST_NAME)).to_have_attribute("data-camera", "true")
    expect(recording(expert)).to_contain_text("录制中")
    expert.page.wait_for_function(_IS_SEEN, arg=GUEST_NAME)  # a camera that never sent a picture has no track


_IS_SEEN = """(name) => [...document.querySelectorAll(`[data-person='${name}'] video`)].some(
  (v) => v.getVideoPlaybackQuality().totalVideoFrames > 5)"""


def encrypted(file: Path) -> None:
    content = file.read_bytes()
    assert content.startswith(MAGIC)
    assert WEBM not in content
    assert b"webm" not in content


def _blob(platform: Platform, recording_id: str) -> Path:
    return next(file for file in (platform.home / "blobs").rglob(f"*{recording_id}*") if file.is_file())


def plays(seat: Seat, people: int) -> None:
    """The list in the room's papers, the player, moving pictures of everybody; from there to a later place."""
    seat.button("资料").click()
    seat.page.get_by_test_id("recordings").get_by_role("button").click()
    player = seat.page.get_by_test_id("player")
    expect(player.locator("[data-track=camera]")).to_have_count(people)
    expect(player.locator("[data-track=mic]")).to_have_count(people)
    seat.button("播放").click()
    seat.page.wait_for_function(_MOVES)
    seat.button("暂停").click()
    seat.page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=player] video')].every(v => v.paused)"
    )
    seat.page.keyboard.press("Escape")
    expect(player).to_have_count(0)


_MOVES = """() => {
  const all = [...document.querySelectorAll('[data-testid=player] [data-track=camera] video')];
  return all.some((v) => v.videoWidth > 0 && !v.paused && v.getVideoPlaybackQuality().totalVideoFrames > 10);
}"""


def _refused_to_strangers(platform: Platform, place: Place, recording_id: str) -> None:
    stranger = platform.visitor("doctor_b")
    own = f"/api/rooms/{place.room_id}/recordings/{recording_id}"
    for path in (own, f"{own}/tracks/1"):
        status, answer = stranger.ask("GET", path)
        assert (status, answer["code"]) == (404, "room.absent")
