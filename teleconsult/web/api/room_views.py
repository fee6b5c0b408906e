"""A room as it goes over the wire."""

from datetime import datetime

from pydantic import Field

from teleconsult import consult
from teleconsult.access import Actor, Thing, case_shares_of, permits
from teleconsult.consult.lifecycle_room import GUEST, HOST, IN
from teleconsult.consult.queries import cases, rooms
from teleconsult.consult.queries.meeting_sight import case_before, item_before
from teleconsult.records import Work
from teleconsult.web.api.consultation_views import CaseFile, CasePatient, ConsultationStudy
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model


class SeatView(Model):
    id: str
    person_id: str
    name: str
    site: Named | None
    title: str
    role: str
    state: str
    hand_at: datetime | None
    joined_at: datetime | None
    held: bool = Field(description="waits outside until the own case is before the meeting")


class ChatLine(Model):
    """In a meeting `item_id` is the case on the agenda that was before it."""

    id: str
    seat_id: str
    item_id: str | None
    name: str
    text: str
    at: datetime


class MarkView(Model):
    id: str
    study_id: str
    series_uid: str
    sop_uid: str
    frame: int
    kind: str
    points: list[tuple[float, float]]
    text: str
    by_id: str
    by_name: str
    at: datetime


class RecordingNow(Model):
    """`state` is off, asking or on; `consented` is one's own answer, null while there is none."""

    id: str | None
    state: str
    started_by: str | None
    consented: bool | None


class KeptRecording(Model):
    id: str
    bytes: int
    seconds: int
    started_at: datetime | None
    ended_at: datetime | None


class Consent(Model):
    seat_id: str
    yes: bool


class SignedLast(Model):
    """What was signed last here: `kind` is consultation, conclusion or opinion (of a meeting without a quorum), `item_id` the case on the
    meeting's agenda."""

    at: datetime
    kind: str
    item_id: str | None
    patient: CasePatient | None


class RoomStudy(ConsultationStudy):
    """With the patient as this very study calls them: what stands above its pictures."""

    patient: CasePatient


class RoomView(Model):
    """A room. Who waits to be let in sees neither chat, marks, studies nor files.

    `patient` is whom it is about; of a meeting, whose case is before it now: the studies told with it are of that case. While none is
    presented there is no patient.
    """

    id: str
    kind: str
    subject_id: str
    case_id: str | None
    number: str
    title: str
    state: str
    version: int
    opens_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    host_site_id: str
    presenter_seat_id: str | None
    recording: RecordingNow
    recordings: list[KeptRecording]
    consents: list[Consent]
    patient: CasePatient | None
    item_id: str | None = Field(description="the case on the agenda that is before the meeting now")
    site: Named
    question: str
    summary: str
    signed: SignedLast | None = Field(description="of the cases that one may see")
    my_seat_id: str | None
    my_role: str
    verbs: list[str]
    studies: list[RoomStudy]
    files: list[CaseFile]
    seats: list[SeatView]
    chat: list[ChatLine]
    marks: list[MarkView]


def shown(work: Work, actor: Actor, room: consult.RoomRow, standing: consult.Standing) -> RoomView:
    """The room for somebody whose standing in it is known. A guest who was not let in is told only what it is about."""
    seat = standing.seat
    whole = standing.role != GUEST or (seat is not None and seat.state == IN)
    guest = None
    if seat is not None and standing.role == GUEST and room.kind == "meeting":
        guest = rooms.Guesting(actor, seat.id, seat.joined_at)
    found = rooms.room(work, room, whole=whole, guest=guest)
    number, question, summary = rooms.question_of(work, room)
    files = (
        cases.attachments(work, room.case_id)
        if whole and room.case_id and _may_read_files(work, actor, room.case_id)
        else []
    )
    mine = room.consent.get(seat.id) if seat else None
    meets = whole and room.kind == "meeting"
    about = room.case_id or (case_before(work, room.subject_id) if meets else None)
    return RoomView(
        **found.row, number=number, site=Named(id=found.site.id, name=found.site.name), question=question if whole else "",
        summary=summary if whole else "", signed=_signed(work, actor, room) if whole else None, patient=CasePatient.of(cases.patient_of(work, about) if about else None),
        item_id=item_before(work, room.subject_id) if meets else None,
        my_seat_id=seat.id if seat else None, my_role=standing.role, verbs=_verbs(room, standing),
        recording=RecordingNow(**found.recording, consented=mine), recordings=[KeptRecording(**one) for one in found.recordings],
        consents=[Consent(seat_id=seat_id, yes=yes) for seat_id, yes in found.consents],
        studies=_studies(work, actor, found.study_ids),
        files=[CaseFile.of(one) for one in files],
        seats=[SeatView.model_validate(one, from_attributes=True) for one in found.seats],
        chat=[ChatLine.model_validate(one, from_attributes=True) for one in found.chat],
        marks=[MarkView.model_validate(one, from_attributes=True) for one in found.marks],
    )  # fmt: skip


def _signed(work: Work, actor: Actor, room: consult.RoomRow) -> SignedLast | None:
    found = rooms.signed_last(work, actor, room)
    if found is None:
        return None
    patient = CasePatient.of(cases.patient_of(work, found.case_id))
    return SignedLast(at=found.at, kind=found.kind, item_id=found.item_id, patient=patient)


def _studies(work: Work, actor: Actor, study_ids: tuple[str, ...]) -> list[RoomStudy]:
    called = cases.patients_on(work, study_ids)
    return [
        RoomStudy(
            **ConsultationStudy.of(one).model_dump(),
            patient=CasePatient.model_validate(called[one.id], from_attributes=True),
        )
        for one in cases.studies_shown(work, actor, study_ids)
    ]


def _may_read_files(work: Work, actor: Actor, case_id: str) -> bool:
    return permits(actor, "case.file", Thing(shares=case_shares_of(work, case_id), case_id=case_id))


def _verbs(room: consult.RoomRow, standing: consult.Standing) -> list[str]:
    """What one may be offered in the room now."""
    seat = standing.seat
    if room.state == "closed":
        return []
    if seat is None or seat.state != IN:
        return ["admit"]
    found = ["leave", "hand", "chat", "mark", "consent"]
    if standing.role == HOST or room.presenter_seat_id in (None, seat.id):
        found.append("presenter")
    return [*found, "let_in", "remove", "recording", "close"] if standing.role == HOST else found
