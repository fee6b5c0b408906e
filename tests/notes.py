"""Key object selections that reject what they name, as a modality or a PACS sends them (IHE IOCM)."""

from __future__ import annotations

from collections.abc import Iterable

from pydicom import Dataset
from pydicom.uid import generate_uid

from tests import synth

KEY_OBJECTS = "1.2.840.10008.5.1.4.1.1.88.59"


def a_note(code: str, named: Iterable[Dataset], study: Dataset | None = None) -> Dataset:
    """A note about objects, in the study of the first of them, or beside another object's (`study`)."""
    objects = list(named)
    home = study or objects[0]
    note = synth.an_encapsulated_pdf(study_uid=str(home.StudyInstanceUID), patient_id=str(home.PatientID))
    del note.EncapsulatedDocument
    note.PatientName, note.SpecificCharacterSet = home.PatientName, home.get("SpecificCharacterSet")
    note.SOPClassUID, note.SOPInstanceUID, note.SeriesInstanceUID = KEY_OBJECTS, generate_uid(), generate_uid()
    note.Modality, note.SeriesNumber, note.InstanceNumber = "KO", "999", "1"
    note.ConceptNameCodeSequence = [_code(code)]
    note.CurrentRequestedProcedureEvidenceSequence = [_study(uid, objects) for uid in _in_order(objects, "Study")]
    return note


def _in_order(objects: Iterable[Dataset], level: str) -> list[str]:
    return list(dict.fromkeys(str(ds[f"{level}InstanceUID"].value) for ds in objects))


def _code(value: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", "Rejected"
    return item


def _study(uid: str, objects: Iterable[Dataset]) -> Dataset:
    item = Dataset()
    item.StudyInstanceUID = uid
    mine = [ds for ds in objects if str(ds.StudyInstanceUID) == uid]
    item.ReferencedSeriesSequence = [_series(series, mine) for series in _in_order(mine, "Series")]
    return item


def _series(uid: str, objects: Iterable[Dataset]) -> Dataset:
    item = Dataset()
    item.SeriesInstanceUID = uid
    item.ReferencedSOPSequence = [_object(ds) for ds in objects if str(ds.SeriesInstanceUID) == uid]
    return item


def _object(ds: Dataset) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    return item
