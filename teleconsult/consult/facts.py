"""What happens to consultations, experts and rooms. Each change of a version is told by one fact that carries it.

What belongs on a case's timeline bears its `case_id`; a raised hand or a line of chat bears none.
"""

from teleconsult.consult.tables import ConsultationRow, ExpertRow
from teleconsult.consult.tables_rooms import RoomRow
from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json


def of_consultation(name: str, row: ConsultationRow, **details: Json) -> Fact:
    """`name` is one of ConsultationDrafted, ConsultationSubmitted, ConsultationRouted, SupplementAsked, SupplementGiven,
    ConsultationAccepted, ConsultationRejected, ConsultationCancelled, ConsultationExpired, ConsultationScheduled, ConsultationAssigned,
    TimeConfirmed, TimeDeclined, ConsultationStarted, ConsultationMissed, OpinionDrafted, OpinionSigned, OpinionAnswered, RequestRated,
    ConsultationClosed."""
    told = {"state": row.state, "number": row.number, **details}
    return Fact(name, "consultation", row.id, row.version, None, sites_of(row), told, row.case_id)


def consultation_late(row: ConsultationRow, what: str) -> Fact:
    """A clock ran out, or a reminder went out: `what` is the event of `clocks`. The row stays as it is."""
    details: dict[str, Json] = {"state": row.state, "number": row.number, "what": what}
    return Fact("ConsultationReminded", "consultation", row.id, row.version, None, sites_of(row), details, row.case_id)


def sites_of(row: ConsultationRow) -> tuple[str, ...]:
    """Whose lists change with it: the one that asks, and from the submission on the one that answers."""
    asked = row.centre_site_id if row.state != "draft" else None
    return tuple(sorted({row.requesting_site_id, *([asked] if asked else [])}))


def expert_changed(row: ExpertRow, fields: list[str]) -> Fact:
    return Fact("ExpertChanged", "expert", row.id, row.version, None, (row.site_id,), {"fields": fields})


def of_room(name: str, room: RoomRow, **details: Json) -> Fact:
    """Something small in a room: `name` is one of SeatWaiting, HandRaised, HandLowered, ChatWritten, MarkDrawn, MarkRemoved,
    PresenterChanged, ConsentGiven, ConsentRefused, RecordingAsked."""
    return Fact(name, "room", room.id, room.version, None, (), {"kind": room.kind, **details})


def of_room_and_case(name: str, room: RoomRow, **details: Json) -> Fact:
    """Something that the case's timeline keeps: RoomMade, RoomOpened, RoomClosed, RoomReopened, SeatEntered, SeatLetIn, SeatExpected, SeatHeld, SeatLeft, SeatRemoved,
    RecordingStarted, RecordingStopped, RecordingKept, RecordingFailed, RecordingPlayed."""
    told = {"kind": room.kind, "subject_id": room.subject_id, **details}
    return Fact(name, "room", room.id, room.version, None, (room.host_site_id,), told, room.case_id)


def room_refused(room: RoomRow, sites: tuple[str, ...], code: str) -> Fact:
    """Somebody stood at the door who has no right to come in. The room does not change by it. `sites` are those whose door it is."""
    return Fact("RoomRefused", "room", room.id, 0, None, sites, {"kind": room.kind, "code": code}, room.case_id)


def consultation_refused(row: ConsultationRow, code: str) -> Fact:
    """Somebody followed a link to a consultation that they may not see. It does not change by it."""
    told: dict[str, Json] = {"code": code, "number": row.number}
    return Fact("ConsultationRefused", "consultation", row.id, 0, None, sites_of(row), told, row.case_id)
