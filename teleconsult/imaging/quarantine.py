"""What must not be shown and must not be lost: objects that conflict with known ones, and those nobody could read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, not_, select, update

from teleconsult.access import Actor, Thing, hold, permit, release, settle
from teleconsult.imaging import facts, find_names
from teleconsult.imaging.header import Header
from teleconsult.imaging.identity_stays import about, answered, statement
from teleconsult.imaging.ingest_sender import Sender
from teleconsult.imaging.ingest_study import issuer_of, patient_key
from teleconsult.imaging.staging import StagedObject
from teleconsult.imaging.tables import ArrivalRow, QuarantineRow, StudyRow
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.kernel.values import new_id, sha256_hex
from teleconsult.records.blobs import BlobStore
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Store, Work

INSTANCE, IDENTITY = "instance.conflict", "identity.conflict"
SITE = "site.conflict"
"""In what words `IDENTITY` is told where all that is known is that another hospital registered the study before."""

_DETAIL = {
    INSTANCE: "the same SOP Instance UID with other content",
    IDENTITY: "the same Study Instance UID for another patient",
    SITE: "a Study Instance UID that another hospital has registered",
}


@dataclass(frozen=True, slots=True)
class Case:
    """Why an object is kept apart. `blob_key` None: its bytes were not kept."""

    id: str
    reason: str
    detail: str
    blob_key: str | None
    params: Mapping[str, str | int] = field(default_factory=dict)
    sop_uid: str = ""
    study_uid: str = ""
    study_id: str | None = None
    conflict_key: str | None = None


def keep_apart(work: Work, sender: Sender, staged: StagedObject, case: Case) -> tuple[str, bool]:
    """Note the object; its row's id, and whether that is news. The same bytes for the same reason are counted on one row."""
    values = {
        "id": case.id, "version": 1, "site_id": sender.site_id, "peer_id": sender.id, "sender": sender.ae_title, "reason": case.reason,
        "params": dict(case.params), "detail": case.detail, "sop_uid": case.sop_uid, "study_uid": case.study_uid, "study_id": case.study_id,
        "transfer_syntax": staged.transfer_syntax, "sha256": staged.sha256_dataset, "size": staged.size, "blob_key": case.blob_key,
        "dataset_offset": staged.dataset_offset, "at": work.now, "last_at": work.now, "times": 1, "state": "open",
        "conflict_key": case.conflict_key,
    }  # fmt: skip
    if insert_new(work.session, QuarantineRow, values, "site_id", "reason", "sha256", "transfer_syntax"):
        return case.id, True
    row = work.session.scalars(select(QuarantineRow).where(*_same(sender, staged, case.reason))).one()
    was_resolved = row.state == "resolved"
    work.session.execute(
        update(QuarantineRow)
        .where(QuarantineRow.id == row.id)
        .values(
            times=QuarantineRow.times + 1, last_at=work.now, version=QuarantineRow.version + 1, blob_key=row.blob_key or case.blob_key,
            state="open", resolved_at=None, resolved_by=None,
        ),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
    return row.id, was_resolved


def conflict(
    work: Work,
    sender: Sender,
    staged: StagedObject,
    header: Header,
    study_id: str,
    sites: tuple[str, ...],
    reason: str,
    key: str,
) -> str:
    """Keep a readable object apart and raise the alarm once; the quarantine row's id."""
    detail = _DETAIL[reason if reason == INSTANCE or sender.site_id in sites else SITE]
    who = {
        "name": find_names.shown(header.name),
        "patient_id": header.patient_id,
        "study_date": header.study_date,
        "modality": header.modality,
        **_claim(header, sender),
    }
    known = work.session.execute(
        select(StudyRow.name_shown, StudyRow.patient_number).where(StudyRow.id == study_id)
    ).one()
    params = {
        "sop_uid": header.sop_uid,
        **who,
        "known_name": known.name_shown,
        "known_patient_id": known.patient_number,
    }
    group = _conflict_key(reason, study_id, sender, header)
    case = Case(new_id(), reason, detail, key, params, header.sop_uid, header.study_uid, study_id, group)
    row_id, news = keep_apart(work, sender, staged, case)
    if news:
        told = tuple(sorted({*sites, sender.site_id}))
        announce = facts.instance_conflicted if reason == INSTANCE else facts.identity_conflicted
        work.record(announce(row_id, study_id, told, header.sop_uid, sender.ae_title))
    doubtful = reason == IDENTITY and _doubtful(header, known.name_shown, known.patient_number)
    if doubtful and statement(work, group, sender.site_id) is None:
        hold(work, study_id, reason)
    return row_id


def _claim(header: Header, sender: Sender) -> dict[str, str | int]:
    """What the object says of its patient and its examination beyond what every list shows, for whoever compares."""
    return {
        "name_full": header.name, "issuer": issuer_of(header, sender), "key": patient_key(header), "sex": header.sex,
        "birth_date": header.birth_date, "accession": header.accession, "description": header.study_description,
        "series_uid": header.series_uid, "study_time": header.study_time, "charset": sender.charset or "",
        "issuer_raw": header.issuer_raw,
    }  # fmt: skip


def _conflict_key(reason: str, study_id: str, sender: Sender, header: Header) -> str:
    """Objects with the same key contradict the same study in the same way, and are decided about together."""
    who = (reason, study_id, sender.site_id, sender.id or "", issuer_of(header, sender), patient_key(header))
    series = header.series_uid if reason == INSTANCE else ""
    return sha256_hex("\0".join((*who, series)).encode())[:32]


def _doubtful(header: Header, name: str, number: str) -> bool:
    """Whether it may be another person; the same number and name from another hospital is no doubt of that."""
    return header.patient_id != number or not find_names.alike(header.name, name)


def refuse(
    store: Store,
    blobs: BlobStore,
    sender: Sender,
    staged: StagedObject,
    refused: Refused,
    most: int,
    arrival_id: str | None = None,
) -> None:
    """Keep an object that could not be taken in for the technologist to look at, its bytes only while refused ones fill less than `most`.

    The staged file may be gone afterwards. Bytes that don't fit any more are only noted. With `arrival_id` the file stays, and an
    arrival that is noted already is not noted again.
    """
    case_id, keep, arrival_id = new_id(), arrival_id is not None, arrival_id or new_id()
    with store.read(sender.actor()) as work:
        if work.session.get(ArrivalRow, arrival_id) is not None:
            return
        known = work.session.scalar(select(QuarantineRow.blob_key).where(*_same(sender, staged, refused.code)))
        kept = (
            work.session.scalar(select(func.sum(QuarantineRow.size)).where(QuarantineRow.blob_key.like("quarantine/%")))
            or 0
        )
    key = None
    if known is None and kept + staged.size <= most:
        key = _adopted(blobs, staged, f"quarantine/{case_id}", keep)
    with store.work(sender.actor()) as work:
        case = Case(case_id, refused.code, refused.detail, key, refused.params, staged.sop_uid or "")
        row_id, news = keep_apart(work, sender, staged, case)
        noted = work.session.scalar(select(QuarantineRow.blob_key).where(QuarantineRow.id == row_id))
        work.add(_arrival(work, sender, staged, row_id, arrival_id))
        if news:
            work.record(facts.object_refused(row_id, sender.site_id, refused.code, sender.ae_title, noted is not None))
    if key is not None and noted != key:
        blobs.delete(key)


def resolve(work: Work, actor: Actor, quarantine_id: str, note: str) -> QuarantineRow:
    """Say that the object needs nothing more, and why. Its bytes stay. CONFLICT `quarantine.resolved` the second time."""
    row = work.get(QuarantineRow, quarantine_id)
    permit(actor, "quarantine.resolve", Thing(site_id=row.site_id))
    if row.state == "resolved":
        raise Refused(Meaning.CONFLICT, "quarantine.resolved", quarantine_id, by=row.resolved_by or "")
    work.keep(row, state="resolved", resolved_at=work.now, resolved_by=actor.name, note=note.strip()[:2000])
    work.record(facts.quarantine_resolved(row.id, row.version, row.study_id, row.site_id))
    if row.study_id is not None and row.reason == IDENTITY and not open_doubts(work, row.study_id):
        release(work, row.study_id)
    if not alike(work, row):
        own = [] if row.study_id is None else [work.get(StudyRow, row.study_id).site_id]
        settle_notices(work, row, (row.site_id, *own))
    return row


def open_doubts(work: Work, study_id: str) -> bool:
    """Whether it is open whose study this is: an object says another patient, and the study's own hospital has not said that it stays."""
    doubts = (QuarantineRow.study_id == study_id, QuarantineRow.reason == IDENTITY, QuarantineRow.state == "open")
    return work.session.scalars(select(QuarantineRow.id).where(*doubts, not_(answered())).limit(1)).first() is not None


def group_of(row: QuarantineRow) -> str:
    """Names the objects that are told of together: those that contradict a study alike; those that a device sent and could not be
    taken in for the same reason."""
    return f"{row.reason}:{row.sender}" if row.study_id is None else row.conflict_key or row.id


def alike(work: Work, row: QuarantineRow) -> int:
    """How many objects of its group are open."""
    same: tuple[ColumnElement[bool], ...] = (QuarantineRow.id == row.id,)
    if row.study_id is None:
        same = (
            QuarantineRow.study_id.is_(None),
            QuarantineRow.reason == row.reason,
            QuarantineRow.sender == row.sender,
        )
    elif row.conflict_key is not None:
        same = (QuarantineRow.conflict_key == row.conflict_key,)
    open_ones = (QuarantineRow.site_id == row.site_id, QuarantineRow.state == "open", *same)
    return work.session.scalar(select(func.count()).select_from(QuarantineRow).where(*open_ones)) or 0


def settle_notices(work: Work, row: QuarantineRow, site_ids: Iterable[str]) -> None:
    """The bells of these hospitals need not speak of the object's group any more. Repeats safely."""
    for site_id in sorted(set(site_ids)):
        settle(work, about(group_of(row), site_id))


def _adopted(blobs: BlobStore, staged: StagedObject, key: str, keep: bool) -> str | None:
    try:
        (blobs.link if keep else blobs.adopt)(staged.path, key)
    except Refused as refused:
        if refused.meaning is Meaning.BUSY:
            return None  # no room: that it came is noted all the same
        raise
    return key


def _arrival(work: Work, sender: Sender, staged: StagedObject, quarantine_id: str, arrival_id: str) -> ArrivalRow:
    return ArrivalRow(
        id=arrival_id, at=work.now, site_id=sender.site_id, peer_id=sender.id, kind="refused", transfer_syntax=staged.transfer_syntax,
        size=staged.size, instance_id=None, quarantine_id=quarantine_id,
    )  # fmt: skip


def _same(sender: Sender, staged: StagedObject, reason: str) -> tuple[ColumnElement[bool], ...]:
    return (
        QuarantineRow.site_id == sender.site_id,
        QuarantineRow.reason == reason,
        QuarantineRow.sha256 == staged.sha256_dataset,
        QuarantineRow.transfer_syntax == staged.transfer_syntax,
    )
