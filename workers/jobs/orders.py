"""Jobs between orders and arrivals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teleconsult import reading
from teleconsult.imaging import orders_arrivals
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow


def match_study(bench: Bench, fact: FactRow) -> None:
    """Find the order of a study that has begun to arrive, or has come to rest: then the order is performed, too.

    Repeat-safe by: one link for each (study id, order id), and one line on the unmatched list for each study id.
    """
    with bench.system.work() as work:
        orders_arrivals.match_study(work, str(fact.study_id))
        if fact.name == "StudySettled":
            orders_arrivals.study_at_rest(work, str(fact.study_id))


def match_order(bench: Bench, fact: FactRow) -> None:
    """Find the studies that came before their order did. Repeat-safe by: one link for each (study id, order id)."""
    with bench.system.work() as work:
        orders_arrivals.match_order(work, fact.subject_id)


def hasten_task(bench: Bench, fact: FactRow) -> None:
    """A study that is linked late is due as it was ordered. Repeat-safe by: a task's priority only rises."""
    with bench.system.work() as work:
        reading.hasten(work, str(fact.study_id), str(fact.details["priority"]))
