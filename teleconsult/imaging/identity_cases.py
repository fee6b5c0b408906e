"""Conflicts as people decide about them: objects that contradict the same study in the same way, both sides, and what may be done.

A conflict is named by `QuarantineRow.conflict_key`. What the other hospital's study says is shown to who may see that study, no more; what
the other hospital's object says to who looks after that hospital's arrivals, no more. Both ways the rest is for the telephone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, not_, or_, select

from teleconsult.access import Actor, Role, Thing, permits, shares_of
from teleconsult.imaging import find_names
from teleconsult.imaging.identity_stays import OLD, STAYS, answered, statement
from teleconsult.imaging.merge import concerned
from teleconsult.imaging.quarantine import IDENTITY, INSTANCE, SITE
from teleconsult.imaging.tables import PatientRow, QuarantineRow, StudyRow
from teleconsult.imaging.tables_identity import DecisionRow
from teleconsult.kernel.errors import absent
from teleconsult.records.work import Work

SAME, OTHER, NEW, BOTH = "same_patient", "other_patient", "take_new", "keep_both"
MOST: Final = 2000
_KINDS = (INSTANCE, IDENTITY)


@dataclass(frozen=True, slots=True)
class Side:
    """Whom one side names, in all writings, and what it says of the examination. `study_id` only of the side that is kept.

    `hidden`: it is another hospital's, and only says which one's, when it came, how much and of what modality.
    """

    name: str
    name_full: str
    patient_id: str
    issuer: str
    sex: str
    birth_date: str
    accession: str
    description: str
    modality: str
    study_date: str
    study_id: str | None
    objects: int
    sender: str
    site_id: str
    at: datetime
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """`reason` as `said`. `known` is None for who may not see that study. `offers` are the decisions that this person may make now. `stays` is what the
    hospital whose study it is has said, where another one sent the objects."""

    key: str
    reason: str
    study_id: str
    study_uid: str
    claim: Side
    known: Side | None
    rows: tuple[QuarantineRow, ...]
    offers: tuple[str, ...]
    signed: bool
    stays: DecisionRow | None = None


def conflicts(work: Work, actor: Actor, signed: Iterable[str] = ()) -> tuple[Conflict, ...]:
    """The open conflicts at the actor's hospitals, latest first. `signed` are studies with a signed report.

    What another hospital sent is no longer asked about once the actor's has said that its study stays as it is.
    """
    sites = sorted(actor.sites(Role.TECHNOLOGIST, Role.COORDINATOR))
    of_study = select(StudyRow.id).where(StudyRow.id == QuarantineRow.study_id, StudyRow.site_id.in_(sites)).exists()
    rows = work.session.scalars(
        select(QuarantineRow)
        .where(QuarantineRow.reason.in_(_KINDS), QuarantineRow.state == "open")
        .where(or_(QuarantineRow.site_id.in_(sites), and_(of_study, not_(answered()))))
        .order_by(QuarantineRow.last_at.desc(), QuarantineRow.id.desc())
        .limit(MOST)
    )
    groups: dict[str, list[QuarantineRow]] = {}
    for row in rows:
        groups.setdefault(key_of(row), []).append(row)
    known = frozenset(signed)
    return tuple(_conflict(work, actor, key, found, known) for key, found in groups.items())


def open_studies(work: Work, actor: Actor) -> tuple[str, ...]:
    """The studies that open conflicts at the actor's hospitals are about."""
    sites = sorted(actor.sites(Role.TECHNOLOGIST, Role.COORDINATOR))
    found = select(QuarantineRow.study_id).join(StudyRow, StudyRow.id == QuarantineRow.study_id)
    wanted = found.where(QuarantineRow.reason.in_(_KINDS), QuarantineRow.state == "open")
    wanted = wanted.where(or_(QuarantineRow.site_id.in_(sites), StudyRow.site_id.in_(sites))).distinct()
    return tuple(study_id for study_id in work.session.scalars(wanted) if study_id is not None)


def conflict(work: Work, actor: Actor, key: str, signed: bool) -> Conflict:
    """One open conflict. ABSENT `conflict.absent` also for who looks after neither hospital."""
    rows = work.session.scalars(
        select(QuarantineRow)
        .where(or_(QuarantineRow.conflict_key == key, QuarantineRow.id == key))
        .where(QuarantineRow.reason.in_(_KINDS), QuarantineRow.state == "open")
        .order_by(QuarantineRow.last_at.desc(), QuarantineRow.id.desc())
    ).all()
    if not rows or not _looks_after(work, actor, rows[0]):
        raise absent("conflict.absent", key)
    study_id = str(rows[0].study_id)
    return _conflict(work, actor, key, rows, frozenset({study_id} if signed else ()))


def object_of(work: Work, actor: Actor, quarantine_id: str) -> QuarantineRow:
    """An object that conflicts, for whoever compares it. ABSENT `quarantine.absent` also for who does not look after its hospital."""
    row = work.session.get(QuarantineRow, quarantine_id)
    if row is None or row.reason not in _KINDS or not _is_ours(actor, row):
        raise absent("quarantine.absent", quarantine_id)
    return row


def decisions(work: Work, actor: Actor, limit: int = 100) -> tuple[DecisionRow, ...]:
    """What was decided about conflicts at the actor's hospitals, latest first, also what was undone."""
    sites = sorted(actor.sites(Role.TECHNOLOGIST, Role.COORDINATOR))
    of_study = select(StudyRow.id).where(StudyRow.id == DecisionRow.study_id, StudyRow.site_id.in_(sites)).exists()
    given = select(PatientRow.id).where(PatientRow.issuer.in_(sites))
    taken = or_(DecisionRow.gone_id.in_(given), DecisionRow.kept_id.in_(given))
    found = select(DecisionRow).where(or_(DecisionRow.site_id.in_(sites), of_study, taken))
    return tuple(work.session.scalars(found.order_by(DecisionRow.at.desc(), DecisionRow.id.desc()).limit(limit)))


def key_of(row: QuarantineRow) -> str:
    """Objects that came before conflicts had names are conflicts of their own."""
    return row.conflict_key or row.id


def claimed(row: QuarantineRow, name: str) -> str:
    return str(row.params.get(name, "") or "")


def patient_claimed(work: Work, row: QuarantineRow) -> PatientRow | None:
    """The patient that the object names, if they are known."""
    issuer, key = claimed(row, "issuer"), claimed(row, "key")
    return work.session.scalars(
        select(PatientRow).where(PatientRow.issuer == issuer, PatientRow.key == key)
    ).one_or_none()


def same_number(work: Work, row: QuarantineRow, study: StudyRow) -> bool:
    """Whether the object names the study's own patient, or one that is known to be the same person."""
    patient, other = work.get(PatientRow, study.patient_id), patient_claimed(work, row)
    if other is None:
        return False
    return other.id == patient.id or (other.person_id is not None and other.person_id == patient.person_id)


def _conflict(work: Work, actor: Actor, key: str, rows: Sequence[QuarantineRow], signed: frozenset[str]) -> Conflict:
    row = rows[0]
    study = work.get(StudyRow, str(row.study_id))
    sees, ours = permits(actor, "study.see", Thing(study.id, shares_of(work, study.id))), _is_ours(actor, row)
    is_signed = study.id in signed
    stays = statement(work, key, row.site_id)
    offered = offers(work, actor, row, study, is_signed)
    return Conflict(
        key, said(row, study, sees, ours), study.id, study.study_uid, _claim(rows, ours), _known(study) if sees else None, tuple(rows),
        tuple(verb for verb in offered if stays is None or verb != STAYS), is_signed, stays,
    )  # fmt: skip


def said(row: QuarantineRow, study: StudyRow, sees: bool, ours: bool = True) -> str:
    """Why the object is kept apart, as far as the reader may know, who `sees` the study or not and whose hospital sent the object or not.

    That another hospital has registered a study makes nobody another patient: so it is called only to who sees that patient, where
    the two differ.
    """
    if row.reason != IDENTITY or row.site_id == study.site_id or (sees and _differ(row, study, ours)):
        return row.reason
    return SITE


def _differ(row: QuarantineRow, study: StudyRow, ours: bool) -> bool:
    name, unlike = claimed(row, "name_full") or claimed(row, "name"), False
    if ours:  # to the other hospital no more is told than that its study is held
        both = ((claimed(row, "sex"), study.sex), (claimed(row, "birth_date"), study.birth_date))
        unlike = any(one and other and one != other for one, other in both)
    return unlike or claimed(row, "patient_id") != study.patient_number or not find_names.alike(name, study.name)


def offers(work: Work, actor: Actor, row: QuarantineRow, study: StudyRow, signed: bool) -> tuple[str, ...]:
    """What may be decided by this person.

    What becomes of the object is for the hospital that sent it: another one, whose study it contradicts, only says that this one stays.
    Whatever changes the study is for who looks after both; one person of two numbers for who may merge these. What was signed is
    replaced by nobody.
    """
    sender = permits(actor, "quarantine.resolve", Thing(site_id=row.site_id))
    owner = permits(actor, "quarantine.resolve", Thing(site_id=study.site_id))
    found = [OLD] if sender else [STAYS] if owner else []
    if row.blob_key is None or not claimed(row, "key"):
        return tuple(found)  # bytes that are gone, or objects from before their claim was written down
    same = same_number(work, row, study)
    if row.reason == INSTANCE and same and sender and owner:
        found += [BOTH] if signed else [NEW, BOTH]
    if sender and not same:
        found.append(OTHER)
    if row.reason == IDENTITY and sender and owner and (same or _may_merge(work, actor, row, study)):
        found.insert(0, SAME)
    return tuple(found)


def _may_merge(work: Work, actor: Actor, row: QuarantineRow, study: StudyRow) -> bool:
    """Whether this person may say that the number claimed and the study's own are one person's."""
    patient, other, issuer = work.get(PatientRow, study.patient_id), patient_claimed(work, row), claimed(row, "issuer")
    sites = set(concerned(work, [patient, other] if other else [patient]))
    if other is None:
        sites.add(row.site_id if issuer == row.site_id else None)
    return all(permits(actor, "identity.merge", Thing(site_id=site_id)) for site_id in sites)


def _looks_after(work: Work, actor: Actor, row: QuarantineRow) -> bool:
    sites = [row.site_id]
    if row.study_id is not None:
        sites.append(work.get(StudyRow, row.study_id).site_id)
    return any(permits(actor, "arrivals.see", Thing(site_id=site_id)) for site_id in sites)


def _is_ours(actor: Actor, row: QuarantineRow) -> bool:
    """Whether the actor looks after what the hospital receives that sent the object."""
    return permits(actor, "arrivals.see", Thing(site_id=row.site_id))


def _claim(rows: Sequence[QuarantineRow], ours: bool) -> Side:
    row = rows[0]
    taken: dict[str, Any] = {name: claimed(row, name) if ours or name == "modality" else "" for name in _SAID}
    return Side(
        **taken, study_id=None, objects=len(rows), sender=row.sender if ours else "", site_id=row.site_id,
        at=min(each.at for each in rows), hidden=not ours,
    )  # fmt: skip


_SAID = (
    "name", "name_full", "patient_id", "issuer", "sex", "birth_date", "accession", "description", "modality", "study_date",
)  # fmt: skip


def _known(study: StudyRow) -> Side:
    return Side(
        name=study.name_shown, name_full=study.name, patient_id=study.patient_number, issuer=study.issuer, sex=study.sex,
        birth_date=study.birth_date, accession=study.accession, description=study.description, modality=study.modality,
        study_date=study.study_date, study_id=study.id, objects=study.instance_count, sender="", site_id=study.site_id,
        at=study.arrived_at,
    )  # fmt: skip
