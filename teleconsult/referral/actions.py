"""What people do with a case: load, permit, decide, keep, record.

A case that the actor may not see is as absent as one that is not there. Every change is told to the sites that have the case.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from teleconsult.access import Actor, case_audience, open_case_share, permit_case, permit_study
from teleconsult.access.rights import ORIGIN
from teleconsult.kernel.errors import absent, conflict, invalid
from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.referral import facts, lifecycle, queries
from teleconsult.referral.lifecycle import CASE, VERB_RIGHTS
from teleconsult.referral.numbers import next_number
from teleconsult.referral.sharing import share_added
from teleconsult.referral.sniff import SUFFIXES
from teleconsult.referral.tables import AttachmentRow, CaseRow, CaseStudyRow


def open_case(
    work: Work, actor: Actor, study_id: str, title: str, summary: str = "", severity: str = "none"
) -> CaseRow:
    """A new case of the study's patient, at the hospital that made the study. ABSENT `study.absent`, FORBIDDEN elsewhere."""
    permit_study(work, actor, "case.open", study_id)
    study = queries.study(work, study_id)
    case = CaseRow(
        id=new_id(), version=1, number=next_number(work, "C"), patient_id=study.patient_id, site_id=study.site_id,
        **lifecycle.content(title, summary, severity), state=CASE.start, opened_by_id=actor.id, opened_at=work.now,
    )  # fmt: skip
    work.add(case)
    open_case_share(work, case.id, case.site_id, ORIGIN)
    work.add(CaseStudyRow(case_id=case.id, study_id=study_id, added_by=actor.id, added_at=work.now))
    work.record(facts.case_opened(case, case_audience(work, case.id)))
    return case


def edit_case(work: Work, actor: Actor, case_id: str, changes: Mapping[str, str], seen: int | None = None) -> CaseRow:
    """Change title, summary or severity. CONFLICT `version.stale` when somebody else changed the case since `seen`."""
    case = permitted(work, actor, "edit", case_id, seen)
    asked = {name: changes.get(name, getattr(case, name)) for name in ("title", "summary", "severity")}
    fresh = {name: value for name, value in lifecycle.content(**asked).items() if value != getattr(case, name)}
    if not fresh:
        return case
    return kept(work, case, fresh, lambda sites: facts.case_edited(case, sites, sorted(fresh)))


def describe(work: Work, case_id: str, summary: str) -> None:
    """What somebody wrote about the patient elsewhere becomes the summary of an open case that has none. Permits nothing; the case's own
    words are never replaced."""
    case = load_case(work, case_id)
    words = summary.strip()[: lifecycle.MOST_SUMMARY]
    if words and case.state == CASE.start and not case.summary.strip():
        kept(work, case, {"summary": words}, lambda sites: facts.case_edited(case, sites, ["summary"]))


def add_study(work: Work, actor: Actor, case_id: str, study_id: str) -> CaseRow:
    """Another study of the same person, from the actor's own hospital. Repeats safely.

    INVALID `case.other_patient` unless patient number and issuer, or name, birth date and sex are the same."""
    permit_case(work, actor, "case.see", case_id)
    permit_study(work, actor, "case.open", study_id)
    case = permitted(work, actor, "add_study", case_id)
    if work.session.get(CaseStudyRow, (case_id, study_id)) is not None:
        return case
    if not queries.same_person(work, case.patient_id, study_id):
        raise invalid("case.other_patient", study_id)
    work.add(CaseStudyRow(case_id=case_id, study_id=study_id, added_by=actor.id, added_at=work.now))
    share_added(work, case_id, study_id)
    return kept(work, case, {}, lambda sites: facts.case_study_added(case, sites, study_id))


def attach(
    work: Work, actor: Actor, case_id: str, kind: str, name: str, media_type: str, sha256: str, size: int, blob_key: str
) -> AttachmentRow:  # fmt: skip
    """A file whose bytes are kept already. The same file of the same kind again is the first one."""
    case = permitted(work, actor, "attach", case_id)
    if kind not in lifecycle.KINDS:
        raise invalid("field.choice", f"kind {kind}", field="kind")
    if media_type not in SUFFIXES:
        raise invalid("attachment.type", media_type)
    same = (AttachmentRow.case_id == case_id, AttachmentRow.sha256 == sha256, AttachmentRow.kind == kind)
    known = work.session.scalars(select(AttachmentRow).where(*same, AttachmentRow.withdrawn_at.is_(None))).one_or_none()
    if known is not None:
        return known
    row = AttachmentRow(
        id=new_id(), case_id=case_id, kind=kind, name=lifecycle.file_name(name, SUFFIXES[media_type]), media_type=media_type,
        size=size, sha256=sha256, blob_key=blob_key, by_id=actor.id, site_id=actor.site_id, at=work.now,
    )  # fmt: skip
    work.add(row)
    kept(work, case, {}, lambda sites: facts.attachment_added(case, sites, row))
    return row


def open_attachment(work: Work, actor: Actor, attachment_id: str) -> AttachmentRow:
    """The file's row for reading it; recorded. ABSENT `attachment.absent` also for one that was withdrawn or is not to be seen."""
    row = work.session.get(AttachmentRow, attachment_id)
    if row is None or row.withdrawn_at is not None or not queries.may(work, actor, "case.see", row.case_id):
        raise absent("attachment.absent", attachment_id)
    permit_case(work, actor, "case.file", row.case_id)
    work.record(facts.attachment_opened(row))
    return row


def withdraw_attachment(work: Work, actor: Actor, attachment_id: str) -> AttachmentRow:
    """The file is given out no more; that it was there stays. For who attached it, and for the case's own hospital."""
    row = work.session.get(AttachmentRow, attachment_id)
    if row is None or not queries.may(work, actor, "case.see", row.case_id):
        raise absent("attachment.absent", attachment_id)
    case = permitted(work, actor, "withdraw", row.case_id)
    if row.by_id != actor.id:
        permit_case(work, actor, "case.write", row.case_id)
    if row.withdrawn_at is None:
        row.withdrawn_at = work.now
        kept(work, case, {}, lambda sites: facts.attachment_withdrawn(case, sites, row))
    return row


def close_case(work: Work, actor: Actor, case_id: str, seen: int | None = None) -> CaseRow:
    """Nothing more is asked."""
    case = permitted(work, actor, "close", case_id, seen)
    changes = {"state": CASE.step(case.state, "close"), "closed_at": work.now}
    return kept(work, case, changes, lambda sites: facts.case_closed(case, sites))


def reopen_case(work: Work, actor: Actor, case_id: str, seen: int | None = None) -> CaseRow:
    case = permitted(work, actor, "reopen", case_id, seen)
    changes = {"state": CASE.step(case.state, "reopen"), "closed_at": None}
    return kept(work, case, changes, lambda sites: facts.case_reopened(case, sites))


def load_case(work: Work, case_id: str) -> CaseRow:
    """The case's row, held until the end of the transaction. ABSENT `case.absent`. Permits nothing."""
    case = work.session.get(CaseRow, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise absent("case.absent", case_id)
    return case


def permitted(work: Work, actor: Actor, verb: str, case_id: str, seen: int | None = None) -> CaseRow:
    """The case, loaded for a move that the actor may make now."""
    permit_case(work, actor, VERB_RIGHTS[verb], case_id)
    case = load_case(work, case_id)
    if seen is not None and seen != case.version:
        raise conflict("version.stale", f"seen {seen}, is {case.version}", version=case.version)
    CASE.step(case.state, verb)
    return case


def kept(work: Work, case: CaseRow, changes: Mapping[str, Any], fact: Callable[[tuple[str, ...]], Fact]) -> CaseRow:
    """Write the changes (none: only the version counts on) and tell the sites that have the case."""
    work.keep(case, **changes)
    work.record(fact(case_audience(work, case.id)))
    return case
