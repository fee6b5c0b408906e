"""The reading task's table, its decisions and its clock."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.reading import lifecycle
from teleconsult.reading.lifecycle import CLOSED, OPEN, RETURN_REASONS, TASK

AT = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
LEASE = timedelta(minutes=15)


@dataclass(frozen=True)
class Task:
    state: str = "queued"
    priority: str = "ROUTINE"
    reader_id: str | None = None
    lease_until: datetime | None = None
    clock_from: datetime = AT
    due_at: datetime = AT + timedelta(hours=1)
    paused_at: datetime | None = None
    releases: int = 0
    claimed_at: datetime | None = None
    reported_at: datetime | None = None
    verified_at: datetime | None = None
    is_open: bool = True
    return_code: str | None = None
    return_text: str | None = None
    returned_by_id: str | None = None
    answer_text: str | None = None
    cancel_reason: str | None = None


CLAIMED = Task(state="claimed", reader_id="甲", lease_until=AT + LEASE)


def refusal(code: str, meaning: Meaning = Meaning.CONFLICT):  # type: ignore[no-untyped-def]
    return pytest.raises(Refused, check=lambda error: error.code == code and error.meaning is meaning)


def test_the_table_has_six_states_and_ends_in_two() -> None:
    assert set(OPEN) | set(CLOSED) == TASK.states
    assert TASK.verbs("cancelled") == ()
    assert TASK.verbs("verified") == ("verify",)


def test_the_second_reader_is_told_who_was_faster() -> None:
    with refusal("task.claimed_by_other") as caught:
        lifecycle.claim(CLAIMED, "乙", AT, LEASE, holder="测试甲")
    assert caught.value.params == {"name": "测试甲"}


def test_the_same_reader_may_claim_again_and_only_extends_the_lease() -> None:
    later = AT + timedelta(minutes=5)
    assert lifecycle.claim(CLAIMED, "甲", later, LEASE) == {"lease_until": later + LEASE}


def test_a_lease_that_ran_out_hinders_nobody_even_before_the_sweep() -> None:
    taken = replace(CLAIMED, **lifecycle.claim(CLAIMED, "乙", AT + LEASE, LEASE))
    assert (taken.state, taken.reader_id, taken.lease_until) == ("claimed", "乙", AT + LEASE + LEASE)


def test_a_reader_whose_lease_ran_out_unnoticed_may_go_on() -> None:
    assert lifecycle.heartbeat(CLAIMED, "甲", AT + 2 * LEASE, LEASE) == {"lease_until": AT + 3 * LEASE}


def test_a_heartbeat_never_shortens_a_longer_lease() -> None:
    sent_back = replace(CLAIMED, lease_until=AT + 8 * LEASE)
    assert lifecycle.heartbeat(sent_back, "甲", AT, LEASE) == {"lease_until": AT + 8 * LEASE}


def test_a_lease_does_not_lapse_before_its_time() -> None:
    with refusal("task.lease_alive"):
        lifecycle.lapse(CLAIMED, AT + LEASE - timedelta(microseconds=1))
    assert lifecycle.lapse(CLAIMED, AT + LEASE)["state"] == "queued"


@pytest.mark.parametrize("verb", ["heartbeat", "release", "submit", "return"])
def test_only_who_has_claimed_may_go_on(verb: str) -> None:
    calls = {
        "heartbeat": lambda task: lifecycle.heartbeat(task, "乙", AT, LEASE, "测试甲"),
        "release": lambda task: lifecycle.release(task, "乙", "忙", "测试甲"),
        "submit": lambda task: lifecycle.submit(task, "乙", AT, "测试甲"),
        "return": lambda task: lifecycle.return_to_site(task, "乙", "images_unfit", "", AT, "测试甲"),
    }
    with refusal("task.claimed_by_other"):
        calls[verb](CLAIMED)
    with refusal("task.not_claimed"):
        calls[verb](Task())


def test_sent_back_goes_to_the_same_reader_with_a_longer_lease() -> None:
    reported = replace(CLAIMED, state="reported", lease_until=None)
    back = replace(reported, **lifecycle.send_back(reported, AT, LEASE))
    assert (back.state, back.reader_id, back.lease_until) == ("claimed", "甲", AT + 8 * LEASE)


def test_verifying_twice_changes_nothing_the_second_time() -> None:
    reported = replace(CLAIMED, state="reported", lease_until=None)
    verified = replace(reported, **lifecycle.verify(reported, AT))
    assert (verified.state, verified.verified_at, verified.is_open) == ("verified", AT, False)
    assert lifecycle.verify(verified, AT + LEASE) == {}


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_clock_stands_still_while_the_site_has_to_answer(read_for: int, waited: int) -> None:
    returned_at = AT + timedelta(seconds=read_for)
    returned = replace(CLAIMED, **lifecycle.return_to_site(CLAIMED, "甲", "images_unfit", "", returned_at))
    answered_at = returned_at + timedelta(seconds=waited)
    answered = replace(returned, **lifecycle.answer(returned, "已重新上传", answered_at))
    assert answered.state == "queued"
    assert answered.due_at - answered_at == CLAIMED.due_at - returned_at, "as much time is left as there was"
    assert answered.due_at - answered.clock_from == CLAIMED.due_at - CLAIMED.clock_from
    assert answered.paused_at is None


@pytest.mark.parametrize("reason", RETURN_REASONS)
def test_a_known_reason_returns_a_task_and_other_needs_words(reason: str) -> None:
    assert lifecycle.return_to_site(CLAIMED, "甲", reason, "缺少右侧", AT)["return_code"] == reason
    if reason == "other":
        with refusal("field.empty", Meaning.INVALID):
            lifecycle.return_to_site(CLAIMED, "甲", reason, " ", AT)


def test_an_unknown_reason_is_refused() -> None:
    with refusal("task.return_reason", Meaning.INVALID):
        lifecycle.return_to_site(CLAIMED, "甲", "because", "", AT)


@pytest.mark.parametrize("state", ["claimed", "reported"])
def test_the_requesting_site_may_not_cancel_what_is_being_read(state: str) -> None:
    task = replace(CLAIMED, state=state)
    with refusal("task.cancel_too_late"):
        lifecycle.cancel(task, "重复申请", by_reading_site=False)
    assert lifecycle.cancel(task, "重复申请", by_reading_site=True)["state"] == "cancelled"


def test_a_cancellation_says_why() -> None:
    with refusal("field.empty", Meaning.INVALID):
        lifecycle.cancel(Task(), "  ", by_reading_site=True)


@pytest.mark.parametrize(
    ("minutes", "colour"), [(0, "blue"), (41, "blue"), (42, "yellow"), (59, "yellow"), (60, "red"), (600, "red")]
)
def test_the_band_turns_yellow_at_seventy_percent_and_red_when_overdue(minutes: int, colour: str) -> None:
    assert lifecycle.band("queued", AT, AT + timedelta(hours=1), AT + timedelta(minutes=minutes)) == colour


@given(st.sampled_from(sorted(TASK.states)), st.integers(-100, 10_000), st.integers(1, 10_000))
def test_the_band_is_grey_exactly_while_paused_or_closed(state: str, passed: int, whole: int) -> None:
    due = AT + timedelta(seconds=whole)
    colour = lifecycle.band(state, AT, due, AT + timedelta(seconds=passed))
    assert (colour == "grey") == (state in ("returned", "verified", "cancelled"))
    assert colour in ("grey", "red" if passed >= whole else ("yellow" if passed * 10 >= whole * 7 else "blue"))


ALL = frozenset({"task.claim", "task.return", "task.answer", "task.cancel", "task.cancel_any"})


def test_offers_follow_state_holder_and_rights() -> None:
    assert lifecycle.offers(Task(), "甲", ALL, AT) == ("claim", "cancel")
    assert lifecycle.offers(CLAIMED, "甲", frozenset({"task.claim", "task.return"}), AT) == (
        "heartbeat", "submit", "release", "return",
    )  # fmt: skip
    assert lifecycle.offers(CLAIMED, "乙", frozenset({"task.claim"}), AT) == ()
    assert lifecycle.offers(CLAIMED, "乙", frozenset({"task.claim"}), AT + LEASE) == ("claim",)
    assert lifecycle.offers(CLAIMED, "丙", frozenset({"task.cancel"}), AT) == ()
    assert lifecycle.offers(Task(), "丙", frozenset(), AT) == ()


class AnyOrderOfVerbs(RuleBasedStateMachine):
    """Whatever readers, sites and the clock do in whatever order, the row stays one that the database would take."""

    def __init__(self) -> None:
        super().__init__()
        self.now = AT
        self.task = Task()

    def attempt(self, decide) -> None:  # type: ignore[no-untyped-def]
        before = self.task
        try:
            self.task = replace(before, **decide(before))
        except Refused:
            assert self.task is before

    who = st.sampled_from(["甲", "乙"])

    @rule(minutes=st.integers(0, 40))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(by=who)
    def claim(self, by: str) -> None:
        self.attempt(lambda task: lifecycle.claim(task, by, self.now, LEASE))

    @rule(by=who)
    def heartbeat(self, by: str) -> None:
        self.attempt(lambda task: lifecycle.heartbeat(task, by, self.now, LEASE))

    @rule(by=who)
    def release(self, by: str) -> None:
        self.attempt(lambda task: lifecycle.release(task, by, "忙"))

    @rule()
    def lapse(self) -> None:
        self.attempt(lambda task: lifecycle.lapse(task, self.now))

    @rule(by=who)
    def submit(self, by: str) -> None:
        self.attempt(lambda task: lifecycle.submit(task, by, self.now))

    @rule()
    def send_back(self) -> None:
        self.attempt(lambda task: lifecycle.send_back(task, self.now, LEASE))

    @rule()
    def verify(self) -> None:
        self.attempt(lambda task: lifecycle.verify(task, self.now))

    @rule(by=who)
    def return_to_site(self, by: str) -> None:
        self.attempt(lambda task: lifecycle.return_to_site(task, by, "images_unfit", "", self.now))

    @rule()
    def answer(self) -> None:
        self.attempt(lambda task: lifecycle.answer(task, "好", self.now))

    @rule(by_reading_site=st.booleans())
    def cancel(self, by_reading_site: bool) -> None:
        self.attempt(lambda task: lifecycle.cancel(task, "误发", by_reading_site))

    @invariant()
    def a_reader_exactly_while_it_is_read_or_was(self) -> None:
        assert (self.task.reader_id is not None) == (self.task.state in ("claimed", "reported", "verified"))

    @invariant()
    def a_lease_exactly_while_claimed(self) -> None:
        assert (self.task.lease_until is not None) == (self.task.state == "claimed")

    @invariant()
    def paused_exactly_while_returned(self) -> None:
        assert (self.task.paused_at is not None) == (self.task.state == "returned")

    @invariant()
    def open_exactly_until_verified_or_cancelled(self) -> None:
        assert self.task.is_open == (self.task.state in OPEN)

    @invariant()
    def the_time_given_never_changes(self) -> None:
        assert self.task.due_at - self.task.clock_from == timedelta(hours=1)


TestAnyOrderOfVerbs = AnyOrderOfVerbs.TestCase


def test_a_more_urgent_order_makes_a_task_due_earlier_and_never_later() -> None:
    soon, late = Task(due_at=AT + timedelta(minutes=10)), Task(due_at=AT + timedelta(hours=24))
    assert lifecycle.hasten(late, "STAT", 30) == {"priority": "STAT", "due_at": AT + timedelta(minutes=30)}
    assert lifecycle.hasten(soon, "STAT", 30) == {"priority": "STAT", "due_at": soon.due_at}
    assert lifecycle.hasten(replace(late, priority="STAT"), "URGENT", 60) == {}
    assert lifecycle.hasten(replace(late, state="verified"), "STAT", 30) == {}
