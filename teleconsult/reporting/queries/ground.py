"""What a signed report rests on, held against what its study shows by now. Permits nothing."""

import zlib

from sqlalchemy import select

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
    hidden = (
        select(InstanceRow.sop_uid)
        .join(RejectionRow, RejectionRow.instance_id == InstanceRow.id)
        .where(RejectionRow.study_id == study_id, RejectionRow.lifted_at.is_(None))
    )
    if version is not None:
        hidden = hidden.where(RejectionRow.study_version == version)
    signed = {image.sop_uid for image in _signed(work, study_id)}
    return sum(1 for sop_uid in work.session.scalars(hidden) if sop_uid in signed)


def shows_all(work: Work, study_id: str) -> bool:
    """Whether whoever opens the study now sees all that came: nothing is on its way to the list of pictures."""
    return work.get(StudyRow, study_id).state == PREPARED


def _signed(work: Work, study_id: str) -> frozenset[Image]:
    """The images that the study's signed report answers for; none while there is no such report."""
    content = work.session.scalar(
        select(SignatureRow.content)
        .join(ReportRow, ReportRow.id == SignatureRow.report_id)
        .where(ReportRow.study_id == study_id, SignatureRow.number == 0)
    )
    return frozenset() if content is None else frozenset(images_of(zlib.decompress(content)))
