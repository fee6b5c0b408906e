"""The one permission function, and its SQL twins for lists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from teleconsult.access.actors import Actor
from teleconsult.access.rights import AT_SITE, CLINICAL, INVITED, PEERS, PEERS_AT_SITE, WITH_CASE, WITH_STUDY, Roles
from teleconsult.access.shares import Share, case_shares_of, is_open, shares_of
from teleconsult.access.tables import CaseShareRow, ShareRow
from teleconsult.kernel.errors import absent, forbidden
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked about: a study or a case with its shares, or a site (None: the alliance)."""

    study_id: str | None = None
    shares: Sequence[Share] = ()
    site_id: str | None = None
    case_id: str | None = None


def permits(actor: Actor, verb: str, thing: Thing) -> bool:
    """Whether `actor` may `verb` the thing. The system may everything; whoever holds no role, nothing."""
    if actor.kind == "system":
        return actor.id == "system"
    if verb in PEERS_AT_SITE:
        return actor.kind == "peer" and actor.site_id is not None and actor.site_id == thing.site_id
    if actor.kind == "peer" or verb in PEERS:
        return actor.kind == "peer" and any(_is_of_peer(actor, verb, share) for share in thing.shares)
    if verb in AT_SITE:
        return any(grant.role in AT_SITE[verb] and grant.site_id in (None, thing.site_id) for grant in actor.grants)
    reasons = _reasons(verb)
    return any(_counts(actor, verb, reasons, share) for share in thing.shares)


def permit(actor: Actor, verb: str, thing: Thing) -> None:
    """Raise unless permitted. Who may not even see a study or case is told that there is none (ABSENT `study.absent`,
    `case.absent`), else FORBIDDEN `permit.refused`."""
    if permits(actor, verb, thing):
        return
    if verb in PEERS or (verb in WITH_STUDY and not permits(actor, "study.see", thing)):
        raise absent("study.absent", thing.study_id or "")
    if verb in WITH_CASE and not permits(actor, "case.see", thing):
        raise absent("case.absent", thing.case_id or "")
    raise forbidden("permit.refused", f"{actor.id} may not {verb}", verb=verb)


def permit_study(work: Work, actor: Actor, verb: str, study_id: str) -> Thing:
    """`permit` for a study named by its id; gives the thing for further questions."""
    thing = Thing(study_id, shares_of(work, study_id))
    permit(actor, verb, thing)
    return thing


def permit_case(work: Work, actor: Actor, verb: str, case_id: str) -> Thing:
    """`permit` for a case named by its id; gives the thing for further questions."""
    thing = Thing(shares=case_shares_of(work, case_id), case_id=case_id)
    permit(actor, verb, thing)
    return thing


def visible(
    study_id: InstrumentedAttribute[Any] | ColumnElement[Any],
    actor: Actor,
    now: datetime,
    verb: str = "study.see",
    *,
    of_few: bool = False,
) -> ColumnElement[bool]:
    """The SQL twin of `permits`: true for the studies with which `actor` may `verb`.

    `of_few`: it will be asked of a page of rows, though more are there. PostgreSQL then looks each of them up; by itself it may rather read
    all that a site ever had.
    """
    return _twin(ShareRow, ShareRow.study_id == study_id, actor, now, verb, of_few)


def visible_case(
    case_id: InstrumentedAttribute[Any] | ColumnElement[Any], actor: Actor, now: datetime, verb: str = "case.see"
) -> ColumnElement[bool]:
    """The SQL twin of `permits`: true for the cases with which `actor` may `verb`."""
    return _twin(CaseShareRow, CaseShareRow.case_id == case_id, actor, now, verb)


def of_site(site_id: InstrumentedAttribute[Any] | ColumnElement[Any], actor: Actor, verb: str) -> ColumnElement[bool]:
    """The SQL twin of `permits` for what concerns a whole site: true for the rows of the sites at which `actor` may `verb`."""
    if actor.kind == "system":
        return true() if actor.id == "system" else false()
    if verb in PEERS_AT_SITE:
        return site_id == actor.site_id if actor.kind == "peer" and actor.site_id else false()
    roles = AT_SITE.get(verb, frozenset())
    if actor.kind == "peer" or not roles:
        return false()
    return true() if actor.everywhere(*roles) else site_id.in_(sorted(actor.sites(*roles)))


def _reasons(verb: str) -> Mapping[str, Roles]:
    return WITH_STUDY[verb] if verb in WITH_STUDY else WITH_CASE[verb]


def _is_of_peer(actor: Actor, verb: str, share: Share) -> bool:
    """Whether the share gives the peer's whole site the verb."""
    return share.person_id is None and share.site_id == actor.site_id and share.why in PEERS.get(verb, ())


def _counts(actor: Actor, verb: str, reasons: Mapping[str, Roles], share: Share) -> bool:
    """Whether the share gives the actor the verb."""
    if share.person_id is not None:
        return share.person_id == actor.id and share.why in INVITED.get(verb, ()) and actor.holds(*CLINICAL)
    return any(grant.role in reasons[share.why] and grant.site_id in (None, share.site_id) for grant in actor.grants)


def _twin(
    kind: type[ShareRow] | type[CaseShareRow],
    of_thing: ColumnElement[bool],
    actor: Actor,
    now: datetime,
    verb: str,
    of_few: bool = False,
) -> ColumnElement[bool]:
    if actor.kind == "system":
        return true() if actor.id == "system" else false()
    grounds = [select(kind.id).where(of_thing, is_open(kind, now), *ground) for ground in _grounds(kind, actor, verb)]
    # An offset, of none, keeps PostgreSQL from answering for all rows at once.
    return or_(false(), *((ground.offset(0) if of_few else ground).exists() for ground in grounds))


def _grounds(
    kind: type[ShareRow] | type[CaseShareRow], actor: Actor, verb: str
) -> Iterable[tuple[ColumnElement[bool], ...]]:
    """Each what a share must be that gives the actor the verb; asked for one by one, for an index can serve each, but not the choice
    of them: a county's shares are a small part of it, which stays in memory, and those of a study may be anywhere."""
    if actor.kind == "peer" or verb in PEERS:
        if actor.kind == "peer" and verb in PEERS:
            yield kind.site_id == actor.site_id, kind.why.in_(sorted(PEERS[verb])), kind.person_id.is_(None)
        return
    reasons: dict[tuple[str, ...], list[str]] = {}
    for why, roles in _reasons(verb).items():
        if actor.everywhere(*roles):
            reasons.setdefault((), []).append(why)
        elif sites := actor.sites(*roles):
            reasons.setdefault(tuple(sorted(sites)), []).append(why)
    for at, whys in reasons.items():
        place = [kind.site_id.in_(at)] if at else []
        yield *place, kind.why.in_(sorted(whys)), kind.person_id.is_(None)
    if verb in INVITED and actor.holds(*CLINICAL):
        yield kind.person_id == actor.id, kind.why.in_(sorted(INVITED[verb]))
