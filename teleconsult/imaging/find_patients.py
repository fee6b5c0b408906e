"""The patients of the studies that somebody may find (PS3.4 C.6.1.1.2); counted is only what they may find."""

from dataclasses import dataclass

from sqlalchemy import func, select

from teleconsult.access import Actor
from teleconsult.imaging.find import FIRST, Match, Page, of_study
from teleconsult.imaging.find_numbers import Number
from teleconsult.imaging.tables import PatientRow, StudyRow
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """A patient with the number of studies, series and instances that the actor may find; `others` where they were asked for."""

    patient: PatientRow
    studies: int
    series: int
    instances: int
    others: tuple[Number, ...] = ()


def patients(work: Work, actor: Actor, match: Match, page: Page = FIRST) -> tuple[tuple[FoundPatient, ...], bool]:
    """Patients by number, and whether there are more. Found by the names and numbers that their studies bear."""
    counts = (func.count(), func.sum(StudyRow.series_count), func.sum(StudyRow.instance_count))
    found = (
        select(StudyRow.patient_id, *(count.label(f"n{place}") for place, count in enumerate(counts)))
        .where(*of_study(work, actor, match))
        .group_by(StudyRow.patient_id)
        .subquery()
    )
    query = select(PatientRow, found.c.n0, found.c.n1, found.c.n2).join(found, found.c.patient_id == PatientRow.id)
    query = query.order_by(PatientRow.number, PatientRow.id).limit(page.limit + 1).offset(page.offset)
    rows = work.session.execute(query).all()
    items = (FoundPatient(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows[: page.limit])
    return tuple(items), len(rows) > page.limit
