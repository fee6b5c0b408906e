"""Reports: written, reviewed, signed, printed."""

from teleconsult.reporting import queries
from teleconsult.reporting.actions import draft, give_back, lapse, release_review, save, submit, take_review
from teleconsult.reporting.actions_critical import (
    acknowledge_critical,
    act_on_critical,
    close_critical,
    critical_notified,
    hold_critical,
    put_critical_into_case,
    raise_critical,
    sweep,
    withdraw_critical,
)
from teleconsult.reporting.critical_gate import deny_critical, deny_in_addendum
from teleconsult.reporting.finals import addend, downloaded, opened, pdf_made, sign
from teleconsult.reporting.ground import mark_late
from teleconsult.reporting.lifecycle import REPORT
from teleconsult.reporting.lifecycle_critical import CRITICAL
from teleconsult.reporting.papers import CONCLUSION, OPINION, SUMMARY, paper_downloaded, paper_printed, seal_paper
from teleconsult.reporting.queries.papers import papers_of, verify_paper
from teleconsult.reporting.signing import Ed25519Signer, Keyring, Signer, Verifier

__all__ = [
    "CONCLUSION", "CRITICAL", "OPINION", "REPORT", "SUMMARY", "Ed25519Signer", "Keyring", "Signer", "Verifier", "acknowledge_critical",
    "act_on_critical", "addend", "close_critical", "critical_notified", "deny_critical", "deny_in_addendum", "downloaded", "draft", "give_back", "hold_critical", "lapse",
    "mark_late", "opened", "paper_downloaded", "paper_printed", "papers_of", "pdf_made", "put_critical_into_case", "queries", "raise_critical", "release_review", "save",
    "seal_paper", "sign", "submit", "sweep", "take_review", "verify_paper", "withdraw_critical",
]  # fmt: skip
