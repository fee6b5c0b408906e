"""Consultations as they go over the wire."""

from datetime import datetime
from typing import Any

from teleconsult.consult import queries
from teleconsult.consult.queries.cases import FileShown, Patient, StudyShown
from teleconsult.consult.queries.people import Colleague
from teleconsult.imaging.manifest_shelf import picture_url
from teleconsult.web.api.tasks import Named
from teleconsult.web.respond import Model


class CasePatient(Model):
    """`doubtful`: the character set of the name is a guess, and the screen says so. `site` names the hospital whose number it is."""

    id: str
    name: str
    doubtful: bool
    sex: str
    age: str
    patient_id: str
    site: str

    @classmethod
    def of(cls, found: Patient | None) -> "CasePatient | None":
        return cls.model_validate(found, from_attributes=True) if found else None


class ColleagueView(Model):
    id: str
    name: str
    title: str
    site: Named | None

    @classmethod
    def of(cls, found: Colleague) -> "ColleagueView":
        site = Named(id=found.site_id, name=found.site) if found.site_id else None
        return cls(id=found.id, name=found.name, title=str(found.title), site=site)


class ConsultationStudy(Model):
    """`images` says whether one may look at the pictures; `thumb` is one of them."""

    study_id: str
    study_uid: str
    study_at: datetime | None
    modalities: list[str]
    description: str
    body_part: str
    site_name: str
    series_count: int
    instance_count: int
    images: bool
    thumb: str | None

    @classmethod
    def of(cls, found: StudyShown) -> "ConsultationStudy":
        thumb = picture_url(found.id, "1.webp", found.instance_count) if found.images and found.series_count else None
        return cls(
            study_id=found.id, study_uid=found.study_uid, study_at=found.study_at, modalities=found.modalities,
            description=found.description, body_part=found.body_part, site_name=found.site, series_count=found.series_count,
            instance_count=found.instance_count, images=found.images, thumb=thumb,
        )  # fmt: skip


class CaseFile(Model):
    id: str
    name: str
    kind: str
    media_type: str
    size: int
    at: datetime
    url: str

    @classmethod
    def of(cls, found: FileShown) -> "CaseFile":
        return cls(
            id=found.id, name=found.name, kind=found.kind, media_type=found.media_type, size=found.size, at=found.at,
            url=f"/api/attachments/{found.id}",
        )  # fmt: skip


class ConsultationLine(Model):
    """One in a list. `band` is its colour by urgency; `verbs` are what one may be offered now."""

    id: str
    number: str
    version: int
    state: str
    urgency: str
    mode: str
    question: str
    wanted_specialty: str
    completeness: int
    case_id: str
    case_number: str
    case_title: str
    patient: CasePatient | None
    requesting_site: Named
    centre_site: Named | None
    requester: ColleagueView
    expert: ColleagueView | None
    created_at: datetime
    submitted_at: datetime | None
    starts_at: datetime | None
    minutes: int | None
    due_at: datetime | None
    paused: bool
    band: str
    no_show: str | None
    adoption: str | None
    room_id: str | None
    verbs: list[str]


class ConsultationView(ConsultationLine):
    """One with everything. Until it is signed, the opinion's sections are its expert's alone.

    `supplement_due_at` is when a request for supplement expires. `missing` is what would make the request more complete: question, summary, studies, consent, record, specialty.
    """

    summary: str
    missing: list[str]
    saved_at: datetime
    accepted_at: datetime | None
    route_reason: str | None
    supplement_wanted: str | None
    supplement_text: str | None
    supplement_due_at: datetime | None
    assigned_at: datetime | None
    seconds: list[ColleagueView]
    confirmed_requester: datetime | None
    confirmed_expert: datetime | None
    declined_by: str | None
    decline_reason: str | None
    no_shows: int
    started_at: datetime | None
    diagnosis: str
    treatment: str
    refer: str
    opinion_at: datetime | None
    signed_at: datetime | None
    paper_id: str | None
    adoption_reason: str | None
    feedback_at: datetime | None
    rating_by_requester: int | None
    rating_by_expert: int | None
    ended_at: datetime | None
    end_reason: str | None
    study_ids: list[str]
    studies: list[ConsultationStudy]
    files: list[CaseFile]


def line(found: queries.ConsultationView) -> ConsultationLine:
    return ConsultationLine(**_line(found))


def view(found: queries.ConsultationView) -> ConsultationView:
    columns = {name: found.row[name] for name in ConsultationView.model_fields if name in found.row}
    return ConsultationView(
        **{**_line(found), **columns},
        missing=list(found.missing), seconds=[ColleagueView.of(one) for one in found.seconds], study_ids=list(found.study_ids),
        studies=[ConsultationStudy.of(one) for one in found.studies], files=[CaseFile.of(one) for one in found.attachments],
    )  # fmt: skip


def _line(found: queries.ConsultationView) -> dict[str, Any]:
    columns = {name: found.row[name] for name in ConsultationLine.model_fields if name in found.row}
    return {
        **columns, "case_id": found.case.id, "case_number": found.case.number, "case_title": found.case.title,
        "patient": CasePatient.of(found.case.patient), "requesting_site": Named.of(found.requesting_site),
        "centre_site": Named.of(found.centre_site), "requester": ColleagueView.of(found.requester),
        "expert": ColleagueView.of(found.expert) if found.expert else None, "paused": found.row["paused_at"] is not None,
        "band": found.band, "verbs": list(found.verbs),
    }  # fmt: skip
