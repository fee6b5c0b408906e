"""Follow-ups as lists show them: what is due first."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from teleconsult.access import Actor, visible_case
from teleconsult.access.rights import WARD
from teleconsult.access.tables import GrantRow, PersonRow, SiteRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.errors import absent, invalid
from teleconsult.records.paging import FAR, Shelf, page
from teleconsult.records.work import Work
from teleconsult.referral.lifecycle_follow_up import FOLLOW_UP, PLANNED, band
from teleconsult.referral.queries.patients import Named, Patient, latest_study_id, patient_of
from teleconsult.referral.tables import CaseRow, FollowUpRow

MOST_ROWS: Final = 200
OVERDUE, ENDED = "overdue", "ended"
_COLUMNS: Final = 6
"""So many columns has a line."""


@dataclass(frozen=True, slots=True)
class FollowUpMatch:
    """`state`: one, `overdue` (planned, and due by now) or `ended`; `mine`: to be done by the actor or their hospitals."""

    state: str = ""
    case_id: str = ""
    mine: bool = False


ANY_FOLLOW_UP: Final = FollowUpMatch()


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
    """`counts` are of all that the actor may see: overdue and mine (theirs to do), planned, ended."""

    items: tuple[FollowUp, ...]
    next: str | None
    total: int
    counts: dict[str, int]


def follow_ups(
    work: Work, actor: Actor, match: FollowUpMatch = ANY_FOLLOW_UP, cursor: str | None = None, limit: int = 50
) -> FollowUps:
    """What is to be done about the cases that the actor may see, what is due first; behind it what is over, the latest first.

    INVALID `field.choice`, `cursor.invalid`.
    """
    seen = visible_case(FollowUpRow.case_id, actor, work.now)
    asked = [seen, *_asked(work, actor, match)]
    rows, more = page(work, _lines().where(*asked), _shelves(), cursor, max(1, min(limit, MOST_ROWS)))
    total = work.session.scalar(select(func.count()).select_from(FollowUpRow).where(*asked)) or 0
    marks = {
        OVERDUE: and_(_overdue(work), _mine(actor)),
        "mine": and_(FollowUpRow.state == PLANNED, _mine(actor)),
        PLANNED: FollowUpRow.state == PLANNED,
        ENDED: FollowUpRow.state != PLANNED,
    }
    sums = [func.coalesce(func.sum(case((mark, 1), else_=0)), 0) for mark in marks.values()]
    counts = dict(zip(marks, map(int, work.session.execute(select(*sums).where(seen)).one()), strict=True))
    return FollowUps(tuple(_one(work, actor, *row[:_COLUMNS]) for row in rows), more, total, counts)


def follow_up(work: Work, actor: Actor, follow_up_id: str) -> FollowUp:
    """ABSENT `followup.absent` also for one of a case that is not to be seen."""
    asked = (FollowUpRow.id == follow_up_id, visible_case(FollowUpRow.case_id, actor, work.now))
    found = work.session.execute(_lines().where(*asked)).one_or_none()
    if found is None:
        raise absent("followup.absent", follow_up_id)
    return _one(work, actor, *found)


@dataclass(frozen=True, slots=True)
class Owner:
    """A hospital that has the case, with those of its people who take care of patients."""

    site: Named
    people: tuple[Named, ...]


def owners(work: Work, site_ids: Iterable[str]) -> tuple[Owner, ...]:
    """Who of these hospitals may be asked to do something for a patient."""
    ward = (
        select(GrantRow.site_id, PersonRow.id, PersonRow.name)
        .join(PersonRow, PersonRow.id == GrantRow.person_id)
        .where(GrantRow.site_id.in_(set(site_ids)), GrantRow.role.in_(sorted(WARD)), PersonRow.disabled.is_(False))
        .distinct()
        .order_by(PersonRow.name, PersonRow.id)
    )
    people: dict[str, list[Named]] = {}
    for site_id, person_id, name in work.session.execute(ward):
        people.setdefault(str(site_id), []).append(Named(person_id, name))
    named = work.session.execute(
        select(SiteRow.id, SiteRow.name).where(SiteRow.id.in_(set(site_ids))).order_by(SiteRow.name)
    )
    return tuple(Owner(Named(key, name), tuple(people.get(key, ()))) for key, name in named)


def _lines() -> Any:
    owner, doer = aliased(PersonRow), aliased(PersonRow)
    return (
        select(FollowUpRow, CaseRow.number, StudyRow, SiteRow.name, owner.name, doer.name)
        .join(CaseRow, CaseRow.id == FollowUpRow.case_id)
        .join(StudyRow, StudyRow.id == latest_study_id())
        .join(SiteRow, SiteRow.id == FollowUpRow.owner_site_id)
        .outerjoin(owner, owner.id == FollowUpRow.owner_id)
        .outerjoin(doer, doer.id == FollowUpRow.done_by_id)
    )


def _shelves() -> tuple[Shelf, ...]:
    due, over = func.coalesce(FollowUpRow.due_at, FAR), func.coalesce(FollowUpRow.done_at, FAR)
    return (
        Shelf("planned", FollowUpRow.state == PLANNED, (due, FollowUpRow.id)),
        Shelf("over", FollowUpRow.state != PLANNED, (over, FollowUpRow.id), descending=True),
    )


def _asked(work: Work, actor: Actor, match: FollowUpMatch) -> list[ColumnElement[bool]]:
    if match.state and match.state not in (*FOLLOW_UP.states, OVERDUE, ENDED):
        raise invalid("field.choice", f"state {match.state}", field="state")
    found: list[ColumnElement[bool]] = []
    if match.state:
        groups = {OVERDUE: _overdue(work), ENDED: FollowUpRow.state != PLANNED}
        found.append(groups.get(match.state, FollowUpRow.state == match.state))
    found += [FollowUpRow.case_id == match.case_id] if match.case_id else []
    found += [_mine(actor)] if match.mine else []
    return found


def _overdue(work: Work) -> ColumnElement[bool]:
    return and_(FollowUpRow.state == PLANNED, FollowUpRow.due_at <= work.now)


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
