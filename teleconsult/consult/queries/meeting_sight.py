"""Who has a part in a meeting, and who sees which of its cases."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true

from teleconsult.access import Actor, Role, Thing, actor_by_login, case_shares_of, permits, visible_case
from teleconsult.access.rights import CLINICAL
from teleconsult.access.tables import GrantRow, PersonRow
from teleconsult.consult.clocks_meeting import sign_due
from teleconsult.consult.lifecycle_meeting import PRESENTING, SHARED_ITEMS
from teleconsult.consult.lifecycle_room import IN
from teleconsult.consult.tables_meetings import BoardMemberRow, MeetingItemRow, MeetingMemberRow, MeetingRow
from teleconsult.consult.tables_rooms import RoomRow, SeatRow
from teleconsult.records.tables import FactRow
from teleconsult.records.work import Work
from teleconsult.referral.tables import CaseStudyRow

ONCE_IN: Final = timedelta(hours=1)
_SEERS = (Role.COORDINATOR, Role.AUDITOR)


def member_ids(work: Work, meeting_id: str) -> list[str]:
    wanted = select(MeetingMemberRow.person_id).where(MeetingMemberRow.meeting_id == meeting_id)
    return list(work.session.scalars(wanted.order_by(MeetingMemberRow.person_id)))


def members_of(work: Work, meeting_id: str) -> dict[str, str]:
    """Person → specialty."""
    wanted = select(MeetingMemberRow.person_id, MeetingMemberRow.specialty)
    rows = work.session.execute(
        wanted.where(MeetingMemberRow.meeting_id == meeting_id).order_by(MeetingMemberRow.person_id)
    )
    return {person_id: specialty for person_id, specialty in rows}


def board_members(work: Work, board_id: str) -> dict[str, str]:
    """Person → specialty."""
    wanted = select(BoardMemberRow.person_id, BoardMemberRow.specialty)
    rows = work.session.execute(wanted.where(BoardMemberRow.board_id == board_id).order_by(BoardMemberRow.person_id))
    return {person_id: specialty for person_id, specialty in rows}


def sees_meeting(work: Work, actor: Actor, meeting: MeetingRow) -> bool:
    return bool(work.session.scalar(select(exists().where(MeetingRow.id == meeting.id, seen_meetings(work, actor)))))


def seen_meetings(work: Work, actor: Actor) -> ColumnElement[bool]:
    """Its members, its hospital's coordinators and auditors, and whoever sees one of its cases, have a part in a meeting."""
    mine = exists().where(MeetingMemberRow.meeting_id == MeetingRow.id, MeetingMemberRow.person_id == actor.id)
    about = exists().where(MeetingItemRow.meeting_id == MeetingRow.id, seen_items(work, actor))
    member = and_(mine, _clinical(actor))
    site = _everywhere_or(actor)
    return or_(member, site, about.correlate(MeetingRow))


def seen_items(work: Work, actor: Actor) -> ColumnElement[bool]:
    """An item is seen by whoever may see the meetings of its case."""
    return visible_case(MeetingItemRow.case_id, actor, work.now, "meeting.see")


def attendance(work: Work, meeting: MeetingRow, since: datetime | None = None) -> list[dict[str, str]]:
    """The members who were in the meeting's room at any time from `since` on, with the specialty they sit for."""
    there = select(SeatRow.person_id).join(RoomRow, RoomRow.id == SeatRow.room_id)
    there = there.where(RoomRow.subject_id == meeting.id, SeatRow.joined_at.is_not(None))
    if since is not None:
        there = there.where(or_(SeatRow.state == IN, SeatRow.left_at >= since))
    present: set[str] = set(work.session.scalars(there))
    return _of_meeting(members_of(work, meeting.id), present)


def _of_meeting(members: Mapping[str, str], present: set[str]) -> list[dict[str, str]]:
    return [{"person_id": one, "specialty": what} for one, what in members.items() if one in present]


def refused_lately(work: Work, meeting_id: str, person_id: str) -> bool:
    """Whether it was written down within the last hour that this person was refused a meeting."""
    written = exists().where(
        FactRow.subject == "meeting", FactRow.subject_id == meeting_id, FactRow.name == "MeetingRefused",
        FactRow.actor_id == person_id, FactRow.at > work.now - ONCE_IN,
    )  # fmt: skip
    return bool(work.session.scalar(select(written)))


def studies_before(work: Work, meeting_id: str) -> set[str]:
    """The studies of the case that is being presented, or of every case that was accepted while none is."""
    wanted = select(MeetingItemRow.case_id, MeetingItemRow.state).where(
        MeetingItemRow.meeting_id == meeting_id, MeetingItemRow.state.in_(SHARED_ITEMS)
    )
    rows = work.session.execute(wanted).all()
    cases = [case_id for case_id, state in rows if state == PRESENTING] or [case_id for case_id, _ in rows]
    return set(work.session.scalars(select(CaseStudyRow.study_id).where(CaseStudyRow.case_id.in_(cases))))


def item_before(work: Work, meeting_id: str) -> str | None:
    """The item that is being presented."""
    wanted = select(MeetingItemRow.id).where(MeetingItemRow.meeting_id == meeting_id)
    return work.session.scalar(wanted.where(MeetingItemRow.state == PRESENTING))


def case_before(work: Work, meeting_id: str) -> str | None:
    """The case that is being presented."""
    wanted = select(MeetingItemRow.case_id).where(MeetingItemRow.meeting_id == meeting_id)
    return work.session.scalar(wanted.where(MeetingItemRow.state == PRESENTING))


def may_sign_still(work: Work, item: MeetingItemRow, specialty: str, members: Mapping[str, str]) -> bool:
    """Whether somebody who was there for this specialty still can sign, and the time for signing is not over."""
    there = {one["person_id"] for one in item.attended if one["specialty"] == specialty}
    due = sign_due(item)
    return bool(clinical_people(work, there & set(members))) and (due is None or work.now < due)


def person_sees(work: Work, person_id: str, case_id: str) -> bool:
    """Whether this person, who is not the one who asks, may see the case now."""
    person = work.get(PersonRow, person_id)
    case = Thing(shares=case_shares_of(work, case_id), case_id=case_id)
    return not person.disabled and permits(actor_by_login(work, person.login), "case.see", case)


def clinical_people(work: Work, people: Iterable[str]) -> set[str]:
    """Those of these people who may see patients at all and have not left."""
    wanted = (
        select(PersonRow.id)
        .join(GrantRow, GrantRow.person_id == PersonRow.id)
        .where(PersonRow.id.in_(sorted(set(people))), PersonRow.disabled.is_(False), PersonRow.site_id.is_not(None))
        .where(GrantRow.role.in_(sorted(str(role) for role in CLINICAL)))
    )
    return set(work.session.scalars(wanted))


def _clinical(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.holds(*CLINICAL) else false()


def _everywhere_or(actor: Actor) -> ColumnElement[bool]:
    if actor.everywhere(*_SEERS):
        return MeetingRow.id.is_not(None)
    return MeetingRow.site_id.in_(sorted(actor.sites(*_SEERS)))
