"""Images of a signed report are withdrawn and others come: whoever opens or prints the report reads it there, in the same words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Locator, Page, expect
from pydicom import Dataset

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk
from tests.journey.fair import fair
from tests.journey.platform import PASSWORD, Platform
from tests.notes import a_note
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
NAME = "测试撤图"
WITHDRAWN = "报告依据的 2 幅图像已被撤回，已签发的报告不变"
LATE = "报告签发后收到补图，已签发的报告不变"


def send(platform: Platform, objects: Sequence[Dataset]) -> None:
    assert set(platform.scanner().send(*map(sent, objects))) == {0}


def signed(platform: Platform) -> str:
    """A study whose report is signed: the study's id."""
    reader, reviewer = platform.visitor("reader"), platform.visitor("reviewer")
    rows: list[dict[str, str]] = []

    def opened() -> bool:
        rows[:] = [row for row in reader.rows() if row["patient"]["name"] == NAME and row["task_id"]]
        return bool(rows)

    wait_for(opened, "the task is open", fair(90))
    task, study = rows[0]["task_id"], rows[0]["study_id"]
    reader.post(f"/api/tasks/{task}/claim", {})
    report = reader.post(f"/api/tasks/{task}/report")
    text = {"findings": "双肺纹理清晰。", "impression": "未见异常。", "advice": "", "version": report["version"]}
    reader.put(f"/api/reports/{report['id']}", text)
    reader.post(f"/api/reports/{report['id']}/submit")
    taken = reviewer.post(f"/api/reports/{report['id']}/take_review")
    manifest = reviewer.get(f"/api/studies/{study}/manifest")
    images = sum(len(series["instances"]) for series in manifest["series"])
    said = {"password": PASSWORD, "version": taken["version"], "images": images, "images_version": manifest["version"]}
    reviewer.post(f"/api/reports/{report['id']}/sign", said)
    return study


def read_in(place: Page | Locator) -> None:
    ground = place.get_by_test_id("ground")
    expect(ground).to_contain_text(WITHDRAWN)
    expect(ground).to_contain_text(LATE)


def test_a_signed_report_whose_images_changed_says_so_wherever_it_is_read(
    platform: Platform, desk: Callable[..., Desk]
) -> None:
    made = synth.a_ct_series(6, patient_name=NAME, patient_id="GROUND-1")
    send(platform, made[:5])
    study = signed(platform)
    doctor = desk(platform.url, "doctor_a")
    page = doctor.page
    doctor.go(f"/studies/{study}")
    pdf = page.get_by_role("link", name="打开 PDF 报告")
    expect(pdf).to_be_visible()
    expect(page.get_by_test_id("ground")).to_have_count(0)

    send(platform, [a_note("113037", made[:2])])
    send(platform, made[5:])
    read_in(page)
    expect(page.get_by_text("分配后收到补图")).to_have_count(0)
    expect(pdf).to_have_count(0)
    doctor.button("PDF 报告").click()
    asked = page.get_by_role("dialog")
    read_in(asked)
    expect(asked.get_by_role("link", name="仍要打开 PDF")).to_have_attribute("target", "_blank")
    page.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    expect(doctor.button("PDF 报告")).to_be_focused()

    doctor.go("/")
    row = doctor.row(NAME)
    expect(row).to_contain_text("图像已撤回")
    expect(row).to_contain_text("签发后补图")

    reviewer = platform.visitor("reviewer")
    report = reviewer.get(f"/api/studies/{study}")["report"]
    wait_for(lambda: reviewer.get(f"/api/studies/{study}")["study"]["state"] == "prepared", "prepared", fair(60))
    reviewer.post(f"/api/reports/{report['id']}/addenda", {"text": "已阅补图，结论不变。", "password": PASSWORD})
    doctor.go(f"/studies/{study}")
    expect(page.get_by_text("已阅补图，结论不变。").first).to_be_visible()
    expect(page.get_by_test_id("ground")).to_have_count(0)
