"""An expert's weekly hours: when consultations may be put. Pure.

`{"mon": [["08:00", "12:00"], ["14:00", "17:30"]], …}` in China Standard Time (UTC+8, one zone, no summer time). Nothing at all means at any time.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Final

from teleconsult.kernel.errors import invalid

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONE: Final = timezone(timedelta(hours=8))
_MOST_SLOTS = 6
AHEAD: Final = timedelta(days=14)
_STEP = timedelta(minutes=15)

Hours = Mapping[str, Sequence[Sequence[str]]]


def checked(hours: Any) -> dict[str, list[list[str]]]:
    """The same hours, sorted. INVALID `expert.hours` (day) for what is none: an unknown day, a slot that ends before it begins, two that overlap."""
    if not isinstance(hours, Mapping) or set(hours) - set(DAYS):
        raise invalid("expert.hours", "days are mon to sun", day="")
    return {day: _slots(day, hours[day]) for day in DAYS if hours.get(day)}


def _slots(day: str, slots: Any) -> list[list[str]]:
    refusal = invalid("expert.hours", f"{day}: [[from, to], …] as HH:MM", day=day)
    if not isinstance(slots, Sequence) or isinstance(slots, str) or len(slots) > _MOST_SLOTS:
        raise refusal
    try:
        pairs = sorted((_minute(start), _minute(end)) for start, end in slots)
    except (TypeError, ValueError):
        raise refusal from None
    ends = 0
    for start, end in pairs:
        if not ends <= start < end:
            raise refusal
        ends = end
    return [[_text(start), _text(end)] for start, end in pairs]


def _minute(text: str) -> int:
    if text == "24:00":
        return 24 * 60
    found = time.fromisoformat(text)
    if found.second or found.microsecond or found.tzinfo or len(text) != 5:
        raise ValueError(text)
    return found.hour * 60 + found.minute


def _text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def open_at(hours: Hours, at: datetime, minutes: int) -> bool:
    """Whether the whole of `minutes` from `at` lies in one slot."""
    if not hours:
        return True
    ends = at + timedelta(minutes=minutes)
    day = at.astimezone(ZONE).date()
    return any(start <= at and ends <= end for start, end in _on(hours, day))


def next_free(
    hours: Hours, after: datetime, minutes: int, taken: Sequence[tuple[datetime, datetime]]
) -> datetime | None:
    """As `next_open`, beside what is `taken` already: (from, to)."""
    at = next_open(hours, after, minutes)
    for begins, ends in sorted(taken):
        if at is not None and begins < at + timedelta(minutes=minutes) and at < ends:
            at = next_open(hours, _quarter(ends), minutes)
    return at


def next_open(hours: Hours, after: datetime, minutes: int) -> datetime | None:
    """The first quarter of an hour from `after` on at which `minutes` fit; None within two weeks."""
    if not hours:
        return after
    day = after.astimezone(ZONE).date()
    for ahead in range(AHEAD.days):
        for start, end in _on(hours, day + timedelta(days=ahead)):
            begin = _quarter(max(start, after))
            if begin + timedelta(minutes=minutes) <= end:
                return begin
    return None


def _quarter(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at if not over else at - over + _STEP


def _on(hours: Hours, day: date) -> Iterator[tuple[datetime, datetime]]:
    midnight = datetime.combine(day, time(), ZONE)
    for start, end in hours.get(DAYS[day.weekday()], ()):
        yield midnight + timedelta(minutes=_minute(start)), midnight + timedelta(minutes=_minute(end))
