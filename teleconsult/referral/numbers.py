"""Numbers that people say on the telephone: a letter, the day, and a count that begins anew each day ("C261121-7")."""

from datetime import datetime, timedelta, timezone
from typing import Final

from sqlalchemy import text

from teleconsult.records.work import Work

CHINA: Final = timezone(timedelta(hours=8))
"""The day that a number names is the alliance's own, not London's."""

_COUNT = text(
    "INSERT INTO numbers (id, last) VALUES (:id, 1) ON CONFLICT (id) DO UPDATE SET last = numbers.last + 1 RETURNING last"
)


def next_number(work: Work, letter: str) -> str:
    """The next number; two at once get two. What is rolled back leaves a gap at most."""
    day = f"{letter}{day_of(work.now)}"
    return f"{day}-{work.session.execute(_COUNT, {'id': day}).scalar_one()}"


def day_of(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%y%m%d")
