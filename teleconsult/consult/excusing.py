"""A specialty that was there and does not sign any more: the chair writes down why, so that the minutes can be issued.

Somebody may have left the hospital, or not answered within the time for signing. Their specialty's place on the paper then bears
未签署 and the reason, signed by the chair. When the specialties that do sign are no quorum, it is no MDT conclusion any more but 讨论意见:
whoever signed the conclusion is asked to sign that instead.
"""

from teleconsult.access import Actor
from teleconsult.consult import lifecycle_meeting as lifecycle
from teleconsult.consult import minutes, quorum
from teleconsult.consult import telling_meeting as telling
from teleconsult.consult.concluding import complete_when_signed, load_conclusion, needed_parts, seal
from teleconsult.consult.lifecycle_meeting import ITEM, PRESIDE
from teleconsult.consult.loading_meeting import keep_item, permitted_item
from teleconsult.consult.queries.conclusion import signed_numbers
from teleconsult.consult.queries.meeting_sight import may_sign_still, members_of
from teleconsult.consult.tables_meetings import ConclusionRow, MeetingItemRow, MeetingRow
from teleconsult.kernel.errors import conflict
from teleconsult.records.work import Work
from teleconsult.reporting import Signer


def excuse(
    work: Work, actor: Actor, meeting_id: str, item_id: str, role: str, reason: str, signer: Signer, seen: int
) -> MeetingItemRow:
    """This specialty does not sign, for a reason that is told. The caller has confirmed the chair's password.

    FORBIDDEN `meeting.not_the_chair`; CONFLICT `version.stale`, `move.illegal`; refuses as `minutes.excusable`.
    """
    meeting, item = permitted_item(work, actor, meeting_id, item_id, PRESIDE)
    lifecycle.the_chair(meeting, actor.id)
    ITEM.step(item.state, "excuse")
    row = load_conclusion(work, item.id)
    if seen != row.version:
        raise conflict("version.stale", f"seen {seen}, is {row.version}", version=row.version)
    may_sign = may_sign_still(work, item, role, members_of(work, meeting.id))
    part = minutes.excusable(needed_parts(meeting, item), signed_numbers(work, row), role, reason, may_sign=may_sign)
    excused = [*row.excused, {"role": role, "reason": reason.strip(), "by_id": actor.id, "at": work.now.isoformat()}]
    kind = _kind(meeting, item, row, {one["role"] for one in excused})
    signs_again = kind != row.kind
    if signs_again:  # other words, which nobody has signed yet
        work.keep(row, kind=kind, excused=excused)
    row.excused, row.first_signed_at = excused, row.first_signed_at or work.now
    done = {one["role"]: one["reason"] for one in excused}
    for one in needed_parts(meeting, item):
        if one.role in done and (signs_again or one.number == part.number):
            seal(work, actor, signer, meeting, item, row, one, done[one.role])
    keep_item(work, meeting, item, {}, "SignatureExcused", role=role, reason=reason.strip(), kind=kind)
    if signs_again:
        signers = [meeting.chair_id, *(one["person_id"] for one in item.attended if one["specialty"] not in done)]
        telling.tell_people(work, meeting, signers, "meeting.to_sign", str(item.version), item, kind=kind)
    complete_when_signed(work, meeting, item, row)
    return item


def _kind(meeting: MeetingRow, item: MeetingItemRow, row: ConclusionRow, excused: set[str]) -> str:
    """Whether the specialties that do sign are a quorum. What is an opinion stays one."""
    if row.kind == minutes.OPINION:
        return row.kind
    sign = {one["specialty"] for one in item.attended} - excused
    return minutes.kind_of(quorum.found(meeting.quorum, meeting.specialties, sign, chair=True).met)
