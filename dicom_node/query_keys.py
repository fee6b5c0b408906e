"""The keys that a query may match and ask for, by level: the conformance statement's table is this one (PS3.4 C.6.1.1, C.6.2.1)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydicom.datadict import dictionary_VR, tag_for_keyword

from dicom_node.identifier import IMAGE, PATIENT, ROOTS, SERIES, STUDY, Identifier
from teleconsult.imaging import InstanceRow, SeriesRow, StudyRow
from teleconsult.imaging.find import Found, Match
from teleconsult.imaging.find_patients import FoundPatient
from teleconsult.kernel.errors import Refused, invalid

Line = Found | FoundPatient


@dataclass(frozen=True, slots=True)
class Key:
    """`field` is what `find.Match` calls it, empty where it is only answered; `how` is the kind of matching."""

    keyword: str
    level: str
    read: Callable[[Any], Any]
    field: str = ""
    how: str = ""

    @property
    def tag(self) -> int:
        return int(tag_for_keyword(self.keyword) or 0)

    @property
    def vr(self) -> str:
        return dictionary_VR(self.tag)


def _of_patient(name: str, of_study: str) -> Callable[[Line], Any]:
    return lambda line: getattr(line.patient, name) if isinstance(line, FoundPatient) else getattr(line.study, of_study)


def _study(read: Callable[[StudyRow], Any]) -> Callable[[Found], Any]:
    return lambda line: read(line.study)


def _series(read: Callable[[SeriesRow], Any]) -> Callable[[Found], Any]:
    return lambda line: None if line.series is None else read(line.series)


def _instance(read: Callable[[InstanceRow], Any]) -> Callable[[Found], Any]:
    return lambda line: None if line.instance is None else read(line.instance)


KEYS: Final = (
    Key("PatientName", PATIENT, _of_patient("name", "name"), "name", "name"),
    Key("PatientID", PATIENT, _of_patient("number", "patient_number"), "patient_number", "text"),
    Key("IssuerOfPatientID", PATIENT, _of_patient("issuer", "issuer"), "issuer", "text"),
    Key("PatientBirthDate", PATIENT, _of_patient("birth_date", "birth_date"), "birth_dates", "date"),
    Key("PatientSex", PATIENT, _of_patient("sex", "sex"), "sex", "text"),
    Key("StudyInstanceUID", STUDY, _study(lambda row: row.study_uid), "study_uids", "uids"),
    Key("StudyDate", STUDY, _study(lambda row: row.study_date), "study_dates", "date"),
    Key("StudyTime", STUDY, _study(lambda row: row.study_time), "study_times", "time"),
    Key("AccessionNumber", STUDY, _study(lambda row: row.accession), "accession", "text"),
    Key("StudyID", STUDY, _study(lambda row: row.study_number), "study_number", "text"),
    Key("StudyDescription", STUDY, _study(lambda row: row.description), "description", "text"),
    Key("ReferringPhysicianName", STUDY, _study(lambda row: row.referring), "referring", "text"),
    Key("InstitutionName", STUDY, _study(lambda row: row.institution), "institution", "text"),
    Key("ModalitiesInStudy", STUDY, _study(lambda row: list(row.modalities)), "modalities", "list"),
    Key("PatientAge", STUDY, _study(lambda row: row.age)),
    Key("NumberOfStudyRelatedSeries", STUDY, _study(lambda row: row.series_count)),
    Key("NumberOfStudyRelatedInstances", STUDY, _study(lambda row: row.instance_count)),
    Key("SeriesInstanceUID", SERIES, _series(lambda row: row.series_uid), "series_uids", "uids"),
    Key("Modality", SERIES, _series(lambda row: row.modality), "series_modality", "text"),
    Key("SeriesNumber", SERIES, _series(lambda row: row.number), "series_number", "number"),
    Key("SeriesDescription", SERIES, _series(lambda row: row.description), "series_description", "text"),
    Key("BodyPartExamined", SERIES, _series(lambda row: row.body_part), "body_part", "text"),
    Key("NumberOfSeriesRelatedInstances", SERIES, _series(lambda row: row.instance_count)),
    Key("SOPInstanceUID", IMAGE, _instance(lambda row: row.sop_uid), "sop_uids", "uids"),
    Key("SOPClassUID", IMAGE, _instance(lambda row: row.sop_class), "sop_classes", "uids"),
    Key("InstanceNumber", IMAGE, _instance(lambda row: row.number), "instance_number", "number"),
    Key("NumberOfFrames", IMAGE, _instance(lambda row: row.frames)),
    Key("Rows", IMAGE, _instance(lambda row: row.rows)),
    Key("Columns", IMAGE, _instance(lambda row: row.columns)),
    Key("AvailableTransferSyntaxUID", IMAGE, _instance(lambda row: row.transfer_syntax)),
)
OF_A_PATIENT: Final = (
    Key("NumberOfPatientRelatedStudies", PATIENT, lambda line: line.studies),
    Key("NumberOfPatientRelatedSeries", PATIENT, lambda line: line.series),
    Key("NumberOfPatientRelatedInstances", PATIENT, lambda line: line.instances),
)
"""Answered where patients are asked for, and only there."""

ALWAYS: Final = ("SpecificCharacterSet", "QueryRetrieveLevel", "RetrieveAETitle", "InstanceAvailability")
_ALWAYS_TAGS = frozenset(int(tag_for_keyword(keyword) or 0) for keyword in ALWAYS) | {0x00080201}  # and the time zone
TAGS: Final[Mapping[str, int]] = {
    PATIENT: 0x00100020, STUDY: 0x0020000D, SERIES: 0x0020000E, IMAGE: 0x00080018,
}  # fmt: skip


def keys_at(level: str) -> dict[int, Key]:
    """The keys that are matched and answered at a level: its own and those above."""
    levels = ROOTS["patient"]
    reached = levels[: levels.index(level) + 1]
    own = OF_A_PATIENT if level == PATIENT else ()
    return {key.tag: key for key in (*KEYS, *own) if key.level in reached}


def unsupported(asked: Identifier) -> frozenset[int]:
    """The tags that are neither matched nor answered at the asked level."""
    return asked.tags - keys_at(asked.level).keys() - _ALWAYS_TAGS


def match_of(asked: Identifier) -> Match:
    """The question as `find` understands it. INVALID `dimse.identifier` or `dimse.value` for what cannot be understood."""
    values: dict[str, Any] = {}
    for tag, key in keys_at(asked.level).items():
        value = asked.text(tag)
        if key.field and value.strip("*" if key.how not in ("date", "time") else ""):
            values[key.field] = asked.uids(tag) if key.how == "uids" else _READ[key.how](key, value)
    return Match(**values)


def _text(key: Key, value: str) -> str:
    if "\\" in value:
        raise _unreadable(key)
    return value


def _list(key: Key, value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split("\\") if part.strip())


def _number(key: Key, value: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,9}", value):
        raise _unreadable(key)
    return int(value)


def _dates(key: Key, value: str) -> tuple[str, str]:
    ends = _ends(value.replace(".", ""))  # 2026.11.22 is how ACR-NEMA wrote it, and old systems ask
    if not any(ends) or not all(re.fullmatch(r"(\d{8})?", end) for end in ends):
        raise _unreadable(key)
    return ends


def _times(key: Key, value: str) -> tuple[str, str]:
    first, last = _ends(value.replace(":", ""))
    if not (first or last) or not all(re.fullmatch(r"(\d{2}(\d{2}){0,2}(\.\d{1,6})?)?", end) for end in (first, last)):
        raise _unreadable(key)
    return first[:6].ljust(6, "0") if first else "", last[:6].ljust(6, "9") if last else ""


def _ends(value: str) -> tuple[str, str]:
    first, dash, last = value.partition("-")
    return first.strip(), last.strip() if dash else first.strip()


def _unreadable(key: Key) -> Refused:
    return invalid("dimse.value", f"{key.keyword} cannot be understood", name=key.keyword)


_READ: Final[Mapping[str, Callable[[Key, str], Any]]] = {
    "name": _text,
    "text": _text,
    "list": _list,
    "number": _number,
    "date": _dates,
    "time": _times,
}
