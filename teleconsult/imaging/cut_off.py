"""Objects that did not come whole: the connection was lost, or the peer gave up, in the middle of one.

Nothing of them is kept. What is noted is whose they were, as far as the part that came says so beyond doubt, so that a technologist knows
what to send again. A note is over by itself once the object has come whole.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, exists, select, update

from teleconsult.imaging import facts
from teleconsult.imaging import header_text as text
from teleconsult.imaging.header_begun import Begun, begun
from teleconsult.imaging.ingest_sender import Sender
from teleconsult.imaging.tables import InstanceRow, QuarantineRow
from teleconsult.kernel.values import new_id, sha256_hex
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Work

CUT_OFF: Final = "object.cut_off"
LOST, ABORTED, SILENT, GARBLED, STOPPED = "lost", "aborted", "silent", "garbled", "stopped"
"""Why: the connection broke, the peer said that it gives up, it fell silent, it sent what is no DICOM, we were stopping."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What came of an object: what was announced, the first bytes of its data set, how many bytes in all, and why no more."""

    sop_class: str
    sop_uid: str
    transfer_syntax: str
    head: bytes
    size: int
    cause: str


def note(work: Work, sender: Sender, cut: Cut) -> str:
    """Put it on the site's list of arrivals, once for each object of a sender (`times`); the row's id. Names nobody whom the bytes do not
    name for sure. Repeats count."""
    sop_uid = text.uid(cut.sop_uid.encode("ascii", "replace"))
    said = begun(cut.head, cut.transfer_syntax, sop_uid, sender.charset)
    latest = _latest(work, cut, said)
    values: dict[str, Any] = {
        "id": new_id(), "version": 1, "site_id": sender.site_id, "peer_id": sender.id, "sender": sender.ae_title, "reason": CUT_OFF,
        "detail": f"{cut.size} bytes came", "sop_uid": sop_uid, "study_id": None, "transfer_syntax": cut.transfer_syntax,
        "sha256": sha256_hex(f"{sender.id}\0{sop_uid}".encode()), "blob_key": None, "dataset_offset": 0, "at": work.now, "times": 1,
        "conflict_key": None, **latest,
    }  # fmt: skip
    if insert_new(work.session, QuarantineRow, values, "site_id", "reason", "sha256", "transfer_syntax"):
        work.record(facts.transfer_cut_off(values["id"], sender.site_id, sop_uid, sender.ae_title, cut.cause))
        return str(values["id"])
    return _again(work, values, latest)


def came_whole() -> ColumnElement[bool]:
    """Whether the object of a note has come since."""
    here = exists().where(InstanceRow.sop_uid == QuarantineRow.sop_uid)
    return and_(QuarantineRow.reason == CUT_OFF, here)


def whole_since(work: Work, rows: Collection[QuarantineRow]) -> set[str]:
    """The ids of those rows that note an object which has come since."""
    ids = [row.id for row in rows if row.reason == CUT_OFF]
    return set(work.session.scalars(select(QuarantineRow.id).where(QuarantineRow.id.in_(ids), came_whole())))


def _latest(work: Work, cut: Cut, said: Begun) -> dict[str, Any]:
    params = {
        "cause": cut.cause, "name": said.name, "patient_id": said.patient_id, "study_date": said.study_date, "modality": said.modality,
        "description": said.description,
    }  # fmt: skip
    return {
        "params": params, "study_uid": said.study_uid, "size": cut.size, "last_at": work.now, "state": "open", "resolved_at": None,
        "resolved_by": None, "note": None,
    }  # fmt: skip


def _again(work: Work, values: dict[str, Any], latest: dict[str, Any]) -> str:
    same = (
        QuarantineRow.site_id == values["site_id"],
        QuarantineRow.reason == CUT_OFF,
        QuarantineRow.sha256 == values["sha256"],
        QuarantineRow.transfer_syntax == values["transfer_syntax"],
    )
    row = work.session.scalars(select(QuarantineRow).where(*same)).one()
    if not latest["study_uid"] and row.study_uid:  # less came than before: what it said then is still true
        latest = {**latest, "study_uid": row.study_uid, "params": {**row.params, "cause": values["params"]["cause"]}}
    work.session.execute(
        update(QuarantineRow)
        .where(QuarantineRow.id == row.id)
        .values(**latest, times=QuarantineRow.times + 1, version=QuarantineRow.version + 1, detail=values["detail"]),
        execution_options={"synchronize_session": False},
    )
    return row.id
