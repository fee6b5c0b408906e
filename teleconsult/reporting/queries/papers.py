"""Reads of signed papers: which there are, whether they are what was signed, and what is printed of them.

Whoever may see a case may read its papers. Only what takes an actor asks for that.
"""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from teleconsult.access import Actor, Thing, case_shares_of, permits
from teleconsult.access.tables import PersonRow
from teleconsult.kernel.errors import absent
from teleconsult.reading.queries import Named
from teleconsult.records.work import Work
from teleconsult.reporting.document import PaperDocument, PaperSignature, Person, Seal
from teleconsult.reporting.queries.paper import TITLES
from teleconsult.reporting.queries.verification import Check, Verification
from teleconsult.reporting.signing import Signature, Verifier
from teleconsult.reporting.tables import PaperPrintRow, PaperRow

SIGNING_AS = "签署专家"


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper as its screen shows it; `printed`: the PDF can be fetched."""

    id: str
    kind: str
    subject_id: str
    case_id: str
    number: int
    title: str
    signed_by: Named
    at: datetime
    algorithm: str
    key_id: str
    sha256: str
    printed: bool


def papers_seen(work: Work, actor: Actor, kind: str, subject_id: str) -> list[PaperView]:
    """All papers of a subject by number; none when the actor may not see their case."""
    return [_seen(work, row) for row in papers_of(work, kind, subject_id) if _may_read(work, actor, row)]


def permit_paper(work: Work, actor: Actor, paper_id: str) -> PaperRow:
    """ABSENT `paper.absent` when there is none, or none of a case that the actor may see."""
    row = load_paper(work, paper_id)
    if not _may_read(work, actor, row):
        raise absent("paper.absent", paper_id)
    return row


def papers_of(work: Work, kind: str, subject_id: str) -> list[PaperRow]:
    """All papers of a subject in the order of their numbers."""
    wanted = select(PaperRow).where(PaperRow.kind == kind, PaperRow.subject_id == subject_id)
    return list(work.session.scalars(wanted.order_by(PaperRow.number)))


def load_paper(work: Work, paper_id: str) -> PaperRow:
    """ABSENT `paper.absent`."""
    return work.get(PaperRow, paper_id)


def content_of(row: PaperRow) -> dict[str, Any]:
    """What was signed on the paper, as `reporting.papers` describes it; empty when the row is damaged."""
    try:
        said = json.loads(zlib.decompress(row.content))
    except (ValueError, zlib.error):
        return {}
    found = said.get("content") if isinstance(said, dict) else None
    return found if isinstance(found, dict) else {}


def print_of(work: Work, paper_id: str) -> str | None:
    """The key of the PDF's blob; None while it is not printed."""
    return work.session.scalar(select(PaperPrintRow.blob_key).where(PaperPrintRow.paper_id == paper_id))


def verify_paper(work: Work, verifier: Verifier, paper_id: str) -> Verification:
    """Was this signed, by a key we know, and does the row say what the signed bytes say? ABSENT `paper.absent`."""
    row = load_paper(work, paper_id)
    try:
        content = zlib.decompress(row.content)
    except zlib.error:
        content = b""
    signature = Signature(row.algorithm, row.key_id, row.sha256, row.value)
    checks = (
        Check("verify.key", verifier.knows(row.key_id), {"key_id": row.key_id, "number": row.number}),
        Check("verify.signature", verifier.verify(signature, content), {"sha256": row.sha256, "number": row.number}),
        Check("verify.paper", _same(row, content), {}),
    )
    valid = all(check.ok for check in checks)
    return Verification(valid, checks, row.algorithm, row.key_id, row.sha256, row.value, content)


def _same(row: PaperRow, content: bytes) -> bool:
    """Whether kind, subject, case, number, signer and time of the row are those that were signed."""
    try:
        said = json.loads(content)
        signed = (said["paper_id"], said["kind"], said["subject_id"], said["case_id"], said["number"])
        who, at = said["signatory"]["id"], said["signed_at"]
    except (ValueError, KeyError, TypeError):
        return False
    held = (row.id, row.kind, row.subject_id, row.case_id, row.number)
    return (
        signed == held
        and who == row.signed_by_id
        and at == row.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    )


def paper_document(work: Work, paper_id: str) -> PaperDocument:
    """A paper as it is printed, with the signatures that were there when it was signed: the last one shows them all.

    For the job that prints; the same paper gives the same document whenever it runs. ABSENT `paper.absent`.
    """
    row = load_paper(work, paper_id)
    earlier = select(PaperRow).where(
        PaperRow.kind == row.kind, PaperRow.subject_id == row.subject_id,
        or_(PaperRow.at < row.at, (PaperRow.at == row.at) & (PaperRow.id <= row.id)),
    )  # fmt: skip
    content = content_of(row)
    who = content.get("patient") or {}
    grid = [("姓名", who.get("name")), ("性别", who.get("sex")), ("年龄", who.get("age"))] if who else []
    grid += [("患者编号", who.get("patient_id"))] if who else []
    rows = (*grid, *((str(label), str(value)) for label, value in content.get("facts", [])))
    return PaperDocument(
        paper_id=row.id, title=str(content.get("title", "")), hospital=str(content.get("hospital", "")),
        patient=f"{who.get('name', '')}　{who.get('patient_id', '')}".strip("　"),
        facts=tuple((label, str(value or "")) for label, value in rows),
        sections=tuple((str(heading), str(text)) for heading, text in content.get("sections", [])),
        signatures=tuple(_signature(one) for one in work.session.scalars(earlier.order_by(PaperRow.number))),
        signed_at=row.at, seal=Seal(row.algorithm, row.key_id, row.sha256),
    )  # fmt: skip


def _signature(row: PaperRow) -> PaperSignature:
    """The signer as they were called when they signed: read from what was signed."""
    who = json.loads(zlib.decompress(row.content))["signatory"]
    content = content_of(row)
    return PaperSignature(
        str(content.get("signing_as") or SIGNING_AS), Person(who["name"], TITLES.get(who["title"], "")),
        str(content.get("site", "")), row.at, Seal(row.algorithm, row.key_id, row.sha256), str(content.get("unsigned", "")),
    )  # fmt: skip


def _may_read(work: Work, actor: Actor, row: PaperRow) -> bool:
    shares = case_shares_of(work, row.case_id) if row.case_id else ()
    return permits(actor, "case.see", Thing(shares=shares, case_id=row.case_id))


def _seen(work: Work, row: PaperRow) -> PaperView:
    return PaperView(
        id=row.id, kind=row.kind, subject_id=row.subject_id, case_id=row.case_id or "", number=row.number,
        title=str(content_of(row).get("title", "")), signed_by=Named(row.signed_by_id, work.get(PersonRow, row.signed_by_id).name),
        at=row.at, algorithm=row.algorithm, key_id=row.key_id, sha256=row.sha256, printed=print_of(work, row.id) is not None,
    )  # fmt: skip
