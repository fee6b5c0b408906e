"""A study on its whole way, for the tests of who may reach what: read and signed, with an object kept apart beside it."""

from __future__ import annotations

import io
from dataclasses import dataclass

from sqlalchemy import select

from teleconsult import reading, referral, reporting
from teleconsult.access import notices, open_case_share
from teleconsult.access.rights import REFERRAL
from teleconsult.access.tables import AgreementRow, PeerRow
from teleconsult.imaging.tables import InstanceRow, QuarantineRow, SeriesRow, StudyRow
from teleconsult.reading.tables import TaskRow
from teleconsult.reporting import Ed25519Signer
from tests import synth
from tests.builders import Alliance
from tests.working import arrive, settle_all, work_off


@dataclass(frozen=True, slots=True)
class Scene:
    """The ids of everything that a route may name."""

    study: str
    study_uid: str
    series_uid: str
    sop_uid: str
    task: str
    report: str
    quarantine: str
    notice: str
    site: str
    peer: str
    agreement: str
    person: str
    case: str
    attachment: str
    paper: str


def a_signed_study(alliance: Alliance) -> Scene:
    """One CT slice of county A, read by `reader`, signed by `reviewer`; and the same slice again with other content."""
    system, people = alliance.system, alliance.people
    slice_ = synth.ct_slice(1)
    arrive(system, synth.as_bytes(slice_))
    other = synth.ct_slice(1)
    other.SOPInstanceUID, other.StudyInstanceUID = slice_.SOPInstanceUID, slice_.StudyInstanceUID
    other.SeriesInstanceUID, other.ImageComments = slice_.SeriesInstanceUID, "changed"
    arrive(system, synth.as_bytes(other))
    settle_all(system)
    work_off(system)
    with system.read() as work:
        study = work.session.scalars(select(StudyRow)).one()
        task = work.session.scalars(select(TaskRow)).one()
    with system.work(people["reader"]) as work:
        reading.claim(work, people["reader"], task.id)
        report = reporting.draft(work, people["reader"], task.id)
        sections = {"findings": "双肺未见异常。", "impression": "胸部CT平扫未见异常。", "advice": ""}
        report = reporting.save(work, people["reader"], report.id, sections, report.version)
        reporting.submit(work, people["reader"], report.id)
    with system.work(people["reviewer"]) as work:
        reporting.take_review(work, people["reviewer"], report.id)
        reporting.sign(work, people["reviewer"], report.id, Ed25519Signer(system.keys.signing))
    work_off(system)
    return _named(alliance, study, task.id, report.id, _a_case(alliance, study.id))


def _a_case(alliance: Alliance, study_id: str) -> tuple[str, str, str]:
    """A case of county A that county B was asked about, without its images; and two papers of it."""
    doctor, blobs = alliance.people["doctor_a"], alliance.system.blobs
    with alliance.system.work(doctor) as work:
        case = referral.open_case(work, doctor, study_id, "测试病例")
        open_case_share(work, case.id, alliance.sites["county_b"], REFERRAL, "asked")
        papers = []
        for text in (b"one", b"two"):
            kept = referral.keep(blobs, io.BytesIO(text))
            given = (kept.media_type, kept.sha256, kept.size, kept.blob_key)
            papers.append(referral.attach(work, doctor, case.id, "consent", "consent.txt", *given).id)
    return case.id, papers[0], papers[1]


def _named(alliance: Alliance, study: StudyRow, task: str, report: str, case: tuple[str, str, str]) -> Scene:
    people = alliance.people
    with alliance.system.read() as work:
        one = work.session.scalars
        ready = next(n for n in notices(work, people["doctor_a"]) if n.row.code == "report.ready")
        scene = Scene(
            study=study.id, study_uid=study.study_uid, series_uid=one(select(SeriesRow.series_uid)).one(),
            sop_uid=one(select(InstanceRow.sop_uid)).one(), task=task, report=report,
            quarantine=one(select(QuarantineRow.id)).one(), notice=ready.row.id, site=alliance.sites["county_a"],
            peer=one(select(PeerRow.id).where(PeerRow.ae_title == "SCANNER_A")).one(),
            agreement=one(select(AgreementRow.id)).first() or "", person=people["doctor_a"].id,
            case=case[0], attachment=case[1], paper=case[2],
        )  # fmt: skip
    return scene
