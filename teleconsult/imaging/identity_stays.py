"""What a hospital may say about an object that another hospital sent: that its own study stays as it is, and no more.

It is kept as a decision to keep the old object, of the hospital whose study it is. The objects stay open for the hospital that sent
them, which alone decides about them; the study is in doubt no longer, and its hospital is asked no more.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select

from teleconsult.access.queries import site_names
from teleconsult.imaging.tables import QuarantineRow
from teleconsult.imaging.tables_identity import DecisionRow
from teleconsult.kernel.values import sha256_hex
from teleconsult.records.work import Work

OLD: Final = "keep_old"
STAYS: Final = "study_stays"
_ELSEWHERE: Final = {OLD: "leave_apart", "other_patient": "own_study"}


@dataclass(frozen=True, slots=True)
class Told:
    """Which hospital said so, by whom, and whose objects they are."""

    site: str
    by: str
    sender_site_id: str


def answered() -> ColumnElement[bool]:
    """True for the objects in quarantine of which the hospital whose study they contradict has said that it stays."""
    said = select(DecisionRow.id).where(
        DecisionRow.conflict_key == func.coalesce(QuarantineRow.conflict_key, QuarantineRow.id), DecisionRow.verb == OLD,
        DecisionRow.site_id != QuarantineRow.site_id, DecisionRow.undone_at.is_(None),
    )  # fmt: skip
    return said.exists()


def statement(work: Work, key: str, sender_site_id: str) -> DecisionRow | None:
    """What the other hospital has said about the conflict `key` and has not taken back."""
    found = select(DecisionRow).where(
        DecisionRow.conflict_key == key, DecisionRow.verb == OLD, DecisionRow.site_id != sender_site_id,
        DecisionRow.undone_at.is_(None),
    )  # fmt: skip
    return work.session.scalars(found.order_by(DecisionRow.at.desc()).limit(1)).first()


def says(row: DecisionRow) -> bool:
    """Whether the decision is such a statement, and decides nothing about the objects."""
    return bool(row.details.get("stays"))


def verb_of(row: DecisionRow) -> str:
    """What was decided, in the words in which it was offered."""
    return STAYS if says(row) else row.verb


def named(row: DecisionRow) -> str:
    """As `verb_of`; what was decided beside another hospital's study was not offered as being about another patient."""
    return _ELSEWHERE.get(row.verb, row.verb) if row.details.get("elsewhere") else verb_of(row)


def told(work: Work, decision_id: str) -> Told | None:
    """For whoever tells the hospital that sent the objects; None where it decided itself, or the statement was taken back."""
    row = work.get(DecisionRow, decision_id)
    if not says(row) or row.undone_at is not None:
        return None
    sender = work.get(QuarantineRow, str(row.details["rows"][0])).site_id
    return Told(site_names(work).get(row.site_id, ""), row.by_name, sender)


def about(key: str, site_id: str) -> str:
    """What the notices of a conflict at one hospital are about (`access.notify`): each hospital deals with it by itself."""
    return sha256_hex(f"{key}:{site_id}".encode())[:32]
