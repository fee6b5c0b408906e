"""Shares: which site, or which person invited, has a study or a case, for which reason, by which cause, until when.

`cause_id` is the consultation, referral or meeting that opened a share (empty for origin and reading). What one cause opened only
the same cause closes: whoever has a thing by two causes keeps it until both have ended.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from teleconsult.access.tables import CaseShareRow, ShareRow, StudyHoldRow
from teleconsult.kernel.values import new_id
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Work

Kind = type[ShareRow] | type[CaseShareRow]


@dataclass(frozen=True, slots=True)
class Share:
    """A site has a thing because of `why` (`rights.REASONS`); with `person_id` it is that person's alone."""

    site_id: str
    why: str
    person_id: str | None = None


def shares_of(work: Work, study_id: str) -> tuple[Share, ...]:
    """The shares of a study that are open now."""
    return tuple(_found(work, ShareRow, ShareRow.study_id == study_id))


def case_shares_of(work: Work, case_id: str) -> tuple[Share, ...]:
    """The shares of a case that are open now."""
    return tuple(_found(work, CaseShareRow, CaseShareRow.case_id == case_id))


def open_share(
    work: Work,
    study_id: str,
    site_id: str,
    why: str,
    cause_id: str = "",
    person_id: str | None = None,
    closes_at: datetime | None = None,
) -> None:
    """Let a site, or one person of it, have a study. Repeats safely; opens again what the same cause had closed."""
    kept = ShareRow.study_id == study_id
    if not _reopened(work, ShareRow, kept, site_id, why, cause_id, person_id, closes_at):
        work.add(
            ShareRow(
                id=new_id(), study_id=study_id, site_id=site_id, why=why, cause_id=cause_id, person_id=person_id,
                opened_at=work.now, closes_at=closes_at,
            )
        )  # fmt: skip


def open_case_share(
    work: Work,
    case_id: str,
    site_id: str,
    why: str,
    cause_id: str = "",
    person_id: str | None = None,
    closes_at: datetime | None = None,
) -> None:
    """Let a site, or one person of it, have a case. Its studies are shared each by itself (`open_share`). Repeats safely."""
    kept = CaseShareRow.case_id == case_id
    if not _reopened(work, CaseShareRow, kept, site_id, why, cause_id, person_id, closes_at):
        work.add(
            CaseShareRow(
                id=new_id(), case_id=case_id, site_id=site_id, why=why, cause_id=cause_id, person_id=person_id,
                opened_at=work.now, closes_at=closes_at,
            )
        )  # fmt: skip


def close_shares(
    work: Work, cause_id: str, at: datetime | None = None, site_id: str | None = None, person_id: str | None = None
) -> None:
    """End what a cause opened on studies, now or at `at`; only a site's or a person's part of it where one is named."""
    _close(work, ShareRow, cause_id, at, site_id, person_id)


def close_case_shares(
    work: Work, cause_id: str, at: datetime | None = None, site_id: str | None = None, person_id: str | None = None
) -> None:
    """End what a cause opened on cases, now or at `at`; only a site's or a person's part of it where one is named."""
    _close(work, CaseShareRow, cause_id, at, site_id, person_id)


def audience(work: Work, study_id: str) -> tuple[str, ...]:
    """The sites that may be told live that something about the study changed."""
    return tuple(sorted({share.site_id for share in shares_of(work, study_id)}))


def case_audience(work: Work, case_id: str) -> tuple[str, ...]:
    """The sites that may be told live that something about the case changed."""
    return tuple(sorted({share.site_id for share in case_shares_of(work, case_id)}))


def hold(work: Work, study_id: str, why: str) -> None:
    """Whose study this is, is in doubt: whoever has it because they were asked does not have it until `release`. Repeats safely.

    It holds for shares that are opened meanwhile as well. The hospitals that made and read the study keep it."""
    insert_new(work.session, StudyHoldRow, {"study_id": study_id, "why": why, "since": work.now}, "study_id")


def release(work: Work, study_id: str) -> None:
    """The doubt is settled: every share counts again. Repeats safely."""
    work.session.execute(delete(StudyHoldRow).where(StudyHoldRow.study_id == study_id))


def is_held(work: Work, study_id: str) -> bool:
    return work.session.get(StudyHoldRow, study_id) is not None


def is_open(kind: Kind, now: datetime) -> ColumnElement[bool]:
    lasting = or_(kind.closes_at.is_(None), kind.closes_at > now)
    if kind is not ShareRow:
        return lasting
    held = exists().where(StudyHoldRow.study_id == ShareRow.study_id)
    return and_(lasting, or_(ShareRow.cause_id == "", ~held))


def _found(work: Work, kind: Kind, of_thing: ColumnElement[bool]) -> Iterator[Share]:
    columns = select(kind.site_id, kind.why, kind.person_id)
    for site_id, why, person_id in work.session.execute(columns.where(of_thing, is_open(kind, work.now))):
        yield Share(site_id, why, person_id)


def _reopened(
    work: Work,
    kind: Kind,
    of_thing: ColumnElement[bool],
    site_id: str,
    why: str,
    cause_id: str,
    person_id: str | None,
    closes_at: datetime | None,
) -> bool:
    known = select(kind).where(of_thing, kind.site_id == site_id, kind.why == why, kind.cause_id == cause_id)
    row: Any = work.session.scalars(known.where(kind.person_id.is_not_distinct_from(person_id))).one_or_none()
    if row is None:
        return False
    row.closes_at = closes_at
    work.session.flush()
    return True


def _close(
    work: Work,
    kind: Kind,
    cause_id: str,
    at: datetime | None,
    site_id: str | None,
    person_id: str | None,
) -> None:
    if not cause_id:
        raise ValueError("origin and reading have no cause: they are not closed by one")
    ends = at or work.now
    later = or_(kind.closes_at.is_(None), kind.closes_at > ends)
    statement = update(kind).where(kind.cause_id == cause_id, later)
    if site_id is not None:
        statement = statement.where(kind.site_id == site_id)
    if person_id is not None:
        statement = statement.where(kind.person_id == person_id)
    work.session.execute(statement.values(closes_at=ends), execution_options={"synchronize_session": "fetch"})
