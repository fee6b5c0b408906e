"""A critical finding from raised to closed. Pure: rows come in as they are, the columns to change come out; times are arguments.

    raised → notifying         the county's people have been told
    → acknowledged             somebody there has read the finding back in typed words
    → acting → closed          what was done, and what became of the patient
    → withdrawn                by whoever raised it, with a reason

While nobody reads it back, time escalates it three times: to everybody on duty, to the county's coordinator, to the
reading centre. It keeps ringing all the while.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from teleconsult.kernel.errors import conflict, forbidden, invalid
from teleconsult.kernel.lifecycle import Lifecycle
from teleconsult.reporting.canonical import plain
from teleconsult.reporting.critical_items import BY_CODE, LEVELS, OTHER, Item
from teleconsult.reporting.critical_phrases import clauses
from teleconsult.reporting.critical_read_back import DENIED, MISSING, repeats, says_whom

RAISED, NOTIFYING, ACKNOWLEDGED, ACTING, CLOSED, WITHDRAWN = (
    "raised", "notifying", "acknowledged", "acting", "closed", "withdrawn",
)  # fmt: skip
RINGING: Final = (RAISED, NOTIFYING)
OVER: Final = (CLOSED, WITHDRAWN)

CRITICAL = Lifecycle(
    start=RAISED,
    moves={
        (RAISED, "notify"): NOTIFYING,
        (RAISED, "acknowledge"): ACKNOWLEDGED,  # a doctor may be quicker than the one who tells
        (RAISED, "escalate"): RAISED,
        (RAISED, "withdraw"): WITHDRAWN,
        (NOTIFYING, "escalate"): NOTIFYING,
        (NOTIFYING, "acknowledge"): ACKNOWLEDGED,
        (NOTIFYING, "withdraw"): WITHDRAWN,
        (ACKNOWLEDGED, "remind"): ACKNOWLEDGED,
        (ACKNOWLEDGED, "act"): ACTING,
        (ACKNOWLEDGED, "withdraw"): WITHDRAWN,
        (ACTING, "act"): ACTING,
        (ACTING, "close"): CLOSED,
        (ACTING, "withdraw"): WITHDRAWN,
    },
)

ESCALATIONS: Final[Mapping[int, tuple[timedelta, ...]]] = {
    1: tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15)),
    2: tuple(timedelta(minutes=minutes) for minutes in (15, 30, 45)),
    3: tuple(timedelta(hours=hours) for hours in (24, 48, 72)),
}
"""After so long without a read-back, by level: to all on duty, to the county's coordinator, to the reading centre."""

ACT_WITHIN: Final = timedelta(minutes=15)
OUTCOME_WITHIN: Final[Mapping[str, timedelta]] = {
    "treat": timedelta(hours=24),
    "consult": timedelta(hours=24),
    "refer": timedelta(hours=72),
}
"""So long after the action what became of the patient is to be known."""
TARGET: Final = timedelta(minutes=10)
"""Within this a critical finding counts as told in time."""

ACTIONS: Final = ("treat", "consult", "refer")
OUTCOMES: Final = ("improved", "admitted", "referred", "died", "declined", "not_confirmed")
MOST_TEXT: Final = 2000
SHORTEST_REASON: Final = 2

Changes = Mapping[str, Any]


class Critical(Protocol):
    """What the decisions look at."""

    @property
    def item(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def escalated(self) -> int: ...
    @property
    def raised_by_id(self) -> str: ...
    @property
    def raised_at(self) -> datetime: ...
    @property
    def notified_at(self) -> datetime | None: ...


def raised(item: str, level: int | None, words: str, now: datetime) -> Changes:
    """The columns of a new finding. INVALID `field.choice` (field) for an item or level that is not ours, `field.empty`
    when it stands in no list and nobody says what it is."""
    found = BY_CODE.get(item)
    if found is None:
        raise invalid("field.choice", f"item {item}", field="item")
    level = found.level if level is None else level
    if level not in LEVELS:
        raise invalid("field.choice", f"level {level}", field="level")
    text = _text(words, "text", needed=item == OTHER)
    return {
        "item": item, "level": level, "text": text, "state": CRITICAL.start, "escalated": 0, "raised_at": now,
        "look_at": now + ESCALATIONS[level][0],
    }  # fmt: skip


def names(critical: Critical) -> tuple[str, ...]:
    """What a receiver may call it: the item's names; for one that stands in no list, the first clause of its text."""
    item: Item = BY_CODE[critical.item]
    return item.names or tuple(clauses(critical.text)[:1])


def notify(critical: Critical, now: datetime) -> Changes:
    """The county was told. Empty when it is known or over already: telling repeats safely."""
    return {"state": NOTIFYING, "notified_at": now} if critical.state == RAISED else {}


def acknowledge(critical: Critical, patient: tuple[str, ...], by: str, read_back: str, now: datetime) -> Changes:
    """Somebody of the county repeats in typed words who has what. INVALID `critical.read_back_patient` unless they name the patient
    (one of `patient`: name, number), `critical.read_back` unless they name the finding, `critical.read_back_denied` when they name it
    and deny or question it."""
    state = CRITICAL.step(critical.state, "acknowledge")
    said = _text(read_back, "read_back", needed=True)
    if not says_whom(said, patient):
        raise invalid("critical.read_back_patient", "the patient is not named")
    repeated = repeats(said, names(critical), patient)
    if repeated == MISSING:
        raise invalid("critical.read_back", "the finding is not named")
    if repeated == DENIED:
        raise invalid("critical.read_back_denied", "the finding is denied or questioned")
    told = {} if critical.notified_at else {"notified_at": now}
    return {
        "state": state, **told, "acknowledged_by_id": by, "acknowledged_at": now, "read_back": said, "look_at": now + ACT_WITHIN,
    }  # fmt: skip


def act(critical: Critical, by: str, action: str, words: str, now: datetime) -> Changes:
    """What is done about it. A later action takes the place of an earlier one, which the journal keeps."""
    state = CRITICAL.step(critical.state, "act")
    if action not in ACTIONS:
        raise invalid("field.choice", f"action {action}", field="action")
    text = _text(words, "text", needed=False)
    return {"state": state, "action": action, "action_text": text, "acted_by_id": by, "acted_at": now, "look_at": None}


def close(critical: Critical, by: str, outcome: str, words: str, now: datetime) -> Changes:
    """What became of the patient."""
    state = CRITICAL.step(critical.state, "close")
    if outcome not in OUTCOMES:
        raise invalid("field.choice", f"outcome {outcome}", field="outcome")
    text = _text(words, "text", needed=False)
    return {
        "state": state, "outcome": outcome, "outcome_text": text, "closed_by_id": by, "closed_at": now, "look_at": None,
    }  # fmt: skip


def withdraw(critical: Critical, by: str, reason: str, now: datetime) -> Changes:
    """It was none. Only whoever raised it may: FORBIDDEN `critical.not_raiser`."""
    if critical.raised_by_id != by:
        raise forbidden("critical.not_raiser", f"raised by {critical.raised_by_id}")
    state = CRITICAL.step(critical.state, "withdraw")
    return {
        "state": state, "withdrawn_reason": _text(reason, "reason", needed=True), "withdrawn_at": now, "look_at": None,
    }  # fmt: skip


def look(critical: Critical, now: datetime) -> tuple[str, Changes]:
    """What time does to a finding whose `look_at` has come: (escalate | remind, changes).

    One step at a time, so that after a long silence nobody is passed over. CONFLICT `move.illegal` when nothing is due.
    """
    if critical.state == ACKNOWLEDGED:
        CRITICAL.step(critical.state, "remind")
        return "remind", {"look_at": None}
    state = CRITICAL.step(critical.state, "escalate")
    steps = ESCALATIONS[critical.level]
    if critical.escalated >= len(steps):
        raise conflict("move.illegal", "everybody was told")
    reached = critical.escalated + 1
    coming = critical.raised_at + steps[reached] if reached < len(steps) else None
    return "escalate", {"state": state, "escalated": reached, "look_at": coming}


def offers(critical: Critical, actor_id: str, rights: frozenset[str]) -> tuple[str, ...]:
    """The verbs that this person may be offered now. `rights` are the verbs `critical.…` permitted to them."""
    found = []
    for verb in CRITICAL.verbs(critical.state):
        right = {"acknowledge": "critical.acknowledge", "act": "critical.act", "close": "critical.act"}.get(verb)
        mine = verb == "withdraw" and critical.raised_by_id == actor_id and "critical.raise" in rights
        if mine or (right is not None and right in rights):
            found.append(verb)
    return tuple(found)


def hears(critical: Critical, rights: frozenset[str]) -> bool:
    """Whether it rings on this person's screen: more people the longer nobody reads it back."""
    if critical.state not in RINGING:
        return False
    needed = ("critical.hear", "critical.hear_late", "critical.hear_late", "critical.hear_last")[
        : critical.escalated + 1
    ]
    return bool(rights.intersection(needed))


def not_critical(reason: str) -> str:
    """Why a flagged phrase is no critical finding, as it is kept. INVALID `field.empty` for hardly a word."""
    return _text(reason, "reason", needed=True)


def _text(text: str, field: str, needed: bool) -> str:
    text = plain(text).strip()
    if needed and len(text) < SHORTEST_REASON:
        raise invalid("field.empty", f"{field} is empty", field=field)
    if len(text) > MOST_TEXT:
        raise invalid("field.text", f"{field} is too long", field=field, most=MOST_TEXT)
    return text
