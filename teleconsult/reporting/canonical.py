"""The one text of a report that is hashed and signed.

Two programs that hold the same report must arrive at the same bytes, so nothing is left to taste: keys sorted, text in
Unicode NFC, line ends LF, times in UTC with microseconds, images sorted by UID, UTF-8, no white space outside the
values. The first key names the format; a change of meaning is a new format beside the old one, which stays readable.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from teleconsult.kernel.errors import invalid
from teleconsult.kernel.values import Json, canonical_json, sha256_hex

REPORT_FORMAT = "teleconsult.report/1"
ADDENDUM_FORMAT = "teleconsult.addendum/1"
PAPER_FORMAT = "teleconsult.paper/1"
SECTIONS = ("findings", "impression", "advice")


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who wrote or signed, as they were called at that moment."""

    id: str
    name: str
    title: str
    site_id: str


@dataclass(frozen=True, slots=True)
class Patient:
    """Identity is (issuer, patient id): the same id from two hospitals is two patients."""

    issuer: str
    patient_id: str
    name: str
    sex: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class Image:
    """One image that the report rests on: the SHA-256 of its data set as received under this transfer syntax."""

    sop_uid: str
    transfer_syntax: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ReportText:
    """Everything a signature on a report answers for."""

    report_id: str
    study_uid: str
    accession: str
    patient: Patient
    findings: str
    impression: str
    advice: str
    author: Signatory
    reviewer: Signatory
    submitted_at: datetime
    signed_at: datetime
    images: Sequence[Image]


@dataclass(frozen=True, slots=True)
class AddendumText:
    """A text added to a signed report; `report_sha256` ties it to exactly that report."""

    report_id: str
    report_sha256: str
    number: int
    text: str
    author: Signatory
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class PaperText:
    """Everything a signature on a paper answers for; what `content` holds is said at `reporting.papers`."""

    paper_id: str
    kind: str
    subject_id: str
    case_id: str | None
    number: int
    content: Mapping[str, Json]
    signatory: Signatory
    signed_at: datetime


def plain(text: str) -> str:
    """`text` with line ends as LF and no white space at the ends of lines or of the whole."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def report_content(report: ReportText) -> bytes:
    """The bytes that are hashed and signed. INVALID `report.naive_time` for a time without a zone."""
    return canonical_json(
        {
            "format": REPORT_FORMAT,
            "report_id": report.report_id,
            "study_uid": report.study_uid,
            "accession": report.accession,
            "patient": _patient(report.patient),
            "sections": {name: plain(getattr(report, name)) for name in SECTIONS},
            "author": _signatory(report.author),
            "reviewer": _signatory(report.reviewer),
            "submitted_at": _instant(report.submitted_at),
            "signed_at": _instant(report.signed_at),
            "images": [[one.sop_uid, one.transfer_syntax, one.sha256] for one in _sorted(report.images)],
        }
    )


def addendum_content(addendum: AddendumText) -> bytes:
    """The bytes of an addendum that are hashed and signed."""
    return canonical_json(
        {
            "format": ADDENDUM_FORMAT,
            "report_id": addendum.report_id,
            "report_sha256": addendum.report_sha256,
            "number": addendum.number,
            "text": plain(addendum.text),
            "author": _signatory(addendum.author),
            "signed_at": _instant(addendum.signed_at),
        }
    )


def paper_content(paper: PaperText) -> bytes:
    """The bytes of a paper that are hashed and signed."""
    return canonical_json(
        {
            "format": PAPER_FORMAT,
            "paper_id": paper.paper_id,
            "kind": paper.kind,
            "subject_id": paper.subject_id,
            "case_id": paper.case_id,
            "number": paper.number,
            "content": paper.content,
            "signatory": _signatory(paper.signatory),
            "signed_at": _instant(paper.signed_at),
        }
    )


def digest(content: bytes) -> str:
    """SHA-256 of canonical bytes, as 64 hexadecimal digits."""
    return sha256_hex(content)


def sections_of(content: bytes) -> dict[str, str]:
    """The three sections that a signed content holds. INVALID `report.content_unreadable` when it is none of ours."""
    sections = _object(content).get("sections")
    if not isinstance(sections, dict):
        raise invalid("report.content_unreadable", "no sections")
    return {name: str(sections.get(name, "")) for name in SECTIONS}


def images_of(content: bytes) -> list[Image]:
    """The images that a signed content answers for, in its order."""
    rows = _object(content).get("images")
    if not isinstance(rows, list):
        raise invalid("report.content_unreadable", "no images")
    return [Image(*(str(part) for part in row)) for row in rows]


def _object(content: bytes) -> dict[str, object]:
    try:
        found = json.loads(content)
    except ValueError as error:
        raise invalid("report.content_unreadable", str(error)) from error
    if not isinstance(found, dict) or found.get("format") != REPORT_FORMAT:
        raise invalid("report.content_unreadable", "not a report of a known format")
    return found


def _sorted(images: Sequence[Image]) -> list[Image]:
    return sorted(images, key=lambda one: (one.sop_uid, one.transfer_syntax, one.sha256))


def _patient(patient: Patient) -> Json:
    return {
        "issuer": patient.issuer,
        "patient_id": patient.patient_id,
        "name": patient.name,
        "sex": patient.sex,
        "birth_date": patient.birth_date,
    }


def _signatory(person: Signatory) -> Json:
    return {"id": person.id, "name": person.name, "title": person.title, "site_id": person.site_id}


def _instant(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise invalid("report.naive_time", "a time without a zone has no canonical spelling")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
