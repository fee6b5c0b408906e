"""A patient's whole way on real screens: a case from a study, up by the green channel, treated, and down to the community."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk
from tests.journey.platform import Platform
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(600)]
Sit = Callable[..., Desk]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
NEAR, FAR = "示例二县医院", "示例镇卫生院"


def a_study(platform: Platform, name: str) -> dict[str, Any]:
    """A study of county A on its way to be read, as its row of the reader's worklist."""
    slices = synth.a_ct_series(3, patient_name=name, patient_id=name, RequestedProcedurePriority="HIGH")
    assert set(platform.scanner().send(*map(sent, slices))) == {0}
    reader = platform.visitor("reader")
    found: list[dict[str, Any]] = []

    def there() -> bool:
        found[:] = [row for row in reader.rows(f"q={quote(name)}") if row["kind"] == "task"]
        return bool(found)

    wait_for(there, "the task is open", 60)
    return found[0]


def a_finding(platform: Platform, study_id: str, name: str) -> str:
    """A pulmonary embolism, raised by the reader and read back at the county."""
    said = {"item": "pulmonary_embolism", "level": 1, "text": "右肺动脉主干充盈缺损"}
    key: str = platform.visitor("reader").post(f"/api/studies/{study_id}/criticals", said)["id"]
    doctor = platform.visitor("doctor_a")
    doctor.post(f"/api/criticals/{key}/acknowledge", {"read_back": f"{name}，肺栓塞，马上处理"})
    doctor.post(f"/api/criticals/{key}/act", {"action": "refer", "text": "联系上转"})
    return key


def stamped(desk: Desk, step: str) -> Locator:
    return desk.page.locator(f"[data-testid=stamps] [data-step={step}][data-done]")


def verb(desk: Desk, name: str) -> Locator:
    """A step of the referral by its whole name."""
    box = desk.page.get_by_test_id("verbs")
    return box.get_by_role("button", name=re.compile(rf"^{re.escape(name)}( Ctrl Enter)?$"))


def kept(desk: Desk) -> None:
    """Wait until the server holds the draft."""
    expect(desk.page.get_by_test_id("kept")).to_have_attribute("data-phase", "saved")


def begin_case(doctor: Desk, study_id: str) -> str:
    """From the study's page to the page of its case, with a file dropped in. Its path."""
    page = doctor.page
    doctor.go(f"/studies/{study_id}")
    page.get_by_test_id("study-cases").get_by_role("button", name="新建病例").click()
    page.get_by_label("主题").fill("突发胸痛，疑肺栓塞")
    page.get_by_label("病情摘要").fill("突发胸痛伴气促 3 小时，D-二聚体升高。")
    doctor.button("建立病例").click()
    expect(page).to_have_url(re.compile(r"/cases/\w+$"))
    expect(page.get_by_test_id("identity")).to_contain_text("突发胸痛，疑肺栓塞")
    gases = FilePayload(name="血气分析.png", mimeType="image/png", buffer=PNG)
    page.get_by_test_id("drop").locator("input").set_input_files([gases])
    papers = page.get_by_test_id("attachments")
    expect(papers).to_contain_text("检验")
    papers.get_by_role("button", name="血气分析.png").click()
    expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    page.keyboard.press("Escape")
    return page.url.removeprefix(doctor.url)


def send_up(doctor: Desk, critical_id: str) -> str:
    """By one link from the finding to a draft that is filled in, and away. Its path."""
    page = doctor.page
    doctor.go(f"/referrals/new?critical={critical_id}")
    expect(page).to_have_url(re.compile(r"/referrals/\w{32}$"))
    expect(page.get_by_label("病种")).to_have_value("pulmonary_embolism")
    expect(page.get_by_role("radio", name="绿色通道")).to_be_checked()
    expect(page.get_by_role("checkbox", name="CTPA 提示肺动脉充盈缺损")).to_be_checked()
    expect(page.get_by_label("接收医院").locator("option:checked")).to_have_text("示例市医院")
    expect(page.get_by_test_id("finding")).to_contain_text(
        re.compile("来自危急值.*Ⅰ级.*肺栓塞.*右肺动脉主干充盈缺损", re.DOTALL)
    )
    expect(page.get_by_label("转诊理由")).to_have_value("危急值（Ⅰ级）：肺栓塞")
    for name in ("书面", "口头告知", "紧急，来不及告知"):
        expect(page.get_by_role("radio", name=name)).not_to_be_checked()
    expect(page.get_by_test_id("missing")).to_contain_text("联系电话")
    expect(page.get_by_test_id("missing")).to_contain_text("知情同意")
    page.get_by_role("radio", name="紧急，来不及告知").check()
    page.get_by_label("接收医院").select_option(label=NEAR)
    page.get_by_label("联系人").fill("测试县医生甲")
    page.get_by_label("联系电话").fill("000-0000")
    page.get_by_role("checkbox", name="血流动力学不稳定").check()
    kept(doctor)
    page.reload()
    expect(page.get_by_label("联系电话")).to_have_value("000-0000")
    expect(page.get_by_role("checkbox", name="血流动力学不稳定")).to_be_checked()
    doctor.button("提交转诊").click()
    expect(stamped(doctor, "submitted")).to_be_visible()
    expect(page.get_by_test_id("finding").get_by_role("link", name="查看危急值")).to_be_visible()
    return page.url.removeprefix(doctor.url)


def take_in(receiver: Desk, name: str, study_id: str) -> None:
    """The receiving office finds it on top, has no images yet, accepts, and then has them."""
    page = receiver.page
    receiver.go("/referrals")
    row = receiver.row(name)
    expect(row).to_contain_text("绿色通道")
    expect(row).to_contain_text("待接收")
    row.get_by_role("link").first.click()
    expect(page.get_by_test_id("finding")).to_contain_text("肺栓塞")
    along = page.get_by_test_id("studies-along")
    expect(along).to_contain_text("接收后开放检查图像与报告")
    assert page.request.get(f"{receiver.url}/api/studies/{study_id}").status == 404
    verb(receiver, "接收").click()
    page.get_by_label("收治科室").fill("呼吸与危重症医学科")
    page.get_by_label("床位").fill("抢救 2 床")
    verb(receiver, "接收").click()
    expect(stamped(receiver, "accepted")).to_be_visible()
    along.get_by_role("link", name="打开图像").click()
    receiver.shown()


def treat(doctor: Desk, receiver: Desk, path: str) -> None:
    """On the way, there, treated; the summary is back at the county without anybody loading a page."""
    verb(doctor, "患者出发").click()
    doctor.page.get_by_label("车辆").fill("120 急救车")
    doctor.page.get_by_label("陪送人员").fill("测试护士")
    verb(doctor, "患者出发").click()
    receiver.go(path)
    expect(stamped(receiver, "departed")).to_be_visible()
    verb(receiver, "患者到达").click()
    verb(receiver, "回传诊疗小结").click()
    receiver.page.get_by_label("转归").select_option(label="好转")
    receiver.page.get_by_label("诊疗小结").fill("溶栓后好转，生命体征平稳，建议基层随访。")
    verb(receiver, "回传诊疗小结").click()
    expect(doctor.page.get_by_text("溶栓后好转")).to_be_visible()


def send_down(receiver: Desk) -> str:
    """From the treated patient to the community, with plan, drugs, pathway and when to come back. Its path."""
    verb(receiver, "下转").click()
    return fill_down(receiver)


def fill_down(sender: Desk) -> str:
    """The draft of a referral down, filled in and sent. Its path."""
    page = sender.page
    expect(page.get_by_role("heading", name="方案与随访")).to_be_visible()
    page.get_by_label("接收医院").select_option(label=FAR)
    page.get_by_label("病种").select_option(label="慢病稳定期")
    for tick in ("生命体征平稳 48 小时以上", "治疗方案明确", "出现新的并发症"):
        page.get_by_role("checkbox", name=tick).check()
    page.get_by_label("治疗与康复方案").fill("抗凝 3 个月，避免久坐。")
    page.get_by_label("用药").fill("利伐沙班 20 mg 每日一次")
    page.get_by_label("随访路径").select_option(label="慢病随访")
    page.get_by_role("radio", name="口头告知").check()
    sender.button("提交转诊").click()
    expect(stamped(sender, "submitted")).to_be_visible()
    return page.url.removeprefix(sender.url)


def take_back(community: Desk, name: str) -> None:
    """The community takes the patient back; with the first visit the pathway's visits are planned."""
    page = community.page
    community.go("/referrals")
    community.row(name).get_by_role("link").first.click()
    verb(community, "接收").click()
    verb(community, "接收").click()
    verb(community, "首次随访完成").click()
    expect(stamped(community, "arrived")).to_be_visible()
    community.go("/follow-ups")
    community.button("本院待完成").click()
    visit = community.row(name).filter(has_text="第 1 周首次随访")
    visit.get_by_role("button", name="完成").click()
    page.get_by_label("结果").fill("病情稳定")
    page.get_by_role("button", name=re.compile("^完成$")).first.click()
    expect(visit).to_have_count(0)


def test_a_patient_goes_up_by_the_green_channel_and_down_to_the_community_and_the_case_tells_all_of_it(
    platform: Platform, desk: Sit, tmp_path: Path
) -> None:
    name = "测试转诊"
    row = a_study(platform, name)
    doctor = desk(platform.url, "doctor_a")
    case = begin_case(doctor, row["study_id"])
    path = send_up(doctor, a_finding(platform, row["study_id"], name))
    receiver = desk(platform.url, "doctor_b")
    take_in(receiver, name, row["study_id"])
    treat(doctor, receiver, path)
    send_down(receiver)
    take_back(desk(platform.url, "doctor_t"), name)
    verb(doctor, "已阅，结束转诊").click()
    expect(stamped(doctor, "closed")).to_be_visible()
    doctor.go(case)
    look_back(doctor, tmp_path)


def look_back(doctor: Desk, folder: Path) -> None:
    """The timeline has every step with who did it; the replay shows the case as it was; the export holds the same."""
    page = doctor.page
    timeline = page.get_by_test_id("timeline")
    for step in (
        "建立病例", "添加附件", "上报危急值", "危急值已复述", "转诊单已提交", "接收医院已接收", "患者已出发", "患者已到达",
        "诊疗小结已回传", "转诊结束", "安排随访", "随访完成",
    ):  # fmt: skip
        expect(timeline.get_by_text(step, exact=True).first).to_be_visible()
    taken = timeline.get_by_role("listitem").filter(has_text="接收医院已接收").last
    expect(taken).to_contain_text("测试县医生乙")
    expect(taken).to_contain_text("主治医师 · 县级医师")
    expect(taken).to_contain_text(NEAR)
    # Narrowed to referrals nothing else stands there.
    for kind in ("危急值", "随访", "病例与附件", "影像", "报告"):
        timeline.get_by_role("button", name=re.compile(rf"^{kind} \d+$")).click()
    expect(timeline.get_by_text("建立病例", exact=True)).to_have_count(0)
    expect(timeline.get_by_text("患者已出发", exact=True)).to_be_visible()
    replayed(doctor)
    with page.expect_download() as download:
        timeline.get_by_role("button", name="导出").click()
        timeline.get_by_role("button", name="表格（CSV）").click()
    target = folder / "timeline.csv"
    download.value.save_as(target)
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8-sig"))))
    (accepted,) = [one for one in rows if one["事项"] == "接收医院已接收" and one["医院"] == NEAR]
    assert (accepted["人员"], accepted["职称与角色"]) == ("测试县医生乙", "主治医师 · 县级医师")
    assert [one["事项"] for one in rows].index("建立病例") < len(rows) - 1


def replayed(doctor: Desk) -> None:
    """At its first step the case had neither papers nor referrals; at the present it has them again."""
    page = doctor.page
    slider = page.get_by_test_id("replay").get_by_role("slider")
    matters, papers = page.get_by_test_id("matters"), page.get_by_test_id("attachments")
    expect(matters).to_contain_text("已结束")
    slider.focus()
    page.keyboard.press("Home")
    expect(matters).to_contain_text("还没有会诊、转诊或危急值")
    expect(papers).to_contain_text("还没有附件")
    seen = False
    for _ in range(int(slider.get_attribute("max") or 0)):
        page.keyboard.press("ArrowRight")
        seen = seen or "转运中" in matters.inner_text()
    assert seen, "the patient was on the way at one step"
    expect(papers).to_contain_text("血气分析.png")
    doctor.button("回到当前").click()
    expect(page.get_by_test_id("replay")).to_contain_text("当前")
