"""An MDT meeting and the cases on its agenda. Pure: rows come in as they are, the columns to change come out.

    meeting   open → frozen → live → minutes → closed · cancelled
    item      proposed → preparing → presenting → concluded → signed → closed · declined withdrawn deferred

A planned meeting takes proposals from the beginning; screening is what happens to a proposal; whether a case is ready is counted from its
preparations; minutes are issued when the last of them is signed, which closes the meeting; a signed item is tracked until its
recommendations are settled. None of these is a state of its own.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from teleconsult.consult import clocks_meeting as clocks
from teleconsult.consult.lifecycle import text
from teleconsult.kernel.errors import conflict, forbidden, invalid
from teleconsult.kernel.lifecycle import Lifecycle

OPEN, FROZEN, LIVE, MINUTES, CLOSED, CANCELLED = "open", "frozen", "live", "minutes", "closed", "cancelled"
PROPOSED, PREPARING, PRESENTING, CONCLUDED, SIGNED = "proposed", "preparing", "presenting", "concluded", "signed"
DECLINED, WITHDRAWN, DEFERRED = "declined", "withdrawn", "deferred"

MEETING = Lifecycle(
    start=OPEN,
    moves={
        (OPEN, "propose"): OPEN,
        (OPEN, "move"): OPEN,
        (OPEN, "freeze"): FROZEN,
        (OPEN, "start"): LIVE,  # planned at less than two days' notice
        (OPEN, "cancel"): CANCELLED,
        (FROZEN, "propose"): FROZEN,  # urgent ones, which the chair admits
        (FROZEN, "move"): FROZEN,
        (FROZEN, "reopen"): OPEN,  # moved so far away that the agenda is open again
        (FROZEN, "start"): LIVE,
        (FROZEN, "cancel"): CANCELLED,
        (LIVE, "propose"): LIVE,
        (LIVE, "start"): LIVE,  # the room was closed too early: another one
        (LIVE, "finish"): MINUTES,
        (MINUTES, "close"): CLOSED,
    },
)
ITEM = Lifecycle(
    start=PROPOSED,
    moves={
        (PROPOSED, "accept"): PREPARING,
        (PROPOSED, "decline"): DECLINED,
        (PROPOSED, "defer"): DEFERRED,
        (PROPOSED, "withdraw"): WITHDRAWN,
        (PREPARING, "prepare"): PREPARING,
        (PREPARING, "present"): PRESENTING,
        (PREPARING, "defer"): DEFERRED,
        (PREPARING, "withdraw"): WITHDRAWN,
        (PRESENTING, "conclude"): CONCLUDED,
        (PRESENTING, "pause"): PREPARING,  # another one first
        (PRESENTING, "defer"): DEFERRED,
        (CONCLUDED, "conclude"): CONCLUDED,  # until the first signature
        (CONCLUDED, "sign"): CONCLUDED,
        (CONCLUDED, "excuse"): CONCLUDED,  # a specialty that cannot sign any more
        (CONCLUDED, "complete"): SIGNED,
        (SIGNED, "review"): SIGNED,
        (SIGNED, "close"): CLOSED,
    },
)
RUNNING: Final = (OPEN, FROZEN, LIVE, MINUTES)
WAITING_ITEMS: Final = (PROPOSED, PREPARING, PRESENTING)
SHARED_ITEMS: Final = (PREPARING, PRESENTING, CONCLUDED, SIGNED, CLOSED)
"""Accepted: the members see the case."""
SOURCES: Final = ("case", "referral", "consultation", "report", "meeting")
MOST_MINUTES, LEAST_MINUTES, USUAL_MINUTES = 120, 3, 15
MOST_ITEMS, MOST_MISSING, MOST_KEY_IMAGES = 40, 20, 30
SEE, PROPOSE, SCREEN, PREPARE, PRESIDE, SIGN = (
    "meeting.see", "meeting.propose", "meeting.screen", "meeting.prepare", "meeting.preside", "meeting.sign",
)  # fmt: skip

Changes = Mapping[str, Any]


class Meeting(Protocol):
    """What the decisions look at."""

    @property
    def state(self) -> str: ...
    @property
    def chair_id(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def freeze_at(self) -> datetime: ...
    @property
    def minutes(self) -> int: ...


class Item(Protocol):
    @property
    def state(self) -> str: ...
    @property
    def urgent(self) -> bool: ...


def propose(meeting: Meeting, urgent: bool, now: datetime) -> str:
    """Whether a case may still be proposed. CONFLICT `meeting.frozen` once the agenda is, unless it is urgent; `move.illegal` afterwards."""
    state = MEETING.step(meeting.state, "propose")
    if not urgent and frozen(meeting, now):
        raise conflict("meeting.frozen", f"since {meeting.freeze_at}", freeze_at=meeting.freeze_at.isoformat())
    return state


def frozen(meeting: Meeting, now: datetime) -> bool:
    """The clock freezes; that the sweep has not come by yet changes nothing."""
    return meeting.state != OPEN or now >= meeting.freeze_at


def accept(meeting: Meeting, item: Item, by: str, coordinator: bool, now: datetime) -> Changes:
    """The case comes onto the agenda. Before the freeze by the coordinator; after it only an urgent one, by the chair.

    FORBIDDEN `meeting.not_the_chair`; CONFLICT `meeting.frozen`.
    """
    state = ITEM.step(item.state, "accept")
    MEETING.step(meeting.state, "propose")
    if not frozen(meeting, now):
        if not coordinator:
            the_chair(meeting, by)
    elif not item.urgent:
        raise conflict("meeting.frozen", f"since {meeting.freeze_at}", freeze_at=meeting.freeze_at.isoformat())
    else:
        the_chair(meeting, by)
    return {"state": state, "accepted_at": now, "accepted_by_id": by}


def present(meeting: Meeting, item: Item, by: str, now: datetime) -> Changes:
    """The case is before the meeting from now on. CONFLICT `meeting.not_live`."""
    the_chair(meeting, by)
    is_live(meeting)
    return {"state": ITEM.step(item.state, "present"), "presenting_from": now}


def pause(meeting: Meeting, item: Item, by: str) -> Changes:
    the_chair(meeting, by)
    return {"state": ITEM.step(item.state, "pause"), "presenting_from": None}


def defer(item: Item, reason: str, now: datetime) -> Changes:
    """Not today. The next meeting has it."""
    state = ITEM.step(item.state, "defer")
    text(reason, "reason")
    return {"state": state, "presenting_from": None, "end_reason": reason.strip(), "ended_at": now}


def drop(item: Item, verb: str, reason: str, now: datetime) -> Changes:
    """`decline` by the coordinator, or `withdraw`."""
    state = ITEM.step(item.state, verb)
    text(reason, "reason")
    return {"state": state, "end_reason": reason.strip(), "ended_at": now}


def start(meeting: Meeting, by: str, now: datetime) -> Changes:
    """The chair opens the meeting, at most half an hour early. CONFLICT `meeting.too_early`; again while live changes nothing."""
    the_chair(meeting, by)
    state = MEETING.step(meeting.state, "start")
    if meeting.state == LIVE:
        return {}
    if now < meeting.starts_at - clocks.MAY_START_BEFORE:
        raise conflict("meeting.too_early", f"begins at {meeting.starts_at}", starts_at=meeting.starts_at.isoformat())
    return {"state": state, "started_at": now}


def finish(meeting: Meeting, by: str, left: Collection[Item], reason: str, now: datetime) -> Changes:
    """The session is over. What was not discussed is deferred with `reason`. CONFLICT `meeting.presenting`; INVALID `field.empty`."""
    the_chair(meeting, by)
    state = MEETING.step(meeting.state, "finish")
    if any(item.state == PRESENTING for item in left):
        raise conflict("meeting.presenting", "conclude or defer the case that is being presented first")
    if left:
        text(reason, "reason")
    return {"state": state, "finished_at": now}


def cancel(meeting: Meeting, reason: str, now: datetime) -> Changes:
    state = MEETING.step(meeting.state, "cancel")
    text(reason, "reason")
    return {"state": state, "end_reason": reason.strip(), "ended_at": now}


def move(meeting: Meeting, starts_at: datetime, minutes: int, now: datetime) -> Changes:
    """Another time; the agenda is open again when it is far enough away. INVALID `meeting.time`."""
    MEETING.step(meeting.state, "move")
    time_checked(starts_at, minutes, now)
    freezes = clocks.freeze_at(starts_at, now)
    state = meeting.state
    if state == FROZEN and freezes > now:
        state = MEETING.step(state, "reopen")
    return {"state": state, "starts_at": starts_at, "minutes": minutes, "freeze_at": freezes, "planned_at": now}


def time_checked(starts_at: datetime, minutes: int, now: datetime) -> None:
    """INVALID `meeting.time` for a time that has passed, is years away, or a length that is none."""
    if not now - clocks.A_MOMENT <= starts_at <= now + clocks.FARTHEST or not 15 <= minutes <= 480:
        raise invalid("meeting.time", f"{starts_at} for {minutes} min", least=15, most=480)


def time_box(minutes: int) -> int:
    """INVALID `meeting.time_box`."""
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise invalid("meeting.time_box", str(minutes), least=LEAST_MINUTES, most=MOST_MINUTES)
    return minutes


def the_chair(meeting: Meeting, by: str) -> None:
    """FORBIDDEN `meeting.not_the_chair`."""
    if meeting.chair_id != by:
        raise forbidden("meeting.not_the_chair", by)


def is_live(meeting: Meeting) -> None:
    """CONFLICT `meeting.not_live`."""
    if meeting.state != LIVE:
        raise conflict("meeting.not_live", meeting.state)
