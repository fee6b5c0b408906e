"""What the index and the disk hold, looked at from outside."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from teleconsult.access.tables import PeerRow
from teleconsult.imaging.tables import ArrivalRow, InstanceRow, PatientRow, QuarantineRow, StudyRow
from teleconsult.records.tables import FactRow
from teleconsult.system import System


def instances(system: System, sop_uid: str) -> list[InstanceRow]:
    with system.read() as work:
        return list(work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == sop_uid)))


def counted(system: System) -> int:
    with system.read() as work:
        return work.session.scalars(select(func.count()).select_from(InstanceRow)).one()


def studies(system: System) -> list[StudyRow]:
    with system.read() as work:
        return list(work.session.scalars(select(StudyRow).order_by(StudyRow.arrived_at)))


def patients(system: System) -> list[PatientRow]:
    with system.read() as work:
        return list(work.session.scalars(select(PatientRow).order_by(PatientRow.created_at)))


def quarantined(system: System) -> list[QuarantineRow]:
    with system.read() as work:
        return list(work.session.scalars(select(QuarantineRow).order_by(QuarantineRow.at)))


def arrivals(system: System) -> list[str]:
    """What became of each arrival, in order."""
    with system.read() as work:
        return list(work.session.scalars(select(ArrivalRow.kind).order_by(ArrivalRow.at, ArrivalRow.id)))


def bytes_of(system: System, row: InstanceRow | QuarantineRow) -> bytes:
    """The data set as it is kept."""
    assert row.blob_key
    kept = system.blobs.read(row.blob_key)
    assert kept[128:132] == b"DICM"
    data_set = kept[row.dataset_offset :]
    assert hashlib.sha256(data_set).hexdigest() == row.sha256
    return data_set


def drafts(system: System) -> list[Path]:
    """Half-received files."""
    return [path for path in system.blobs.staging().iterdir() if path.is_file()]


def counted_in(system: System, study_id: str) -> int:
    with system.read() as work:
        rows = select(func.count()).select_from(InstanceRow).where(InstanceRow.study_id == study_id)
        return work.session.scalars(rows).one()


def facts_named(system: System, *names: str) -> list[str]:
    with system.read() as work:
        return list(work.session.scalars(select(FactRow.name).where(FactRow.name.in_(names)).order_by(FactRow.seq)))


def last_error(system: System, ae_title: str) -> str:
    with system.read() as work:
        return work.session.scalars(select(PeerRow.last_error).where(PeerRow.ae_title == ae_title)).one() or ""


def last_seen(system: System, ae_title: str) -> datetime | None:
    with system.read() as work:
        return work.session.scalars(select(PeerRow.last_seen_at).where(PeerRow.ae_title == ae_title)).one()
