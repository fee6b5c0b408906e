"""The critical finding that a referral began with: whoever answers the referral reads which it was, and how grave."""

from dataclasses import dataclass

from teleconsult.access import Actor, Thing, permits, shares_of
from teleconsult.records.work import Work
from teleconsult.reporting.tables import CriticalRow


@dataclass(frozen=True, slots=True)
class Finding:
    """`seen`: this actor may open it; without, they read here what it says and no more."""

    id: str
    item: str
    level: int
    text: str
    state: str
    seen: bool


def finding_of(work: Work, actor: Actor, from_kind: str, from_id: str) -> Finding | None:
    """None for a referral that began otherwise. The caller has asked whether the referral may be seen."""
    row = work.session.get(CriticalRow, from_id) if from_kind == "critical" else None
    if row is None:
        return None
    seen = permits(actor, "critical.see", Thing(row.study_id, shares_of(work, row.study_id)))
    return Finding(row.id, row.item, row.level, row.text, row.state, seen)
