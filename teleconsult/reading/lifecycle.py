"""A reading task from queued to verified, and its clock. Pure: rows come in as they are, the columns to change come out.

    queued → claimed → reported → verified        a reader claims under a lease, reports, a reviewer signs
    claimed → queued                              released with a reason, or the lease lapsed
    reported → claimed                            the reviewer sent the report back: the same reader gets it
    claimed → returned → queued                   the requesting site must answer; meanwhile the clock stands still
    queued, claimed, reported, returned → cancelled

Receiving and preparing belong to the study, waiting and late images are flags: they are no states.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from teleconsult.kernel.errors import conflict, invalid
from teleconsult.kernel.lifecycle import Lifecycle

QUEUED, CLAIMED, REPORTED, VERIFIED, RETURNED, CANCELLED = "queued", "claimed", "reported", "verified", "returned", "cancelled"  # fmt: skip
OPEN: Final = (QUEUED, CLAIMED, REPORTED, RETURNED)
CLOSED: Final = (VERIFIED, CANCELLED)

TASK = Lifecycle(
    start=QUEUED,
    moves={
        (QUEUED, "claim"): CLAIMED,
        (QUEUED, "cancel"): CANCELLED,
        (CLAIMED, "claim"): CLAIMED,  # by the same reader again: harmless
        (CLAIMED, "heartbeat"): CLAIMED,
        (CLAIMED, "submit"): REPORTED,
        (CLAIMED, "release"): QUEUED,
        (CLAIMED, "lapse"): QUEUED,
        (CLAIMED, "return"): RETURNED,
        (CLAIMED, "cancel"): CANCELLED,
        (REPORTED, "send_back"): CLAIMED,
        (REPORTED, "verify"): VERIFIED,
        (REPORTED, "cancel"): CANCELLED,
        (RETURNED, "answer"): QUEUED,
        (RETURNED, "cancel"): CANCELLED,
        (VERIFIED, "verify"): VERIFIED,  # the job that verifies may run twice
    },
)

RETURN_REASONS: Final = ("documents_missing", "images_unfit", "wrong_region", "other")
"""资料不全, 图像不合格, 部位不符, 其他."""

SENT_BACK_LEASES: Final = 8
"""A reader whose report was sent back may be away: the lease is this many times the usual one."""

URGENCY: Final = {"ROUTINE": 0, "URGENT": 1, "STAT": 2}
WARN_AT: Final = 0.7
MOST_TEXT: Final = 2000

Changes = Mapping[str, Any]


class Task(Protocol):
    """What the decisions look at."""

    @property
    def state(self) -> str: ...
    @property
    def priority(self) -> str: ...
    @property
    def reader_id(self) -> str | None: ...
    @property
    def lease_until(self) -> datetime | None: ...
    @property
    def clock_from(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def releases(self) -> int: ...


def claim(task: Task, by: str, now: datetime, lease: timedelta, holder: str = "") -> Changes:
    """The task is `by`'s until the lease ends. CONFLICT `task.claimed_by_other` (name) while another's lease lives.

    A lease that has run out is no hindrance, swept or not. The same reader again only extends the lease.
    """
    if task.state == CLAIMED and task.reader_id != by:
        if not lapsed(task, now):
            raise conflict("task.claimed_by_other", f"claimed by {task.reader_id}", name=holder)
        return {
            "state": TASK.step(TASK.step(CLAIMED, "lapse"), "claim"),
            **_held_by(by, now + lease),
            "claimed_at": now,
        }
    state = TASK.step(task.state, "claim")
    if task.state == CLAIMED:
        return {"lease_until": now + lease}
    return {"state": state, **_held_by(by, now + lease), "claimed_at": now}


def held(task: Task, by: str, holder: str = "") -> None:
    """Refuse unless `by` has the task claimed: CONFLICT `task.claimed_by_other` (name) or `task.not_claimed`.

    A lease that ran out unnoticed still holds as long as nobody took the task.
    """
    if task.state != CLAIMED:
        raise conflict("task.not_claimed", f"the task is {task.state}", state=task.state)
    if task.reader_id != by:
        raise conflict("task.claimed_by_other", f"claimed by {task.reader_id}", name=holder)


def heartbeat(task: Task, by: str, now: datetime, lease: timedelta, holder: str = "") -> Changes:
    """The lease ends later; never earlier than it did."""
    held(task, by, holder)
    TASK.step(task.state, "heartbeat")
    return {"lease_until": max(now + lease, task.lease_until or now)}


def release(task: Task, by: str, reason: str, holder: str = "") -> Changes:
    """Back to the queue, with the reason that the reader gave. The clock runs on."""
    held(task, by, holder)
    _text(reason, "reason")
    return {"state": TASK.step(task.state, "release"), **_FREE, "releases": task.releases + 1}


def lapse(task: Task, now: datetime) -> Changes:
    """Back to the queue because the lease ran out. CONFLICT `task.lease_alive` before that."""
    state = TASK.step(task.state, "lapse")
    if not lapsed(task, now):
        raise conflict("task.lease_alive", f"until {task.lease_until}")
    return {"state": state, **_FREE}


def lapsed(task: Task, now: datetime) -> bool:
    return task.lease_until is not None and task.lease_until <= now


def submit(task: Task, by: str, now: datetime, holder: str = "") -> Changes:
    """The reader's report is handed in for review; the reader stays named, the lease ends."""
    held(task, by, holder)
    return {"state": TASK.step(task.state, "submit"), "lease_until": None, "reported_at": now}


def send_back(task: Task, now: datetime, lease: timedelta) -> Changes:
    """The reviewer wants changes: the same reader has the task again, with a longer lease."""
    return {
        "state": TASK.step(task.state, "send_back"),
        "lease_until": now + lease * SENT_BACK_LEASES,
        "reported_at": None,
    }


def verify(task: Task, now: datetime) -> Changes:
    """The report is signed; the clock stops. Nothing changes the second time."""
    state = TASK.step(task.state, "verify")
    return {} if task.state == VERIFIED else {"state": state, "verified_at": now, "is_open": False}


def return_to_site(task: Task, by: str, code: str, text: str, now: datetime, holder: str = "") -> Changes:
    """The requesting site must answer first. The clock stands still. INVALID `task.return_reason` for an unknown code."""
    held(task, by, holder)
    if code not in RETURN_REASONS:
        raise invalid("task.return_reason", code)
    if code == "other":
        _text(text, "text")
    _short(text, "text")
    return {
        "state": TASK.step(task.state, "return"), **_FREE, "paused_at": now,
        "return_code": code, "return_text": text.strip(), "returned_by_id": by,
    }  # fmt: skip


def answer(task: Task, text: str, now: datetime) -> Changes:
    """The site answered: back to the queue with its priority, due as much later as the pause was long."""
    state = TASK.step(task.state, "answer")
    _text(text, "text")
    pause = now - (task.paused_at or now)
    return {
        "state": state, "paused_at": None, "answer_text": text.strip(),
        "due_at": task.due_at + pause, "clock_from": task.clock_from + pause,
    }  # fmt: skip


def cancel(task: Task, reason: str, by_reading_site: bool) -> Changes:
    """No report is wanted any more. The requesting site may only while nobody reads: CONFLICT `task.cancel_too_late`."""
    state = TASK.step(task.state, "cancel")
    if not by_reading_site and task.state not in (QUEUED, RETURNED):
        raise conflict("task.cancel_too_late", f"the task is {task.state}", state=task.state)
    _text(reason, "reason")
    return {"state": state, **_FREE, "paused_at": None, "is_open": False, "cancel_reason": reason.strip()}


def hasten(task: Task, priority: str, minutes: int) -> Changes:
    """More urgent than it was thought: due as its profile says for the new priority, never later than before. Nothing once it is reported."""
    if task.state not in (QUEUED, CLAIMED, RETURNED) or URGENCY[priority] <= URGENCY[task.priority]:
        return {}
    return {"priority": priority, "due_at": min(task.due_at, task.clock_from + timedelta(minutes=minutes))}


def band(state: str, clock_from: datetime, due_at: datetime, now: datetime) -> str:
    """The colour by urgency: red overdue, yellow from 70 % of the time on, else blue; grey while paused and when closed."""
    if state == RETURNED or state in CLOSED:
        return "grey"
    if now >= due_at:
        return "red"
    return "yellow" if (now - clock_from) >= (due_at - clock_from) * WARN_AT else "blue"


def offers(task: Task, actor_id: str, rights: frozenset[str], now: datetime) -> tuple[str, ...]:
    """The verbs that this person may be offered now, in the table's order. `rights` are the task verbs permitted to them."""
    return tuple(verb for verb in TASK.verbs(task.state) if _offered(task, verb, actor_id, rights, now))


def _offered(task: Task, verb: str, actor_id: str, rights: frozenset[str], now: datetime) -> bool:
    mine = task.reader_id == actor_id
    match verb:
        case "claim":
            return "task.claim" in rights and (task.state == QUEUED or (not mine and lapsed(task, now)))
        case "heartbeat" | "release" | "submit":
            return mine
        case "return":
            return mine and "task.return" in rights
        case "answer":
            return "task.answer" in rights
        case "cancel":
            early = task.state in (QUEUED, RETURNED)
            return "task.cancel_any" in rights or ("task.cancel" in rights and early)
    return False  # lapse, verify, send_back are nobody's button


def _held_by(reader: str, until: datetime) -> dict[str, Any]:
    return {"reader_id": reader, "lease_until": until}


_FREE: Final[Mapping[str, Any]] = {"reader_id": None, "lease_until": None}


def _text(text: str, field: str) -> None:
    if not text.strip():
        raise invalid("field.empty", f"{field} is empty", field=field)
    _short(text, field)


def _short(text: str, field: str) -> None:
    if len(text) > MOST_TEXT:
        raise invalid("field.text", f"{field}: at most {MOST_TEXT} characters", field=field, most=MOST_TEXT)
