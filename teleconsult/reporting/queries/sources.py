"""What a signature answers for, gathered from the rows of all contexts below."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from teleconsult.access.tables import PersonRow
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.records.work import Work
from teleconsult.reporting.canonical import AddendumText, Image, Patient, ReportText, Signatory
from teleconsult.reporting.tables import AddendumRow, ReportRow


def report_text(work: Work, report: ReportRow, reviewer_id: str, signed_at: datetime) -> ReportText:
    """The report as it is signed now: texts, people, patient and every image that the study has at this moment."""
    study = work.get(StudyRow, report.study_id)
    return ReportText(
        report_id=report.id,
        study_uid=study.study_uid,
        accession=study.accession,
        patient=patient(study),
        findings=report.findings,
        impression=report.impression,
        advice=report.advice,
        author=signatory(work, report.author_id),
        reviewer=signatory(work, reviewer_id),
        submitted_at=report.submitted_at or signed_at,
        signed_at=signed_at,
        images=images(work, report.study_id),
    )


def addendum_text(work: Work, addendum: AddendumRow, report_sha256: str) -> AddendumText:
    author = signatory(work, addendum.author_id)
    return AddendumText(addendum.report_id, report_sha256, addendum.number, addendum.text, author, addendum.at)


def patient(study: StudyRow) -> Patient:
    return Patient(study.issuer, study.patient_number, study.name, study.sex, study.birth_date)


def signatory(work: Work, person_id: str) -> Signatory:
    """The person as they are called now."""
    person = work.get(PersonRow, person_id)
    return Signatory(person.id, person.name, person.title, person.site_id or "")


def images(work: Work, study_id: str, rejected: bool = False) -> Sequence[Image]:
    """Every image of a study that is shown, as received; with `rejected` also those that are shown to nobody any more."""
    columns = (InstanceRow.sop_uid, InstanceRow.transfer_syntax, InstanceRow.sha256)
    which = [InstanceRow.study_id == study_id, *([] if rejected else [InstanceRow.rejected.is_(None)])]
    return [Image(*row) for row in work.session.execute(select(*columns).where(*which))]
