"""Index rows as QIDO-RS results (PS3.18 10.6.3.3, tables 10.6.3-3 to 10.6.3-5). Attributes beyond the required ones are allowed."""

from collections.abc import Mapping, Sequence
from typing import Any

from teleconsult.imaging.find import Found
from teleconsult.imaging.find_numbers import Number

Json = dict[str, Any]
OTHER_NUMBERS = "00101002"
"""Other Patient IDs Sequence."""
_ISSUER = "00100021"
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def study_row(found: Found, home: str, *, below: bool = True) -> Json:
    """One study. `below` is for the other two levels: whether to repeat what lies above them."""
    study = found.study
    values = {
        "00080005": _text("CS", "ISO_IR 192"),
        "00080020": _text("DA", study.study_date),
        "00080030": _text("TM", study.study_time),
        "00080050": _text("SH", study.accession),
        "00080056": _text("CS", "ONLINE"),
        "00080061": _value("CS", *study.modalities),
        "00080080": _text("LO", study.institution),
        "00080090": _person(study.referring),
        "00081030": _text("LO", study.description),
        "00081190": _text("UR", f"{home}/studies/{study.study_uid}"),
        "00100010": _person(study.name),
        "00100020": _text("LO", study.patient_number),
        "00100021": _text("LO", study.issuer),
        "00100030": _text("DA", study.birth_date),
        "00100040": _text("CS", study.sex),
        "0020000D": _text("UI", study.study_uid),
        "00200010": _text("SH", study.study_number),
        "00201206": _value("IS", study.series_count),
        "00201208": _value("IS", study.instance_count),
    }
    return values if below else {tag: values[tag] for tag in ("00080005", "00080056", "0020000D")}


def series_row(found: Found, home: str, *, below: bool) -> Json:
    """One series, with its study's attributes when the question was not about one study."""
    series = found.series
    if series is None:
        raise TypeError("a series was asked for")
    above = study_row(found, home, below=below)
    own = {
        "00080060": _text("CS", series.modality),
        "0008103E": _text("LO", series.description),
        "00081190": _text("UR", f"{home}/studies/{found.study.study_uid}/series/{series.series_uid}"),
        "00180015": _text("CS", series.body_part),
        "0020000E": _text("UI", series.series_uid),
        "00200011": _number(series.number),
        "00201209": _value("IS", series.instance_count),
    }
    return dict(sorted({**above, **own}.items()))


def instance_row(found: Found, home: str, *, below: bool) -> Json:
    """One instance, with what lies above it."""
    row = found.instance
    if row is None or found.series is None:
        raise TypeError("an instance was asked for")
    above = series_row(found, home, below=below)
    own = {
        "00080016": _text("UI", row.sop_class),
        "00080018": _text("UI", row.sop_uid),
        "00081190": _text("UR", f"{above['00081190']['Value'][0]}/instances/{row.sop_uid}"),
        "00083002": _text("UI", row.transfer_syntax),
        "00200013": _number(row.number),
        "00280008": _value("IS", row.frames),
    }
    if row.rows and row.columns:
        own |= {"00280010": _value("US", row.rows), "00280011": _value("US", row.columns)}
    return dict(sorted({**above, **own}.items()))


def of_index(row: Mapping[str, Any]) -> Json:
    """A whole row, and the Modality of a study that has one only: viewers ask for it in lists, where no object is to be read for it."""
    modalities = row.get("00080061", {}).get("Value", [])
    return {"00080060": _value("CS", *modalities), **row} if len(modalities) == 1 else dict(row)


def with_codes(row: Mapping[str, Any], codes: Mapping[str, str]) -> Json:
    """Whoever gave a patient number, by the code that the hospital has everywhere: its id in the index is nobody else's business."""
    out = dict(row)
    if _ISSUER in out:
        out[_ISSUER] = _text("LO", *(codes.get(each, each) for each in out[_ISSUER].get("Value", [""])))
    if items := out.get(OTHER_NUMBERS, {}).get("Value"):
        out[OTHER_NUMBERS] = {"vr": "SQ", "Value": [with_codes(item, codes) for item in items]}
    return out


def numbered(others: Sequence[Number]) -> Json:
    """The patient's other numbers; nothing where there are none, and then what the object itself says may be included."""
    items = [
        {"00100020": _text("LO", each.number), "00100021": _text("LO", each.issuer), "00100022": _text("CS", "TEXT")}
        for each in others
    ]
    return {OTHER_NUMBERS: {"vr": "SQ", "Value": items}} if items else {}


def _value(vr: str, *values: Any) -> Json:
    return {"vr": vr, "Value": list(values)} if values else {"vr": vr}


def _text(vr: str, value: str) -> Json:
    return _value(vr, value) if value else {"vr": vr}


def _number(value: int | None) -> Json:
    return {"vr": "IS"} if value is None else _value("IS", value)


def _person(name: str) -> Json:
    groups = {key: group for key, group in zip(_GROUPS, name.split("="), strict=False) if group.strip("^ ")}
    return _value("PN", groups) if groups else {"vr": "PN"}
