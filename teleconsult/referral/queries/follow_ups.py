"""Follow-ups as lists show them: what is due first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from teleconsult.access import Actor, visible_case
from teleconsult.access.rights import WARD
from teleconsult.access.tables import PersonRow, SiteRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.errors import absent, invalid
from teleconsult.records.work import Work
from teleconsult.referral.lifecycle_follow_up import FOLLOW_UP, PLANNED, band
from teleconsult.referral.queries.patients import Named, Patient, latest_study_id, patient_of
from teleconsult.referral.tables import CaseRow, FollowUpRow

MOST_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class FollowUp:
    """`band`: blue, yellow from three days overdue, red from seven, grey when it is over."""

    row: FollowUpRow
    case_number: str
    patient: Patient
    owner_site: Named
    owner: Named | None
    done_by: Named | None
    band: str
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowUps:
    items: tuple[FollowUp, ...]
    total: int


def follow_ups(
    work: Work, actor: Actor, state: str = "", case_id: str = "", mine: bool = False, due_before: datetime | None = None, limit: int = 200
) -> FollowUps:  # fmt: skip
    """What is to be done about the cases that the actor may see; `mine`: by them or their hospitals. INVALID `field.choice`."""
    if state and state not in FOLLOW_UP.states:
        raise invalid("field.choice", f"state {state}", field="state")
    asked: list[ColumnElement[bool]] = [visible_case(FollowUpRow.case_id, actor, work.now)]
    asked += [FollowUpRow.state == state] if state else []
    asked += [FollowUpRow.case_id == case_id] if case_id else []
    asked += [FollowUpRow.due_at <= due_before] if due_before else []
    asked += [_mine(actor)] if mine else []
    total = work.session.scalar(select(func.count()).select_from(FollowUpRow).where(*asked)) or 0
    return FollowUps(_found(work, actor, asked, max(1, min(limit, MOST_ROWS))), total)


def follow_up(work: Work, actor: Actor, follow_up_id: str) -> FollowUp:
    """ABSENT `followup.absent` also for one of a case that is not to be seen."""
    found = _found(work, actor, [FollowUpRow.id == follow_up_id, visible_case(FollowUpRow.case_id, actor, work.now)], 1)
    if not found:
        raise absent("followup.absent", follow_up_id)
    return found[0]


def _found(work: Work, actor: Actor, asked: list[ColumnElement[bool]], limit: int) -> tuple[FollowUp, ...]:
    owner, doer = aliased(PersonRow), aliased(PersonRow)
    rows = work.session.execute(
        select(FollowUpRow, CaseRow.number, StudyRow, SiteRow.name, owner.name, doer.name)
        .join(CaseRow, CaseRow.id == FollowUpRow.case_id)
        .join(StudyRow, StudyRow.id == latest_study_id())
        .join(SiteRow, SiteRow.id == FollowUpRow.owner_site_id)
        .outerjoin(owner, owner.id == FollowUpRow.owner_id)
        .outerjoin(doer, doer.id == FollowUpRow.done_by_id)
        .where(*asked)
        .order_by(FollowUpRow.due_at.is_(None), FollowUpRow.due_at, FollowUpRow.id)
        .limit(limit)
    )
    return tuple(_one(work, actor, *row) for row in rows)


def _one(
    work: Work, actor: Actor, row: FollowUpRow, number: str, latest: StudyRow, site: str, owner: str | None, doer: str | None
) -> FollowUp:  # fmt: skip
    theirs = row.owner_id == actor.id or row.owner_site_id in actor.sites(*WARD)
    return FollowUp(
        row=row, case_number=number, patient=patient_of(latest), owner_site=Named(row.owner_site_id, site),
        owner=Named(row.owner_id, owner or "") if row.owner_id else None,
        done_by=Named(row.done_by_id, doer or "") if row.done_by_id else None, band=band(row.state, row.due_at, work.now),
        verbs=FOLLOW_UP.verbs(row.state) if theirs else (),
    )  # fmt: skip


def _mine(actor: Actor) -> ColumnElement[bool]:
    sites = sorted(actor.sites(*WARD))
    of_site = and_(FollowUpRow.owner_site_id.in_(sites), FollowUpRow.owner_id.is_(None))
    return or_(FollowUpRow.owner_id == actor.id, of_site)


def overdue(work: Work, actor: Actor) -> FollowUps:
    """What is due and not done, of this person and their hospitals: for the desk."""
    return follow_ups(work, actor, PLANNED, mine=True, due_before=work.now)
