"""Which hospitals have a case's studies because of a referral: both, from acceptance until 90 days after it is closed."""

from datetime import timedelta

from sqlalchemy import select

from teleconsult.access import close_case_shares, close_shares, open_share
from teleconsult.access.rights import REFERRAL as WHY
from teleconsult.records.work import Work
from teleconsult.referral import queries
from teleconsult.referral.lifecycle_referral import CLOSED, TREATED
from teleconsult.referral.tables import ReferralRow


def share_studies(work: Work, row: ReferralRow) -> None:
    """Every study of the case, to both hospitals. Repeats safely."""
    for study_id in queries.studies_of(work, row.case_id):
        share_study(work, row, study_id)


def share_study(work: Work, row: ReferralRow, study_id: str) -> None:
    """One study; the hospital that made it has it anyway."""
    maker = queries.study(work, study_id).site_id
    for site_id in (row.from_site_id, row.to_site_id):
        if site_id and site_id != maker:
            open_share(work, study_id, site_id, WHY, row.id)


def share_added(work: Work, case_id: str, study_id: str) -> None:
    """A study that was added to a case while patients are under way or treated because of it."""
    running = select(ReferralRow).where(ReferralRow.case_id == case_id, ReferralRow.state.in_(set(TREATED) - {CLOSED}))
    for row in work.session.scalars(running):
        share_study(work, row, study_id)


def unshare(work: Work, row: ReferralRow, after: timedelta) -> None:
    """Case and studies end for both after a while; what they have by other causes stays."""
    close_case_shares(work, row.id, work.now + after)
    close_shares(work, row.id, work.now + after)
