"""Jobs that tell people: a notice in the bell of everybody who holds the role at the site, and live news of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from teleconsult.access import SYSTEM, Role, notify, retell, shares_of, tell_anew
from teleconsult.access.queries import site_names
from teleconsult.access.rights import ORIGIN
from teleconsult.imaging import QuarantineRow, StudyRow, quarantine
from teleconsult.imaging.identity_stays import about, statement, told
from teleconsult.imaging.queries import study_detail
from teleconsult.kernel.values import Json
from teleconsult.records import Work
from teleconsult.reporting.ground import LATE_IMAGES
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow

# fact → notice code, who is told at the requesting site
COUNTY: Final[Mapping[str, tuple[str, tuple[Role, ...]]]] = {
    "ReportReady": ("report.ready", (Role.COUNTY_DOCTOR,)),
    "TaskReturned": ("task.returned", (Role.COUNTY_DOCTOR, Role.TECHNOLOGIST)),
}
_KEEPERS = (Role.TECHNOLOGIST, Role.COORDINATOR)
_TELLABLE = ("sender", "sop_uid", "code", "reason", "addenda")


def notify_county(bench: Bench, fact: FactRow) -> None:
    """Tell the doctors of the hospital that asked. Repeat-safe by: one notice for each (fact id, site)."""
    code, roles = COUNTY[fact.name]
    code = "report.addended" if fact.details.get("addenda") else code
    with bench.system.work() as work:
        asking, name = _asking(work, fact)
        _tell(work, fact, asking, roles, code, name=name)


def caution_county(work: Work, fact: FactRow, caution: str, params: Mapping[str, Json]) -> None:
    """Tell whoever was told that the report is ready what became of its ground: they need do nothing but be careful. Once for each (fact id,
    site); images that come one after another are one notice."""
    asking, name = _asking(work, fact)
    give = tell_anew if caution == LATE_IMAGES else notify
    for site_id in sorted(asking):
        key, roles = f"{fact.id}:report:{site_id}", COUNTY["ReportReady"][1]
        give(work, key, site_id, roles, caution, str(fact.study_id), {**params, "name": name})


def _asking(work: Work, fact: FactRow) -> tuple[set[str], str]:
    """The hospitals that asked for the study's report, and the patient's name as it is shown."""
    name = work.get(StudyRow, str(fact.study_id)).name_shown
    return {share.site_id for share in shares_of(work, str(fact.study_id)) if share.why == ORIGIN}, name


def whose(work: Work, study_id: str, site_id: str) -> dict[str, Json]:
    """Of whom a study is, and of what kind, for a notice at this site: nothing where the site does not have the study (any more)."""
    study = work.get(StudyRow, study_id)
    having = {share.site_id for share in shares_of(work, study_id) if share.person_id is None}
    if site_id not in {study.site_id, *having}:
        return {}
    return {"name": study.name_shown, "modality": study.modality}


def notify_site(bench: Bench, fact: FactRow) -> None:
    """Tell technologists and coordinators what lies in quarantine, what became of it elsewhere, and which note did nothing. Repeat-safe by: one
    notice for each (fact id, site); what waits already is told anew."""
    with bench.system.work() as work:
        _SITE[fact.name](work, fact)


def _refused(work: Work, fact: FactRow) -> None:
    """One notice for all that a device sent or a person uploaded and that failed alike, which counts and waits until they are dealt with."""
    row = work.get(QuarantineRow, fact.subject_id)
    said: dict[str, Json] = {"sender": row.sender, "count": quarantine.alike(work, row)}
    if row.peer_id is None:
        said["by_person"] = True
    _wait(work, fact, row, row.site_id, "quarantine.refused", said)


def _contradicted(work: Work, fact: FactRow) -> None:
    """One notice at each hospital for all objects that contradict a study alike. Each is told its own patient only."""
    row = work.get(QuarantineRow, fact.subject_id)
    study, count = study_detail(work, SYSTEM, str(row.study_id)).study, quarantine.alike(work, row)
    said = {"name": row.params.get("name") or "—", "patient_id": row.params.get("patient_id") or "—", "count": count}
    _wait(work, fact, row, row.site_id, "quarantine.conflict", said)
    if study.site_id == row.site_id or statement(work, quarantine.group_of(row), row.site_id) is not None:
        return  # one hospital, or the other one has said its part
    names = {
        "name": study.name_shown,
        "patient_id": study.patient_number,
        "site": site_names(work).get(row.site_id, ""),
    }
    _wait(work, fact, row, study.site_id, "quarantine.contradicted", {**names, "count": count})


def _wait(work: Work, fact: FactRow, row: QuarantineRow, site_id: str, code: str, params: Mapping[str, Json]) -> None:
    waits = about(quarantine.group_of(row), site_id)
    if params["count"] and not retell(work, waits, params):
        notify(work, f"{fact.id}:{site_id}", site_id, _KEEPERS, code, None, params, about=waits)


def _study_stays(work: Work, fact: FactRow) -> None:
    """The hospital whose objects contradict another one's study learns that this one stays as it is: theirs wait for them."""
    said = told(work, fact.subject_id)
    if said is not None:
        params: dict[str, Json] = {"site": said.site, "by": said.by, "count": fact.details.get("objects")}
        notify(work, f"{fact.id}:sender", said.sender_site_id, _KEEPERS, "quarantine.study_stays", None, params)


def _ignored(work: Work, fact: FactRow) -> None:
    _tell(work, fact, fact.sites, _KEEPERS, "rejection.ignored")


def _tell(work: Work, fact: FactRow, sites: Iterable[str], roles: tuple[Role, ...], code: str, **more: Json) -> None:
    params = {**more, **{key: fact.details[key] for key in _TELLABLE if fact.details.get(key) is not None}}
    for site_id in sorted(sites):
        notify(work, f"{fact.id}:{site_id}", site_id, roles, code, fact.study_id, params, fact.case_id)


_SITE: Final[Mapping[str, Callable[[Work, FactRow], None]]] = {
    "InstanceConflicted": _contradicted,
    "IdentityConflicted": _contradicted,
    "ObjectRefused": _refused,
    "ConflictDecided": _study_stays,
    "RejectionIgnored": _ignored,
}
