"""Writing and reviewing a report: load, permit, decide, keep, record.

Where a move of the report moves the task, both are one transaction: no moment shows a report handed in and a task still claimed.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from teleconsult import reading
from teleconsult.access import Actor, permit_study
from teleconsult.kernel.errors import forbidden
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.reporting import critical_gate, facts, lifecycle
from teleconsult.reporting.lifecycle import DRAFT, IN_REVIEW
from teleconsult.reporting.loading import Held, images_there, keep, permitted, reviewer_name, unchanged_since
from teleconsult.reporting.revisions import note, wrote
from teleconsult.reporting.tables import ReportRow

LEASE: Final = reading.LEASE


def draft(work: Work, actor: Actor, task_id: str, lease: timedelta = LEASE) -> ReportRow:
    """The report of a task that the actor has claimed, begun now or before. Repeats safely.

    A text that an earlier reader left goes on under the new author. Once handed in, the report is given as it is to whoever
    may read it unsigned. CONFLICT `task.not_claimed`, `task.claimed_by_other` (name).
    """
    task = reading.load(work, task_id)
    permit_study(work, actor, "report.read_unsigned", task.study_id)
    report = work.session.scalars(select(ReportRow).where(ReportRow.task_id == task_id).with_for_update()).one_or_none()
    if report is not None and report.state != DRAFT:
        return report
    permit_study(work, actor, "report.write", task.study_id)
    reading.extend(work, actor, task, lease)
    if report is None:
        return _begun(work, actor, task)
    held, before = Held(report, task), report.author_id
    changes = lifecycle.take_over(report, actor.id)
    return keep(work, report, changes, lambda: facts.report_drafted(report, held.desk, before)) if changes else report


def save(
    work: Work, actor: Actor, report_id: str, sections: Mapping[str, str], seen: int, lease: timedelta = LEASE
) -> ReportRow:
    """Keep the sections given (findings, impression, advice) and the claim alive. The same text again keeps its version.

    CONFLICT `version.stale` when another window saved since `seen`, `task.not_claimed` when the lease lapsed: nothing is
    written then, and the text stays with the caller, who may claim again.
    """
    held = permitted(work, actor, "report.write", report_id)
    report = held.report
    changes = lifecycle.save(report, actor.id, sections, seen)
    reading.extend(work, actor, held.task, lease)
    if any(getattr(report, name) != value for name, value in changes.items()):
        work.keep(report, **changes, saved_at=work.now)
        note(work, report, actor.id, "saved")
    return report


def submit(work: Work, actor: Actor, report_id: str, seen: int | None = None) -> ReportRow:
    """Hand the report in for review. INVALID `report.incomplete` (field); CONFLICT `report.critical_unanswered` (phrase, count), `report.no_images`."""
    held = permitted(work, actor, "report.write", report_id)
    report = held.report
    unchanged_since(report, seen)
    changes = lifecycle.submit(report, actor.id, work.now)
    images_there(work, report)
    critical_gate.answered(work, report)
    reading.submit(work, actor, held.task)
    note(work, report, actor.id, "submitted")
    return keep(work, report, changes, lambda: facts.report_submitted(report, held.desk))


def take_review(work: Work, actor: Actor, report_id: str, lease: timedelta = LEASE) -> ReportRow:
    """Take a report for review, for as long as the lease lives. The same reviewer again only extends the lease.

    FORBIDDEN `report.own_review`, `report.title_too_low`; CONFLICT `report.reviewed_by_other` (name).
    """
    held = permitted(work, actor, "report.review", report_id)
    if wrote(work, report_id, actor.id):
        raise forbidden("report.own_review", "whoever wrote some of the text does not review it")
    report, again = held.report, held.report.state == IN_REVIEW and held.report.reviewer_id == actor.id
    changes = lifecycle.take_review(report, actor.id, actor.title, work.now, lease, reviewer_name(work, report))
    if again:
        report.lease_until = changes["lease_until"]
        work.session.flush()
        return report
    return keep(work, report, changes, lambda: facts.review_taken(report, held.desk))


def release_review(work: Work, actor: Actor, report_id: str) -> ReportRow:
    """Let go of a review without a decision."""
    held = permitted(work, actor, "report.review", report_id)
    report = held.report
    changes = lifecycle.release_review(report, actor.id, reviewer_name(work, report))
    return keep(work, report, changes, lambda: facts.review_released(report, held.desk, actor.id))


def give_back(work: Work, actor: Actor, report_id: str, reason: str, lease: timedelta = LEASE) -> ReportRow:
    """The author is to change the report, for the reason given; the same reader has the task again."""
    held = permitted(work, actor, "report.review", report_id)
    report = held.report
    changes = lifecycle.give_back(report, actor.id, reason, work.now, reviewer_name(work, report))
    reading.send_back(work, held.task, lease)
    return keep(work, report, changes, lambda: facts.report_given_back(report, held.desk))


def lapse(work: Work, limit: int = 100) -> int:
    """Reviews whose lease has run out are open to others again; how many. The relay calls it; twice at once is safe."""
    late = (
        select(ReportRow)
        .where(ReportRow.state == IN_REVIEW, ReportRow.lease_until <= work.now)
        .order_by(ReportRow.lease_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    reports = work.session.scalars(late).all()
    for report in reports:
        reviewer = report.reviewer_id or ""
        work.keep(report, **lifecycle.lapse(report, work.now))
        sites = (reading.queries.reading_site_of(work, report.task_id),)
        work.record(facts.review_lapsed(report, sites, reviewer))
    return len(reports)


def _begun(work: Work, actor: Actor, task: reading.TaskRow) -> ReportRow:
    report = ReportRow(
        id=new_id(), version=1, task_id=task.id, study_id=task.study_id, state=DRAFT, findings="", impression="", advice="",
        author_id=actor.id, created_at=work.now, saved_at=work.now, addenda=0,
    )  # fmt: skip
    work.add(report)
    work.record(facts.report_drafted(report, Held(report, task).desk))
    return report
