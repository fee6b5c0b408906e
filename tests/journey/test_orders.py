"""From the order to the reader: registered in the browser, found on the worklist by DCMTK, answered by images, read with its question beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pydicom import Dataset

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk
from tests.journey.platform import Platform
from tests.node.test_worklist import findscu
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.needs_dcmtk, pytest.mark.timeout(300)]
Sit = Callable[..., Desk]
QUESTION = "咳嗽两周，排除肺炎"


def photographed(desk: Desk, name: str) -> None:
    """A picture at both sizes of screen, for whoever looks (`TELECONSULT_PICTURES` names the folder)."""
    if folder := os.environ.get("TELECONSULT_PICTURES"):
        for width, height in ((1366, 768), (1920, 1080)):
            desk.page.set_viewport_size({"width": width, "height": height})
            desk.page.screenshot(path=f"{folder}/{name}-{width}.png")
        desk.page.set_viewport_size({"width": 1366, "height": 768})


def registered(at: Desk, patient_id: str, name: str, **fields: str) -> None:
    """As somebody types it: only what is needed, and what they say."""
    at.button("登记申请").click()
    at.page.get_by_label("患者 ID", exact=True).fill(patient_id)
    at.page.get_by_label("姓名", exact=True).fill(name)
    at.page.get_by_label("检查类型").select_option("CT")
    at.page.get_by_label("检查项目").fill("胸部CT平扫")
    for label, value in fields.items():
        field = at.page.get_by_label(label, exact=True)
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    photographed(at, "orders-form")
    at.page.get_by_role("dialog").get_by_role("button", name=re.compile("^登记")).click()
    expect(at.page.get_by_test_id("order")).to_contain_text(name)


def images_of(found: Dataset, count: int = 3, **changes: str) -> list[Dataset]:
    """What a scanner makes of a line of its worklist."""
    slices = synth.a_ct_series(
        count,
        patient_id=str(found.PatientID),
        patient_name=str(found.PatientName),
        study_uid=str(found.StudyInstanceUID),
    )
    for each in slices:
        each.AccessionNumber, each.PatientSex, each.PatientBirthDate = (
            found.AccessionNumber,
            found.PatientSex,
            found.PatientBirthDate,
        )
        for keyword, value in changes.items():
            setattr(each, keyword, value)
    return slices


def asked_for(platform: Platform, folder: Path, patient_id: str) -> Dataset:
    """The one line that DCMTK's findscu gets for the patient."""
    keys = (
        f"PatientID={patient_id}", "PatientName", "PatientSex", "PatientBirthDate", "AccessionNumber", "StudyInstanceUID",
        "ScheduledProcedureStepSequence[0].Modality=CT", "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate",
    )  # fmt: skip
    [found] = findscu(platform.dicom, folder, *keys)
    return found


def test_what_was_ordered_is_found_by_the_scanner_and_read_with_its_question(
    platform: Platform, desk: Sit, tmp_path: Path
) -> None:
    technician = desk(platform.url, "technician_a")
    technician.page.get_by_role("link", name="检查申请").click()
    said = {"性别": "女", "出生日期": "1980-01-01", "级别": "急", "检查目的": QUESTION, "临床诊断": "咳嗽待查"}
    registered(technician, "ORD001", "测试申请", **said)
    photographed(technician, "orders-registered")
    found = asked_for(platform, tmp_path / "answers", "ORD001")
    assert str(found.PatientName) == "CESHISHENQING=测试申请"
    assert found.SpecificCharacterSet == "GB18030"
    assert platform.scanner().send(*map(sent, images_of(found))) == [0, 0, 0]
    panel = technician.page.get_by_test_id("order")
    expect(panel).to_contain_text("按工作列表给出的检查 UID 匹配")
    expect(panel).to_contain_text("已完成")
    photographed(technician, "orders-answered")
    reader = platform.visitor("reader")
    wait_for(lambda: reader.rows("q=ORD001"), "the task is on the worklist", 60)
    [row] = reader.rows("q=ORD001")
    assert row["priority"] == "STAT", "as urgent as it was ordered; the images did not say so"
    at = desk(platform.url, "reader")
    at.go(f"/read/{row['study_id']}")
    expect(at.page.get_by_test_id("order-asked")).to_contain_text(QUESTION)
    expect(at.page.get_by_test_id("order-asked")).to_contain_text("咳嗽待查")
    photographed(at, "orders-reader")
    at.go(f"/studies/{row['study_id']}")
    expect(at.page.get_by_test_id("order-asked")).to_contain_text(QUESTION)
    photographed(at, "orders-study")


def test_a_study_that_contradicts_its_order_is_linked_by_hand_and_taken_back(
    platform: Platform, desk: Sit, tmp_path: Path
) -> None:
    doctor = desk(platform.url, "doctor_a")
    doctor.go("/orders")
    registered(doctor, "ORD002", "测试矛盾", 性别="女")
    found = asked_for(platform, tmp_path / "answers", "ORD002")
    platform.scanner().send(*map(sent, images_of(found, 2, PatientSex="M")))
    doctor.button("未匹配检查").click()
    lonely = doctor.page.get_by_test_id("unmatched").filter(has_text="ORD002")
    expect(lonely).to_contain_text("姓名、性别或出生日期矛盾")
    expect(lonely).to_contain_text("≠ 性别")
    photographed(doctor, "orders-unmatched")
    lonely.get_by_role("button", name="关联检查").first.click()
    lonely.get_by_label("两者有矛盾").fill("登记时性别选错")
    photographed(doctor, "orders-linking")
    lonely.get_by_role("button", name="关联检查").first.click()
    expect(lonely).to_have_count(0)
    doctor.button("全部").click()
    doctor.row("ORD002").click()
    panel = doctor.page.get_by_test_id("order")
    expect(panel).to_contain_text("登记时性别选错")
    panel.get_by_role("button", name="取消关联").click()
    panel.get_by_label("取消关联的原因").fill("不是同一患者")
    panel.get_by_role("button", name="取消关联").click()
    expect(panel).to_contain_text("测试县医生甲：不是同一患者")
    photographed(doctor, "orders-taken-back")


def test_an_order_is_changed_and_cancelled_while_nothing_has_begun(platform: Platform, desk: Sit) -> None:
    at = desk(platform.url, "doctor_a")
    at.go("/orders")
    registered(at, "ORD003", "测试取消")
    panel = at.page.get_by_test_id("order")
    panel.get_by_role("button", name="修改").click()
    at.page.get_by_label("检查项目").fill("头颅CT平扫")
    at.page.get_by_role("button", name=re.compile("^保存")).click()
    expect(panel).to_contain_text("头颅CT平扫")
    panel.get_by_role("button", name="取消申请").click()
    panel.get_by_label("取消原因").fill("患者拒绝检查")
    panel.get_by_role("button", name="取消申请").last.click()
    expect(panel).to_contain_text("患者拒绝检查")
    expect(panel.get_by_role("button", name="修改")).to_have_count(0)
