"""The rows that the first object of a patient, a study or a series makes."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from teleconsult.access import open_share
from teleconsult.imaging import find_names
from teleconsult.imaging.expected import expect
from teleconsult.imaging.facts import study_arrived
from teleconsult.imaging.header import Header
from teleconsult.imaging.ingest_sender import Sender
from teleconsult.imaging.lifecycle import STUDY
from teleconsult.imaging.settle import Quiet
from teleconsult.imaging.tables import PatientRow, SeriesRow, StudyNameRow, StudyRow
from teleconsult.kernel.values import new_id
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Work

_BESIDE_IMAGES = frozenset(
    {"SR", "KO", "PR", "DOC", "OT", "SEG", "REG", "FID", "AU", "RTSTRUCT", "RTPLAN", "RTDOSE", "RTRECORD", "PLAN", "SC"}
)


def issuer_of(header: Header, sender: Sender) -> str:
    """Who gave the patient's number: what (0010,0021) is mapped to for this sender, else the sender's own site."""
    return sender.issuers.get(header.issuer_raw, sender.site_id) if header.issuer_raw else sender.site_id


def patient_key(header: Header) -> str:
    """The patient's number; without one the study stands for its patient, so that no two people become one."""
    return header.patient_id or f"study {header.study_uid}"


def open_study(work: Work, sender: Sender, header: Header, quiet: Quiet) -> None:
    """Make patient and study where they are not there yet; whoever makes the study shares it with its site and announces it."""
    patient_id, known_as = _patient(work, sender, header)
    study_id = new_id()
    values = {
        "id": study_id, "version": 1, "study_uid": header.study_uid, "patient_id": patient_id, "site_id": sender.site_id, "peer_id": sender.id,
        "issuer": issuer_of(header, sender), "patient_number": header.patient_id, "name": header.name, "name_shown": find_names.shown(header.name),
        "name_raw": header.name_raw, "doubtful": header.doubtful, "name_differs": names_differ(known_as, header.name),
        "charset": header.charset.name[:80], "charset_reason": header.charset.reason, "sex": header.sex, "birth_date": header.birth_date,
        "age": header.age, "accession": header.accession, "study_number": header.study_number, "study_date": header.study_date,
        "study_time": header.study_time, "description": header.study_description, "body_part": header.body_part, "referring": header.referring,
        "institution": header.institution, "modality": header.modality, "modalities": [], "priority": header.priority, "state": STUDY.start,
        "arrived_at": work.now, "last_arrival_at": work.now, "settle_at": quiet.until(work.now, header.priority),
    }  # fmt: skip
    if not insert_new(work.session, StudyRow, values, "study_uid"):
        return
    names = [{"study_id": study_id, "key": key} for key in sorted(find_names.keys(header.name))]
    if names:
        work.session.execute(insert(StudyNameRow), names)
    open_share(work, study_id, sender.site_id, "origin")
    if header.declared > 1:
        expect(work, sender.site_id, header.study_uid, "images", header.declared)
    work.record(study_arrived(study_id, sender.site_id, header.modality, header.priority))


def _patient(work: Work, sender: Sender, header: Header) -> tuple[str, str]:
    issuer, key = issuer_of(header, sender), patient_key(header)
    values = {
        "id": new_id(), "version": 1, "issuer": issuer, "key": key, "number": header.patient_id, "name": header.name, "sex": header.sex,
        "birth_date": header.birth_date, "created_at": work.now,
    }  # fmt: skip
    if insert_new(work.session, PatientRow, values, "issuer", "key"):
        return str(values["id"]), header.name
    found = work.session.execute(
        select(PatientRow.id, PatientRow.name).where(PatientRow.issuer == issuer, PatientRow.key == key)
    ).one()
    return found.id, found.name


def names_differ(one: str, other: str) -> bool:
    """Whether two names share no writing at all: a number typed wrongly, perhaps."""
    return bool(find_names.spellings(one) and find_names.spellings(other)) and not find_names.alike(one, other)


def add_series(work: Work, header: Header, study_id: str) -> bool:
    """Make the series unless it is there; whether it is new."""
    values = {
        "id": new_id(), "study_id": study_id, "series_uid": header.series_uid, "number": header.series_number, "modality": header.modality,
        "description": header.series_description, "body_part": header.body_part, "created_at": work.now,
    }  # fmt: skip
    return insert_new(work.session, SeriesRow, values, "study_id", "series_uid")


def count_series(work: Work, header: Header, study_id: str) -> None:
    """After a new series, with the study's row locked by this transaction: its modalities, and the one it is read as."""
    ordered = (
        select(SeriesRow.modality)
        .where(SeriesRow.study_id == study_id, SeriesRow.instance_count > 0)
        .order_by(SeriesRow.created_at, SeriesRow.id)
    )
    found = list(work.session.scalars(ordered))
    description = select(StudyRow.description, StudyRow.body_part).where(StudyRow.id == study_id)
    said, body_part = work.session.execute(description).one()
    work.session.execute(
        update(StudyRow)
        .where(StudyRow.id == study_id)
        .values(
            series_count=len(found), modalities=list(dict.fromkeys(found)), modality=read_as(found),
            description=said or header.study_description, body_part=body_part or header.body_part,
        ),
        execution_options={"synchronize_session": False},
    )  # fmt: skip


def read_as(modalities: Sequence[str]) -> str:
    """The first modality that makes images; the first of all where none does."""
    return next((each for each in modalities if each not in _BESIDE_IMAGES), modalities[0])
