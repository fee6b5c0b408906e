"""Who is shown to whom: held for rooms made up at random, step by step."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.media.room import AUDIO_SLOTS, LABELS, VIDEO_SLOTS, Load, Room, Shedding, Source, Thrift

VIDEO = [f"v{n}" for n in range(VIDEO_SLOTS)]
AUDIO = [f"a{n}" for n in range(AUDIO_SLOTS)]
STEPS = ("enter", "leave", "publish", "withdraw", "mute", "speak", "prefs", "load")


def walked(seed: int, steps: int) -> Room:
    """A room after that many random events, planned after each as a node does."""
    chance, room, now = random.Random(seed), Room(), 0.0
    names = [f"s{n}" for n in range(12)]
    for _ in range(steps):
        now += chance.random()
        seat, label = chance.choice(names), chance.choice(list(LABELS))
        match chance.choice(STEPS):
            case "enter" if seat not in room.seats:
                room.enter(seat, VIDEO, AUDIO)
            case "leave":
                room.leave(seat)
            case "publish":
                room.publish(seat, f"{seat}/{label}", label, now)
            case "withdraw":
                room.withdraw(f"{seat}/{label}")
            case "mute":
                room.mute(seat, label, chance.random() < 0.5)
            case "speak":
                room.hear({f"{seat}/mic": chance.randrange(128)}, now)
            case "prefs" if seat in room.seats:
                wishes = room.seats[seat].wishes
                wishes.video, wishes.most_video = chance.random() < 0.8, chance.randrange(8)
                wishes.pinned = chance.choice([None, *names])
            case "load":
                room.load = chance.choice(list(Load))
        room.plan()
    return room


rooms = st.builds(walked, st.integers(0, 10**9), st.integers(0, 60))


def shown(room: Room, seat: str, kind: str) -> list[Source]:
    return [room.sources[name] for slot, name in room.seats[seat].slots.items() if name and slot[0] == kind]


@given(rooms)
def test_nobody_is_shown_themselves_the_muted_or_the_gone_and_nothing_twice(room: Room) -> None:
    for seat, slots in room.plan().items():
        given_to = [name for name in slots.values() if name]
        assert len(given_to) == len(set(given_to))
        for slot, name in slots.items():
            if name:
                source = room.sources[name]
                assert source.seat != seat
                assert not source.muted
                assert source.kind[0] == slot[0]


@given(rooms)
def test_the_same_room_gives_the_same_plan_again(room: Room) -> None:
    assert room.plan() == room.plan()


@given(rooms)
def test_no_slot_stays_empty_while_somebody_waits_for_it(room: Room) -> None:
    room.load = Load.EASY
    room.plan()
    for seat in room.seats.values():
        pictures = [s for s in room.sources.values() if s.seat != seat.id and s.kind == "video" and not s.muted]
        sounds = [s for s in room.sources.values() if s.seat != seat.id and s.kind == "audio" and not s.muted]
        wishes = seat.wishes
        most = min(VIDEO_SLOTS, wishes.most_video, wishes.affords) if wishes.video else 0
        assert len(shown(room, seat.id, "v")) == min(len(pictures), most)
        assert len(shown(room, seat.id, "a")) == min(len(sounds), AUDIO_SLOTS)


@given(rooms)
def test_a_screen_is_shown_before_any_camera_and_the_pinned_camera_before_the_others(room: Room) -> None:
    room.plan()
    for seat in room.seats.values():
        pictures = shown(room, seat.id, "v")
        hidden = [
            s
            for s in room.sources.values()
            if s.seat != seat.id and s.kind == "video" and not s.muted and s not in pictures
        ]
        cameras = [s for s in pictures if s.label == "camera"]
        assert not (cameras and any(s.label == "screen" for s in hidden))
        pinned_hidden = any(s.label == "camera" and s.seat == seat.wishes.pinned for s in hidden)
        assert not (pinned_hidden and cameras)


@given(rooms, st.sampled_from(sorted(LABELS)))
def test_what_stays_in_the_plan_stays_on_its_slot(room: Room, label: str) -> None:
    before = {seat: {name: slot for slot, name in slots.items() if name} for seat, slots in room.plan().items()}
    room.enter("new", VIDEO, AUDIO)
    room.publish("new", f"new/{label}", label, 1e6)
    for seat, slots in room.plan().items():
        after = {name: slot for slot, name in slots.items() if name}
        both = set(after) & set(before.get(seat, {}))
        assert {name: after[name] for name in both} == {name: before[seat][name] for name in both}


@given(rooms, st.sampled_from(Load))
def test_load_takes_pictures_and_never_sound(room: Room, load: Load) -> None:
    room.load = Load.EASY
    easy = {seat: len(shown(room, seat, "a")) for seat in room.plan()}
    room.load = load
    most = {Load.EASY: VIDEO_SLOTS, Load.TIGHT: 3, Load.HARD: 1, Load.DIRE: 0}[load]
    for seat in room.plan():
        assert len(shown(room, seat, "a")) == easy[seat]
        assert len(shown(room, seat, "v")) <= most


def full_room(people: int = 9) -> Room:
    room = Room()
    for number in range(people):
        room.enter(f"s{number}", VIDEO, AUDIO)
        for label in ("mic", "camera"):
            room.publish(f"s{number}", f"s{number}/{label}", label, float(number))
    return room


def speak(room: Room, seat: str, begin: float, level: int = 110) -> None:
    for moment in range(10):
        room.hear({f"{seat}/mic": level}, begin + moment * 0.2)


def test_whoever_speaks_is_heard_and_seen_although_all_slots_were_taken() -> None:
    room = full_room()
    room.plan()
    assert "s8/camera" not in room.seats["s0"].slots.values()
    speak(room, "s8", 100.0)
    slots = room.plan()["s0"].values()
    assert {"s8/camera", "s8/mic"} <= set(slots)
    assert room.speaking(101.9) == ["s8"]
    assert room.speaking(105.0) == []


def test_whoever_is_displaced_is_who_spoke_longest_ago() -> None:
    room = full_room()
    for number in (1, 2, 3, 4, 5, 6):
        speak(room, f"s{number}", 100.0 + 10 * number)
    room.plan()
    speak(room, "s7", 200.0)
    pictures = set(room.plan()["s0"].values())
    assert "s1/camera" not in pictures
    assert {f"s{n}/camera" for n in (2, 3, 4, 5, 6, 7)} <= pictures


def test_a_cough_does_not_take_a_place_from_who_is_heard() -> None:
    room = full_room()
    for number in (1, 2, 3, 4):
        speak(room, f"s{number}", 100.0)
    before = room.plan()["s0"]
    room.hear({f"s{n}/mic": 105 for n in (1, 2, 3, 4)} | {"s7/mic": 106}, 102.2)
    assert room.plan()["s0"] == before


def test_a_seat_taken_again_starts_with_nothing() -> None:
    room = full_room(3)
    room.plan()
    room.enter("s1", VIDEO, AUDIO)
    assert {source.seat for source in room.sources.values()} == {"s0", "s2"}
    assert set(room.seats["s1"].slots.values()) == {None}


def test_what_is_not_there_is_no_error() -> None:
    room = Room()
    room.leave("nobody")
    room.withdraw("nothing")
    assert not room.mute("nobody", "mic", True)
    assert room.publish("nobody", "x", "mic", 0.0) is None


BUSY = 0.6


@pytest.mark.parametrize("lag", [0.06, 0.2, 0.5])
def test_a_loop_that_stays_late_sheds_within_seconds_and_recovers_step_by_step(lag: float) -> None:
    shedding, now = Shedding(), 0.0
    first = None
    while shedding.load < Load.DIRE:
        now += 0.05 + lag
        if shedding.feel(lag, BUSY, now) > Load.EASY and first is None:
            first = now
    assert first is not None
    assert first <= 1.7
    assert now < 5.5
    steps = []
    while shedding.load > Load.EASY and now < 200:
        now += 0.05
        before = shedding.load
        if shedding.feel(0.001, BUSY, now) != before:
            steps.append(now)
    assert shedding.load == Load.EASY
    assert all(later - earlier >= 7.9 for earlier, later in pairwise(steps))


@pytest.mark.parametrize("hiccup", [0.06, 0.3, 2.0])
def test_hiccups_shed_nothing_and_small_lags_nothing_at_all(hiccup: float) -> None:
    shedding = Shedding()
    for beat in range(400):
        lag = hiccup if beat % 7 == 0 else 0.04 if beat % 3 == 0 else 0.0
        assert shedding.feel(lag, BUSY, beat * 0.05) == Load.EASY


def test_hiccups_do_not_keep_pictures_away_either() -> None:
    shedding, now = Shedding(load=Load.DIRE), 0.0
    for beat in range(1200):
        now += 0.05
        shedding.feel(0.06 if beat % 5 == 0 else 0.02, BUSY, now)
    assert shedding.load == Load.EASY


def test_a_loop_that_is_late_because_of_other_programs_sheds_nothing() -> None:
    shedding, now = Shedding(), 0.0
    for _ in range(100):
        now += 0.3
        assert shedding.feel(0.25, 0.06, now) == Load.EASY
    assert shedding.feel(0.25, BUSY, now + 0.3) == Load.TIGHT


def test_pictures_that_came_back_too_early_stay_away_longer() -> None:
    shedding, now, away = Shedding(), 0.0, []
    for _ in range(3):
        while shedding.load == Load.EASY:
            now += 0.25
            shedding.feel(0.2, BUSY, now)
        begun = now
        while shedding.load > Load.EASY:
            now += 0.05
            shedding.feel(0.0, BUSY, now)
        away.append(now - begun)
    assert away[0] < away[1] < away[2]


def test_a_picture_that_came_back_too_early_stays_away_longer_at_every_step() -> None:
    """A node that bears sound alone tries one picture again ever more seldom."""
    shedding, now, away = Shedding(load=Load.DIRE), 0.0, []
    for _ in range(3):
        begun = now
        while shedding.load == Load.DIRE:
            now += 0.05
            shedding.feel(0.0, BUSY, now)
        away.append(now - begun)
        while shedding.load < Load.DIRE:
            now += 0.25
            shedding.feel(0.2, BUSY, now)
    assert away[0] < away[1] < away[2]


@pytest.mark.parametrize(("lost", "affords"), [(0.05, 6), (0.10, 6), (0.30, 1)])
def test_a_line_that_loses_much_gets_fewer_pictures(lost: float, affords: int) -> None:
    thrift = Thrift()
    for _ in range(30):
        thrift.report(lost)
    assert thrift.affords == affords
    for _ in range(80):
        thrift.report(0.0)
    assert thrift.affords == VIDEO_SLOTS
