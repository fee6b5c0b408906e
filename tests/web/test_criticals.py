"""Critical findings over HTTP, as the screens ask for them: raised, heard, read back, acted on, closed; papers, printed and verified."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from teleconsult.access import notices
from tests.builders import Alliance
from tests.web.conftest import Browser
from tests.web.scene import a_signed_study
from tests.working import work_off

SignIn = Callable[[str], Browser]


@pytest.fixture
def study(alliance: Alliance) -> str:
    return a_signed_study(alliance).study


def items(browser: Browser, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (browser.get(f"/api/criticals?{query}").json or {})["items"]
    return found


def codes(alliance: Alliance, login: str) -> list[str]:
    work_off(alliance.system)
    with alliance.system.read() as work:
        found = notices(work, alliance.people[login])
    return [one.row.code for one in found if one.row.code.startswith("critical.")]


def test_the_loop_of_a_finding(alliance: Alliance, browser: SignIn, study: str) -> None:
    reader, doctor = browser("reader"), browser("doctor_a")
    raised = reader.post(f"/api/studies/{study}/criticals", {"item": "tension_pneumothorax", "text": "纵隔左移"}).json
    assert raised is not None
    assert (raised["state"], raised["level"], raised["hear"]) == ("raised", 1, False)
    assert codes(alliance, "doctor_a") == ["critical.raised"]
    (heard,) = items(doctor, "hear=1")
    assert (heard["id"], heard["state"], heard["hear"], heard["verbs"]) == (raised["id"], "notifying", True, ["acknowledge"])  # fmt: skip
    whom = heard["patient"]["name"]
    for said, code in (("张力性气胸", "critical.read_back_patient"), (f"{whom}，收到", "critical.read_back")):
        wrong = doctor.post(f"/api/criticals/{raised['id']}/acknowledge", {"read_back": said})
        assert (wrong.status_code, (wrong.json or {})["code"]) == (422, code)
    right = doctor.post(f"/api/criticals/{raised['id']}/acknowledge", {"read_back": f"{whom}，张力性气胸，收到"}).json
    assert right is not None
    assert (right["state"], right["verbs"]) == ("acknowledged", ["act"])
    assert items(doctor, "hear=1") == []
    assert codes(alliance, "reader") == ["critical.acknowledged"]
    doctor.post(f"/api/criticals/{raised['id']}/act", {"action": "treat", "text": "穿刺"})
    closed = doctor.post(f"/api/criticals/{raised['id']}/close", {"outcome": "improved"}).json
    assert closed is not None
    assert (closed["state"], closed["action_text"], closed["outcome"]) == ("closed", "穿刺", "improved")
    assert items(doctor, "open=1") == []
    assert [one["id"] for one in items(doctor, f"study_id={study}")] == [raised["id"]]
    figures = doctor.get("/api/criticals/figures").json
    assert figures is not None
    assert (figures["in_time_percent"], figures["closed"], figures["open"]) == (100.0, 1, 0)


def test_a_finding_withdrawn_before_the_read_back_is_withdrawn_in_silence_and_after_it_is_told(
    alliance: Alliance, browser: SignIn, study: str
) -> None:
    reader, doctor = browser("reader"), browser("doctor_a")
    for read_back in (False, True):
        raised = reader.post(f"/api/studies/{study}/criticals", {"item": "brain_herniation"}).json
        assert raised is not None
        work_off(alliance.system)
        if read_back:
            doctor.post(
                f"/api/criticals/{raised['id']}/acknowledge", {"read_back": f"{raised['patient']['name']}，脑疝"}
            )
        assert reader.post(f"/api/criticals/{raised['id']}/withdraw", {"reason": "看错"}).status_code == 200
    assert codes(alliance, "doctor_a") == ["critical.withdrawn", "critical.raised", "critical.raised"]


def test_what_a_page_asks_again_and_again_costs_nothing_while_nothing_happens_and_keeps_nobody_signed_in(
    browser: SignIn, study: str
) -> None:
    doctor = browser("doctor_a")
    first = doctor.get("/api/criticals?hear=1")
    again = doctor.client.get("/api/criticals?hear=1", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_the_list_of_items_says_each_one_s_level(browser: SignIn) -> None:
    found = (browser("reader").get("/api/critical-items").json or {})["items"]
    levels = {item["code"]: (item["kind"], item["level"]) for item in found}
    assert levels["tension_pneumothorax"] == ("imaging", 1)
    assert levels["st_elevation_infarction"] == ("ecg", 1)
    assert levels["suspected_malignancy"] == ("imaging", 3)
