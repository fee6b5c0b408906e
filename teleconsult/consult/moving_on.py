"""A case that is not discussed now goes to the next meeting by itself, as accepted and prepared as it was."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from teleconsult.access import Actor
from teleconsult.consult import lifecycle_meeting as lifecycle
from teleconsult.consult import shares_meeting as shares
from teleconsult.consult import telling_meeting as telling
from teleconsult.consult.lifecycle_meeting import PREPARING, PROPOSED
from teleconsult.consult.loading_meeting import keep_item, load_meeting, look_item
from teleconsult.consult.planning import next_after
from teleconsult.consult.queries.meeting_sight import members_of
from teleconsult.consult.queries.people import colleagues
from teleconsult.consult.tables_meetings import MeetingItemRow, MeetingRow, PreparationRow
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.referral import next_number

LETTER = "D"


def carry_over(work: Work, actor: Actor, meeting: MeetingRow, item: MeetingItemRow, reason: str) -> MeetingItemRow:
    """Defer the item: it ends here and stands on the next meeting's agenda; what the specialties prepared goes with it."""
    changes = lifecycle.defer(item, reason, work.now)
    following = load_meeting(work, next_after(work, meeting, actor).id)
    accepted = item.state != PROPOSED
    again = add_item(
        work, following, item.case_id, "meeting", item.id, item.question, minutes=item.minutes, urgent=item.urgent,
        by_id=item.proposed_by_id, site_id=item.proposed_site_id, accepted_by_id=item.accepted_by_id if accepted else None,
    )  # fmt: skip
    if accepted:
        taken_on(work, following, again, prepared(work, item.id))
    details = {"reason": reason.strip()[:200], "next_meeting_id": following.id, "next_item_id": again.id}
    keep_item(work, meeting, item, {**changes, "next_item_id": again.id}, "ItemDeferred", **details)
    keep_item(work, following, again, {}, "ItemProposed", from_kind="meeting", urgent=again.urgent)
    shares.end(work, item)
    telling.tell_ward(work, meeting, item, "meeting.item_deferred", str(item.version))
    return again


def add_item(
    work: Work, meeting: MeetingRow, case_id: str, from_kind: str, from_id: str | None, question: str, *, minutes: int, urgent: bool,
    by_id: str, site_id: str, accepted_by_id: str | None = None,
) -> MeetingItemRow:  # fmt: skip
    """A row at the end of the agenda, seen by the meeting's coordinators, and an urgent one by its chair. The caller records the fact."""
    last = select(func.max(MeetingItemRow.place)).where(MeetingItemRow.meeting_id == meeting.id)
    row = MeetingItemRow(
        id=new_id(), version=1, number=next_number(work, LETTER), meeting_id=meeting.id, case_id=case_id, from_kind=from_kind,
        from_id=from_id, question=question, state=PREPARING if accepted_by_id else PROPOSED, urgent=urgent,
        place=(work.session.scalar(last) or 0) + 1, minutes=minutes, proposed_by_id=by_id, proposed_site_id=site_id,
        proposed_at=work.now, accepted_by_id=accepted_by_id, accepted_at=work.now if accepted_by_id else None, attended=[], reviews=[],
        told=[],
    )  # fmt: skip
    work.add(row)
    look_item(work, row)
    shares.to_centre(work, meeting, row)
    shares.to_chair(work, meeting, row)
    return row


def taken_on(
    work: Work, meeting: MeetingRow, item: MeetingItemRow, known: Mapping[str, PreparationRow] | None = None
) -> None:
    """The item was accepted: its members see the case, and each specialty has something to prepare."""
    share_with_members(work, meeting, item)
    for specialty in meeting.specialties:
        done = (known or {}).get(specialty)
        said: dict[str, Any] = {"ready": False, "missing": [], "note": "", "key_images": []}
        if done is not None:
            said = {name: getattr(done, name) for name in (*said, "by_id", "at")}
        work.add(PreparationRow(id=new_id(), version=1, item_id=item.id, specialty=specialty, **said))


def share_with_members(work: Work, meeting: MeetingRow, item: MeetingItemRow) -> None:
    """The members see the case and all its studies. Repeats safely."""
    people = colleagues(work, members_of(work, meeting.id))
    shares.to_members(work, item, [(one.id, one.site_id or "") for one in people.values()])


def prepared(work: Work, item_id: str) -> dict[str, PreparationRow]:
    """How far each specialty is with an item."""
    rows = work.session.scalars(select(PreparationRow).where(PreparationRow.item_id == item_id))
    return {row.specialty: row for row in rows}
