"""Devices as an administrator looks after them: what is refused is said at its field, what is cut off is asked about first."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journey.platform import Platform
from tests.journey.rooms import Sit

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]


def test_a_refused_device_form_marks_the_field_and_shows_it(platform: Platform, desk: Sit) -> None:
    at = desk(platform.url, "administrator")
    at.go("/admin/peers")
    at.button("添加设备").click()
    form = at.page.get_by_role("dialog")
    form.get_by_label("AE 标题", exact=True).fill("PACS_WEAK")
    form.get_by_label("所属医院").select_option(index=1)
    form.get_by_label("来源地址").fill("10.9.9.9")
    form.get_by_label("接收报告").select_option("yes")
    go = form.get_by_role("button", name="添加", exact=True)
    go.click()
    host = form.get_by_label("回呼主机")
    expect(host).to_have_attribute("aria-invalid", "true")
    expect(host).to_be_focused()
    expect(form.get_by_role("alert")).to_contain_text("报告无处发送")
    expect(form.get_by_role("alert")).to_be_in_viewport()
    form.get_by_label("接收报告").select_option("no")
    form.get_by_text("加密、身份与限制").click()
    form.get_by_label("用户名").fill("pacs")
    form.get_by_label("口令").fill("weak")
    form.get_by_text("加密、身份与限制").click()
    go.click()
    expect(form.get_by_label("口令")).to_be_focused()
    expect(form.get_by_label("口令")).to_be_in_viewport()
    expect(form.get_by_role("alert")).to_contain_text("密码太简单")
    expect(form.get_by_role("alert")).to_be_in_viewport()
    form.get_by_label("口令").fill("strong-2026")
    go.click()
    expect(form).to_have_count(0)


def test_disabling_and_revoking_ask_first_and_begin_at_the_way_out(platform: Platform, desk: Sit) -> None:
    at = desk(platform.url, "administrator")
    at.go("/admin/peers")
    row = at.page.get_by_role("row").filter(has_text="SCANNER_B")
    row.get_by_role("button", name="令牌").click()
    tokens = at.page.get_by_role("dialog", name=re.compile("令牌$"))
    tokens.get_by_role("button", name="签发新令牌").click()
    expect(tokens.get_by_label("网关设置链接")).to_be_visible()
    expect(tokens.get_by_role("button", name="复制链接")).to_be_visible()
    tokens.get_by_role("button", name="吊销").first.click()
    asked = at.page.get_by_role("dialog", name=re.compile("吊销 SCANNER_B"))
    expect(asked.get_by_role("button", name="取消")).to_be_focused()
    asked.get_by_role("button", name="取消").click()
    expect(tokens).not_to_contain_text("已吊销")
    tokens.get_by_role("button", name="吊销").first.click()
    asked.get_by_role("button", name="吊销").click()
    expect(tokens).to_contain_text("已吊销")
    expect(tokens.get_by_label("网关设置链接")).to_have_count(0)
    tokens.get_by_role("button", name="关闭").last.click()
    row.get_by_role("button", name="停用").click()
    asked = at.page.get_by_role("dialog", name=re.compile("SCANNER_B"))
    expect(asked.get_by_role("button", name="取消")).to_be_focused()
    asked.get_by_role("button", name="停用").click()
    expect(row).to_contain_text("已停用")
    row.get_by_role("button", name="启用").click()
    expect(row).not_to_contain_text("已停用")
