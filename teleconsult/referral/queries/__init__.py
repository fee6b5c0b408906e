"""Reads of cases and of what others were asked about them."""

from teleconsult.referral.queries.cases import (
    ALL,
    CaseLine,
    Counts,
    Match,
    Page,
    cases,
    cases_of_study,
    may,
    open_cases_of_study,
    same_person,
    studies_of,
    study,
)
from teleconsult.referral.queries.facts_about import (
    acceptor,
    has_consent,
    parent_of,
    patient_name,
    site_level,
    site_name,
    site_of_case,
    sites_that_may_send,
)
from teleconsult.referral.queries.findings import Finding
from teleconsult.referral.queries.follow_ups import (
    FollowUp,
    FollowUpMatch,
    FollowUps,
    Owner,
    follow_up,
    follow_ups,
    owners,
)
from teleconsult.referral.queries.patients import patient_of
from teleconsult.referral.queries.referrals import (
    EVERY,
    ReferralLine,
    ReferralMatch,
    ReferralPage,
    ReferralView,
    referral,
    referrals,
)
from teleconsult.referral.queries.timeline import timeline
from teleconsult.referral.queries.views import Attachment, CaseStudy, CaseView, Named, Patient, case

__all__ = [
    "ALL", "EVERY", "Attachment", "CaseLine", "CaseStudy", "CaseView", "Counts", "Finding", "FollowUp", "FollowUpMatch", "FollowUps", "Match", "Named", "Owner", "Page", "Patient",
    "ReferralLine", "ReferralMatch", "ReferralPage", "ReferralView", "acceptor", "case", "cases", "cases_of_study", "follow_up", "follow_ups",
    "has_consent", "may", "open_cases_of_study", "owners", "parent_of", "patient_name", "patient_of", "referral", "referrals", "same_person", "site_level", "site_name",
    "site_of_case", "sites_that_may_send", "studies_of", "study", "timeline",
]  # fmt: skip
