"""What the index needs to know of an object, read from its bytes without its pixels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from teleconsult.imaging import header_text as text
from teleconsult.imaging.charset import CharsetChoice, choose, decode
from teleconsult.imaging.find_names import shown
from teleconsult.imaging.header_elements import BIG_ENDIAN, Elements, Octets, Unreadable, scan
from teleconsult.imaging.part10 import mapped, read_part10
from teleconsult.kernel.errors import invalid
from teleconsult.kernel.values import canonical_json, sha256_hex

CHARSET, SOP_CLASS, SOP_UID = 0x00080005, 0x00080016, 0x00080018
STUDY_DATE, STUDY_TIME, CONTENT_TIME, ACCESSION = 0x00080020, 0x00080030, 0x00080033, 0x00080050
MODALITY, INSTITUTION, REFERRING = 0x00080060, 0x00080080, 0x00080090
STUDY_DESCRIPTION, SERIES_DESCRIPTION = 0x00081030, 0x0008103E
NAME, PATIENT_ID, ISSUER, BIRTH_DATE, SEX, AGE = 0x00100010, 0x00100020, 0x00100021, 0x00100030, 0x00100040, 0x00101010
BODY_PART, STUDY_UID, SERIES_UID = 0x00180015, 0x0020000D, 0x0020000E
STUDY_NUMBER, SERIES_NUMBER, INSTANCE_NUMBER = 0x00200010, 0x00200011, 0x00200013
FRAMES, ROWS, COLUMNS = 0x00280008, 0x00280010, 0x00280011
STUDY_PRIORITY, REQUEST, REQUESTED_PRIORITY = 0x0032000C, 0x00400275, 0x00401003
DECLARED = 0x00201208

_WANTED = frozenset(
    {
        CHARSET, SOP_CLASS, SOP_UID, STUDY_DATE, STUDY_TIME, CONTENT_TIME, ACCESSION, MODALITY, INSTITUTION, REFERRING, STUDY_DESCRIPTION,
        SERIES_DESCRIPTION, NAME, PATIENT_ID, ISSUER, BIRTH_DATE, SEX, AGE, BODY_PART, STUDY_UID, SERIES_UID, STUDY_NUMBER, SERIES_NUMBER,
        INSTANCE_NUMBER, FRAMES, ROWS, COLUMNS, STUDY_PRIORITY, REQUESTED_PRIORITY, DECLARED,
    }
)  # fmt: skip
_INSIDE = frozenset({REQUEST})
_PRIORITIES = {"STAT": "STAT", "HIGH": "URGENT", "URGENT": "URGENT"}


@dataclass(frozen=True, slots=True)
class Header:
    """An object's identity and description. Text is UTF-8 as `charset` reads it; `name_raw` is the name as sent.

    `name` has the components of a person name (PS3.5 §6.2.1: caret and equals sign). Dates are YYYYMMDD, times HHMMSS;
    what is missing or malformed is empty or None. `priority` is STAT, URGENT or ROUTINE. Objects that differ in transfer
    syntax alone have an equal `identity_sha`.
    """

    sop_uid: str
    study_uid: str
    series_uid: str
    sop_class: str
    transfer_syntax: str
    patient_id: str
    issuer_raw: str
    name_raw: bytes
    name: str
    doubtful: bool
    charset: CharsetChoice
    sex: str
    birth_date: str
    age: str  # as stated, else reckoned from the birth date
    accession: str
    modality: str
    study_date: str
    study_time: str
    study_number: str
    study_description: str
    series_description: str
    series_number: int | None
    instance_number: int | None
    rows: int | None
    columns: int | None
    frames: int
    body_part: str
    referring: str
    institution: str
    priority: str
    declared: int  # Number of Study Related Instances; 0 where it says none
    identity_sha: str


def read_header(file: Path, transfer_syntax: str, dataset_offset: int, override: str | None = None) -> Header:
    """The header of the data set that starts at `dataset_offset` of `file`; `override` is the peer's own character set.

    The whole file is walked but for its values: INVALID `object.unreadable` where an element is cut off or makes no
    sense, `object.no_uids` where one of the four UIDs that say what it is (study, series, instance, class) is missing.
    Any other malformed value is read as empty.
    """
    with mapped(file) as octets:
        return header_of(octets, transfer_syntax, dataset_offset, override)


def read_stored(file: Path, override: str | None = None) -> Header:
    """As `read_header`, of a file that is kept: where its data set starts is its own to say, for the same data set may have come again
    behind another meta group (PS3.10 §7.1) and lie there now."""
    with mapped(file) as octets:
        meta = read_part10(octets)
        return header_of(octets, meta.transfer_syntax, meta.dataset_offset, override)


def header_of(octets: Octets, transfer_syntax: str, dataset_offset: int, override: str | None = None) -> Header:
    """As `read_header`, of bytes in memory."""
    try:
        elements = scan(octets, dataset_offset, transfer_syntax, _WANTED, _INSIDE)
    except Unreadable as error:
        raise invalid("object.unreadable", str(error)) from error
    missing = [name for name, tag in _IDENTITY.items() if not text.uid(elements.values.get(tag, b""))]
    if missing:
        who = _whose(elements.values, _charset(elements, override))
        raise invalid("object.no_uids", f"no valid {', '.join(missing)}", missing=", ".join(missing), **who)
    return _header(elements, transfer_syntax, override)


_IDENTITY = {
    "SOPClassUID": SOP_CLASS,
    "SOPInstanceUID": SOP_UID,
    "StudyInstanceUID": STUDY_UID,
    "SeriesInstanceUID": SERIES_UID,
}


class _Words:
    """Text values as the chosen character set reads them. Decoded whole before they are split: a backslash may be half a character."""

    def __init__(self, values: Mapping[int, bytes], charset: CharsetChoice) -> None:
        self._values = values
        self._charset = charset

    def __call__(self, tag: int, most: int = 64) -> str:
        whole = decode(self._values.get(tag, b""), self._charset)
        return text.tidy(whole.split("\\")[0], most)


def _charset(elements: Elements, override: str | None) -> CharsetChoice:
    declared = [each.decode("latin_1") for each in elements.values.get(CHARSET, b"").strip(b" \0").split(b"\\")]
    return choose(declared, elements.texts, override)


def _whose(values: Mapping[int, bytes], charset: CharsetChoice) -> dict[str, str]:
    """Whose object it is, as far as it says, for the people who have to find out what went wrong with it."""
    words = _Words(values, charset)
    return {
        "name": shown(words(NAME, 324)),
        "patient_id": words(PATIENT_ID),
        "study_date": text.date(values.get(STUDY_DATE, b"")),
        "modality": text.code(values.get(MODALITY, b"")),
    }


def _header(elements: Elements, transfer_syntax: str, override: str | None) -> Header:
    values = elements.values
    charset = _charset(elements, override)
    words = _Words(values, charset)
    big = transfer_syntax == BIG_ENDIAN
    name = words(NAME, 324)
    fields: dict[str, Any] = {
        "sop_uid": text.uid(values[SOP_UID]),
        "study_uid": text.uid(values[STUDY_UID]),
        "series_uid": text.uid(values[SERIES_UID]),
        "sop_class": text.uid(values[SOP_CLASS]),
        "patient_id": words(PATIENT_ID),
        "issuer_raw": words(ISSUER),
        "name": name,
        "sex": _sex(values.get(SEX, b"")),
        "birth_date": text.date(values.get(BIRTH_DATE, b"")),
        "accession": words(ACCESSION),
        "modality": text.code(values.get(MODALITY, b"")) or "OT",
        "study_date": text.date(values.get(STUDY_DATE, b"")),
        "study_time": text.time(values.get(STUDY_TIME, b"")),
        "series_number": text.whole(values.get(SERIES_NUMBER, b"")),
        "instance_number": text.whole(values.get(INSTANCE_NUMBER, b"")),
        "rows": text.short(values.get(ROWS, b""), big),
        "columns": text.short(values.get(COLUMNS, b""), big),
        "frames": max(text.whole(values.get(FRAMES, b"")) or 1, 1),
    }
    identity = {**fields, "content_time": text.time(values.get(CONTENT_TIME, b""))}
    return Header(
        **fields,
        transfer_syntax=transfer_syntax,
        name_raw=values.get(NAME, b"")[:512],
        doubtful="\ufffd" in name or (charset.doubtful and not name.isascii()),
        charset=charset,
        age=text.age(values.get(AGE, b"")) or text.age_at(str(fields["birth_date"]), str(fields["study_date"])),
        study_number=words(STUDY_NUMBER),
        study_description=words(STUDY_DESCRIPTION),
        series_description=words(SERIES_DESCRIPTION),
        body_part=words(BODY_PART),
        referring=words(REFERRING, 324),
        institution=words(INSTITUTION),
        priority=_priority(values.get(REQUESTED_PRIORITY, b""), values.get(STUDY_PRIORITY, b"")),
        declared=max(text.whole(values.get(DECLARED, b"")) or 0, 0),
        identity_sha=sha256_hex(canonical_json(identity)),
    )


def _sex(raw: bytes) -> str:
    sex = text.code(raw)
    return sex if sex in ("M", "F", "O") else ""


def _priority(*said: bytes) -> str:
    return next((_PRIORITIES[code] for raw in said if (code := text.code(raw)) in _PRIORITIES), "ROUTINE")


def values_of(octets: Octets, transfer_syntax: str, dataset_offset: int, tags: Sequence[int]) -> dict[int, bytes]:
    """Raw values of the top level for `tags`. INVALID `object.unreadable`."""
    try:
        return scan(octets, dataset_offset, transfer_syntax, frozenset(tags), frozenset()).values
    except Unreadable as error:
        raise invalid("object.unreadable", str(error)) from error
