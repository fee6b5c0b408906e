"""The one permission function, and its SQL twin for lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from teleconsult.access.actors import Actor
from teleconsult.access.rights import AT_SITE, WITH_STUDY
from teleconsult.access.tables import ShareRow
from teleconsult.kernel.errors import absent, forbidden
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class Share:
    """A site has a study because of `why` (origin, reading)."""

    site_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked about: a study with its shares, or a site (None: the alliance)."""

    study_id: str | None = None
    shares: Sequence[Share] = ()
    site_id: str | None = None


def permits(actor: Actor, verb: str, thing: Thing) -> bool:
    """Whether `actor` may `verb` the thing. The system may everything; whoever holds no role, nothing."""
    if actor.kind == "system":
        return actor.id == "system"
    if verb in AT_SITE:
        return any(grant.role in AT_SITE[verb] and grant.site_id in (None, thing.site_id) for grant in actor.grants)
    reasons = WITH_STUDY[verb]
    return any(
        grant.role in reasons[share.why] and grant.site_id in (None, share.site_id)
        for grant in actor.grants
        for share in thing.shares
    )


def permit(actor: Actor, verb: str, thing: Thing) -> None:
    """Raise unless permitted. Who may not even see a study is told that there is none (ABSENT `study.absent`), else FORBIDDEN `permit.refused`."""
    if permits(actor, verb, thing):
        return
    if verb in WITH_STUDY and not permits(actor, "study.see", thing):
        raise absent("study.absent", thing.study_id or "")
    raise forbidden("permit.refused", f"{actor.id} may not {verb}", verb=verb)


def permit_study(work: Work, actor: Actor, verb: str, study_id: str) -> Thing:
    """`permit` for a study named by its id; gives the thing for further questions."""
    thing = Thing(study_id, shares_of(work, study_id))
    permit(actor, verb, thing)
    return thing


def shares_of(work: Work, study_id: str) -> tuple[Share, ...]:
    """The shares that are open now."""
    found = work.session.execute(
        select(ShareRow.site_id, ShareRow.why).where(ShareRow.study_id == study_id, _open(work.now))
    )
    return tuple(Share(site_id, why) for site_id, why in found)


def open_share(work: Work, study_id: str, site_id: str, why: str) -> None:
    """Let a site have a study. Repeats safely."""
    known = select(ShareRow).where(ShareRow.study_id == study_id, ShareRow.site_id == site_id, ShareRow.why == why)
    if work.session.scalars(known).one_or_none() is None:
        work.add(ShareRow(id=new_id(), study_id=study_id, site_id=site_id, why=why, opened_at=work.now, closes_at=None))


def audience(work: Work, study_id: str) -> tuple[str, ...]:
    """The sites that may be told live that something about the study changed."""
    return tuple(sorted({share.site_id for share in shares_of(work, study_id)}))


def visible(
    study_id: InstrumentedAttribute[Any] | ColumnElement[Any], actor: Actor, now: datetime, verb: str = "study.see"
) -> ColumnElement[bool]:
    """The SQL twin of `permits`: true for the studies with which `actor` may `verb`."""
    if actor.kind == "system":
        return true() if actor.id == "system" else false()
    grounds = list(_grounds(actor, verb))
    if not grounds:
        return false()
    return exists().where(ShareRow.study_id == study_id, _open(now), or_(*grounds))


def _grounds(actor: Actor, verb: str) -> Iterable[ColumnElement[bool]]:
    for why, roles in WITH_STUDY[verb].items():
        if actor.everywhere(*roles):
            yield ShareRow.why == why
        elif sites := actor.sites(*roles):
            yield and_(ShareRow.why == why, ShareRow.site_id.in_(sorted(sites)))


def _open(now: datetime) -> ColumnElement[bool]:
    return or_(ShareRow.closes_at.is_(None), ShareRow.closes_at > now)
