"""What stands on the paper of a report, before anybody thinks of pages and fonts."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta, timezone, tzinfo

CHINA = timezone(timedelta(hours=8), "UTC+8")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who was examined. `doubtful` marks a name whose characters are not certain."""

    name: str
    sex: str  # as it should read: 男
    age: str  # as it should read: 45岁
    patient_id: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """What was examined, where and when; `images` is how many the signature answers for."""

    requesting_site: str
    accession: str
    modality: str
    body_part: str
    description: str
    study_uid: str
    examined_at: datetime | None
    images: int


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    title: str  # as it should read: 主治医师


@dataclass(frozen=True, slots=True)
class Seal:
    """What a reader of the paper needs to check the electronic signature."""

    algorithm: str
    key_id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AddendumBlock:
    text: str
    by: Person
    at: datetime
    seal: Seal


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """All that stands on the paper. Times are aware; they are printed in `zone`."""

    report_id: str
    hospital: str
    identity: Identity
    examination: Examination
    findings: str
    impression: str
    advice: str
    author: Person
    reviewer: Person
    submitted_at: datetime
    signed_at: datetime
    seal: Seal
    addenda: tuple[AddendumBlock, ...] = ()
    zone: tzinfo = CHINA


@dataclass(frozen=True, slots=True)
class PaperSignature:
    """One of the people who signed a paper; `role` is in which part: 主席, 放射科, 签署专家. `unsigned` is why nobody of that part did: then
    `by` wrote that down."""

    role: str
    by: Person
    site: str
    at: datetime
    seal: Seal
    unsigned: str = ""


@dataclass(frozen=True, slots=True)
class PaperDocument:
    """All that stands on a signed paper that is no report. `patient` is for the running head."""

    paper_id: str
    title: str
    hospital: str
    patient: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, str], ...]
    signatures: tuple[PaperSignature, ...]
    signed_at: datetime
    seal: Seal
    zone: tzinfo = CHINA


def texts(thing: object) -> Iterator[str]:
    """Every text in a document, so that the fonts can be cut down to it."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple):
        for item in thing:
            yield from texts(item)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from texts(getattr(thing, field.name))
