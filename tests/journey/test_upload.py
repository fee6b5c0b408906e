"""A hospital without a PACS: the technician brings a folder in the browser, sees whose studies lie in it, confirms and sends."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect
from pydicom import Dataset
from pydicom.uid import generate_uid

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk, Sit, photographed
from tests.journey.platform import Platform

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
CHOOSE, SEND, PAUSE = "选择文件夹", "患者无误", "暂停"


def a_folder(place: Path, count: int, *, size: int = 64, name: str = "测试^上传", **changes: str) -> list[Dataset]:
    """A folder as a disc has it: slices, an index, a letter."""
    place.mkdir(parents=True)
    study = generate_uid()
    slices = [synth.ct_slice(n + 1, rows=size, columns=size, patient_name=name) for n in range(count)]
    for n, each in enumerate(slices):
        each.StudyInstanceUID, each.SOPInstanceUID = study, generate_uid()
        for keyword, value in changes.items():
            setattr(each, keyword, value)
        (place / f"IM{n:04d}").write_bytes(synth.as_bytes(each, synth.ExplicitVRLittleEndian))
    (place / "README.TXT").write_text("not an image")
    return slices


def chosen(desk: Desk, folder: Path) -> None:
    desk.page.locator("input[webkitdirectory]").set_input_files(folder)


def test_a_folder_is_looked_at_confirmed_and_sent(platform: Platform, desk: Sit, tmp_path: Path) -> None:
    folder = tmp_path / "disc"
    a_folder(folder, 12, PatientID="UP0001")
    at = desk(platform.url, "technician_a")
    at.go("/upload")
    expect(at.button(CHOOSE)).to_be_visible()
    photographed(at, "upload-empty")
    chosen(at, folder)
    expect(at.page.get_by_text("测试上传")).to_be_visible()
    expect(at.page.get_by_text("患者 ID UP0001")).to_be_visible()
    expect(at.page.get_by_text("12 个文件", exact=False).first).to_be_visible()
    at.page.get_by_text("1 个文件不会上传").click()
    expect(at.page.get_by_text("不是 DICOM 文件")).to_be_visible()
    photographed(at, "upload-confirm")
    at.page.get_by_role("button", name=SEND).click()
    expect(at.page.get_by_text("中心已收齐 12 幅")).to_be_visible()
    photographed(at, "upload-done")
    at.page.get_by_role("link", name="查看检查").click()
    expect(at.page).to_have_url(re.compile("/studies/"))
    expect(at.page.get_by_text("测试上传").first).to_be_visible()


def test_files_that_were_not_taken_are_missing_for_who_reads(platform: Platform, desk: Sit, tmp_path: Path) -> None:
    """A scratched disc: two of five files end too early."""
    folder = tmp_path / "scratched"
    made = a_folder(folder, 5, size=256, name="测试^划痕", PatientID="UP0005")
    for name in ("IM0001", "IM0003"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 2])
    at = desk(platform.url, "technician_a")
    at.go("/upload")
    chosen(at, folder)
    at.page.get_by_role("button", name=SEND).click()
    expect(at.page.get_by_text("未全部收下", exact=False).first).to_be_visible()
    expect(at.page.get_by_text("中心已收 3 幅")).to_be_visible()
    expect(at.page.get_by_text("上传结束，共 1 个检查：0 个全部收下，1 个未全部收下")).to_be_visible()
    expect(at.page.get_by_text("3 / 5 个文件")).to_be_visible()
    photographed(at, "upload-scratched")
    reader = platform.visitor("reader")

    def shown() -> list[object]:
        rows = reader.rows("limit=200")
        return [row["lacking"] for row in rows if row["study_uid"] == made[0].StudyInstanceUID]

    wait_for(lambda: shown() == [{"here": 3, "expected": 5}], "the reader sees that two are missing", 90)


def test_a_reload_asks_for_the_folder_again_and_goes_on(platform: Platform, desk: Sit, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    a_folder(folder, 60, size=256, name="测试^续传", PatientID="UP0002")
    at = desk(platform.url, "technician_a")
    at.go("/upload")
    chosen(at, folder)
    at.page.get_by_role("button", name=SEND).click()
    expect(at.page.locator("progress").first).to_be_visible()
    at.button(PAUSE).click()
    expect(at.page.get_by_text("已暂停")).to_be_visible()
    photographed(at, "upload-paused")
    at.page.reload()
    expect(at.page.get_by_text("未传完", exact=False)).to_be_visible()
    photographed(at, "upload-resume")
    chosen(at, folder)
    at.page.get_by_role("button", name=SEND).click()
    expect(at.page.get_by_text("中心已收齐 60 幅")).to_be_visible()


def test_an_upload_goes_on_while_one_looks_at_another_screen(platform: Platform, desk: Sit, tmp_path: Path) -> None:
    folder = tmp_path / "away"
    a_folder(folder, 8, name="测试^别处", PatientID="UP0004")
    at = desk(platform.url, "technician_a")
    at.go("/upload")
    chosen(at, folder)
    held: list[Route] = []
    let_go: list[bool] = []
    at.page.route("**/chunks/*", lambda route: route.continue_() if let_go else held.append(route))
    at.page.get_by_role("button", name=SEND).click()
    expect(at.page.locator("progress").first).to_be_visible()
    at.page.get_by_role("link", name="本院检查").click()
    expect(at.page.get_by_role("link", name="上传影像 0%")).to_be_visible()
    photographed(at, "upload-elsewhere")
    let_go.append(True)
    for each in held:
        each.continue_()
    expect(at.page.get_by_text("影像上传完成：1 个检查，中心已收到")).to_be_visible()
    expect(at.page.get_by_role("link", name="上传影像", exact=True)).to_be_visible()
    at.page.get_by_role("link", name="上传影像").click()
    expect(at.page.get_by_text("中心已收齐 8 幅")).to_be_visible()


def test_somebody_else_s_files_in_a_study_are_seen_before_they_are_sent(
    platform: Platform, desk: Sit, tmp_path: Path
) -> None:
    folder = tmp_path / "mixed"
    slices = a_folder(folder, 3, PatientID="UP0003")
    slices[2].PatientName, slices[2].PatientID = "另一^患者", "UP9999"
    (folder / "IM0002").write_bytes(synth.as_bytes(slices[2], synth.ExplicitVRLittleEndian))
    at = desk(platform.url, "technician_a")
    at.go("/upload")
    chosen(at, folder)
    expect(at.page.get_by_text("以下项目不一致：姓名、患者 ID", exact=False)).to_be_visible()
    expect(at.page.get_by_role("button", name=SEND)).to_have_count(0)
    photographed(at, "upload-mixed")
    at.page.get_by_role("checkbox").nth(1).check()
    at.page.get_by_role("button", name=SEND).click()
    expect(at.page.get_by_text("该检查已登记在另一患者名下", exact=False).first).to_be_visible()
    photographed(at, "upload-problems")
    at.page.get_by_role("link", name="查看接收异常").click()
    expect(at.page.get_by_test_id("conflict")).to_have_count(1)
    expect(at.page.get_by_test_id("conflict")).to_contain_text("UP9999")


def test_a_study_that_does_not_say_whose_it_is_is_not_sent_unless_somebody_says_so(
    platform: Platform, desk: Sit, tmp_path: Path
) -> None:
    folder = tmp_path / "several"
    folder.mkdir()
    a_folder(folder / "known", 2, name="测试^有号", PatientID="UP0006")
    a_folder(folder / "nobody", 1, PatientID="", PatientName="")
    a_folder(folder / "numberless", 1, name="测试^无号", PatientID="")
    (folder / "known" / "IM0009").write_bytes((folder / "known" / "IM0001").read_bytes()[:300])
    at = desk(platform.url, "technician_a")
    at.go("/upload")
    chosen(at, folder)
    expect(at.page.get_by_text("身份不明")).to_be_visible()
    expect(at.page.get_by_text("缺患者 ID")).to_be_visible()
    expect(at.page.get_by_role("button", name="患者无误，开始上传（1 个检查）")).to_be_visible()
    photographed(at, "upload-unnamed")
    at.page.get_by_role("button", name=SEND).click()
    said = at.page.get_by_text("上传结束，共 3 个检查：")
    expect(said).to_have_text("上传结束，共 3 个检查：1 个全部收下，2 个未选；1 个文件不完整或无法读取，未发送")
    photographed(at, "upload-partly-chosen")
    boxes = at.page.get_by_role("list", name="找到的检查").get_by_role("checkbox")
    expect(boxes.first).to_be_disabled()
    announced: list[str] = []
    at.page.on(
        "request", lambda sent: announced.append(sent.post_data or "") if sent.url.endswith("/uploads") else None
    )
    boxes.nth(2).check()
    at.page.get_by_role("button", name="患者无误，开始上传（1 个检查）").click()
    expect(said).to_contain_text("共 3 个检查：2 个全部收下，1 个未选")
    assert len(announced) == 1, "what was there is not sent again"
