"""From the order to the reader: registered in the browser, found on the worklist by DCMTK, answered by images, read with its question beside them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pydicom import Dataset

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk, Sit, photographed
from tests.journey.platform import Platform
from tests.node.test_worklist import findscu
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.needs_dcmtk, pytest.mark.timeout(300)]
QUESTION = "咳嗽两周，排除肺炎"


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
    box = doctor.page.get_by_placeholder("姓名、拼音、患者 ID、检查号")
    box.fill("查无此人")
    expect(doctor.page.get_by_text("没有找到检查", exact=True)).to_be_visible()
    expect(lonely).to_have_count(0)
    box.fill("测试 矛盾")
    expect(lonely).to_be_visible()
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


def test_an_order_is_registered_from_a_study_that_came_without_one(platform: Platform, desk: Sit) -> None:
    doctor = platform.visitor("doctor_a")
    taken = {
        "patient_id": "ORD011",
        "name": "测试占号",
        "modality": "DX",
        "procedure": "胸部正位",
        "accession": "ACC-TAKEN",
    }
    doctor.post("/api/orders", taken)
    slices = synth.a_ct_series(2, patient_id="ORD010", patient_name="CESHI^WUDAN=测试^无单")
    for each in slices:
        each.AccessionNumber, each.PatientSex, each.PatientBirthDate = "ACC-FREE", "F", "19751103"
        each.StudyDate, each.StudyTime, each.StudyDescription = "20261121", "101500", "胸部CT平扫"
        each.SpecificCharacterSet, each.BodyPartExamined = "ISO_IR 192", "CHEST"
    assert platform.scanner().send(*map(sent, slices)) == [0, 0]
    at = desk(platform.url, "technician_a")
    at.go("/orders?tab=unmatched")
    lonely = at.page.get_by_test_id("unmatched").filter(has_text="ORD010")
    lonely.get_by_role("button", name="登记检查申请").click()
    form = at.page.get_by_role("dialog")
    began = {
        "患者 ID": "ORD010", "姓名": "测试无单", "拼音": "CESHI WUDAN", "性别": "F", "出生日期": "1975-11-03", "检查类型": "CT",
        "检查项目": "胸部CT平扫", "部位": "CHEST", "检查号": "ACC-FREE",
    }  # fmt: skip
    for label, value in began.items():
        expect(form.get_by_label(label, exact=True)).to_have_value(value)
    expect(form.get_by_label("计划时间", exact=True)).to_have_value(re.compile("^2026-11-2"))
    photographed(at, "orders-from-study")

    go = form.get_by_role("button", name=re.compile("^登记"))
    form.get_by_label("检查号", exact=True).fill("ACC-TAKEN")
    go.click()
    expect(form.get_by_role("alert")).to_contain_text("本院已使用过检查号 ACC-TAKEN")
    expect(form.get_by_role("button", name="查看申请 ACC-TAKEN")).to_be_visible()
    photographed(at, "orders-from-study-taken")
    form.get_by_label("检查号", exact=True).fill("ACC-FREE")
    form.get_by_label("性别", exact=True).select_option("M")
    go.click()
    form.get_by_label("与图像信息不一致").fill("设备上性别选错")
    photographed(at, "orders-from-study-unlike")
    form.get_by_label("检查目的", exact=True).fill(QUESTION)
    go.dblclick()

    panel = at.page.get_by_test_id("order")
    expect(panel).to_contain_text("ACC-FREE")
    expect(panel).to_contain_text("由检查登记：设备上性别选错")
    expect(panel).to_contain_text("已完成")
    photographed(at, "orders-from-study-done")
    orders = doctor.get("/api/orders?shelf=all&q=ORD010")["items"]
    assert [(one["accession"], one["images"], one["question"]) for one in orders] == [("ACC-FREE", 1, QUESTION)]
    at.button("未匹配检查").click()
    expect(at.page.get_by_test_id("unmatched").filter(has_text="ORD010")).to_have_count(0)


def test_what_is_too_long_is_not_cut_off_and_a_backslash_names_its_field(platform: Platform, desk: Sit) -> None:
    at = desk(platform.url, "doctor_a")
    at.go("/orders")
    at.button("登记申请").click()
    form = at.page.get_by_role("dialog")
    for label, value in (("患者 ID", "ORD020"), ("姓名", "测试超长"), ("检查项目", "胸部CT平扫")):
        form.get_by_label(label, exact=True).fill(value)
    number = form.get_by_label("检查号", exact=True)
    number.focus()
    at.page.keyboard.insert_text("A1234567890123456789")
    expect(number).to_have_value("A1234567890123456789")
    form.get_by_role("button", name=re.compile("^登记")).click()
    expect(form.get_by_role("alert").first).to_contain_text("「检查号」有 20 字，最多 16 字")
    photographed(at, "orders-too-long")
    number.fill("A\\1")
    form.get_by_role("button", name=re.compile("^登记")).click()
    expect(form.get_by_role("alert").first).to_contain_text("「检查号」不能含反斜杠")
    assert platform.visitor("doctor_a").get("/api/orders?shelf=all&q=ORD020")["items"] == []


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


def test_a_number_of_somebody_else_is_shown_beside_what_was_typed(platform: Platform, desk: Sit) -> None:
    at = desk(platform.url, "technician_a")
    at.go("/orders")
    registered(at, "ORD031", "测试原主", 性别="男", 出生日期="1958-03-12")
    at.button("登记申请").click()
    form = at.page.get_by_role("dialog")
    wrong = {"患者 ID": "ORD031", "姓名": "李四", "检查项目": "胸部CT平扫", "出生日期": "1990-09-09"}
    for label, value in wrong.items():
        form.get_by_label(label, exact=True).fill(value)
    form.get_by_label("性别", exact=True).select_option(label="女")
    go = form.get_by_role("button", name=re.compile("^登记"))
    go.click()
    known = form.get_by_test_id("known-patient")
    expect(known).to_contain_text("测试原主")
    expect(known).to_contain_text("1958-03-12")
    expect(known).to_be_in_viewport()
    expect(known.get_by_role("button", name="采用已登记信息")).to_be_focused()
    expect(go).to_have_count(0)
    photographed(at, "orders-known")
    known.get_by_role("button", name="采用已登记信息").click()
    expect(form.get_by_label("姓名", exact=True)).to_have_value("测试原主")
    expect(form.get_by_label("性别", exact=True)).to_have_value("M")
    expect(form.get_by_label("出生日期", exact=True)).to_have_value("1958-03-12")
    form.get_by_label("姓名", exact=True).fill("李四")
    go.click()
    known.get_by_role("button", name="确认不同").click()
    expect(known).to_be_visible()  # the browser asks for the reason
    known.get_by_label("确认不同的原因").fill("旧号重新启用")
    known.get_by_role("button", name="确认不同").click()
    expect(at.page.get_by_test_id("order")).to_contain_text("李四")
