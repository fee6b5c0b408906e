"""What a job works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from teleconsult.imaging.render_apart import RenderApart
from teleconsult.settings import Settings
from teleconsult.system import System

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow


@dataclass(frozen=True, slots=True)
class Bench:
    """The open system, and the child process that decodes pixels for it. One for each worker process."""

    system: System
    apart: RenderApart = field(default_factory=RenderApart)

    @property
    def settings(self) -> Settings:
        return self.system.settings


# Does what the fact makes necessary. Repeats safely by the key its docstring names. May raise Refused.
Job = Callable[[Bench, "FactRow"], None]


def bench_of(system: System) -> Bench:
    """A bench whose decoder never outlives the job: one frame gets a tenth of a job's time, at most 20 seconds."""
    return Bench(system, RenderApart(seconds=max(1.0, min(20.0, system.settings.job_seconds / 10))))


def lease_of(settings: Settings) -> float:
    """Seconds that a delivery stays a runner's without a sign of life; it is renewed three times in each."""
    return max(1.0, min(15.0, settings.job_seconds / 4))
