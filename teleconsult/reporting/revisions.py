"""Who left which text when. Autosave writes every few seconds: a minute of one person's typing is one revision."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from teleconsult.kernel.values import new_id
from teleconsult.records.work import Work
from teleconsult.reporting.canonical import SECTIONS
from teleconsult.reporting.tables import ReportRow, RevisionRow

TOGETHER: Final = timedelta(minutes=1)


def note(work: Work, report: ReportRow, person_id: str, kind: str) -> None:
    """Keep the report's present text as `kind` (saved, submitted)."""
    last = work.session.scalars(
        select(RevisionRow).where(RevisionRow.report_id == report.id).order_by(RevisionRow.number.desc()).limit(1)
    ).one_or_none()
    texts = {name: getattr(report, name) for name in SECTIONS}
    if last is not None and last.kind == "saved" and last.person_id == person_id and _together(last, work):
        for name, text in {**texts, "kind": kind, "at": work.now}.items():
            setattr(last, name, text)
        work.session.flush()
        return
    number = last.number + 1 if last else 1
    work.add(
        RevisionRow(
            id=new_id(), report_id=report.id, number=number, kind=kind, person_id=person_id,
            begun_at=work.now, at=work.now, **texts,
        )
    )  # fmt: skip


def wrote(work: Work, report_id: str, person_id: str) -> bool:
    """Whether the person left any of the report's text: four eyes count by text, not by whose name it bears at the end."""
    mine = select(RevisionRow.id).where(RevisionRow.report_id == report_id, RevisionRow.person_id == person_id)
    return work.session.scalars(mine.limit(1)).first() is not None


def _together(last: RevisionRow, work: Work) -> bool:
    return work.now - last.begun_at < TOGETHER
