"""Cases: a patient who needs more than a report, and referrals up and down."""

from teleconsult.referral import queries
from teleconsult.referral.actions import (
    add_study,
    attach,
    close_case,
    edit_case,
    load_case,
    open_attachment,
    open_case,
    reopen_case,
    withdraw_attachment,
)
from teleconsult.referral.files import MOST_BYTES, keep
from teleconsult.referral.lifecycle import CASE, KINDS, SEVERITIES
from teleconsult.referral.numbers import next_number
from teleconsult.referral.queries import CaseView
from teleconsult.referral.sniff import SHOWN, SUFFIXES, media_type
from teleconsult.referral.tables import AttachmentRow, CaseRow

__all__ = [
    "CASE", "KINDS", "MOST_BYTES", "SEVERITIES", "SHOWN", "SUFFIXES", "AttachmentRow", "CaseRow", "CaseView", "add_study", "attach", "close_case", "edit_case", "keep",
    "load_case", "media_type", "next_number", "open_attachment", "open_case", "queries", "reopen_case", "withdraw_attachment",
]  # fmt: skip
