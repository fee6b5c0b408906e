"""What is kept and not shown, and how sound it is: rejected objects for who answers for them, rounds over the bytes for administrators."""

from collections.abc import Mapping
from datetime import datetime

from flask import Response
from pydantic import Field

from teleconsult.access import Role, Thing, permit, permits
from teleconsult.access.queries import site_names
from teleconsult.imaging import ScrubFindingRow, ScrubRow, StudyRow, rejection, scrub
from teleconsult.kernel.errors import forbidden
from teleconsult.records import Work
from teleconsult.web import auth
from teleconsult.web.respond import Done, Model, answer
from teleconsult.web.routes import Routes

api = Routes("keeping", __name__, "keeping", "/api")


class RejectedView(Model):
    """Objects of a study that are shown to nobody. `name` and `patient_id` are empty for who sees no patient. `code` is 113001, 113037,
    113038, 113039 (DICOM), or `undone`: a decision about a conflict was taken back."""

    study_id: str
    study_uid: str
    site: str
    name: str
    patient_id: str
    code: str
    by: str
    note_sop_uid: str
    objects: int
    at: datetime
    liftable: bool


class RejectedList(Model):
    items: list[RejectedView]


class LiftPath(Model):
    id: str = Field(max_length=64)


class LiftBody(Model):
    code: str = Field(max_length=16)
    reason: str = Field(max_length=2000)


class FindingView(Model):
    """`kind` is missing, altered or orphan (nothing points to it). `site` and `examination` (its accession number, else its own number, else
    empty) say whom to call, `study_uid` which one it is; no patient is named. `healed_at`: since when it is known to be right again."""

    kind: str
    file: str
    study_id: str | None
    site: str
    examination: str
    study_uid: str
    sop_uid: str
    expected: str
    found: str
    size: int
    at: datetime
    healed_at: datetime | None


class RoundView(Model):
    """`millis` is how long it worked; `findings_total` may be more than are listed."""

    id: str
    started_at: datetime
    ended_at: datetime | None
    stage: str
    objects: int
    bytes: int
    millis: int
    findings_total: int
    findings: list[FindingView]


class Rounds(Model):
    """`hour` is when a round begins, -1 never; `bytes_per_second` what it reads at most, 0 as fast as it goes."""

    items: list[RoundView]
    hour: int
    bytes_per_second: int


@api.get("/rejections", responses={200: RejectedList}, summary="What is kept and shown to nobody, and why")
def list_rejections() -> Response:
    actor = auth.actor()
    keeper = actor.sites(Role.TECHNOLOGIST, Role.COORDINATOR, Role.AUDITOR)
    everywhere = actor.everywhere(Role.AUDITOR) or permits(actor, "rejection.count", Thing())
    if not keeper and not everywhere:
        raise forbidden("permit.refused", verb="rejection.see")
    with auth.system().read(actor) as work:
        found = rejection.standing(work, None if everywhere else sorted(keeper))
        names = site_names(work)
        items = [
            RejectedView(
                study_id=each.study.id, study_uid=each.study.study_uid, site=names.get(each.study.site_id, ""),
                name=each.study.name_shown if sees else "", patient_id=each.study.patient_number if sees else "", code=each.code,
                by=each.by, note_sop_uid=each.note_sop_uid, objects=each.objects, at=each.at,
                liftable=each.code in rejection.CODES and permits(actor, "rejection.lift", Thing(site_id=each.study.site_id)),
            )
            for each in found
            for sees in [permits(actor, "rejection.see", Thing(site_id=each.study.site_id))]
        ]  # fmt: skip
    return answer(RejectedList(items=items))


@api.post("/studies/<id>/rejections/lift", responses={200: Done}, summary="Show rejected objects again, with a reason")
def lift(path: LiftPath, body: LiftBody) -> Response:
    actor = auth.actor()
    with auth.system().work(actor) as work:
        rejection.lift(work, actor, path.id, body.code, body.reason)
    return answer(Done())


@api.get("/admin/scrubs", responses={200: Rounds}, summary="Rounds over the stored bytes, and what they found")
def list_scrubs() -> Response:
    actor, settings = auth.actor(), auth.system().settings
    permit(actor, "scrub.see", Thing())
    with auth.system().read(actor) as work:
        names = site_names(work)
        items = [_round(work, row, names) for row in scrub.rounds(work)]
    return answer(Rounds(items=items, hour=settings.scrub_hour, bytes_per_second=settings.scrub_bytes_per_second))


def _round(work: Work, row: ScrubRow, names: Mapping[str, str]) -> RoundView:
    found = scrub.findings(work, row.id)
    studies = scrub.studies_of(work, found)
    return RoundView(
        id=row.id, started_at=row.started_at, ended_at=row.ended_at, stage=row.stage, objects=row.objects, bytes=row.bytes,
        millis=row.millis, findings_total=row.findings,
        findings=[_finding(each, studies.get(each.study_id or ""), names) for each in found],
    )  # fmt: skip


def _finding(row: ScrubFindingRow, study: StudyRow | None, names: Mapping[str, str]) -> FindingView:
    return FindingView(
        kind=row.kind, file=row.blob_key, study_id=row.study_id, sop_uid=row.sop_uid, expected=row.expected, found=row.found,
        size=row.size, at=row.at, healed_at=row.healed_at, site=names.get(study.site_id, "") if study else "",
        examination=(study.accession or study.study_number) if study else "", study_uid=study.study_uid if study else "",
    )  # fmt: skip
