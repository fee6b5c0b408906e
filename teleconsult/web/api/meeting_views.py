"""Boards and meetings as they go over the wire."""

from datetime import datetime
from typing import Any

from pydantic import Field

from teleconsult.consult.queries.boards import BoardView as BoardFound
from teleconsult.consult.queries.boards import Seated
from teleconsult.consult.queries.follow_ups import Tracked
from teleconsult.consult.queries.meeting_items import Concluded, ItemView, Prepared
from teleconsult.consult.queries.meetings import MeetingLine as LineFound
from teleconsult.consult.queries.meetings import MeetingView as MeetingFound
from teleconsult.consult.quorum import Finding
from teleconsult.web.api.consultation_views import CasePatient, ColleagueView, ConsultationStudy
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model


class QuorumRule(Model):
    """`must` are specialties without which nothing is concluded, `least` how many there have to be in all. The chair always."""

    must: list[str]
    least: int


class Cadence(Model):
    """`every` is weekly, biweekly or monthly; `weekday` 0 is Monday; `at` is HH:MM in China; `week` the how-manieth of a month."""

    every: str
    weekday: int
    at: str
    week: int
    anchor: str


class Member(Model):
    person: ColleagueView
    specialty: str

    @classmethod
    def of(cls, found: Seated) -> "Member":
        return cls(person=ColleagueView.of(found.person), specialty=found.specialty)


class Upcoming(Model):
    """A meeting that takes cases until `freeze_at`."""

    id: str
    number: str
    starts_at: datetime
    freeze_at: datetime


class BoardView(Model):
    """A board. `dates` are its next ones by cadence; `open` the meetings to which a case can be proposed; verbs: change, plan."""

    id: str
    version: int
    name: str
    site: Named
    specialties: list[str]
    quorum: QuorumRule
    cadence: Cadence
    minutes: int
    active: bool
    chair: ColleagueView
    members: list[Member]
    dates: list[datetime]
    open: list[Upcoming]
    verbs: list[str]


class MeetingLine(Model):
    """One in a list. `items` counts the cases that one may see, `proposed` those of them that wait for screening, `ready` those that every
    specialty has prepared."""

    id: str
    number: str
    version: int
    board_id: str | None
    title: str
    state: str
    site: Named
    chair: ColleagueView
    starts_at: datetime
    minutes: int
    freeze_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    room_id: str | None
    items: int
    proposed: int
    ready: int
    specialties: list[str]
    quorum_rule: QuorumRule
    member: bool


class QuorumNow(Model):
    """How the attendance stands: of the room while live; `lacking` are specialties, or "chair"."""

    met: bool
    present: list[str]
    lacking: list[str]
    least: int

    @classmethod
    def of(cls, found: Finding) -> "QuorumNow":
        return cls(met=found.met, present=list(found.present), lacking=list(found.lacking), least=found.least)


class KeyImage(Model):
    study_id: str
    series_uid: str
    sop_uid: str
    frame: int


class PreparationView(Model):
    """How far a specialty is; send `version` back when saving."""

    specialty: str
    version: int
    ready: bool
    missing: list[str]
    note: str
    key_images: list[KeyImage]
    by: ColleagueView | None
    at: datetime | None

    @classmethod
    def of(cls, found: Prepared) -> "PreparationView":
        return cls(
            specialty=found.specialty, version=found.version, ready=found.ready, missing=list(found.missing), note=found.note,
            key_images=[KeyImage.model_validate(one) for one in found.key_images],
            by=ColleagueView.of(found.by) if found.by else None, at=found.at,
        )  # fmt: skip


class Dissent(Model):
    person: ColleagueView
    text: str


class Recommended(Model):
    text: str
    owner_site: Named
    due_at: datetime


class SignatureView(Model):
    """A part to be signed: number 0 is the chair's (`role` "chair"), then the specialties that were there. `paper_id` once it is.
    `unsigned`: why nobody of that specialty signs; the chair (`by`) wrote that down."""

    number: int
    role: str
    by: ColleagueView | None
    at: datetime | None
    paper_id: str | None
    unsigned: str


class ConclusionView(Model):
    """`kind` is "conclusion" (MDT结论), or "opinion" (讨论意见) when there was no quorum. `version` is what one signs."""

    version: int
    kind: str
    stage: str
    options: str
    recommendation: str
    evidence: str
    dissent: list[Dissent]
    recommendations: list[Recommended]
    at: datetime
    first_signed_at: datetime | None
    signatures: list[SignatureView]
    excusable: list[str] = Field(description="specialties that have not signed and that the chair may do without")

    @classmethod
    def of(cls, found: Concluded) -> "ConclusionView":
        return cls(
            **found.row, dissent=[Dissent(person=ColleagueView.of(person), text=text) for person, text in found.dissent],
            recommendations=[
                Recommended(text=text, owner_site=Named(id=site.id, name=site.name), due_at=due)
                for text, site, due in found.recommendations
            ],
            signatures=[
                SignatureView(number=one.number, role=one.role, by=ColleagueView.of(one.by) if one.by else None, at=one.at,
                              paper_id=one.paper_id, unsigned=one.unsigned)
                for one in found.signatures
            ],
            excusable=list(found.excusable),
        )  # fmt: skip


class TrackedView(Model):
    """A recommendation as a follow-up: planned, done, changed or declined (`/api/follow-ups/{id}/…`)."""

    id: str
    version: int
    text: str
    owner_site: Named
    due_at: datetime | None
    state: str
    reason: str | None
    done_at: datetime | None

    @classmethod
    def of(cls, found: Tracked) -> "TrackedView":
        site = Named(id=found.owner_site.id, name=found.owner_site.name)
        return cls(
            id=found.id, version=found.version, text=found.text, owner_site=site, due_at=found.due_at, state=found.state,
            reason=found.reason, done_at=found.done_at,
        )  # fmt: skip


class Review(Model):
    at: datetime
    by_id: str
    text: str
    discuss_again: bool


class MeetingItem(Model):
    """A case on an agenda. `presenting_from` and `minutes` are its time box, `over_time` the seconds beyond it.

    `studies` and `owners` (hospitals that a recommendation may be given to) come with the item's own page only.
    """

    id: str
    number: str
    version: int
    meeting_id: str
    case_id: str
    case_number: str
    case_title: str
    patient: CasePatient | None
    from_kind: str
    from_id: str | None
    question: str
    state: str
    urgent: bool
    place: int
    minutes: int
    proposed_by: ColleagueView
    proposed_site: Named
    proposed_at: datetime
    accepted_at: datetime | None
    ready: bool
    preparations: list[PreparationView]
    presenting_from: datetime | None
    presented_for: int | None
    over_time: int
    concluded_at: datetime | None
    quorum_met: bool | None
    attended: list[Member]
    sign_due_at: datetime | None
    signed_at: datetime | None
    conclusion: ConclusionView | None
    follow_ups: list[TrackedView]
    reviews: list[Review]
    ended_at: datetime | None
    end_reason: str | None
    next_item_id: str | None
    verbs: list[str]
    studies: list[ConsultationStudy]
    owners: list[Named]


class MeetingView(MeetingLine):
    """One with its agenda, as far as one may see its cases. `present` are the members in the room now."""

    specialties: list[str]
    quorum_rule: QuorumRule
    quorum: QuorumNow
    members: list[Member]
    present: list[str]
    agenda: list[MeetingItem]
    verbs: list[str]


def board(found: BoardFound) -> BoardView:
    return BoardView(
        **{**found.row, "quorum": QuorumRule.model_validate(found.row["quorum"]), "cadence": Cadence.model_validate(found.row["cadence"])},
        site=Named(id=found.site.id, name=found.site.name), chair=ColleagueView.of(found.chair),
        members=[Member.of(one) for one in found.members], dates=list(found.dates),
        open=[Upcoming(id=one.id, number=one.number, starts_at=one.starts_at, freeze_at=one.freeze_at) for one in found.open],
        verbs=list(found.verbs),
    )  # fmt: skip


def line(found: LineFound) -> MeetingLine:
    return MeetingLine(**_line(found))


def meeting(found: MeetingFound) -> MeetingView:
    return MeetingView(
        **_line(found.line), quorum=QuorumNow.of(found.quorum),
        members=[Member.of(one) for one in found.members], present=list(found.present), agenda=[item(one) for one in found.items],
        verbs=list(found.verbs),
    )  # fmt: skip


def item(found: ItemView) -> MeetingItem:
    columns = {name: found.row[name] for name in MeetingItem.model_fields if name in found.row}
    columns["reviews"] = [Review.model_validate(one) for one in found.row["reviews"]]
    return MeetingItem(
        **columns, case_number=found.case.number, case_title=found.case.title, patient=CasePatient.of(found.case.patient),
        proposed_by=ColleagueView.of(found.proposed_by), proposed_site=Named(id=found.proposed_site.id, name=found.proposed_site.name),
        ready=found.ready, preparations=[PreparationView.of(one) for one in found.preparations], over_time=found.over_time,
        attended=[Member(person=ColleagueView.of(person), specialty=specialty) for person, specialty in found.attended],
        sign_due_at=found.sign_due_at, conclusion=ConclusionView.of(found.conclusion) if found.conclusion else None,
        follow_ups=[TrackedView.of(one) for one in found.follow_ups], verbs=list(found.verbs),
        studies=[ConsultationStudy.of(one) for one in found.studies], owners=[Named(id=one.id, name=one.name) for one in found.owners],
    )  # fmt: skip


def _line(found: LineFound) -> dict[str, Any]:
    columns = {name: found.row[name] for name in MeetingLine.model_fields if name in found.row}
    return {
        **columns, "site": Named(id=found.site.id, name=found.site.name), "chair": ColleagueView.of(found.chair), "items": found.items,
        "proposed": found.proposed, "ready": found.ready, "member": found.member, "specialties": list(found.row["specialties"]),
        "quorum_rule": QuorumRule.model_validate(found.row["quorum"]),
    }  # fmt: skip
