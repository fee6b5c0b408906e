"""What a device asks of the worklist and what it is answered: the conformance statement's tables are these (PS3.4 table K.6-1)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from teleconsult.imaging import OrderRow, charset
from teleconsult.imaging.orders_find import PRIORITY, STATUS, Wanted
from teleconsult.kernel.errors import Refused, invalid

STEP: Final = 0x00400100
"""Scheduled Procedure Step Sequence."""
_UID = re.compile(r"[0-9.]{1,64}")


@dataclass(frozen=True, slots=True)
class Key:
    """`field` is what `orders_find.Wanted` calls it, empty where it is only answered; `how` is the kind of matching."""

    keyword: str
    read: Callable[[OrderRow], str]
    field: str = ""
    how: str = ""

    @property
    def tag(self) -> int:
        return int(tag_for_keyword(self.keyword) or 0)

    @property
    def vr(self) -> str:
        return dictionary_VR(self.tag)


def _nothing(order: OrderRow) -> str:
    return ""


def _issuer(order: OrderRow) -> str:
    return "" if order.issuer == order.site_id else order.issuer


def _comments(order: OrderRow) -> str:
    return "\n".join(part for part in (order.question, order.diagnosis) if part)


REQUESTED: Final = (
    Key("AccessionNumber", lambda order: order.accession, "accession", "text"),
    Key("PatientName", lambda order: order.name, "name", "name"),
    Key("PatientID", lambda order: order.patient_number, "patient_number", "text"),
    Key("PatientBirthDate", lambda order: order.birth_date, "birth_dates", "date"),
    Key("PatientSex", lambda order: order.sex, "sex", "text"),
    Key("StudyInstanceUID", lambda order: order.study_uid, "study_uids", "uids"),
    Key("RequestedProcedureID", lambda order: order.accession, "requested", "text"),
    Key("RequestedProcedurePriority", lambda order: PRIORITY[order.priority], "priority", "text"),
    Key("IssuerOfPatientID", _issuer),
    Key("RequestedProcedureDescription", lambda order: order.procedure),
    Key("ReasonForTheRequestedProcedure", lambda order: _line(order.question)),
    Key("RequestedProcedureComments", _comments),
    Key("AdmittingDiagnosesDescription", lambda order: _line(order.diagnosis)),
    Key("RequestingPhysician", lambda order: order.registered_by),
    Key("ReferringPhysicianName", lambda order: order.registered_by),
    Key("ReferencedStudySequence", _nothing),
    Key("ReferencedPatientSequence", _nothing),
    Key("RequestedProcedureCodeSequence", _nothing),
    Key("PatientWeight", _nothing),
    Key("PatientState", _nothing),
    Key("PregnancyStatus", _nothing),
    Key("MedicalAlerts", _nothing),
    Key("Allergies", _nothing),
    Key("SpecialNeeds", _nothing),
    Key("AdmissionID", _nothing),
    Key("CurrentPatientLocation", _nothing),
    Key("PatientTransportArrangements", _nothing),
    Key("ConfidentialityConstraintOnPatientDataDescription", _nothing),
)
SCHEDULED_STEP: Final = (
    Key("ScheduledStationAETitle", lambda order: order.station, "station", "text"),
    Key("ScheduledProcedureStepStartDate", lambda order: order.scheduled_date, "dates", "date"),
    Key("ScheduledProcedureStepStartTime", lambda order: order.scheduled_time, "times", "time"),
    Key("Modality", lambda order: order.modality, "modality", "text"),
    Key("ScheduledPerformingPhysicianName", lambda order: order.physician, "physician", "name"),
    Key("ScheduledProcedureStepID", lambda order: order.accession, "step", "text"),
    Key("ScheduledProcedureStepStatus", lambda order: STATUS[order.state], "status", "text"),
    Key("ScheduledProcedureStepDescription", lambda order: order.procedure),
    Key("ScheduledProtocolCodeSequence", _nothing),
    Key("ScheduledStationName", _nothing),
    Key("ScheduledProcedureStepLocation", _nothing),
    Key("PreMedication", _nothing),
    Key("RequestedContrastAgent", _nothing),
)
_ALWAYS = frozenset({0x00080005, 0x00080201, STEP})


class Asked:
    """A worklist identifier as sent: its keys as text, read in the character set in which they really are."""

    def __init__(self, ds: Dataset, override: str | None) -> None:
        items = _items(ds)
        outside, inside = _raw(ds), _raw(items[0]) if items else {}
        declared = (outside.get(0x00080005) or b"").decode("ascii", "replace").strip(" \0").split("\\")
        self.declared = tuple(term.strip() for term in declared if term.strip())
        choice = charset.choose(
            self.declared, [each for each in (*outside.values(), *inside.values()) if each], override
        )
        self._outside = {tag: charset.decode(value, choice).strip(" \0") for tag, value in outside.items()}
        self._inside = {tag: charset.decode(value, choice).strip(" \0") for tag, value in inside.items()}
        self.tags = frozenset(int(tag) for tag in ds.keys() if tag.element)
        self.step_tags = frozenset(int(tag) for tag in items[0].keys()) if items else frozenset[int]()

    def wanted(self) -> Wanted:
        """The question as `orders_find` understands it. INVALID `dimse.value` for what cannot be understood."""
        values: dict[str, Any] = {}
        for keys, texts in ((REQUESTED, self._outside), (SCHEDULED_STEP, self._inside)):
            for key in keys:
                value = texts.get(key.tag, "")
                if key.field and value.strip("*"):
                    values[key.field] = _READ[key.how](key, value)
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


def _raw(ds: Dataset) -> dict[int, bytes]:
    """Values as sent; sequences are left out."""
    sent = {int(tag): raw_value(ds.get_item(tag)) for tag in ds.keys()}
    return {tag: value for tag, value in sent.items() if value is not None}


def raw_value(element: DataElement | RawDataElement | None) -> bytes | None:
    """The bytes of an element as they came; None for a sequence, and for what was not sent."""
    if not isinstance(element, RawDataElement) or element.VR == "SQ":
        return None
    return b"" if element.value is None else bytes(element.value)


def _line(text: str) -> str:
    """As VR LO holds it: one line of 64 characters without a backslash."""
    return " ".join(text.replace("\\", "/").split())[:64]


def _text(key: Key, value: str) -> str:
    if "\\" in value:
        raise _unreadable(key)
    return value


def _uids(key: Key, value: str) -> tuple[str, ...]:
    found = tuple(part.strip(" \0") for part in value.split("\\") if part.strip(" \0"))
    if any(not _UID.fullmatch(uid) for uid in found):
        raise _unreadable(key)
    return found


def _dates(key: Key, value: str) -> tuple[str, str]:
    first, last = _ends(value.replace(".", ""))
    if not (first or last) or not all(re.fullmatch(r"(\d{8})?", end) for end in (first, last)):
        raise _unreadable(key)
    return first, last


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
    "name": _text, "text": _text, "uids": _uids, "date": _dates, "time": _times,
}  # fmt: skip
