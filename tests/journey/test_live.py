"""What others do appears by itself: new studies within two seconds, images as they come in, who was faster."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests import synth
from tests.journey.desk import Desk
from tests.journey.fair import fair
from tests.journey.platform import Platform
from tests.peers import sent, store

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
Sit = Callable[..., Desk]
NEWS_SECONDS = 2.0
STUDIES, AT_ONCE = 20, 4

WATCH = """(pattern) => {
  window.__rows = {};
  const look = () => {
    for (const row of document.querySelectorAll('[role=row]')) {
      const name = row.textContent.match(new RegExp(pattern))?.[0];
      if (name && !(name in window.__rows)) window.__rows[name] = Date.now();
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
COUNT = """(name) => {
  window.__counts = [];
  const look = () => {
    for (const row of document.querySelectorAll('[role=row]')) {
      if (!row.textContent.includes(name) || !row.textContent.includes('接收中')) continue;
      const count = Number([...row.querySelectorAll('[role=gridcell]')][4].textContent);
      if (window.__counts.at(-1) !== count) window.__counts.push(count);
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
PRESS_C_AT = """(at) => setTimeout(
  () => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'c', bubbles: true })), at - Date.now()
)"""


def a_study(name: str, **options: Any) -> list[Any]:
    """Two slices of an emergency: it settles after half a second."""
    return synth.a_ct_series(2, patient_name=name, patient_id=name, RequestedProcedurePriority="HIGH", **options)


def opened_at(platform: Platform, login: str) -> dict[str, float]:
    """When the task of each study was opened (seconds since 1970), by the patient's name; from the journal."""
    visitor, found = platform.visitor(login), {}
    for row in visitor.rows("limit=200"):
        facts = visitor.get(f"/api/studies/{row['study_id']}/timeline")["items"]
        at = next(fact["at"] for fact in facts if fact["name"] == "TaskOpened")
        found[row["patient"]["name"]] = datetime.fromisoformat(at).timestamp()
    return found


def test_a_study_is_on_the_worklist_within_two_seconds_of_its_task(
    platform: Platform, desk: Sit, figure: Callable[[str, float], None]
) -> None:
    reader = desk(platform.url, "reader")
    expect(reader.page.get_by_role("grid")).to_be_visible()
    reader.page.evaluate(WATCH, "即时[0-9]{2}")
    names = [f"即时{number:02}" for number in range(STUDIES)]
    for first in range(0, STUDIES, AT_ONCE):
        for name in names[first : first + AT_ONCE]:
            platform.scanner().send(*map(sent, a_study(name)))
        reader.page.wait_for_function(f"() => Object.keys(window.__rows).length >= {first + AT_ONCE}")
    seen = {name: at / 1000 for name, at in reader.page.evaluate("() => window.__rows").items()}
    opened = opened_at(platform, "reader")
    took = sorted(seen[name] - opened[name] for name in names)
    p95 = took[round(0.95 * STUDIES) - 1]
    figure(f"from task opened to row seen, median of {STUDIES} studies", took[STUDIES // 2])
    figure(f"from task opened to row seen, p95 of {STUDIES} studies", p95)
    assert took[0] > 0
    assert p95 <= fair(NEWS_SECONDS), took


def test_the_county_sees_its_images_counted_while_they_come_in(platform: Platform, desk: Sit) -> None:
    name, total = "测试计数", 400
    technician = desk(platform.url, "technician_a")
    expect(technician.page.get_by_role("main")).to_be_visible()
    technician.page.evaluate(COUNT, name)
    objects = [sent(ds) for ds in synth.a_ct_series(total, patient_name=name, patient_id="COUNT01")]
    counted: list[int] = []
    with platform.scanner().associated(objects) as association:
        while len(counted) < 3 and objects:
            assert int(store(association, objects.pop(0)).Status) == 0
            counted = technician.page.evaluate("() => window.__counts")
            time.sleep(0.05)  # a slow scanner, not a wait for anything
    assert len(counted) >= 3, "the images are not counted while they come in"
    assert counted == sorted(set(counted)), "the count runs backwards"


def test_of_two_who_claim_at_once_one_wins_and_the_other_is_told_who(platform: Platform, desk: Sit) -> None:
    name = "测试同时"
    desks = [desk(platform.url, login) for login in ("reader", "reader2")]
    platform.scanner().send(*map(sent, a_study(name)))
    for one in desks:
        one.choose(name)
    at = time.time() * 1000 + 1500
    for one in desks:
        one.page.evaluate(PRESS_C_AT, at)
    rows = [one.row(name) for one in desks]
    for row in rows:
        expect(row).to_contain_text("阅片")
        expect(row).not_to_contain_text("待读")
    reader = platform.visitor("reader").rows(f"q={quote(name)}")[0]["reader"]["name"]
    winner, loser = desks if reader == "测试读片医师" else desks[::-1]
    expect(winner.row(name)).to_contain_text("我在阅片")
    expect(loser.page.locator("[aria-live=polite]")).to_contain_text(reader)
    expect(loser.row(name)).to_contain_text(f"{reader} 阅片中")


def test_pictures_that_cannot_be_fetched_are_said_and_leave_no_fault_uncaught(platform: Platform, desk: Sit) -> None:
    name = "断线影像"
    slices = synth.a_ct_series(12, patient_name=name, patient_id=name, RequestedProcedurePriority="HIGH")
    platform.scanner().send(*map(sent, slices))
    reader = desk(platform.url, "reader")
    reader.page.route("**/frames/**", lambda route: route.abort())
    reader.choose(name)
    reader.page.keyboard.press("Enter")
    expect(reader.page.get_by_text("无法显示第").first).to_be_visible(timeout=30_000)
