"""Deciding about a conflict, and taking the decision back. Files are read and copied first, then everything is one transaction.

    same_patient    the two numbers are one person; the objects go into the study
    other_patient   the objects become a study of their own, under UIDs of their own, of the patient they name
    keep_old        what is there stays, the objects stay apart
    study_stays     what another hospital says whose study it is: the objects stay open for the one that sent them
    take_new        the new object is shown in the place of the old one, which stays apart, and the study is of whom it then names
                    (`identity_anew`); never under a signed report
    keep_both       the new object is shown beside the old one, under a UID of its own

Undoing gives exactly what was shown before: what was taken in is set aside (`rejection`, code `undone`), what was exchanged is exchanged
back, numbers are two again, the conflict is open and the study held as it was. No byte is deleted by any of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from teleconsult.access import Actor, Thing, audience, hold, is_held, permit, release
from teleconsult.imaging import facts, identity_anew, identity_cases
from teleconsult.imaging.header import Header, read_stored
from teleconsult.imaging.identity_cases import BOTH, NEW, OTHER, SAME, claimed, patient_claimed
from teleconsult.imaging.identity_copy import copied
from teleconsult.imaging.identity_index import put_back, reindex
from teleconsult.imaging.identity_stays import OLD, STAYS, says, verb_of
from teleconsult.imaging.ingest import header_of_staged, image_key
from teleconsult.imaging.ingest_compare import compare
from teleconsult.imaging.ingest_index import Arrival, Kind, Uncompared, index
from teleconsult.imaging.ingest_sender import Upload
from teleconsult.imaging.lifecycle import RECEIVING
from teleconsult.imaging.merge import draw, erase, may_merge, undone, words
from teleconsult.imaging.person import Person
from teleconsult.imaging.quarantine import IDENTITY, SITE, open_doubts, settle_notices
from teleconsult.imaging.rejection import UNDONE, set_aside, take_back
from teleconsult.imaging.same_apart import Comparing
from teleconsult.imaging.settle import USUAL_QUIET, Quiet
from teleconsult.imaging.staging import StagedObject, discard
from teleconsult.imaging.tables import InstanceRow, PatientRow, QuarantineRow, StudyRow
from teleconsult.imaging.tables_identity import DecisionRow
from teleconsult.kernel.errors import absent, conflict, forbidden, invalid
from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json, new_id
from teleconsult.records.blobs import BlobStore
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Store, Work

_RENEWED = {OTHER: ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"), BOTH: ("SOPInstanceUID",)}
_WHY = "CORRECT"  # PS3.3 C.12.1.1.9.1


SignedAt = Callable[[Work, str], datetime | None]


def _never(work: Work, study_id: str) -> datetime | None:
    """For a house in which nobody signs."""
    return None


Ready = Mapping[str, Arrival]
"""The objects of the conflict as they will be shown, by the row that holds each: as if they came now."""


def decide(
    store: Store, blobs: BlobStore, actor: Actor, key: str, verb: str, reason: str, signed_at: SignedAt = _never, quiet: Quiet = USUAL_QUIET
) -> DecisionRow:  # fmt: skip
    """Decide about an open conflict. `signed_at` says when a report of the study was last signed, asked where it is decided.

    ABSENT `conflict.absent`; FORBIDDEN `conflict.not_offered` (verb) for what this person may not decide or what would replace
    something signed; INVALID `field.empty`; CONFLICT `version.stale` when somebody else was at it.
    """
    words(reason)
    with store.read(actor) as work:
        found = _offered(work, actor, key, verb, signed_at)
    at = store.clock.now()
    ready = dict(_read(blobs, actor, found, verb, at, quiet)) if verb not in (OLD, STAYS) else {}
    said = {each.header.sop_uid: each.header for each in ready.values()}
    rest = identity_anew.look(store, blobs, actor, found.study_id, said) if verb == NEW else None
    comparing = Comparing()
    while True:
        try:
            with store.work(actor) as work:
                found = _offered(work, actor, key, verb, signed_at)
                return _decided(work, actor, found, verb, words(reason), ready, rest)
        except Uncompared:  # as when they come: equal in another transfer syntax, or set apart as another object
            compare(store, blobs, next(iter(ready.values())).sender, list(ready.values()), comparing)


def _decided(
    work: Work, actor: Actor, found: identity_cases.Conflict, verb: str, reason: str, ready: Ready, rest: frozenset[Person] | None
) -> DecisionRow:  # fmt: skip
    held = is_held(work, found.study_id)
    before = held or (found.stays is not None and bool(found.stays.details.get("held")))
    row = _decision(work, actor, found, verb, reason, ready, before, rest)
    for each in () if verb == STAYS else found.rows:
        work.keep(each, state="resolved", resolved_at=work.now, resolved_by=actor.name, note=row.reason)
    own = work.get(StudyRow, found.study_id).site_id
    settle_notices(work, found.rows[0], [own] if verb == STAYS else [own, found.rows[0].site_id])
    if held and not open_doubts(work, found.study_id):
        release(work, found.study_id)
    work.record(_told(work, row, found.rows))
    return row


def undo(
    store: Store, blobs: BlobStore, actor: Actor, decision_id: str, reason: str, signed_at: SignedAt = _never
) -> DecisionRow:
    """Take a decision about a conflict back. `signed_at` as for `decide`.

    The rights of making it. CONFLICT `identity.undone` the second time, `identity.signed_since` for an exchange that was signed since.
    """
    with store.read(actor) as work:
        row = work.get(DecisionRow, decision_id)
        headers = _before(work, blobs, row)
        there = identity_anew.look_back(work, blobs, row, {each.sop_uid: each for each in headers.values()})
    with store.work(actor) as work:
        row = work.get(DecisionRow, decision_id)
        rows = _rows_of(work, row)
        if row.verb == "merge" or not rows:
            raise absent("decision.absent", decision_id)
        study = work.get(StudyRow, str(row.study_id))
        _may_undo(work, actor, row, rows[0], study)
        signed = signed_at(work, study.id)
        if row.verb == NEW and signed is not None and signed > row.at:
            raise conflict("identity.signed_since", decision_id)
        undone(work, actor, row, reason)
        for each in rows:
            if each.id in headers:
                _exchange(work, each, headers[each.id])
        put_back(work, study.id, row.details.get("indexed") or ())
        identity_anew.give_back(work, row, there)
        _undo_effect(work, row, actor.name)
        for each in () if says(row) else rows:
            if each.state == "resolved":
                work.keep(each, state="open", resolved_at=None, resolved_by=None, note=None)
        if row.details.get("held") and open_doubts(work, study.id):
            hold(work, study.id, IDENTITY)
        work.record(_told(work, row, rows))
        return row


def _offered(work: Work, actor: Actor, key: str, verb: str, signed_at: SignedAt) -> identity_cases.Conflict:
    found = identity_cases.conflict(work, actor, key, signed=False)
    if signed_at(work, found.study_id) is not None:
        found = identity_cases.conflict(work, actor, key, signed=True)
    if verb not in found.offers:
        raise forbidden("conflict.not_offered", verb, verb=verb)
    return found


def _may_undo(work: Work, actor: Actor, row: DecisionRow, first: QuarantineRow, study: StudyRow) -> None:
    """Whoever may decide so may undo it; that numbers are one person since then is no reason against it."""
    if says(row):
        permit(actor, "quarantine.resolve", Thing(site_id=study.site_id))
        return
    offered = set(identity_cases.offers(work, actor, first, study, signed=False))
    both = [work.get(PatientRow, patient_id) for patient_id in (row.gone_id, row.kept_id) if patient_id]
    if row.verb not in offered or not may_merge(work, actor, both):
        raise forbidden("conflict.not_offered", row.verb, verb=row.verb)


def _read(
    blobs: BlobStore, actor: Actor, found: identity_cases.Conflict, verb: str, at: datetime, quiet: Quiet
) -> Iterator[tuple[str, Arrival]]:
    """The objects of the conflict, of each SOP Instance UID the latest; copies under UIDs of their own where the decision wants such."""
    latest: dict[str, QuarantineRow] = {}
    for row in sorted(found.rows, key=lambda row: (row.last_at, row.id)):
        latest[row.sop_uid] = row
    for row in latest.values():
        file = blobs.path(str(row.blob_key))
        if file is None:
            raise absent("blob.absent", str(row.blob_key))
        if verb not in _RENEWED:
            meta = StagedObject(
                file, row.transfer_syntax, None, row.sop_uid, row.size, row.sha256, row.dataset_offset
            )  # fmt: skip
            header = read_stored(file, claimed(row, "charset") or None)
            yield row.id, Arrival(_sender(row, actor), header, meta, str(row.blob_key), quiet, compared={})
            continue
        staged = copied(blobs, file, f"{row.sha256}" if verb == BOTH else found.key, _RENEWED[verb], _WHY, row.at)
        try:
            header = header_of_staged(staged, claimed(row, "charset") or None)
            key = image_key(staged.transfer_syntax, staged.sha256_dataset)
            blobs.adopt(staged.path, key)
        finally:
            discard(staged)
        yield row.id, Arrival(_sender(row, actor), header, staged, key, quiet, compared={})


def _sender(row: QuarantineRow, actor: Actor) -> Upload:
    """Who decides brings the object in, for the hospital whose it is."""
    raw = claimed(row, "issuer_raw")
    issuers = {raw: claimed(row, "issuer")} if raw else {}
    return Upload(actor, row.site_id, claimed(row, "charset") or None, issuers, row.peer_id)


def _decision(
    work: Work, actor: Actor, found: identity_cases.Conflict, verb: str, reason: str, ready: Ready, held: bool,
    rest: frozenset[Person] | None,
) -> DecisionRow:  # fmt: skip
    rows = {row.id: row for row in found.rows}
    site_id = work.get(StudyRow, found.study_id).site_id if verb == STAYS else found.rows[0].site_id
    row = DecisionRow(
        id=new_id(), version=1, verb=OLD if verb == STAYS else verb, conflict_key=found.key, study_id=found.study_id, site_id=site_id,
        gone_id=None, kept_id=None, reason=reason, details={}, at=work.now, by_id=actor.id, by_name=actor.name,
    )  # fmt: skip
    if verb == SAME:
        gone, kept = _claimed_patient(work, found.rows[0]), work.get(StudyRow, found.study_id).patient_id
        if not identity_cases.same_number(work, found.rows[0], work.get(StudyRow, found.study_id)):
            row.gone_id, row.kept_id = gone, kept
    details: dict[str, object] = {"rows": sorted(rows), "held": held, **({"stays": True} if verb == STAYS else {})}
    if found.reason == SITE and verb != STAYS:
        details["elsewhere"] = True
    if row.gone_id is not None:
        draw(work, row)
    if verb == NEW:
        details["exchanged"] = [_exchange(work, rows[row_id], each.header) for row_id, each in ready.items()]
        details["indexed"] = reindex(work, found.study_id, [each.header for each in ready.values()])
        taken = [(rows[row_id], each.header) for row_id, each in ready.items()]
        details["identity"] = identity_anew.take(work, found.study_id, taken, rest)
    elif verb in (SAME, OTHER, BOTH):
        details["taken"] = sorted(_taken(work, ready.values(), actor))
    row.details = dict(details)
    work.session.add(row)
    work.session.flush()
    return row


def _claimed_patient(work: Work, row: QuarantineRow) -> str:
    """The patient that the object names, made known where they are not."""
    known = patient_claimed(work, row)
    if known is not None:
        return known.id
    values = {
        "id": new_id(), "version": 1, "issuer": claimed(row, "issuer"), "key": claimed(row, "key"), "number": claimed(row, "patient_id"),
        "name": claimed(row, "name_full"), "sex": claimed(row, "sex"), "birth_date": claimed(row, "birth_date"), "created_at": work.now,
    }  # fmt: skip
    insert_new(work.session, PatientRow, values, "issuer", "key")
    made = patient_claimed(work, row)
    if made is None:
        raise absent("patient.absent", claimed(row, "key"))
    return made.id


def _taken(work: Work, ready: Iterable[Arrival], actor: Actor) -> Iterator[str]:
    """Take the objects in; the ids of those that are shown since then and were not before."""
    for each in ready:
        outcome = index(work, each)
        if outcome.kind is Kind.IDENTITY or outcome.instance_id is None:
            raise invalid("conflict.again", each.header.sop_uid, sop_uid=each.header.sop_uid)
        instance = work.get(InstanceRow, outcome.instance_id)
        if instance.rejected == UNDONE:
            take_back(work, [instance], actor.name, _WHY)
            yield instance.id
        elif outcome.kind is Kind.STORED:
            yield instance.id


def _exchange(work: Work, row: QuarantineRow, header: Header) -> str:
    """The object that is shown and the one kept apart change places; each keeps its row. The study settles once more."""
    instance = work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == row.sop_uid)).one()
    before = {name: getattr(instance, name) for name in _SWAPPED}
    for name in _SWAPPED:
        setattr(instance, name, getattr(row, name))
    instance.number, instance.rows, instance.columns = header.instance_number, header.rows, header.columns
    instance.frames, instance.identity_sha = header.frames, header.identity_sha
    work.session.flush()
    work.keep(row, **before)
    study = work.get(StudyRow, instance.study_id)
    work.keep(study, state=RECEIVING, settle_at=work.now, size=study.size - before["size"] + instance.size)
    return row.id


_SWAPPED = ("transfer_syntax", "sha256", "size", "blob_key", "dataset_offset")


def _before(work: Work, blobs: BlobStore, row: DecisionRow) -> dict[str, Header]:
    """What an exchange put apart, by the row that holds it now."""
    found: dict[str, Header] = {}
    for each in _rows_of(work, row):
        if each.id in (row.details.get("exchanged") or ()):
            file = blobs.path(str(each.blob_key))
            if file is None:
                raise absent("blob.absent", str(each.blob_key))
            found[each.id] = read_stored(file, claimed(each, "charset") or None)
    return found


def _undo_effect(work: Work, row: DecisionRow, by: str) -> None:
    taken = row.details.get("taken") or []
    if taken:
        set_aside(work, work.session.scalars(select(InstanceRow).where(InstanceRow.id.in_(taken))).all(), UNDONE, by)
    if row.gone_id is not None:
        erase(work, row)


def _rows_of(work: Work, row: DecisionRow) -> list[QuarantineRow]:
    ids = row.details.get("rows") or []
    return list(work.session.scalars(select(QuarantineRow).where(QuarantineRow.id.in_(ids)).order_by(QuarantineRow.id)))


def _told(work: Work, row: DecisionRow, objects: Sequence[QuarantineRow]) -> Fact:
    study_id = str(row.study_id)
    sites = tuple(sorted({*audience(work, study_id), work.get(StudyRow, study_id).site_id, objects[0].site_id}))
    details: dict[str, Json] = {"objects": len(objects), "reason": row.undone_reason or row.reason}
    return facts.conflict_decided(row.id, row.version, verb_of(row), study_id, sites, details)
