"""Jobs of meetings: a case on an agenda grew, and the people of the meeting see what was added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teleconsult import consult
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow


def share_with_meetings(bench: Bench, fact: FactRow) -> None:
    """Share the case's studies with every meeting that has it before it.

    Repeat-safe by: a share that is opened again is the same share.
    """
    if fact.case_id is not None:
        with bench.system.work() as work:
            consult.agenda.case_grew(work, fact.case_id)
