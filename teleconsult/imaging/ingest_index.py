"""The index side of an arrival: one transaction, five statements for most objects, safe against the same object coming twice at once.

Rows are always taken in the order patient, study, series, instance, and counted in the order series, study, so that two
arrivals wait for each other and never dead-lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, case, insert, select, update

from teleconsult.imaging import quarantine
from teleconsult.imaging.header import Header
from teleconsult.imaging.ingest_sender import Sender
from teleconsult.imaging.ingest_study import add_series, count_series, issuer_of, open_study, patient_key
from teleconsult.imaging.lifecycle import RECEIVING
from teleconsult.imaging.merge import are_one
from teleconsult.imaging.rejection_notes import announce, announce_again
from teleconsult.imaging.settle import Quiet
from teleconsult.imaging.staging import StagedObject
from teleconsult.imaging.tables import ArrivalRow, InstanceRow, PatientRow, SeriesRow, StudyRow
from teleconsult.kernel.values import new_id
from teleconsult.records.insert import insert_many, insert_new, table_of
from teleconsult.records.work import Work

_URGENCY = {"ROUTINE": 0, "URGENT": 1, "STAT": 2}

# Built once: putting a statement together takes longer than the database needs to run it.
_STUDIES, _SERIES, _PATIENTS = table_of(StudyRow), table_of(SeriesRow), table_of(PatientRow)
_PLACE = (
    select(
        _STUDIES.c.id,
        _STUDIES.c.site_id,
        _STUDIES.c.issuer,
        _PATIENTS.c.key,
        _STUDIES.c.priority,
        _SERIES.c.id,
        _PATIENTS.c.id.label("patient"),
    )
    .select_from(_STUDIES)
    .join(_PATIENTS, _PATIENTS.c.id == _STUDIES.c.patient_id)
    .outerjoin(_SERIES, and_(_SERIES.c.study_id == _STUDIES.c.id, _SERIES.c.series_uid == bindparam("series")))
    .where(_STUDIES.c.study_uid == bindparam("study"))
)
_COUNT_SERIES = (
    update(_SERIES)
    .where(_SERIES.c.id == bindparam("which"))
    .values(instance_count=_SERIES.c.instance_count + bindparam("more"))
)
_COUNT_STUDY = (
    update(_STUDIES)
    .where(_STUDIES.c.id == bindparam("which"))
    .values(
        instance_count=_STUDIES.c.instance_count + bindparam("more"),
        size=_STUDIES.c.size + bindparam("bytes"),
        last_arrival_at=bindparam("at"),
        settle_at=bindparam("until"),
        priority=bindparam("urgency"),
        version=_STUDIES.c.version + case((_STUDIES.c.state == RECEIVING, 0), else_=1),
        state=RECEIVING,
    )
)
_NOTE = insert(table_of(ArrivalRow))


class Kind(StrEnum):
    """What became of an object that was taken in."""

    STORED = "stored"
    REPEAT = "repeat"
    OTHER_SYNTAX = "other_syntax"
    CONFLICT = "conflict"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`instance_id` is the object that is shown under this SOP Instance UID, None where there is none. `elsewhere`: it was set apart
    beside a study that another hospital has registered."""

    kind: Kind
    study_id: str
    instance_id: str | None
    quarantine_id: str | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """One object on its way into the index; `key` names its bytes, which are safe already. `id` will be its arrival's."""

    sender: Sender
    header: Header
    staged: StagedObject
    key: str
    quiet: Quiet
    id: str = field(default_factory=new_id)
    at: datetime | None = None  # when it came, if not now
    compared: dict[str, bool] | None = None
    """By the key of a kept object in another transfer syntax, whether this one was proved to be the same. None: nobody can compare."""


class Uncompared(Exception):
    """Whether the object is the one kept under `key` is not known yet. Not to be found out within a transaction: it may take long."""

    def __init__(self, sop_uid: str, key: str) -> None:
        super().__init__(f"{sop_uid}: {key}")
        self.key = key


class _Place(NamedTuple):
    """Where an object belongs: the study as known, its patient, and the series if there is one."""

    study_id: str
    site_id: str
    issuer: str
    patient_key: str
    priority: str
    series_id: str | None
    patient_id: str


class _First(NamedTuple):
    """The object that is kept under a SOP Instance UID."""

    id: str
    study_id: str
    site_id: str
    sha256: str
    transfer_syntax: str
    identity_sha: str
    blob_key: str
    issuer: str
    patient_key: str
    patient_id: str


def index(work: Work, arrival: Arrival) -> Outcome:
    """Decide what the object is, and note it. Repeats safely; the database decides between two at once.

    Raises Uncompared where that depends on a comparison that was not made; where nobody can compare, the object is set apart.
    """
    place = _place(work, arrival.header)
    if place and place.series_id and _same_patient(work, place, arrival):
        return _add(work, arrival, place, place.series_id, new_series=False) or _again(work, arrival)
    if _first(work, arrival.header.sop_uid):
        return _again(work, arrival)
    point = work.session.begin_nested()
    if place is None:
        open_study(work, arrival.sender, arrival.header, arrival.quiet)
        place = _known_place(work, arrival.header)
    if not _same_patient(work, place, arrival):
        point.rollback()
        return _another_patient(work, arrival, place)
    new_series = add_series(work, arrival.header, place.study_id)
    place = _known_place(work, arrival.header)
    outcome = _add(work, arrival, place, place.series_id or "", new_series)
    if outcome is None:  # the same object came another way and was faster
        point.rollback()
        return _again(work, arrival)
    point.commit()
    return outcome


def _place(work: Work, header: Header) -> _Place | None:
    found = work.session.execute(_PLACE, {"study": header.study_uid, "series": header.series_uid}).first()
    return _Place(*found) if found else None


def _known_place(work: Work, header: Header) -> _Place:
    place = _place(work, header)
    if place is None:
        raise LookupError(f"study {header.study_uid} was made and is not there")
    return place


def _same_patient(work: Work, place: "_Place | _First", arrival: Arrival) -> bool:
    """The same number of the same issuer, or another number that somebody has said is the same person's."""
    issuer, key = issuer_of(arrival.header, arrival.sender), patient_key(arrival.header)
    return (place.issuer, place.patient_key) == (issuer, key) or are_one(work, place.patient_id, issuer, key)


def _first(work: Work, sop_uid: str) -> _First | None:
    found = work.session.execute(
        select(
            InstanceRow.id,
            InstanceRow.study_id,
            StudyRow.site_id,
            InstanceRow.sha256,
            InstanceRow.transfer_syntax,
            InstanceRow.identity_sha,
            InstanceRow.blob_key,
            StudyRow.issuer,
            PatientRow.key,
            PatientRow.id,
        )
        .join(StudyRow, StudyRow.id == InstanceRow.study_id)
        .join(PatientRow, PatientRow.id == StudyRow.patient_id)
        .where(InstanceRow.sop_uid == sop_uid)
    ).first()
    return _First(*tuple(found)) if found else None


def _add(work: Work, arrival: Arrival, place: _Place, series_id: str, new_series: bool) -> Outcome | None:
    """None where an object with this SOP Instance UID is there."""
    values = _row(work, arrival, place, series_id)
    if not insert_new(work.session, InstanceRow, values, "sop_uid"):
        return None
    _count(work, [arrival], place, series_id)
    if new_series:
        count_series(work, arrival.header, place.study_id)
    announce(work, [arrival.header], place.study_id, arrival.sender)
    return _note(work, arrival, Outcome(Kind.STORED, place.study_id, str(values["id"])))


def _row(work: Work, arrival: Arrival, place: _Place, series_id: str) -> dict[str, Any]:
    header, staged = arrival.header, arrival.staged
    return {
        "id": new_id(), "study_id": place.study_id, "series_id": series_id, "sop_uid": header.sop_uid, "sop_class": header.sop_class,
        "transfer_syntax": staged.transfer_syntax, "number": header.instance_number, "rows": header.rows, "columns": header.columns,
        "frames": header.frames, "size": staged.size, "sha256": staged.sha256_dataset, "identity_sha": header.identity_sha,
        "blob_key": arrival.key, "dataset_offset": staged.dataset_offset, "arrived_at": arrival.at or work.now,
    }  # fmt: skip


def _count(work: Work, added: Sequence[Arrival], place: _Place, series_id: str) -> None:
    """Series and study with so many objects more: the study waits for quiet again, from whatever state."""
    work.session.execute(_COUNT_SERIES, {"which": series_id, "more": len(added)})
    priority = max([place.priority, *(each.header.priority for each in added)], key=_URGENCY.__getitem__)
    until, size = added[0].quiet.until(work.now, priority), sum(each.staged.size for each in added)
    more = {
        "which": place.study_id, "more": len(added), "bytes": size, "at": work.now, "until": until, "urgency": priority
    }  # fmt: skip
    work.session.execute(_COUNT_STUDY, more)


def index_series(work: Work, arrivals: Sequence[Arrival]) -> None:
    """As `index` for each, of arrivals by one sender for one series: those that are plainly new are counted together."""
    place = _place(work, arrivals[0].header)
    if len(arrivals) > 1 and not (place and place.series_id):
        index(work, arrivals[0])  # it makes the place that the others are counted in
        arrivals = arrivals[1:]
        place = _place(work, arrivals[0].header)
    plain = list[Arrival]()
    if place and place.series_id:
        unlike = {each.header.sop_uid for each in arrivals if not _same_patient(work, place, each)}
        first = {each.header.sop_uid: each for each in reversed(arrivals) if each.header.sop_uid not in unlike}
        plain = [each for each in arrivals if first.get(each.header.sop_uid) is each]
    if len(plain) > 1 and place and place.series_id:
        added = _add_many(work, plain, place, place.series_id)
        arrivals = [each for each in arrivals if each.id not in added]
    for arrival in arrivals:
        index(work, arrival)


def _add_many(work: Work, arrivals: Sequence[Arrival], place: _Place, series_id: str) -> set[str]:
    """Insert those whose SOP Instance UID is not there; their arrivals' ids."""
    rows = {each.id: _row(work, each, place, series_id) for each in arrivals}
    new = insert_many(work.session, InstanceRow, list(rows.values()), "sop_uid")
    added = [each for each in arrivals if rows[each.id]["id"] in new]
    if added:
        _count(work, added, place, series_id)
        notes = [_note_of(work, each, Outcome(Kind.STORED, place.study_id, rows[each.id]["id"])) for each in added]
        work.session.execute(_NOTE, notes)
        announce(work, [each.header for each in added], place.study_id, added[0].sender)
    return {each.id for each in added}


def known(work: Work, arrival_ids: Sequence[str]) -> set[str]:
    """Those of the arrivals that are in the index already: whoever brings them again was interrupted before he knew."""
    return set(work.session.scalars(select(ArrivalRow.id).where(ArrivalRow.id.in_(arrival_ids))))


def _again(work: Work, arrival: Arrival) -> Outcome:
    """An object whose SOP Instance UID is known: the same, proved to be the same in another transfer syntax, or another."""
    first = _first(work, arrival.header.sop_uid)
    if first is None:
        raise LookupError(f"instance {arrival.header.sop_uid} was in the way and is not there")
    same_syntax = first.transfer_syntax == arrival.staged.transfer_syntax
    same = (
        first.sha256 == arrival.staged.sha256_dataset
        if same_syntax
        else first.identity_sha == arrival.header.identity_sha
    )
    if same and not _same_patient(work, first, arrival):
        # Another hospital sends the very study: nobody there may believe that it was taken in as theirs.
        return _another_patient(work, arrival, first)
    if same and same_syntax:
        announce_again(work, arrival.header, first.study_id, arrival.sender)
        return _note(work, arrival, Outcome(Kind.REPEAT, first.study_id, first.id))
    if same and _is_proved(arrival, first):
        # Its bytes stay, although nothing points to them: whoever deletes here races with whoever is about to point.
        return _note(work, arrival, Outcome(Kind.OTHER_SYNTAX, first.study_id, first.id))
    row_id = _apart(work, arrival, first, quarantine.INSTANCE)
    return _note(work, arrival, Outcome(Kind.CONFLICT, first.study_id, first.id, row_id))


def _is_proved(arrival: Arrival, first: _First) -> bool:
    if arrival.compared is None:
        return False
    if first.blob_key not in arrival.compared:
        raise Uncompared(arrival.header.sop_uid, first.blob_key)
    return arrival.compared[first.blob_key]


def _another_patient(work: Work, arrival: Arrival, place: "_Place | _First") -> Outcome:
    row_id = _apart(work, arrival, place, quarantine.IDENTITY)
    elsewhere = place.site_id != arrival.sender.site_id
    return _note(work, arrival, Outcome(Kind.IDENTITY, place.study_id, None, row_id, elsewhere))


def _apart(work: Work, arrival: Arrival, place: "_Place | _First", reason: str) -> str:
    sender, staged, header = arrival.sender, arrival.staged, arrival.header
    return quarantine.conflict(work, sender, staged, header, place.study_id, (place.site_id,), reason, arrival.key)


def _note(work: Work, arrival: Arrival, outcome: Outcome) -> Outcome:
    """One row per arrival; no fact, the study counts."""
    work.session.execute(_NOTE, _note_of(work, arrival, outcome))
    return outcome


def _note_of(work: Work, arrival: Arrival, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": arrival.id, "at": arrival.at or work.now, "site_id": arrival.sender.site_id, "peer_id": arrival.sender.id, "kind": outcome.kind.value,
        "transfer_syntax": arrival.staged.transfer_syntax, "size": arrival.staged.size,
        "instance_id": outcome.instance_id, "quarantine_id": outcome.quarantine_id,
    }  # fmt: skip
