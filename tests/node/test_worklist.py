"""The modality worklist: asked by DCMTK's findscu -W and by pynetdicom, matched outside and inside the step, in the device's characters."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset, dcmread
from pydicom.sequence import Sequence
from pydicom.uid import UID
from pynetdicom.association import Association

from dicom_node import worklist
from dicom_node.node import Node
from teleconsult.access import SYSTEM, change_peer
from teleconsult.imaging import orders
from teleconsult.imaging.orders_lifecycle import CLOCK
from teleconsult.imaging.tables_orders import OrderRow
from teleconsult.kernel.clock import SystemClock
from tests.builders import Alliance
from tests.node.asking import associated, find, peer_of

MWL = "1.2.840.10008.5.1.4.31"
TODAY = SystemClock().now().astimezone(CLOCK).replace(hour=0, minute=0, second=0, microsecond=0)
TOMORROW, DAY_AFTER = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
DAY_1, DAY_2 = f"{TOMORROW:%Y%m%d}", f"{DAY_AFTER:%Y%m%d}"
ZHANG = {
    "patient_number": "A001", "name": "张三", "pinyin": "Zhang San", "sex": "M", "birth_date": "19700101", "modality": "CT",
    "procedure": "胸部CT平扫", "question": "咳嗽两周", "diagnosis": "咳嗽待查", "priority": "STAT", "station": "CT1", "physician": "王医生",
    "scheduled_at": TOMORROW + timedelta(hours=9.5),
}  # fmt: skip
LI = {
    "patient_number": "A002", "name": "李娜", "sex": "F", "birth_date": "19850505", "modality": "DX", "procedure": "胸部正位",
    "scheduled_at": DAY_AFTER + timedelta(hours=14),
}  # fmt: skip


def ordered(alliance: Alliance, said: dict[str, Any], login: str = "doctor_a", site: str = "county_a") -> OrderRow:
    with alliance.system.work(alliance.people[login]) as work:
        return orders.register(work, alliance.people[login], alliance.sites[site], said)


@pytest.fixture
def scheduled(alliance: Alliance, node: Node) -> tuple[str, int]:
    """Two orders of the first county, one of the second."""
    ordered(alliance, ZHANG)
    ordered(alliance, LI)
    ordered(alliance, {**ZHANG, "patient_number": "B001", "name": "赵四", "pinyin": ""}, "doctor_b", "county_b")
    return node.address


def asked(step: dict[str, Any] | None = None, **values: Any) -> Dataset:
    ds, item = Dataset(), Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName = ds.PatientID = ds.AccessionNumber = ds.StudyInstanceUID = ""
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    item.ScheduledStationAETitle = item.Modality = item.ScheduledProcedureStepStartDate = ""
    for keyword, value in (step or {}).items():
        setattr(item, keyword, value)
    ds.ScheduledProcedureStepSequence = Sequence([item])
    return ds


def ids(address: tuple[str, int], calling: str = "SCANNER_A", **asked_for: Any) -> set[str]:
    found, last = find(address, asked(**asked_for), MWL, calling)
    assert last.Status == 0, last.get("ErrorComment")
    return {str(answer.PatientID) for _, answer in found}


@pytest.mark.parametrize(
    "name", ["张*", "ZHANG*", "zhang^san", "*san", "张三", "ZS", "zhangsan", "?hang*", "Zhang^San=张三", "zhang*=张*"]
)
def test_a_patient_is_found_in_any_writing_and_any_case(scheduled: tuple[str, int], name: str) -> None:
    assert ids(scheduled, PatientName=name) == {"A001"}


@pytest.mark.parametrize(
    ("outside", "inside", "expected"),
    [
        ({}, {}, {"A001", "A002"}),
        ({"PatientID": "A00*"}, {}, {"A001", "A002"}),
        ({"PatientID": "A002"}, {}, {"A002"}),
        ({"AccessionNumber": "NONE"}, {}, set()),
        ({"RequestedProcedurePriority": "STAT"}, {}, {"A001"}),
        ({"PatientSex": "F"}, {}, {"A002"}),
        ({}, {"Modality": "CT"}, {"A001"}),
        ({}, {"Modality": "MR"}, set()),
        ({}, {"ScheduledStationAETitle": "CT1"}, {"A001", "A002"}),
        ({}, {"ScheduledStationAETitle": "DX1"}, {"A002"}),
        ({}, {"ScheduledStationAETitle": "DX1", "Modality": "CT"}, set()),
        ({}, {"ScheduledProcedureStepStartDate": DAY_1}, {"A001"}),
        ({}, {"ScheduledProcedureStepStartDate": f"{DAY_1}-{DAY_2}"}, {"A001", "A002"}),
        ({}, {"ScheduledProcedureStepStartDate": f"-{DAY_1}"}, {"A001"}),
        ({}, {"ScheduledProcedureStepStartTime": "0900-1000"}, {"A001"}),
        ({}, {"ScheduledProcedureStepStartDate": DAY_2, "ScheduledProcedureStepStartTime": "12-15"}, {"A002"}),
        ({}, {"ScheduledPerformingPhysicianName": "wang*"}, {"A001"}),
        ({}, {"ScheduledPerformingPhysicianName": "王*"}, {"A001"}),
        ({}, {"ScheduledPerformingPhysicianName": "赵*"}, set()),
        ({}, {"ScheduledProcedureStepStatus": "SCHEDULED"}, {"A001", "A002"}),
        ({}, {"ScheduledProcedureStepStatus": "STARTED"}, set()),
    ],
)
def test_keys_match_outside_and_inside_the_step(
    scheduled: tuple[str, int], outside: dict[str, str], inside: dict[str, str], expected: set[str]
) -> None:
    assert ids(scheduled, step=inside, **outside) == expected


def test_a_range_of_days_and_of_times_is_one_stretch_of_time(scheduled: tuple[str, int]) -> None:
    days = {"ScheduledProcedureStepStartDate": f"{DAY_1}-{DAY_2}"}
    assert ids(scheduled, step={**days, "ScheduledProcedureStepStartTime": "100000-235959"}) == {"A002"}
    assert ids(scheduled, step={**days, "ScheduledProcedureStepStartTime": "080000-100000"}) == {"A001"}
    assert ids(scheduled, step={**days, "ScheduledProcedureStepStartTime": "080000-150000"}) == {"A001", "A002"}


def test_a_device_sees_its_own_hospital_s_orders_alone(scheduled: tuple[str, int]) -> None:
    assert ids(scheduled, calling="SCANNER_B") == {"B001"}
    assert ids(scheduled, calling="SCANNER_B", PatientID="A001") == set()


def test_what_is_done_or_cancelled_is_no_longer_on_it(alliance: Alliance, node: Node) -> None:
    order = ordered(alliance, ZHANG)
    assert ids(node.address) == {"A001"}
    with alliance.system.work(alliance.people["doctor_a"]) as work:
        orders.cancel(work, alliance.people["doctor_a"], order.id, "患者拒绝")
    assert ids(node.address) == set()


def test_the_answer_says_what_a_device_needs(scheduled: tuple[str, int]) -> None:
    wanted = asked(
        step={"ScheduledProcedureStepID": "", "ScheduledProcedureStepStartTime": "", "ScheduledProcedureStepDescription": "",
              "ScheduledProcedureStepStatus": "", "ScheduledProtocolCodeSequence": Sequence(), "PreMedication": ""},
        PatientID="A001", RequestedProcedureID="", RequestedProcedureDescription="", PatientBirthDate="", PatientSex="",
        RequestedProcedurePriority="", ReferencedStudySequence=Sequence(), PatientWeight=None, PregnancyStatus=None,
        RequestedProcedureComments="", ReferringPhysicianName="",
    )  # fmt: skip
    [(status, answer)], _ = find(scheduled, wanted, MWL)
    step = answer.ScheduledProcedureStepSequence[0]
    assert status == 0xFF00
    assert str(answer.PatientName) == "ZHANG^SAN=张三"
    assert (answer.PatientBirthDate, answer.PatientSex, answer.PatientWeight) == ("19700101", "M", None)
    assert answer.StudyInstanceUID.startswith("2.25.")
    assert answer.AccessionNumber == answer.RequestedProcedureID == step.ScheduledProcedureStepID
    assert (answer.RequestedProcedureDescription, answer.RequestedProcedurePriority) == ("胸部CT平扫", "STAT")
    assert answer.RequestedProcedureComments == "咳嗽两周\n咳嗽待查"
    assert list(answer.ReferencedStudySequence) == []
    assert (step.ScheduledStationAETitle, step.Modality) == ("CT1", "CT")
    assert (step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime) == (DAY_1, "093000")
    assert step.ScheduledProcedureStepStatus == "SCHEDULED"


def test_who_gave_the_patient_number_is_said_by_its_code(alliance: Alliance, scheduled: tuple[str, int]) -> None:
    ordered(alliance, {**LI, "patient_number": "C003", "issuer": alliance.sites["city"]})
    ordered(alliance, {**LI, "patient_number": "D004", "issuer": "省平台"})
    found, _ = find(scheduled, asked(IssuerOfPatientID=""), MWL)
    issuers = {str(answer.PatientID): str(answer.IssuerOfPatientID or "") for _, answer in found}
    assert issuers == {"A001": "", "A002": "", "C003": "city", "D004": "省平台"}


def test_an_order_for_any_device_is_the_asking_one_s(scheduled: tuple[str, int]) -> None:
    for title, said in (("DX1", "DX1"), ("", "SCANNER_A"), ("DX*", "SCANNER_A")):
        [(_, answer)], _ = find(scheduled, asked(step={"ScheduledStationAETitle": title}, PatientID="A002"), MWL)
        assert answer.ScheduledProcedureStepSequence[0].ScheduledStationAETitle == said


def test_an_unsupported_key_is_said(scheduled: tuple[str, int]) -> None:
    for wanted in (asked(PatientTelephoneNumbers=""), asked(step={"CommentsOnTheScheduledProcedureStep": ""})):
        found, _ = find(scheduled, wanted, MWL)
        assert {status for status, _ in found} == {0xFF01}


def test_an_empty_or_missing_step_asks_for_all_of_it(scheduled: tuple[str, int]) -> None:
    empty, missing = asked(), asked()
    empty.ScheduledProcedureStepSequence = Sequence()
    del missing.ScheduledProcedureStepSequence
    for wanted in (empty, missing):
        found, _ = find(scheduled, wanted, MWL)
        assert {str(answer.ScheduledProcedureStepSequence[0].Modality) for _, answer in found} == {"CT", "DX"}


def test_what_cannot_be_understood_is_refused_and_the_next_query_works(scheduled: tuple[str, int]) -> None:
    two = asked()
    two.ScheduledProcedureStepSequence.append(Dataset())
    for wanted, expected in (
        (two, 0xA900),
        (asked(step={"ScheduledProcedureStepStartDate": "yesterday"}), 0xC000),
        (asked(PatientID="A\\B"), 0xC000),
    ):
        found, last = find(scheduled, wanted, MWL)
        assert (found, int(last.Status)) == ([], expected)
    assert ids(scheduled) == {"A001", "A002"}


def test_it_goes_on_page_by_page_and_ends_when_cancelled(
    alliance: Alliance, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "_PAGE", 2)
    for number in range(7):
        ordered(alliance, {**ZHANG, "patient_number": f"A{number}"})
    assert len(ids(node.address)) == 7
    with associated(node.address, MWL) as association:
        assert last_of(cancelled(association)) in (0xFE00, 0x0000)


def cancelled(association: Association) -> Iterator[int]:
    for number, (status, _) in enumerate(association.send_c_find(asked(), UID(MWL), msg_id=7)):
        if number == 0:
            association.send_c_cancel(7, query_model=UID(MWL))
        yield int(status.Status)


def last_of(statuses: Iterator[int]) -> int:
    return list(statuses)[-1]


# ---------------------------------------------------------------- characters


def known_to_read(alliance: Alliance, charset: str) -> None:
    with alliance.system.work() as work:
        change_peer(work, SYSTEM, peer_of(alliance).id, {"charset": charset})


@pytest.mark.parametrize(
    ("override", "declared", "expected"),
    [
        (None, "", "GB18030"),
        (None, "ISO_IR 100", "GB18030"),
        (None, "GBK", "GBK"),
        (None, "ISO_IR 192", "ISO_IR 192"),
        ("GB18030", "ISO_IR 192", "GB18030"),
        ("ISO_IR 192", "", "ISO_IR 192"),
        ("ISO_IR 100", "GB18030", "ISO_IR 100"),
    ],
)
def test_the_answer_is_in_the_device_s_characters(
    alliance: Alliance, scheduled: tuple[str, int], override: str | None, declared: str, expected: str
) -> None:
    if override:
        known_to_read(alliance, override)
    wanted = asked(PatientID="A001", RequestedProcedureDescription="")
    wanted.SpecificCharacterSet = declared
    [(_, answer)], _ = find(scheduled, wanted, MWL)
    assert answer.SpecificCharacterSet == expected
    chinese = expected != "ISO_IR 100"
    assert str(answer.PatientName) == ("ZHANG^SAN=张三" if chinese else "ZHANG^SAN")
    assert answer.RequestedProcedureDescription == ("胸部CT平扫" if chinese else "xiong bu CT ping sao")


def test_a_name_asked_in_gb18030_under_a_wrong_label_is_found(alliance: Alliance, scheduled: tuple[str, int]) -> None:
    known_to_read(alliance, "GB18030")
    wanted = asked(SpecificCharacterSet="ISO_IR 100", PatientName="张*".encode("gb18030").decode("latin-1"))
    found, _ = find(scheduled, wanted, MWL)
    assert [str(answer.PatientID) for _, answer in found] == ["A001"]


# ---------------------------------------------------------------- DCMTK


@pytest.mark.needs_dcmtk
def test_dcmtk_reads_the_worklist(scheduled: tuple[str, int], tmp_path: Path) -> None:
    found = findscu(scheduled, tmp_path, "ScheduledProcedureStepSequence[0].Modality=CT", "PatientName", "PatientID",
                    "StudyInstanceUID", "AccessionNumber", "ScheduledProcedureStepSequence[0].ScheduledStationAETitle")  # fmt: skip
    assert [str(answer.PatientName) for answer in found] == ["ZHANG^SAN=张三"]
    assert found[0].SpecificCharacterSet == "GB18030"
    assert found[0].ScheduledProcedureStepSequence[0].ScheduledStationAETitle == "CT1"
    nothing = findscu(scheduled, tmp_path / "none", "ScheduledProcedureStepSequence[0].Modality=MR", "PatientName")
    assert nothing == []


def findscu(address: tuple[str, int], folder: Path, *keys: str, calling: str = "SCANNER_A") -> list[Dataset]:
    """What DCMTK's findscu -W writes down."""
    folder.mkdir(exist_ok=True)
    options = [part for key in keys for part in ("-k", key)]
    done = subprocess.run(
        ["findscu", "-v", "-W", "-X", "-od", str(folder), *options, "-aet", calling, "-aec", "TELECONSULT", address[0], str(address[1])],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [dcmread(file, force=True) for file in sorted(folder.glob("rsp*.dcm"))]
