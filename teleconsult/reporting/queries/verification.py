"""Is what stands in the database what was signed? Every check is made anew and named, so that a failure says what differs."""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from teleconsult.access import Actor
from teleconsult.kernel.errors import Refused, invalid
from teleconsult.kernel.values import canonical_json
from teleconsult.records.work import Work
from teleconsult.reporting.canonical import addendum_content, images_of, report_content
from teleconsult.reporting.queries.sources import addendum_text, images, report_text
from teleconsult.reporting.queries.views import report as report_view
from teleconsult.reporting.signing import Signature, Verifier
from teleconsult.reporting.tables import AddendumRow, ReportRow, SignatureRow


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `params` fill the sentence that the screen shows."""

    code: str
    ok: bool
    params: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Verification:
    """`valid` when every check held. `content` is the signed text, for whoever wants to check it with other tools."""

    valid: bool
    checks: tuple[Check, ...]
    algorithm: str
    key_id: str
    sha256: str
    signature: bytes
    content: bytes


def verify(work: Work, actor: Actor, report_id: str, verifier: Verifier) -> Verification:
    """Check a signed report and its addenda. INVALID `report.not_signed` before it is signed, ABSENT `report.absent`."""
    report_view(work, actor, report_id)  # permits
    row = work.session.get_one(ReportRow, report_id)
    signed = {
        one.number: one for one in work.session.scalars(select(SignatureRow).where(SignatureRow.report_id == row.id))
    }
    if 0 not in signed:
        raise invalid("report.not_signed", row.state, state=row.state)
    content = _content(signed[0])
    checks = [
        *_sealed(signed[0], content, verifier),
        *_same(work, row, content),
        *_addenda(work, row, signed, verifier),
    ]
    main = signed[0]
    valid = all(check.ok for check in checks)
    return Verification(valid, tuple(checks), main.algorithm, main.key_id, main.sha256, main.value, content)


def _content(row: SignatureRow) -> bytes:
    try:
        return zlib.decompress(row.content)
    except zlib.error:
        return b""  # a damaged row fails the first check


def _sealed(row: SignatureRow, content: bytes, verifier: Verifier) -> Iterator[Check]:
    signature = Signature(row.algorithm, row.key_id, row.sha256, row.value)
    yield Check("verify.key", verifier.knows(row.key_id), {"key_id": row.key_id, "number": row.number})
    yield Check("verify.signature", verifier.verify(signature, content), {"sha256": row.sha256, "number": row.number})


def _same(work: Work, row: ReportRow, content: bytes) -> Iterator[Check]:
    """Does what the screens show today equal what was signed then, field by field?"""
    try:
        said, held = json.loads(content), images_of(content)
    except (ValueError, Refused):
        yield Check("verify.readable", False, {})
        return
    now = json.loads(report_content(report_text(work, row, row.reviewer_id or "", row.signed_at or work.now)))
    yield Check("verify.text", said["sections"] == now["sections"], {})
    yield Check("verify.people", _ids(said) == _ids(now), {})
    yield Check("verify.times", all(said[name] == now[name] for name in ("submitted_at", "signed_at")), {})
    yield Check("verify.patient", all(said[name] == now[name] for name in ("patient", "study_uid", "accession")), {})
    there = set(images(work, row.study_id, rejected=True))  # what was rejected since is kept, and what was signed holds
    missing = [image for image in held if image not in there]
    yield Check("verify.images", not missing, {"images": len(held), "missing": len(missing)})
    yield Check("verify.later_images", True, {"images": len(there - set(held))})


def _ids(said: dict[str, Any]) -> tuple[str, ...]:
    """Who it was, whatever they are called by now."""
    return (said["report_id"], said["author"]["id"], said["reviewer"]["id"])


def _addenda(work: Work, row: ReportRow, signed: dict[int, SignatureRow], verifier: Verifier) -> Iterator[Check]:
    added = work.session.scalars(
        select(AddendumRow).where(AddendumRow.report_id == row.id).order_by(AddendumRow.number)
    ).all()
    yield Check(
        "verify.addenda", [one.number for one in added] == list(range(1, row.addenda + 1)), {"addenda": row.addenda}
    )
    for one in added:
        seal = signed.get(one.number)
        if seal is None:
            yield Check("verify.signature", False, {"sha256": "", "number": one.number})
            continue
        content = _content(seal)
        yield from _sealed(seal, content, verifier)
        now = json.loads(addendum_content(addendum_text(work, one, signed[0].sha256)))
        yield Check(
            "verify.addendum",
            _unnamed(content) == canonical_json({**now, "author": now["author"]["id"]}),
            {"number": one.number},
        )


def _unnamed(content: bytes) -> bytes:
    """An addendum's content with its author by id alone: names and titles may change later."""
    try:
        said = json.loads(content)
        return canonical_json({**said, "author": said["author"]["id"]})
    except (ValueError, KeyError, TypeError):
        return b""
