"""Patients, studies, arrival, search, pixels: everything that is DICOM's own and asks no network.

The interface: `ingest.ingest`, `settle.sweep` and `settle.prepared`, `quarantine.resolve`, `find.studies|series|instances`, `queries`,
`lifecycle.STUDY`; pictures by `pixels`, `render`, `manifest`, `metadata`.
"""

from teleconsult.imaging.tables import ArrivalRow, InstanceRow, PatientRow, QuarantineRow, SeriesRow, StudyRow
from teleconsult.imaging.tables_identity import DecisionRow, RejectionRow, ScrubFindingRow, ScrubRow
from teleconsult.imaging.tables_orders import OrderRow, StepRow

__all__ = [
    "ArrivalRow", "DecisionRow", "InstanceRow", "OrderRow", "PatientRow", "QuarantineRow", "RejectionRow", "ScrubFindingRow", "ScrubRow", "SeriesRow",
    "StepRow", "StudyRow",
]  # fmt: skip
