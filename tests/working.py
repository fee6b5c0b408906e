"""Jobs and settling, carried out in the test's own process: what worker and relay do, without waiting for them."""

from __future__ import annotations

import atexit
import functools
from dataclasses import replace
from datetime import timedelta

from teleconsult import access
from teleconsult.access import SYSTEM
from teleconsult.imaging import settle
from teleconsult.imaging.ingest import Outcome, ingest
from teleconsult.imaging.render_apart import RenderApart
from teleconsult.imaging.staging import stage_part10
from teleconsult.records import journal
from teleconsult.system import System
from workers.bench import Bench, bench_of
from workers.run import carry_out


def arrive(system: System, part10: bytes, ae_title: str = "SCANNER_A") -> Outcome:
    """One object comes in as if that scanner had sent it."""
    with system.read() as work:
        peer = access.identify(work, ae_title, "127.0.0.1")
    assert peer is not None
    return ingest(system.store, system.blobs, peer, stage_part10(system.blobs, [part10]))


def settle_all(system: System) -> None:
    """Every study that is still receiving counts as complete."""
    with system.work() as work:
        settle.sweep(work, work.now + timedelta(hours=1))


def work_off(system: System) -> int:
    """Carry out everything that is owed, and what that leads to; how many jobs."""
    bench, done = a_bench(system), 0
    while owed := _owed(system):
        for delivery_id in owed:
            assert carry_out(bench, delivery_id), f"the job of delivery {delivery_id} was refused"
            done += 1
    return done


def a_bench(system: System) -> Bench:
    """A worker's bench, with the one drawing child of all tests of this process: starting one takes longer than most tests."""
    bench = bench_of(system)
    return replace(bench, apart=_drawing(bench.apart.seconds))


@functools.cache
def _drawing(seconds: float) -> RenderApart:
    apart = RenderApart(seconds)
    atexit.register(apart.close)
    return apart


def _owed(system: System) -> list[str]:
    with system.store.work(SYSTEM) as work:
        return [row.id for row in journal.due(work)]
