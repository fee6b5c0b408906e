"""A patient referred up, before an MDT: three specialties in one room, a conclusion with a dissent, everybody's signature, and the way down."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from teleconsult import referral
from teleconsult.access import actor_by_login
from teleconsult.settings import Settings
from teleconsult.system import build
from tests.journey.fair import fair
from tests.journey.panel import a_county_case, settle_panel
from tests.journey.platform import PASSWORD, Platform
from tests.journey.rooms import Seat, another_browser
from tests.journey.test_cases import fill_down, stamped, treat, verb
from tests.records.house import a_study

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(900)]
Sit = Callable[[str], Seat]
PANEL = {
    "mdt_radiology": ("测试影像专家", "radiology"),
    "mdt_respiratory": ("测试呼吸专家", "respiratory"),
    "mdt_surgery": ("测试胸外专家", "thoracic_surgery"),
}
CHAIR, DISSENTER = "mdt_radiology", "测试胸外专家"
BOARD, QUESTION = "示例胸部肿瘤 MDT", "右上肺结节能否手术？"
STAGE, ADVICE = "右肺上叶腺癌 cT1bN0M0，IA2 期", "建议胸腔镜右上肺叶切除。"
DISSENT, TODO = "肺功能未完善前不宜手术。", "完善肺功能检查"


@pytest.fixture(scope="module")
def cameras(browser: Browser) -> Iterator[Browser]:
    with another_browser(browser.browser_type) as fresh:
        yield fresh


@pytest.fixture
def sit(cameras: Browser, platform: Platform, tmp_path: Path) -> Iterator[Sit]:
    """Seat somebody before a screen of their own, signed in."""
    seated: list[Seat] = []

    def sit(login: str) -> Seat:
        context = cameras.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        seated.append(Seat(context.new_page(), platform.url))
        seated[-1].page.set_default_timeout(fair(60) * 1000)
        seated[-1].sign_in(login, PASSWORD)
        return seated[-1]

    expect.set_options(timeout=fair(60) * 1000)
    yield sit
    for number, one in enumerate(seated):
        one.page.screenshot(path=tmp_path / f"seat-{number}.png")
        one.page.context.close()
    assert [fault for one in seated for fault in one.faults] == []


@pytest.fixture
def case_id(platform: Platform, request: pytest.FixtureRequest) -> str:
    """A case of county A with one CT study, and three experts of the city who are in the directory."""
    settle_panel(platform, PANEL)
    return a_county_case(platform, f"测试{zlib.crc32(request.node.name.encode()) % 10_000_000:07}")[0]


def make_board(coordinator: Seat) -> str:
    """A board of three specialties, and a meeting of it in twenty minutes. Its path."""
    page = coordinator.page
    coordinator.go("/boards")
    coordinator.button("新建 MDT 团队").click()
    page.get_by_label("团队名称").fill(BOARD)
    for name, _ in PANEL.values():
        add = page.get_by_label("添加成员")
        add.select_option(value=add.locator("option").filter(has_text=name).first.get_attribute("value") or "")
        expect(page.get_by_label(f"{name} 的专科")).to_be_visible()
    page.get_by_label("至少到会专科数").fill("3")
    coordinator.button("保存").click()
    board = page.get_by_test_id("board").filter(has_text=BOARD)
    expect(board).to_contain_text("3 个专科中至少 3 个到会")
    board.get_by_role("button", name="安排会议").click()
    soon = (datetime.now(UTC).astimezone() + timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M")
    board.get_by_label("开会时间").fill(soon)
    board.get_by_role("button", name="安排会议").last.click()
    page.wait_for_url(re.compile(r"/meetings/\w+$"))
    return page.url.removeprefix(coordinator.url)


def refer_up(doctor: Seat, coordinator: Seat, case_id: str) -> str:
    """From the case to the city hospital, which takes the patient. The referral's path."""
    page = doctor.page
    doctor.go(f"/referrals/new?case={case_id}")
    doctor.button("开始填写").click()
    page.wait_for_url(re.compile(r"/referrals/\w{32}$"))
    path = page.url.removeprefix(doctor.url)
    page.get_by_label("接收医院").select_option(label="示例市医院")
    page.get_by_label("病种").select_option(label="肺结节")
    page.get_by_role("checkbox", name="实性结节 ≥ 8 mm").check()
    for label, words in (
        ("转诊理由", "本院不能手术"),
        ("希望转入的科室", "胸外科"),
        ("联系人", "测试家属"),
        ("联系电话", "000-0000009"),
    ):
        page.get_by_label(label).fill(words)
    page.get_by_role("radio", name="口头告知").check()
    doctor.button("提交转诊").click()
    expect(stamped(doctor, "submitted")).to_be_visible()
    coordinator.go(path)
    verb(coordinator, "接收").click()
    coordinator.page.get_by_label("收治科室").fill("胸外科")
    verb(coordinator, "接收").click()
    expect(stamped(coordinator, "accepted")).to_be_visible()
    return path


def propose(doctor: Seat, referral_path: str, meeting: str) -> str:
    """From the referral's page to the agenda. The path of the case on it."""
    doctor.go(referral_path)
    doctor.button("提交 MDT").click()
    dialog = doctor.page.get_by_role("dialog")
    dialog.get_by_label("会议", exact=True).select_option(value=meeting.rsplit("/", 1)[1])
    dialog.get_by_label("讨论问题").fill(QUESTION)
    dialog.get_by_role("button", name="提交", exact=True).click()
    doctor.page.wait_for_url(re.compile(r"/items/\w+$"))
    return doctor.page.url.removeprefix(doctor.url)


def prepare(expert: Seat, specialty: str, item: str) -> None:
    """What the own specialty has to say beforehand."""
    expert.go(item)
    own = expert.page.locator(f"[data-specialty={specialty}]")
    own.get_by_role("button", name="填写准备").click()
    own.get_by_label("本专科要点").fill("已阅片。")
    if specialty == "radiology":
        own.get_by_role("button", name="加入关键图像").click()
    own.get_by_role("button", name="准备完毕").click()
    expect(own).to_contain_text("准备完毕")


def enter(seat: Seat, room: str) -> None:
    """With the images alone: cameras have their own tests."""
    if room not in seat.page.url:
        seat.go(room)
    seat.button("仅图像").click()
    seat.page.get_by_test_id("enter").click()
    expect(seat.page.get_by_test_id("room-agenda")).to_contain_text(QUESTION)


def conclude(chair: Seat) -> None:
    """The structured conclusion, with a dissent by name and a recommendation to be tracked."""
    chair.button("结论").click()
    form = chair.page.get_by_test_id("conclude")
    form.get_by_label("诊断与分期").fill(STAGE)
    form.get_by_label("推荐意见").fill(ADVICE)
    form.get_by_label("记录保留意见…").select_option(label=DISSENTER)
    form.get_by_label(f"{DISSENTER} 的保留意见").fill(DISSENT)
    form.get_by_role("button", name="添加事项").click()
    form.get_by_label("事项", exact=True).fill(TODO)
    form.get_by_label("负责医院").select_option(label="示例一县医院")
    day, send = form.get_by_label("完成日期"), form.get_by_role("button", name="形成 MDT 结论")
    day.fill("2026-01-01")  # whatever today is, that day is over
    expect(form.get_by_role("alert")).to_have_text("日期已过，请选择今天或以后的日期。")
    expect(send).to_be_disabled()
    day.fill((datetime.now(UTC) + timedelta(days=14)).date().isoformat())
    expect(form.get_by_role("alert")).to_have_count(0)
    send.click()
    expect(chair.page.get_by_test_id("dissent")).to_contain_text(DISSENT)


def sign(seat: Seat, role: str) -> Locator:
    """In the room, with the password."""
    seat.button("结论").click()
    conclusion = seat.page.get_by_test_id("conclusion")
    expect(conclusion).to_contain_text(STAGE)
    conclusion.get_by_role("button", name="签署", exact=True).click()
    dialog = seat.page.get_by_role("dialog")
    expect(dialog).to_contain_text(DISSENT)
    dialog.get_by_label("登录密码").fill(PASSWORD)
    dialog.get_by_role("button", name="确认签署").click()
    expect(conclusion.locator(f"[data-role={role}]")).to_have_attribute("data-signed", "true")
    return conclusion


def another_case(platform: Platform, meeting: str) -> str:
    """A case of the city's own on the same agenda. Its id there."""
    system = build(Settings.from_env({}, home=platform.home))
    try:
        with system.work() as work:
            actor = actor_by_login(work, "mdt_respiratory")
            study = a_study(work, str(actor.site_id), 977, images=0)
        with system.work(actor) as work:
            found = referral.open_case(work, actor, study.id, "市医院病例")
    finally:
        system.store.engine.dispose()
    asked = {"case_id": found.id, "question": "是否需要放疗？"}
    item = platform.visitor("mdt_respiratory").post(f"/api{meeting}/items", {**asked, "urgent": True})
    platform.visitor("coordinator").post(f"/api{meeting}/items/{item['id']}/accept")
    return str(item["id"])


def visit(doctor: Seat, chair: Seat, room: str, item: str, other: str) -> None:
    """The referring doctor is let in, waits outside while the other case is discussed, and is back by themselves with their own."""
    doctor.go(room)
    doctor.button("仅图像").click()
    doctor.page.get_by_test_id("enter").click()
    chair.page.get_by_test_id("knocking").get_by_role("button").click()
    expect(doctor.page.get_by_test_id("room")).to_be_visible()
    agenda = chair.page.get_by_test_id("room-agenda")
    agenda.locator(f"[data-item='{other}']").get_by_role("button", name="开始讨论").click()
    expect(doctor.page.get_by_test_id("door")).to_contain_text("正在讨论其他医院的病例")
    expect(chair.page.get_by_test_id("knocking")).to_have_count(0)
    agenda.locator(f"[data-item='{item.rsplit('/', 1)[1]}']").get_by_role("button", name="开始讨论").click()
    expect(doctor.page.get_by_test_id("room-agenda")).to_contain_text("正在讨论")


def test_a_patient_referred_up_goes_before_three_specialties_all_sign_it_is_tracked_and_goes_down(
    sit: Sit, case_id: str, platform: Platform
) -> None:
    coordinator, doctor = sit("coordinator"), sit("doctor_a")
    up = refer_up(doctor, coordinator, case_id)
    meeting = make_board(coordinator)
    item = propose(doctor, up, meeting)
    expect(coordinator.page.get_by_test_id("agenda")).to_contain_text(QUESTION)
    coordinator.button("受理").click()
    expect(coordinator.page.get_by_test_id("item")).to_have_attribute("data-state", "preparing")

    other = another_case(platform, meeting)
    experts = {login: sit(login) for login in PANEL}
    for login, expert in experts.items():
        prepare(expert, PANEL[login][1], item)
    chair = experts[CHAIR]
    chair.button("开始会议").click()
    chair.page.wait_for_url(re.compile(r"/rooms/\w+$"))
    room = chair.page.url.removeprefix(chair.url)
    enter(chair, room)
    expect(chair.page.get_by_test_id("quorum")).to_have_attribute("data-met", "false")
    for login in list(PANEL)[1:]:
        enter(experts[login], room)
    expect(chair.page.get_by_test_id("quorum")).to_have_attribute("data-met", "true")

    visit(doctor, chair, room, item, other)
    expect(experts["mdt_surgery"].page.get_by_test_id("room-agenda")).to_contain_text("正在讨论")
    chair.page.get_by_test_id("room-agenda").get_by_test_id("key-images").get_by_role("button").click()
    chair.shown()
    conclude(chair)
    for one in experts.values():
        expect(one.page.get_by_test_id("none-presented")).to_have_text("当前没有汇报中的病例")
        expect(one.page.get_by_test_id("identity")).to_have_count(0)
        expect(one.page.get_by_test_id("pane-0")).to_have_count(0)
    for login, expert in experts.items():
        sign(expert, PANEL[login][1])
    for one in (*experts.values(), doctor):
        expect(one.page.get_by_test_id("signed")).to_contain_text("的 MDT 结论已签署")
    doctor.page.get_by_test_id("signed").get_by_role("button", name="查看结论").click()
    expect(doctor.page.get_by_test_id("conclusion")).to_contain_text(STAGE)
    expect(doctor.page.get_by_test_id("signed")).to_have_count(0)

    path = f"/api{meeting}/items/{other}/defer"
    platform.visitor("coordinator").post(path, {"reason": "时间不足"})
    chair.go(meeting)
    chair.button("结束会议").click()
    expect(chair.page.get_by_test_id("meeting")).to_have_attribute("data-state", "closed")
    go_home(doctor, coordinator, sit("doctor_t"), up, item)


def go_home(doctor: Seat, coordinator: Seat, community: Seat, up: str, item: str) -> None:
    """Treated at the city's and the referral closed, the patient goes down by what the MDT has said."""
    doctor.go(up)
    treat(doctor, coordinator, up)
    verb(doctor, "已阅，结束转诊").click()
    expect(stamped(doctor, "closed")).to_be_visible()
    doctor.go(item)
    expect(doctor.page.get_by_test_id("conclusion")).to_contain_text("签署 4/4")
    expect(doctor.page.get_by_test_id("follow-up")).to_contain_text(TODO)
    doctor.button("拟下转").click()
    doctor.page.wait_for_url(re.compile(r"/referrals/\w+$"))
    down = fill_down(doctor)
    community.go(down)
    verb(community, "接收").click()
    verb(community, "接收").click()
    expect(stamped(community, "accepted")).to_be_visible()
