"""Images are rejected while somebody reads, and shown again: the room says that, which ones and why, and never that images came."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import expect
from pydicom import Dataset

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk
from tests.journey.fair import fair
from tests.journey.platform import Platform, Visitor
from tests.notes import a_note
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]


def send(platform: Platform, objects: Sequence[Dataset]) -> None:
    assert set(platform.scanner().send(*map(sent, objects))) == {0}


def opened(platform: Platform, name: str) -> tuple[Visitor, str]:
    """Whoever reads, and the study of this patient, once there is a task."""
    visitor = platform.visitor("reader")

    def found() -> list[str]:
        return [row["study_id"] for row in visitor.rows() if row["patient"]["name"] == name and row["task_id"]]

    wait_for(lambda: bool(found()), "the task is open", fair(90))
    return visitor, found()[0]


def lift(platform: Platform, study: str, code: str) -> None:
    technician = platform.visitor("technician_a")
    technician.post(f"/api/studies/{study}/rejections/lift", {"code": code, "reason": "核对无误"})


def test_the_reader_learns_which_images_were_rejected_and_that_none_came(
    platform: Platform, desk: Callable[..., Desk]
) -> None:
    made = synth.a_ct_series(6, patient_name="测试拒图", patient_id="REJ-1")
    send(platform, made[:5])
    visitor, study = opened(platform, "测试拒图")
    reader = desk(platform.url, "reader")
    page = reader.page
    reader.go(f"/read/{study}")
    reader.shown()

    send(platform, [a_note("113037", [made[2]])])
    said = page.get_by_text("有 1 幅图像被拒绝（患者安全），已不再显示：序列 1 图像 3")
    expect(said).to_be_visible()
    reader.until("v.imageCount === 4")
    drawn_anew = f"/api/studies/{study}/manifest"
    wait_for(lambda: visitor.get(drawn_anew)["version"] > 0, "the list is made anew", fair(60))
    expect(page.get_by_role("navigation", name="序列", exact=True).locator("img")).to_be_visible()
    expect(page.get_by_text("收到新的图像")).to_have_count(0)
    expect(reader.button("载入新图像")).to_have_count(0)
    reader.button("知道了").click()
    expect(said).to_have_count(0)

    send(platform, [made[5]])
    send(platform, [a_note("113001", made[:1])])
    expect(page.get_by_text("有 1 幅图像被拒绝（质量不合格），已不再显示：序列 1 图像 1")).to_be_visible()
    expect(page.get_by_text("收到新的图像。为不打断阅片，尚未载入。")).to_be_visible()
    reader.until("v.imageCount === 3")
    reader.button("载入新图像").click()
    reader.until("v.imageCount === 4")
    expect(page.get_by_text("收到新的图像")).to_have_count(0)
    expect(page.get_by_text("拖入或点选左侧序列")).to_have_count(0)

    reader.button("认领").click()
    submit = reader.button("提交审核")
    expect(submit).to_be_enabled()
    send(platform, [a_note("113037", [*made[1:2], *made[3:]])])
    expect(page.get_by_test_id("pane-0")).to_contain_text(
        "本检查的图像已全部拒绝或撤回，没有可阅的图像。请退回申请医院"
    )
    expect(page.get_by_text("拖入或点选左侧序列")).to_have_count(0)
    expect(submit).to_be_disabled()
    expect(submit).to_have_accessible_description(re.compile("已全部拒绝或撤回，没有可阅的图像，不能提交或签发报告"))


def test_the_reader_learns_that_rejected_images_are_shown_again_and_reads_on(
    platform: Platform, desk: Callable[..., Desk]
) -> None:
    made = synth.a_ct_series(4, patient_name="测试恢复", patient_id="REJ-2")
    send(platform, made)
    _, study = opened(platform, "测试恢复")
    reader = desk(platform.url, "reader")
    page = reader.page
    reader.go(f"/read/{study}")
    reader.shown()
    reader.button("认领").click()
    submit = reader.button("提交审核")
    expect(submit).to_be_enabled()
    send(platform, [a_note("113001", made[:1])])
    reader.until("v.imageCount === 3")
    send(platform, [a_note("113037", made[1:])])
    expect(submit).to_be_disabled()
    expect(page.get_by_test_id("pane-0")).to_contain_text("请退回申请医院")

    lift(platform, study, "113037")
    reader.until("v.imageCount === 3")
    expect(submit).to_be_enabled()
    expect(page.get_by_text("没有可阅的图像")).to_have_count(0)
    said = page.get_by_text(re.compile("^有 . 幅图像被拒绝"))
    expect(said).to_have_text("有 1 幅图像被拒绝（质量不合格），已不再显示：序列 1 图像 1")

    lift(platform, study, "113001")
    expect(page.get_by_text("被拒绝的 1 幅图像已恢复显示，尚未载入。")).to_be_visible()
    expect(said).to_have_count(0)
    expect(page.get_by_text("收到新的图像")).to_have_count(0)
    assert reader.fact("imageCount") == 3
    reader.button("载入").click()
    reader.until("v.imageCount === 4")
    expect(page.get_by_text("已恢复显示，尚未载入")).to_have_count(0)


def test_a_report_is_not_handed_in_without_a_question_while_images_are_not_loaded(
    platform: Platform, desk: Callable[..., Desk]
) -> None:
    made = synth.a_ct_series(3, patient_name="测试漏看", patient_id="REJ-3")
    send(platform, made)
    visitor, study = opened(platform, "测试漏看")
    send(platform, [a_note("113001", made[:1])])
    wait_for(lambda: len(visitor.get(f"/api/studies/{study}/manifest")["series"][0]["instances"]) == 2, "rejected")
    reader = desk(platform.url, "reader")
    page = reader.page
    reader.go(f"/read/{study}")
    reader.shown()
    reader.button("认领").click()
    page.get_by_label("检查所见").fill("双肺未见异常。")
    page.get_by_label("诊断意见").fill("未见异常。")
    lift(platform, study, "113001")
    expect(page.get_by_text("尚未载入")).to_be_visible()
    asked = page.get_by_test_id("unseen-images")
    for by_key in (False, True):
        if by_key:
            page.keyboard.press("Control+Enter")
        else:
            reader.button("提交审核").click()
        expect(asked).to_contain_text("报告文字未涵盖这些图像")
        expect(page.get_by_text("已提交审核。")).to_have_count(0)
    asked.get_by_role("button", name="载入", exact=True).click()
    reader.until("v.imageCount === 3")
    expect(asked).to_have_count(0)
    expect(page.get_by_label("检查所见")).to_have_value("双肺未见异常。")
    reader.button("提交审核").click()
    expect(page.get_by_text("已提交审核。")).to_be_visible()
