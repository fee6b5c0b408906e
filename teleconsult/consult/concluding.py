"""A case before the meeting: presented within its time box, concluded in structure, signed by everybody whose part it is, tracked."""

from collections.abc import Mapping, Sequence
from typing import Any

from teleconsult.access import Actor, case_shares_of
from teleconsult.consult import lifecycle_meeting as lifecycle
from teleconsult.consult import minutes, quorum
from teleconsult.consult import telling_meeting as telling
from teleconsult.consult.clocks_meeting import SIGN_DUE
from teleconsult.consult.lifecycle_meeting import ITEM, PRESENTING, PRESIDE, SIGN
from teleconsult.consult.loading_meeting import items_of, keep_item, permitted_item
from teleconsult.consult.meeting_room import only_who_may_hear
from teleconsult.consult.meetings import close_when_signed
from teleconsult.consult.minutes import Part
from teleconsult.consult.queries.conclusion import conclusion_content, conclusion_signer, signed_numbers, signed_words
from teleconsult.consult.queries.meeting_sight import attendance
from teleconsult.consult.tables_meetings import ConclusionRow, MeetingItemRow, MeetingRow
from teleconsult.kernel.errors import absent, conflict
from teleconsult.kernel.values import Json
from teleconsult.records.work import Work
from teleconsult.referral import load_case, plan_follow_up
from teleconsult.reporting import Signer, seal_paper


def make_way(work: Work, actor: Actor, meeting_id: str, item_id: str) -> list[tuple[str, str]]:
    """Before a case is presented: guests who have no right to it go back to the waiting room. (room, seat) of those whom the media node
    has to let go of first: the case is presented only when it has. Refuses as `present`, and repeats safely."""
    meeting, item = permitted_item(work, actor, meeting_id, item_id, PRESIDE)
    lifecycle.the_chair(meeting, actor.id)
    if item.state != PRESENTING:
        lifecycle.present(meeting, item, actor.id, work.now)
    return only_who_may_hear(work, meeting, item)


def present(work: Work, actor: Actor, meeting_id: str, item_id: str) -> MeetingItemRow:
    """The case is before the meeting now; another one that was steps back. Its time box is shown, not enforced. Guests of other hospitals
    wait outside from now on (`make_way` comes first, where there is sound).

    FORBIDDEN `meeting.not_the_chair`; CONFLICT `meeting.not_live`.
    """
    meeting, item = permitted_item(work, actor, meeting_id, item_id, PRESIDE)
    if item.state == PRESENTING:
        lifecycle.the_chair(meeting, actor.id)
        return item
    changes = lifecycle.present(meeting, item, actor.id, work.now)
    for other in items_of(work, meeting_id, PRESENTING):
        keep_item(work, meeting, other, lifecycle.pause(meeting, other, actor.id), "ItemPaused")
    keep_item(work, meeting, item, changes, "ItemPresented", minutes=item.minutes)
    only_who_may_hear(work, meeting, item)
    return item


def conclude(
    work: Work, actor: Actor, meeting_id: str, item_id: str, words: Mapping[str, Any], dissent: Sequence[Mapping[str, str]],
    recommendations: Sequence[Mapping[str, Any]], seen: int | None = None,
) -> ConclusionRow:  # fmt: skip
    """Set down what was concluded, or change it until somebody has signed. The first time counts who was there, once and for all:
    without a quorum it is 讨论意见 and stays so.

    FORBIDDEN `meeting.not_the_chair`; CONFLICT `meeting.conclusion_signed`, `version.stale` (of the conclusion), `move.illegal`;
    INVALID `meeting.conclusion_incomplete`, `meeting.dissent`, `meeting.recommendation`.
    """
    meeting, item = permitted_item(work, actor, meeting_id, item_id, PRESIDE)
    lifecycle.the_chair(meeting, actor.id)
    state = ITEM.step(item.state, "conclude")
    row = work.session.get(ConclusionRow, item.id, with_for_update=True, populate_existing=True)
    here = item.attended if row else attendance(work, meeting, item.presenting_from)
    said: dict[str, Any] = {
        **minutes.checked(words), "dissent": minutes.dissent_checked(dissent, {one["person_id"] for one in here}),
        "recommendations": minutes.recommendations_checked(recommendations, owners_of(work, item), work.now),
        "by_id": actor.id, "at": work.now,
    }  # fmt: skip
    if row is not None:
        return _changed(work, meeting, item, row, said, seen)
    return _concluded(work, meeting, item, state, here, said)


def sign(
    work: Work, actor: Actor, meeting_id: str, item_id: str, signer: Signer, seen: int
) -> tuple[MeetingItemRow, list[Part]]:
    """Sign the conclusion as it was seen, in every part that is this person's: as chair, and for the specialty they were there for.

    The caller has confirmed the password. With the last part the hospital that asked receives it and its recommendations are tracked.
    FORBIDDEN `meeting.not_a_signer`; CONFLICT `version.stale` when its words have changed since, `meeting.signed_already`, `move.illegal`.
    """
    meeting, item = permitted_item(work, actor, meeting_id, item_id, SIGN)
    ITEM.step(item.state, "sign")
    row = load_conclusion(work, item.id)
    if seen != row.version:
        raise conflict("version.stale", f"seen {seen}, is {row.version}", version=row.version)
    needed = needed_parts(meeting, item)
    signed = signed_numbers(work, row)
    parts = minutes.mine(needed, signed, item.attended, actor.id, meeting.chair_id)
    if not parts:
        raise conflict("meeting.signed_already", item.id)
    for part in parts:
        seal(work, actor, signer, meeting, item, row, part)
    if row.first_signed_at is None:
        row.first_signed_at = work.now
    roles: list[Json] = [part.role for part in parts]
    left = len(needed) - len(signed) - len(parts)
    keep_item(work, meeting, item, {}, "ConclusionPartSigned", kind=row.kind, parts=roles, left=left)
    complete_when_signed(work, meeting, item, row)
    return item, parts


def load_conclusion(work: Work, item_id: str) -> ConclusionRow:
    """ABSENT `conclusion.absent`. Held."""
    row = work.session.get(ConclusionRow, item_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise absent("conclusion.absent", item_id)
    return row


def needed_parts(meeting: MeetingRow, item: MeetingItemRow) -> list[Part]:
    """Who has to sign this item."""
    return minutes.parts(meeting.specialties, item.attended)


def owners_of(work: Work, item: MeetingItemRow) -> set[str]:
    """The hospitals that have the case as a whole: they can be asked to do something about it."""
    return {share.site_id for share in case_shares_of(work, item.case_id) if share.person_id is None}


def _concluded(
    work: Work, meeting: MeetingRow, item: MeetingItemRow, state: str, here: list[dict[str, str]], said: dict[str, Any]
) -> ConclusionRow:
    present = {one["specialty"] for one in here}
    chair = any(one["person_id"] == meeting.chair_id for one in here)
    found = quorum.found(meeting.quorum, meeting.specialties, present, chair=chair)
    row = ConclusionRow(id=item.id, version=1, kind=minutes.kind_of(found.met), excused=[], **said)
    work.add(row)
    since = item.presenting_from or work.now
    changes = {
        "state": state, "concluded_at": work.now, "quorum_met": found.met, "attended": here, "presenting_from": None,
        "presented_for": int((work.now - since).total_seconds()),
    }  # fmt: skip
    lacking: list[Json] = list(found.lacking)
    details: dict[str, Json] = {
        "kind": row.kind,
        "quorum_met": found.met,
        "lacking": lacking,
        "dissent": len(row.dissent),
    }
    keep_item(work, meeting, item, changes, "ItemConcluded", **details)
    signers = [meeting.chair_id, *(one["person_id"] for one in here)]
    telling.tell_people(work, meeting, signers, "meeting.to_sign", str(item.version), item, kind=row.kind)
    return row


def _changed(
    work: Work, meeting: MeetingRow, item: MeetingItemRow, row: ConclusionRow, said: dict[str, Any], seen: int | None
) -> ConclusionRow:
    if row.first_signed_at is not None:
        raise conflict("meeting.conclusion_signed", item.id)
    if seen is not None and seen != row.version:
        raise conflict("version.stale", f"seen {seen}, is {row.version}", version=row.version)
    if all(getattr(row, name) == value for name, value in said.items() if name not in ("by_id", "at")):
        return row
    work.keep(row, **said)
    keep_item(work, meeting, item, {}, "ConclusionChanged", kind=row.kind, conclusion_version=row.version)
    return row


def seal(
    work: Work, actor: Actor, signer: Signer, meeting: MeetingRow, item: MeetingItemRow, row: ConclusionRow, part: Part, unsigned: str = ""
) -> None:  # fmt: skip
    """All sign the same words: those of the first signature. `unsigned`: the chair signs in this place that nobody does, and why."""
    said = signed_words(work, row) or conclusion_content(work, meeting, item, row)
    content = {**said, **conclusion_signer(work, actor, part, unsigned)}
    seal_paper(work, actor, signer, row.kind, item.id, item.case_id, part.number, content)


def complete_when_signed(work: Work, meeting: MeetingRow, item: MeetingItemRow, row: ConclusionRow) -> None:
    if {part.number for part in needed_parts(meeting, item)} == signed_numbers(work, row):
        _completed(work, meeting, item, row)


def _completed(work: Work, meeting: MeetingRow, item: MeetingItemRow, row: ConclusionRow) -> None:
    """Everybody has signed: the hospital that asked has it, and what was recommended is planned."""
    for one in row.recommendations:
        due_at = minutes.due_of(one)
        plan_follow_up(work, item.case_id, "meeting", item.id, one["text"], one["owner_site_id"], due_at=due_at)
    changes = {"state": ITEM.step(item.state, "complete"), "signed_at": work.now}
    in_time = item.concluded_at is None or work.now <= item.concluded_at + SIGN_DUE
    said: dict[str, Json] = {"kind": row.kind, "dissent": len(row.dissent)}
    details: dict[str, Json] = {**said, "in_time": in_time, "recommendations": len(row.recommendations)}
    keep_item(work, meeting, item, changes, "ConclusionSigned", **details)
    origin = load_case(work, item.case_id).site_id
    telling.tell_ward(work, meeting, item, "meeting.signed", str(item.version), origin, **said)
    close_when_signed(work, meeting)
