"""How an action gets at a report: the task's row is locked first, then the report's, always in this order.

So two at once wait for each other and never lock each other out. A report that the actor may not know of is absent.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from teleconsult import reading
from teleconsult.access import Actor, Thing, permit, permits, shares_of
from teleconsult.imaging.queries import shows_images
from teleconsult.kernel.errors import absent, conflict
from teleconsult.kernel.facts import Fact
from teleconsult.reading import TaskRow
from teleconsult.reading.queries import person_name
from teleconsult.records.work import Work
from teleconsult.reporting.lifecycle import FINAL, Changes
from teleconsult.reporting.tables import ReportRow


@dataclass(frozen=True, slots=True)
class Held:
    """A report with its task, both locked until the end of the transaction."""

    report: ReportRow
    task: TaskRow

    @property
    def desk(self) -> tuple[str, ...]:
        """Who is told while the report is not signed: the reading site alone."""
        return (self.task.reading_site_id,)

    @property
    def both(self) -> tuple[str, ...]:
        """Who is told of a signed report: the requesting site too."""
        return tuple(sorted({self.task.reading_site_id, self.task.requesting_site_id}))


def hold(work: Work, report_id: str) -> Held:
    """ABSENT `report.absent`. Permits nothing."""
    task_id = work.session.scalar(select(ReportRow.task_id).where(ReportRow.id == report_id))
    if task_id is None:
        raise absent("report.absent", report_id)
    task = reading.load(work, task_id)
    report = work.session.get_one(ReportRow, report_id, with_for_update=True, populate_existing=True)
    return Held(report, task)


def permitted(work: Work, actor: Actor, verb: str, report_id: str) -> Held:
    """The report for an action. ABSENT `report.absent` to whoever may not read it in its state, else FORBIDDEN."""
    held = hold(work, report_id)
    thing = Thing(held.report.study_id, shares_of(work, held.report.study_id))
    may_know(actor, held.report, thing)
    permit(actor, verb, thing)
    return held


def may_know(actor: Actor, report: ReportRow, thing: Thing) -> None:
    """Before it is signed a report exists for the reading site's doctors only. ABSENT `report.absent` for anybody else."""
    verb = "report.read" if report.state in FINAL else "report.read_unsigned"
    if not permits(actor, verb, thing):
        raise absent("report.absent", report.id)


def images_there(work: Work, report: ReportRow) -> None:
    """CONFLICT `report.no_images` while nothing of the study is shown: what there was has been rejected or taken back."""
    if not shows_images(work, report.study_id):
        raise conflict("report.no_images", f"study {report.study_id} shows nothing")


def unchanged_since(report: ReportRow, seen: int | None) -> None:
    """CONFLICT `version.stale` when the report is not what the caller saw last."""
    if seen is not None and seen != report.version:
        raise conflict("version.stale", f"seen {seen}, is {report.version}", version=report.version)


def reviewer_name(work: Work, report: ReportRow) -> str:
    """The name of who has the review, for a refusal."""
    return person_name(work, report.reviewer_id) if report.reviewer_id else ""


def keep(work: Work, report: ReportRow, changes: Changes, fact: Callable[[], Fact]) -> ReportRow:
    work.keep(report, **changes)
    work.record(fact())
    return report
