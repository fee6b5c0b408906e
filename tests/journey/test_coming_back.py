"""A page whose first question is lost on the line is there by itself when the line is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.journey.desk import Desk
from tests.journey.platform import Platform

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]


def test_a_page_that_could_not_ask_who_is_there_asks_again_by_itself(
    platform: Platform, desk: Callable[..., Desk]
) -> None:
    person = desk(platform.url, "technician_a")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if len(lost) < 2:
            lost.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    person.page.route("**/api/me", lose)
    person.page.reload()
    expect(person.page.get_by_role("alert")).to_be_visible()
    expect(person.page.get_by_role("navigation").first).to_be_visible()
    assert len(lost) == 2
