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
    same_person,
    studies_of,
    study,
)
from teleconsult.referral.queries.timeline import timeline
from teleconsult.referral.queries.views import Attachment, CaseStudy, CaseView, Named, Patient, case

__all__ = [
    "ALL", "Attachment", "CaseLine", "CaseStudy", "CaseView", "Counts", "Match", "Named", "Page", "Patient", "case", "cases", "cases_of_study",
    "may", "same_person", "studies_of", "study", "timeline",
]  # fmt: skip
