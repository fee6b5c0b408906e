"""Who gave a patient number, by the code that the hospital has everywhere: its id in the index is nobody else's business."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pydicom.dataset import Dataset

from dicom_node.keys import put
from teleconsult.access.queries import sites
from teleconsult.imaging.find import Match
from teleconsult.records import Work

ISSUER: Final = 0x00100021
OTHER_NUMBERS: Final = 0x00101002
"""Other Patient IDs Sequence, whose items say it, too."""


def codes_of(work: Work) -> Mapping[str, str]:
    """The hospitals' codes by their ids."""
    return {site.id: site.code for site in sites(work)}


def asked_by_code(match: Match, codes: Mapping[str, str]) -> Match:
    """The question as the index understands it."""
    asked = match.issuer.strip()
    return replace(match, issuer=next((site_id for site_id, code in codes.items() if code == asked), asked))


def told_by_code(answer: Dataset, codes: Mapping[str, str]) -> Dataset:
    """The answer, with codes where it names issuers."""
    if ISSUER in answer:
        issuer = str(answer[ISSUER].value)
        put(answer, ISSUER, "LO", codes.get(issuer, issuer))
    if OTHER_NUMBERS in answer:
        for item in answer[OTHER_NUMBERS].value:
            told_by_code(item, codes)
    return answer
