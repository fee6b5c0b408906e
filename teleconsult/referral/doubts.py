"""A study of a case whose patient is in doubt: kept back by `access.hold`, and every case that names it is told."""

from sqlalchemy import select

from teleconsult.access import case_audience, notify
from teleconsult.kernel.facts import Fact
from teleconsult.records.work import Work
from teleconsult.referral import queries
from teleconsult.referral.loading import OFFICE
from teleconsult.referral.tables import CaseRow, CaseStudyRow


def tell_cases(work: Work, key: str, study_id: str, held: bool) -> int:
    """Say in each open case that a study is kept back, or is back; how many cases. Once for each `key` and case."""
    found = select(CaseRow).join(CaseStudyRow, CaseStudyRow.case_id == CaseRow.id)
    rows = work.session.scalars(found.where(CaseStudyRow.study_id == study_id, CaseRow.state == "open")).all()
    for row in rows:
        _tell(work, row, key, study_id, held)
    return len(rows)


def _tell(work: Work, row: CaseRow, key: str, study_id: str, held: bool) -> None:
    code = "case.study_held" if held else "case.study_released"
    params = {"number": row.number, "name": queries.patient_name(work, row.id)}
    sites = case_audience(work, row.id)
    given = [
        notify(work, f"{key}:{row.id[-12:]}:{site_id[-12:]}", site_id, OFFICE, code, None, params, row.id)
        for site_id in sites
    ]
    if any(given):
        name = "CaseStudyHeld" if held else "CaseStudyReleased"
        work.record(Fact(name, "case", row.id, row.version, study_id, sites, {}, row.id))
