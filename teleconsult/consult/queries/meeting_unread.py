"""Which signed conclusions the doctors whose case it is have not opened."""

from sqlalchemy import ColumnElement, and_, exists, or_, select

from teleconsult.access import Actor, Role, visible_case
from teleconsult.consult import lifecycle_meeting as lifecycle
from teleconsult.consult.tables_meetings import MeetingItemRow
from teleconsult.records.tables import FactRow
from teleconsult.records.work import Work
from teleconsult.referral.tables import CaseRow


def unread_conclusions(work: Work, actor: Actor) -> ColumnElement[bool]:
    """Of cases that the actor proposed or that are of a hospital where they are a doctor; signed, and not opened by this person yet."""
    sites = sorted(actor.sites(Role.COUNTY_DOCTOR))
    of_site = exists().where(CaseRow.id == MeetingItemRow.case_id, CaseRow.site_id.in_(sites))
    read = exists().where(
        FactRow.subject == "item", FactRow.subject_id == MeetingItemRow.id, FactRow.name == "ConclusionRead",
        FactRow.actor_id == actor.id,
    )  # fmt: skip
    own = or_(MeetingItemRow.proposed_by_id == actor.id, MeetingItemRow.proposed_site_id.in_(sites), of_site)
    seen = visible_case(MeetingItemRow.case_id, actor, work.now, lifecycle.SEE)
    return and_(MeetingItemRow.state == lifecycle.SIGNED, own, ~read, seen)


def conclusion_unread(work: Work, actor: Actor, item_id: str) -> bool:
    """Whether the item's signed conclusion waits to be opened by this person."""
    wanted = select(MeetingItemRow.id).where(MeetingItemRow.id == item_id, unread_conclusions(work, actor))
    return work.session.scalar(wanted) is not None
