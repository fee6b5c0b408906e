"""Everything that happened in a case, in order, so that it can be replayed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, or_, select

from teleconsult.access import Actor, permit_case, visible
from teleconsult.access.tables import GrantRow, PersonRow
from teleconsult.records.tables import FactRow
from teleconsult.records.work import Work
from teleconsult.referral.tables import CaseStudyRow

MOST: Final = 1000
_SILENT: Final = ("notice",)
"""Subjects that say nothing about the case itself."""


def timeline(
    work: Work, actor: Actor, case_id: str, kinds: Sequence[str] | None = None, after: int = 0, limit: int = MOST
) -> Sequence[FactRow]:
    """The facts of the case and of its studies, from `after` (a place in the journal) on; `kinds` are subjects of facts.

    Facts of a study only where the actor may read that study's own timeline. ABSENT `case.absent`, FORBIDDEN `permit.refused`."""
    permit_case(work, actor, "timeline.case", case_id)
    of_case = select(CaseStudyRow.study_id).where(CaseStudyRow.case_id == case_id)
    seen = and_(FactRow.study_id.in_(of_case), visible(FactRow.study_id, actor, work.now, "timeline.read"))
    mine = and_(FactRow.case_id.is_(None), seen)
    found = select(FactRow).where(or_(FactRow.case_id == case_id, mine), FactRow.subject.not_in(_SILENT))
    found = found.where(FactRow.seq > after)
    if kinds:
        found = found.where(FactRow.subject.in_(list(kinds)))
    return work.session.scalars(found.order_by(FactRow.seq).limit(max(1, min(limit, MOST)))).all()


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is today: title, and roles by hospital."""

    title: str
    roles: Mapping[str, tuple[str, ...]]


def standings(work: Work, facts: Sequence[FactRow]) -> dict[str, Standing]:
    """Of everybody who did one of these; who is no person is left out. Permits nothing."""
    who = {fact.actor_id for fact in facts}
    held: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for grant in work.session.scalars(select(GrantRow).where(GrantRow.person_id.in_(who)).order_by(GrantRow.role)):
        held[grant.person_id][grant.site_id or ""].append(grant.role)
    people = work.session.execute(select(PersonRow.id, PersonRow.title).where(PersonRow.id.in_(who)))
    return {key: Standing(title, {site: tuple(roles) for site, roles in held[key].items()}) for key, title in people}
