"""A county doctor asks, the centre arranges, an expert answers over the same images, and the answer is adopted: all of it on the screens."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, FilePayload, ViewportSize, expect

from tests import synth
from tests.children import wait_for
from tests.journey.platform import PASSWORD, Platform
from tests.journey.rooms import EXPERT_NAME, QUESTION, SUMMARY, Seat, another_browser, settle_people
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(420)]
Sit = Callable[..., Seat]
EXPERT = "expert_consultation"
DIAGNOSIS, TREATMENT = "右上肺实性结节，考虑肺癌可能大。", "建议增强 CT 及穿刺活检，必要时上转。"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(scope="module")
def cameras(browser: Browser) -> Iterator[Browser]:
    with another_browser(browser.browser_type) as fresh:
        yield fresh


@pytest.fixture
def sit(cameras: Browser, platform: Platform, tmp_path: Path) -> Iterator[Sit]:
    """Seat somebody before a screen of their own, signed in."""
    seated: list[Seat] = []

    def sit(login: str, size: tuple[int, int] = (1366, 768), *, touch: bool = False) -> Seat:
        view: ViewportSize = {"width": size[0], "height": size[1]}
        context = cameras.new_context(locale="zh-CN", viewport=view, has_touch=touch)
        seated.append(Seat(context.new_page(), platform.url))
        seated[-1].sign_in(login, PASSWORD)
        return seated[-1]

    yield sit
    for number, one in enumerate(seated):
        one.page.screenshot(path=tmp_path / f"seat-{number}.png")
        one.page.context.close()
    assert [fault for one in seated for fault in one.faults] == []


@pytest.fixture
def patient(platform: Platform, request: pytest.FixtureRequest) -> str:
    """Somebody who is called like nobody else, with one CT study at county A; the expert of the city is in the directory."""
    name = f"测试{zlib.crc32(request.node.name.encode()) % 10_000_000:07}"
    settle_people(platform, EXPERT)
    images = synth.a_ct_series(6, patient_name=name, patient_id=name)
    assert set(platform.scanner().send(*map(sent, images))) == {0}
    doctor = platform.visitor("doctor_a")

    def prepared() -> bool:
        return any(row["kind"] == "task" for row in doctor.get(f"/api/studies?q={quote(name)}")["items"])

    wait_for(prepared, "the study is prepared", 90)
    return name


def ahead(**by: float) -> str:
    """A time as the clock of this machine, and so the browser's, will show it."""
    return (datetime.now(UTC) + timedelta(**by)).astimezone().strftime("%Y-%m-%dT%H:%M")


def a_file(name: str) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def ask(doctor: Seat, patient: str, mode: str = "视频会诊") -> None:
    """From the list to the submitted request, on one page."""
    doctor.go("/consultations/new")
    doctor.page.get_by_role("searchbox").fill(patient)
    doctor.page.get_by_role("button", name=patient).click()
    expect(doctor.page.get_by_test_id("identity")).to_contain_text(patient)
    doctor.page.get_by_label("会诊目的").fill(QUESTION)
    doctor.page.get_by_role("button", name="急", exact=True).click()
    doctor.page.get_by_role("button", name=mode, exact=True).click()
    doctor.page.get_by_label("病情摘要").fill(SUMMARY)
    doctor.page.get_by_label("知情同意书").set_input_files(a_file("会诊知情同意书.pdf"))
    expect(doctor.page.get_by_role("link", name="会诊知情同意书.pdf")).to_be_visible()
    doctor.button("提交会诊").click()
    state(doctor, "submitted")


def state(seat: Seat, name: str) -> None:
    """Wait until the consultation on the screen is that far; nobody reloads."""
    expect(seat.page.get_by_test_id("consultation")).to_have_attribute("data-state", name)


def take_up(seat: Seat, kind: str, patient: str) -> None:
    """The one button of what waits for this person about this patient."""
    item = seat.page.locator(f"[data-kind='{kind}']").filter(has_text=patient)
    item.get_by_role("button").click()
    # The next button may be called as this one was: it is not pressed before its own page is there.
    expect(seat.page.get_by_test_id("consultation")).to_be_visible()


def introduce(expert: Seat) -> None:
    """Before the first invitation the expert says who they are."""
    expert.go("/experts")
    expert.button("填写专家信息").or_(expert.button("修改")).first.click()
    form = expert.page.get_by_role("form", name="专家信息")
    form.get_by_label("专科").select_option("respiratory")
    form.get_by_label("擅长与简介").fill("肺结节")
    form.get_by_role("button", name="保存").click()
    expect(expert.row(EXPERT_NAME).filter(has_text="呼吸内科").filter(has_text="肺结节").first).to_be_visible()


def invite(coordinator: Seat, start: str | None) -> None:
    """Choose this expert from the directory, with a time or in writing."""
    coordinator.button("安排专家和时间").click()
    coordinator.page.get_by_label("专科", exact=True).select_option("respiratory")
    row = coordinator.page.get_by_test_id("experts").get_by_role("listitem").filter(has_text="呼吸内科")
    row.get_by_role("radio").first.check()
    if start is None:
        coordinator.page.get_by_role("button", name="图文会诊").click()
    else:
        coordinator.page.get_by_role("button", name="视频会诊").click()
        coordinator.page.get_by_label("开始时间").fill(start)
    coordinator.button(f"邀请 {EXPERT_NAME}").click()


def answer(expert: Seat, *, refer: str) -> None:
    """Write the opinion, wait until it is kept, sign it with the password."""
    expert.page.get_by_label("诊断意见").fill(DIAGNOSIS)
    expert.page.get_by_label("处理建议").fill(TREATMENT)
    expert.button("签署意见").click()
    expect(expert.page.get_by_text("请选择是否上转。")).to_be_visible()
    expert.page.get_by_role("button", name=refer).click()
    expect(expert.page.get_by_test_id("kept")).to_have_attribute("data-phase", "saved")
    expert.button("签署意见").click()
    dialog = expert.page.get_by_role("dialog")
    expect(dialog).to_contain_text(DIAGNOSIS)
    dialog.get_by_label("密码").fill(PASSWORD)
    dialog.get_by_role("button", name="签署").click()
    expect(expert.page.get_by_test_id("diagnosis")).to_have_text(DIAGNOSIS)


def supplement(doctor: Seat, coordinator: Seat, patient: str) -> None:
    """The centre asks for something; the county adds it, in words and as a file."""
    take_up(coordinator, "consultation_triage", patient)
    coordinator.button("要求补充资料").click()
    coordinator.page.get_by_role("button", name="请补充检验结果").click()
    coordinator.button("要求补充资料").click()
    state(coordinator, "supplement")

    take_up(doctor, "consultation_supplement", patient)
    doctor.button("提交补充资料").click()
    doctor.page.get_by_label("补充说明").fill("血常规见附件。")
    doctor.page.get_by_label("检验检查").set_input_files(a_file("血常规.pdf"))
    expect(doctor.page.get_by_role("link", name="血常规.pdf").first).to_be_visible()
    doctor.button("提交补充资料").click()
    state(doctor, "submitted")


def meet(doctor: Seat, expert: Seat, patient: str) -> None:
    """Both come into the room by its button; the opinion is written and signed beside the pictures."""
    for one in (expert, doctor):
        one.button("进入会诊室").click()
        one.page.get_by_test_id("enter").click()
        expect(one.page.get_by_test_id("room")).to_be_visible()
    expect(expert.page.get_by_test_id("identity")).to_contain_text(patient)
    expert.page.get_by_role("button", name="意见", exact=True).click()
    answer(expert, refer="建议上转")

    told = doctor.page.get_by_test_id("signed")
    expect(told).to_contain_text("会诊意见已签署")
    told.get_by_role("button", name="查看意见").click()
    expect(doctor.page.get_by_test_id("diagnosis")).to_have_text(DIAGNOSIS)
    doctor.page.get_by_test_id("leave").click()
    expect(doctor.page.get_by_role("link", name="返回会诊")).to_be_visible()
    doctor.go("/county")


def adopt(doctor: Seat, patient: str) -> None:
    """The county checks the signature, says what becomes of the opinion, and ends it."""
    take_up(doctor, "consultation_feedback", patient)
    expect(doctor.page.get_by_role("link", name="发起上转")).to_be_visible()
    doctor.button("验证签名").click()
    expect(doctor.page.get_by_test_id("verified")).to_contain_text("签名有效")
    doctor.button("采纳").click()
    doctor.button("5 星").first.click()
    doctor.button("提交反馈").click()
    doctor.button("结束会诊").click()


def test_a_request_is_supplemented_scheduled_met_over_signed_and_adopted(
    sit: Sit, patient: str, figure: Callable[[str, float], None]
) -> None:
    doctor, coordinator, expert = sit("doctor_a"), sit("coordinator"), sit(EXPERT)
    introduce(expert)
    expert.go("/desk")
    began = time.monotonic()
    ask(doctor, patient)
    figure("consultation: from the list of studies to the submitted request", time.monotonic() - began)
    doctor.go("/county")

    supplement(doctor, coordinator, patient)
    state(coordinator, "submitted")
    expect(coordinator.page.get_by_text("血常规见附件。")).to_be_visible()
    coordinator.button("受理").click()
    state(coordinator, "accepted")
    invite(coordinator, ahead(minutes=6))
    state(coordinator, "scheduled")

    take_up(expert, "consultation_confirm", patient)
    expert.button("确认时间").click()
    doctor.button("确认时间").click()
    for one in (doctor, expert, coordinator):
        expect(one.page.get_by_test_id("actions")).to_contain_text("双方已确认")

    meet(doctor, expert, patient)
    adopt(doctor, patient)
    state(doctor, "closed")
    state(coordinator, "closed")


def test_a_request_from_a_phone_is_answered_in_writing(sit: Sit, patient: str) -> None:
    expert = sit(EXPERT)
    introduce(expert)
    doctor, coordinator = sit("doctor_a", (390, 844), touch=True), sit("coordinator")
    ask(doctor, patient, "图文会诊")
    overflow = doctor.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, "the page is wider than the phone"
    take_up(coordinator, "consultation_triage", patient)
    coordinator.button("受理").click()
    invite(coordinator, None)
    state(coordinator, "assigned")
    expert.go("/desk")
    take_up(expert, "consultation_write_opinion", patient)
    answer(expert, refer="不需上转")
    expect(doctor.page.get_by_test_id("diagnosis")).to_have_text(DIAGNOSIS)
    doctor.button("提交反馈").click()
    expect(doctor.page.get_by_text("请选择采纳情况。")).to_be_visible()
    doctor.page.get_by_role("button", name="未采纳").click()
    doctor.button("提交反馈").click()
    expect(doctor.page.get_by_text("请写明未完全采纳的原因。")).to_be_visible()
    doctor.page.get_by_label("未完全采纳的原因").fill("患者拒绝进一步检查。")
    doctor.button("提交反馈").click()
    expect(doctor.page.get_by_text("患者拒绝进一步检查。").first).to_be_visible()
    expect(expert.page.get_by_text("患者拒绝进一步检查。").first).to_be_visible()
    expert.button("4 星").click()
    expect(doctor.page.get_by_role("img", name="专家对申请质量的评价 4/5")).to_be_visible()


def test_a_time_that_does_not_suit_comes_back_with_another_one(sit: Sit, patient: str) -> None:
    expert = sit(EXPERT)
    introduce(expert)
    doctor, coordinator = sit("doctor_a"), sit("coordinator")
    ask(doctor, patient)
    take_up(coordinator, "consultation_triage", patient)
    coordinator.button("受理").click()
    invite(coordinator, ahead(hours=2))
    state(coordinator, "scheduled")
    expert.go("/desk")
    take_up(expert, "consultation_confirm", patient)
    expert.button("谢绝").click()
    expert.page.get_by_label("谢绝的原因").fill("手术中。")
    expert.page.get_by_label("建议的时间").fill(ahead(hours=5))
    expert.button("谢绝").click()
    state(coordinator, "accepted")
    expect(coordinator.page.get_by_text("手术中。；建议改为")).to_be_visible()


def test_two_windows_that_write_one_request_ask_which_words_shall_stand(sit: Sit, patient: str) -> None:
    here = sit("doctor_a")
    here.go("/consultations/new")
    here.page.get_by_role("searchbox").fill(patient)
    here.page.get_by_role("button", name=patient).click()
    here.page.get_by_label("会诊目的").fill("第一个问题？")
    expect(here.page.get_by_test_id("kept")).to_have_attribute("data-phase", "saved")
    there = sit("doctor_a")
    there.go(here.page.url.removeprefix(here.url))
    expect(there.page.get_by_label("会诊目的")).to_have_value("第一个问题？")
    there.page.get_by_label("会诊目的").fill("另一个窗口的问题？")
    expect(there.page.get_by_test_id("kept")).to_contain_text("已保存")
    here.page.get_by_label("会诊目的").fill("这个窗口的问题？")
    expect(here.page.get_by_test_id("kept")).to_have_attribute("data-phase", "conflict")
    here.button("保留我写的").click()
    expect(here.page.get_by_test_id("kept")).to_have_attribute("data-phase", "saved")
    here.page.reload()
    expect(here.page.get_by_label("会诊目的")).to_have_value("这个窗口的问题？")
    here.button("删除草稿").click()
    expect(here.page).to_have_url(f"{here.url}/consultations")
