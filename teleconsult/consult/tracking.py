"""What becomes of a signed conclusion: reviewed after 30 and 90 days, discussed again, referred, closed when its recommendations are settled."""

from teleconsult import referral
from teleconsult.access import Actor, permit_case
from teleconsult.consult import facts_meeting as facts
from teleconsult.consult import lifecycle_meeting as lifecycle
from teleconsult.consult import shares_meeting as shares
from teleconsult.consult import telling_meeting as telling
from teleconsult.consult.concluding import load_conclusion
from teleconsult.consult.lifecycle import text
from teleconsult.consult.lifecycle_meeting import ITEM, SCREEN, SIGNED
from teleconsult.consult.loading_meeting import keep_item, load_item, load_meeting, permitted_item
from teleconsult.consult.moving_on import add_item
from teleconsult.consult.planning import next_after
from teleconsult.consult.queries.follow_ups import open_follow_ups
from teleconsult.consult.queries.meeting_unread import conclusion_unread
from teleconsult.consult.tables_meetings import ConclusionRow, MeetingItemRow, MeetingRow
from teleconsult.kernel.errors import absent, conflict
from teleconsult.records.work import Work
from teleconsult.referral import ReferralRow


def opened(work: Work, actor: Actor, item_id: str) -> None:
    """This person has the signed conclusion of their own case before them: it no longer waits on their desk. Repeats safely."""
    if conclusion_unread(work, actor, item_id):
        item, said = work.session.get_one(MeetingItemRow, item_id), work.session.get_one(ConclusionRow, item_id)
        work.record(facts.conclusion_read(item, actor.site_id, said.kind))


def review(
    work: Work, actor: Actor, meeting_id: str, item_id: str, said: str, *, discuss_again: bool = False
) -> MeetingItemRow:
    """What became of the recommendations, by the coordinator. `discuss_again` proposes the case to the next meeting.

    CONFLICT `move.illegal`; INVALID `field.empty`, `field.text`.
    """
    meeting, item = permitted_item(work, actor, meeting_id, item_id, SCREEN)
    ITEM.step(item.state, "review")
    text(said, "text")
    entry = {"at": work.now.isoformat(), "by_id": actor.id, "text": said.strip(), "discuss_again": discuss_again}
    keep_item(work, meeting, item, {"reviews": [*item.reviews, entry]}, "ItemReviewed", discuss_again=discuss_again)
    if discuss_again:
        _again(work, actor, meeting, item, said)
    return item


def close(work: Work, actor: Actor, meeting_id: str, item_id: str) -> MeetingItemRow:
    """Nothing is tracked any more, by the coordinator. CONFLICT `meeting.follow_ups_open` (count) while something is to be done."""
    meeting, item = permitted_item(work, actor, meeting_id, item_id, SCREEN)
    state = ITEM.step(item.state, "close")
    waiting = open_follow_ups(work, item.id)
    if waiting:
        raise conflict("meeting.follow_ups_open", item.id, count=waiting)
    keep_item(work, meeting, item, {"state": state, "ended_at": work.now}, "ItemClosed")
    shares.after_the_item(work, item)
    return item


def refer(work: Work, actor: Actor, meeting_id: str, item_id: str, direction: str) -> ReferralRow:
    """A referral that follows from the conclusion, up or down, prefilled with it; a draft of whoever takes care of the patient.

    ABSENT `item.absent`; CONFLICT `meeting.not_signed`; else as `referral.draft`.
    """
    _, item = load_item(work, meeting_id, item_id)
    if not referral.queries.may(work, actor, "meeting.see", item.case_id):
        raise absent("item.absent", item_id)
    permit_case(work, actor, "referral.request", item.case_id)
    if item.state not in (SIGNED, lifecycle.CLOSED):
        raise conflict("meeting.not_signed", item.state)
    row = load_conclusion(work, item.id)
    summary = "\n".join(part for part in (row.stage, row.recommendation) if part)
    plan = "\n".join(one["text"] for one in row.recommendations)
    fields = {"summary": summary[:4000], "reason": item.question[:2000], "plan": plan[:4000]}
    return referral.draft(work, actor, item.case_id, direction, referral.Source("meeting", item.id, fields))


def _again(work: Work, actor: Actor, meeting: MeetingRow, item: MeetingItemRow, said: str) -> None:
    following = load_meeting(work, next_after(work, meeting, actor).id)
    again = add_item(
        work, following, item.case_id, "meeting", item.id, f"{item.question}\n{said.strip()}"[:4000], minutes=item.minutes,
        urgent=False, by_id=item.proposed_by_id, site_id=item.proposed_site_id,
    )  # fmt: skip
    keep_item(work, following, again, {}, "ItemProposed", from_kind="meeting", urgent=False)
    telling.tell_coordinators(work, following, "meeting.item_proposed", str(again.version), again)
