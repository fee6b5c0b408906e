"""What a device asks of the worklist and what it is answered: the conformance statement's tables are these (PS3.4 table K.6-1)."""

from typing import Any, Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicom_node.keys import Key, asked_for
from dicom_node.texts import CHARSET, declared, raw_values, texts
from teleconsult.imaging import OrderRow
from teleconsult.imaging.orders_find import PRIORITY, STATUS, Wanted
from teleconsult.kernel.errors import invalid

STEP: Final = 0x00400100
"""Scheduled Procedure Step Sequence."""
OUTSIDE, INSIDE = "outside", "inside"


def _nothing(order: OrderRow) -> str:
    return ""


def _issuer(order: OrderRow) -> str:
    return "" if order.issuer == order.site_id else order.issuer


def _comments(order: OrderRow) -> str:
    return "\n".join(part for part in (order.question, order.diagnosis) if part)


REQUESTED: Final = (
    Key("AccessionNumber", OUTSIDE, lambda order: order.accession, "accession", "text"),
    Key("PatientName", OUTSIDE, lambda order: order.name, "name", "name"),
    Key("PatientID", OUTSIDE, lambda order: order.patient_number, "patient_number", "text"),
    Key("PatientBirthDate", OUTSIDE, lambda order: order.birth_date, "birth_dates", "date"),
    Key("PatientSex", OUTSIDE, lambda order: order.sex, "sex", "text"),
    Key("StudyInstanceUID", OUTSIDE, lambda order: order.study_uid, "study_uids", "uids"),
    Key("RequestedProcedureID", OUTSIDE, lambda order: order.accession, "requested", "text"),
    Key("RequestedProcedurePriority", OUTSIDE, lambda order: PRIORITY[order.priority], "priority", "text"),
    Key("IssuerOfPatientID", OUTSIDE, _issuer),
    Key("RequestedProcedureDescription", OUTSIDE, lambda order: order.procedure),
    Key("ReasonForTheRequestedProcedure", OUTSIDE, lambda order: _line(order.question)),
    Key("RequestedProcedureComments", OUTSIDE, _comments),
    Key("AdmittingDiagnosesDescription", OUTSIDE, lambda order: _line(order.diagnosis)),
    Key("RequestingPhysician", OUTSIDE, lambda order: order.registered_by),
    Key("ReferringPhysicianName", OUTSIDE, lambda order: order.registered_by),
    Key("ReferencedStudySequence", OUTSIDE, _nothing),
    Key("ReferencedPatientSequence", OUTSIDE, _nothing),
    Key("RequestedProcedureCodeSequence", OUTSIDE, _nothing),
    Key("PatientWeight", OUTSIDE, _nothing),
    Key("PatientState", OUTSIDE, _nothing),
    Key("PregnancyStatus", OUTSIDE, _nothing),
    Key("MedicalAlerts", OUTSIDE, _nothing),
    Key("Allergies", OUTSIDE, _nothing),
    Key("SpecialNeeds", OUTSIDE, _nothing),
    Key("AdmissionID", OUTSIDE, _nothing),
    Key("CurrentPatientLocation", OUTSIDE, _nothing),
    Key("PatientTransportArrangements", OUTSIDE, _nothing),
    Key("ConfidentialityConstraintOnPatientDataDescription", OUTSIDE, _nothing),
)
SCHEDULED_STEP: Final = (
    Key("ScheduledStationAETitle", INSIDE, lambda order: order.station, "station", "text"),
    Key("ScheduledProcedureStepStartDate", INSIDE, lambda order: order.scheduled_date, "dates", "date"),
    Key("ScheduledProcedureStepStartTime", INSIDE, lambda order: order.scheduled_time, "times", "time"),
    Key("Modality", INSIDE, lambda order: order.modality, "modality", "text"),
    Key("ScheduledPerformingPhysicianName", INSIDE, lambda order: order.physician, "physician", "name"),
    Key("ScheduledProcedureStepID", INSIDE, lambda order: order.accession, "step", "text"),
    Key("ScheduledProcedureStepStatus", INSIDE, lambda order: STATUS[order.state], "status", "text"),
    Key("ScheduledProcedureStepDescription", INSIDE, lambda order: order.procedure),
    Key("ScheduledProtocolCodeSequence", INSIDE, _nothing),
    Key("ScheduledStationName", INSIDE, _nothing),
    Key("ScheduledProcedureStepLocation", INSIDE, _nothing),
    Key("PreMedication", INSIDE, _nothing),
    Key("RequestedContrastAgent", INSIDE, _nothing),
)
_ALWAYS = frozenset({CHARSET, 0x00080201, STEP})


class Asked:
    """A worklist identifier as sent: its keys as text, read in the character set in which they really are."""

    def __init__(self, ds: Dataset, override: str | None) -> None:
        items = _items(ds)
        outside, inside = raw_values(ds), raw_values(items[0]) if items else {}
        self.declared = declared(outside)
        self._outside = texts(outside, (outside, inside), override)
        self._inside = texts(inside, (outside, inside), override)
        self.tags = frozenset(int(tag) for tag in ds.keys() if tag.element)
        self.step_tags = frozenset(int(tag) for tag in items[0].keys()) if items else frozenset[int]()

    def wanted(self) -> Wanted:
        """The question as `orders_find` understands it. INVALID `dimse.value` for what cannot be understood."""
        values: dict[str, Any] = {}
        for keys, said in ((REQUESTED, self._outside), (SCHEDULED_STEP, self._inside)):
            for key in keys:
                wanted = asked_for(key, said.get(key.tag, ""))
                if wanted is not None:
                    values[key.field] = wanted
        return Wanted(**values)

    @property
    def station(self) -> str:
        """The one station that was asked for; empty where none or several were."""
        asked = self._inside.get(SCHEDULED_STEP[0].tag, "")
        return "" if {"*", "?"} & set(asked) else asked

    @property
    def unsupported(self) -> bool:
        """Whether a key was asked that is neither matched nor answered."""
        return bool(
            self.tags - {key.tag for key in REQUESTED} - _ALWAYS or self.step_tags - {key.tag for key in SCHEDULED_STEP}
        )


def _items(ds: Dataset) -> Sequence | list[Dataset]:
    """INVALID `dimse.identifier` for more than one item: a query has one step (PS3.4 C.2.2.2.6)."""
    if STEP not in ds:
        return []
    value = ds[STEP].value
    if not isinstance(value, Sequence) or len(value) > 1:
        raise invalid("dimse.identifier", "ScheduledProcedureStepSequence: one item is needed")
    return value


def _line(text: str) -> str:
    """As VR LO holds it: one line of 64 characters without a backslash."""
    return " ".join(text.replace("\\", "/").split())[:64]
