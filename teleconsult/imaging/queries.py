"""What screens and jobs read of studies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from teleconsult.access import Actor, Share, Thing, permit, permit_study, permits, shares_of, visible
from teleconsult.access.queries import site_names
from teleconsult.imaging.cut_off import came_whole, whole_since
from teleconsult.imaging.expected import Lacking, lacking
from teleconsult.imaging.find_typed import begins, spellings
from teleconsult.imaging.identity_stays import answered
from teleconsult.imaging.merge import people_begun, standing
from teleconsult.imaging.quarantine import IDENTITY
from teleconsult.imaging.rejection import shown
from teleconsult.imaging.rejection_notes import KEY_OBJECTS
from teleconsult.imaging.tables import ArrivalRow, InstanceRow, PatientRow, QuarantineRow, SeriesRow, StudyRow
from teleconsult.imaging.tables_identity import RejectionRow
from teleconsult.kernel.errors import absent
from teleconsult.records.work import Work


@dataclass(frozen=True, slots=True)
class StudyDetail:
    """A study with its patient, series by number, and the quarantine cases about it that are still open.

    `rejected` counts what is shown to nobody, by why; `identity` says what was decided about whose study it is. `lacking`:
    it is known to be incomplete.
    """

    study: StudyRow
    patient: PatientRow
    series: tuple[SeriesRow, ...]
    shares: tuple[Share, ...]
    open_cases: int
    rejected: Mapping[str, int]
    identity: tuple[tuple[str, Mapping[str, str]], ...]
    lacking: Lacking | None


def shows_images(work: Work, study_id: str) -> bool:
    """Whether anything of the study is shown: all of it may have been rejected, or a decision taken back. Permits nothing."""
    return bool(work.session.scalar(select(StudyRow.instance_count).where(StudyRow.id == study_id)))


def study_detail(work: Work, actor: Actor, study_id: str) -> StudyDetail:
    """ABSENT `study.absent` also for who may not see it."""
    permit_study(work, actor, "study.see", study_id)
    study = work.get(StudyRow, study_id)
    cases = select(func.count()).select_from(QuarantineRow)
    cases = cases.where(QuarantineRow.study_id == study_id, QuarantineRow.state == "open", not_(answered()))
    return StudyDetail(
        study,
        work.get(PatientRow, study.patient_id),
        series_of(work, study_id),
        shares_of(work, study_id),
        work.session.scalar(cases) or 0,
        rejected_of(work, study_id),
        tuple(_decided(work, actor, study)),
        lacking(work, [study_id]).get(study_id),
    )


def rejected_of(work: Work, study_id: str) -> Mapping[str, int]:
    """How many objects of the study are shown to nobody, by why; the notes that say so are not counted."""
    counted = select(InstanceRow.rejected, func.count()).where(
        InstanceRow.study_id == study_id, InstanceRow.rejected.is_not(None), InstanceRow.sop_class != KEY_OBJECTS
    )
    return {str(code): number for code, number in work.session.execute(counted.group_by(InstanceRow.rejected))}


def rejected_in(work: Work, study_ids: Sequence[str]) -> Mapping[str, int]:
    """The same for many studies, whatever the reason; studies without any are left out. By the rejections, for a study's objects may be
    thousands. Permits nothing."""
    counted = (
        select(RejectionRow.study_id, func.count())
        .join(InstanceRow, InstanceRow.id == RejectionRow.instance_id)
        .where(RejectionRow.study_id.in_(study_ids), RejectionRow.lifted_at.is_(None))
        .where(InstanceRow.sop_class != KEY_OBJECTS)
        .group_by(RejectionRow.study_id)
    )
    return {str(study_id): number for study_id, number in work.session.execute(counted)}


def _decided(work: Work, actor: Actor, study: StudyRow) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The decisions that say that this study's patient has another number, too; numbers are told to who sees a study under them."""
    names = site_names(work)
    for row in standing(work, [study.patient_id]):
        other = work.get(PatientRow, str(row.kept_id if row.gone_id == study.patient_id else row.gone_id))
        of_other = select(StudyRow.id).where(StudyRow.patient_id == other.id, visible(StudyRow.id, actor, work.now))
        sees = work.session.scalars(of_other.limit(1)).first() is not None or other.issuer == study.issuer
        number = f"{other.number or '—'}@{names.get(other.issuer, other.issuer)}" if sees else "—"
        code = "identity.merged_into" if row.gone_id == study.patient_id else "identity.merged_from"
        yield code, {"number": number, "by": row.by_name, "at": row.at.isoformat()}


def open_conflicts(work: Work, study_id: str) -> int:
    """How many objects that claim this study for another patient lie in quarantine, while its hospital has not said that it stays.
    Permits nothing."""
    open_ones = (QuarantineRow.study_id == study_id, QuarantineRow.reason == IDENTITY, QuarantineRow.state == "open")
    return work.session.scalar(select(func.count()).select_from(QuarantineRow).where(*open_ones, not_(answered()))) or 0


def study_by_uid(work: Work, actor: Actor, study_uid: str, verb: str = "study.see") -> StudyRow:
    """ABSENT `study.absent` also for who may not see it; FORBIDDEN for who may see it but not `verb`."""
    study = work.session.scalars(select(StudyRow).where(StudyRow.study_uid == study_uid)).one_or_none()
    if study is None:
        raise absent("study.absent", study_uid)
    permit_study(work, actor, verb, study.id)
    return study


def instance_by_uid(work: Work, actor: Actor, study_uid: str, sop_uid: str, verb: str = "study.images") -> InstanceRow:
    """One object of a study. ABSENT `instance.absent` where the study has none such."""
    study = study_by_uid(work, actor, study_uid, verb)
    row = work.session.scalars(
        select(InstanceRow).where(InstanceRow.sop_uid == sop_uid, InstanceRow.study_id == study.id, shown())
    ).one_or_none()
    if row is None:
        raise absent("instance.absent", sop_uid)
    return row


def instance_of(work: Work, study_id: str, sop_uid: str) -> InstanceRow:
    """One object of a study that the caller has permitted. ABSENT `instance.absent`."""
    row = work.session.scalars(
        select(InstanceRow).where(InstanceRow.sop_uid == sop_uid, InstanceRow.study_id == study_id, shown())
    ).one_or_none()
    if row is None:
        raise absent("instance.absent", sop_uid)
    return row


def patient_numbered(patient_id: Any, typed: str) -> ColumnElement[bool]:
    """Whether a number of this patient begins as it was typed: one that a study of theirs bears, or another one of the same person, for
    as long as that merge stands. For lists of contexts above, each patient looked at by an index. Permits nothing."""
    known = aliased(StudyRow)
    spelt = or_(*(begins(known.patient_number, word) for word in spellings(typed)))
    return or_(exists().where(known.patient_id == patient_id, spelt), patient_id.in_(people_begun(typed)))


def study_verbs(work: Work, actor: Actor, study_id: str) -> list[str]:
    """What the actor may do with the study itself."""
    thing = Thing(study_id, shares_of(work, study_id))
    offered = ("study.images", "study.export", "timeline.read", "critical.raise", "case.open")
    return [verb for verb in offered if permits(actor, verb, thing)]


def series_of(work: Work, study_id: str) -> tuple[SeriesRow, ...]:
    """By series number, those without one last. A series whose objects were all rejected is none."""
    order = (SeriesRow.number.is_(None), SeriesRow.number, SeriesRow.created_at, SeriesRow.id)
    kept = select(SeriesRow).where(SeriesRow.study_id == study_id, SeriesRow.instance_count > 0)
    return tuple(work.session.scalars(kept.order_by(*order)))


def instances_of(work: Work, study_id: str) -> tuple[InstanceRow, ...]:
    """All objects of a study that are shown, by series and instance number: for jobs, which need no permission, and for manifests."""
    order = (InstanceRow.series_id, InstanceRow.number.is_(None), InstanceRow.number, InstanceRow.id)
    kept = select(InstanceRow).where(InstanceRow.study_id == study_id, shown())
    return tuple(work.session.scalars(kept.order_by(*order)))


@dataclass(frozen=True, slots=True)
class Cases:
    """A page of quarantine; `more` says that older ones follow. `whole` are the ids of cut-off transfers whose object has come since."""

    items: tuple[QuarantineRow, ...]
    more: bool
    open_total: int
    whole: frozenset[str] = frozenset()


def quarantine_of(
    work: Work, actor: Actor, site_id: str, state: str = "open", limit: int = 50, offset: int = 0
) -> Cases:
    """What came from a site and was not taken in, latest first. FORBIDDEN unless technologist or coordinator there."""
    permit(actor, "arrivals.see", Thing(site_id=site_id))
    of_site = select(QuarantineRow).where(QuarantineRow.site_id == site_id)
    is_open = and_(QuarantineRow.state == "open", not_(came_whole()))
    wanted = of_site if state == "all" else of_site.where(is_open if state == "open" else not_(is_open))
    rows = list(
        work.session.scalars(
            wanted.order_by(QuarantineRow.last_at.desc(), QuarantineRow.id.desc()).limit(limit + 1).offset(offset)
        )
    )
    open_total = select(func.count()).where(QuarantineRow.site_id == site_id, is_open)
    found = tuple(rows[:limit])
    total = work.session.scalar(open_total) or 0
    return Cases(found, len(rows) > limit, total, frozenset(whole_since(work, found)))


def arrivals_of(work: Work, instance_id: str) -> Sequence[ArrivalRow]:
    """Every time an object came, first to last."""
    return work.session.scalars(
        select(ArrivalRow).where(ArrivalRow.instance_id == instance_id).order_by(ArrivalRow.at, ArrivalRow.id)
    ).all()
