"""What came in and was not taken in, for technologists; jobs that were given up on, for coordinators."""

from collections.abc import Collection, Sequence
from datetime import datetime

from flask import Response
from pydantic import Field

from teleconsult.access import Actor, Role, Thing, permit, permits, shares_of
from teleconsult.access.queries import site_names
from teleconsult.imaging import QuarantineRow, StudyRow, identity_cases, quarantine, queries
from teleconsult.kernel.errors import absent, forbidden
from teleconsult.records import FactRow, Work, journal
from teleconsult.web import auth
from teleconsult.web.api.tasks import Reason
from teleconsult.web.respond import Done, Model, answer
from teleconsult.web.routes import Routes

api = Routes("arrivals", __name__, "arrivals", "/api")


class Whose(Model):
    """Whose an object is, as far as it says; what it does not say is empty."""

    name: str
    patient_id: str
    study_date: str
    modality: str
    description: str


class Arrival(Model):
    """An object kept apart. `reason.code` is object.…, instance.conflict, identity.conflict or site.conflict.

    `known` is the patient under whose study it arrived, for a conflict; it and `study_id` are null for who may not see that study. `cause` says why a transfer was cut off (object.cut_off): lost,
    aborted, silent, garbled or stopped; `came_whole`: its object has come since, so that nothing is left to do (resolved, by nobody).
    """

    id: str
    at: datetime
    last_at: datetime
    times: int
    site: str
    peer: str
    reason: Reason
    detail: str
    whose: Whose
    known: Whose | None
    sop_uid: str
    study_uid: str
    study_id: str | None
    size: int
    kept: bool
    state: str
    resolved_by: str | None
    resolved_at: datetime | None
    note: str | None
    cause: str
    came_whole: bool


class Arrivals(Model):
    items: list[Arrival]
    next: str | None
    total: int


class ArrivalsQuery(Model):
    state: str = Field(default="open", pattern="^(open|resolved|all)$")
    limit: int = Field(default=100, ge=1, le=500)
    offset: int = Field(default=0, ge=0)


class KeyPath(Model):
    id: str = Field(max_length=64)


class ResolveBody(Model):
    note: str = Field(max_length=2000)


class Parked(Model):
    id: str
    job: str
    fact: str
    study_id: str | None
    error_code: str
    error: str
    tries: int
    at: datetime


class ParkedList(Model):
    items: list[Parked]


@api.get("/arrivals", responses={200: Arrivals}, summary="What came from one's own sites and was not taken in")
def list_arrivals(query: ArrivalsQuery) -> Response:
    actor = auth.actor()
    sites = sorted(actor.sites(Role.TECHNOLOGIST, Role.COORDINATOR))
    if not sites:
        raise forbidden("permit.refused", verb="arrivals.see")
    with auth.system().read(actor) as work:
        pages = [queries.quarantine_of(work, actor, site, query.state, query.limit, query.offset) for site in sites]
        seen = _seen(work, actor, [row for page in pages for row in page.items])
        names, why = site_names(work), {row.id: _why(work, row, seen) for page in pages for row in page.items}
    rows = sorted((row for page in pages for row in page.items), key=lambda row: row.last_at, reverse=True)
    more, whole = any(page.more for page in pages), frozenset().union(*(page.whole for page in pages))
    return answer(
        Arrivals(
            items=[_arrival(row, names, seen, why[row.id], row.id in whole) for row in rows],
            next=str(query.offset + query.limit) if more else None,
            total=sum(page.open_total for page in pages),
        )
    )


@api.post("/arrivals/<id>/resolve", responses={200: Arrival}, summary="It needs nothing more, and why")
def resolve(path: KeyPath, body: ResolveBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        row = quarantine.resolve(work, actor, path.id, body.note)
        seen = _seen(work, actor, [row])
        shown = _arrival(row, site_names(work), seen, _why(work, row, seen))
    return answer(shown)


@api.get("/parked", responses={200: ParkedList}, summary="Jobs that were given up on, with the reason")
def list_parked() -> Response:
    actor = auth.actor()
    _permit_jobs("jobs.see")
    with auth.system().read(actor) as work:
        found = [(row, fact) for row, fact in journal.parked(work) if _looks_after(fact)]
    items = [
        Parked(
            id=row.id, job=row.job, fact=fact.name, study_id=fact.study_id, tries=row.tries, at=fact.at,
            error_code=row.error_code or "", error=_last_line(row.error),
        )
        for row, fact in found
    ]  # fmt: skip
    return answer(ParkedList(items=items))


@api.post("/parked/<id>/retry", responses={200: Done}, summary="Try a parked job again")
def retry(path: KeyPath) -> Response:
    actor = auth.actor()
    _permit_jobs("jobs.retry")
    with auth.system().work(actor) as work:
        fact = journal.fact_of(work, path.id)
        if fact is None or not _looks_after(fact) or not journal.retry(work, path.id):
            raise absent("delivery.absent", path.id)
    return answer(Done())


def _permit_jobs(verb: str) -> None:
    actor = auth.actor()
    permit(actor, verb, Thing(site_id=min(actor.sites(Role.COORDINATOR, Role.TECHNOLOGIST), default="")))


def _looks_after(fact: FactRow) -> bool:
    """A coordinator looks after every job: who will read a study may not be settled yet. A technologist after their site's."""
    actor = auth.actor()
    return actor.holds(Role.COORDINATOR) or not actor.sites(Role.TECHNOLOGIST).isdisjoint(fact.sites)


def _last_line(error: str | None) -> str:
    """What went wrong, without the trace: that is for the log."""
    return (error or "").strip().rsplit("\n", 1)[-1][:300]


def _seen(work: Work, actor: Actor, rows: Sequence[QuarantineRow]) -> set[str]:
    """The studies that these objects contradict and the actor may see."""
    ids = {row.study_id for row in rows if row.study_id}
    return {key for key in ids if permits(actor, "study.see", Thing(key, shares_of(work, key)))}


def _why(work: Work, row: QuarantineRow, seen: Collection[str]) -> str:
    if row.study_id is None:
        return row.reason
    return identity_cases.said(row, work.get(StudyRow, row.study_id), row.study_id in seen)


def _arrival(
    row: QuarantineRow, names: dict[str, str], seen: Collection[str], why: str, came_whole: bool = False
) -> Arrival:
    sees = row.study_id in seen
    said = {name: value for name, value in row.params.items() if not name.startswith("known_")}
    return Arrival(
        id=row.id, at=row.at, last_at=row.last_at, times=row.times, site=names.get(row.site_id, ""), peer=row.sender,
        reason=Reason(code=why, params=said), detail=row.detail, sop_uid=row.sop_uid,
        whose=_whose(row, ""), known=_whose(row, "known_") if sees and "known_name" in row.params else None,
        study_uid=row.study_uid, study_id=row.study_id if sees else None, size=row.size, kept=row.blob_key is not None,
        state="resolved" if came_whole else row.state, resolved_by=row.resolved_by, resolved_at=row.resolved_at, note=row.note,
        cause=str(row.params.get("cause", "")), came_whole=came_whole,
    )  # fmt: skip


def _whose(row: QuarantineRow, prefix: str) -> Whose:
    return Whose(**{name: str(row.params.get(prefix + name, "")) for name in Whose.model_fields})
