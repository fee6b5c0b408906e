"""The worklist, and the list of a hospital's own studies: the same rows, asked for differently."""

from datetime import datetime

from flask import Response
from pydantic import Field

from teleconsult.imaging.manifest_shelf import picture_url
from teleconsult.kernel.errors import invalid
from teleconsult.reporting.queries import Filter, Order, Page, worklist, worklist_sites
from teleconsult.reporting.queries import WorklistRow as Row
from teleconsult.web import auth
from teleconsult.web.api.tasks import Named, Reason
from teleconsult.web.respond import Model, answer_if_changed
from teleconsult.web.routes import Routes

api = Routes("worklist", __name__, "worklist", "/api")


class RowPatient(Model):
    """`doubtful`: the character set of the name is a guess, and the screen says so."""

    id: str
    name: str
    doubtful: bool
    sex: str
    age: str
    patient_id: str


class Lacking(Model):
    """`here` of `expected` images have come."""

    here: int
    expected: int


class WorklistRow(Model):
    """One study. `kind` is task, receiving (still arriving) or unrouted (no agreement sends it anywhere). `lacking` is null unless
    somebody has announced more images than have come. `damaged` images are counted in `instance_count` and can't be shown; `rejected` ones are not and are
    shown no longer.
    `withdrawn`: images that the signed report rests on were rejected since, and no addendum has answered it."""

    kind: str
    task_id: str | None
    study_id: str
    study_uid: str
    version: int
    state: str
    priority: str
    due_at: datetime | None
    paused: bool
    late_images: bool
    route_reason: Reason | None
    band: str
    patient: RowPatient
    site: Named
    reading_site: Named | None
    modality: str
    modalities: list[str]
    description: str
    body_part: str
    accession: str
    series_count: int
    instance_count: int
    lacking: Lacking | None
    damaged: int
    rejected: int
    arrived_at: datetime
    study_at: datetime | None
    reader: Named | None
    lease_until: datetime | None
    report_id: str | None
    report_state: str | None
    withdrawn: bool
    reviewer: Named | None
    thumbs: list[str]
    verbs: list[str]


class WorklistPage(Model):
    items: list[WorklistRow]
    next: str | None
    total: int
    counts: dict[str, int]


class WorklistSites(Model):
    items: list[Named]


class WorklistQuery(Model):
    """`state` may name several, separated by commas; none means all that is open."""

    state: str = ""
    modality: str = Field(default="", max_length=16)
    site: str = Field(default="", max_length=32)
    priority: str = Field(default="", max_length=10)
    q: str = Field(default="", max_length=100)
    mine: bool = False
    sort: str = "due"
    order: str = Field(default="asc", pattern="^(asc|desc)$")
    cursor: str | None = Field(default=None, max_length=1000)
    limit: int = Field(default=50, ge=1, le=200)


_EVERY_STATE = ("queued", "claimed", "reported", "returned", "verified", "cancelled", "receiving", "unrouted")


@api.get("/worklist", responses={200: WorklistPage}, summary="What is to be read, a page at a time")
def get_worklist(query: WorklistQuery) -> Response:
    return _page(query, tuple(filter(None, query.state.split(","))))


@api.get("/worklist/sites", responses={200: WorklistSites}, summary="The hospitals whose studies may stand in the list")
def get_worklist_sites() -> Response:
    actor = auth.actor()
    with auth.system().read(actor) as work:
        found = worklist_sites(work, actor)
    return answer_if_changed(WorklistSites(items=[Named(id=site.id, name=site.name) for site in found]))


@api.get("/studies", responses={200: WorklistPage}, summary="All studies that one may see, read ones too")
def get_studies(query: WorklistQuery) -> Response:
    return _page(query, tuple(filter(None, query.state.split(","))) or _EVERY_STATE)


def _page(query: WorklistQuery, states: tuple[str, ...]) -> Response:
    actor, system = auth.actor(), auth.system()
    if query.priority not in ("", "STAT", "URGENT", "ROUTINE"):
        raise invalid("field.choice", query.priority, field="priority")
    asked = Filter(states, query.modality, query.site, query.priority, query.q, query.mine)
    order = Order(query.sort, query.order == "desc")
    with system.read(actor) as work:
        page: Page = worklist(work, actor, asked, order, query.cursor, query.limit, system.blobs)
    return answer_if_changed(
        WorklistPage(items=[_row(row) for row in page.rows], next=page.next, total=page.total, counts=page.counts)
    )


def _row(row: Row) -> WorklistRow:
    return WorklistRow(
        kind=row.kind, task_id=row.task_id, study_id=row.study_id, study_uid=row.study_uid, version=row.version,
        state=row.state, priority=row.priority, due_at=row.due_at, paused=row.paused, late_images=row.late_images,
        route_reason=Reason(code=row.route_code, params=row.route_params) if row.route_code else None, band=row.band,
        patient=RowPatient(
            id=row.patient_id, name=row.patient_name, doubtful=row.doubtful, sex=row.sex, age=row.age,
            patient_id=row.patient_number,
        ),
        site=Named(id=row.site.id, name=row.site.name), reading_site=Named.of(row.reading_site), modality=row.modality,
        modalities=list(row.modalities), description=row.description, body_part=row.body_part, accession=row.accession,
        series_count=row.series_count, instance_count=row.instance_count,
        lacking=Lacking(here=row.lacking.here, expected=row.lacking.expected) if row.lacking else None,
        damaged=row.damaged, rejected=row.rejected, arrived_at=row.arrived_at, study_at=row.study_at, reader=Named.of(row.reader), lease_until=row.lease_until, report_id=row.report_id,
        report_state=row.report_state, withdrawn=row.withdrawn, reviewer=Named.of(row.reviewer), thumbs=_thumbs(row), verbs=list(row.verbs),
    )  # fmt: skip


def _thumbs(row: Row) -> list[str]:
    """Thumbnails of the first series. The task's presence says that they were drawn."""
    if row.kind == "receiving":
        return []
    return [picture_url(row.study_id, f"{place}.webp", row.instance_count) for place in range(1, len(row.series) + 1)]
