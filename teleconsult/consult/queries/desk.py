"""What waits for this person now, from every context: small questions, each answered by one select, put into one order.

To add a kind, write a function (work, actor) → items and name it in `SOURCES`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select

from teleconsult.access import Actor, Role, visible
from teleconsult.access.tables import SiteRow
from teleconsult.consult import clocks, lifecycle
from teleconsult.consult.queries.cases import cases_shown, patient_in
from teleconsult.consult.queries.desk_item import DeskItem, at_the_door
from teleconsult.consult.queries.desk_others import criticals, overdue_follow_ups, to_answer
from teleconsult.consult.queries.meeting_desk import to_enter, to_prepare, to_read, to_screen, to_sign, to_supply
from teleconsult.consult.tables import ConsultationRow
from teleconsult.consult.tables_rooms import RoomRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.reading import lifecycle as reading_lifecycle
from teleconsult.reading.tables import TaskRow
from teleconsult.records.work import Work

_BANDS: Final = {"red": 0, "yellow": 1, "blue": 2, "grey": 3}
_FIRST: Final = {"critical_acknowledge": 0, "critical_act": 1}
_WARD: Final = (Role.COUNTY_DOCTOR, Role.COORDINATOR, Role.EXPERT)


Source = Callable[[Work, Actor], Iterable[DeskItem]]


def desk(work: Work, actor: Actor, sources: Sequence[Source] = (), limit: int = 200) -> tuple[list[DeskItem], int]:
    """The items and how many there are in all: critical findings that ring before everything else, then those for which nothing is
    done yet, then the most urgent.

    `sources` are asked besides those named here.
    """
    found = [item for source in (*SOURCES, *sources) for item in source(work, actor)]
    found.sort(
        key=lambda item: (
            _FIRST.get(item.kind, len(_FIRST)), _BANDS[item.band], item.due_at is None, item.due_at or work.now, item.id,
        )
    )  # fmt: skip
    shown = cases_shown(work, [item.case_id for item in found[:limit] if item.case_id and item.patient is None])
    return [_named(item, shown) for item in found[:limit]], len(found)


def _named(item: DeskItem, shown: Any) -> DeskItem:
    if item.patient is not None or item.case_id not in shown:
        return item
    return replace(item, patient=shown[item.case_id].patient)


def returned_tasks(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """Studies whose reader asks something back."""
    rows = work.session.execute(
        select(TaskRow, StudyRow, SiteRow.name)
        .join(StudyRow, StudyRow.id == TaskRow.study_id)
        .join(SiteRow, SiteRow.id == StudyRow.site_id)
        .where(TaskRow.state == reading_lifecycle.RETURNED, visible(TaskRow.study_id, actor, work.now, "task.answer"))
        .order_by(TaskRow.paused_at)
        .limit(200)
    )
    for task, study, site in rows:
        yield DeskItem(
            "task_returned", task.id, "desk.task_returned", "answer", f"/studies/{study.id}", "yellow", task.due_at, None, study.id,
            patient_in(study, site), {"reason": task.return_code, "text": task.return_text or ""},
        )  # fmt: skip


def consultations(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """What consultations want of this person: to triage, to choose an expert, to supplement, to confirm, to answer, to sign, to feed back."""
    grounds = list(_grounds(actor))
    if not grounds:
        return
    rows = work.session.execute(
        select(ConsultationRow, RoomRow)
        .outerjoin(RoomRow, RoomRow.id == ConsultationRow.room_id)
        .where(ConsultationRow.is_open.is_(True), or_(*grounds))
        .order_by(ConsultationRow.due_at)
        .limit(500)
    )
    for row, room in rows:
        for verb in _wanted(row, actor):
            if verb != "enter":
                yield _item(work, row, verb)
            elif room is not None:
                yield at_the_door(_item(work, row, verb), room, work.now)


def _grounds(actor: Actor) -> Iterator[ColumnElement[bool]]:
    if centres := sorted(actor.sites(Role.COORDINATOR)):
        yield ConsultationRow.centre_site_id.in_(centres) & ConsultationRow.state.in_(
            ("submitted", "accepted", "scheduled")
        )
    if wards := sorted(actor.sites(*_WARD)):
        yield ConsultationRow.requesting_site_id.in_(wards) & ConsultationRow.state.in_(
            ("draft", "supplement", "scheduled", "in_session", "signed")
        )
    if actor.holds(Role.EXPERT):
        yield ConsultationRow.expert_id == actor.id


def _wanted(row: ConsultationRow, actor: Actor) -> Iterator[str]:
    """The one verb that is waited for, for each part that this person has in it."""
    if row.expert_id == actor.id:
        yield from _of_expert(row)
    if actor.has(Role.COORDINATOR, row.centre_site_id or "") and row.state in ("submitted", "accepted"):
        yield "triage" if row.state == "submitted" else "assign"
    if any(actor.has(role, row.requesting_site_id) for role in _WARD):
        yield from _of_ward(row, actor)


def _of_expert(row: ConsultationRow) -> Iterator[str]:
    if row.state == lifecycle.SCHEDULED:
        yield "confirm" if row.confirmed_expert is None else "enter"
    elif row.state in (lifecycle.ASSIGNED, lifecycle.IN_SESSION, lifecycle.OPINION):
        yield "sign" if row.state == lifecycle.OPINION else "write_opinion"
    elif row.state == lifecycle.SIGNED and row.rating_by_expert is None:
        yield "rate_request"


def _of_ward(row: ConsultationRow, actor: Actor) -> Iterator[str]:
    if row.state == lifecycle.SUPPLEMENT:
        yield "supplement"
    elif row.state == lifecycle.SIGNED and row.adoption is None:
        yield "feedback"
    elif row.state == lifecycle.SCHEDULED and row.requester_id == actor.id:
        yield "confirm" if row.confirmed_requester is None else "enter"
    elif row.state == lifecycle.IN_SESSION and row.requester_id == actor.id:
        yield "enter"
    elif row.state == lifecycle.DRAFT and row.requester_id == actor.id:
        yield "submit"


def _item(work: Work, row: ConsultationRow, verb: str) -> DeskItem:
    band = clocks.band(row.state, row.clock_from, row.due_at, work.now)
    due: datetime | None = row.due_at
    if verb in ("confirm", "enter") and row.starts_at is not None:
        due, band = row.starts_at, _soon(row.starts_at, work.now)
    elif verb == "supplement":
        due = clocks.supplement_due(row)
        band = clocks.band("", row.paused_at or work.now, due, work.now)
    elif verb in ("feedback", "rate_request") and row.signed_at is not None:
        due, band = row.signed_at + clocks.FEEDBACK_DUE, "blue"
    params = {
        "number": row.number,
        "urgency": row.urgency,
        "no_show": row.no_show,
        "declined": row.decline_reason or "",
    }
    if row.starts_at is not None:
        params["starts_at"] = row.starts_at.isoformat()
    return DeskItem(
        f"consultation_{verb}",
        row.id,
        f"desk.consultation_{verb}",
        verb,
        f"/consultations/{row.id}",
        band,
        due,
        row.case_id,
        None,
        None,
        params,
    )


def _soon(at: datetime, now: datetime) -> str:
    if now >= at:
        return "red"
    return "yellow" if at - now <= clocks.REMIND_SOON else "blue"


SOURCES: Final[tuple[Source, ...]] = (
    criticals,
    returned_tasks,
    consultations,
    to_answer,
    overdue_follow_ups,
    to_screen,
    to_prepare,
    to_supply,
    to_enter,
    to_sign,
    to_read,
)
