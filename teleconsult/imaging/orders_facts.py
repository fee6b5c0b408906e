"""What happens to ordered examinations and to their performed steps. No details name a patient."""

from collections.abc import Mapping

from teleconsult.imaging.tables_orders import OrderRow, StepRow
from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json


def _of(name: str, order: OrderRow, study_id: str | None = None, **details: Json) -> Fact:
    said: dict[str, Json] = {"state": order.state, "accession": order.accession, **details}
    return Fact(name, "order", order.id, order.version, study_id, (order.site_id,), said)


def order_registered(order: OrderRow, unlike: Mapping[str, str]) -> Fact:
    """`unlike`: in what it differs from whom the site knows under the number (`known_differs`), and why that is right (`known_reason`)."""
    return _of("OrderRegistered", order, priority=order.priority, modality=order.modality, **unlike)


def order_changed(order: OrderRow, fields: list[str], unlike: Mapping[str, str]) -> Fact:
    """`unlike` as of `order_registered`."""
    return _of("OrderChanged", order, fields=fields, **unlike)


def order_cancelled(order: OrderRow) -> Fact:
    return _of("OrderCancelled", order, reason=order.cancel_reason)


def order_overdue(order: OrderRow) -> Fact:
    """It was to be made a day ago and has no images."""
    return _of("OrderOverdue", order, scheduled_at=order.scheduled_at.isoformat())


def order_moved(order: OrderRow, step_uid: str, verb: str) -> Fact:
    """A modality began, completed or broke off a step for it."""
    return _of("OrderMoved", order, step_uid=step_uid, progress=verb)


def order_performed(order: OrderRow, study_id: str) -> Fact:
    """Its study has come to rest, and no modality reports steps."""
    return _of("OrderPerformed", order, study_id)


def order_linked(
    order: OrderRow, study_id: str, how: str, differs: list[str], reason: str | None, unlike: Mapping[str, str]
) -> Fact:
    """`unlike` as of `order_registered`: what was said there belongs to the study from now on."""
    told: dict[str, Json] = {"how": how, "differs": differs, "reason": reason, "priority": order.priority, **unlike}
    return _of("OrderLinked", order, study_id, **told)


def order_unlinked(order: OrderRow, study_id: str, reason: str) -> Fact:
    return _of("OrderUnlinked", order, study_id, reason=reason)


def study_unmatched(study_id: str, site_id: str, code: str) -> Fact:
    """No order is certainly this study's; the site has to look."""
    return Fact("StudyUnmatched", "study", study_id, 0, study_id, (site_id,), {"reason": code})


def study_set_aside(study_id: str, site_id: str, reason: str, again: bool = False) -> Fact:
    """It needs no order, and why; `again`: it does after all."""
    name = "StudyTakenUpAgain" if again else "StudySetAside"
    return Fact(name, "study", study_id, 0, study_id, (site_id,), {"reason": reason})


def step_reported(step: StepRow) -> Fact:
    details: dict[str, Json] = {
        "state": step.state,
        "sop_uid": step.sop_uid,
        "objects": len(step.listed),
        "reason": step.reason,
    }
    return Fact("StepReported", "step", step.id, step.version, None, (step.site_id,), details)
