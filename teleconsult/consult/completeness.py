"""How complete a request is, in points of a hundred, and what is missing. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

_LEAST_QUESTION, _LEAST_SUMMARY = 8, 30

POINTS: Final = {"question": 25, "summary": 25, "studies": 20, "consent": 15, "record": 10, "specialty": 5}
"""What counts how much: 会诊问题, 病情摘要, 影像检查, 知情同意书, 病历或检验资料, 所需专科."""


@dataclass(frozen=True, slots=True)
class Completeness:
    score: int
    missing: tuple[str, ...]


def score(question: str, summary: str, specialty: str, studies: int, attachments: Collection[str]) -> Completeness:
    """`attachments` are the kinds that the case has: consent, record, image, lab, other."""
    there = {
        "question": len(question.strip()) >= _LEAST_QUESTION,
        "summary": len(summary.strip()) >= _LEAST_SUMMARY,
        "studies": studies > 0,
        "consent": "consent" in attachments,
        "record": bool({"record", "lab"} & set(attachments)),
        "specialty": bool(specialty),
    }
    return Completeness(
        sum(points for what, points in POINTS.items() if there[what]), tuple(what for what in POINTS if not there[what])
    )
