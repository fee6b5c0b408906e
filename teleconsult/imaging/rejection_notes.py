"""Rejection notes: key object selections whose title says that what they name is to be shown no more (the design follows IHE IOCM).

A note that arrives is announced by a fact; the job that follows reads it and rejects. A note speaks for its own hospital alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydicom import Dataset
from sqlalchemy import select

from teleconsult.imaging import facts, rejection_ahead
from teleconsult.imaging.header import Header
from teleconsult.imaging.ingest_sender import Sender
from teleconsult.imaging.pixels_file import opened, readable
from teleconsult.imaging.pixels_values import Undecodable
from teleconsult.imaging.rejection import CODES, set_aside, shown
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.imaging.tables_identity import RejectionRow
from teleconsult.kernel.errors import invalid
from teleconsult.records.work import Work

KEY_OBJECTS: Final = "1.2.840.10008.5.1.4.1.1.88.59"
_SCHEME = "DCM"


@dataclass(frozen=True, slots=True)
class Note:
    """A rejection note: the code of its title, and the SOP Instance UIDs that it names, by study."""

    code: str
    named: dict[str, tuple[str, ...]]


def announce(work: Work, headers: Sequence[Header], study_id: str, sender: Sender) -> None:
    """Say of each key object selection among these, which are of one study, that it came; what a note has named before is set aside."""
    for header in headers:
        if header.sop_class == KEY_OBJECTS:
            work.record(facts.key_objects_arrived(study_id, sender.site_id, header.sop_uid, sender.ae_title))
    rejection_ahead.arrived(work, study_id, headers[0].study_uid)


def announce_again(work: Work, header: Header, study_id: str, sender: Sender) -> None:
    """Say of a key object selection that came again that it did nothing, where it rejected objects that are shown again since."""
    if header.sop_class != KEY_OBJECTS:
        return
    named = select(RejectionRow.id).join(InstanceRow, InstanceRow.id == RejectionRow.instance_id)
    named = named.where(RejectionRow.study_id == study_id, RejectionRow.note_sop_uid == header.sop_uid, shown())
    if work.session.scalars(named.limit(1)).first() is not None:
        work.record(facts.rejection_repeated(study_id, sender.site_id, header.sop_uid, sender.ae_title))


def read_note(file: Path) -> Note | None:
    """The rejection that a key object selection says; None where its title is another. INVALID `object.unreadable`; OSError is the disk's."""
    try:
        with opened(file) as found, readable():
            code = _title(found.header)
            return Note(code, _named(found.header)) if code in CODES else None
    except Undecodable as error:
        raise invalid("object.unreadable", str(error)) from error


def apply(work: Work, note: Note, study_id: str, sop_uid: str, sender: str) -> int:
    """Reject what the note names of its own hospital's studies; how many objects. What has not come yet is set aside as it comes. Names of
    other hospitals' objects are reported by `RejectionIgnored` and do nothing. The note itself is shown as little as what it rejects.
    Repeats safely."""
    own = work.get(StudyRow, study_id)
    named = [uid for uids in note.named.values() for uid in uids if uid != sop_uid]
    rows: list[InstanceRow] = []
    here = {sop_uid}
    foreign = 0
    for place in range(0, len(named), 500):
        found = work.session.execute(
            select(InstanceRow, StudyRow.site_id, StudyRow.study_uid)
            .join(StudyRow, StudyRow.id == InstanceRow.study_id)
            .where(InstanceRow.sop_uid.in_(named[place : place + 500]))
        ).all()
        for row, site_id, study_uid in found:
            here.add(row.sop_uid)
            if site_id == own.site_id and row.sop_uid in note.named.get(study_uid, ()):
                rows.append(row)
            else:
                foreign += 1
    fresh = sum(1 for row in rows if row.rejected is None)
    if rows:
        rows += work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == sop_uid)).all()
        set_aside(work, rows, note.code, sender, sop_uid)
    missing = [(study_uid, uid) for study_uid, uids in note.named.items() for uid in uids if uid not in here]
    rejection_ahead.expect(work, own.site_id, missing, note.code, sop_uid, sender)
    if foreign:
        work.record(facts.rejection_ignored(study_id, own.site_id, sop_uid, sender, foreign))
    return fresh


def _title(ds: Dataset) -> str:
    concept = ds.get("ConceptNameCodeSequence")
    if not concept or str(concept[0].get("CodingSchemeDesignator", "")) != _SCHEME:
        return ""
    return str(concept[0].get("CodeValue", ""))


def _named(ds: Dataset) -> dict[str, tuple[str, ...]]:
    """Study Instance UID → SOP Instance UIDs of the evidence (PS3.3 C.17.6.2.1)."""
    found: dict[str, tuple[str, ...]] = {}
    for study in ds.get("CurrentRequestedProcedureEvidenceSequence") or ():
        uids = [
            str(item.ReferencedSOPInstanceUID)
            for series in study.get("ReferencedSeriesSequence") or ()
            for item in series.get("ReferencedSOPSequence") or ()
        ]
        uid = str(study.get("StudyInstanceUID", ""))
        found[uid] = (*found.get(uid, ()), *uids)
    return found
