"""One try of one delivery: lease, effect, mark, in this order; or the reason why not.

The effect comes first and the mark after, so a worker that dies between them leaves the job to be done again, and every
job bears that. Tries are counted when a try begins: one that ends without a word is counted too.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from teleconsult.access import Role, notify
from teleconsult.access.queries import agreements_for
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.kernel.facts import Fact
from teleconsult.records import journal
from teleconsult.records.journal import Taken
from teleconsult.records.work import Work
from teleconsult.system import System
from workers.bench import Bench, lease_of
from workers.heartbeat import Heartbeat, end_this_process
from workers.jobs import JOBS

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow

log = logging.getLogger(__name__)


class After(Enum):
    """What becomes of a delivery whose job was refused."""

    RETRY = "retry"
    PARK = "park"


AFTER: Final[Mapping[Meaning, After]] = {
    Meaning.BUSY: After.RETRY,
    Meaning.CONFLICT: After.RETRY,  # somebody wrote at the same moment: look again
    Meaning.ABSENT: After.PARK,
    Meaning.FORBIDDEN: After.PARK,
    Meaning.INVALID: After.PARK,
}
_WAITS: Final[Mapping[Meaning, tuple[float, ...]]] = {
    Meaning.BUSY: (5.0, 30.0, 120.0, 600.0),  # a full disk or an absent database takes people to mend
    Meaning.CONFLICT: (0.2, 1.0, 5.0, 30.0),
}
_USUAL_WAITS = (2.0, 10.0, 30.0, 120.0)
_KEEPERS = (Role.COORDINATOR, Role.TECHNOLOGIST)
_PARKED = {"prepare": ("PreparationParked", "preparation.parked")}
_JOB_PARKED = ("JobParked", "job.parked")


def carry_out(bench: Bench, delivery_id: str) -> bool:
    """Try the delivery once; whether its effect is there and marked. Raises Refused BUSY when the database is away."""
    system, lease = bench.system, lease_of(bench.settings)
    taken = _begin(system, delivery_id, lease)
    if taken is None:
        return False

    def overtime() -> None:
        _give_up(system, taken, "job.hung", f"no end within {bench.settings.job_seconds} s", _USUAL_WAITS)
        end_this_process()

    with Heartbeat(system, taken, lease, bench.settings.job_seconds, overtime):
        return _tried(bench, taken)


def _begin(system: System, delivery_id: str, lease: float) -> Taken | None:
    with system.work() as work:
        taken = journal.take(work, delivery_id, lease)
        if taken is None:
            _announce_if_parked(work, delivery_id)
        return taken


def _announce_if_parked(work: Work, delivery_id: str) -> None:
    """A delivery whose workers died each time is parked on being taken: say so."""
    for row, fact in journal.parked(work):
        if row.id == delivery_id:
            _announce(work, row.id, str(row.runner), row.job, fact, str(row.error_code))


def _tried(bench: Bench, taken: Taken) -> bool:
    try:
        JOBS[taken.job](bench, taken.fact)
    except Refused as refusal:
        after, waits = AFTER[refusal.meaning], _WAITS.get(refusal.meaning, _USUAL_WAITS)
        _give_up(bench.system, taken, refusal.code, str(refusal), waits, park=after is After.PARK)
    except KeyError as error:
        if taken.job in JOBS:
            _give_up(bench.system, taken, "job.failed", _told(error), _USUAL_WAITS)
        else:
            _give_up(bench.system, taken, "job.unknown", taken.job, _USUAL_WAITS, park=True)
    except Exception as error:  # the boundary of the shell: any fault is this try's reason, and the worker goes on
        _give_up(bench.system, taken, "job.failed", _told(error), _USUAL_WAITS)
    else:
        with bench.system.work() as work:
            journal.done(work, taken)
        return True
    return False


def _give_up(
    system: System, taken: Taken, code: str, error: str, waits: tuple[float, ...], *, park: bool = False
) -> None:
    """This try is over: again later, or parked with the reason where people see it."""
    park = park or taken.tries >= journal.MOST_TRIES
    wait = waits[min(taken.tries, len(waits)) - 1]
    log.warning("%s, try %d: %s: %s", taken.job, taken.tries, code, error.strip().rsplit("\n", 1)[-1])
    try:
        with system.work() as work:
            journal.failed(work, taken, code, error, park=park, retry_in=wait)
            if park:
                _announce(work, taken.delivery_id, taken.runner, taken.job, taken.fact, code)
    except (Refused, SQLAlchemyError) as fault:
        log.warning("the reason could not be kept, the lease will run out: %s", fault)


def _announce(work: Work, delivery_id: str, runner: str, job: str, fact: FactRow, code: str) -> None:
    """A fact on the study's timeline, and a notice to those who can do something about it. Once for each last try."""
    name, notice = _PARKED.get(job, _JOB_PARKED)
    told = [
        notify(
            work, f"parked:{delivery_id}:{runner}:{site_id}", site_id, _KEEPERS, notice, fact.study_id,
            {"job": job, "reason": code},
        )
        for site_id in sorted({*fact.sites, *_readers_for(work, fact)})
    ]  # fmt: skip
    if told and not any(told):
        return
    details = {"job": job, "code": code, "delivery_id": delivery_id}
    work.record(Fact(name, fact.subject, fact.subject_id, 0, fact.study_id, tuple(fact.sites), details))


def _readers_for(work: Work, fact: FactRow) -> set[str]:
    """The sites that read for those of the fact: their coordinators wait for what is stuck."""
    return {found.reading_site_id for site_id in fact.sites for found in agreements_for(work, site_id, work.now)}


def _told(error: Exception) -> str:
    return "".join(traceback.format_exception(error))[-4000:]
