"""The report's table and decisions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from teleconsult.access.actors import Title
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.reporting import lifecycle
from teleconsult.reporting.lifecycle import REPORT

AT = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
LEASE = timedelta(minutes=15)
RIGHTS = frozenset({"report.write", "report.review", "report.addend"})


@dataclass(frozen=True)
class Report:
    version: int = 1
    state: str = "draft"
    findings: str = ""
    impression: str = ""
    advice: str = ""
    author_id: str = "甲"
    reviewer_id: str | None = None
    lease_until: datetime | None = None
    submitted_at: datetime | None = None
    signed_at: datetime | None = None
    return_reason: str | None = None
    returned_by_id: str | None = None
    returned_at: datetime | None = None


WRITTEN = Report(findings="双肺清晰。", impression="未见异常。")
SUBMITTED = replace(WRITTEN, state="submitted", submitted_at=AT)
IN_REVIEW = replace(SUBMITTED, state="in_review", reviewer_id="乙", lease_until=AT + LEASE)
SIGNED = replace(IN_REVIEW, state="signed", lease_until=None, signed_at=AT)


def refusal(code: str, meaning: Meaning = Meaning.CONFLICT):  # type: ignore[no-untyped-def]
    return pytest.raises(Refused, check=lambda error: error.code == code and error.meaning is meaning)


def test_a_signed_report_offers_nothing_but_an_addendum() -> None:
    assert REPORT.verbs("signed") == ("addend",)
    assert REPORT.verbs("addended") == ("addend",)


def test_saving_over_a_newer_text_is_refused_and_says_which_version_is_there() -> None:
    with refusal("version.stale") as caught:
        lifecycle.save(replace(WRITTEN, version=3), "甲", {"findings": "旧"}, seen=2)
    assert caught.value.params == {"version": 3}


def test_only_the_author_writes() -> None:
    with refusal("report.not_author", Meaning.FORBIDDEN):
        lifecycle.save(WRITTEN, "乙", {}, seen=1)
    with refusal("report.not_author", Meaning.FORBIDDEN):
        lifecycle.submit(WRITTEN, "乙", AT)


def test_an_unknown_section_or_an_endless_text_is_refused() -> None:
    with refusal("field.choice", Meaning.INVALID):
        lifecycle.save(WRITTEN, "甲", {"poem": ""}, seen=1)
    with refusal("field.text", Meaning.INVALID):
        lifecycle.save(WRITTEN, "甲", {"findings": "长" * 20_001}, seen=1)


@pytest.mark.parametrize("state", ["submitted", "in_review", "signed", "addended"])
def test_nobody_writes_once_it_is_handed_in(state: str) -> None:
    with refusal("move.illegal"):
        lifecycle.save(replace(WRITTEN, state=state), "甲", {}, seen=1)


@pytest.mark.parametrize("missing", ["findings", "impression"])
def test_a_report_without_findings_or_impression_is_not_handed_in(missing: str) -> None:
    with refusal("report.incomplete", Meaning.INVALID) as caught:
        lifecycle.submit(replace(WRITTEN, **{missing: " \n "}), "甲", AT)  # type: ignore[arg-type]
    assert caught.value.params == {"field": missing}


def test_advice_may_be_empty() -> None:
    assert lifecycle.submit(WRITTEN, "甲", AT) == {"state": "submitted", "submitted_at": AT}


@pytest.mark.parametrize("title", [Title.ATTENDING, Title.ASSOCIATE_CHIEF, Title.CHIEF])
def test_an_attending_or_above_reviews(title: Title) -> None:
    assert lifecycle.take_review(SUBMITTED, "乙", title, AT, LEASE)["reviewer_id"] == "乙"


@pytest.mark.parametrize("title", [Title.NONE, Title.TECHNICIAN, Title.RESIDENT])
def test_a_lower_title_neither_reviews_nor_signs_nor_adds(title: Title) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: lifecycle.take_review(SUBMITTED, "乙", title, AT, LEASE),
        lambda: lifecycle.sign(IN_REVIEW, "乙", title, AT),
        lambda: lifecycle.addend(SIGNED, "乙", title, "补充"),
    ]
    for attempt in attempts:
        with refusal("report.title_too_low", Meaning.FORBIDDEN):
            attempt()


def test_the_author_neither_reviews_nor_signs_the_own_report() -> None:
    with refusal("report.own_review", Meaning.FORBIDDEN):
        lifecycle.take_review(SUBMITTED, "甲", Title.CHIEF, AT, LEASE)
    with refusal("report.own_review", Meaning.FORBIDDEN):
        lifecycle.sign(replace(IN_REVIEW, reviewer_id="甲"), "甲", Title.CHIEF, AT)


def test_a_second_reviewer_is_told_who_has_it_until_the_lease_ends() -> None:
    with refusal("report.reviewed_by_other") as caught:
        lifecycle.take_review(IN_REVIEW, "丙", Title.CHIEF, AT, LEASE, holder="测试乙")
    assert caught.value.params == {"name": "测试乙"}
    assert lifecycle.take_review(IN_REVIEW, "丙", Title.CHIEF, AT + LEASE, LEASE)["reviewer_id"] == "丙"


@pytest.mark.parametrize("verb", ["sign", "give_back", "release_review"])
def test_only_the_reviewer_who_took_it_decides(verb: str) -> None:
    calls = {
        "sign": lambda report: lifecycle.sign(report, "丙", Title.CHIEF, AT),
        "give_back": lambda report: lifecycle.give_back(report, "丙", "左右不符", AT),
        "release_review": lambda report: lifecycle.release_review(report, "丙"),
    }
    with refusal("report.reviewed_by_other"):
        calls[verb](IN_REVIEW)
    with refusal("report.not_in_review"):
        calls[verb](SUBMITTED)


def test_giving_back_says_why() -> None:
    with refusal("field.empty", Meaning.INVALID):
        lifecycle.give_back(IN_REVIEW, "乙", " ", AT)
    back = replace(IN_REVIEW, **lifecycle.give_back(IN_REVIEW, "乙", "左右不符", AT))
    assert (back.state, back.reviewer_id, back.return_reason) == ("draft", None, "左右不符")


def test_a_reader_who_takes_over_goes_on_with_the_draft() -> None:
    assert lifecycle.take_over(WRITTEN, "甲") == {}
    assert lifecycle.take_over(WRITTEN, "丙") == {"author_id": "丙"}
    with refusal("report.not_draft"):
        lifecycle.take_over(SUBMITTED, "丙")


def test_an_addendum_needs_words() -> None:
    with refusal("field.empty", Meaning.INVALID):
        lifecycle.addend(SIGNED, "乙", Title.CHIEF, "\n ")


def test_offers_follow_state_person_title_and_rights() -> None:
    def offers(report: Report, who: str, title: Title = Title.CHIEF, at: datetime = AT) -> tuple[str, ...]:
        return lifecycle.offers(report, who, title, RIGHTS, at)

    assert offers(WRITTEN, "甲") == ("save", "submit")
    assert offers(WRITTEN, "乙") == ()
    assert offers(SUBMITTED, "甲") == ()
    assert offers(SUBMITTED, "乙") == ("take_review",)
    assert offers(SUBMITTED, "乙", Title.RESIDENT) == ()
    assert offers(IN_REVIEW, "乙") == ("sign", "give_back", "release_review")
    assert offers(IN_REVIEW, "丙") == ()
    assert offers(IN_REVIEW, "丙", at=AT + LEASE) == ("take_review",)
    assert offers(SIGNED, "甲") == ("addend",)
    assert lifecycle.offers(SIGNED, "丁", Title.CHIEF, frozenset({"report.read"}), AT) == ()


class AnyOrderOfVerbs(RuleBasedStateMachine):
    """Whoever does what in whatever order: the row stays one that the database would take, and signed stays signed."""

    def __init__(self) -> None:
        super().__init__()
        self.now = AT
        self.report = Report()
        self.signed: Report | None = None

    def attempt(self, decide) -> None:  # type: ignore[no-untyped-def]
        before = self.report
        try:
            self.report = replace(before, **decide(before), version=before.version + 1)
        except Refused:
            assert self.report is before
        if self.report.state == "signed" and self.signed is None:
            self.signed = self.report

    who = st.sampled_from(["甲", "乙", "丙"])
    title = st.sampled_from(list(Title))

    @rule(minutes=st.integers(0, 40))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(by=who, text=st.sampled_from(["", "双肺清晰。"]))
    def save(self, by: str, text: str) -> None:
        self.attempt(lambda one: lifecycle.save(one, by, {"findings": text, "impression": "好"}, one.version))

    @rule(by=who)
    def take_over(self, by: str) -> None:
        self.attempt(lambda one: lifecycle.take_over(one, by))

    @rule(by=who)
    def submit(self, by: str) -> None:
        self.attempt(lambda one: lifecycle.submit(one, by, self.now))

    @rule(by=who, title=title)
    def take_review(self, by: str, title: Title) -> None:
        self.attempt(lambda one: lifecycle.take_review(one, by, title, self.now, LEASE))

    @rule(by=who)
    def release_review(self, by: str) -> None:
        self.attempt(lambda one: lifecycle.release_review(one, by))

    @rule()
    def lapse(self) -> None:
        self.attempt(lambda one: lifecycle.lapse(one, self.now))

    @rule(by=who)
    def give_back(self, by: str) -> None:
        self.attempt(lambda one: lifecycle.give_back(one, by, "改", self.now))

    @rule(by=who, title=title)
    def sign(self, by: str, title: Title) -> None:
        self.attempt(lambda one: lifecycle.sign(one, by, title, self.now))

    @rule(by=who, title=title)
    def addend(self, by: str, title: Title) -> None:
        self.attempt(lambda one: lifecycle.addend(one, by, title, "补充"))

    @invariant()
    def the_author_is_never_the_reviewer(self) -> None:
        assert self.report.author_id != self.report.reviewer_id

    @invariant()
    def a_reviewer_exactly_from_review_on(self) -> None:
        assert (self.report.reviewer_id is not None) == (self.report.state in ("in_review", "signed", "addended"))

    @invariant()
    def a_lease_exactly_in_review(self) -> None:
        assert (self.report.lease_until is not None) == (self.report.state == "in_review")

    @invariant()
    def what_was_handed_in_is_complete(self) -> None:
        assert self.report.state == "draft" or (self.report.findings and self.report.impression)

    @invariant()
    def what_was_signed_stays(self) -> None:
        if self.signed is not None:
            assert replace(self.report, state="signed", version=0) == replace(self.signed, version=0)


TestAnyOrderOfVerbs = AnyOrderOfVerbs.TestCase
