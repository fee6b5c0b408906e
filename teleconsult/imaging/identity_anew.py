"""Whose a study is, after a new object was taken in the place of an old one: as if the new one had come first.

The rules are those of arriving. A study is of whom its first object names, and other objects under the same number are let in whatever
they say (`ingest_study`). So the identity is taken anew where the first object was exchanged, and stays otherwise; and where an object
says another person than the study, or another study of the patient does, the study is marked (`name_differs`): every screen and paper
then asks to compare. What was said before goes with the decision, for its way back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, insert, select

from teleconsult.access import Actor, audience
from teleconsult.imaging import facts, find_names
from teleconsult.imaging.header import Header, read_stored
from teleconsult.imaging.identity_cases import patient_claimed
from teleconsult.imaging.ingest_study import names_differ
from teleconsult.imaging.person import Named, Person, contradict, person
from teleconsult.imaging.rejection import shown
from teleconsult.imaging.tables import InstanceRow, PatientRow, QuarantineRow, StudyNameRow, StudyRow
from teleconsult.imaging.tables_identity import DecisionRow
from teleconsult.kernel.errors import Refused, conflict
from teleconsult.records.blobs import BlobStore
from teleconsult.records.work import Store, Work

_OF_PATIENT: Final = ("name", "sex", "birth_date")
Said = Mapping[str, Any]


def look(
    store: Store, blobs: BlobStore, actor: Actor, study_id: str, headers: Mapping[str, Header]
) -> frozenset[Person] | None:
    """Before `take`, whom the other objects of the study name, beside those (by SOP Instance UID) that are to be exchanged. None where
    these say of the person what the study says, and nothing else was ever said: then nothing is read, and nothing changes."""
    with store.read(actor) as work:
        study = work.get(StudyRow, study_id)
        return None if _agree(study, headers.values()) else _others(work, blobs, study, headers)


def take(
    work: Work, study_id: str, taken: Sequence[tuple[QuarantineRow, Header]], rest: frozenset[Person] | None
) -> dict[str, Any] | None:
    """Let the study be of whom its objects name, after `taken` came into their places; `rest` is what `look` found. What `give_back` needs.

    CONFLICT `version.stale` where the study came to be of somebody else since `look`.
    """
    study, headers = work.get(StudyRow, study_id), {header.sop_uid: header for _, header in taken}
    if rest is None:
        if not _agree(study, headers.values()):
            raise conflict("version.stale", f"study {study_id} names another person meanwhile")
        return None
    first = next((each for each in taken if each[1].sop_uid == _first(work, study_id)), None)
    now = _of_object(work, study, *first) if first else {}
    before = {name: getattr(study, name) for name in (*now, "name_differs")}
    patient = _alone(work, study) if first and "patient_id" not in now else None
    patient_after = {name: now[name] for name in _OF_PATIENT} if patient else {}
    patient_before = {name: getattr(patient, name) for name in patient_after}
    if patient and patient_after != patient_before:
        work.keep(patient, **patient_after)
    _set(work, study, now)
    after = {**now, "name_differs": _is_doubtful(work, study, {*rest, *map(person, headers.values())})}
    _tell(work, study, before, after)
    return {
        "before": _kept(before), "after": _kept(after), "patient_before": patient_before, "patient_after": patient_after,
    }  # fmt: skip


def look_back(work: Work, blobs: BlobStore, row: DecisionRow, headers: Mapping[str, Header]) -> frozenset[Person]:
    """Before `give_back`, whom the objects of the study will name then: `headers` are those that come back, by SOP Instance UID."""
    if not row.details.get("identity"):
        return frozenset()
    return _others(work, blobs, work.get(StudyRow, str(row.study_id)), headers) | {*map(person, headers.values())}


def give_back(work: Work, row: DecisionRow, there: Iterable[Person]) -> None:
    """Let the study be of whom it was before `take`, unless another decision has said otherwise since; `there` is from `look_back`."""
    said = row.details.get("identity")
    if not said:
        return
    study, before, after = work.get(StudyRow, str(row.study_id)), _unkept(said["before"]), _unkept(said["after"])
    present = {name: getattr(study, name) for name in after}
    untouched, mark = present == after, before.pop("name_differs")
    if {**present, "name_differs": after["name_differs"]} == after:
        if said["patient_after"]:
            _give_back_patient(work, work.get(PatientRow, study.patient_id), said)
        _set(work, study, before)
    now = {name: getattr(study, name) for name in before}
    _tell(work, study, present, {**now, "name_differs": mark if untouched else _is_doubtful(work, study, there)})


def _give_back_patient(work: Work, patient: PatientRow, said: Said) -> None:
    if {name: getattr(patient, name) for name in _OF_PATIENT} == said["patient_after"]:
        work.keep(patient, **said["patient_before"])


def _agree(study: StudyRow, headers: Iterable[Header]) -> bool:
    return not study.name_differs and all(
        (person(header), header.patient_id) == (person(study), study.patient_number) for header in headers
    )


def _others(work: Work, blobs: BlobStore, study: StudyRow, besides: Collection[str]) -> frozenset[Person]:
    """Whom the objects that are shown name, each by its own header."""
    override = study.charset if study.charset_reason == "override" else None
    rows = select(InstanceRow.sop_uid, InstanceRow.blob_key).where(InstanceRow.study_id == study.id, shown())
    found = set[Person]()
    for sop_uid, key in work.session.execute(rows):
        file = None if sop_uid in besides else blobs.path(key)
        if file is not None:
            try:
                found.add(person(read_stored(file, override)))
            except Refused:  # bytes that went bad name nobody; the scrub says so
                continue
    return frozenset(found)


def _first(work: Work, study_id: str) -> str | None:
    """The object that came first, of those that are shown."""
    found = select(InstanceRow.sop_uid).where(InstanceRow.study_id == study_id, shown())
    return work.session.scalars(found.order_by(InstanceRow.id).limit(1)).first()


def _of_object(work: Work, study: StudyRow, row: QuarantineRow, header: Header) -> dict[str, Any]:
    """What `ingest_study.open_study` would write of this object. Its number is the patient's own or, of a person with several, another."""
    found = {
        "name": header.name, "name_shown": find_names.shown(header.name), "name_raw": header.name_raw, "doubtful": header.doubtful,
        "charset": header.charset.name[:80], "charset_reason": header.charset.reason, "sex": header.sex,
        "birth_date": header.birth_date, "age": header.age,
    }  # fmt: skip
    patient = patient_claimed(work, row)
    if patient is not None and patient.id != study.patient_id:
        found |= {"patient_id": patient.id, "issuer": patient.issuer, "patient_number": header.patient_id}
    return found


def _alone(work: Work, study: StudyRow) -> PatientRow | None:
    """The study's patient where nothing else is known of them than this study."""
    other = select(StudyRow.id).where(StudyRow.patient_id == study.patient_id, StudyRow.id != study.id).limit(1)
    return None if work.session.scalars(other).first() else work.get(PatientRow, study.patient_id)


def _set(work: Work, study: StudyRow, values: Said) -> None:
    """Without the study's version: whoever calls tells of it once."""
    if not values:
        return
    for name, value in values.items():
        setattr(study, name, value)
    work.session.flush()
    work.session.execute(delete(StudyNameRow).where(StudyNameRow.study_id == study.id))
    names = [{"study_id": study.id, "key": key} for key in sorted(find_names.keys(study.name))]
    if names:
        work.session.execute(insert(StudyNameRow), names)


def _is_doubtful(work: Work, study: StudyRow, said: Iterable[Person]) -> bool:
    patient = work.get(PatientRow, study.patient_id)
    return names_differ(patient.name, study.name) or any(_contradicts(study, each) for each in said)


def _contradicts(study: Named, other: Named) -> bool:
    """Whether both say something of the person and it is not the same; names as they are compared when a study arrives."""
    return names_differ(study.name, other.name) or bool(contradict(study, other))


def _tell(work: Work, study: StudyRow, before: Said, after: Said) -> None:
    """Keep the mark, and say what changed, where anything did."""
    changed = sorted(name for name, value in after.items() if before[name] != value)
    if changed:
        work.keep(study, name_differs=after["name_differs"])
        sites = tuple(sorted({*audience(work, study.id), study.site_id}))
        fields = [name for name in changed if name in ("name", "sex", "birth_date", "patient_number")]
        work.record(facts.study_identity_changed(study.id, study.version, sites, fields, after["name_differs"]))


def _kept(said: Said) -> dict[str, Any]:
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in said.items()}


def _unkept(said: Said) -> dict[str, Any]:
    return {name: bytes.fromhex(value) if name == "name_raw" else value for name, value in said.items()}
