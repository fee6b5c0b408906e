"""What a signed report rests on, held against what its study shows by now. Permits nothing."""

import zlib

from sqlalchemy import ColumnElement, Select, exists, func, select

from teleconsult.imaging.lifecycle import PREPARED
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.imaging.tables_identity import RejectionRow
from teleconsult.records.work import Work
from teleconsult.reporting.canonical import Image, images_of
from teleconsult.reporting.queries.sources import images
from teleconsult.reporting.tables import ReportRow, SignatureRow


def unanswered(work: Work, study_id: str) -> bool:
    """Whether the study shows images that no signature answers for; so also while nothing is signed."""
    signed = _signed(work, study_id)
    return any(image not in signed for image in images(work, study_id))


def withdrawn(work: Work, study_id: str, version: int | None = None) -> int:
    """How many images of the signed report were set aside, at that version of the study where one is named, and still are."""
    hidden = _hidden(study_id)
    if version is not None:
        hidden = hidden.where(RejectionRow.study_version == version)
    return _of_signed(work, study_id, hidden)


def withdrawn_since(work: Work, report: ReportRow) -> int:
    """How many images of the signed report were set aside after it was last signed or added to, and still are: no doctor has said yet what
    that means."""
    said = select(func.max(SignatureRow.at)).where(SignatureRow.report_id == report.id).scalar_subquery()
    return _of_signed(work, report.study_id, _hidden(report.study_id).where(RejectionRow.at > said))


def is_withdrawn() -> ColumnElement[bool]:
    """The same for lists, of the rows of study and report in the statement around it: whether there is such an image. What came before the
    signature and was set aside behind it is what it answers for."""
    said = select(func.max(SignatureRow.at)).where(SignatureRow.report_id == ReportRow.id).correlate(ReportRow)
    gone = exists().where(
        RejectionRow.study_id == StudyRow.id,
        RejectionRow.lifted_at.is_(None),
        RejectionRow.at > said.scalar_subquery(),
        InstanceRow.id == RejectionRow.instance_id,
        InstanceRow.arrived_at <= ReportRow.signed_at,
    )
    return gone.correlate(StudyRow, ReportRow)


def shows_all(work: Work, study_id: str) -> bool:
    """Whether whoever opens the study now sees all that came: nothing is on its way to the list of pictures."""
    return work.get(StudyRow, study_id).state == PREPARED


def _hidden(study_id: str) -> Select[str]:
    """SOP Instance UIDs of what is set aside."""
    return (
        select(InstanceRow.sop_uid)
        .join(RejectionRow, RejectionRow.instance_id == InstanceRow.id)
        .where(RejectionRow.study_id == study_id, RejectionRow.lifted_at.is_(None))
    )


def _of_signed(work: Work, study_id: str, hidden: Select[str]) -> int:
    found = work.session.scalars(hidden).all()
    signed = {image.sop_uid for image in _signed(work, study_id)} if found else set[str]()
    return sum(1 for sop_uid in found if sop_uid in signed)


def _signed(work: Work, study_id: str) -> frozenset[Image]:
    """The images that the study's signed report answers for; none while there is no such report."""
    content = work.session.scalar(
        select(SignatureRow.content)
        .join(ReportRow, ReportRow.id == SignatureRow.report_id)
        .where(ReportRow.study_id == study_id, SignatureRow.number == 0)
    )
    return frozenset() if content is None else frozenset(images_of(zlib.decompress(content)))
