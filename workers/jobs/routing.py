"""Jobs that turn prepared studies into tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teleconsult import reading, reporting
from teleconsult.access import Role, tell_anew
from teleconsult.imaging import StudyRow
from teleconsult.reading.lifecycle import VERIFIED
from teleconsult.reporting.ground import LATE_IMAGES
from workers.bench import Bench
from workers.jobs.notices import caution_county, whose

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow

_AT_ONCE = 50
_READERS = (Role.RADIOLOGIST, Role.REVIEWER)


def route(bench: Bench, fact: FactRow) -> None:
    """Open the study's task, or let it wait with a reason. Repeat-safe by: one task for each study id."""
    with bench.system.work() as work:
        reading.open_for(work, str(fact.study_id))


def route_waiting(bench: Bench, fact: FactRow) -> None:
    """An agreement is new: route what has been waiting for one. Repeat-safe by: one task for each study id."""
    requesting = str(fact.details["requesting_site_id"])
    while True:
        with bench.system.work() as work:
            if reading.open_waiting(work, requesting, _AT_ONCE) < _AT_ONCE:
                return


def mark_late(bench: Bench, fact: FactRow) -> None:
    """Mark the task of a study that got images after it was prepared, and tell its readers; when it was signed without them, that an
    addendum may be due, and the hospital that asked to be careful with the report.

    Repeat-safe by: a mark is set once until somebody signs, a notice given once for each fact id (and site). Images that come one after
    another are one notice, which says how many there are by now.
    """
    with bench.system.work() as work:
        task = reporting.mark_late(work, str(fact.study_id))
        if task is not None:
            code = "study.late_signed" if task.state == VERIFIED else "study.late"
            said = whose(work, task.study_id, task.reading_site_id)
            said["objects"] = work.get(StudyRow, task.study_id).instance_count
            tell_anew(work, f"{fact.id}:late", task.reading_site_id, _READERS, code, task.study_id, said)
            if task.state == VERIFIED:
                caution_county(work, fact, LATE_IMAGES, {})
