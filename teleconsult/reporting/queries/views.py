"""A report as its screen shows it: texts, people, lock, and the verbs that this actor may be offered now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from teleconsult.access import Actor, Thing, permits, shares_of
from teleconsult.access.tables import PersonRow, SiteRow
from teleconsult.kernel.errors import absent
from teleconsult.reading import Named
from teleconsult.reading.lifecycle import CLAIMED
from teleconsult.reading.tables import TaskRow
from teleconsult.records.work import Work
from teleconsult.reporting import lifecycle
from teleconsult.reporting.lifecycle import DRAFT, FINAL, IN_REVIEW
from teleconsult.reporting.loading import may_know
from teleconsult.reporting.queries.ground import withdrawn_since
from teleconsult.reporting.tables import AddendumRow, ReceiptRow, ReportRow, RevisionRow, SignatureRow

REPORT_VERBS = ("report.write", "report.review", "report.addend")


@dataclass(frozen=True, slots=True)
class Lock:
    """Who has the report in hand: the author while writing, the reviewer while reviewing."""

    by: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    algorithm: str
    key_id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AddendumView:
    number: int
    text: str
    by: Named
    at: datetime
    signature: Sealed


@dataclass(frozen=True, slots=True)
class Receipt:
    by: Named
    site: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    number: int
    kind: str
    by: Named
    begun_at: datetime
    at: datetime
    findings: str
    impression: str
    advice: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """`pdf_ready`: the paper with all addenda so far can be fetched. Of a signed report, as long as no addendum has answered it:
    `late_images`: images came that it does not cover; `withdrawn`: so many of those that it rests on were set aside."""

    id: str
    task_id: str
    study_id: str
    version: int
    state: str
    findings: str
    impression: str
    advice: str
    author: Named
    author_title: str
    reviewer: Named | None
    reviewer_title: str | None
    saved_at: datetime
    submitted_at: datetime | None
    signed_at: datetime | None
    return_reason: str | None
    returned_by: Named | None
    returned_at: datetime | None
    addenda: tuple[AddendumView, ...]
    signature: Sealed | None
    pdf_ready: bool
    late_images: bool
    withdrawn: int
    receipts: tuple[Receipt, ...]
    lock: Lock | None
    verbs: tuple[str, ...]


def report(work: Work, actor: Actor, report_id: str) -> ReportView:
    """ABSENT `report.absent` when there is none, or none that the actor may read in its present state."""
    row = work.session.get(ReportRow, report_id)
    if row is None:
        raise absent("report.absent", report_id)
    thing = Thing(row.study_id, shares_of(work, row.study_id))
    may_know(actor, row, thing)
    return _view(work, actor, row, thing)


def report_of_task(work: Work, actor: Actor, task_id: str) -> ReportView | None:
    """The task's report, or None when there is none that the actor may read now."""
    row = work.session.scalars(select(ReportRow).where(ReportRow.task_id == task_id)).one_or_none()
    return _if_known(work, actor, row)


def report_of_study(work: Work, actor: Actor, study_id: str) -> ReportView | None:
    """The study's report, or None when there is none that the actor may read now."""
    row = work.session.scalars(select(ReportRow).where(ReportRow.study_id == study_id)).one_or_none()
    return _if_known(work, actor, row)


def revisions(work: Work, actor: Actor, report_id: str) -> tuple[Revision, ...]:
    """The texts as they were left, the latest first; for the reading site's doctors. ABSENT `report.absent` for others."""
    row = work.session.get(ReportRow, report_id)
    if row is None:
        raise absent("report.absent", report_id)
    if not permits(actor, "report.read_unsigned", Thing(row.study_id, shares_of(work, row.study_id))):
        raise absent("report.absent", report_id)
    found = work.session.scalars(
        select(RevisionRow).where(RevisionRow.report_id == report_id).order_by(RevisionRow.number.desc())
    ).all()
    names = _people(work, {one.person_id for one in found})
    return tuple(
        Revision(one.number, one.kind, names[one.person_id][0], one.begun_at, one.at, one.findings, one.impression, one.advice)
        for one in found
    )  # fmt: skip


def _if_known(work: Work, actor: Actor, row: ReportRow | None) -> ReportView | None:
    if row is None:
        return None
    thing = Thing(row.study_id, shares_of(work, row.study_id))
    if not permits(actor, "report.read" if row.state in FINAL else "report.read_unsigned", thing):
        return None
    return _view(work, actor, row, thing)


def _view(work: Work, actor: Actor, row: ReportRow, thing: Thing) -> ReportView:
    seals = {
        one.number: Sealed(one.algorithm, one.key_id, one.sha256)
        for one in work.session.scalars(select(SignatureRow).where(SignatureRow.report_id == row.id))
    }
    added = work.session.scalars(
        select(AddendumRow).where(AddendumRow.report_id == row.id).order_by(AddendumRow.number)
    ).all()
    named = [row.author_id, row.reviewer_id, row.returned_by_id, *(one.author_id for one in added)]
    people = _people(work, {one for one in named if one})
    author, author_title = people[row.author_id]
    reviewer, reviewer_title = people[row.reviewer_id] if row.reviewer_id else (None, None)
    task = work.session.get_one(TaskRow, row.task_id)
    return ReportView(
        id=row.id, task_id=row.task_id, study_id=row.study_id, version=row.version, state=row.state,
        findings=row.findings, impression=row.impression, advice=row.advice,
        author=author, author_title=author_title, reviewer=reviewer, reviewer_title=reviewer_title,
        saved_at=row.saved_at, submitted_at=row.submitted_at, signed_at=row.signed_at, return_reason=row.return_reason,
        returned_by=people[row.returned_by_id][0] if row.returned_by_id else None, returned_at=row.returned_at,
        addenda=tuple(AddendumView(one.number, one.text, people[one.author_id][0], one.at, seals[one.number]) for one in added),
        signature=seals.get(0), pdf_ready=row.pdf_key is not None and row.pdf_addenda == row.addenda,
        late_images=row.state in FINAL and task.late_images, withdrawn=withdrawn_since(work, row) if row.state in FINAL else 0,
        receipts=_receipts(work, row.id), lock=_lock(row, task, author, reviewer), verbs=_verbs(work, actor, row, task, thing),
    )  # fmt: skip


def _lock(row: ReportRow, task: TaskRow, author: Named, reviewer: Named | None) -> Lock | None:
    if row.state == DRAFT and task.state == CLAIMED and task.reader_id == row.author_id and task.lease_until:
        return Lock(author.id, author.name, task.lease_until)
    if row.state == IN_REVIEW and reviewer and row.lease_until:
        return Lock(reviewer.id, reviewer.name, row.lease_until)
    return None


def _verbs(work: Work, actor: Actor, row: ReportRow, task: TaskRow, thing: Thing) -> tuple[str, ...]:
    rights = {verb for verb in REPORT_VERBS if permits(actor, verb, thing)}
    if task.state != CLAIMED or task.reader_id != actor.id:
        rights.discard("report.write")  # the claim lapsed: it must be claimed again before anything is written
    return lifecycle.offers(row, actor.id, actor.title, frozenset(rights), work.now)


def _people(work: Work, ids: Iterable[str]) -> dict[str, tuple[Named, str]]:
    found = work.session.execute(
        select(PersonRow.id, PersonRow.name, PersonRow.title).where(PersonRow.id.in_(sorted(ids)))
    )
    return {key: (Named(key, name), title) for key, name, title in found}


def _receipts(work: Work, report_id: str) -> tuple[Receipt, ...]:
    found = work.session.execute(
        select(PersonRow.id, PersonRow.name, SiteRow.name, ReceiptRow.at)
        .join(PersonRow, PersonRow.id == ReceiptRow.person_id)
        .outerjoin(SiteRow, SiteRow.id == PersonRow.site_id)
        .where(ReceiptRow.report_id == report_id)
        .order_by(ReceiptRow.at)
    )
    return tuple(Receipt(Named(key, name), site or "", at) for key, name, site, at in found)
