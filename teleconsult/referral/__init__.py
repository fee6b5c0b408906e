"""Cases: a patient who needs more than a report, and referrals up and down."""

from teleconsult.referral import criteria, follow_ups, proposals, queries
from teleconsult.referral.actions import (
    add_study,
    attach,
    close_case,
    describe,
    edit_case,
    load_case,
    open_attachment,
    open_case,
    reopen_case,
    withdraw_attachment,
)
from teleconsult.referral.answering import accept, answer, ask, decline, redirect
from teleconsult.referral.drafting import Source, draft, save, submit, turn_back
from teleconsult.referral.files import MOST_BYTES, keep
from teleconsult.referral.follow_ups import plan_follow_up
from teleconsult.referral.lifecycle import CASE, KINDS, SEVERITIES
from teleconsult.referral.lifecycle_follow_up import FOLLOW_UP
from teleconsult.referral.lifecycle_referral import REFERRAL
from teleconsult.referral.numbers import next_number
from teleconsult.referral.queries import CaseView
from teleconsult.referral.sniff import SHOWN, SUFFIXES, media_type
from teleconsult.referral.sweeping import sweep
from teleconsult.referral.tables import AttachmentRow, CaseRow, FollowUpRow, ReferralRow
from teleconsult.referral.treating import arrive, cancel, close, complete, depart

__all__ = [
    "CASE", "FOLLOW_UP", "KINDS", "MOST_BYTES", "REFERRAL", "SEVERITIES", "SHOWN", "SUFFIXES", "AttachmentRow", "CaseRow", "CaseView", "FollowUpRow",
    "ReferralRow", "Source", "accept", "add_study", "answer", "arrive", "ask", "attach", "cancel", "close", "close_case", "complete", "criteria",
    "decline", "depart", "describe", "draft", "edit_case", "follow_ups", "keep", "load_case", "media_type", "next_number", "open_attachment", "open_case",
    "plan_follow_up", "proposals", "queries", "redirect", "reopen_case", "save", "submit", "sweep", "turn_back", "withdraw_attachment",
]  # fmt: skip
