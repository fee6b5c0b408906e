"""Jobs about studies whose patient is in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teleconsult.access import is_held
from teleconsult.referral.doubts import tell_cases as say
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow


_DOUBTS = frozenset({"IdentityConflicted", "ConflictDecisionUndone"})


def tell_cases(bench: Bench, fact: FactRow) -> None:
    """Tell every open case of the study that it is kept back, or back. Repeat-safe by: one notice for each (fact id, case, site)."""
    if fact.study_id is None:
        return
    with bench.system.work() as work:
        held = is_held(work, fact.study_id)
        if held == (fact.name in _DOUBTS):
            say(work, fact.id, fact.study_id, held)
