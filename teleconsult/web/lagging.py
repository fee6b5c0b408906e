"""Whether relay and workers do their part, as the database shows it: by what has waited for them for longer than it ever does.

Nobody beats a drum for this. A process that is away or hangs is seen as soon as something waits for it, and not before.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import String, func, literal_column, select

from teleconsult.records import DeliveryRow, FactRow, Work
from teleconsult.system import System

_LATE: Final = timedelta(seconds=60)  # usually it is done within one or two
_LOOKS, _BETWEEN = 3, 0.3
"""A worker between two jobs, a relay between two seals: only what is late at each look is said."""


def relay(system: System) -> str:
    """ok, or for how long the oldest fact has waited: the relay seals each within a second or two."""
    return _said(system, _unsealed_since)


def worker(system: System) -> str:
    """ok, or for how long the oldest job has waited that was handed out, while nobody is at any. Never behind while a job runs, however long it
    takes and however many wait: its lease lives."""
    return _said(system, _untaken_since)


def _said(system: System, oldest: Callable[[Work], datetime | None]) -> str:
    seconds = 0.0
    for look in range(_LOOKS):
        if look:
            time.sleep(_BETWEEN)
        with system.read() as work:
            since, now = oldest(work), work.now
        if since is None or now - since <= _LATE:
            return "ok"
        seconds = (now - since).total_seconds()
    return f"behind {seconds:.0f} s"


def _unsealed_since(work: Work) -> datetime | None:
    """The first in the order of the journal: an index holds what is unsealed in it."""
    return work.session.scalars(
        select(FactRow.at).where(FactRow.seal_no.is_(None)).order_by(FactRow.seq).limit(1)
    ).one_or_none()


def _untaken_since(work: Work) -> datetime | None:
    due = DeliveryRow.state == literal_column("'due'", String)  # spelt out, so that SQLite sees its partial index
    if work.session.scalars(select(DeliveryRow.id).where(due, DeliveryRow.lease_until >= work.now).limit(1)).first():
        return None
    handed = DeliveryRow.handed_until.is_not(None)  # else it is the relay's still
    return work.session.scalars(select(func.min(DeliveryRow.next_try)).where(due, handed)).one()
