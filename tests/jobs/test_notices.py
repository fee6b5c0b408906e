"""Whoever has to look into something is told of it: every kind of object that was not taken in rings somebody's bell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom import Dataset
from sqlalchemy import select

from teleconsult import access
from teleconsult.access import SYSTEM, Actor, Grant, Role, Title, notices
from teleconsult.imaging import QuarantineRow, identity_cases, identity_decide, quarantine
from teleconsult.imaging.ingest import Upload, ingest
from teleconsult.imaging.staging import stage_part10
from teleconsult.kernel.errors import Refused
from tests import synth
from tests.builders import Alliance, a_system, an_alliance
from tests.working import arrive, work_off


@pytest.fixture
def alliance(tmp_path: Path, sqlite_url: str) -> Iterator[Alliance]:
    system = a_system(tmp_path / "home", sqlite_url)
    yield an_alliance(system)
    system.store.engine.dispose()


def told(alliance: Alliance, login: str) -> list[str]:
    work_off(alliance.system)
    with alliance.system.read() as work:
        return [notice.row.code for notice in notices(work, alliance.people[login])]


def test_an_object_that_nobody_can_read_is_told_to_the_technologist_of_its_hospital(alliance: Alliance) -> None:
    broken = synth.ct_slice(1)
    del broken.StudyInstanceUID
    with pytest.raises(Refused, match=r"object\.no_uids"):
        arrive(alliance.system, synth.as_bytes(broken))
    with pytest.raises(Refused, match=r"object\.unreadable"):
        arrive(alliance.system, synth.as_bytes(synth.ct_slice(2))[:-50])
    assert told(alliance, "technician_a") == ["quarantine.refused"] * 2
    assert told(alliance, "doctor_b") == []


def said(alliance: Alliance, login: str) -> list[tuple[str, dict[str, object], bool]]:
    work_off(alliance.system)
    with alliance.system.read() as work:
        return [(each.row.code, each.row.params, each.waits) for each in notices(work, alliance.people[login])]


def test_of_what_a_person_uploaded_it_is_said_that_a_person_did(alliance: Alliance) -> None:
    technician = alliance.people["technician_a"]
    (site_id,) = technician.sites(Role.TECHNOLOGIST)
    broken = synth.ct_slice(1)
    del broken.StudyInstanceUID
    staged = stage_part10(alliance.system.blobs, [synth.as_bytes(broken)])
    with pytest.raises(Refused, match=r"object\.no_uids"):
        ingest(alliance.system.store, alliance.system.blobs, Upload(technician, site_id), staged)
    ((code, params, _),) = said(alliance, "technician_a")
    assert (code, params) == ("quarantine.refused", {"sender": technician.name, "count": 1, "by_person": True})


def test_objects_that_cannot_be_stored_for_one_reason_are_one_notice_until_they_are_dealt_with(
    alliance: Alliance,
) -> None:
    for number in (1, 2, 3):
        broken = synth.ct_slice(number)
        del broken.StudyInstanceUID
        with pytest.raises(Refused, match=r"object\.no_uids"):
            arrive(alliance.system, synth.as_bytes(broken))
        ((code, params, waits),) = said(alliance, "technician_a")
        assert (code, params, waits) == ("quarantine.refused", {"sender": "SCANNER_A", "count": number}, True)
    technician = alliance.people["technician_a"]
    for row in rows(alliance):
        assert said(alliance, "technician_a")[0][2]
        with alliance.system.work(technician) as work:
            quarantine.resolve(work, technician, row.id, "已在设备上更正")
    assert [waits for *_, waits in said(alliance, "technician_a")] == [False]


def a_technician_of_county_b(alliance: Alliance, password: str) -> Actor:
    site = alliance.sites["county_b"]
    with alliance.system.work() as work:
        grants = [Grant(Role.TECHNOLOGIST, site)]
        access.add_person(work, SYSTEM, "technician_b", "测试技师乙", Title.TECHNICIAN, site, grants, password)
    with alliance.system.read() as work:
        return access.actor_by_login(work, "technician_b")


def rows(alliance: Alliance) -> list[QuarantineRow]:
    with alliance.system.read() as work:
        return list(work.session.scalars(select(QuarantineRow)))


def contradict(alliance: Alliance, count: int, scanner: str) -> list[Dataset]:
    """A study of county A, and objects of another patient under its UID."""
    series = synth.a_ct_series(count + 1)
    arrive(alliance.system, synth.as_bytes(series[0]))
    for each in series[1:]:
        each.PatientID, each.PatientName, each.SpecificCharacterSet = "B99", "测试^乙", "ISO_IR 192"
        arrive(alliance.system, synth.as_bytes(each), scanner)
    return series


def test_objects_that_contradict_a_study_alike_are_one_notice_with_patient_and_number(alliance: Alliance) -> None:
    series = contradict(alliance, 3, "SCANNER_A")
    told_before = said(alliance, "technician_a")
    assert told_before == [("quarantine.conflict", {"name": "测试乙", "patient_id": "B99", "count": 3}, True)]
    late = synth.ct_slice(9, patient_id="B99", study_uid=str(series[0].StudyInstanceUID))
    arrive(alliance.system, synth.as_bytes(late))
    ((_, params, _),) = said(alliance, "technician_a")
    assert params["count"] == 4


def test_each_hospital_is_told_of_its_own_patient_and_the_sender_of_what_the_other_one_said(
    alliance: Alliance,
) -> None:
    series = contradict(alliance, 2, "SCANNER_B")
    sender = alliance.people["technician_b"] = a_technician_of_county_b(alliance, "Some-Passphrase-1")
    ((code, params, waits),) = said(alliance, "technician_a")
    assert (code, params["patient_id"], params["count"], waits) == (
        "quarantine.contradicted", str(series[0].PatientID), 2, True,
    )  # fmt: skip
    assert "B99" not in str(params)
    ((code, params, _),) = said(alliance, "technician_b")
    assert (code, params["patient_id"]) == ("quarantine.conflict", "B99")
    assert str(series[0].PatientID) not in str(params)
    owner, system = alliance.people["technician_a"], alliance.system
    with system.read(owner) as work:
        (found,) = identity_cases.conflicts(work, owner)
    identity_decide.decide(system.store, system.blobs, owner, found.key, "study_stays", "本院检查无误")
    assert [waits for *_, waits in said(alliance, "technician_a")] == [False]
    waiting, news = said(alliance, "technician_b")
    assert (waiting[0], waiting[2]) == ("quarantine.conflict", True)
    assert (news[0], news[1]["by"], news[1]["count"]) == ("quarantine.study_stays", owner.name, 2)
    identity_decide.decide(system.store, system.blobs, sender, found.key, "other_patient", "另一患者")
    assert not any(waits for *_, waits in said(alliance, "technician_b"))
