"""Patients, studies, arrival, search, pixels: everything that is DICOM's own and asks no network.

The interface: `ingest.ingest`, `settle.sweep` and `settle.prepared`, `quarantine.resolve`, `find.studies|series|instances`, `queries`,
`lifecycle.STUDY`; pictures by `pixels`, `render`, `manifest`, `metadata`.
"""

from teleconsult.imaging.tables import ArrivalRow, InstanceRow, PatientRow, QuarantineRow, SeriesRow, StudyRow

__all__ = ["ArrivalRow", "InstanceRow", "PatientRow", "QuarantineRow", "SeriesRow", "StudyRow"]
