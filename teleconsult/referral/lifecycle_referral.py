"""A referral from draft to closed, and its clocks. Pure: rows come in as they are, the columns to change come out.

    draft → submitted → accepted → in_transit → arrived → completed → closed
    submitted → submitted                     redirected to another hospital, with the reason
    submitted → asked → submitted             the sender must answer; meanwhile the clock stands still
    submitted, asked → declined
    draft, submitted, asked, accepted → cancelled; asked → expired when no answer comes

A patient who did not come is a mark (`no_show_at`) and no state: they may still come. Going back (下转 after 上转, 回转 after 下转)
is a referral of its own that names this one.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from teleconsult.kernel.errors import conflict, invalid
from teleconsult.kernel.lifecycle import Lifecycle
from teleconsult.referral.lifecycle import text

DRAFT, SUBMITTED, ASKED, ACCEPTED = "draft", "submitted", "asked", "accepted"
IN_TRANSIT, ARRIVED, COMPLETED, CLOSED = "in_transit", "arrived", "completed", "closed"
DECLINED, CANCELLED, EXPIRED = "declined", "cancelled", "expired"
ENDED: Final = (CLOSED, DECLINED, CANCELLED, EXPIRED)
TREATED: Final = (ACCEPTED, IN_TRANSIT, ARRIVED, COMPLETED, CLOSED)
"""The receiving hospital has taken the patient on: from here on it has the studies."""

REFERRAL = Lifecycle(
    start=DRAFT,
    moves={
        (DRAFT, "save"): DRAFT,
        (DRAFT, "submit"): SUBMITTED,
        (DRAFT, "cancel"): CANCELLED,
        (SUBMITTED, "accept"): ACCEPTED,
        (SUBMITTED, "redirect"): SUBMITTED,
        (SUBMITTED, "ask"): ASKED,
        (SUBMITTED, "decline"): DECLINED,
        (SUBMITTED, "cancel"): CANCELLED,
        (ASKED, "answer"): SUBMITTED,
        (ASKED, "decline"): DECLINED,
        (ASKED, "cancel"): CANCELLED,
        (ASKED, "expire"): EXPIRED,
        (ACCEPTED, "depart"): IN_TRANSIT,
        (ACCEPTED, "arrive"): ARRIVED,
        (ACCEPTED, "cancel"): CANCELLED,
        (IN_TRANSIT, "arrive"): ARRIVED,
        (ARRIVED, "complete"): COMPLETED,
        (ARRIVED, "turn_back"): ARRIVED,
        (COMPLETED, "turn_back"): COMPLETED,
        (COMPLETED, "close"): CLOSED,
    },
)

UP, DOWN = "up", "down"
DIRECTIONS: Final = (UP, DOWN)
GREEN, URGENT, NORMAL = "green", "urgent", "normal"
PRIORITIES: Final = (GREEN, URGENT, NORMAL)
"""绿色通道, 急, 普通."""

CONSENTS: Final = ("paper", "oral", "emergency")
"""How the patient agreed: on paper (attached to the case), in words, or not asked because there was no time."""

DECLINE_REASONS: Final = ("no_bed", "not_our_field", "not_needed", "unfit_to_travel", "documents_missing", "other")
"""无床, 不属本院专科, 暂无需转诊, 不宜转运, 资料不全, 其他."""

OUTCOMES: Final = ("recovered", "improved", "unchanged", "worse", "transferred", "died")
"""治愈, 好转, 未愈, 加重, 转其他机构, 死亡."""

SENDER_MOVES: Final = ("save", "submit", "cancel", "answer", "depart", "close")
RECEIVER_MOVES: Final = ("accept", "redirect", "ask", "decline", "arrive", "complete", "turn_back")
VERB_RIGHTS: Final[Mapping[str, str]] = {
    "save": "referral.request",
    "submit": "referral.request",
    "cancel": "referral.request",
    "close": "referral.request",
    "answer": "referral.answer",
    "depart": "referral.transit",
    "accept": "referral.decide",
    "redirect": "referral.decide",
    "ask": "referral.decide",
    "decline": "referral.decide",
    "arrive": "referral.arrive",
    "complete": "referral.complete",
    "turn_back": "referral.complete",
}
"""Move → the right that it needs, held at the sending or at the receiving hospital."""

ANSWER_WITHIN: Final = {
    (UP, GREEN): timedelta(minutes=15),
    (UP, URGENT): timedelta(hours=1),
    (UP, NORMAL): timedelta(hours=24),
    (DOWN, URGENT): timedelta(hours=24),
    (DOWN, NORMAL): timedelta(hours=24),
}
ARRIVE_WITHIN: Final = {
    (UP, GREEN): timedelta(hours=2),
    (UP, URGENT): timedelta(hours=24),
    (UP, NORMAL): timedelta(hours=24),
}
FIRST_CONTACT: Final = timedelta(days=7)
SUMMARY_WITHIN: Final = timedelta(hours=72)
REMIND_ASKED: Final = timedelta(hours=24)
EXPIRE_ASKED: Final = timedelta(hours=72)
CLOSE_BY_ITSELF: Final = timedelta(days=14)
SEEN_AFTER_CLOSED: Final = timedelta(days=90)
SEEN_AFTER_NO: Final = timedelta(hours=24)
"""A hospital that declined, or was asked no more, may read over what it answered until the next day."""

WARN_AT: Final = 0.7
MOST_TEXT: Final = 20_000
MOST_LINE: Final = 200

FEWEST_DIGITS: Final = 3
"""110, 120: fewer are no number that somebody can call."""
_PHONE: Final = r"[+＋]?[\d\s()（）.\-–－]{3,}(?:(?:ext\.?|x|#|转|分机)\s*:?\s*\d+)?"
_PHONES: Final = re.compile(rf"\s*{_PHONE}(?:\s*[/,，、;；]\s*{_PHONE})*\s*", re.IGNORECASE)

Changes = Mapping[str, Any]


class Referral(Protocol):
    """What the decisions look at."""

    @property
    def state(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def priority(self) -> str: ...
    @property
    def from_site_id(self) -> str: ...
    @property
    def to_site_id(self) -> str | None: ...
    @property
    def clock_from(self) -> datetime | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...


def phone(value: str) -> str:
    """A number that can be called: digits with what stands between them, and an extension. Empty while nothing was typed. INVALID
    `referral.phone`."""
    said = text(value, "contact_phone", MOST_LINE, may_be_empty=True)
    if said and not (_PHONES.fullmatch(said) and len(re.findall(r"\d", said)) >= FEWEST_DIGITS):
        raise invalid("referral.phone", said, field="contact_phone")
    return said


def submit(row: Referral, now: datetime) -> Changes:
    """The receiving office has the patient's papers and a clock."""
    state = REFERRAL.step(row.state, "submit")
    within = ANSWER_WITHIN[(row.direction, row.priority)]
    return {"state": state, "submitted_at": now, **_clock(now, now + within)}


def accept(
    row: Referral,
    by: str | None,
    now: datetime,
    department: str,
    bed: str,
    slot_at: datetime | None,
    note: str,
    holder: str,
) -> Changes:
    """The patient has a place. CONFLICT `referral.accepted_by_other` (name) for the office that comes second."""
    if row.state in TREATED:
        raise conflict("referral.accepted_by_other", "accepted already", name=holder)
    state = REFERRAL.step(row.state, "accept")
    return {
        "state": state, "accepted_at": now, "accepted_by_id": by, "department": text(department, "department", MOST_LINE, may_be_empty=True),
        "bed": text(bed, "bed", MOST_LINE, may_be_empty=True), "slot_at": slot_at, "note": text(note, "note", MOST_TEXT, may_be_empty=True),
        "escalated": 0, "due_at": None, "clock_from": None, "look_at": max(slot_at or now, now) + arrive_within(row),
    }  # fmt: skip


def arrive_within(row: Referral) -> timedelta:
    return ARRIVE_WITHIN[(UP, row.priority)] if row.direction == UP else FIRST_CONTACT


def redirect(row: Referral, to_site_id: str, reason: str, now: datetime) -> Changes:
    """Another hospital is to answer, with a clock of its own. INVALID `referral.same_site`."""
    state = REFERRAL.step(row.state, "redirect")
    if to_site_id in (row.to_site_id, row.from_site_id):
        raise invalid("referral.same_site", to_site_id)
    text(reason, "reason", MOST_TEXT)
    return {"state": state, "to_site_id": to_site_id, **_clock(now, now + ANSWER_WITHIN[(row.direction, row.priority)])}


def ask(row: Referral, question: str, now: datetime) -> Changes:
    """The sender must answer first; the clock stands still."""
    state = REFERRAL.step(row.state, "ask")
    return {
        "state": state, "ask_text": text(question, "text", MOST_TEXT), "answer_text": None, "paused_at": now, "escalated": 0,
        "look_at": now + REMIND_ASKED,
    }  # fmt: skip


def answer(row: Referral, said: str, now: datetime) -> Changes:
    """The sender answered: the receiving office is due as much later as the answer took."""
    state = REFERRAL.step(row.state, "answer")
    pause = now - (row.paused_at or now)
    began, due = (row.clock_from or now) + pause, (row.due_at or now) + pause
    return {"state": state, "answer_text": text(said, "text", MOST_TEXT), "paused_at": None, **_clock(began, due)}


def decline(row: Referral, code: str, why: str) -> Changes:
    """No. INVALID `referral.reason` for an unknown code; `other` needs words."""
    state = REFERRAL.step(row.state, "decline")
    if code not in DECLINE_REASONS:
        raise invalid("referral.reason", code)
    said = text(why, "text", MOST_TEXT, may_be_empty=code != "other")
    return {"state": state, "reason_code": code, "reason_text": said, **STOPPED}


def cancel(row: Referral, why: str) -> Changes:
    """The sender needs it no more, until the patient is on the way."""
    state = REFERRAL.step(row.state, "cancel")
    said = text(why, "reason", MOST_TEXT, may_be_empty=row.state == DRAFT)
    return {"state": state, "reason_code": "cancelled", "reason_text": said, **STOPPED}


def expire(row: Referral, now: datetime) -> Changes:
    """No answer came to what the receiving office had asked."""
    return {"state": REFERRAL.step(row.state, "expire"), "reason_code": "expired", "reason_text": "", **STOPPED}


def depart(row: Referral, now: datetime, escort: str, vehicle: str, expected_at: datetime | None) -> Changes:
    """The patient is on the way."""
    state = REFERRAL.step(row.state, "depart")
    expected = expected_at or now
    return {
        "state": state, "departed_at": now, "expected_at": expected_at, "escort": text(escort, "escort", MOST_LINE, may_be_empty=True),
        "vehicle": text(vehicle, "vehicle", MOST_LINE, may_be_empty=True), "look_at": max(expected, now) + arrive_within(row), "no_show_at": None,
    }  # fmt: skip


def arrive(row: Referral, now: datetime) -> Changes:
    """The patient is there (下转: the first contact was made). The summary is due in 72 hours."""
    state = REFERRAL.step(row.state, "arrive")
    return {"state": state, "arrived_at": now, "no_show_at": None, **_clock(now, now + SUMMARY_WITHIN)}


def complete(row: Referral, outcome: str, summary: str, now: datetime) -> Changes:
    """What came of it, for the sender."""
    state = REFERRAL.step(row.state, "complete")
    if outcome not in OUTCOMES:
        raise invalid("field.choice", f"outcome {outcome}", field="outcome")
    return {
        "state": state, "outcome": outcome, "outcome_text": text(summary, "text", MOST_TEXT), "completed_at": now, "escalated": 0,
        "due_at": None, "clock_from": None, "look_at": now + CLOSE_BY_ITSELF,
    }  # fmt: skip


def close(row: Referral, now: datetime) -> Changes:
    return {"state": REFERRAL.step(row.state, "close"), "closed_at": now, "look_at": None}


def warn_at(began: datetime, due: datetime) -> datetime:
    return began + (due - began) * WARN_AT


def band(
    state: str, clock_from: datetime | None, due_at: datetime | None, no_show_at: datetime | None, now: datetime
) -> str:
    """red overdue or did not come, yellow from 70 % of the time on, else blue; grey where nothing is waited for."""
    if state in ENDED or state in (DRAFT, ASKED):
        return "grey"
    if no_show_at is not None:
        return "red"
    if clock_from is None or due_at is None:
        return "blue"
    if now >= due_at:
        return "red"
    return "yellow" if now >= warn_at(clock_from, due_at) else "blue"


def offers(state: str, sends: Sequence[str], receives: Sequence[str]) -> tuple[str, ...]:
    """The moves that may be offered now: the rights are those held at the sending and at the receiving hospital."""
    found = []
    for verb in REFERRAL.verbs(state):
        rights = sends if verb in SENDER_MOVES else receives if verb in RECEIVER_MOVES else ()
        if VERB_RIGHTS.get(verb) in rights:
            found.append(verb)
    return tuple(found)


def _clock(began: datetime, due: datetime) -> dict[str, Any]:
    return {"clock_from": began, "due_at": due, "look_at": warn_at(began, due), "escalated": 0}


STOPPED: Final[Mapping[str, Any]] = {"paused_at": None, "look_at": None, "due_at": None, "clock_from": None}
