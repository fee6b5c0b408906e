"""The screens speak the browser's language until somebody chooses one; then that one, wherever they sign in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journey.platform import PASSWORD, Platform

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]

WHO = "technician_a"


def signed_in(browser: Browser, platform: Platform, locale: str) -> Page:
    page = browser.new_context(locale=locale, viewport={"width": 1366, "height": 768}).new_page()
    page.goto(f"{platform.url}/login")
    page.locator("input[name=login]").fill(WHO)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    return page


def test_the_browser_s_language_holds_until_one_is_chosen(platform: Platform, browser: Browser) -> None:
    english = signed_in(browser, platform, "en-US")
    expect(english.locator("html")).to_have_attribute("lang", "en")
    expect(english.get_by_role("navigation").first).to_contain_text("Arrivals")
    chinese = signed_in(browser, platform, "zh-CN")
    expect(chinese.get_by_role("navigation").first).to_contain_text("接收异常")
    english.get_by_text("测试技师甲").first.click()
    with english.expect_response("**/api/me/language"):
        english.get_by_role("button", name="中文", exact=True).click()
    again = signed_in(browser, platform, "en-US")
    expect(again.get_by_role("navigation").first).to_contain_text("接收异常")
    for page in (english, chinese, again):
        page.context.close()
