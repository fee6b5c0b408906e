"""What meetings want of a person now: rows of the desk."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import and_, select

from teleconsult.access import Actor, Role, visible_case
from teleconsult.consult import clocks_meeting as clocks
from teleconsult.consult import lifecycle_meeting as lifecycle
from teleconsult.consult.minutes import CHAIR, parts
from teleconsult.consult.queries.desk_item import DeskItem, at_the_door
from teleconsult.consult.queries.meeting_unread import unread_conclusions
from teleconsult.consult.tables_meetings import (
    ConclusionRow,
    MeetingItemRow,
    MeetingMemberRow,
    MeetingRow,
    PreparationRow,
)
from teleconsult.consult.tables_rooms import RoomRow
from teleconsult.records.work import Work
from teleconsult.reporting.queries import papers_of

_MOST = 200


def to_screen(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """Cases that were proposed: for the coordinators, and for the chair when it is urgent."""
    sites = sorted(actor.sites(Role.COORDINATOR))
    rows = work.session.execute(
        select(MeetingItemRow, MeetingRow)
        .join(MeetingRow, MeetingRow.id == MeetingItemRow.meeting_id)
        .where(MeetingItemRow.state == lifecycle.PROPOSED, MeetingRow.state.in_(lifecycle.RUNNING))
        .where(MeetingRow.site_id.in_(sites) | (MeetingItemRow.urgent.is_(True) & (MeetingRow.chair_id == actor.id)))
        .order_by(MeetingRow.freeze_at)
        .limit(_MOST)
    )
    for item, meeting in rows:
        late = lifecycle.frozen(meeting, work.now)
        if late and item.urgent and meeting.chair_id == actor.id:
            yield _row("screen", item, meeting, "red", meeting.starts_at)
        elif meeting.site_id in sites:
            yield _row("screen", item, meeting, "yellow" if late else "blue", meeting.freeze_at)


def to_prepare(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """Cases for which the actor's specialty is not ready."""
    rows = work.session.execute(
        select(MeetingItemRow, MeetingRow, PreparationRow)
        .join(MeetingRow, MeetingRow.id == MeetingItemRow.meeting_id)
        .join(
            MeetingMemberRow, and_(MeetingMemberRow.meeting_id == MeetingRow.id, MeetingMemberRow.person_id == actor.id)
        )
        .join(
            PreparationRow,
            and_(PreparationRow.item_id == MeetingItemRow.id, PreparationRow.specialty == MeetingMemberRow.specialty),
        )
        .where(MeetingItemRow.state == lifecycle.PREPARING, PreparationRow.ready.is_(False))
        .where(
            MeetingRow.state.in_(lifecycle.RUNNING),
            visible_case(MeetingItemRow.case_id, actor, work.now, lifecycle.SEE),
        )
        .order_by(MeetingRow.starts_at)
        .limit(_MOST)
    )
    for item, meeting, _ in rows:
        left = meeting.starts_at - work.now
        band = "red" if left <= clocks.SOON_BEFORE else "yellow" if left <= clocks.CHASE_BEFORE else "blue"
        yield _row("prepare", item, meeting, band, meeting.starts_at)


def to_sign(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """Conclusions that wait for this person's signature."""
    rows = work.session.execute(
        select(MeetingItemRow, MeetingRow, ConclusionRow)
        .join(MeetingRow, MeetingRow.id == MeetingItemRow.meeting_id)
        .join(ConclusionRow, ConclusionRow.id == MeetingItemRow.id)
        .join(
            MeetingMemberRow, and_(MeetingMemberRow.meeting_id == MeetingRow.id, MeetingMemberRow.person_id == actor.id)
        )
        .where(MeetingItemRow.state == lifecycle.CONCLUDED)
        .where(visible_case(MeetingItemRow.case_id, actor, work.now, lifecycle.SEE))
        .order_by(MeetingItemRow.concluded_at)
        .limit(_MOST)
    )
    for item, meeting, said in rows:
        signed = {paper.number for paper in papers_of(work, said.kind, item.id)}
        roles = {one["specialty"] for one in item.attended if one["person_id"] == actor.id}
        roles |= {CHAIR} if actor.id == meeting.chair_id else set()
        if any(part.role in roles and part.number not in signed for part in parts(meeting.specialties, item.attended)):
            due = clocks.sign_due(item)
            band = (
                "red"
                if due and work.now >= due
                else "yellow"
                if due and work.now >= due - clocks.SIGN_REMINDER
                else "blue"
            )
            yield _row("sign", item, meeting, band, due, kind=said.kind)


def to_read(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """Signed conclusions of the actor's own cases that they have not opened."""
    rows = work.session.execute(
        select(MeetingItemRow, MeetingRow, ConclusionRow)
        .join(MeetingRow, MeetingRow.id == MeetingItemRow.meeting_id)
        .join(ConclusionRow, ConclusionRow.id == MeetingItemRow.id)
        .where(unread_conclusions(work, actor))
        .order_by(MeetingItemRow.signed_at)
        .limit(_MOST)
    )
    for item, meeting, said in rows:
        yield _row("read", item, meeting, "yellow", None, kind=said.kind, dissent=len(said.dissent))


def to_supply(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """What a specialty found missing in a case that the actor's hospital proposed."""
    sites = sorted(actor.sites(Role.COUNTY_DOCTOR, Role.COORDINATOR, Role.EXPERT))
    rows = work.session.execute(
        select(MeetingItemRow, MeetingRow, PreparationRow)
        .join(MeetingRow, MeetingRow.id == MeetingItemRow.meeting_id)
        .join(PreparationRow, PreparationRow.item_id == MeetingItemRow.id)
        .where(MeetingItemRow.state == lifecycle.PREPARING, MeetingItemRow.proposed_site_id.in_(sites))
        .where(PreparationRow.ready.is_(False), visible_case(MeetingItemRow.case_id, actor, work.now, lifecycle.SEE))
        .order_by(MeetingRow.starts_at)
        .limit(_MOST)
    )
    lacking: dict[str, tuple[MeetingItemRow, MeetingRow, list[str]]] = {}
    for item, meeting, done in rows:
        lacking.setdefault(item.id, (item, meeting, []))[2].extend(done.missing)
    for item, meeting, missing in lacking.values():
        if missing:
            late = meeting.starts_at - work.now <= clocks.CHASE_BEFORE
            yield _row(
                "supply",
                item,
                meeting,
                "red" if late else "yellow",
                meeting.starts_at,
                missing="、".join(missing)[:200],
            )


def to_enter(work: Work, actor: Actor) -> Iterator[DeskItem]:
    """Meetings that are on, or that the actor is about to open."""
    rows = work.session.execute(
        select(MeetingRow, RoomRow)
        .join(MeetingMemberRow, MeetingMemberRow.meeting_id == MeetingRow.id)
        .outerjoin(RoomRow, RoomRow.id == MeetingRow.room_id)
        .where(MeetingMemberRow.person_id == actor.id, MeetingRow.state.in_(("open", "frozen", "live")))
        .where(MeetingRow.starts_at <= work.now + clocks.MAY_START_BEFORE)
        .order_by(MeetingRow.starts_at)
        .limit(_MOST)
    )
    for row, room in rows:
        if row.state == lifecycle.LIVE and room is not None:
            yield at_the_door(_meeting(row, "enter"), room, work.now)
        elif row.state != lifecycle.LIVE and row.chair_id == actor.id:
            yield _meeting(row, "start")


def _meeting(row: MeetingRow, verb: str) -> DeskItem:
    return DeskItem(
        f"meeting_{verb}", row.id, f"desk.meeting_{verb}", verb, f"/meetings/{row.id}", "red", row.starts_at,
        params=_params(row),
    )  # fmt: skip


def _row(
    verb: str, item: MeetingItemRow, meeting: MeetingRow, band: str, due: datetime | None, **more: str | int
) -> DeskItem:
    params = {**_params(meeting), "item": item.number, "urgent": item.urgent, **more}
    return DeskItem(
        f"meeting_{verb}", item.id, f"desk.meeting_{verb}", verb, f"/meetings/{meeting.id}/items/{item.id}", band, due,
        item.case_id, None, None, params,
    )  # fmt: skip


def _params(row: MeetingRow) -> dict[str, str | bool]:
    return {"number": row.number, "title": row.title, "starts_at": row.starts_at.isoformat()}
