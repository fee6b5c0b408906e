"""Studies in a database, without a scanner: rows as `imaging` would have written them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from teleconsult.access import open_share
from teleconsult.imaging.tables import InstanceRow, PatientRow, SeriesRow, StudyNameRow, StudyRow
from teleconsult.kernel.values import new_id
from teleconsult.records import Work

IMPLICIT_LITTLE = "1.2.840.10008.1.2"


def a_study(work: Work, site_id: str, number: int = 1, images: int = 2, **given: Any) -> StudyRow:
    """A prepared CT of a made-up patient, told apart by `number`, with one series of `images`."""
    patient = PatientRow(
        id=new_id(), version=1, issuer=site_id, key=f"P{number}", number=f"TEST-{number:06d}", name=f"测试^{number}",
        sex="F", birth_date="19800101", created_at=work.now,
    )  # fmt: skip
    work.add(patient)
    fields: dict[str, Any] = {
        "id": new_id(), "version": 1, "study_uid": f"1.2.3.{number}", "patient_id": patient.id, "site_id": site_id, "issuer": site_id,
        "patient_number": patient.number, "name": patient.name, "name_shown": f"测试{number}", "name_raw": b"", "doubtful": False,
        "name_differs": False, "charset": "GB18030", "charset_reason": "declared", "sex": "F", "birth_date": "19800101",
        "age": "045Y", "accession": f"A{number:06d}", "study_number": "", "study_date": "20261121", "study_time": "080000",
        "description": "胸部CT平扫", "body_part": "CHEST", "referring": "", "institution": "", "modality": "CT", "modalities": ["CT"],
        "priority": "ROUTINE", "state": "prepared", "arrived_at": work.now, "last_arrival_at": work.now,
        "settle_at": work.now + timedelta(seconds=60), "prepared_at": work.now, "series_count": 1, "instance_count": images,
        "size": 1000,
    }  # fmt: skip
    study = StudyRow(**{**fields, **given})
    work.add(study)
    open_share(work, study.id, site_id, "origin")
    for key in (study.name_shown, f"ceshi{number}", f"cs{number}"):
        work.add(StudyNameRow(study_id=study.id, key=key))
    if images:
        some_images(work, study, images)
    return study


def some_images(work: Work, study: StudyRow, images: int, first: int = 1) -> SeriesRow:
    """A series with `images` objects, numbered from `first`."""
    uid = f"{study.study_uid}.{first}"
    series = SeriesRow(
        id=new_id(), study_id=study.id, series_uid=uid, number=first, modality=study.modality, description="", body_part="",
        instance_count=images, created_at=work.now,
    )  # fmt: skip
    work.add(series)
    for number in range(first, first + images):
        work.session.add(
            InstanceRow(
                id=new_id(), study_id=study.id, series_id=series.id, sop_uid=f"{uid}.{number}", sop_class="1.2.840.10008.5.1.4.1.1.2",
                transfer_syntax=IMPLICIT_LITTLE, number=number, rows=8, columns=8, frames=1, size=500, sha256=f"{number:064x}",
                identity_sha="0" * 64, blob_key=f"dicom/{study.id}/{number}", dataset_offset=0, arrived_at=work.now,
            )
        )  # fmt: skip
    work.session.flush()
    return series
