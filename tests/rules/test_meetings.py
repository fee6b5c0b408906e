"""Rules of boards and meetings without a database: when they meet, what a quorum is, who signs, what time does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.consult import cadence, minutes, quorum
from teleconsult.consult import clocks_meeting as clocks
from teleconsult.consult import lifecycle_meeting as lifecycle
from teleconsult.consult.cadence import Cadence
from teleconsult.consult.clocks import key
from teleconsult.consult.hours import ZONE
from teleconsult.consult.lifecycle import SPECIALTIES
from teleconsult.consult.lifecycle_meeting import ITEM, MEETING
from teleconsult.kernel.errors import Refused

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
"""A Saturday, noon in China."""
instants = st.timedeltas(timedelta(0), timedelta(days=15_000)).map(lambda ahead: NOON - timedelta(days=2_000) + ahead)
cadences = st.builds(
    Cadence, st.sampled_from(cadence.EVERY), st.integers(0, 6), st.integers(0, 1439), st.integers(1, 4),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)  # fmt: skip


@dataclass
class Meeting:
    state: str = "open"
    chair_id: str = "chair"
    starts_at: datetime = NOON + timedelta(days=5)
    planned_at: datetime = NOON
    freeze_at: datetime = NOON + timedelta(days=3)
    started_at: datetime | None = None
    minutes: int = 90
    told: list[str] = field(default_factory=list)


@dataclass
class Item:
    state: str = "proposed"
    urgent: bool = False
    concluded_at: datetime | None = None
    signed_at: datetime | None = None
    told: list[str] = field(default_factory=list)


def refusal(act: Any, *given: Any, **named: Any) -> str:
    with pytest.raises(Refused) as caught:
        act(*given, **named)
    return caught.value.code


@given(cadences, instants)
def test_dates_lie_ahead_on_their_day_at_their_time_and_in_order(found: Cadence, after: datetime) -> None:
    dates = cadence.next_dates(found, after, 5)
    assert all(later > earlier for earlier, later in pairwise([after, *dates]))
    for at in (one.astimezone(ZONE) for one in dates):
        assert (at.weekday(), at.hour * 60 + at.minute) == (found.weekday, found.at)
        assert found.every != cadence.MONTHLY or (at.day - 1) // 7 + 1 == found.week
    gaps = {(later.date() - earlier.date()).days for earlier, later in pairwise(dates)}
    assert gaps == {"weekly": {7}, "biweekly": {14}}.get(found.every, gaps)
    assert found.every != cadence.MONTHLY or gaps <= {28, 35}


@given(cadences, instants)
def test_no_date_is_left_out_and_a_cadence_is_kept_as_it_is(found: Cadence, after: datetime) -> None:
    first, second = islice(cadence.dates(found, after), 2)
    assert next(cadence.dates(found, first)) == second
    assert next(cadence.dates(found, first - timedelta(seconds=1))) == first
    assert cadence.checked(found.kept()) == found


def test_every_other_week_counts_from_its_anchor() -> None:
    found = Cadence("biweekly", 1, 15 * 60, anchor=date(2026, 11, 23))
    assert [at.date() for at in cadence.next_dates(found, NOON, 2)] == [date(2026, 11, 24), date(2026, 12, 8)]
    found = Cadence("biweekly", 1, 15 * 60, anchor=date(2026, 11, 30))
    assert [at.date() for at in cadence.next_dates(found, NOON, 1)] == [date(2026, 12, 1)]


@pytest.mark.parametrize(
    "given",
    [None, [], "weekly", {}, {"every": "weekly"}, {"every": "weekly", "weekday": True, "at": "08:00"},
     {"every": "weekly", "weekday": 1, "at": "8"}, {"every": "weekly", "weekday": 1, "at": "08:00:01"},
     {"every": "monthly", "weekday": 1, "at": "08:00", "week": 5}, {"every": "weekly", "weekday": 1, "at": "08:00", "anchor": "soon"},
     {"every": "weekly", "weekday": 1, "at": "08:00", "anchor": "9999-12-31"}, {"every": "weekly", "weekday": 1, "at": "08:00", "x": 1}],
)  # fmt: skip
def test_a_cadence_that_is_none_is_refused(given: Any) -> None:
    assert refusal(cadence.checked, given) == "board.cadence"


@given(
    st.lists(st.sampled_from(SPECIALTIES), min_size=2, max_size=12, unique=True), st.randoms(use_true_random=False), st.booleans()
)  # fmt: skip
def test_a_quorum_is_met_iff_the_chair_all_that_must_and_enough_are_there(
    specialties: list[str], random: Any, chair: bool
) -> None:
    must = random.sample(specialties, random.randint(0, len(specialties)))
    least = random.randint(max(2, len(must)), len(specialties))
    rule = quorum.checked({"must": must, "least": least}, specialties).kept()
    present = set(random.sample(specialties, random.randint(0, len(specialties))))
    found = quorum.found(rule, specialties, present, chair=chair)
    assert found.met == (chair and set(must) <= present and len(present) >= least)
    assert list(found.present) == [one for one in specialties if one in present], "in the board's own order"
    assert ("chair" in found.lacking) == (not chair)


def test_visitors_of_other_specialties_do_not_make_a_quorum() -> None:
    rule = {"must": [], "least": 2}
    assert not quorum.found(rule, ["radiology", "oncology"], {"radiology", "icu", "cardiology"}, chair=True).met


@given(st.lists(st.sampled_from(SPECIALTIES), min_size=2, max_size=12, unique=True), st.data())
def test_parts_are_numbered_from_the_chair_on_in_the_boards_order(specialties: list[str], data: st.DataObject) -> None:
    there = data.draw(st.lists(st.sampled_from(specialties)))
    attended = [{"person_id": f"p{n}", "specialty": one} for n, one in enumerate(there)]
    parts = minutes.parts(specialties, attended)
    assert [part.number for part in parts] == list(range(len(parts)))
    assert [part.role for part in parts] == ["chair", *(one for one in specialties if one in there)]


def test_each_signs_the_parts_that_are_theirs_and_nobody_for_others() -> None:
    attended = [{"person_id": "a", "specialty": "radiology"}, {"person_id": "b", "specialty": "oncology"}]
    parts = minutes.parts(["radiology", "pathology", "oncology"], attended)
    assert [part.role for part in parts] == ["chair", "radiology", "oncology"]
    assert [part.number for part in minutes.mine(parts, set(), attended, "b", "b")] == [0, 2]
    assert minutes.mine(parts, {1}, attended, "a", "b") == []
    assert refusal(minutes.mine, parts, set(), attended, "c", "b") == "meeting.not_a_signer"
    assert [part.number for part in minutes.mine(parts, set(), attended, "c", "c")] == [0], "a chair who came later"


def test_what_is_said_without_a_quorum_is_never_called_a_conclusion() -> None:
    assert minutes.TITLES[minutes.kind_of(True)] == "MDT结论"
    assert "结论" not in minutes.TITLES[minutes.kind_of(False)]


def test_what_is_to_be_done_may_be_due_today_and_the_one_whose_day_is_over_is_named() -> None:
    late = datetime(2026, 11, 21, 23, 59, 59, tzinfo=ZONE)
    todo = {"text": "复查增强CT", "owner_site_id": "county", "due_at": late}
    for now in (NOON, late):  # the last moment of a day is of that day
        found = minutes.recommendations_checked([todo], {"county"}, now)
        assert minutes.due_of(found[0]) == late
    with pytest.raises(Refused) as caught:
        minutes.recommendations_checked(
            [{**todo, "due_at": late + timedelta(days=1)}, todo], {"county"}, late + timedelta(seconds=1)
        )
    assert (caught.value.code, caught.value.params) == ("meeting.due_past", {"field": "due_at", "number": 2})


def test_the_tables_of_meeting_and_item_hold_no_way_around_the_rules() -> None:
    assert {state for state in MEETING.states if not MEETING.verbs(state)} == {"closed", "cancelled"}
    assert {state for state in ITEM.states if not ITEM.verbs(state)} == {"closed", "declined", "withdrawn", "deferred"}
    assert {state for state in ITEM.states if "conclude" in ITEM.verbs(state)} == {"presenting", "concluded"}
    assert all(
        there not in ("proposed", "preparing", "presenting")
        for (state, _), there in ITEM.moves.items()
        if state == "concluded"
    )
    assert {verb for state, verb in MEETING.moves if state == "minutes"} == {"close"}, (
        "after the session no case comes in"
    )


@given(st.sampled_from(sorted(MEETING.states)), st.booleans(), st.integers(-400, 400))
def test_what_is_not_urgent_is_proposed_only_before_the_freeze(state: str, urgent: bool, hours: int) -> None:
    meeting = Meeting(state)
    now = meeting.freeze_at + timedelta(hours=hours)
    running = state in ("open", "frozen", "live")
    if running and (urgent or (state == "open" and now < meeting.freeze_at)):
        assert lifecycle.propose(meeting, urgent, now) == state
    else:
        assert refusal(lifecycle.propose, meeting, urgent, now) == ("meeting.frozen" if running else "move.illegal")


def test_after_the_freeze_the_chair_alone_admits_and_only_what_is_urgent() -> None:
    frozen = Meeting("frozen")
    late = frozen.freeze_at
    accept = lifecycle.accept
    assert refusal(accept, frozen, Item(), "coordinator", True, late) == "meeting.frozen"
    assert refusal(accept, frozen, Item(urgent=True), "coordinator", True, late) == "meeting.not_the_chair"
    assert accept(frozen, Item(urgent=True), "chair", False, late)["state"] == "preparing"
    assert accept(Meeting(), Item(), "coordinator", True, NOON)["state"] == "preparing"
    assert refusal(accept, Meeting(), Item(), "member", False, NOON) == "meeting.not_the_chair"
    assert refusal(accept, Meeting("minutes"), Item(urgent=True), "chair", False, late) == "move.illegal"


@given(st.timedeltas(timedelta(0), timedelta(days=30)))
def test_an_agenda_freezes_two_days_before_or_at_the_beginning(ahead: timedelta) -> None:
    freezes = clocks.freeze_at(NOON + ahead, NOON)
    assert freezes == (NOON + ahead - timedelta(hours=48) if ahead > timedelta(hours=48) else NOON + ahead)
    assert NOON <= freezes


def test_a_moved_meeting_is_open_again_when_it_is_far_enough_away() -> None:
    frozen = Meeting("frozen")
    now = frozen.starts_at - timedelta(hours=1)
    assert lifecycle.move(frozen, frozen.starts_at + timedelta(days=7), 90, now)["state"] == "open"
    soon = lifecycle.move(Meeting("open"), frozen.starts_at + timedelta(hours=3), 90, now)
    assert (soon["state"], soon["freeze_at"]) == ("open", frozen.starts_at + timedelta(hours=3)), (
        "taken at short notice"
    )
    for starts, length in (
        (now - timedelta(days=1), 90),
        (now + timedelta(days=9000), 90),
        (now + timedelta(days=1), 5),
    ):
        assert refusal(lifecycle.move, frozen, starts, length, now) == "meeting.time"
    assert refusal(lifecycle.move, Meeting("live"), now + timedelta(days=1), 90, now) == "move.illegal"


def test_a_session_ends_with_every_case_decided() -> None:
    live = Meeting("live")
    assert refusal(lifecycle.finish, live, "chair", [Item("presenting")], "x", NOON) == "meeting.presenting"
    assert refusal(lifecycle.finish, live, "chair", [Item("preparing")], " ", NOON) == "field.empty"
    assert refusal(lifecycle.finish, live, "other", [], "", NOON) == "meeting.not_the_chair"
    assert lifecycle.finish(live, "chair", [], "", NOON)["state"] == "minutes"


@given(st.sampled_from(sorted(MEETING.states)), st.integers(0, 400))
def test_the_clock_of_a_meeting_comes_to_rest_and_does_nothing_twice(state: str, hours: int) -> None:
    row = Meeting(state, started_at=NOON + timedelta(hours=hours))
    done: list[str] = []
    while events := clocks.meeting_events(row):
        assert clocks.next_look(events) == events[0][0]
        row.told.append(key(events[0]))
        done.append(events[0][1])
    assert clocks.next_look([]) is None
    assert len(done) == len(set(done))
    expected = {
        "open": {"freeze", "chase", "soon", "not_started"},
        "frozen": {"chase", "soon", "not_started"},
        "live": {"too_long"},
    }
    assert set(done) == expected.get(state, set())


def test_signatures_are_due_within_a_day_and_recommendations_reviewed_after_thirty_and_ninety() -> None:
    item = Item("concluded", concluded_at=NOON)
    assert [(what, at - NOON) for at, what in clocks.item_events(item)] == [
        ("sign_reminder", timedelta(hours=12)), ("sign_late", timedelta(hours=24)), ("sign_again", timedelta(hours=48)),
    ]  # fmt: skip
    assert clocks.sign_due(item) == NOON + timedelta(hours=24)
    signed = Item("signed", concluded_at=NOON, signed_at=NOON)
    assert [(what, (at - NOON).days) for at, what in clocks.item_events(signed)] == [
        ("review", 30),
        ("review_again", 90),
    ]
    assert clocks.item_events(Item("closed", concluded_at=NOON, signed_at=NOON)) == []


def test_a_meeting_planned_at_short_notice_reminds_of_nothing_that_has_passed() -> None:
    row = Meeting(starts_at=NOON + timedelta(hours=1), freeze_at=NOON + timedelta(hours=1))
    assert [what for _, what in clocks.meeting_events(row)] == ["soon", "freeze", "not_started"]
