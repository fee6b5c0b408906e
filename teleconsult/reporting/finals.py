"""Signing a report, and everything that may still happen to it afterwards: addenda, paper, receipts."""

import zlib

from sqlalchemy import select

from teleconsult import reading
from teleconsult.access import Actor, Thing, permits, shares_of
from teleconsult.access.rights import ORIGIN
from teleconsult.imaging.rejection import is_outdated
from teleconsult.kernel.errors import absent, conflict
from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.reporting import critical_gate, facts, ground, lifecycle
from teleconsult.reporting.canonical import addendum_content, plain, report_content
from teleconsult.reporting.loading import hold, images_there, keep, permitted, reviewer_name, unchanged_since
from teleconsult.reporting.queries.sources import addendum_text, report_text
from teleconsult.reporting.signing import Signature, Signer
from teleconsult.reporting.tables import AddendumRow, ReceiptRow, ReportRow, SignatureRow


def sign(
    work: Work, actor: Actor, report_id: str, signer: Signer, seen: int | None = None, images: int | None = None,
    images_version: int | None = None,
) -> ReportRow:  # fmt: skip
    """The reviewer signs: text, people, times and every image of the study as they are now. Final from here on.

    `seen` is the version that the reviewer read, `images` how many the reviewer had before them and `images_version` the study's version
    of which they were: nobody answers for words or pictures that came meanwhile, or for pictures that were exchanged for others.
    The caller has just confirmed the actor's password (`access.confirm_password`). The task is verified in the same
    transaction, so a cancelled task's report cannot be signed. FORBIDDEN `report.own_review`, `report.title_too_low`;
    CONFLICT `report.not_in_review`, `report.reviewed_by_other` (name), `version.stale`, `report.images_changed` (images),
    `report.no_images`, `report.critical_unanswered` (phrase, count), `move.illegal`.
    """
    held = permitted(work, actor, "report.review", report_id)
    report = held.report
    changes = lifecycle.sign(report, actor.id, actor.title, work.now, reviewer_name(work, report))
    unchanged_since(report, seen)
    images_there(work, report)
    critical_gate.answered(work, report)
    text = report_text(work, report, actor.id, work.now)
    there = len(text.images)
    if images not in (None, there) or (
        images_version is not None and is_outdated(work, report.study_id, images_version)
    ):
        raise conflict(
            "report.images_changed", f"seen {images} of version {images_version}, there are {there}", images=there
        )
    content = report_content(text)
    signature = signer.sign(content)
    _add_signature(work, report, 0, actor.id, content, signature)
    reading.verify(work, held.task.id)
    ground.signed(work, report.study_id)
    return keep(
        work, report, changes,
        lambda: facts.report_signed(report, held.both, signature.sha256, signature.key_id, len(text.images)),
    )  # fmt: skip


def addend(work: Work, actor: Actor, report_id: str, text: str, signer: Signer) -> ReportRow:
    """Add to a signed report; the addition is signed too and names the report's digest. The report stays as it was, and whatever
    happened to the images that it rests on is answered (`ground.answered`).

    CONFLICT `report.critical_unanswered` (phrase, count) while the text speaks of a critical finding that nobody raised or denied.
    """
    held = permitted(work, actor, "report.addend", report_id)
    report = held.report
    changes = lifecycle.addend(report, actor.id, actor.title, text)
    critical_gate.addendum_answered(work, report, plain(text))
    number = report.addenda + 1
    row = AddendumRow(
        id=new_id(), report_id=report.id, number=number, text=plain(text), author_id=actor.id, at=work.now
    )
    work.add(row)
    content = addendum_content(addendum_text(work, row, _digest(work, report.id)))
    signature = signer.sign(content)
    _add_signature(work, report, number, actor.id, content, signature)
    ground.answered(work, held)
    return keep(
        work, report, {**changes, "addenda": number},
        lambda: facts.report_addended(report, held.both, number, signature.sha256),
    )  # fmt: skip


def pdf_made(work: Work, report_id: str, key: str, sha256: str, addenda: int) -> ReportRow:
    """The paper with so many addenda lies at `key`. Repeats safely; an older paper never replaces a newer one."""
    held = hold(work, report_id)
    report = held.report
    if report.pdf_key is not None and (report.pdf_sha256 == sha256 or addenda < (report.pdf_addenda or 0)):
        return report
    changes = {"pdf_key": key, "pdf_sha256": sha256, "pdf_addenda": addenda}
    return keep(work, report, changes, lambda: facts.report_ready(report, held.both))


def opened(work: Work, actor: Actor, report_id: str) -> None:
    """Somebody of the requesting site reads the signed report: the receipt is kept and told once for each person."""
    held = permitted(work, actor, "report.read", report_id)
    report = held.report
    asking = Thing(report.study_id, tuple(share for share in shares_of(work, report.study_id) if share.why == ORIGIN))
    known = work.session.get(ReceiptRow, (report.id, actor.id))
    if known is not None or report.signed_at is None or actor.id in (report.author_id, report.reviewer_id):
        return
    if actor.kind != "person" or not permits(actor, "study.images", asking):
        return  # an auditor's look is no receipt: who treats the patient may see the images too
    work.add(ReceiptRow(report_id=report.id, person_id=actor.id, at=work.now))
    work.record(facts.report_read(report, held.both, actor.site_id))


def downloaded(work: Work, actor: Actor, report_id: str) -> str:
    """Somebody takes the paper: the key of its blob. Told each time. ABSENT `report.no_pdf` while it is not made yet."""
    held = permitted(work, actor, "report.read", report_id)
    if held.report.pdf_key is None:
        raise absent("report.no_pdf", report_id)
    work.record(facts.report_downloaded(held.report, held.both, actor.site_id))
    return held.report.pdf_key


def _add_signature(
    work: Work, report: ReportRow, number: int, person_id: str, content: bytes, signature: Signature
) -> None:
    work.add(
        SignatureRow(
            id=new_id(), report_id=report.id, number=number, algorithm=signature.algorithm, key_id=signature.key_id,
            sha256=signature.sha256, value=signature.value, content=zlib.compress(content, 9), signed_by_id=person_id, at=work.now,
        )
    )  # fmt: skip


def _digest(work: Work, report_id: str) -> str:
    """The digest of the signed report itself."""
    signed = select(SignatureRow.sha256).where(SignatureRow.report_id == report_id, SignatureRow.number == 0)
    return work.session.scalars(signed).one()
