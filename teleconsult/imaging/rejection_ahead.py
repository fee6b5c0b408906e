"""Objects that a rejection note names before they have come: note and images take ways of their own here (the design follows IHE IOCM).

They are set aside as they arrive. Who reads the note and who takes in the image at the same moment may not see each other: so the study is
looked through once more before it is prepared.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from sqlalchemy import and_, bindparam, select, update

from teleconsult.imaging.rejection import set_aside
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.imaging.tables_identity import RejectionAheadRow
from teleconsult.kernel.values import new_id
from teleconsult.records.insert import insert_many
from teleconsult.records.work import Work

_WAITING: Final = (
    select(RejectionAheadRow.id)
    .where(RejectionAheadRow.study_uid == bindparam("study"), RejectionAheadRow.met_at.is_(None))
    .limit(1)
)


def expect(work: Work, site_id: str, named: Iterable[tuple[str, str]], code: str, note_sop_uid: str, by: str) -> None:
    """Objects, each by study and SOP Instance UID, that are to be shown to nobody when the hospital sends them. Repeats safely."""
    rows = [
        {
            "id": new_id(), "site_id": site_id, "study_uid": study_uid, "sop_uid": sop_uid, "code": code, "note_sop_uid": note_sop_uid,
            "by_name": by, "at": work.now,
        }
        for study_uid, sop_uid in named
    ]  # fmt: skip
    if rows:
        insert_many(work.session, RejectionAheadRow, rows, "site_id", "sop_uid", "note_sop_uid")


def arrived(work: Work, study_id: str, study_uid: str) -> None:
    """Of this study something has come: `meet`, where anything of it is expected."""
    if work.session.scalars(_WAITING, {"study": study_uid}).first() is not None:
        meet(work, study_id)


def meet(work: Work, study_id: str) -> int:
    """Set aside what was named before it came, once, with the note that named it; how many were shown until now."""
    own = and_(StudyRow.site_id == RejectionAheadRow.site_id, StudyRow.study_uid == RejectionAheadRow.study_uid)
    found = work.session.execute(
        select(RejectionAheadRow, InstanceRow)
        .join(StudyRow, own)
        .join(InstanceRow, and_(InstanceRow.study_id == StudyRow.id, InstanceRow.sop_uid == RejectionAheadRow.sop_uid))
        .where(StudyRow.id == study_id, RejectionAheadRow.met_at.is_(None))
    ).all()
    by_note = defaultdict[tuple[str, str, str], list[InstanceRow]](list)
    for ahead, instance in found:
        by_note[ahead.code, ahead.note_sop_uid, ahead.by_name].append(instance)
    hidden = 0
    for (code, note_sop_uid, by), rows in by_note.items():
        notes = work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == note_sop_uid)).all()
        hidden += set_aside(work, [*rows, *notes], code, by, note_sop_uid)
    met = [ahead.id for ahead, _ in found]
    for place in range(0, len(met), 500):
        which = RejectionAheadRow.id.in_(met[place : place + 500])
        work.session.execute(update(RejectionAheadRow).where(which).values(met_at=work.now))
    return hidden
