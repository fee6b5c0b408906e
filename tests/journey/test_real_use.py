"""An installation set up from nothing, as a hospital would: no demo code, only the link, the screens and the commands."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.children import wait_for
from tests.journey.desk import Desk
from tests.journey.platform import PASSWORD, ROOT, Platform, running
from tests.journey.walk import STEPS, Walk

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(400)]
LINK = re.compile(r"First administrator .*: (http://\S+/invitation/\S+)")
Sit = Callable[..., Desk]


class Office:
    """The administrator's two hands: the screens of /admin, and the command line at the machine."""

    def __init__(self, platform: Platform, desk: Desk) -> None:
        self.platform, self.desk, self.page = platform, desk, desk.page

    # ---- screens

    def form(self, kind: str, button: str) -> Locator:
        self.desk.go(f"/admin/{kind}")
        self.desk.button(button).click()
        return self.page.get_by_role("dialog")

    def done(self, form: Locator, row: str) -> None:
        form.get_by_role("button", name=re.compile("^添加")).last.click()
        expect(form).to_have_count(0)
        expect(self.page.get_by_role("row").filter(has_text=row).first).to_be_visible()

    def site(self, code: str, name: str, level: str, parent: str = "") -> None:
        form = self.form("sites", "添加医院")
        form.get_by_label("名称").fill(name)
        form.get_by_label("代码").fill(code)
        form.get_by_label("级别").select_option(label=level)
        if parent:
            form.get_by_label("上级医院").select_option(label=parent)
        self.done(form, name)

    def peer(self, ae_title: str, site: str, address: str) -> None:
        form = self.form("peers", "添加设备")
        form.get_by_label("AE 标题").fill(ae_title)
        form.get_by_label("所属医院").select_option(label=site)
        form.get_by_label("来源地址").fill(address)
        self.done(form, ae_title)

    def agreement(self, requesting: str, reading: str, modality: str) -> None:
        form = self.form("agreements", "添加协议")
        form.get_by_label("申请医院").select_option(label=requesting)
        form.get_by_label("阅片医院").select_option(label=reading)
        form.get_by_label("类型").select_option(modality)
        self.done(form, requesting)

    def person(self, login: str, name: str, title: str, site: str, role: str) -> str:
        """Adds somebody; the link for them."""
        form = self.form("people", "添加人员")
        form.get_by_label("姓名").fill(name)
        form.get_by_label("账号").fill(login)
        form.get_by_label("职称").select_option(label=title)
        form.get_by_label("医院").first.select_option(label=site)
        form.get_by_role("button", name="添加角色").click()
        form.get_by_label("角色", exact=True).last.select_option(label=role)
        form.get_by_role("button", name="添加并生成链接").click()
        link = self.page.get_by_label("链接", exact=True).input_value()
        self.page.get_by_role("dialog").get_by_role("button", name="关闭").last.click()
        return link

    # ---- commands

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "TELECONSULT_PUBLIC_URL": self.platform.url}
        command = [sys.executable, "-m", "teleconsult", "--home", str(self.platform.home), *words]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)

    def command(self, *words: str) -> dict[str, Any]:
        ended = self.run(*words)
        assert ended.returncode == 0, ended.stderr
        answer: dict[str, Any] = json.loads(ended.stdout)
        return answer


def first_administrator(platform: Platform, desk: Desk) -> None:
    """The one-time link that the first start printed makes the first administrator, once."""
    wait_for(lambda: LINK.search(platform.log), "the link is printed", 20)
    found = LINK.search(platform.log)
    assert found
    desk.page.goto(found[1])
    desk.page.get_by_label("登录账号").fill("chief")
    desk.page.get_by_label("姓名").fill("测试首位管理员")
    for label in ("新密码", "再次输入新密码"):
        desk.page.get_by_label(label, exact=True).fill(PASSWORD)
    desk.button("完成并登录").click()
    # Exactly: the page of the link is headed "建立第一位管理员", and leaving it early would break the sign-in off.
    expect(desk.page.get_by_role("heading", name="管理", exact=True)).to_be_visible()
    second = desk.page.context.new_page()
    second.goto(found[1])
    expect(second.get_by_text("链接无效或已被使用")).to_be_visible()
    second.close()


def an_alliance_by_hand(office: Office) -> dict[str, str]:
    """Half by screens, half by commands; the links of those who were invited, by login."""
    links = dict[str, str]()
    office.site("CITY", "示例市医院", "市级")
    office.site("KA", "示例一县医院", "县级", "示例市医院")
    office.peer("SCANNER_A", "示例一县医院", "127.0.0.1")
    office.agreement("示例一县医院", "示例市医院", "CT")
    links["reader"] = office.person("reader", "测试读片医师", "住院医师", "示例市医院", "阅片医师")
    links["reviewer"] = office.person("reviewer", "测试审核医师", "主治医师", "示例市医院", "审核医师")
    office.command("site", "add", "KB", "示例二县医院", "--parent", "CITY")
    office.command("peer", "add", "SCANNER_B", "127.0.0.1", "--site", "KB", "--charset", "GB18030")
    office.command("agreement", "add", "--from", "KB", "--to", "CITY", "--sla", "tianchang")
    for login, name, role, site in (
        ("doctor_a", "测试县医生甲", "county_doctor", "KA"),
        ("auditor", "测试审计员", "auditor", "CITY"),
    ):
        words = ("--title", "attending", "--site", site, "--role", role)
        links[login] = office.command("user", "add", login, name, *words)["link"]
    return links


def set_password(desk: Desk, link: str) -> None:
    """Somebody follows their link and is in."""
    desk.page.goto(link)
    for label in ("新密码", "再次输入新密码"):
        desk.page.get_by_label(label, exact=True).fill(PASSWORD)
    desk.button("完成并登录").click()
    expect(desk.page.get_by_role("navigation")).to_be_visible()


def a_reset_is_audited(office: Office, sit: Sit) -> None:
    """The old password ends, the new link works once, and the journal says who did it."""
    link = office.command("user", "reset", "reader")["link"]
    with pytest.raises(AssertionError, match=r"login\.wrong"):
        office.platform.visitor("reader")
    set_password(sit(office.platform.url), link)
    facts = office.platform.visitor("auditor").get("/api/audit/facts?name=PersonReset")["items"]
    assert len(facts) == 1
    assert facts[0]["actor"].startswith("cli:")


def test_an_alliance_set_up_from_nothing_does_the_main_job_and_a_forged_journal_is_found(
    desk: Sit, tmp_path: Path
) -> None:
    with running(tmp_path / "home", tmp_path / "log") as platform:
        chief = desk(platform.url)
        first_administrator(platform, chief)
        office = Office(platform, chief)
        links = an_alliance_by_hand(office)
        for link in links.values():
            set_password(desk(platform.url), link)
        walk = Walk(platform, "REAL0001")
        for step in STEPS:
            getattr(walk, step)()
        assert office.run("user", "list").stdout.count("\n") == 1 + 5
        a_reset_is_audited(office, desk)
        held = office.run("audit", "verify")
        assert (held.returncode, held.stdout) == (0, "the audit chain holds\n")
    forge(tmp_path / "home" / "teleconsult.db")
    found = office.run("audit", "verify")
    assert found.returncode == 1
    assert "does not hold" in found.stdout


def forge(database: Path) -> None:
    """Whoever holds the disk rewrites who signed, and tidies up behind themselves."""
    with sqlite3.connect(database) as raw:
        guards = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'facts'").fetchall()
        for (name,) in guards:
            raw.execute(f'DROP TRIGGER "{name}"')
        changed = raw.execute("UPDATE facts SET actor_name = '测试他人' WHERE name = 'ReportSigned'")
        assert changed.rowcount == 1
    raw.close()
