"""What time itself does to a consultation: reminders, breaches, no-show, expiry. Pure.

`events` lists everything that is still to come in the present state, as (when, what); the sweep does what is due and sets the
row's `look_at` to the next one. What was done is noted by its key, so that nothing happens twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

TRIAGE: Final[Mapping[str, timedelta]] = {
    "urgent": timedelta(minutes=10),
    "normal": timedelta(hours=2),
    "elective": timedelta(hours=8),
}
OPINION: Final[Mapping[str, timedelta]] = {
    "urgent": timedelta(minutes=30),  # to the start; from there `URGENT_OPINION`
    "normal": timedelta(hours=24),
    "elective": timedelta(hours=72),
}
URGENT_OPINION: Final = timedelta(hours=2)
ROOM_OPENS_BEFORE: Final = timedelta(minutes=10)
REMIND_DAY, REMIND_SOON = timedelta(hours=24), timedelta(minutes=15)
HORIZON: Final = timedelta(days=90)
"""How far ahead a consultation may be put."""
NO_SHOW_AFTER: Final = timedelta(minutes=15)
SUPPLEMENT_REMINDER: Final[Mapping[str, timedelta]] = {
    "urgent": timedelta(minutes=30),
    "normal": timedelta(hours=24),
    "elective": timedelta(hours=24),
}
SUPPLEMENT_EXPIRY: Final[Mapping[str, timedelta]] = {
    "urgent": timedelta(hours=6),
    "normal": timedelta(hours=72),
    "elective": timedelta(hours=168),
}
FEEDBACK_REMINDER, FEEDBACK_DUE, GIVEN_UP = timedelta(days=3), timedelta(days=7), timedelta(days=30)
OPEN_AFTER_CLOSING: Final = timedelta(days=7)
"""How long an invited expert still sees the case after the end."""
WARN_AT: Final = 0.7

TRIAGE_LATE, OPINION_LATE = "triage_late", "opinion_late"
SUPPLEMENT_REMINDED, EXPIRED = "supplement_reminder", "expire"
DAY_BEFORE, SOON, NO_SHOW = "reminder_day", "reminder_soon", "no_show"
FEEDBACK_REMINDED, FEEDBACK_LATE, CLOSE = "feedback_reminder", "feedback_late", "close"

Event = tuple[datetime, str]


class Timed(Protocol):
    """What the clocks look at."""

    @property
    def state(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def assigned_at(self) -> datetime | None: ...
    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def signed_at(self) -> datetime | None: ...
    @property
    def adoption(self) -> str | None: ...
    @property
    def told(self) -> list[str]: ...


def events(row: Timed) -> list[Event]:
    """What time will still do, earliest first."""
    return sorted(event for event in _planned(row) if key(event) not in row.told)


def key(event: Event) -> str:
    """Names one occurrence: the same reminder of another time is another one."""
    return f"{event[1]}@{event[0].isoformat(timespec='seconds')}"


def due(row: Timed, now: datetime) -> list[Event]:
    return [event for event in events(row) if event[0] <= now]


def next_look(row: Timed, done: Sequence[Event] = ()) -> datetime | None:
    """When the sweep has to look at the row again, `done` set aside."""
    return min((event[0] for event in events(row) if event not in done), default=None)


def _planned(row: Timed) -> Iterator[Event]:
    state = row.state
    if state == "submitted" and row.due_at is not None:
        yield row.due_at, TRIAGE_LATE
    elif state == "supplement" and row.paused_at is not None:
        yield row.paused_at + SUPPLEMENT_REMINDER[row.urgency], SUPPLEMENT_REMINDED
        yield row.paused_at + SUPPLEMENT_EXPIRY[row.urgency], EXPIRED
    elif state in ("accepted", "scheduled", "assigned", "in_session", "opinion") and row.due_at is not None:
        yield row.due_at, OPINION_LATE
    if state == "scheduled" and row.starts_at is not None and row.assigned_at is not None:
        yield from _before(row.starts_at, row.assigned_at)
        yield row.starts_at + NO_SHOW_AFTER, NO_SHOW
    if state == "signed" and row.signed_at is not None:
        yield from _afterwards(row.signed_at, row.adoption)


def _before(starts_at: datetime, arranged_at: datetime) -> Iterator[Event]:
    """A reminder whose time had passed when the consultation was arranged is none."""
    for before, what in ((REMIND_DAY, DAY_BEFORE), (REMIND_SOON, SOON)):
        if starts_at - before > arranged_at:
            yield starts_at - before, what


def _afterwards(signed_at: datetime, adoption: str | None) -> Iterator[Event]:
    if adoption is not None:
        yield signed_at + FEEDBACK_DUE, CLOSE
        return
    yield signed_at + FEEDBACK_REMINDER, FEEDBACK_REMINDED
    yield signed_at + FEEDBACK_DUE, FEEDBACK_LATE
    yield signed_at + GIVEN_UP, CLOSE


def supplement_due(row: Timed) -> datetime | None:
    """Until when what is missing can be added; then the request expires. None while nothing is asked for."""
    if row.state != "supplement" or row.paused_at is None:
        return None
    return row.paused_at + SUPPLEMENT_EXPIRY[row.urgency]


def band(state: str, clock_from: datetime, due_at: datetime | None, now: datetime) -> str:
    """The colour by urgency: red overdue, yellow from 70 % of the time on, else blue; grey while nobody at the centre is awaited."""
    if due_at is None or state in ("draft", "supplement"):
        return "grey"
    if now >= due_at:
        return "red"
    return "yellow" if (now - clock_from) >= (due_at - clock_from) * WARN_AT else "blue"
