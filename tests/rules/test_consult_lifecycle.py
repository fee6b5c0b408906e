"""The consultation's table, its decisions, its clocks and its completeness. No database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.access.actors import Title
from teleconsult.consult import clocks, completeness, hours, lifecycle
from teleconsult.consult.lifecycle import ADOPTIONS, CONSULTATION, ENDED, OPEN, URGENCIES
from teleconsult.kernel.errors import Meaning, Refused

AT = datetime(2026, 5, 4, 0, 0, tzinfo=UTC)  # a Monday, 08:00 in China


@dataclass(frozen=True)
class Row:
    state: str = "draft"
    urgency: str = "normal"
    question: str = "右上肺结节如何处理？"
    summary: str = "男，56岁。"
    requesting_site_id: str = "县"
    centre_site_id: str | None = "市"
    expert_id: str | None = None
    starts_at: datetime | None = None
    minutes: int | None = None
    confirmed_requester: datetime | None = None
    confirmed_expert: datetime | None = None
    clock_from: datetime = AT
    due_at: datetime | None = None
    paused_at: datetime | None = None
    assigned_at: datetime | None = None
    signed_at: datetime | None = None
    diagnosis: str = ""
    treatment: str = ""
    refer: str = "no"
    refer_said: bool = False
    adoption: str | None = None
    no_shows: int = 0
    told: list[str] = field(default_factory=list)
    rest: dict[str, Any] = field(default_factory=dict)

    def after(self, changes: lifecycle.Changes) -> Row:
        known = {name: value for name, value in changes.items() if name in self.__dataclass_fields__}
        return replace(self, **known, rest={**self.rest, **changes})


SUBMITTED = Row("submitted", due_at=AT + timedelta(hours=2))
SCHEDULED = Row(
    "scheduled",
    expert_id="专",
    starts_at=AT + timedelta(hours=30),
    minutes=30,
    assigned_at=AT,
    due_at=AT + timedelta(hours=72),
)
OPINION = Row("opinion", expert_id="专", diagnosis="炎性结节", treatment="复查", refer_said=True)


def refusal(code: str, meaning: Meaning = Meaning.CONFLICT) -> Any:
    return pytest.raises(Refused, check=lambda error: error.code == code and error.meaning is meaning)


def test_every_state_is_open_or_ended() -> None:
    assert set(OPEN) | set(ENDED) == CONSULTATION.states
    for state in ("rejected", "cancelled", "expired"):
        assert CONSULTATION.verbs(state) == ()
    assert CONSULTATION.verbs("closed") == ("rate_request",)


@pytest.mark.parametrize(("urgency", "minutes"), [("urgent", 10), ("normal", 120), ("elective", 480)])
def test_triage_is_due_by_urgency(urgency: str, minutes: int) -> None:
    changes = lifecycle.submit(Row(urgency=urgency), 1, AT)
    assert changes["due_at"] == AT + timedelta(minutes=minutes)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_supplement_pauses_the_clock_and_gives_back_every_second(worked: int, waited: int) -> None:
    asked_at = AT + timedelta(seconds=worked)
    asked = SUBMITTED.after(lifecycle.ask_supplement(SUBMITTED, "请补充", asked_at))
    back_at = asked_at + timedelta(seconds=waited)
    back = asked.after(lifecycle.supplement(asked, "已补充", back_at))
    assert SUBMITTED.due_at is not None
    assert back.due_at is not None
    assert (back.state, back.paused_at) == ("submitted", None)
    assert back.due_at - back_at == SUBMITTED.due_at - asked_at, "as much time is left as there was"
    assert back.due_at - back.clock_from == SUBMITTED.due_at - SUBMITTED.clock_from


@pytest.mark.parametrize("state", sorted(CONSULTATION.states))
def test_cancelling_is_possible_until_an_opinion_is_written(state: str) -> None:
    row = Row(state, expert_id="专")
    if state in ("draft", "submitted", "supplement", "accepted", "scheduled", "assigned", "in_session"):
        changes = lifecycle.cancel(row, "患者转院", AT)
        assert (changes["state"], changes["is_open"], changes["due_at"]) == ("cancelled", False, None)
    else:
        with refusal("move.illegal"):
            lifecycle.cancel(row, "患者转院", AT)


def test_a_draft_is_thrown_away_without_a_reason_and_a_request_is_not() -> None:
    assert lifecycle.cancel(Row(), "", AT)["state"] == "cancelled"
    with refusal("field.empty", Meaning.INVALID):
        lifecycle.cancel(SUBMITTED, " ", AT)


def test_starting_needs_both_sides_and_the_hour() -> None:
    with refusal("consultation.not_confirmed"):
        lifecycle.start(SCHEDULED, AT + timedelta(hours=30))
    both = replace(SCHEDULED, confirmed_expert=AT, confirmed_requester=AT)
    with refusal("consultation.too_early"):
        lifecycle.start(both, AT + timedelta(hours=29, minutes=49, seconds=59))
    assert lifecycle.start(both, AT + timedelta(hours=29, minutes=50))["state"] == "in_session"
    assert lifecycle.start(replace(both, state="in_session"), AT) == {}


def test_an_urgent_consultation_is_due_again_from_its_start() -> None:
    row = replace(SCHEDULED, urgency="urgent", confirmed_expert=AT, confirmed_requester=AT)
    now = AT + timedelta(hours=30)
    assert lifecycle.start(row, now)["due_at"] == now + timedelta(hours=2)


@pytest.mark.parametrize("missing", ["requester", "expert", "both"])
def test_a_no_show_frees_expert_and_time_and_is_counted(missing: str) -> None:
    missed = SCHEDULED.after(lifecycle.miss(SCHEDULED, missing, AT))
    assert (missed.state, missed.expert_id, missed.starts_at, missed.no_shows) == ("accepted", None, None, 1)
    assert missed.rest["no_show"] == missing
    again = missed.after(lifecycle.schedule(missed, "专", AT + timedelta(hours=1), 30, AT))
    assert (again.rest["no_show"], again.no_shows) == (None, 1)


@pytest.mark.parametrize(("minutes", "ahead"), [(4, 60), (241, 60), (30, -5)])
def test_a_time_that_is_none_is_refused(minutes: int, ahead: int) -> None:
    with refusal("consultation.time", Meaning.INVALID):
        lifecycle.schedule(Row("accepted"), "专", AT + timedelta(minutes=ahead), minutes, AT)


def test_a_time_beyond_the_horizon_is_refused_by_a_word_of_its_own() -> None:
    lifecycle.schedule(Row("accepted"), "专", AT + timedelta(days=90), 30, AT)
    with refusal("consultation.time_far", Meaning.INVALID):
        lifecycle.schedule(Row("accepted"), "专", AT + timedelta(days=4 * 365), 30, AT)


def test_the_next_free_time_is_beside_what_is_booked() -> None:
    def at(hour: int, minute: int = 0) -> datetime:
        return AT + timedelta(hours=hour, minutes=minute)

    monday = {"mon": [["08:00", "12:00"]]}
    assert hours.next_free(monday, AT, 30, []) == AT
    assert hours.next_free(monday, AT, 30, [(AT, at(0, 40)), (at(1), at(2))]) == at(2)
    assert hours.next_free(monday, AT, 30, [(AT, at(0, 25))]) == at(0, 30)
    assert hours.next_free(monday, AT, 30, [(AT, at(4))]) == at(7 * 24), "the whole morning is taken"
    assert hours.next_free({}, AT, 30, [(AT, at(1))]) == at(1), "at any time, but not then"


@pytest.mark.parametrize("title", list(Title))
def test_signing_needs_the_title(title: Title) -> None:
    if title in (Title.ATTENDING, Title.ASSOCIATE_CHIEF, Title.CHIEF):
        assert lifecycle.sign(OPINION, "专", title, Title.ATTENDING, AT)["state"] == "signed"
    else:
        with refusal("consultation.title_too_low", Meaning.FORBIDDEN):
            lifecycle.sign(OPINION, "专", title, Title.ATTENDING, AT)
    if title not in (Title.ASSOCIATE_CHIEF, Title.CHIEF):
        with refusal("consultation.title_too_low", Meaning.FORBIDDEN):
            lifecycle.sign(OPINION, "专", title, Title.ASSOCIATE_CHIEF, AT)


def test_an_opinion_is_signed_only_when_somebody_has_said_whether_to_refer() -> None:
    unsaid = replace(OPINION, refer_said=False)
    with refusal("consultation.opinion_incomplete", Meaning.INVALID):
        lifecycle.sign(unsaid, "专", Title.CHIEF, Title.ATTENDING, AT)
    assert "refer" not in lifecycle.write_opinion(unsaid, "专", {"diagnosis": "炎性"}), "writing chooses nothing"
    kept = lifecycle.write_opinion(unsaid, "专", {"diagnosis": "炎性", "refer": ""})
    assert kept["refer_said"] is False
    said = unsaid.after(lifecycle.write_opinion(unsaid, "专", {"refer": "no"}))
    assert lifecycle.sign(said, "专", Title.CHIEF, Title.ATTENDING, AT)["state"] == "signed"
    with refusal("field.choice", Meaning.INVALID):
        lifecycle.write_opinion(unsaid, "专", {"refer": "maybe"})


@pytest.mark.parametrize("adoption", ADOPTIONS)
def test_only_full_adoption_needs_no_reason(adoption: str) -> None:
    signed = replace(OPINION, state="signed")
    if adoption == "adopted":
        assert lifecycle.feedback(signed, adoption, "", None, AT)["adoption"] == adoption
    else:
        with refusal("field.empty", Meaning.INVALID):
            lifecycle.feedback(signed, adoption, "", None, AT)


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_stars_are_one_to_five(rating: int) -> None:
    with refusal("field.choice", Meaning.INVALID):
        lifecycle.rate_request(replace(OPINION, state="signed"), "专", rating)


# ---------------------------------------------------------------- offers

ASKING = frozenset({lifecycle.REQUEST, lifecycle.ANSWER, lifecycle.FEEDBACK})
CENTRE = frozenset({lifecycle.TRIAGE})
EXPERT = frozenset({lifecycle.OPINE})


@pytest.mark.parametrize(
    ("row", "who", "rights", "offered"),
    [
        (Row(), "县医", ASKING, ("save", "submit", "cancel")),
        (SUBMITTED, "县医", ASKING, ("cancel",)),
        (SUBMITTED, "协调", CENTRE, ("accept", "route", "ask_supplement", "reject", "cancel")),
        (Row("supplement"), "县医", ASKING, ("supplement", "cancel")),
        (Row("accepted"), "协调", CENTRE, ("assign", "schedule", "cancel")),
        (SCHEDULED, "县医", ASKING, ("confirm", "decline_time", "cancel")),
        (SCHEDULED, "专", EXPERT, ("confirm", "decline_time")),
        (replace(SCHEDULED, confirmed_expert=AT), "专", EXPERT, ("decline_time",)),
        (Row("assigned", expert_id="专"), "专", EXPERT, ("decline_time", "write_opinion")),
        (Row("assigned", expert_id="专"), "县医", ASKING, ("cancel",)),
        (Row("in_session", expert_id="专"), "专", EXPERT, ("write_opinion",)),
        (OPINION, "专", EXPERT, ("write_opinion", "sign", "decline_time")),
        (OPINION, "旁听", EXPERT, ()),
        (replace(OPINION, state="signed"), "县医", ASKING, ("feedback",)),
        (replace(OPINION, state="signed", adoption="adopted"), "县医", ASKING, ("feedback", "close")),
        (replace(OPINION, state="signed"), "专", EXPERT, ("rate_request",)),
        (Row("accepted"), "审计", frozenset(), ()),
    ],
)  # fmt: skip
def test_offers_follow_state_part_and_rights(
    row: Row, who: str, rights: frozenset[str], offered: tuple[str, ...]
) -> None:
    assert lifecycle.offers(row, who, rights, AT) == offered


def test_a_session_is_offered_to_begin_from_when_its_room_is_open() -> None:
    agreed = replace(SCHEDULED, confirmed_expert=AT, confirmed_requester=AT, starts_at=AT + timedelta(hours=1))
    opens = AT + timedelta(minutes=50)
    assert "start" not in lifecycle.offers(agreed, "专", EXPERT, opens - timedelta(seconds=1))
    assert "start" in lifecycle.offers(agreed, "专", EXPERT, opens)
    assert "start" not in lifecycle.offers(replace(agreed, confirmed_requester=None), "专", EXPERT, opens)


# ---------------------------------------------------------------- clocks


def due(row: Row, **later: float) -> list[str]:
    return [what for _, what in clocks.due(row, AT + timedelta(**later))]


def test_reminders_and_no_show_come_at_their_times() -> None:
    assert due(SCHEDULED, hours=5, minutes=59) == []
    assert due(SCHEDULED, hours=6) == ["reminder_day"]
    assert due(SCHEDULED, hours=29, minutes=45) == ["reminder_day", "reminder_soon"]
    assert due(SCHEDULED, hours=30, minutes=15) == ["reminder_day", "reminder_soon", "no_show"]
    assert clocks.next_look(SCHEDULED) == AT + timedelta(hours=6)


def test_a_reminder_whose_time_had_passed_when_it_was_arranged_is_none() -> None:
    soon = replace(SCHEDULED, starts_at=AT + timedelta(minutes=20))
    assert due(soon, minutes=19) == ["reminder_soon"]


def test_what_was_told_is_not_told_again_unless_the_time_changed() -> None:
    event = clocks.due(SCHEDULED, AT + timedelta(hours=6))[0]
    told = replace(SCHEDULED, told=[clocks.key(event)])
    assert due(told, hours=6) == []
    moved = replace(told, starts_at=AT + timedelta(hours=31))
    assert due(moved, hours=7) == ["reminder_day"]


@given(st.sampled_from(sorted(CONSULTATION.states)), st.sampled_from(URGENCIES), st.integers(0, 40 * 24 * 60))
def test_an_ended_consultation_is_never_looked_at_again(state: str, urgency: str, minutes: int) -> None:
    row = Row(state, urgency, due_at=AT, paused_at=AT, assigned_at=AT, starts_at=AT, signed_at=AT, expert_id="专")
    events = clocks.due(row, AT + timedelta(minutes=minutes))
    if state in (*ENDED, "draft"):
        assert (events, clocks.next_look(row)) == ([], None)
    done = replace(row, told=[clocks.key(event) for event in events])
    assert clocks.due(done, AT + timedelta(minutes=minutes)) == []


def test_the_band_is_grey_while_the_requester_is_awaited() -> None:
    assert clocks.band("supplement", AT, AT + timedelta(hours=1), AT + timedelta(hours=9)) == "grey"
    assert clocks.band("submitted", AT, AT + timedelta(hours=1), AT + timedelta(minutes=42)) == "yellow"
    assert clocks.band("accepted", AT, AT + timedelta(hours=1), AT + timedelta(hours=1)) == "red"


# ---------------------------------------------------------------- completeness and hours


def test_a_request_with_everything_has_a_hundred_points_and_nothing_missing() -> None:
    whole = completeness.score("右上肺结节如何处理？", "男，56岁，" * 10, "respiratory", 1, {"consent", "record"})
    assert (whole.score, whole.missing) == (100, ())
    assert sum(completeness.POINTS.values()) == 100


def test_what_is_missing_is_named_in_order_of_weight() -> None:
    assert completeness.score("", "", "", 0, ()).missing == (
        "question",
        "summary",
        "studies",
        "consent",
        "record",
        "specialty",
    )
    assert completeness.score("短", "男，56岁，" * 10, "", 1, {"lab"}).missing == ("question", "consent", "specialty")


WEEK = {"mon": [["08:00", "12:00"], ["14:00", "17:30"]], "fri": [["20:00", "24:00"]]}


def test_hours_are_the_clock_of_china() -> None:
    assert hours.open_at(WEEK, AT, 30)
    assert not hours.open_at(WEEK, AT - timedelta(minutes=1), 30)
    assert hours.open_at(WEEK, AT + timedelta(hours=3, minutes=30), 30)
    assert not hours.open_at(WEEK, AT + timedelta(hours=3, minutes=31), 30)
    assert hours.open_at({}, AT, 240), "without hours: at any time"


def test_the_next_free_time_is_a_quarter_of_an_hour_in_the_week() -> None:
    assert hours.next_open(WEEK, AT + timedelta(minutes=1), 30) == AT + timedelta(minutes=15)
    assert hours.next_open(WEEK, AT + timedelta(hours=3, minutes=40), 30) == AT + timedelta(hours=6)
    assert hours.next_open(WEEK, AT + timedelta(hours=10), 60) == AT + timedelta(days=4, hours=12)
    assert hours.next_open({"mon": [["08:00", "08:10"]]}, AT, 30) is None


@given(st.integers(0, 20_000))
def test_the_next_free_time_is_free(minutes: int) -> None:
    found = hours.next_open(WEEK, AT + timedelta(minutes=minutes), 30)
    assert found is not None
    assert hours.open_at(WEEK, found, 30)
    assert found >= AT + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "wrong",
    [
        "always", {"someday": []}, {"mon": "08:00"}, {"mon": [["12:00", "08:00"]]}, {"mon": [["08:00", "08:00"]]}, {"mon": [["08:00"]]},
        {"mon": [["08:00", "10:00"], ["09:00", "11:00"]]}, {"mon": [["25:00", "26:00"]]}, {"mon": [["8", "9"]]}, {"mon": [[8, 9]]},
        {"mon": [["08:00:30", "09:00"]]}, {"mon": [["08:00", "09:00"]] * 7}, {"mon": 5},
    ],
)  # fmt: skip
def test_hours_that_are_none_are_refused(wrong: Any) -> None:
    with refusal("expert.hours", Meaning.INVALID):
        hours.checked(wrong)
