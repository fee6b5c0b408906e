"""Cases on a meeting's agenda: proposed, screened, arranged, prepared, deferred, withdrawn."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from teleconsult.access import Actor, permit_case
from teleconsult.consult import lifecycle_meeting as lifecycle
from teleconsult.consult import shares_meeting as shares
from teleconsult.consult import telling_meeting as telling
from teleconsult.consult.lifecycle import text
from teleconsult.consult.lifecycle_meeting import PREPARE, PRESIDE, PROPOSE, SCREEN
from teleconsult.consult.loading_meeting import (
    coordinates,
    items_of,
    keep_item,
    keep_meeting,
    load_item,
    load_meeting,
    permitted,
    permitted_item,
)
from teleconsult.consult.meeting_room import guests_follow
from teleconsult.consult.moving_on import add_item, carry_over, prepared, share_with_members, taken_on
from teleconsult.consult.queries.cases import studies_in_case
from teleconsult.consult.queries.meeting_sight import members_of
from teleconsult.consult.queries.meeting_sources import belongs
from teleconsult.consult.tables_meetings import MeetingItemRow, MeetingRow
from teleconsult.kernel.errors import absent, conflict, forbidden, invalid
from teleconsult.records.work import Work
from teleconsult.referral import load_case

_LONGEST_UID = 64


def propose(
    work: Work, actor: Actor, meeting_id: str, case_id: str, question: str, from_kind: str = "case", from_id: str | None = None, *,
    urgent: bool = False, minutes: int = lifecycle.USUAL_MINUTES,
) -> MeetingItemRow:  # fmt: skip
    """Put a case before a meeting, by whoever takes care of it or was asked about it. Its coordinators see it from now on.

    ABSENT `case.absent`, `meeting.absent`; CONFLICT `case.closed`, `meeting.frozen`, `meeting.proposed_already`, `meeting.full`;
    INVALID `meeting.source` when the case has nothing to do with what it is said to come from, `meeting.time_box`, `field.empty`.
    """
    permit_case(work, actor, PROPOSE, case_id)
    meeting = load_meeting(work, meeting_id)
    case = load_case(work, case_id)
    if case.state != "open":
        raise conflict("case.closed", case_id)
    lifecycle.propose(meeting, urgent, work.now)
    text(question, "question")
    if from_kind not in lifecycle.SOURCES or not belongs(work, case_id, from_kind, from_id):
        raise invalid("meeting.source", f"{from_kind} {from_id}"[:60])
    _room_for_one_more(work, meeting, case_id)
    item = add_item(
        work, meeting, case_id, from_kind, from_id if from_kind != "case" else None, question.strip(), urgent=urgent,
        minutes=lifecycle.time_box(minutes), by_id=actor.id, site_id=actor.site_id or case.site_id,
    )  # fmt: skip
    keep_item(work, meeting, item, {}, "ItemProposed", from_kind=from_kind, urgent=urgent)
    telling.tell_coordinators(work, meeting, "meeting.item_proposed", str(item.version), item)
    if urgent and lifecycle.frozen(meeting, work.now):
        telling.tell_people(work, meeting, [meeting.chair_id], "meeting.item_urgent", str(item.version), item)
    return item


def accept(work: Work, actor: Actor, meeting_id: str, item_id: str, minutes: int | None = None) -> MeetingItemRow:
    """Onto the agenda: the members see the case from here on. By the coordinator; after the freeze an urgent one by the chair alone."""
    meeting, item = permitted_item(work, actor, meeting_id, item_id, SCREEN, PRESIDE)
    changes = dict(lifecycle.accept(meeting, item, actor.id, coordinates(actor, meeting), work.now))
    if minutes is not None:
        changes["minutes"] = lifecycle.time_box(minutes)
    taken_on(work, meeting, item)
    guests_follow(work, meeting, item)
    keep_item(work, meeting, item, changes, "ItemAccepted", urgent=item.urgent)
    telling.tell_ward(work, meeting, item, "meeting.item_accepted", str(item.version))
    telling.tell_people(work, meeting, members_of(work, meeting.id), "meeting.to_prepare", str(item.version), item)
    return item


def decline(work: Work, actor: Actor, meeting_id: str, item_id: str, reason: str) -> MeetingItemRow:
    """No case for this meeting, and why. By the coordinator, or the chair when it is urgent."""
    meeting, item = permitted_item(work, actor, meeting_id, item_id, SCREEN, PRESIDE)
    if not coordinates(actor, meeting):
        lifecycle.the_chair(meeting, actor.id)
    changes = lifecycle.drop(item, "decline", reason, work.now)
    keep_item(work, meeting, item, changes, "ItemDeclined", reason=reason.strip()[:200])
    shares.end(work, item)
    telling.tell_ward(work, meeting, item, "meeting.item_declined", str(item.version))
    return item


def withdraw(work: Work, actor: Actor, meeting_id: str, item_id: str, reason: str) -> MeetingItemRow:
    """Not needed any more, by the hospital that proposed it or the coordinator, until it is presented."""
    meeting, item = load_item(work, meeting_id, item_id)
    if not coordinates(actor, meeting):
        _own(work, actor, item)
    changes = lifecycle.drop(item, "withdraw", reason, work.now)
    keep_item(work, meeting, item, changes, "ItemWithdrawn", reason=reason.strip()[:200])
    shares.end(work, item)
    telling.tell_coordinators(work, meeting, "meeting.item_withdrawn", str(item.version), item)
    return item


def defer(work: Work, actor: Actor, meeting_id: str, item_id: str, reason: str) -> MeetingItemRow:
    """Not at this meeting: the next one has it, as prepared as it is (`next_item_id`). By the chair or the coordinator."""
    meeting, item = permitted_item(work, actor, meeting_id, item_id, PRESIDE, SCREEN)
    if not coordinates(actor, meeting):
        lifecycle.the_chair(meeting, actor.id)
    carry_over(work, actor, meeting, item, reason)
    return item


def arrange(
    work: Work, actor: Actor, meeting_id: str, order: Sequence[tuple[str, int]], seen: int | None = None
) -> MeetingRow:
    """The agenda in this order, each case with its minutes; by the coordinator, or the chair. INVALID `meeting.agenda` unless it names
    exactly the cases that wait; CONFLICT `version.stale`."""
    meeting = permitted(work, actor, meeting_id, SCREEN, PRESIDE, seen=seen)
    if not coordinates(actor, meeting):
        lifecycle.the_chair(meeting, actor.id)
    waiting = {item.id: item for item in items_of(work, meeting_id, *lifecycle.WAITING_ITEMS)}
    if sorted(item_id for item_id, _ in order) != sorted(waiting):
        raise invalid("meeting.agenda", "all the cases that wait, each once")
    first = min((item.place for item in waiting.values()), default=1)
    for place, (item_id, minutes) in enumerate(order, first):
        waiting[item_id].place, waiting[item_id].minutes = place, lifecycle.time_box(minutes)
    return keep_meeting(work, meeting, {}, "AgendaArranged", items=len(order))


def prepare(
    work: Work, actor: Actor, meeting_id: str, item_id: str, specialty: str, given: Mapping[str, Any], seen: int
) -> MeetingItemRow:
    """Keep what a specialty prepared: ready, missing [words], note, key_images. By its members. The same again changes nothing.

    FORBIDDEN `meeting.not_your_specialty`; ABSENT `preparation.absent`; CONFLICT `version.stale` (of the preparation);
    INVALID `meeting.missing`, `meeting.key_images`, `field.text`.
    """
    meeting, item = permitted_item(work, actor, meeting_id, item_id, PREPARE)
    lifecycle.ITEM.step(item.state, "prepare")
    if members_of(work, meeting_id).get(actor.id) != specialty:
        raise forbidden("meeting.not_your_specialty", specialty[:24])
    row = prepared(work, item_id).get(specialty)
    if row is None:
        raise absent("preparation.absent", specialty[:24])
    if seen != row.version:
        raise conflict("version.stale", f"seen {seen}, is {row.version}", version=row.version)
    changes = _checked(given, studies_in_case(work, item.case_id))
    if all(getattr(row, name) == value for name, value in changes.items()):
        return item
    news = set(changes.get("missing", row.missing)) - set(row.missing)
    work.keep(row, **changes, by_id=actor.id, at=work.now)
    keep_item(work, meeting, item, {}, "ItemPrepared", specialty=specialty, ready=row.ready, missing=len(row.missing))
    if news:
        telling.tell_ward(work, meeting, item, "meeting.missing", str(item.version))
    return item


def case_grew(work: Work, case_id: str) -> None:
    """The case has another study: every meeting that has it before it sees that one, too. Repeats safely; called by the system."""
    waiting = (*lifecycle.WAITING_ITEMS, lifecycle.CONCLUDED)
    found = select(MeetingItemRow.id, MeetingItemRow.meeting_id).where(
        MeetingItemRow.case_id == case_id, MeetingItemRow.state.in_(waiting)
    )
    for item_id, meeting_id in work.session.execute(found.order_by(MeetingItemRow.meeting_id)).all():
        meeting, item = load_item(work, meeting_id, item_id)
        if item.state in waiting:
            shares.to_centre(work, meeting, item)
            shares.to_chair(work, meeting, item)
            if item.state != lifecycle.PROPOSED:
                share_with_members(work, meeting, item)


def _checked(given: Mapping[str, Any], studies: set[str]) -> dict[str, Any]:
    changes = {name: given[name] for name in ("ready", "missing", "note", "key_images") if name in given}
    if "missing" in changes:
        changes["missing"] = [str(one).strip() for one in changes["missing"] if str(one).strip()]
        if len(changes["missing"]) > lifecycle.MOST_MISSING or any(len(one) > 200 for one in changes["missing"]):
            raise invalid("meeting.missing", "a few short lines", most=lifecycle.MOST_MISSING)
    if changes.get("note"):
        text(changes["note"], "note")
    if "key_images" in changes:
        changes["key_images"] = [_key_image(one, studies) for one in changes["key_images"]]
        if len(changes["key_images"]) > lifecycle.MOST_KEY_IMAGES:
            raise invalid("meeting.key_images", "too many", most=lifecycle.MOST_KEY_IMAGES)
    return changes


def _key_image(given: Mapping[str, Any], studies: set[str]) -> dict[str, Any]:
    """An image of the case. INVALID `meeting.key_images`."""
    uids = [str(given.get(name, "")) for name in ("series_uid", "sop_uid")]
    frame = given.get("frame", 1)
    plain = all(0 < len(uid) <= _LONGEST_UID and set(uid) <= set("0123456789.") for uid in uids)
    if given.get("study_id") not in studies or not plain or type(frame) is not int or not 1 <= frame <= 100_000:
        raise invalid("meeting.key_images", "images of the case", most=lifecycle.MOST_KEY_IMAGES)
    return {"study_id": given["study_id"], "series_uid": uids[0], "sop_uid": uids[1], "frame": frame}


def _own(work: Work, actor: Actor, item: MeetingItemRow) -> None:
    """Who proposed it, or somebody at that hospital who might have. ABSENT `item.absent`, FORBIDDEN `permit.refused`."""
    permit_case(work, actor, "meeting.see", item.case_id)
    permit_case(work, actor, PROPOSE, item.case_id)
    if actor.id != item.proposed_by_id and item.proposed_site_id not in {grant.site_id for grant in actor.grants}:
        raise forbidden("permit.refused", "another hospital proposed it", verb=PROPOSE)


def _room_for_one_more(work: Work, meeting: MeetingRow, case_id: str) -> None:
    running = select(func.count()).where(
        MeetingItemRow.meeting_id == meeting.id, MeetingItemRow.state.in_(lifecycle.WAITING_ITEMS)
    )
    if work.session.scalar(running.where(MeetingItemRow.case_id == case_id)):
        raise conflict("meeting.proposed_already", case_id)
    if (work.session.scalar(running) or 0) >= lifecycle.MOST_ITEMS:
        raise conflict("meeting.full", str(lifecycle.MOST_ITEMS), most=lifecycle.MOST_ITEMS)
