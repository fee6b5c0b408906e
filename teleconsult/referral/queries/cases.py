"""The list of cases: one select for the rows, whatever the page holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, case, func, or_, select, true

from teleconsult.access import Actor, Thing, case_shares_of, permits, visible_case
from teleconsult.access.tables import CaseShareRow, PersonRow, SiteRow
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.errors import invalid
from teleconsult.records.paging import Shelf, page
from teleconsult.records.work import Work
from teleconsult.referral.lifecycle import CLOSED, OPEN
from teleconsult.referral.queries.patients import Named, Patient, latest_study_id, matches, patient_of, same_person
from teleconsult.referral.tables import CaseRow, CaseStudyRow

MOST_ROWS: Final = 200
_COLUMNS: Final = 5
"""So many columns has a line."""

__all__ = ["ALL", "CaseLine", "Counts", "Match", "Page", "cases", "cases_of_study", "may", "open_cases_of_study", "same_person", "studies_of", "study"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """What is asked for; empty values match everything. `mine`: opened by this person, or they were invited."""

    q: str = ""
    state: str = ""
    mine: bool = False
    study_id: str = ""


ALL: Final = Match()


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a list shows it."""

    id: str
    number: str
    version: int
    state: str
    title: str
    severity: str
    patient: Patient
    site: Named
    opened_by: Named
    opened_at: datetime
    closed_at: datetime | None
    study_count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Of all cases that the actor may see."""

    open: int
    closed: int
    mine: int


@dataclass(frozen=True, slots=True)
class Page:
    """`next` continues behind the last row; `total` are all that match."""

    rows: tuple[CaseLine, ...]
    next: str | None
    total: int
    counts: Counts


def cases(work: Work, actor: Actor, match: Match = ALL, cursor: str | None = None, limit: int = 50) -> Page:
    """The cases that the actor may see, latest first. INVALID `field.choice`, `cursor.invalid`."""
    if match.state not in ("", OPEN, CLOSED):
        raise invalid("field.choice", f"state {match.state}", field="state")
    asked = _asked(work, actor, match)
    counted = select(func.count()).select_from(CaseStudyRow).where(CaseStudyRow.case_id == CaseRow.id)
    lines = (
        select(CaseRow, StudyRow, SiteRow.name, PersonRow.name, counted.correlate(CaseRow).scalar_subquery())
        .join(SiteRow, SiteRow.id == CaseRow.site_id)
        .join(PersonRow, PersonRow.id == CaseRow.opened_by_id)
        .join(StudyRow, StudyRow.id == latest_study_id())
        .where(*asked)
    )
    latest = Shelf("all", true(), (CaseRow.opened_at, CaseRow.id), descending=True)
    rows, more = page(work, lines, (latest,), cursor, max(1, min(limit, MOST_ROWS)))
    total = work.session.scalar(select(func.count()).select_from(CaseRow).where(*asked)) or 0
    return Page(tuple(_line(*row[:_COLUMNS]) for row in rows), more, total, _counts(work, actor))


def study(work: Work, study_id: str) -> StudyRow:
    """ABSENT `study.absent`. Permits nothing."""
    return work.get(StudyRow, study_id)


def studies_of(work: Work, case_id: str) -> tuple[str, ...]:
    """The ids of a case's studies, first added first. Permits nothing."""
    found = select(CaseStudyRow.study_id).where(CaseStudyRow.case_id == case_id)
    return tuple(work.session.scalars(found.order_by(CaseStudyRow.added_at, CaseStudyRow.study_id)))


def cases_of_study(work: Work, actor: Actor, study_id: str) -> tuple[str, ...]:
    """The cases that a study belongs to, as far as the actor may see them, latest first."""
    found = select(CaseStudyRow.case_id).join(CaseRow, CaseRow.id == CaseStudyRow.case_id)
    seen = found.where(CaseStudyRow.study_id == study_id, visible_case(CaseRow.id, actor, work.now))
    return tuple(work.session.scalars(seen.order_by(CaseRow.opened_at.desc())))


def open_cases_of_study(work: Work, actor: Actor, study_id: str) -> tuple[str, ...]:
    """As `cases_of_study`, only open ones about which the actor may send the patient elsewhere."""
    found = select(CaseStudyRow.case_id).join(CaseRow, CaseRow.id == CaseStudyRow.case_id)
    ours = found.where(CaseStudyRow.study_id == study_id, CaseRow.state == OPEN)
    sent = ours.where(visible_case(CaseRow.id, actor, work.now, "referral.request"))
    return tuple(work.session.scalars(sent.order_by(CaseRow.opened_at.desc(), CaseRow.id.desc())))


def may(work: Work, actor: Actor, verb: str, case_id: str) -> bool:
    """Whether the actor may do this with the case now."""
    return permits(actor, verb, Thing(shares=case_shares_of(work, case_id), case_id=case_id))


def _asked(work: Work, actor: Actor, match: Match) -> list[ColumnElement[bool]]:
    found = [visible_case(CaseRow.id, actor, work.now)]
    found += [CaseRow.state == match.state] if match.state else []
    found += [_mine(work, actor)] if match.mine else []
    of_study = select(CaseStudyRow.case_id).where(CaseStudyRow.study_id == match.study_id)
    found += [CaseRow.id.in_(of_study)] if match.study_id else []
    found += [matches(match.q)] if match.q.strip() else []
    return found


def _mine(work: Work, actor: Actor) -> ColumnElement[bool]:
    invited = select(CaseShareRow.case_id).where(CaseShareRow.person_id == actor.id)
    return or_(CaseRow.opened_by_id == actor.id, CaseRow.id.in_(invited))


def _counts(work: Work, actor: Actor) -> Counts:
    marks = (CaseRow.state == OPEN, CaseRow.state == CLOSED, _mine(work, actor))
    sums = (func.coalesce(func.sum(case((mark, 1), else_=0)), 0) for mark in marks)
    seen = visible_case(CaseRow.id, actor, work.now)
    return Counts(*(int(value) for value in work.session.execute(select(*sums).where(seen)).one()))


def _line(row: CaseRow, latest: StudyRow, site: str, opener: str, study_count: int) -> CaseLine:
    return CaseLine(
        id=row.id, number=row.number, version=row.version, state=row.state, title=row.title, severity=row.severity,
        patient=patient_of(latest), site=Named(row.site_id, site), opened_by=Named(row.opened_by_id, opener),
        opened_at=row.opened_at, closed_at=row.closed_at, study_count=study_count,
    )  # fmt: skip
