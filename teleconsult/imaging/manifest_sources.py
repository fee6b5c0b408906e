"""What the preparation of a study works from: its stored objects and how their text is read."""

from dataclasses import dataclass

from sqlalchemy import select

from teleconsult.imaging.rejection import shown
from teleconsult.imaging.tables import InstanceRow, SeriesRow, StudyRow
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class Source:
    """One stored object as the index knows it."""

    series_uid: str
    sop_uid: str
    sop_class: str
    transfer_syntax: str
    modality: str
    blob_key: str
    number: int | None
    rows: int | None
    columns: int | None
    frames: int


@dataclass(frozen=True, slots=True)
class Sources:
    """A study's objects in the order they came. `charset` is set where the sending peer's own set overrides headers."""

    study_id: str
    study_uid: str
    charset: str | None
    objects: tuple[Source, ...]


def sources(work: Work, study_id: str) -> Sources:
    """The study's objects that are shown. ABSENT `study.absent`. For the preparing job, which acts for the system."""
    study = work.get(StudyRow, study_id)
    rows = work.session.execute(
        select(InstanceRow, SeriesRow.series_uid, SeriesRow.modality)
        .join(SeriesRow, SeriesRow.id == InstanceRow.series_id)
        .where(InstanceRow.study_id == study_id, shown())
        .order_by(InstanceRow.id)
    )
    found = tuple(_source(row, series_uid, modality) for row, series_uid, modality in rows)
    return Sources(study_id, study.study_uid, study.charset if study.charset_reason == "override" else None, found)


def _source(row: InstanceRow, series_uid: str, modality: str) -> Source:
    return Source(
        series_uid=series_uid,
        sop_uid=row.sop_uid,
        sop_class=row.sop_class,
        transfer_syntax=row.transfer_syntax,
        modality=modality,
        blob_key=row.blob_key,
        number=row.number,
        rows=row.rows,
        columns=row.columns,
        frames=row.frames,
    )
