"""Notices: news for everybody who holds a role at a site, or for one person alone, until each has seen it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, false, or_, select

from teleconsult.access import facts
from teleconsult.access.actors import Actor, Role
from teleconsult.access.tables import NoticeRow, NoticeSeenRow
from teleconsult.kernel.errors import absent
from teleconsult.kernel.values import Json, new_id
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class Notice:
    row: NoticeRow
    seen: bool


def notify(
    work: Work,
    key: str,
    site_id: str,
    roles: Iterable[Role],
    code: str,
    study_id: str | None = None,
    params: Mapping[str, Json] | None = None,
    case_id: str | None = None,
    person_id: str | None = None,
) -> NoticeRow | None:
    """Give a notice once per `key`; None when it was given before. It rings on open screens (fact `NoticeGiven`).

    With `person_id` it is that person's alone, and `roles` say nothing. A code that begins with "critical." must be heard.
    """
    if work.session.scalars(select(NoticeRow.id).where(NoticeRow.key == key)).first():
        return None
    row = NoticeRow(
        id=new_id(),
        key=key,
        site_id=site_id,
        roles=[str(role) for role in roles],
        code=code,
        params=dict(params or {}),
        study_id=study_id,
        case_id=case_id,
        person_id=person_id,
        at=work.now,
    )
    work.add(row)
    work.record(facts.notice_given(row.id, code, study_id, case_id, site_id, person_id))
    return row


def notices(work: Work, actor: Actor, limit: int = 50) -> list[Notice]:
    """The latest notices that concern the actor's roles, newest first."""
    seen = exists().where(NoticeSeenRow.notice_id == NoticeRow.id, NoticeSeenRow.person_id == actor.id)
    rows = work.session.execute(
        select(NoticeRow, seen).where(_reaching(actor)).order_by(NoticeRow.id.desc()).limit(limit * 4)
    )
    mine = [Notice(row, bool(was_seen)) for row, was_seen in rows if _concerns(row, actor)]
    return mine[:limit]


def see(work: Work, actor: Actor, notice_id: str) -> None:
    """Mark a notice as seen. Repeats safely. ABSENT `notice.absent` also for one that is not the actor's."""
    row = work.session.get(NoticeRow, notice_id)
    if row is None or not _concerns(row, actor):
        raise absent("notice.absent", notice_id)
    if work.session.get(NoticeSeenRow, (notice_id, actor.id)) is None:
        work.add(NoticeSeenRow(notice_id=notice_id, person_id=actor.id, at=work.now))


def _concerns(row: NoticeRow, actor: Actor) -> bool:
    if row.person_id is not None:
        return row.person_id == actor.id
    return any(grant.role in row.roles and grant.site_id == row.site_id for grant in actor.grants)


def _reaching(actor: Actor) -> ColumnElement[bool]:
    sites = {grant.site_id for grant in actor.grants if grant.site_id}
    return or_(NoticeRow.person_id == actor.id, NoticeRow.site_id.in_(sorted(sites)) if sites else false())
