"""What a modality says of a performed procedure step, as `orders_steps` understands it (PS3.4 table F.7.2-1)."""

import re
from collections.abc import Iterator
from typing import Final

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicom_node.texts import declared, raw_value, raw_values
from teleconsult.imaging import charset
from teleconsult.imaging.orders_steps import Begun, Changed
from teleconsult.kernel.errors import invalid

VERBS: Final = {"IN PROGRESS": "update", "COMPLETED": "complete", "DISCONTINUED": "discontinue"}
"""(0040,0252) in an N-SET, and what it does to the step."""
NEEDED: Final = (
    "PerformedProcedureStepID", "PerformedStationAETitle", "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime",
    "PerformedProcedureStepStatus", "Modality",
)  # fmt: skip
"""Type 1 when a step is created: it is refused without them."""
MOST_OBJECTS: Final = 100_000
_UID = re.compile(r"[0-9.]{1,64}")


def begun(ds: Dataset, sop_uid: str, override: str | None) -> Begun:
    """An N-CREATE. INVALID `step.missing`, `step.empty` or `step.value` names the attribute."""
    words = _Words(ds, override)
    for keyword in NEEDED:
        _needed(ds, keyword, words)
    if words.of(ds, "PerformedProcedureStepStatus") != "IN PROGRESS":
        raise invalid("step.value", "a step begins IN PROGRESS", name="PerformedProcedureStepStatus")
    if "ScheduledStepAttributesSequence" not in ds:
        raise invalid("step.missing", "ScheduledStepAttributesSequence", name="ScheduledStepAttributesSequence")
    items = list(_items(ds, "ScheduledStepAttributesSequence"))
    if not items:
        raise invalid("step.empty", "ScheduledStepAttributesSequence", name="ScheduledStepAttributesSequence")
    scheduled = [(_study(item, words), words.of(item, "AccessionNumber")[:64]) for item in items]
    return Begun(
        sop_uid=_uid(sop_uid, "AffectedSOPInstanceUID"),
        station=words.of(ds, "PerformedStationAETitle")[:16],
        modality=words.of(ds, "Modality")[:16],
        patient_number=words.of(ds, "PatientID")[:64],
        scheduled=scheduled,
        listed=_listed(ds, words),
    )


def changed(ds: Dataset, override: str | None) -> Changed:
    """An N-SET. What may not be changed any more (patient, schedule) is not looked at. INVALID `step.value`."""
    words = _Words(ds, override)
    status = words.of(ds, "PerformedProcedureStepStatus") if "PerformedProcedureStepStatus" in ds else "IN PROGRESS"
    if status not in VERBS:
        raise invalid("step.value", f"{status[:16]!r}", name="PerformedProcedureStepStatus")
    listed = _listed(ds, words) if "PerformedSeriesSequence" in ds else None
    return Changed(VERBS[status], listed, _reason(ds, words))


class _Words:
    """Text values in the character set in which they really are."""

    def __init__(self, ds: Dataset, override: str | None) -> None:
        raw = raw_values(ds)
        self._choice = charset.choose(declared(raw), [value for value in raw.values() if value], override)

    def of(self, ds: Dataset, keyword: str) -> str:
        value = _raw(ds, int(tag_for_keyword(keyword) or 0))
        return charset.decode(value, self._choice).strip(" \0") if value else ""


def _raw(ds: Dataset, tag: int) -> bytes | None:
    return raw_value(ds.get_item(tag))


def _items(ds: Dataset, keyword: str) -> Iterator[Dataset]:
    """The items of a sequence. INVALID `step.value` where it is none."""
    value = ds[keyword].value if keyword in ds else []
    if value and not isinstance(value, Sequence):
        raise invalid("step.value", f"{keyword} is no sequence", name=keyword)
    yield from value or ()


def _needed(ds: Dataset, keyword: str, words: _Words) -> None:
    if keyword not in ds:
        raise invalid("step.missing", keyword, name=keyword)
    if not words.of(ds, keyword):
        raise invalid("step.empty", keyword, name=keyword)


def _study(item: Dataset, words: _Words) -> str:
    _needed(item, "StudyInstanceUID", words)
    return _uid(words.of(item, "StudyInstanceUID"), "StudyInstanceUID")


def _uid(value: str, name: str) -> str:
    if not _UID.fullmatch(value):
        raise invalid("step.value", f"{name} is no UID", name=name)
    return value


def _listed(ds: Dataset, words: _Words) -> list[str]:
    """The objects that the step made, each once."""
    found: dict[str, None] = {}
    for series in _items(ds, "PerformedSeriesSequence"):
        for keyword in ("ReferencedImageSequence", "ReferencedNonImageCompositeSOPInstanceSequence"):
            for item in _items(series, keyword):
                found[_uid(words.of(item, "ReferencedSOPInstanceUID"), "ReferencedSOPInstanceUID")] = None
    if len(found) > MOST_OBJECTS:
        raise invalid("step.value", f"more than {MOST_OBJECTS} objects", name="PerformedSeriesSequence")
    return list(found)


def _reason(ds: Dataset, words: _Words) -> str:
    """Why it was broken off: the meaning of the code, else the code."""
    for item in _items(ds, "PerformedProcedureStepDiscontinuationReasonCodeSequence"):
        return words.of(item, "CodeMeaning") or words.of(item, "CodeValue")
    return ""
