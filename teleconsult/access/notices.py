"""Notices: news for everybody who holds a role at a site, or for one person alone, until each has seen it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select, update

from teleconsult.access import facts
from teleconsult.access.actors import Actor, Role
from teleconsult.access.tables import NoticeRow, NoticeSeenRow
from teleconsult.kernel.errors import absent
from teleconsult.kernel.values import Json, new_id
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class Notice:
    """`waits`: what it is about is not dealt with yet. Until then nobody has seen it, from then on everybody has."""

    row: NoticeRow
    seen: bool
    waits: bool


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
    about: str | None = None,
) -> NoticeRow | None:
    """Give a notice once per `key`; None when it was given before. It rings on open screens (fact `NoticeGiven`).

    With `about`, the id of something that somebody must deal with, it waits for `settle`, in the place of what the same people
    were told about it before. With `person_id` it is that person's alone, and `roles` say nothing. A code that begins with
    "critical." must be heard.
    """
    if work.session.scalars(select(NoticeRow.id).where(NoticeRow.key == key)).first():
        return None
    told = [str(role) for role in roles]
    if about is not None:
        _replace(work, about, site_id, set(told))
    row = NoticeRow(
        id=new_id(),
        key=key,
        site_id=site_id,
        roles=told,
        code=code,
        params=dict(params or {}),
        study_id=study_id,
        case_id=case_id,
        person_id=person_id,
        about=about,
        at=work.now,
    )
    work.add(row)
    work.record(facts.notice_given(row.id, code, study_id, case_id, site_id, person_id))
    return row


def tell_anew(
    work: Work, key: str, site_id: str, roles: Iterable[Role], code: str, study_id: str, params: Mapping[str, Json]
) -> None:
    """As `notify`, but one notice at the site for all that comes again and again about a study: one that nobody has seen says what is so by now,
    without ringing; one that somebody has seen is overtaken, and it is told anew. Once per `key`."""
    if work.session.scalars(select(NoticeRow.id).where(NoticeRow.key == key)).first():
        return
    same = (NoticeRow.study_id == study_id, NoticeRow.site_id == site_id, NoticeRow.code == code)
    standing = select(NoticeRow).where(*same, NoticeRow.settled_at.is_(None)).order_by(NoticeRow.id.desc())
    before = work.session.scalars(standing).all()
    looked_at = select(NoticeSeenRow.notice_id).where(NoticeSeenRow.notice_id.in_([row.id for row in before]))
    if before and not work.session.scalars(looked_at).first():
        before[0].key, before[0].params = key, dict(params)
        before = before[1:]
    else:
        notify(work, key, site_id, roles, code, study_id, params)
    for row in before:
        row.settled_at = work.now


def retell(work: Work, about: str, params: Mapping[str, Json]) -> bool:
    """Let what waits `about` something say what is so by now, without ringing again; False where nothing waits."""
    waiting = and_(NoticeRow.about == about, NoticeRow.settled_at.is_(None))
    rows = work.session.scalars(select(NoticeRow).where(waiting)).all()
    for row in rows:
        row.params = dict(params)
    return bool(rows)


def _replace(work: Work, about: str, site_id: str, roles: set[str]) -> None:
    """What was said before to nobody but these is said again now."""
    waiting = and_(NoticeRow.about == about, NoticeRow.site_id == site_id, NoticeRow.settled_at.is_(None))
    rows = work.session.scalars(select(NoticeRow).where(waiting))
    before = [row.id for row in rows if set(row.roles) <= roles]
    work.session.execute(update(NoticeRow).where(NoticeRow.id.in_(before)).values(settled_at=work.now))


def settle(work: Work, about: str) -> int:
    """What notices were about is dealt with: how many waited. They count as seen, and open screens hear of it. Repeats safely."""
    waiting = and_(NoticeRow.about == about, NoticeRow.settled_at.is_(None))
    return _settled(work, waiting, about)


def overtake(work: Work, study_id: str | None, codes: Iterable[str]) -> int:
    """What notices of these codes said of a study (None: of none) waits for nobody, but is overtaken: how many. As `settle`, for whoever has
    not seen them."""
    which = list(codes)
    told = and_(NoticeRow.study_id == study_id, NoticeRow.code.in_(which), NoticeRow.settled_at.is_(None))
    return _settled(work, told, study_id or ",".join(which))


def told_of(work: Work, code: str) -> set[str]:
    """The studies of which notices of this code stand: neither settled nor overtaken."""
    standing = select(NoticeRow.study_id).where(NoticeRow.code == code, NoticeRow.settled_at.is_(None))
    return {study_id for study_id in work.session.scalars(standing) if study_id is not None}


def told_about(work: Work, codes: Iterable[str]) -> dict[str, tuple[str, Mapping[str, Json]]]:
    """What notices of these codes wait about: the code and values of each."""
    standing = and_(NoticeRow.about.is_not(None), NoticeRow.settled_at.is_(None), NoticeRow.code.in_(list(codes)))
    found = work.session.execute(select(NoticeRow.about, NoticeRow.code, NoticeRow.params).where(standing))
    return {str(about): (code, params) for about, code, params in found}


def _settled(work: Work, which: ColumnElement[bool], about: str) -> int:
    rows = work.session.execute(select(NoticeRow.site_id, NoticeRow.study_id).where(which)).all()
    if rows:
        work.session.execute(update(NoticeRow).where(which).values(settled_at=work.now))
        work.record(facts.notices_settled(about, rows[0].study_id, tuple(sorted({row.site_id for row in rows}))))
    return len(rows)


def notices(work: Work, actor: Actor, limit: int = 50) -> list[Notice]:
    """The notices that concern the actor's roles: what waits first, then the latest."""
    seen = exists().where(NoticeSeenRow.notice_id == NoticeRow.id, NoticeSeenRow.person_id == actor.id)
    waits = and_(NoticeRow.about.is_not(None), NoticeRow.settled_at.is_(None))
    found = [
        *work.session.execute(select(NoticeRow, seen).where(waits, _reaching(actor)).order_by(NoticeRow.id.desc())),
        *work.session.execute(
            select(NoticeRow, seen).where(not_(waits), _reaching(actor)).order_by(NoticeRow.id.desc()).limit(limit * 4)
        ),
    ]
    return [_notice(row, was_seen) for row, was_seen in found if _concerns(row, actor)][:limit]


def see(work: Work, actor: Actor, notice_id: str) -> None:
    """Mark a notice as seen. Repeats safely. ABSENT `notice.absent` also for one that is not the actor's."""
    row = work.session.get(NoticeRow, notice_id)
    if row is None or not _concerns(row, actor):
        raise absent("notice.absent", notice_id)
    if work.session.get(NoticeSeenRow, (notice_id, actor.id)) is None:
        work.add(NoticeSeenRow(notice_id=notice_id, person_id=actor.id, at=work.now))


def _notice(row: NoticeRow, was_seen: bool) -> Notice:
    waits = row.about is not None and row.settled_at is None
    return Notice(row, row.settled_at is not None or (was_seen and not waits), waits)


def _concerns(row: NoticeRow, actor: Actor) -> bool:
    if row.person_id is not None:
        return row.person_id == actor.id
    return any(grant.role in row.roles and grant.site_id == row.site_id for grant in actor.grants)


def _reaching(actor: Actor) -> ColumnElement[bool]:
    sites = {grant.site_id for grant in actor.grants if grant.site_id}
    return or_(NoticeRow.person_id == actor.id, NoticeRow.site_id.in_(sorted(sites)) if sites else false())
