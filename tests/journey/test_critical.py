"""A critical finding from the viewer to its end, on two real screens: it rings at the county until somebody names it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import update

from teleconsult.reporting.tables import CriticalRow
from teleconsult.settings import Settings
from teleconsult.system import build
from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk
from tests.journey.fair import fair
from tests.journey.platform import PASSWORD, Platform, Visitor
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
Sit = Callable[..., Desk]
ITEM = "张力性气胸"
NEWS_SECONDS = 3.0


def a_read_study(platform: Platform, name: str) -> tuple[Visitor, dict[str, Any]]:
    """A study of county A that `reader` has claimed, with its row of the worklist."""
    slices = synth.a_ct_series(2, patient_name=name, patient_id=name, RequestedProcedurePriority="HIGH")
    platform.scanner().send(*map(sent, slices))
    reader = platform.visitor("reader")

    def there() -> bool:
        return any(row["kind"] == "task" for row in reader.rows(f"q={quote(name)}"))

    wait_for(there, "the task is open", 60)
    row = reader.rows(f"q={quote(name)}")[0]
    reader.post(f"/api/tasks/{row['task_id']}/claim")
    return reader, row


def raise_in_the_viewer(reader: Desk, study_id: str) -> None:
    reader.go(f"/read/{study_id}")
    reader.button("危急值").click()
    reader.page.get_by_label("危急值项目").select_option(label=f"Ⅰ级 {ITEM}")
    reader.page.get_by_label("所见与说明").fill("纵隔左移")
    reader.button("立即上报").click()


def banner(desk: Desk, name: str) -> Locator:
    return desk.page.get_by_test_id("critical-banner").filter(has_text=name)


def test_a_finding_raised_in_the_viewer_rings_at_the_county_until_it_is_read_back_and_ends_with_an_outcome(
    platform: Platform, desk: Sit, figure: Callable[[str, float], None]
) -> None:
    name = "测试危急"
    doctor = desk(platform.url, "doctor_a")
    _, row = a_read_study(platform, name)
    reader = desk(platform.url, "reader")
    raise_in_the_viewer(reader, row["study_id"])
    began = time.monotonic()
    expect(banner(doctor, name)).to_be_visible()
    took = time.monotonic() - began
    figure("from a critical finding raised to its banner at the county", took)
    assert took <= fair(NEWS_SECONDS)
    expect(reader.page.get_by_test_id("critical-chip")).to_contain_text(ITEM)

    # It stands on whatever page the doctor is, and a page that was loaded anew says how to hear it.
    expect(banner(doctor, name)).to_contain_text(ITEM)
    expect(banner(doctor, name)).to_have_attribute("data-sound", "ringing")
    doctor.go("/criticals")
    expect(banner(doctor, name)).to_have_attribute("data-sound", re.compile("ringing|blocked"))
    if banner(doctor, name).get_attribute("data-sound") == "blocked":
        doctor.button("点此开启声音").click()
    expect(banner(doctor, name)).to_have_attribute("data-sound", "ringing")
    expect(doctor.page.get_by_role("table")).to_contain_text(name)

    # Nothing closes it but the right words.
    doctor.button("立即复述").click()
    said = doctor.page.get_by_label("用文字复述危急值")
    said.fill(f"测试旁人，{ITEM}")
    doctor.button("确认已知晓").click()
    expect(doctor.page.get_by_role("alert").filter(has_text="没有写出该患者的姓名")).to_be_visible()
    said.fill(f"{name}，收到")
    doctor.button("确认已知晓").click()
    expect(doctor.page.get_by_role("alert").filter(has_text="没有写出危急值名称")).to_be_visible()
    doctor.page.keyboard.press("Escape")
    expect(banner(doctor, name)).to_be_visible()
    doctor.button("立即复述").click()
    said.fill(f"{name}，{ITEM}，马上处理")
    doctor.button("确认已知晓").click()
    expect(banner(doctor, name)).to_have_count(0)
    expect(reader.page.get_by_test_id("critical-chip")).to_contain_text("待处置")

    doctor.page.get_by_label("采取的处置").select_option(label="就地处置")
    doctor.button("记录处置").click()
    expect(doctor.page.get_by_role("link", name="绿色通道上转")).to_have_attribute(
        "href", re.compile(r"/referrals/new\?critical=\w+")
    )
    doctor.page.get_by_label("患者转归").select_option(label="好转")
    doctor.button("闭环").click()
    expect(reader.page.get_by_test_id("critical-chip")).to_contain_text("已闭环")


def test_a_report_that_speaks_of_a_critical_finding_is_handed_in_only_when_each_phrase_is_answered(
    platform: Platform, desk: Sit
) -> None:
    name = "测试旗标"
    visitor, row = a_read_study(platform, name)
    reader = desk(platform.url, "reader")
    reader.go(f"/read/{row['study_id']}")
    reader.section("findings").fill("右侧胸腔见气体影，右侧气胸。未见主动脉夹层。")
    reader.section("impression").fill("右侧张力性气胸。")
    flags = reader.page.get_by_test_id("critical-flags")
    expect(flags).to_have_attribute("data-open", "2")
    expect(flags).not_to_contain_text("主动脉夹层")
    reader.page.keyboard.press("Control+Enter")
    expect(reader.page.locator("[aria-live=polite]")).to_contain_text("疑似危急值尚未处理")

    flags.get_by_role("listitem").filter(has_text="张力性气胸").get_by_role("button", name="上报危急值").click()
    expect(reader.page.get_by_label("危急值项目")).to_have_value("tension_pneumothorax")
    reader.button("立即上报").click()
    expect(flags).to_have_attribute("data-open", "1")
    flags.get_by_role("button", name="不是危急值").click()
    flags.get_by_role("combobox").fill("与张力性气胸为同一病变")
    flags.get_by_role("button", name="确认").click()
    expect(flags).to_have_attribute("data-open", "0")
    reader.button("提交审核").click()
    expect(reader.page.get_by_test_id("report")).to_contain_text("待审核")

    report = visitor.get(f"/api/studies/{row['study_id']}")["report"]
    assert report["state"] == "submitted"
    found = visitor.get(f"/api/criticals?study_id={row['study_id']}")["items"]
    assert [(one["item"], one["report_id"]) for one in found] == [("tension_pneumothorax", report["id"])]
    visitor.post(f"/api/criticals/{found[0]['id']}/withdraw", {"reason": "测试结束"})


def a_signed_study(platform: Platform, name: str) -> dict[str, Any]:
    """A study whose report says nothing of a critical finding and is signed. Its row of the worklist."""
    visitor, row = a_read_study(platform, name)
    report = visitor.post(f"/api/tasks/{row['task_id']}/report")
    words = {"findings": "双肺野清晰。", "impression": "未见异常。", "advice": "", "version": report["version"]}
    visitor.put(f"/api/reports/{report['id']}", words)
    visitor.post(f"/api/reports/{report['id']}/submit")
    reviewer = platform.visitor("reviewer")
    version = reviewer.post(f"/api/reports/{report['id']}/take_review")["version"]
    signed = {"password": PASSWORD, "version": version, "images": row["instance_count"]}
    reviewer.post(f"/api/reports/{report['id']}/sign", signed)
    return row


def test_an_addendum_that_speaks_of_a_critical_finding_is_signed_only_when_that_is_answered(
    platform: Platform, desk: Sit
) -> None:
    row = a_signed_study(platform, "测试补充")
    reviewer = desk(platform.url, "reviewer")
    reviewer.go(f"/read/{row['study_id']}")
    reviewer.button("补充").click()
    form = reviewer.page.get_by_test_id("report").locator("form")
    form.get_by_label("补充内容").fill("复阅：右侧张力性气胸。")
    flags = reviewer.page.get_by_test_id("critical-flags")
    expect(flags).to_have_attribute("data-open", "1")
    form.get_by_label("密码").fill(PASSWORD)
    form.get_by_role("button", name="签署补充").click()
    expect(form.get_by_role("alert")).to_contain_text("疑似危急值尚未处理")
    flags.get_by_role("button", name="不是危急值").click()
    flags.get_by_role("combobox").fill("旧片已有，已引流")
    flags.get_by_role("button", name="确认").click()
    expect(flags).to_have_attribute("data-open", "0")
    expect(form.get_by_label("补充内容")).to_have_value("复阅：右侧张力性气胸。")  # an answer sends nothing
    form.get_by_label("密码").fill(PASSWORD)
    form.get_by_role("button", name="签署补充").click()
    expect(reviewer.page.get_by_test_id("report")).to_contain_text("复阅：右侧张力性气胸。")
    expect(flags).to_have_count(0)


def minutes_pass(platform: Platform, critical_id: str, minutes: int) -> None:
    """The finding was raised so much earlier, and nobody has looked at it since."""
    system = build(Settings.from_env({}, home=platform.home))
    with system.work() as work:
        now = work.now
        moved = update(CriticalRow).where(CriticalRow.id == critical_id)
        work.session.execute(moved.values(raised_at=now - timedelta(minutes=minutes), look_at=now))
    system.store.engine.dispose()


def test_what_nobody_reads_back_reaches_the_reading_centre_and_rings_on_a_screen_that_is_opened_again(
    platform: Platform, desk: Sit
) -> None:
    name = "测试升级"
    visitor, row = a_read_study(platform, name)
    doctor, reviewer = desk(platform.url, "doctor_a"), desk(platform.url, "reviewer")
    found = visitor.post(f"/api/studies/{row['study_id']}/criticals", {"item": "tension_pneumothorax"})
    expect(banner(doctor, name)).to_be_visible()
    doctor.page.close()
    minutes_pass(platform, found["id"], 16)
    expect(banner(reviewer, name)).to_contain_text("已升级：阅片中心")
    expect(banner(reviewer, name)).to_have_attribute("data-sound", "ringing")

    # A page of the same person, opened again: it rings as before, from the first touch on where the browser wants one.
    again = Desk(doctor.page.context.new_page(), platform.url)
    again.go("/")
    expect(banner(again, name)).to_contain_text("已升级：阅片中心")
    expect(banner(again, name)).to_have_attribute("data-sound", re.compile("ringing|blocked"))
    again.page.keyboard.press("Shift")
    expect(banner(again, name)).to_have_attribute("data-sound", "ringing")
    again.page.get_by_role("button", name=re.compile("未读提醒")).click()
    expect(again.page.get_by_role("button", name=re.compile(f"{name}.*{ITEM}")).first).to_be_visible()

    # Once read back, wherever that was, every bell is quiet about it.
    platform.visitor("doctor_a").post(f"/api/criticals/{found['id']}/acknowledge", {"read_back": f"{name}，{ITEM}"})
    for screen in (again, reviewer):
        expect(banner(screen, name)).to_have_count(0)
    told = [
        one for one in platform.visitor("reviewer").get("/api/notices")["items"] if one["study_id"] == row["study_id"]
    ]
    assert [(one["code"], one["seen"]) for one in told] == [("critical.escalated_to_centre", True)]
    assert again.faults == []
