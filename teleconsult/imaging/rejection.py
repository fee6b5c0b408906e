"""Objects that are shown to nobody any more, and back again (the design follows IHE IOCM).

Nothing is deleted: the object keeps its row and its bytes, and `rejected` says why no list, viewer or peer gets it. What a signature
answers for still verifies. `shown` is the one predicate by which anything is listed or looked up: whatever asks for objects to give
out or to show asks it, also by their own UIDs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select, update

from teleconsult.access import Actor, Thing, audience, permit, permit_study
from teleconsult.imaging import facts
from teleconsult.imaging.ingest_study import read_as
from teleconsult.imaging.merge import words
from teleconsult.imaging.tables import InstanceRow, SeriesRow, StudyRow
from teleconsult.imaging.tables_identity import RejectionRow
from teleconsult.kernel.errors import absent
from teleconsult.kernel.values import new_id
from teleconsult.records import journal
from teleconsult.records.work import Work

QUALITY, SAFETY, WRONG_ENTRY, EXPIRED, UNDONE = "113001", "113037", "113038", "113039", "undone"
CODES: Final[Mapping[str, str]] = {
    QUALITY: "Rejected for Quality Reasons",
    SAFETY: "Rejected for Patient Safety Reasons",
    WRONG_ENTRY: "Incorrect Modality Worklist Entry",
    EXPIRED: "Data Retention Policy Expired",
}
"""Document titles of a rejection note (PS3.16 CID 7011)."""


def shown() -> ColumnElement[bool]:
    """True for the objects that are shown, in lists and to who names them."""
    return InstanceRow.rejected.is_(None)


def set_aside(work: Work, instances: Sequence[InstanceRow], code: str, by: str, note_sop_uid: str = "") -> int:
    """Show these objects to nobody any more; how many were shown until now. Permits nothing. Repeats safely.

    Each study gets a new version, and its list of pictures is made anew by the job that follows `ObjectsRejected`.
    """
    fresh = [row for row in instances if row.rejected is None]
    for study_id, rows in _by_study(fresh).items():
        _mark(work, rows, code)
        version = _recount(work, study_id, {row.series_id for row in rows})
        for row in rows:
            work.add(
                RejectionRow(
                    id=new_id(), version=1, instance_id=row.id, study_id=study_id, code=code, note_sop_uid=note_sop_uid, by_name=by,
                    at=work.now, study_version=version,
                )
            )  # fmt: skip
        named = sum(1 for row in rows if row.sop_uid != note_sop_uid)
        work.record(facts.objects_rejected(study_id, version, audience(work, study_id), code, named, by))
    return len(fresh)


def take_back(work: Work, instances: Sequence[InstanceRow], by: str, reason: str) -> int:
    """Show objects again that were set aside; how many. Permits nothing. Repeats safely."""
    hidden = [row for row in instances if row.rejected is not None]
    for study_id, rows in _by_study(hidden).items():
        _mark(work, rows, None)
        version = _recount(work, study_id, {row.series_id for row in rows})
        ids = [row.id for row in rows]
        standing = select(RejectionRow).where(RejectionRow.instance_id.in_(ids), RejectionRow.lifted_at.is_(None))
        notes = set[str]()
        for rejection in work.session.scalars(standing).all():
            work.keep(rejection, lifted_at=work.now, lifted_by=by, lifted_reason=reason)
            notes.add(rejection.note_sop_uid)
        named = sum(1 for row in rows if row.sop_uid not in notes)
        work.record(facts.rejection_lifted(study_id, version, audience(work, study_id), named, reason))
    return len(hidden)


def lift(work: Work, actor: Actor, study_id: str, code: str, reason: str) -> int:
    """Take back what was rejected in a study for this reason. ABSENT `rejection.absent` where nothing was; what an undone decision
    put aside is decided about again where it was decided. The notes stay set aside: whoever got one with the study hid its images again."""
    permit_study(work, actor, "study.see", study_id)
    study = work.get(StudyRow, study_id)
    permit(actor, "rejection.lift", Thing(site_id=study.site_id))
    hidden = select(InstanceRow).where(InstanceRow.study_id == study_id, InstanceRow.rejected == code)
    rows = work.session.scalars(hidden.where(~_is_note().exists())).all()
    if not rows or code not in CODES:
        raise absent("rejection.absent", f"{study_id} {code}")
    return take_back(work, rows, actor.name, words(reason))


@dataclass(frozen=True, slots=True)
class Standing:
    """Objects of one study that are set aside for one reason, since `at`."""

    study: StudyRow
    code: str
    by: str
    note_sop_uid: str
    objects: int
    at: datetime


def standing(work: Work, site_ids: Sequence[str] | None, limit: int = 200) -> tuple[Standing, ...]:
    """What is set aside in studies of these sites (None: of all), latest first. Permits nothing."""
    who = (RejectionRow.study_id, RejectionRow.code, RejectionRow.by_name, RejectionRow.note_sop_uid)
    grouped = select(*who, func.count().label("objects"), func.max(RejectionRow.at).label("latest"))
    named = grouped.join(InstanceRow, InstanceRow.id == RejectionRow.instance_id)
    named = named.where(InstanceRow.sop_uid != RejectionRow.note_sop_uid, RejectionRow.lifted_at.is_(None))
    found = named.group_by(*who).subquery()
    query = select(StudyRow, found).join(found, found.c.study_id == StudyRow.id)
    if site_ids is not None:
        query = query.where(StudyRow.site_id.in_(site_ids))
    rows = work.session.execute(query.order_by(found.c.latest.desc()).limit(limit)).all()
    return tuple(Standing(row[0], row.code, row.by_name, row.note_sop_uid, row.objects, row.latest) for row in rows)


def rejected_uids(work: Work, study_id: str) -> frozenset[str]:
    """SOP Instance UIDs of what is not shown: for answers that were made before it was rejected."""
    hidden = select(InstanceRow.sop_uid).where(InstanceRow.study_id == study_id, InstanceRow.rejected.is_not(None))
    return frozenset(work.session.scalars(hidden))


def is_outdated(work: Work, study_id: str, shown_version: int | None) -> bool:
    """Whether pictures and lists of that version may show what was rejected since."""
    latest = select(func.max(RejectionRow.study_version)).where(
        RejectionRow.study_id == study_id, RejectionRow.lifted_at.is_(None)
    )
    since = work.session.scalar(latest)
    return since is not None and (shown_version is None or shown_version < since)


def redrawn(work: Work, study_id: str, version: int) -> None:
    """Say once that the list of the study's pictures is made anew as of `version`."""
    if not any(fact.name == "StudyRedrawn" and fact.version == version for fact in journal.timeline(work, study_id)):
        work.record(facts.study_redrawn(study_id, version, audience(work, study_id)))


def _is_note() -> Select[str]:
    """Of an object in the statement around it: it is set aside because it is itself the note that says so."""
    standing = select(RejectionRow.id).where(
        RejectionRow.lifted_at.is_(None), RejectionRow.instance_id == InstanceRow.id
    )
    return standing.where(RejectionRow.note_sop_uid == InstanceRow.sop_uid).correlate(InstanceRow)


def _by_study(rows: Iterable[InstanceRow]) -> dict[str, list[InstanceRow]]:
    found: dict[str, list[InstanceRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.id):
        found[row.study_id].append(row)
    return found


def _mark(work: Work, rows: Sequence[InstanceRow], code: str | None) -> None:
    ids = [row.id for row in rows]
    for place in range(0, len(ids), 500):
        work.session.execute(
            update(InstanceRow).where(InstanceRow.id.in_(ids[place : place + 500])).values(rejected=code),
            execution_options={"synchronize_session": "fetch"},
        )


def _recount(work: Work, study_id: str, series_ids: Iterable[str]) -> int:
    """Series and study count what is shown; the study's new version."""
    for series_id in sorted(series_ids):
        left = select(func.count()).where(InstanceRow.series_id == series_id, shown()).scalar_subquery()
        _set(work, update(SeriesRow).where(SeriesRow.id == series_id).values(instance_count=left))
    kept = (InstanceRow.study_id == study_id, shown())
    objects, size = work.session.execute(
        select(func.count(), func.coalesce(func.sum(InstanceRow.size), 0)).where(*kept)
    ).one()
    ordered = select(SeriesRow.modality).where(SeriesRow.study_id == study_id, SeriesRow.instance_count > 0)
    left_over = list(work.session.scalars(ordered.order_by(SeriesRow.created_at, SeriesRow.id)))
    values: dict[str, Any] = {"instance_count": objects, "size": size, "series_count": len(left_over)}
    if left_over:
        values |= {"modalities": list(dict.fromkeys(left_over)), "modality": read_as(left_over)}
    else:  # what it was, without the note
        values["modalities"] = list(work.session.scalars(select(StudyRow.modality).where(StudyRow.id == study_id)))
    _set(work, update(StudyRow).where(StudyRow.id == study_id).values(version=StudyRow.version + 1, **values))
    return work.session.execute(select(StudyRow.version).where(StudyRow.id == study_id)).scalar_one()


def _set(work: Work, statement: object) -> None:
    work.session.execute(statement, execution_options={"synchronize_session": "fetch"})  # type: ignore[call-overload]
