"""A follow-up from planned to done, and its reminders. Pure."""

from datetime import datetime, timedelta
from typing import Final

from teleconsult.kernel.errors import invalid
from teleconsult.kernel.lifecycle import Lifecycle

PLANNED, DONE, CHANGED, DECLINED = "planned", "done", "changed", "declined"

FOLLOW_UP = Lifecycle(
    start=PLANNED,
    moves={(PLANNED, "do"): DONE, (PLANNED, "change"): CHANGED, (PLANNED, "decline"): DECLINED},
)

FACTS: Final = {"do": "FollowUpDone", "change": "FollowUpChanged", "decline": "FollowUpDeclined"}

YELLOW_AFTER: Final = timedelta(days=3)
RED_AFTER: Final = timedelta(days=7)
TELL_ORIGIN_AFTER: Final = 2
"""After so many reminders the hospital of the case hears of it, too."""

MOST_TEXT: Final = 2000


def due(due_at: datetime | None, now: datetime) -> datetime | None:
    """When somebody who plans it wants it done. INVALID `followup.past` for what is over: it would be late before it was planned."""
    if due_at is not None and due_at < now:
        raise invalid("followup.past", f"due {due_at.isoformat()}", field="due_at")
    return due_at


def reminder(escalated: int, due_at: datetime) -> tuple[str, datetime | None]:
    """The notice to give now, and when to look again: when due, after three days, after seven, and no more."""
    steps = (
        ("followup.due", due_at + YELLOW_AFTER),
        ("followup.overdue", due_at + RED_AFTER),
        ("followup.overdue", None),
    )
    return steps[min(escalated, len(steps) - 1)]


def band(state: str, due_at: datetime | None, now: datetime) -> str:
    """grey when it is over; blue, yellow from three days after it was due, red from seven."""
    if state != PLANNED:
        return "grey"
    late = now - due_at if due_at else timedelta(0)
    return "red" if late >= RED_AFTER else "yellow" if late >= YELLOW_AFTER else "blue"
