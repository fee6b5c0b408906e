"""Give an object a made-up patient, study and hospital, its Chinese text written the way that hospital's scanner writes.

Pixels and transfer syntax stay as they are. Every UID follows from the study's key, so the same study prepared again is
the same study.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydicom import Dataset
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from pydicom.uid import generate_uid

from teleconsult.demo.cast import Patient, Site, Writing

DECLARED: dict[Writing, str] = {"GB18030": "GB18030", "GBK as Latin-1": "ISO_IR 100", "UTF-8": "ISO_IR 192"}
_CODEC: dict[Writing, str] = {"GB18030": "gb18030", "GBK as Latin-1": "gbk", "UTF-8": "utf-8"}

_FORGOTTEN = (
    "OtherPatientIDs", "OtherPatientNames", "OtherPatientIDsSequence", "PatientAddress", "PatientTelephoneNumbers", "PatientMotherBirthName",
    "PatientBirthTime", "PatientComments", "AdditionalPatientHistory", "EthnicGroup", "Occupation", "MilitaryRank", "PatientAge",
    "InstitutionAddress", "InstitutionalDepartmentName", "OperatorsName", "PerformingPhysicianName", "NameOfPhysiciansReadingStudy",
    "PhysiciansOfRecord", "RequestingPhysician", "ScheduledPerformingPhysicianName", "StationName", "DeviceSerialNumber",
    "IssuerOfPatientID", "RequestAttributesSequence", "ReferencedStudySequence", "ReferencedPatientSequence", "ImageComments",
    "ContentCreatorName", "VerifyingObserverSequence", "AcquisitionDateTime", "SeriesDate", "SeriesTime", "AcquisitionDate", "AcquisitionTime",
    "ContentDate", "ContentTime",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """Who was examined where, when and why: what makes a phantom a study."""

    key: str
    patient: Patient
    site: Site
    description: str
    at: datetime
    priority: str = "ROUTINE"
    referring: str = "测试门诊医师"


def put_text(ds: Dataset, keyword: str, text: str, writing: Writing) -> None:
    """Set a text element to the bytes that this scanner would write, whatever it declares."""
    raw = text.encode(_CODEC[writing])
    raw += b" " * (len(raw) % 2)
    tag = Tag(keyword)
    ds[tag] = RawDataElement(tag, dictionary_VR(tag), len(raw), raw, 0, False, True)


def _uid(*parts: object) -> str:
    return str(generate_uid(entropy_srcs=["teleconsult-demo", *map(str, parts)]))


def study_uid(key: str) -> str:
    """The Study Instance UID of the visit with this key."""
    return _uid(key)


def series_uid(key: str, index: int = 1) -> str:
    """The Series Instance UID of the visit's series; they count from 1 as they come."""
    return _uid(key, index)


def object_uid(key: str, number: int, index: int = 1) -> str:
    """The SOP Instance UID of the visit's object; objects count from 0 over the whole study, series from 1."""
    return _uid(key, index, number)


def accession(key: str) -> str:
    """The number under which the visit was ordered."""
    return "A" + _uid(key)[-9:]


def stamp(objects: Iterable[Dataset], visit: Visit) -> list[Dataset]:
    """The objects as those of the visit. Series stay apart as they were; UIDs follow from the key alone."""
    series: dict[str, int] = {}
    stamped = []
    for number, given in enumerate(objects):
        was = f"{given.get('SeriesInstanceUID', '')} {given.get('Modality', '')}"
        index = series.setdefault(was, len(series) + 1)
        ds = _anonymous(given)
        _person(ds, visit)
        ds.StudyInstanceUID = study_uid(visit.key)
        ds.SeriesInstanceUID, ds.SeriesNumber = series_uid(visit.key, index), str(index)
        ds.SOPInstanceUID = object_uid(visit.key, number, index)
        if "ImagePositionPatient" in ds or "FrameOfReferenceUID" in ds:
            ds.FrameOfReferenceUID = _uid(visit.key, "frame")
        ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        stamped.append(ds)
    return stamped


def _anonymous(given: Dataset) -> Dataset:
    """The object without whoever it was of, as if made here: a data set read from a file would write its text again in its
    old character set."""
    given.decode()
    given.remove_private_tags()
    ds = Dataset({element.tag: element for element in given})
    ds.file_meta = given.file_meta
    for keyword in _FORGOTTEN:
        if keyword in ds:
            delattr(ds, keyword)
    return ds


def _person(ds: Dataset, visit: Visit) -> None:
    writing, patient = visit.site.writing, visit.patient
    ds.SpecificCharacterSet = DECLARED[writing]
    put_text(ds, "PatientName", patient.name, writing)
    put_text(ds, "InstitutionName", visit.site.name, writing)
    put_text(ds, "ReferringPhysicianName", visit.referring, writing)
    put_text(ds, "StudyDescription", visit.description, writing)
    ds.PatientID, ds.PatientSex, ds.PatientBirthDate = patient.patient_id, patient.sex, patient.birth_date
    local = visit.at + timedelta(hours=8)  # China has one time zone
    ds.StudyDate, ds.StudyTime = local.strftime("%Y%m%d"), local.strftime("%H%M%S")
    ds.ContentDate, ds.ContentTime = ds.StudyDate, ds.StudyTime
    ds.TimezoneOffsetFromUTC = "+0800"
    if ds.get("Modality") == "ECG":
        ds.AcquisitionDateTime = local.strftime("%Y%m%d%H%M%S")
    ds.AccessionNumber = accession(visit.key)
    ds.StudyID = ds.AccessionNumber[-6:]
    if visit.priority != "ROUTINE":
        ds.RequestedProcedurePriority = {"STAT": "STAT", "URGENT": "HIGH"}[visit.priority]
