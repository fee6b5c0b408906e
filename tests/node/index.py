"""What the index and the disk hold, looked at from outside."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from teleconsult.access.tables import PeerRow
from teleconsult.imaging import receipts
from teleconsult.imaging.tables import ArrivalRow, InstanceRow, PatientRow, QuarantineRow, StudyRow
from teleconsult.records.tables import FactRow
from teleconsult.system import System
from tests.children import wait_for


def settle(system: System, seconds: float = 60.0) -> None:
    """Wait until all that nodes of this home have acknowledged is in the index: the index follows the answer."""

    def waiting() -> set[str]:
        names = {file.stem.rpartition("-")[2] for file, _ in receipts.waiting(system.blobs.staging())}
        with system.read() as work:
            return names - set(work.session.scalars(select(ArrivalRow.id).where(ArrivalRow.id.in_(names))))

    # Twice: a node that takes over what another left moves files from one folder to the next meanwhile.
    wait_for(lambda: not waiting() and not waiting(), "everything acknowledged is indexed", seconds)


def instances(system: System, sop_uid: str) -> list[InstanceRow]:
    settle(system)
    with system.read() as work:
        return list(work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == sop_uid)))


def counted(system: System) -> int:
    settle(system)
    with system.read() as work:
        return work.session.scalars(select(func.count()).select_from(InstanceRow)).one()


def studies(system: System) -> list[StudyRow]:
    settle(system)
    with system.read() as work:
        return list(work.session.scalars(select(StudyRow).order_by(StudyRow.arrived_at)))


def patients(system: System) -> list[PatientRow]:
    settle(system)
    with system.read() as work:
        return list(work.session.scalars(select(PatientRow).order_by(PatientRow.created_at)))


def quarantined(system: System) -> list[QuarantineRow]:
    settle(system)
    with system.read() as work:
        return list(work.session.scalars(select(QuarantineRow).order_by(QuarantineRow.at)))


def arrivals(system: System) -> list[str]:
    """What became of each arrival, in order."""
    settle(system)
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
    """Half-received files: neither made ready for what may come nor acknowledged."""
    below = system.blobs.staging().rglob("*")
    return [path for path in below if path.is_file() and _has_content(path) and not receipts.is_sealed(path)]


def _has_content(path: Path) -> bool:
    with suppress(FileNotFoundError):
        return path.stat().st_size > 0 and path.stat().st_nlink == 1
    return False


def counted_in(system: System, study_id: str) -> int:
    settle(system)
    with system.read() as work:
        rows = select(func.count()).select_from(InstanceRow).where(InstanceRow.study_id == study_id)
        return work.session.scalars(rows).one()


def facts_named(system: System, *names: str) -> list[str]:
    settle(system)
    with system.read() as work:
        return list(work.session.scalars(select(FactRow.name).where(FactRow.name.in_(names)).order_by(FactRow.seq)))


def last_error(system: System, ae_title: str) -> str:
    with system.read() as work:
        return work.session.scalars(select(PeerRow.last_error).where(PeerRow.ae_title == ae_title)).one() or ""


def last_seen(system: System, ae_title: str) -> datetime | None:
    settle(system)
    with system.read() as work:
        return work.session.scalars(select(PeerRow.last_seen_at).where(PeerRow.ae_title == ae_title)).one()
