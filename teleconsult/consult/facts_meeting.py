"""What happens to boards and meetings. What concerns one case bears its `case_id`, so that the case's timeline has it."""

from teleconsult.consult.tables_meetings import BoardRow, MeetingItemRow, MeetingRow
from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json


def of_board(name: str, row: BoardRow, **details: Json) -> Fact:
    """`name` is BoardMade or BoardChanged."""
    return Fact(name, "board", row.id, row.version, None, (row.site_id,), {"active": row.active, **details})


def of_meeting(name: str, row: MeetingRow, **details: Json) -> Fact:
    """`name` is one of MeetingPlanned, MeetingMoved, AgendaFrozen, AgendaReopened, AgendaArranged, MeetingMembersChanged, ChairReplaced,
    MeetingStarted, MeetingRoomReopened, MeetingFinished, MeetingClosed, MeetingCancelled. It names no case."""
    told = {"state": row.state, "number": row.number, **details}
    return Fact(name, "meeting", row.id, row.version, None, (row.site_id,), told)


def of_item(name: str, row: MeetingItemRow, sites: tuple[str, ...], **details: Json) -> Fact:
    """`name` is one of ItemProposed, ItemAccepted, ItemDeclined, ItemWithdrawn, ItemDeferred, ItemPrepared, ItemPresented, ItemPaused,
    ItemConcluded, ConclusionChanged, ConclusionPartSigned, SignatureExcused, ConclusionSigned, ItemReviewed, ItemClosed."""
    told = {"state": row.state, "number": row.number, "meeting_id": row.meeting_id, **details}
    return Fact(name, "item", row.id, row.version, None, tuple(sorted(set(sites))), told, row.case_id)


def meeting_reminded(row: MeetingRow, what: str) -> Fact:
    """A clock of the meeting ran out, or a reminder went out. The row stays as it is."""
    return of_meeting("MeetingReminded", row, what=what)


def item_reminded(row: MeetingItemRow, sites: tuple[str, ...], what: str) -> Fact:
    return of_item("ItemReminded", row, sites, what=what)


def conclusion_read(row: MeetingItemRow, site_id: str | None, kind: str) -> Fact:
    """Somebody of the hospital whose case it is has opened the signed conclusion. The item does not change by it; their desk does."""
    sites = (site_id,) if site_id else ()
    told: dict[str, Json] = {"number": row.number, "meeting_id": row.meeting_id, "kind": kind}
    return Fact("ConclusionRead", "item", row.id, 0, None, sites, told, row.case_id)


def meeting_refused(row: MeetingRow, code: str) -> Fact:
    """Somebody followed a link to a meeting that they have no part in. The meeting does not change by it."""
    return Fact("MeetingRefused", "meeting", row.id, 0, None, (row.site_id,), {"code": code, "number": row.number})
