"""Signed papers that are no reports: a consultation's opinion, a meeting's conclusion, a referral's summary.

They are signed the way a report is: canonical bytes, one signer, kept for ever by the database itself. Whoever calls has
permitted the actor and confirmed the password (`access.confirm_password`).

The content of a paper is a mapping with these names; everything in it is signed, what else it holds is signed and not printed:

    title      会诊意见书                                   what the paper is called; needed
    hospital   示例市医院                                   in whose name; needed
    sections   [[heading, text], …]                         in their order; needed, empty texts are not printed
    patient    {name, sex, age, patient_id}                 as they should read: 男, 45岁
    facts      [[label, value], …]                          what stands beside the patient: 申请医院, 会诊时间 …
    signing_as 放射科                                       in which part this person signs: 签署专家 when absent
    site       示例市医院                                   the signer's hospital, as it should read
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select

from teleconsult.access import Actor
from teleconsult.kernel.errors import absent, conflict, invalid
from teleconsult.kernel.values import Json, new_id
from teleconsult.records.work import Work
from teleconsult.reporting import facts
from teleconsult.reporting.canonical import PaperText, paper_content, plain
from teleconsult.reporting.queries.papers import permit_paper, print_of
from teleconsult.reporting.queries.sources import signatory
from teleconsult.reporting.signing import Signer
from teleconsult.reporting.tables import PaperPrintRow, PaperRow

OPINION, CONCLUSION, SUMMARY = "opinion", "conclusion", "summary"
KINDS: Final = (OPINION, CONCLUSION, SUMMARY)


def seal_paper(
    work: Work, actor: Actor, signer: Signer, kind: str, subject_id: str, case_id: str | None, number: int,
    content: Mapping[str, Json],
) -> PaperRow:  # fmt: skip
    """Sign `content` in the actor's name. Permits nothing: the caller has, and has confirmed the password.

    CONFLICT `paper.signed_already` when somebody signed this subject under this number; INVALID `paper.content` when a
    title, a hospital or sections are missing, `field.choice` (field) for a kind that is not ours.
    """
    if kind not in KINDS:
        raise invalid("field.choice", f"kind {kind}", field="kind")
    known = select(PaperRow.id).where(
        PaperRow.kind == kind, PaperRow.subject_id == subject_id, PaperRow.number == number
    )
    if work.session.scalar(known) is not None:
        raise conflict("paper.signed_already", f"{kind} {subject_id} number {number}")
    paper_id = new_id()
    bytes_ = paper_content(
        PaperText(paper_id, kind, subject_id, case_id, number, _checked(content), signatory(work, actor.id), work.now)
    )
    signature = signer.sign(bytes_)
    row = PaperRow(
        id=paper_id, kind=kind, subject_id=subject_id, case_id=case_id, number=number, algorithm=signature.algorithm,
        key_id=signature.key_id, sha256=signature.sha256, value=signature.value, content=zlib.compress(bytes_, 9),
        signed_by_id=actor.id, at=work.now,
    )  # fmt: skip
    work.add(row)
    work.record(facts.paper_sealed(row))
    return row


def paper_printed(work: Work, paper_id: str, key: str, sha256: str) -> None:
    """The PDF lies at `key`. Repeats safely: told once, a paper is printed once."""
    paper = work.get(PaperRow, paper_id)
    if work.session.get(PaperPrintRow, paper_id) is None:
        work.add(PaperPrintRow(paper_id=paper_id, blob_key=key, sha256=sha256, at=work.now))
        work.record(facts.paper_ready(paper, sha256))


def paper_downloaded(work: Work, actor: Actor, paper_id: str) -> str:
    """Somebody who may see the case takes the PDF: the key of its blob. Told each time. ABSENT `paper.absent`, `paper.no_pdf`."""
    row = permit_paper(work, actor, paper_id)
    key = print_of(work, paper_id)
    if key is None:
        raise absent("paper.no_pdf", paper_id)
    work.record(facts.paper_downloaded(row, actor.site_id))
    return key


def _checked(content: Mapping[str, Json]) -> Mapping[str, Json]:
    """The content with its texts spelt plainly. INVALID `paper.content` when it cannot be printed."""
    for name in ("title", "hospital"):
        if not isinstance(content.get(name), str) or not str(content[name]).strip():
            raise invalid("paper.content", f"{name} is missing")
    pairs = {name: _pairs(content.get(name, []), name) for name in ("sections", "facts")}
    if not any(text for _, text in pairs["sections"]):
        raise invalid("paper.content", "nothing is said in any section")
    return {**content, **pairs}


def _pairs(found: Json, name: str) -> list[list[str]]:
    if isinstance(found, str) or not isinstance(found, Sequence):
        raise invalid("paper.content", f"{name} is no list")
    pairs = [list(pair) for pair in found if isinstance(pair, Sequence) and not isinstance(pair, str)]
    if len(pairs) != len(found) or any([type(part) for part in pair] != [str, str] for pair in pairs):
        raise invalid("paper.content", f"{name}: pairs of texts are needed")
    return [[str(label), plain(str(text))] for label, text in pairs]
