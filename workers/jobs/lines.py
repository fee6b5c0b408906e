"""The line to a peer, looked at when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from teleconsult.access.destinations import address_of
from teleconsult.access.queries import peer_rows
from teleconsult.imaging import line_check
from teleconsult.imaging.line_check import FAILED, Step
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow


def check_line(bench: Bench, fact: FactRow) -> None:
    """Take the steps of a line check and keep what came of them; faults of the line are its result, not the job's.

    Repeat-safe by: the check says when it was done, its test image has the same UIDs each time.
    """
    system = bench.system
    with system.read() as work:
        row = line_check.owed(work, fact.subject_id)
        if row is None:
            return
        peer, to = peer_rows(work, [row.peer_id])[row.peer_id], address_of(work, row.peer_id)

    def returned() -> Mapping[str, str]:
        with system.read() as work:
            return line_check.returned_since(
                work, [line_check.uid_of(row.id, 1, 1, each) for each in (1, 2)], row.asked_at
            )

    steps = [Step("reach", FAILED, "no_address")]
    if to is not None:
        steps = bench.lines.check(system.settings.ae_title, to, row.id, row.asked_at, row.with_image, returned)
    with system.work() as work:
        steps.append(line_check.arrivals_step(work, peer.id, peer.site_id, peer.last_seen_at))
        line_check.done(work, row.id, peer.ae_title, steps)
