"""Telling people of critical findings: who is told what, and when, is this table and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from teleconsult import reporting
from teleconsult.access import SYSTEM, Role, notify
from teleconsult.kernel.values import Json
from teleconsult.reporting.queries import CriticalView
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow

_DOCTORS = (Role.COUNTY_DOCTOR,)
_ON_DUTY = (Role.COUNTY_DOCTOR, Role.COORDINATOR)
_CENTRE = (Role.COORDINATOR, Role.REVIEWER)

AT_THE_COUNTY: Final[Mapping[str, tuple[str, tuple[Role, ...]]]] = {
    "CriticalRaised": ("critical.raised", _DOCTORS),
    "CriticalEscalated": ("critical.escalated", _ON_DUTY),
    "CriticalActionOverdue": ("critical.action_overdue", _ON_DUTY),
    "CriticalWithdrawn": ("critical.withdrawn", _DOCTORS),
}
"""Fact → the code of the notice, and who of the hospital that asked is told."""

LAST_STEP: Final = 3


def notify_critical(bench: Bench, fact: FactRow) -> None:
    """Tell a critical finding's people what became of it, and mark it as told.

    Repeat-safe by: one notice for each (fact id, site), and `reporting.critical_notified` tells once. What is read back, withdrawn
    or closed by now is not rung for any more.
    """
    with bench.system.work() as work:
        reporting.hold_critical(work, fact.subject_id)  # who reads it back at this moment settles what is given here
        found = reporting.queries.critical(work, SYSTEM, fact.subject_id)
        row, key = found.row, f"{fact.id}:{found.site.id}"
        step = int(fact.details.get("escalated", 0))
        params: dict[str, Json] = {
            "name": found.patient.name, "item": row.item, "level": row.level, "critical_id": row.id,
            "step": step,
        }  # fmt: skip
        if fact.name == "CriticalAcknowledged":
            site_id, person_id = found.reading_site.id, found.raised_by.id
            by = found.acknowledged_by.name if found.acknowledged_by else ""
            notify(
                work, f"{fact.id}:{site_id}", site_id, (), "critical.acknowledged", row.study_id, {**params, "by": by},
                row.case_id, person_id,
            )  # fmt: skip
            return
        code, roles = AT_THE_COUNTY[fact.name]
        if _moot(fact, found):
            return
        about = row.id if fact.name != "CriticalWithdrawn" else None
        notify(work, key, found.site.id, roles, code, row.study_id, params, row.case_id, about=about)
        if fact.name == "CriticalEscalated" and step == LAST_STEP and found.reading_site.id != found.site.id:
            centre = found.reading_site.id
            notify(
                work, f"{fact.id}:{centre}", centre, _CENTRE, "critical.escalated_to_centre", row.study_id,
                {**params, "site": found.site.name}, row.case_id, about=row.id,
            )  # fmt: skip
        if fact.name == "CriticalRaised":
            reporting.critical_notified(work, fact.subject_id)


def _moot(fact: FactRow, found: CriticalView) -> bool:
    """Whether it came too late to ring for: silent, too, when it is withdrawn before anybody had read it back."""
    if fact.name == "CriticalWithdrawn":
        return not fact.details.get("acknowledged")
    if fact.name == "CriticalActionOverdue":
        return found.row.state != "acknowledged"
    return found.row.state not in ("raised", "notifying")
