"""When studies were last signed for."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from teleconsult.records.work import Work
from teleconsult.reporting.tables import ReportRow, SignatureRow


def signed_at(work: Work, study_ids: Iterable[str]) -> dict[str, datetime]:
    """Of those that have a signed report: when it, or its latest addendum, was signed. Permits nothing."""
    wanted = sorted(set(study_ids))
    latest = (
        select(ReportRow.study_id, func.max(SignatureRow.at))
        .join(SignatureRow, SignatureRow.report_id == ReportRow.id)
        .where(ReportRow.study_id.in_(wanted))
        .group_by(ReportRow.study_id)
    )
    return {study_id: at for study_id, at in work.session.execute(latest)}


def last_signed(work: Work, study_id: str) -> datetime | None:
    """When a report of the study, or an addendum, was last signed. Permits nothing."""
    return signed_at(work, [study_id]).get(study_id)
