"""The keys that a query may match and ask for, by level: the conformance statement's table is this one (PS3.4 C.6.1.1, C.6.2.1)."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset

from dicom_node.identifier import IMAGE, PATIENT, ROOTS, SERIES, STUDY, Identifier
from dicom_node.issuers import ISSUER
from dicom_node.keys import Key, asked_for, is_wild, put
from teleconsult.imaging import InstanceRow, SeriesRow, StudyRow
from teleconsult.imaging.find import Found, Match
from teleconsult.imaging.find_numbers import Number
from teleconsult.imaging.find_patients import FoundPatient

Line = Found | FoundPatient


def _number_item(other: Number) -> Dataset:
    item = Dataset()
    put(item, 0x00100020, "LO", other.number)
    put(item, 0x00100021, "LO", other.issuer)
    put(item, 0x00100022, "CS", "TEXT")
    return item


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
    Key("IssuerOfPatientID", PATIENT, _of_patient("issuer", "issuer"), "issuer", "code"),
    Key("PatientBirthDate", PATIENT, _of_patient("birth_date", "birth_date"), "birth_dates", "date"),
    Key("PatientSex", PATIENT, _of_patient("sex", "sex"), "sex", "text"),
    Key("OtherPatientIDsSequence", PATIENT, lambda line: [_number_item(number) for number in line.others]),
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


@cache
def keys_at(level: str) -> Mapping[int, Key]:
    """The keys that are matched and answered at a level: its own and those above."""
    levels = ROOTS["patient"]
    reached = levels[: levels.index(level) + 1]
    own = OF_A_PATIENT if level == PATIENT else ()
    return {key.tag: key for key in (*KEYS, *own) if key.level in reached}


def unsupported(asked: Identifier) -> frozenset[int]:
    """The tags that are neither matched nor answered at the asked level; and who issued a number, where it is asked for in part."""
    parts = {ISSUER} if is_wild(asked.text(ISSUER).strip("*")) else set[int]()
    return asked.tags - keys_at(asked.level).keys() - _ALWAYS_TAGS | parts


def match_of(asked: Identifier) -> Match:
    """The question as `find` understands it. INVALID `dimse.identifier` or `dimse.value` for what cannot be understood."""
    values: dict[str, Any] = {}
    for tag, key in keys_at(asked.level).items():
        wanted = asked.uids(tag) if key.how == "uids" else asked_for(key, asked.text(tag))
        if wanted is not None:
            values[key.field] = wanted
    return Match(**values)
