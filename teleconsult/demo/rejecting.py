"""What a technician's workstation sends when a picture is not good enough: a note that rejects it, beside the pictures (IHE IOCM)."""

from __future__ import annotations

from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from teleconsult.demo.identity import object_uid, series_uid, study_uid

KEY_OBJECTS = "1.2.840.10008.5.1.4.1.1.88.59"


def a_rejection(key: str, sop_class: str, number: int = 0) -> Dataset:
    """A key object selection (PS3.3 A.35.4) that rejects one object of the visit with this key for its quality: 113001 of CID 7011."""
    named = _with(ReferencedSOPClassUID=sop_class, ReferencedSOPInstanceUID=object_uid(key, number))
    series = _with(SeriesInstanceUID=series_uid(key), ReferencedSOPSequence=[named])
    title = _with(CodeValue="113001", CodingSchemeDesignator="DCM", CodeMeaning="Rejected for Quality Reasons")
    ds = _with(
        SOPClassUID=KEY_OBJECTS, Modality="KO", InstanceNumber="1", SeriesDescription="Rejected", Manufacturer="Teleconsult",
        ValueType="CONTAINER", ContinuityOfContent="SEPARATE", ConceptNameCodeSequence=[title],
        CurrentRequestedProcedureEvidenceSequence=[_with(StudyInstanceUID=study_uid(key), ReferencedSeriesSequence=[series])],
        ContentSequence=[_with(RelationshipType="CONTAINS", ValueType="IMAGE", ReferencedSOPSequence=[named])],
    )  # fmt: skip
    ds.ensure_file_meta()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


def _with(**elements: object) -> Dataset:
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds
