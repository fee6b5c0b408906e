"""How a prepared study becomes a task: once, sent by an agreement, or waiting for one."""

from datetime import timedelta

from sqlalchemy import select

from teleconsult.access import PROFILES, open_share
from teleconsult.access.queries import agreements_for
from teleconsult.access.rights import READING
from teleconsult.kernel.values import new_id
from teleconsult.reading import facts
from teleconsult.reading.queries import StudyToRoute, study_to_route
from teleconsult.reading.routing import NoRoute, Route, route
from teleconsult.reading.tables import TaskRow, WaitingRow
from teleconsult.records.work import Work


def open_for(work: Work, study_id: str) -> TaskRow | None:
    """The study's task, opened now or before. None when no agreement sends it anywhere: it waits, and a fact says why.

    Repeats safely: a study has one task, and its waiting is told once for each reason. ABSENT `study.absent`.
    """
    known = work.session.scalars(select(TaskRow).where(TaskRow.study_id == study_id)).one_or_none()
    if known is not None:
        return known
    study = study_to_route(work, study_id)
    way = route(study.modality, agreements_for(work, study.site_id, work.now))
    if isinstance(way, NoRoute):
        _wait(work, study, way)
        return None
    return _open(work, study, way)


def open_waiting(work: Work, requesting_site_id: str, limit: int = 100) -> int:
    """Try again to route the site's waiting studies, the oldest first; how many were routed. Repeats safely.

    Call again while it gives `limit`.
    """
    waiting = select(WaitingRow.study_id).where(
        WaitingRow.requesting_site_id == requesting_site_id, WaitingRow.routed_at.is_(None)
    )
    opened = 0
    for study_id in work.session.scalars(waiting.order_by(WaitingRow.since)):
        opened += open_for(work, study_id) is not None
        if opened == limit:
            break
    return opened


def _open(work: Work, study: StudyToRoute, way: Route) -> TaskRow:
    minutes = PROFILES[way.sla].minutes(study.modality, study.priority)
    task = TaskRow(
        id=new_id(), version=1, study_id=study.id, requesting_site_id=study.site_id, reading_site_id=way.reading_site_id,
        agreement_id=way.agreement_id, state="queued", is_open=True, priority=study.priority, modality=study.modality,
        route_code=way.code, route_params=way.params, route_trace=way.trace, sla=way.sla,
        arrived_at=study.arrived_at, opened_at=work.now, clock_from=work.now, due_at=work.now + timedelta(minutes=minutes), releases=0, late_images=False,
    )  # fmt: skip
    work.add(task)
    open_share(work, study.id, way.reading_site_id, READING)
    waited = work.session.get(WaitingRow, study.id)
    if waited is not None:
        waited.routed_at = work.now
    work.record(facts.task_opened(task))
    return task


def _wait(work: Work, study: StudyToRoute, why: NoRoute) -> None:
    known = work.session.get(WaitingRow, study.id)
    if known is not None and known.code == why.code:
        return
    if known is None:
        work.add(
            WaitingRow(
                study_id=study.id, requesting_site_id=study.site_id, code=why.code, params=why.params, since=work.now
            )
        )
    else:
        known.code, known.params = why.code, why.params
    work.record(facts.study_unroutable(study.id, study.site_id, why.code, why.params))
