"""What lists and searches say of an examination, after a new object was taken in the place of an old one: what the new one says.

The index is filled by the first objects of a study. Somebody who takes a new object, with a new description perhaps, must find the study
by it. Who the patient is, `identity_anew` says. What was there before goes with the decision, for its way back.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from teleconsult.imaging.header import Header
from teleconsult.imaging.tables import SeriesRow, StudyRow
from teleconsult.records.work import Work

_OF_STUDY: Final[Mapping[str, str]] = {
    "description": "study_description", "accession": "accession", "study_number": "study_number", "study_date": "study_date",
    "study_time": "study_time", "referring": "referring", "institution": "institution", "body_part": "body_part",
}  # fmt: skip
_OF_SERIES: Final[Mapping[str, str]] = {
    "description": "series_description", "number": "series_number", "body_part": "body_part",
}  # fmt: skip

Before = dict[str, Any]


def reindex(work: Work, study_id: str, headers: Sequence[Header]) -> list[Before]:
    """Let the study and its series say what these objects say; what they leave out stays. What was said before, for `put_back`."""
    study, before = work.get(StudyRow, study_id), list[Before]()
    for header in headers:
        found = select(SeriesRow).where(SeriesRow.study_id == study_id, SeriesRow.series_uid == header.series_uid)
        series = work.session.scalars(found).one_or_none()
        now = {"study": _changed(study, header, _OF_STUDY), "series": _changed(series, header, _OF_SERIES)}
        if any(now.values()):
            before.append({"series_id": series.id if series else None, **_said(now, study, series)})
            _set(study, now["study"])
            _set(series, now["series"])
    work.session.flush()
    return before


def put_back(work: Work, study_id: str, before: Sequence[Before]) -> None:
    """Let the study and its series say what they said before `reindex`."""
    for each in reversed(before):
        _set(work.get(StudyRow, study_id), each["study"])
        _set(work.get(SeriesRow, each["series_id"]) if each["series_id"] else None, each["series"])
    work.session.flush()


def _changed(row: StudyRow | SeriesRow | None, header: Header, names: Mapping[str, str]) -> Before:
    said = {name: getattr(header, its) for name, its in names.items()}
    return {name: value for name, value in said.items() if row is not None and value and getattr(row, name) != value}


def _said(now: Mapping[str, Before], study: StudyRow, series: SeriesRow | None) -> dict[str, Before]:
    return {
        "study": {name: getattr(study, name) for name in now["study"]},
        "series": {name: getattr(series, name) for name in now["series"]},
    }


def _set(row: StudyRow | SeriesRow | None, values: Before) -> None:
    for name, value in values.items():
        setattr(row, name, value)
