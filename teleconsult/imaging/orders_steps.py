"""Performed procedure steps as modalities report them (PS3.4 F.7.2): they move orders, and say when a study is complete.

A step belongs to the site of the modality that reports it. Nobody at another site can see, repeat or change it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import or_, select

from teleconsult.access import Actor, Thing, permit
from teleconsult.imaging import orders, orders_facts
from teleconsult.imaging.expected import OF_A_STEP, expect
from teleconsult.imaging.tables_orders import OrderRow, StepRow
from teleconsult.kernel.errors import absent, conflict
from teleconsult.kernel.lifecycle import Lifecycle
from teleconsult.kernel.values import new_id
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Work

IN_PROGRESS, COMPLETED, DISCONTINUED = "in_progress", "completed", "discontinued"
STEP: Final = Lifecycle(
    start=IN_PROGRESS,
    moves={
        (IN_PROGRESS, "update"): IN_PROGRESS,
        (IN_PROGRESS, "complete"): COMPLETED,
        (IN_PROGRESS, "discontinue"): DISCONTINUED,
    },
)
"""What has ended is never changed again (PS3.4 F.7.2.2.2)."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a modality says when it begins. `scheduled` are pairs of study UID and accession number, one for each order it performs."""

    sop_uid: str
    station: str
    modality: str
    patient_number: str
    scheduled: Sequence[tuple[str, str]]
    listed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """What a modality says later. `verb` is update, complete or discontinue; `listed` None where it says nothing of objects."""

    verb: str
    listed: Sequence[str] | None = None
    reason: str = ""


def begin(work: Work, actor: Actor, peer_id: str, site_id: str, said: Begun) -> StepRow:
    """A step has begun (N-CREATE). CONFLICT `step.duplicate` when the site has one of that UID, ended or not."""
    permit(actor, "step.report", Thing(site_id=site_id))
    found = _orders(work, site_id, said)
    values: dict[str, Any] = {
        "id": new_id(), "version": 1, "site_id": site_id, "peer_id": peer_id, "sop_uid": said.sop_uid, "state": STEP.start, "station": said.station,
        "modality": said.modality, "patient_number": said.patient_number, "study_uids": sorted({uid for uid, _ in said.scheduled}),
        "accessions": sorted({number for _, number in said.scheduled if number}), "order_ids": [order.id for order in found],
        "listed": list(said.listed), "reason": "", "began_at": work.now, "ended_at": None,
    }  # fmt: skip
    if not insert_new(work.session, StepRow, values, "site_id", "sop_uid"):
        raise conflict("step.duplicate", said.sop_uid)
    step = work.get(StepRow, values["id"])
    work.record(orders_facts.step_reported(step))
    for order in found:
        orders.moved(work, orders.load(work, order.id), said.sop_uid, "begin")
    return step


def change(work: Work, actor: Actor, site_id: str, sop_uid: str, said: Changed) -> StepRow:
    """What has changed (N-SET). ABSENT `step.absent`; CONFLICT `step.closed` once it has ended."""
    permit(actor, "step.report", Thing(site_id=site_id))
    step = work.session.scalars(
        select(StepRow).where(StepRow.site_id == site_id, StepRow.sop_uid == sop_uid).with_for_update()
    ).one_or_none()
    if step is None:
        raise absent("step.absent", sop_uid)
    if step.state != IN_PROGRESS:
        raise conflict("step.closed", f"it is {step.state}")
    changes: dict[str, Any] = {"state": STEP.step(step.state, said.verb)}
    changes |= {} if said.listed is None else {"listed": list(said.listed)}
    changes |= {"reason": said.reason[:64]} if said.reason else {}
    changes |= {} if said.verb == "update" else {"ended_at": work.now}
    work.keep(step, **changes)
    work.record(orders_facts.step_reported(step))
    if said.verb != "update":
        _ended(work, step, said.verb)
    return step


def _ended(work: Work, step: StepRow, verb: str) -> None:
    """Its orders move on. Where it names its objects and one study, that study is complete when these are here."""
    for order_id in step.order_ids:
        orders.moved(work, orders.load(work, order_id), step.sop_uid, verb)
    if step.listed and len(step.study_uids) == 1:
        expect(work, step.site_id, step.study_uids[0], f"{OF_A_STEP}{step.sop_uid}", len(step.listed), step.listed)


def _orders(work: Work, site_id: str, said: Begun) -> list[OrderRow]:
    """The site's orders that are named by study UID or accession number, unless they are another patient's."""
    found: Mapping[str, OrderRow] = {}
    for study_uid, accession in said.scheduled:
        alike = [OrderRow.study_uid == study_uid]
        alike += [OrderRow.accession == accession] if accession else []
        rows = work.session.scalars(select(OrderRow).where(OrderRow.site_id == site_id, or_(*alike)))
        found = {**found, **{row.id: row for row in rows if said.patient_number in ("", row.patient_number)}}
    return [found[key] for key in sorted(found)]
