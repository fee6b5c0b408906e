"""A conflict arrives through the DICOM port, is held, resolved on the screen, and undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Sit, photographed
from tests.journey.platform import Platform, Visitor
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(400)]


def prepared(technician: Visitor, study_uid: str) -> str:
    """The study's id once its pictures are made."""
    found: list[str] = []

    def is_prepared() -> bool:
        rows = technician.get("/api/studies?limit=200")["items"]
        found[:] = [row["study_id"] for row in rows if row["study_uid"] == study_uid]
        return bool(found and technician.get(f"/api/studies/{found[0]}")["manifest_url"])

    wait_for(is_prepared, "the study is prepared", 90)
    return found[0]


def counted(technician: Visitor, study: str) -> int:
    return int(technician.get(f"/api/studies/{study}")["study"]["instance_count"])


def test_a_conflict_through_the_port_is_held_resolved_on_the_screen_and_undone(platform: Platform, desk: Sit) -> None:
    first, stray = synth.a_ct_series(2)
    for ds, number, name in ((first, "JI0001", "测试^冲突"), (stray, "JI0002", "测试^误登")):
        ds.PatientID, ds.PatientName, ds.SpecificCharacterSet = number, name, "ISO_IR 192"
    scanner, technician = platform.scanner(), platform.visitor("technician_a")
    scanner.send(sent(first))
    study = prepared(technician, str(first.StudyInstanceUID))
    scanner.send(sent(stray))
    wait_for(lambda: technician.get("/api/conflicts")["items"], "the conflict is there", 30)
    at = desk(platform.url, "technician_a")
    at.go("/arrivals")
    card = at.page.get_by_test_id("conflict").filter(has_text="JI0002")
    expect(card).to_contain_text("测试冲突")
    expect(card).to_contain_text("测试误登")
    expect(card.locator("img").last).to_have_js_property("complete", True)
    photographed(at, "conflict")
    assert counted(technician, study) == 1

    card.get_by_role("button", name="同一患者，归入检查").click()
    at.page.get_by_label("理由").fill("电话核对身份证，同一人")
    photographed(at, "conflict-deciding")
    at.page.locator("form").get_by_role("button", name="同一患者，归入检查").click()
    expect(card).to_have_count(0)
    assert counted(technician, study) == 2

    at.page.get_by_role("button", name="已作决定").click()
    decision = at.page.get_by_test_id("decision").filter(has_text="JI0002")
    photographed(at, "decisions")
    decision.get_by_role("button", name="撤销").click()
    at.page.get_by_label("理由").fill("看错了，是两个人")
    decision.get_by_role("button", name="撤销").click()
    expect(decision).to_contain_text("已撤销")
    assert counted(technician, study) == 1
    at.page.get_by_role("button", name="待处理").click()
    expect(card).to_be_visible()

    at.page.get_by_role("button", name="合并患者 ID").click()
    at.page.get_by_role("searchbox").fill("JI000")
    expect(at.page.get_by_text("测试冲突")).to_be_visible()
    photographed(at, "merge")
    at.go("/rejections")
    expect(at.page.get_by_test_id("rejected").filter(has_text="JI0001")).to_be_visible()
    photographed(at, "rejected")


def test_the_administrator_sees_the_rounds_and_rejected_studies_without_a_name(platform: Platform, desk: Sit) -> None:
    at = desk(platform.url, "administrator")
    at.go("/scrubs")
    expect(at.page.get_by_role("heading", name="存储巡检")).to_be_visible()
    photographed(at, "scrubs")
    at.go("/rejections")
    expect(at.page.get_by_role("heading", name="已拒绝图像")).to_be_visible()
    expect(at.page.get_by_text("测试冲突")).to_have_count(0)


def test_another_hospitals_object_shows_no_patient_and_is_only_answered(platform: Platform, desk: Sit) -> None:
    first, stray = synth.a_ct_series(2)
    for ds, number, name in ((first, "JI0011", "测试^本院"), (stray, "JI0012", "测试^外院")):
        ds.PatientID, ds.PatientName, ds.SpecificCharacterSet = number, name, "ISO_IR 192"
    assert platform.scanner("SCANNER_A").send(sent(first)) == [0]
    prepared(platform.visitor("technician_a"), str(first.StudyInstanceUID))
    assert platform.scanner("SCANNER_B").send(sent(stray)) == [0]
    at = desk(platform.url, "technician_a")
    at.go("/arrivals")
    card = at.page.get_by_test_id("conflict").filter(has_text="测试本院")
    expect(card).to_contain_text("其他医院的患者信息，您无权查看")
    expect(card).to_contain_text("示例二县医院")
    expect(at.page.get_by_text("JI0012")).to_have_count(0)
    photographed(at, "conflict-of-another-hospital")
    card.get_by_role("button", name="本院检查保持不变").click()
    card.get_by_role("textbox").fill("本院检查无误")
    photographed(at, "conflict-of-another-hospital-answered")
    card.get_by_role("textbox").press("Enter")
    expect(card).to_have_count(0)
