"""What time itself does to a meeting and to the cases on its agenda: freezing, chasing, reminders, reviews. Pure.

As in `clocks`: `events` are what is still to come, each is done once and noted in `told` by its key.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from teleconsult.consult.clocks import Event, key

FREEZE_BEFORE, CHASE_BEFORE, SOON_BEFORE = timedelta(hours=48), timedelta(hours=24), timedelta(minutes=15)
MAY_START_BEFORE, LATE_START, LONG_SESSION = timedelta(minutes=30), timedelta(minutes=15), timedelta(hours=8)
SIGN_REMINDER, SIGN_DUE = timedelta(hours=12), timedelta(hours=24)
FIRST_REVIEW, SECOND_REVIEW = timedelta(days=30), timedelta(days=90)
MEMBERS_KEEP, CENTRE_KEEPS = timedelta(days=30), timedelta(days=90)
"""How long after the meeting has closed its members see a case, and how long after the case's own end its coordinators do."""
A_MOMENT, FARTHEST = timedelta(minutes=1), timedelta(days=800)

FREEZE, CHASE, SOON, NOT_STARTED, TOO_LONG = "freeze", "chase", "soon", "not_started", "too_long"
SIGN_SOON, SIGN_LATE, SIGN_AGAIN = "sign_reminder", "sign_late", "sign_again"
REVIEW, REVIEW_AGAIN = "review", "review_again"


class TimedMeeting(Protocol):
    @property
    def state(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def planned_at(self) -> datetime: ...
    @property
    def freeze_at(self) -> datetime: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def told(self) -> list[str]: ...


class TimedItem(Protocol):
    @property
    def state(self) -> str: ...
    @property
    def concluded_at(self) -> datetime | None: ...
    @property
    def signed_at(self) -> datetime | None: ...
    @property
    def told(self) -> list[str]: ...


def freeze_at(starts_at: datetime, planned_at: datetime) -> datetime:
    """Two days before; a meeting planned at shorter notice takes cases until it begins."""
    usual = starts_at - FREEZE_BEFORE
    return usual if usual > planned_at else starts_at


def meeting_events(row: TimedMeeting) -> list[Event]:
    """What time will still do to a meeting, earliest first."""
    return _left(_of_meeting(row), row.told)


def item_events(row: TimedItem) -> list[Event]:
    """What time will still do to an item, earliest first."""
    return _left(_of_item(row), row.told)


def next_look(events: Sequence[Event]) -> datetime | None:
    return events[0][0] if events else None


def sign_due(row: TimedItem) -> datetime | None:
    """By when everybody has signed."""
    return row.concluded_at + SIGN_DUE if row.state == "concluded" and row.concluded_at else None


def _left(planned: Iterator[Event], told: Sequence[str]) -> list[Event]:
    return sorted(event for event in planned if key(event) not in told)


def _of_meeting(row: TimedMeeting) -> Iterator[Event]:
    if row.state == "open":
        yield row.freeze_at, FREEZE
    if row.state in ("open", "frozen"):
        for before, what in ((CHASE_BEFORE, CHASE), (SOON_BEFORE, SOON)):
            if row.starts_at - before > row.planned_at:
                yield row.starts_at - before, what
        yield row.starts_at + LATE_START, NOT_STARTED
    if row.state == "live" and row.started_at is not None:
        yield row.started_at + LONG_SESSION, TOO_LONG


def _of_item(row: TimedItem) -> Iterator[Event]:
    if row.state == "concluded" and row.concluded_at is not None:
        yield row.concluded_at + SIGN_REMINDER, SIGN_SOON
        yield row.concluded_at + SIGN_DUE, SIGN_LATE
        yield row.concluded_at + 2 * SIGN_DUE, SIGN_AGAIN
    if row.state == "signed" and row.signed_at is not None:
        yield row.signed_at + FIRST_REVIEW, REVIEW
        yield row.signed_at + SECOND_REVIEW, REVIEW_AGAIN
