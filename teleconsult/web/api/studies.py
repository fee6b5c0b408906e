"""A study: its page, its prepared parts, its objects, its timeline."""

from collections import Counter
from datetime import datetime
from typing import Any

from flask import Response, request, send_file
from pydantic import Field

from teleconsult import reading
from teleconsult.access import Actor, permit_study
from teleconsult.access.queries import site_names
from teleconsult.imaging import (
    InstanceRow,
    SeriesRow,
    StudyRow,
    manifest_shelf,
    orders_queries,
    queries,
    rejection,
    scrub_damaged,
    structured,
    viewing,
    whole,
)
from teleconsult.imaging.metadata import bulk
from teleconsult.kernel.errors import Meaning, Refused, absent, invalid
from teleconsult.records import BlobStore, Work, journal
from teleconsult.reporting.queries import report_of_study
from teleconsult.web import auth
from teleconsult.web.api.audit import FactView, fact_view
from teleconsult.web.api.order_views import OrderBrief, order_brief
from teleconsult.web.api.reports import ReportView, report_view
from teleconsult.web.api.tasks import Named, Reason, TaskView, task_view
from teleconsult.web.respond import Model, answer
from teleconsult.web.routes import Routes

api = Routes("studies", __name__, "studies", "/api/studies")

_ENCAPSULATED_DOCUMENT = "00420011"
_FOR_EVER = "private, max-age=31536000, immutable"
_A_WHILE = "private, max-age=60"


class PatientView(Model):
    """Who it is. `doubtful`: the character set of the name is a guess, and the screen says so."""

    id: str
    name: str
    doubtful: bool
    sex: str
    age: str
    birth_date: str
    patient_id: str


class StudyFields(Model):
    id: str
    study_uid: str
    version: int
    state: str
    priority: str
    modalities: list[str]
    description: str
    body_part: str
    accession: str
    referring: str
    institution: str
    study_at: str
    arrived_at: datetime
    prepared_at: datetime | None
    series_count: int
    instance_count: int
    charset: str
    charset_reason: str


class SeriesView(Model):
    """`kind` (images, video, ecg, pdf, sr, other) and `thumb` are known once the study is prepared."""

    series_uid: str
    number: int | None
    description: str
    modality: str
    instance_count: int
    kind: str | None
    thumb: str | None


class Quality(Model):
    """What does not come as it should: frames without a picture, geometry, objects kept apart."""

    problems: list[Reason]


class StudyView(Model):
    study: StudyFields
    patient: PatientView
    site: Named
    task: TaskView | None
    waiting: Reason | None
    report: ReportView | None
    orders: list[OrderBrief]
    series: list[SeriesView]
    manifest_url: str | None
    quality: Quality
    timeline_url: str
    verbs: list[str]


class Timeline(Model):
    items: list[FactView]


class SrNode(Model):
    name: str
    kind: str
    text: str
    children: list["SrNode"]


class StudyPath(Model):
    id: str = Field(max_length=64)


class PicturePath(StudyPath):
    name: str = Field(max_length=32)


class ObjectPath(StudyPath):
    sop_uid: str = Field(max_length=64)


@api.get("/<id>", responses={200: StudyView}, summary="A study with its task, report and series")
def get_study(path: StudyPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.read(actor) as work:
        found = queries.study_detail(work, actor, path.id)
        task = reading.queries.task_of_study(work, actor, path.id)
        waiting = reading.queries.why_waiting(work, path.id)
        report = report_of_study(work, actor, path.id)
        asked = orders_queries.orders_of_study(work, path.id)
        names = site_names(work)
        damaged = scrub_damaged.damaged(work, system.blobs, path.id)
    prepared = _prepared(system.blobs, found.study)
    problems = _problems(prepared)
    if damaged:
        problems.append(Reason(code="images.damaged", params={"count": damaged}))
    if less := found.lacking:
        problems.append(Reason(code="images.lacking", params={"here": less.here, "expected": less.expected}))
    problems += [Reason(code=f"images.{code}", params={"count": n}) for code, n in found.rejected.items()]
    problems += [Reason(code=code, params=dict(params)) for code, params in found.identity]
    if found.open_cases:
        problems.append(Reason(code="arrivals.open", params={"count": found.open_cases}))
    shown = StudyView(
        study=study_fields(found.study), patient=patient_view(found.study),
        site=Named(id=found.study.site_id, name=names[found.study.site_id]),
        task=task_view(task) if task else None,
        waiting=Reason(code=waiting[0], params=waiting[1]) if waiting else None,
        report=report_view(report) if report else None, orders=[order_brief(row) for row in asked],
        series=[_series(row, prepared) for row in found.series],
        manifest_url=f"/api/studies/{path.id}/manifest" if found.study.prepared_at else None,
        quality=Quality(problems=problems), timeline_url=f"/api/studies/{path.id}/timeline",
        verbs=_verbs(actor, path.id),
    )  # fmt: skip
    return answer(shown)


@api.get("/<id>/manifest", summary="Everything a viewer needs before the first pixel (gzip JSON)")
def manifest(path: StudyPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.work(actor) as work:
        viewing.images_opened(work, actor, path.id)
        shown = manifest_shelf.shown(work, path.id)
        gone = rejection.rejected_uids(work, path.id) if rejection.is_outdated(work, path.id, shown) else None
        damaged = scrub_damaged.damaged_uids(work, system.blobs, path.id)
    try:
        packed = manifest_shelf.manifest_bytes(system.blobs, path.id, shown)
    except Refused as refused:
        if refused.meaning is Meaning.ABSENT:
            with system.work() as work:
                manifest_shelf.make_again(work, path.id, shown)
        raise
    if gone is not None:
        packed = manifest_shelf.without(packed, gone)
    if damaged:
        packed = manifest_shelf.with_damage(packed, damaged)
    response = Response(packed, mimetype="application/json")
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@api.get("/<id>/thumbs/<name>", summary="A picture of a series (WebP)")
def thumb(path: PicturePath) -> Response:
    return _picture(path.id, path.name)


@api.get("/<id>/preview", summary="The study's key image (WebP)")
def preview(path: StudyPath) -> Response:
    return _picture(path.id, "1p.webp")


@api.get("/<id>/timeline", responses={200: Timeline}, summary="Every fact about the study, in order")
def timeline(path: StudyPath) -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        permit_study(work, actor, "timeline.read", path.id)
        facts = journal.timeline(work, path.id)
        names = site_names(work)
    return answer(Timeline(items=[fact_view(fact, names) for fact in facts]))


@api.get("/<id>/objects/<sop_uid>/sr", responses={200: SrNode}, summary="A structured report as a tree of text")
def structured_report(path: ObjectPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.read(actor) as work:
        _, series_uid = _object(work, actor, path.id, path.sop_uid, "study.images")
        shown = manifest_shelf.shown(work, path.id)
    version = int(manifest_shelf.manifest(system.blobs, path.id, shown)["version"])
    for instance in manifest_shelf.series_metadata(system.blobs, path.id, version, series_uid):
        if instance.get("00080018", {}).get("Value") == [path.sop_uid]:
            return answer(_sr(structured.tree(instance)))
    raise absent("instance.absent", path.sop_uid)


@api.get("/<id>/objects/<sop_uid>/pdf", summary="The document inside an encapsulated PDF")
def encapsulated_pdf(path: ObjectPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.read(actor) as work:
        row, _ = _object(work, actor, path.id, path.sop_uid, "study.images")
    file = whole.file_of(system.blobs, row)
    if file is None:
        raise absent("blob.absent", row.blob_key)
    content = bulk(file, _ENCAPSULATED_DOCUMENT)[1]
    if not content.lstrip().startswith(b"%PDF"):
        raise invalid("object.no_pdf", path.sop_uid)
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; frame-ancestors 'self'; plugin-types application/pdf"
    )
    return response


@api.get("/<id>/objects/<sop_uid>/file", summary="The object as received (DICOM Part 10); recorded")
def download(path: ObjectPath) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.work(actor) as work:
        row, _ = _object(work, actor, path.id, path.sop_uid, "study.export")
        if not whole.is_there(system.blobs, row):
            raise absent("blob.absent", row.blob_key)
        viewing.object_taken(work, actor, path.id, path.sop_uid)
    name = f"{path.sop_uid}.dcm"
    return send_file(system.blobs.open(row.blob_key), "application/dicom", as_attachment=True, download_name=name)


def patient_view(study: StudyRow) -> PatientView:
    return PatientView(
        id=study.patient_id, name=study.name_shown, doubtful=study.in_doubt, sex=study.sex,
        age=study.age, birth_date=study.birth_date, patient_id=study.patient_number,
    )  # fmt: skip


def study_fields(study: StudyRow) -> StudyFields:
    taken = {name: getattr(study, name) for name in StudyFields.model_fields if name != "study_at"}
    return StudyFields(**taken, study_at=f"{study.study_date}{study.study_time}")


def _picture(study_id: str, name: str) -> Response:
    actor, system = auth.actor(), auth.system()
    with system.read(actor) as work:
        permit_study(work, actor, "study.images", study_id)
        shown = manifest_shelf.shown(work, study_id)
        if rejection.is_outdated(work, study_id, shown):
            raise absent("picture.absent", name)  # it may show what was rejected; the next one is being drawn
    content, version = manifest_shelf.picture(system.blobs, study_id, shown, name)
    response = Response(content, mimetype="image/webp")
    asked = request.args.get("v")
    response.headers["Cache-Control"] = (
        _FOR_EVER if asked == str(version) else _A_WHILE if asked else "private, no-cache"
    )
    response.vary.add("Cookie")  # by the session: the next person at this browser is asked anew who they are
    return response


def _object(work: Work, actor: Actor, study_id: str, sop_uid: str, verb: str) -> tuple[InstanceRow, str]:
    """The instance and its series' UID."""
    permit_study(work, actor, verb, study_id)
    row = queries.instance_of(work, study_id, sop_uid)
    series = next(series for series in queries.series_of(work, study_id) if series.id == row.series_id)
    return row, series.series_uid


def _prepared(blobs: BlobStore, study: StudyRow) -> list[dict[str, Any]]:
    """The series as the manifest has them; none before the study is prepared, where the manifest is lost, or while the store is away."""
    if study.prepared_at is None:
        return []
    try:
        found: list[dict[str, Any]] = manifest_shelf.manifest(blobs, study.id, study.shown_version)["series"]
    except Refused:
        return []
    return found


def _series(row: SeriesRow, prepared: list[dict[str, Any]]) -> SeriesView:
    drawn = next((series for series in prepared if series["series_uid"] == row.series_uid), {})
    return SeriesView(
        series_uid=row.series_uid, number=row.number, description=row.description, modality=row.modality,
        instance_count=row.instance_count, kind=drawn.get("kind"), thumb=drawn.get("thumb"),
    )  # fmt: skip


def _problems(prepared: list[dict[str, Any]]) -> list[Reason]:
    """What preparation found, one line per kind of trouble with how often."""
    counted: Counter[str] = Counter()
    for series in prepared:
        if reason := series.get("geometry", {}).get("reason"):
            counted[reason] += 1
        counted.update(instance["problem"]["code"] for instance in series["instances"] if instance.get("problem"))
    return [Reason(code=code, params={"count": count}) for code, count in counted.items()]


def _verbs(actor: Actor, study_id: str) -> list[str]:
    with auth.system().read(actor) as work:
        return queries.study_verbs(work, actor, study_id)


def _sr(node: structured.Node) -> SrNode:
    return SrNode(name=node.name, kind=node.kind, text=node.text, children=[_sr(child) for child in node.children])
