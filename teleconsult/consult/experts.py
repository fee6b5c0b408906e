"""The directory of experts: who answers consultations, when, and how many at a time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from teleconsult.access import Actor, Role, Title
from teleconsult.consult import facts, hours
from teleconsult.consult.lifecycle import SPECIALTIES, qualified
from teleconsult.consult.queries.people import Colleague, bookings, colleague, load_of
from teleconsult.consult.tables import ExpertRow
from teleconsult.kernel.errors import conflict, forbidden, invalid
from teleconsult.records.work import Work

MOST_INTRODUCTION: Final = 2000
LONGEST: Final = timedelta(hours=4)


def describe(work: Work, actor: Actor, person_id: str, given: Mapping[str, Any]) -> ExpertRow:
    """What the directory says of a person: specialty, introduction, accepting, hours, most_open. By themselves, or by a
    coordinator or administrator of their hospital.

    FORBIDDEN `permit.refused`, `consultation.title_too_low`; INVALID `expert.hours`, `field.choice`, `field.text`, `expert.no_role`.
    """
    person = colleague(work, person_id)
    _may_describe(actor, person)
    if not person.is_expert:
        raise invalid("expert.no_role", f"{person_id} does not hold the role")
    qualified(person.title, Title.ATTENDING)
    row = work.session.get(ExpertRow, person_id, with_for_update=True)
    changes = _checked(given)
    if row is None:
        row = ExpertRow(
            id=person_id, version=1, site_id=person.site_id or "", accepting=True, hours={}, most_open=5, introduction="", specialty="other",
        )  # fmt: skip
        for name, value in changes.items():
            setattr(row, name, value)
        work.add(row)
    else:
        work.keep(row, **changes)
    work.record(facts.expert_changed(row, sorted(changes)))
    return row


def invite(
    work: Work, person_id: str, starts_at: datetime | None, minutes: int, *, urgent: bool, least: Title, but: str = ""
) -> Colleague:
    """Whether this person can be asked now (the consultation `but` set aside). Urgent ones go over hours and load, not over what is booked.

    INVALID `expert.absent`; CONFLICT `expert.not_accepting`, `expert.full`, `expert.outside_hours`, `expert.busy`;
    FORBIDDEN `consultation.title_too_low`.
    """
    row = work.session.get(
        ExpertRow, person_id, with_for_update=True
    )  # two invitations at once are one after the other
    if row is None:
        raise invalid("expert.absent", person_id)
    person = colleague(work, person_id)
    if not person.is_expert or person.disabled:
        raise invalid("expert.absent", person_id)
    qualified(person.title, least)
    if not row.accepting:
        raise conflict("expert.not_accepting", person_id, name=person.name)
    if not urgent and load_of(work, person_id, but) >= row.most_open:
        raise conflict("expert.full", person_id, name=person.name, most=row.most_open)
    if starts_at is not None:
        if not urgent and not hours.open_at(row.hours, starts_at, minutes):
            raise conflict("expert.outside_hours", f"{starts_at}", name=person.name)
        if _booked(work, person_id, starts_at, minutes, but):
            raise conflict("expert.busy", f"{starts_at}", name=person.name)
    return person


def _booked(work: Work, person_id: str, starts_at: datetime, minutes: int, but: str) -> bool:
    """Whether another consultation of theirs overlaps, as expert or second."""
    ends_at = starts_at + timedelta(minutes=minutes)
    near = bookings(work, person_id, starts_at - LONGEST, ends_at)
    return any(key != but and ends > starts_at for key, _, ends in near)


def _may_describe(actor: Actor, person: Colleague) -> None:
    at_home = person.site_id is not None and (
        actor.has(Role.COORDINATOR, person.site_id) or actor.has(Role.ADMINISTRATOR, person.site_id)
    )
    if actor.id != person.id and not at_home:
        raise forbidden("permit.refused", f"{actor.id} may not describe {person.id}", verb="expert.describe")


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    changes = {
        name: given[name] for name in ("specialty", "introduction", "accepting", "hours", "most_open") if name in given
    }
    if "specialty" in changes and changes["specialty"] not in SPECIALTIES:
        raise invalid("field.choice", str(changes["specialty"])[:40], field="specialty")
    if len(changes.get("introduction", "")) > MOST_INTRODUCTION:
        raise invalid("field.text", "introduction", field="introduction", most=MOST_INTRODUCTION)
    if not 0 <= changes.get("most_open", 0) <= 100:
        raise invalid("field.choice", str(changes["most_open"]), field="most_open")
    if "hours" in changes:
        changes["hours"] = hours.checked(changes["hours"])
    return changes


def known(work: Work, person_id: str) -> bool:
    return work.session.scalar(select(ExpertRow.id).where(ExpertRow.id == person_id)) is not None
