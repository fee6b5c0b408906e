"""Reports: written, reviewed, signed, printed."""

from teleconsult.reporting import queries
from teleconsult.reporting.actions import draft, give_back, lapse, release_review, save, submit, take_review
from teleconsult.reporting.finals import addend, downloaded, opened, pdf_made, sign
from teleconsult.reporting.lifecycle import REPORT
from teleconsult.reporting.papers import CONCLUSION, OPINION, SUMMARY, paper_printed, seal_paper
from teleconsult.reporting.queries.papers import papers_of, verify_paper
from teleconsult.reporting.signing import Ed25519Signer, Keyring, Signer, Verifier

__all__ = [
    "CONCLUSION", "OPINION", "REPORT", "SUMMARY", "Ed25519Signer", "Keyring", "Signer", "Verifier", "addend", "downloaded", "draft",
    "give_back", "lapse", "opened", "paper_printed", "papers_of", "pdf_made", "queries", "release_review", "save", "seal_paper",
    "sign", "submit", "take_review", "verify_paper",
]  # fmt: skip
