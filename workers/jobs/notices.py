"""Jobs that tell people: a notice in the bell of everybody who holds the role at the site, and live news of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from teleconsult.access import SYSTEM, Role, notify, shares_of
from teleconsult.access.rights import ORIGIN
from teleconsult.imaging.queries import study_detail
from teleconsult.kernel.values import Json
from teleconsult.records import Work
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow

# fact → notice code, who is told at the requesting site
COUNTY: Final[Mapping[str, tuple[str, tuple[Role, ...]]]] = {
    "ReportReady": ("report.ready", (Role.COUNTY_DOCTOR,)),
    "TaskReturned": ("task.returned", (Role.COUNTY_DOCTOR, Role.TECHNOLOGIST)),
}
SITE: Final[Mapping[str, str]] = {
    "InstanceConflicted": "quarantine.conflict",
    "IdentityConflicted": "quarantine.conflict",
    "ObjectRefused": "quarantine.refused",
    "RejectionIgnored": "rejection.ignored",
}
_KEEPERS = (Role.TECHNOLOGIST, Role.COORDINATOR)
_TELLABLE = ("sender", "sop_uid", "code", "reason", "addenda")


def notify_county(bench: Bench, fact: FactRow) -> None:
    """Tell the doctors of the hospital that asked. Repeat-safe by: one notice for each (fact id, site)."""
    code, roles = COUNTY[fact.name]
    code = "report.addended" if fact.details.get("addenda") else code
    with bench.system.work() as work:
        name = study_detail(work, SYSTEM, str(fact.study_id)).study.name_shown
        asking = {share.site_id for share in shares_of(work, str(fact.study_id)) if share.why == ORIGIN}
        _tell(work, fact, asking, roles, code, name=name)


def notify_site(bench: Bench, fact: FactRow) -> None:
    """Tell technologists and coordinators what lies in quarantine. Repeat-safe by: one notice for each (fact id, site)."""
    with bench.system.work() as work:
        _tell(work, fact, fact.sites, _KEEPERS, SITE[fact.name])


def _tell(work: Work, fact: FactRow, sites: Iterable[str], roles: tuple[Role, ...], code: str, **more: Json) -> None:
    params = {**more, **{key: fact.details[key] for key in _TELLABLE if fact.details.get(key) is not None}}
    for site_id in sorted(sites):
        notify(work, f"{fact.id}:{site_id}", site_id, roles, code, fact.study_id, params, fact.case_id)
