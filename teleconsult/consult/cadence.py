"""When a board meets: each week, every other week or once a month, on one day at one time. Pure.

Times are China Standard Time (UTC+8, no summer time). `anchor` is a day of the week from which every other week counts.
"""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final

from teleconsult.consult.hours import ZONE
from teleconsult.kernel.errors import invalid

WEEKLY, BIWEEKLY, MONTHLY = "weekly", "biweekly", "monthly"
EVERY: Final = (WEEKLY, BIWEEKLY, MONTHLY)
"""每周, 隔周, 每月."""
_A_MONDAY: Final = date(2024, 1, 1)
MOST_WEEK: Final = 4  # a fifth Tuesday is not in every month


@dataclass(frozen=True, slots=True)
class Cadence:
    """`weekday` 0 is Monday; `week` is the how-manieth such day of a month (1 to 4); `at` the minute of the day."""

    every: str
    weekday: int
    at: int
    week: int = 1
    anchor: date = _A_MONDAY

    def kept(self) -> dict[str, Any]:
        """As it is stored and shown."""
        clock = f"{self.at // 60:02d}:{self.at % 60:02d}"
        return {
            "every": self.every,
            "weekday": self.weekday,
            "at": clock,
            "week": self.week,
            "anchor": self.anchor.isoformat(),
        }


def checked(given: Any) -> Cadence:
    """INVALID `board.cadence` (field) for what is none."""
    if not isinstance(given, Mapping) or set(given) - {"every", "weekday", "at", "week", "anchor"}:
        raise invalid("board.cadence", "every, weekday, at, week, anchor", field="every")
    every, weekday, week = given.get("every"), given.get("weekday"), given.get("week", 1)
    if every not in EVERY:
        raise invalid("board.cadence", str(every)[:20], field="every")
    if type(weekday) is not int or not 0 <= weekday <= 6:
        raise invalid("board.cadence", str(weekday)[:20], field="weekday")
    if type(week) is not int or not 1 <= week <= MOST_WEEK:
        raise invalid("board.cadence", str(week)[:20], field="week")
    return Cadence(every, weekday, _minute(given.get("at")), week, _anchor(given.get("anchor")))


def dates(cadence: Cadence, after: datetime) -> Iterator[datetime]:
    """Every meeting that begins after `after`, for ever."""
    day = after.astimezone(ZONE).date()
    for found in _days(cadence, day):
        begins = datetime.combine(found, time(cadence.at // 60, cadence.at % 60), ZONE)
        if begins > after:
            yield begins


def next_dates(cadence: Cadence, after: datetime, count: int) -> list[datetime]:
    return list(islice(dates(cadence, after), count))


def _days(cadence: Cadence, day: date) -> Iterator[date]:
    if cadence.every == MONTHLY:
        year, month = day.year, day.month
        while year < 9999:
            yield _nth(year, month, cadence.weekday, cadence.week)
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return
    step = timedelta(days=7 if cadence.every == WEEKLY else 14)
    first = cadence.anchor + timedelta(days=(cadence.weekday - cadence.anchor.weekday()) % 7)
    found = first + step * ((day - first) // step)
    while found < day:
        found += step
    while found.year < 9999:
        yield found
        found += step


def _nth(year: int, month: int, weekday: int, week: int) -> date:
    first, _ = calendar.monthrange(year, month)
    return date(year, month, 1 + (weekday - first) % 7 + 7 * (week - 1))


def _minute(text: Any) -> int:
    try:
        found = time.fromisoformat(text)
    except (TypeError, ValueError):
        raise invalid("board.cadence", "HH:MM", field="at") from None
    if len(text) != 5 or found.second or found.tzinfo:
        raise invalid("board.cadence", "HH:MM", field="at")
    return found.hour * 60 + found.minute


def _anchor(text: Any) -> date:
    if text is None:
        return _A_MONDAY
    try:
        found = date.fromisoformat(text)
    except (TypeError, ValueError):
        raise invalid("board.cadence", "YYYY-MM-DD", field="anchor") from None
    if not 2000 <= found.year <= 2200:
        raise invalid("board.cadence", "YYYY-MM-DD", field="anchor")
    return found
