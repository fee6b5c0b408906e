"""Who is who: conflicts with both sides in view, decisions about them, numbers that are one person; all with a way back."""

from collections.abc import Sequence
from pathlib import Path

from flask import Response
from pydantic import Field

from teleconsult.access import Actor, Role, Thing, permit, permit_study, permits, shares_of
from teleconsult.access.queries import site_names
from teleconsult.imaging import (
    DecisionRow,
    PatientRow,
    StudyRow,
    identity_cases,
    identity_decide,
    merge,
    queries,
    render_cards,
)
from teleconsult.imaging.find import Match, Page, studies
from teleconsult.imaging.find_names import shown
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.render_apart import Look
from teleconsult.imaging.render_child import encoded
from teleconsult.imaging.render_pool import RenderPool
from teleconsult.imaging.settle import Quiet
from teleconsult.kernel.errors import absent, forbidden
from teleconsult.records import Work
from teleconsult.reporting.queries.signed import last_signed, signed_at
from teleconsult.web import auth
from teleconsult.web.api.identity_views import (
    Conflicts,
    Decisions,
    DecisionView,
    PeopleFound,
    PersonView,
    conflict_view,
    decision_view,
    number_of,
)
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("identity", __name__, "identity", "/api")
_SIDE = 240
_POOL = RenderPool(2)  # starts no child before the first picture
_KEEPERS = (Role.TECHNOLOGIST, Role.COORDINATOR)


class ConflictPath(Model):
    key: str = Field(max_length=64)


class IdentityPath(Model):
    id: str = Field(max_length=64)


class SideQuery(Model):
    side: str = Field(default="claim", pattern="^(claim|known)$")


class DecideBody(Model):
    verb: str = Field(pattern="^(same_patient|other_patient|keep_old|study_stays|take_new|keep_both)$")
    reason: str = Field(max_length=2000)


class UndoBody(Model):
    reason: str = Field(max_length=2000)


class MergeBody(Model):
    gone: str = Field(max_length=64)
    kept: str = Field(max_length=64)
    reason: str = Field(max_length=2000)


class PeopleQuery(Model):
    q: str = Field(min_length=1, max_length=64)


@api.get("/conflicts", responses={200: Conflicts}, summary="Objects that contradict a study, with both sides")
def list_conflicts() -> Response:
    actor = _keeper()
    with auth.system().read(actor) as work:
        signed = signed_at(work, identity_cases.open_studies(work, actor))
        found = identity_cases.conflicts(work, actor, signed)
        names = site_names(work)
    return answer(Conflicts(items=[conflict_view(each, names) for each in found]))


@api.post("/conflicts/<key>/decide", responses={200: DecisionView}, summary="Decide about a conflict, with a reason")
def decide(path: ConflictPath, body: DecideBody) -> Response:
    actor, system = _keeper(), auth.system()
    quiet = Quiet(system.settings.settle_seconds, system.settings.settle_stat_seconds)
    row = identity_decide.decide(
        system.store, system.blobs, actor, path.key, body.verb, body.reason, last_signed, quiet
    )
    return answer(_decision(actor, row))


@api.get("/conflicts/objects/<id>/picture", summary="An object that came, or what is kept under its UID (WebP)")
def picture(path: IdentityPath, query: SideQuery) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.read(actor) as work:
        row = identity_cases.object_of(work, actor, path.id)
        key = row.blob_key
        if query.side == "known":
            permit_study(work, actor, "study.images", str(row.study_id))
            key = queries.instance_of(work, str(row.study_id), row.sop_uid).blob_key
    file = system.blobs.path(str(key))
    if file is None:
        raise absent("blob.absent", str(key))
    response = Response(_drawn(file), mimetype="image/webp")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@api.get("/decisions", responses={200: Decisions}, summary="What was decided, latest first, also what was undone")
def list_decisions() -> Response:
    actor = _keeper()
    with auth.system().read(actor) as work:
        rows = identity_cases.decisions(work, actor)
        names, patients, seen = site_names(work), _patients(work, rows), _seen(work, actor, rows)
    return answer(Decisions(items=[decision_view(row, names, patients, seen) for row in rows]))


@api.post("/decisions/<id>/undo", responses={200: DecisionView}, summary="Take a decision back, with a reason")
def undo(path: IdentityPath, body: UndoBody) -> Response:
    actor, system = _keeper(), auth.system()
    with system.read(actor) as work:
        row = work.get(DecisionRow, path.id)
    if row.verb == "merge":
        with system.work(actor) as work:
            row = merge.unmerge(work, actor, path.id, body.reason)
    else:
        row = identity_decide.undo(system.store, system.blobs, actor, path.id, body.reason, last_signed)
    return answer(_decision(actor, row))


@api.get("/people/search", responses={200: PeopleFound}, summary="Patient numbers that may be one person's")
def search_people(query: PeopleQuery) -> Response:
    actor = _keeper()
    with auth.system().read(actor) as work:
        found = studies(work, actor, Match(any_of=query.q), Page(200)).items
        counted: dict[str, int] = {}
        for each in found:
            counted[each.study.patient_id] = counted.get(each.study.patient_id, 0) + 1
        names = site_names(work)
        people = [_person(work, actor, work.get(PatientRow, key), count, names) for key, count in counted.items()]
    return answer(PeopleFound(items=people[:40]))


@api.post("/people/merge", responses={200: DecisionView}, summary="Two numbers are one person, with a reason")
def merge_people(body: MergeBody) -> Response:
    actor = _keeper()
    with auth.system().work(actor) as work:
        row = merge.merge(work, actor, body.gone, body.kept, body.reason)
    return answer(_decision(actor, row))


def _keeper() -> Actor:
    """Somebody who looks after arrivals somewhere; what they see of it is said by the queries."""
    actor = auth.actor()
    sites = sorted(actor.sites(*_KEEPERS))
    if not sites:
        raise forbidden("permit.refused", verb="arrivals.see")
    permit(actor, "arrivals.see", Thing(site_id=sites[0]))
    return actor


def _decision(actor: Actor, row: DecisionRow) -> DecisionView:
    with auth.system().read(actor) as work:
        return decision_view(row, site_names(work), _patients(work, [row]), _seen(work, actor, [row]))


def _seen(work: Work, actor: Actor, rows: Sequence[DecisionRow]) -> dict[str, str]:
    """The studies among these decisions that the actor may see, each with whose it is: name and number."""
    ids = {row.study_id for row in rows if row.study_id}
    seen = sorted(key for key in ids if permits(actor, "study.see", Thing(key, shares_of(work, key))))
    whose = {key: work.get(PatientRow, work.get(StudyRow, key).patient_id) for key in seen}
    return {key: f"{shown(row.name)} {row.number}".strip() for key, row in whose.items()}


def _patients(work: Work, rows: Sequence[DecisionRow]) -> dict[str, PatientRow]:
    ids = {key for row in rows for key in (row.gone_id, row.kept_id) if key}
    return {key: work.get(PatientRow, key) for key in ids}


def _person(work: Work, actor: Actor, row: PatientRow, count: int, names: dict[str, str]) -> PersonView:
    others = [each for each in merge.numbers_of(work, row) if each.id != row.id]
    visible = [number_of(each, names) or "" for each in others if merge.may_merge(work, actor, [each])]
    return PersonView(
        id=row.id, patient_id=row.number, issuer=names.get(row.issuer, row.issuer), name=shown(row.name), sex=row.sex,
        birth_date=row.birth_date, studies=count, merged=visible, may_merge=merge.may_merge(work, actor, [row]),
    )  # fmt: skip


def _drawn(file: Path) -> bytes:
    look = Look(_SIDE, _SIDE, "webp")
    try:
        return _POOL.frame(file, 0, [look])[0]
    except Undecodable as error:
        if error.code == "pixels.absent":  # a tracing, a report: the page says so in words
            raise absent("picture.no_pixels", error.detail) from error
        return encoded(render_cards.broken(error.code, (_SIDE, _SIDE)), look.format, look.quality)
