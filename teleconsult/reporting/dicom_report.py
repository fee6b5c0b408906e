"""A signed report as DICOM objects for a hospital's PACS: its PDF (PS3.3 A.45.1) and its text (Basic Text SR, PS3.3 A.35.1). Pure.

The same report gives the same objects with the same UIDs: sent again, a PACS knows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import UID

from teleconsult.imaging import StudyRow
from teleconsult.reporting.document import ReportDocument

ENCAPSULATED_PDF: Final = "1.2.840.10008.5.1.4.1.1.104.1"
BASIC_TEXT_SR: Final = "1.2.840.10008.5.1.4.1.1.88.11"
EXPLICIT_LE: Final = "1.2.840.10008.1.2.1"
_REPORT: Final = ("18748-4", "LN", "Diagnostic imaging report")
_FINDINGS: Final = (("121070", "DCM", "Findings"), ("121071", "DCM", "Finding"))
_IMPRESSIONS: Final = (("121072", "DCM", "Impressions"), ("121073", "DCM", "Impression"))
_RECOMMENDATIONS: Final = (("121074", "DCM", "Recommendations"), ("121075", "DCM", "Recommendation"))
_COMMENT: Final = ("121106", "DCM", "Comment")
_SERIES: Final = {ENCAPSULATED_PDF: 9901, BASIC_TEXT_SR: 9902}
Code = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ReportObject:
    """An object to be stored: its bare data set in Explicit VR Little Endian."""

    sop_class: str
    sop_uid: str
    data_set: bytes


def objects(document: ReportDocument, study: StudyRow, paper: bytes) -> tuple[ReportObject, ...]:
    """The paper and the text of the report with all its addenda."""
    stamp = sha256(paper).hexdigest()
    return (
        _encoded(_as_pdf(_common(ENCAPSULATED_PDF, "DOC", document, study, stamp), paper)),
        _encoded(_as_text(_common(BASIC_TEXT_SR, "SR", document, study, stamp), document)),
    )


def _common(sop_class: str, modality: str, document: ReportDocument, study: StudyRow, stamp: str) -> Dataset:
    """Patient, study, series and equipment; text in UTF-8."""
    signed = _last(document).astimezone(document.zone)
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = UID(sop_class), _uid("object", sop_class, document.report_id, stamp)
    ds.PatientName, ds.PatientID, ds.IssuerOfPatientID = study.name, study.patient_number, study.issuer
    ds.PatientBirthDate, ds.PatientSex = study.birth_date, study.sex
    ds.StudyInstanceUID, ds.StudyID, ds.AccessionNumber = UID(study.study_uid), study.study_number, study.accession
    ds.StudyDate, ds.StudyTime = study.study_date, study.study_time
    ds.StudyDescription, ds.ReferringPhysicianName = study.description, study.referring
    ds.Modality, ds.SeriesInstanceUID = modality, _uid("series", sop_class, document.report_id)
    ds.SeriesNumber, ds.InstanceNumber = _SERIES[sop_class], len(document.addenda) + 1
    ds.SeriesDescription = "Diagnostic report"
    ds.Manufacturer, ds.InstitutionName = "teleconsult", document.hospital[:64]
    ds.ContentDate, ds.ContentTime = signed.strftime("%Y%m%d"), signed.strftime("%H%M%S")
    ds.VerificationFlag = "VERIFIED"
    return ds


def _as_pdf(ds: Dataset, paper: bytes) -> Dataset:
    ds.ConversionType, ds.BurnedInAnnotation = "WSD", "YES"
    ds.AcquisitionDateTime = ""
    ds.DocumentTitle = "诊断报告"
    ds.ConceptNameCodeSequence = [_code(_REPORT)]
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    ds.EncapsulatedDocumentLength = len(paper)
    ds.EncapsulatedDocument = paper + b"\0" * (len(paper) % 2)
    return ds


def _as_text(ds: Dataset, document: ReportDocument) -> Dataset:
    observer = Dataset()
    observer.VerifyingOrganization = document.hospital[:64]
    observer.VerifyingObserverName = f"={document.reviewer.name}"
    observer.VerifyingObserverIdentificationCodeSequence = []
    observer.VerificationDateTime = document.signed_at.astimezone(document.zone).strftime("%Y%m%d%H%M%S%z")
    ds.VerifyingObserverSequence = [observer]
    ds.CompletionFlag = "COMPLETE"
    ds.ReferencedPerformedProcedureStepSequence = []
    ds.PerformedProcedureCodeSequence = []
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = [_code(_REPORT)]
    said = ((_FINDINGS, document.findings), (_IMPRESSIONS, document.impression), (_RECOMMENDATIONS, document.advice))
    sections = [_section(heading, [_text(concept, text)]) for (heading, concept), text in said if text.strip()]
    added = [
        _text(_COMMENT, f"补充报告 {n}（{each.by.name}）：{each.text}")
        for n, each in enumerate(document.addenda, start=1)
    ]
    ds.ContentSequence = [*sections, *added]
    return ds


def _section(heading: Code, content: Sequence[Dataset]) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType, item.ContinuityOfContent = "CONTAINS", "CONTAINER", "SEPARATE"
    item.ConceptNameCodeSequence = [_code(heading)]
    item.ContentSequence = list(content)
    return item


def _text(concept: Code, text: str) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "TEXT"
    item.ConceptNameCodeSequence = [_code(concept)]
    item.TextValue = text
    return item


def _code(code: Code) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code
    return item


def _last(document: ReportDocument) -> datetime:
    return max([document.signed_at, *(each.at for each in document.addenda)])


def _uid(*parts: str) -> UID:
    """Made of what it names (PS3.5 B.2 takes any 128 bits)."""
    return UID(f"2.25.{int.from_bytes(sha256(':'.join(parts).encode()).digest()[:16], 'big')}")


def _encoded(ds: Dataset) -> ReportObject:
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_dataset(out, ds)
    return ReportObject(str(ds.SOPClassUID), str(ds.SOPInstanceUID), out.getvalue())
