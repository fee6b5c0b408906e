"""What a case on an agenda may come from."""

from sqlalchemy import exists, select

from teleconsult.consult.tables import ConsultationRow
from teleconsult.consult.tables_meetings import MeetingItemRow
from teleconsult.records.work import Work
from teleconsult.referral.tables import CaseStudyRow, ReferralRow
from teleconsult.reporting.tables import ReportRow


def belongs(work: Work, case_id: str, kind: str, key: str | None) -> bool:
    """Whether the report, consultation, referral or earlier item is of this very case."""
    if kind == "case":
        return key is None or key == case_id
    of_case = select(CaseStudyRow.study_id).where(CaseStudyRow.case_id == case_id)
    found = {
        "consultation": exists().where(ConsultationRow.id == key, ConsultationRow.case_id == case_id),
        "referral": exists().where(ReferralRow.id == key, ReferralRow.case_id == case_id),
        "report": exists().where(ReportRow.id == key, ReportRow.study_id.in_(of_case)),
        "meeting": exists().where(MeetingItemRow.id == key, MeetingItemRow.case_id == case_id),
    }.get(kind)
    return found is not None and bool(work.session.scalar(select(found)))
