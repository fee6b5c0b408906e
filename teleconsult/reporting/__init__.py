"""Reports: written, reviewed, signed, printed."""

from teleconsult.reporting import queries
from teleconsult.reporting.actions import draft, give_back, lapse, release_review, save, submit, take_review
from teleconsult.reporting.finals import addend, downloaded, opened, pdf_made, sign
from teleconsult.reporting.lifecycle import REPORT
from teleconsult.reporting.signing import Ed25519Signer, Keyring, Signer, Verifier

__all__ = [
    "REPORT", "Ed25519Signer", "Keyring", "Signer", "Verifier", "addend", "downloaded", "draft", "give_back", "lapse", "opened",
    "pdf_made", "queries", "release_review", "save", "sign", "submit", "take_review",
]  # fmt: skip
