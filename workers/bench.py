"""What a job works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from teleconsult.access.destinations import Destination
from teleconsult.imaging.commitment import Verdict
from teleconsult.imaging.line_check import Step
from teleconsult.imaging.render_apart import RenderApart
from teleconsult.kernel.errors import busy
from teleconsult.reporting.dicom_report import ReportObject
from teleconsult.settings import Settings
from teleconsult.system import System

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow


# Stores objects at a peer in the name of an AE title: DICOM's own shell does it, and is handed in where both are put together.
Post = Callable[[str, Destination, Sequence[ReportObject]], None]


# Tells a peer the result of a storage commitment, likewise.
Report = Callable[[str, Destination, Verdict], None]


# Looks at the line to a peer: the steps of a check; the digests of what our node has taken back are asked of the last argument.
Check = Callable[[str, Destination, str, datetime, bool, Callable[[], Mapping[str, str]]], list[Step]]


def nobody_sends(calling: str, to: Destination, objects: Sequence[ReportObject]) -> None:
    """For a bench that was given no line to the peers. BUSY `peer.away`: a worker that has one may do it."""
    raise busy("peer.away", f"{calling} has no line to {to.peer.ae_title} here", peer=to.peer.ae_title)


def nobody_reports(calling: str, to: Destination, said: Verdict) -> None:
    """As `nobody_sends`."""
    nobody_sends(calling, to, ())


def nobody_checks(
    calling: str,
    to: Destination,
    check_id: str,
    at: datetime,
    with_image: bool,
    returned: Callable[[], Mapping[str, str]],
) -> list[Step]:
    """As `nobody_sends`."""
    nobody_sends(calling, to, ())
    return []


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines to peers, handed in where both shells are put together."""

    post: Post = nobody_sends
    report: Report = nobody_reports
    check: Check = nobody_checks


@dataclass(frozen=True, slots=True)
class Bench:
    """The open system, the child process that decodes pixels for it, and the lines to peers. One for each worker process."""

    system: System
    apart: RenderApart = field(default_factory=RenderApart)
    lines: Lines = field(default_factory=Lines)

    @property
    def settings(self) -> Settings:
        return self.system.settings


# Does what the fact makes necessary. Repeats safely by the key its docstring names. May raise Refused.
Job = Callable[[Bench, "FactRow"], None]


def bench_of(system: System, lines: Lines | None = None) -> Bench:
    """A bench whose decoder never outlives the job: one frame gets a tenth of a job's time, at most 20 seconds."""
    return Bench(system, RenderApart(seconds=max(1.0, min(20.0, system.settings.job_seconds / 10))), lines or Lines())


def lease_of(settings: Settings) -> float:
    """Seconds that a delivery stays a runner's without a sign of life; it is renewed three times in each."""
    return max(1.0, min(15.0, settings.job_seconds / 4))
