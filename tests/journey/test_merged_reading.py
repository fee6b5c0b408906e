"""Patients are merged, and parted again, while somebody has a study of theirs before them: its page and its room say so by themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import synth
from tests.children import wait_for
from tests.journey.desk import Desk
from tests.journey.fair import fair
from tests.journey.platform import Platform
from tests.peers import sent

pytestmark = [pytest.mark.needs_chromium, pytest.mark.timeout(300)]
GONE, KEPT = "MRG-1", "MRG-2"
SOON = 20.0
"""Seconds, of an idle machine: less than anything on these screens asks by itself."""


def test_open_screens_follow_a_merge_and_its_end(platform: Platform, desk: Callable[..., Desk]) -> None:
    for number in (GONE, KEPT):
        made = synth.a_ct_series(2, patient_name=f"测试并号{number[-1]}", patient_id=number)
        assert set(platform.scanner().send(*map(sent, made))) == {0}
    visitor, technician = platform.visitor("reader"), platform.visitor("technician_a")

    def opened() -> dict[str, str]:
        rows = [row for row in visitor.rows() if row["task_id"]]
        return {row["patient"]["patient_id"]: row["study_id"] for row in rows}

    wait_for(lambda: {GONE, KEPT} <= opened().keys(), "both are open", fair(90))
    study = opened()[GONE]
    room, page = desk(platform.url, "reader").page, desk(platform.url, "doctor_a").page
    room.goto(f"{platform.url}/read/{study}")
    page.goto(f"{platform.url}/studies/{study}")
    for screen in (room, page):
        expect(screen.get_by_role("region", name="患者身份")).to_contain_text(GONE)
        expect(screen.get_by_text("已并入")).to_have_count(0)

    found = technician.get("/api/people/search?q=MRG-")["items"]
    people = {person["patient_id"]: person["id"] for person in found}
    merged = technician.post("/api/people/merge", {"gone": people[GONE], "kept": people[KEPT], "reason": "同一人"})
    for screen in (room, page):
        expect(screen.get_by_text(f"该患者 ID 已并入 {KEPT}")).to_be_visible(timeout=1000 * fair(SOON))

    technician.post(f"/api/decisions/{merged['id']}/undo", {"reason": "看错了"})
    for screen in (room, page):
        expect(screen.get_by_text("已并入")).to_have_count(0, timeout=1000 * fair(SOON))
