"""Orders as the screens see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import Field

from teleconsult.imaging import OrderRow, StepRow, StudyRow, orders_queries
from teleconsult.imaging.orders_known import Confirmed
from teleconsult.imaging.orders_prefill import StudySays, prefill
from teleconsult.web.api.tasks import Named, Reason
from teleconsult.web.respond import Model


class OrderBrief(Model):
    """What somebody who reads the study has to know of its order."""

    id: str
    accession: str
    modality: str
    procedure: str
    body_part: str
    question: str
    diagnosis: str
    priority: str
    state: str
    registered_by: str
    registered_at: datetime


class OrderItem(OrderBrief):
    """A line of the list. `issuer` is empty where the hospital itself gave the patient's number; `images` counts its studies."""

    version: int
    site: Named
    issuer: str
    patient_id: str
    name: str
    written: str
    spelt: str
    sex: str
    birth_date: str
    station: str
    physician: str
    scheduled_at: datetime
    cancel_reason: str | None
    arrived_at: datetime | None
    late: bool
    images: int


class StudyBrief(Model):
    """A study beside an order."""

    id: str
    name: str
    patient_id: str
    sex: str
    birth_date: str
    accession: str
    modality: str
    description: str
    study_at: str
    arrived_at: datetime
    instance_count: int
    site: Named


class OrderLink(Model):
    """`how`: accession, study_uid or person. `undone_at` for one that was taken back."""

    study: StudyBrief
    how: str
    differs: list[str]
    reason: str | None
    at: datetime
    by: str
    undone_at: datetime | None
    undone_by: str | None
    undone_why: str | None


class OrderStep(Model):
    """What a modality reported: in_progress, completed or discontinued."""

    state: str
    station: str
    modality: str
    objects: int
    reason: str
    began_at: datetime
    ended_at: datetime | None


class OrderView(Model):
    order: OrderItem
    links: list[OrderLink]
    steps: list[OrderStep]
    verbs: list[str]


class OrderCounts(Model):
    waiting: int
    late: int
    performed: int
    cancelled: int
    all: int


class OrderPage(Model):
    """`unmatched`: how many studies of one's own sites have no order."""

    items: list[OrderItem]
    next: str | None
    counts: OrderCounts
    unmatched: int


class OrderSite(Model):
    """A hospital for which one may order; `stations` are the AE titles of its devices."""

    id: str
    name: str
    stations: list[str]


class OrderForm(Model):
    items: list[OrderSite]


class StudyCandidate(Model):
    study: StudyBrief
    agrees: list[str]
    differs: list[str]


class StudyCandidates(Model):
    items: list[StudyCandidate]


class OrderCandidate(Model):
    order: OrderItem
    agrees: list[str]
    differs: list[str]


class UnmatchedStudy(Model):
    """A study without an order, why, and the orders that may be its own, likeliest first."""

    study: StudyBrief
    says: StudySays
    why: Reason
    since: datetime
    state: str
    closed_by: str | None
    note: str | None
    candidates: list[OrderCandidate]


class UnmatchedList(Model):
    items: list[UnmatchedStudy]
    late: int


_BESIDES: Final = {"site_id", "version", "pinyin", "reason", "differs_confirmed", "differs_reason"}


class FormBody(Model):
    """What the form says. In a change only what is given is changed; the accession number never is."""

    patient_id: str | None = Field(default=None, max_length=200)
    issuer: str | None = Field(default=None, max_length=200)
    name: str | None = Field(default=None, max_length=400)
    pinyin: str | None = Field(default=None, max_length=400)
    sex: str | None = Field(default=None, max_length=1)
    birth_date: str | None = Field(default=None, max_length=10, description="YYYYMMDD or YYYY-MM-DD; empty: unknown")
    modality: str | None = Field(default=None, max_length=16)
    procedure: str | None = Field(default=None, max_length=200)
    body_part: str | None = Field(default=None, max_length=40)
    question: str | None = Field(default=None, max_length=4000)
    diagnosis: str | None = Field(default=None, max_length=4000)
    priority: str | None = Field(default=None, max_length=10, description="STAT, URGENT or ROUTINE")
    station: str | None = Field(
        default=None, max_length=40, description="AE title of the device; empty: any of the site"
    )
    physician: str | None = Field(default=None, max_length=100)
    scheduled_at: datetime | None = None
    differs_confirmed: bool = Field(
        default=False,
        description="seen: the hospital knows somebody else under this number (order.patient_known); it is right so",
    )
    differs_reason: str = Field(default="", max_length=2000, description="why it is right so")

    def confirmed(self) -> Confirmed | None:
        return Confirmed(self.differs_reason) if self.differs_confirmed else None

    def said(self) -> Mapping[str, Any]:
        """The fields that were given, by the names of the form's rules."""
        given = self.model_dump(exclude_none=True, exclude=_BESIDES)
        if "patient_id" in given:
            given["patient_number"] = given.pop("patient_id")
        if "name" in given:
            given["pinyin"] = self.pinyin or ""
        return given


class RegisterBody(FormBody):
    """`site_id` may be left out by who may order for one hospital alone; without `accession` one is made."""

    site_id: str | None = Field(default=None, max_length=64)
    accession: str | None = Field(default=None, max_length=40)


class RegisterFromBody(FormBody):
    """The hospital is the study's. `reason`: why they belong together where the form contradicts the study."""

    accession: str | None = Field(default=None, max_length=40)
    reason: str = Field(default="", max_length=2000)


class ChangeBody(FormBody):
    version: int


def order_brief(row: OrderRow) -> OrderBrief:
    return OrderBrief(**{name: getattr(row, name) for name in OrderBrief.model_fields})


def order_item(row: OrderRow, names: Mapping[str, str], images: int) -> OrderItem:
    spelt, _, written = row.name.partition("=")
    return OrderItem(
        **order_brief(row).model_dump(), version=row.version, site=Named(id=row.site_id, name=names.get(row.site_id, "")),
        issuer="" if row.issuer == row.site_id else row.issuer, patient_id=row.patient_number, name=row.name_shown,
        written=written.split("=")[0] or spelt, spelt=spelt.replace("^", " "), sex=row.sex, birth_date=row.birth_date, station=row.station,
        physician=row.physician, scheduled_at=row.scheduled_at, cancel_reason=row.cancel_reason, arrived_at=row.arrived_at,
        late=row.reminded_at is not None and row.arrived_at is None and row.state != "cancelled", images=images,
    )  # fmt: skip


def study_brief(row: StudyRow, names: Mapping[str, str]) -> StudyBrief:
    return StudyBrief(
        id=row.id, name=row.name_shown, patient_id=row.patient_number, sex=row.sex, birth_date=row.birth_date, accession=row.accession,
        modality=row.modality, description=row.description, study_at=f"{row.study_date}{row.study_time}", arrived_at=row.arrived_at,
        instance_count=row.instance_count, site=Named(id=row.site_id, name=names.get(row.site_id, "")),
    )  # fmt: skip


def order_view(found: orders_queries.OrderDetail, names: Mapping[str, str]) -> OrderView:
    images = sum(1 for each in found.links if each.link.undone_at is None)
    links = [
        OrderLink(
            study=study_brief(each.study, names), how=each.link.how, differs=each.link.differs, reason=each.link.reason, at=each.link.at,
            by=each.link.by, undone_at=each.link.undone_at, undone_by=each.link.undone_by, undone_why=each.link.undone_why,
        )
        for each in found.links
    ]  # fmt: skip
    return OrderView(
        order=order_item(found.order, names, images), links=links, steps=[_step(row) for row in found.steps], verbs=list(found.verbs)
    )  # fmt: skip


def unmatched_study(found: orders_queries.Lonely, names: Mapping[str, str]) -> UnmatchedStudy:
    candidates = [
        OrderCandidate(order=order_item(pair.order, names, 0), agrees=list(pair.agrees), differs=list(pair.differs))
        for pair in found.candidates
    ]
    accession = str(found.row.params.get("accession", ""))
    return UnmatchedStudy(
        study=study_brief(found.study, names), says=prefill(found.study), why=Reason(code=found.row.code, params={"accession": accession}), since=found.row.since,
        state=found.row.state, closed_by=found.row.closed_by, note=found.row.note, candidates=candidates,
    )  # fmt: skip


def _step(row: StepRow) -> OrderStep:
    return OrderStep(
        state=row.state, station=row.station, modality=row.modality, objects=len(row.listed), reason=row.reason, began_at=row.began_at,
        ended_at=row.ended_at,
    )  # fmt: skip
