"""From rows to the document that is printed: words as a Chinese report has them."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from teleconsult.access.tables import PersonRow, SiteRow
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.imaging.tables_identity import RejectionRow
from teleconsult.kernel.errors import invalid
from teleconsult.reading.tables import TaskRow
from teleconsult.records.work import Work
from teleconsult.reporting.document import CHINA, AddendumBlock, Examination, Identity, Person, ReportDocument, Seal
from teleconsult.reporting.tables import AddendumRow, ReportRow, SignatureRow

TITLES: Final = {
    "resident": "住院医师", "attending": "主治医师", "associate_chief": "副主任医师", "chief": "主任医师", "technician": "技师",
}  # fmt: skip
SEXES: Final = {"M": "男", "F": "女", "O": "其他"}
AGE_UNITS: Final = {"Y": "岁", "M": "月", "W": "周", "D": "天"}


def document(work: Work, report_id: str) -> ReportDocument:
    """A signed report with all its addenda, to be rendered by `reporting.pdf`. INVALID `report.not_signed` before that.

    For the job that prints: permits nothing.
    """
    report = work.get(ReportRow, report_id)
    if report.signed_at is None or report.submitted_at is None or report.reviewer_id is None:
        raise invalid("report.not_signed", report.state, state=report.state)
    seals = {
        one.number: Seal(one.algorithm, one.key_id, one.sha256)
        for one in work.session.scalars(select(SignatureRow).where(SignatureRow.report_id == report.id))
    }
    added = work.session.scalars(
        select(AddendumRow).where(AddendumRow.report_id == report.id).order_by(AddendumRow.number)
    )
    hospital, examination, identity = _head(work, report)
    return ReportDocument(
        report_id=report.id, hospital=hospital, identity=identity, examination=examination,
        findings=report.findings, impression=report.impression, advice=report.advice,
        author=_person(work, report.author_id), reviewer=_person(work, report.reviewer_id),
        submitted_at=report.submitted_at, signed_at=report.signed_at, seal=seals[0],
        addenda=tuple(AddendumBlock(one.text, _person(work, one.author_id), one.at, seals[one.number]) for one in added),
    )  # fmt: skip


def _head(work: Work, report: ReportRow) -> tuple[str, Examination, Identity]:
    asking, reading = aliased(SiteRow), aliased(SiteRow)
    study, asking_name, reading_name = work.session.execute(
        select(StudyRow, asking.name, reading.name)
        .select_from(TaskRow)
        .join(StudyRow, StudyRow.id == TaskRow.study_id)
        .join(asking, asking.id == TaskRow.requesting_site_id)
        .join(reading, reading.id == TaskRow.reading_site_id)
        .where(TaskRow.id == report.task_id)
    ).one()
    count = work.session.scalar(
        select(func.count())
        .select_from(InstanceRow)
        .where(InstanceRow.study_id == study.id, InstanceRow.arrived_at <= report.signed_at, ~_rejected_before(report))
    )
    examination = Examination(
        requesting_site=asking_name, accession=study.accession, modality=study.modality, body_part=study.body_part,
        description=study.description, study_uid=study.study_uid, images=count or 0,
        examined_at=examined_at(study.study_date, study.study_time),
    )  # fmt: skip
    identity = Identity(
        study.name_shown,
        SEXES.get(study.sex, ""),
        age(study.age, study.birth_date, study.study_date),
        study.patient_number,
        study.in_doubt,
    )
    return reading_name, examination, identity


def _rejected_before(report: ReportRow) -> ColumnElement[bool]:
    """True for images that the reviewer did not have on the screen any more."""
    since = (RejectionRow.instance_id == InstanceRow.id, RejectionRow.at <= report.signed_at)
    until = or_(RejectionRow.lifted_at.is_(None), RejectionRow.lifted_at > report.signed_at)
    return select(RejectionRow.id).where(*since, until).exists()


def age(stated: str, birth_date: str, study_date: str) -> str:
    """045Y → 45岁 (PS3.5 AS); else in full years from the dates YYYYMMDD; else empty."""
    found = re.fullmatch(r"(\d{1,3})([YMWD])", stated)
    if found:
        return f"{int(found[1])}{AGE_UNITS[found[2]]}"
    if re.fullmatch(r"\d{8}", birth_date) and re.fullmatch(r"\d{8}", study_date) and birth_date <= study_date:
        years = int(study_date[:4]) - int(birth_date[:4]) - (study_date[4:] < birth_date[4:])
        return f"{years}岁"
    return ""


def examined_at(study_date: str, study_time: str) -> datetime | None:
    """The hospital's own clock, taken as the time of China; None for a malformed date."""
    try:
        return datetime.strptime(study_date + study_time.ljust(6, "0")[:6], "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
    except ValueError:
        return None


def _person(work: Work, person_id: str) -> Person:
    row = work.get(PersonRow, person_id)
    return Person(row.name, TITLES.get(row.title, ""))
