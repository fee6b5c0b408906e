"""What leaves a desk when it is done: a critical finding by its action, a signed MDT conclusion by being opened by the doctor it is for."""

from __future__ import annotations

import pytest

from teleconsult import consult, reading, reporting
from teleconsult.consult import queries
from teleconsult.kernel.clock import FixedClock
from tests.builders import Alliance
from tests.records.desk import does
from tests.records.house import a_study
from tests.records.meeting import a_board


@pytest.fixture
def study_id(alliance: Alliance) -> str:
    with alliance.system.work() as work:
        study = a_study(work, alliance.sites["county_a"])
        reading.open_for(work, study.id)
        return study.id


def kinds(alliance: Alliance, login: str) -> list[str]:
    with alliance.system.read() as work:
        return [item.kind for item in queries.desk(work, alliance.people[login])[0]]


def test_a_finding_asks_for_its_action_until_it_is_recorded(alliance: Alliance, study_id: str) -> None:
    found = does(alliance, "reader", reporting.raise_critical, study_id, "tension_pneumothorax")
    assert kinds(alliance, "doctor_a") == ["critical_acknowledge"]
    does(alliance, "doctor_a", reporting.acknowledge_critical, found.id, "测试1，张力性气胸")
    assert kinds(alliance, "doctor_a") == ["critical_act"]
    does(alliance, "doctor_a", reporting.act_on_critical, found.id, "refer", "已上转")
    assert kinds(alliance, "doctor_a") == ["critical_close"]


def test_what_became_of_the_patient_is_asked_until_it_is_recorded_and_more_urgently_as_time_goes(
    alliance: Alliance, clock: FixedClock, study_id: str
) -> None:
    found = does(alliance, "reader", reporting.raise_critical, study_id, "tension_pneumothorax")
    does(alliance, "doctor_a", reporting.acknowledge_critical, found.id, "测试1，张力性气胸")
    does(alliance, "doctor_a", reporting.act_on_critical, found.id, "treat", "胸腔闭式引流")
    bands = []
    for hours in (0, 17, 8):
        clock.advance(hours * 3600)
        with alliance.system.read() as work:
            (item,) = queries.desk(work, alliance.people["doctor_a"])[0]
        bands.append((item.kind, item.verb, item.band))
    assert bands == [("critical_close", "close", band) for band in ("blue", "yellow", "red")]
    for login in ("doctor_b", "reader"):
        assert "critical_close" not in kinds(alliance, login), login
    does(alliance, "doctor_a", reporting.close_critical, found.id, "improved", "")
    assert kinds(alliance, "doctor_a") == []


def test_a_signed_conclusion_waits_for_each_doctor_whose_case_it_is_until_they_open_it(
    alliance: Alliance, clock: FixedClock
) -> None:
    house = a_board(alliance, clock)
    item = house.signed()
    assert "meeting_read" in house.desk("doctor_a")
    for login in ("doctor_b", "reader", "path"):
        assert "meeting_read" not in house.desk(login), login
        house.does(login, consult.tracking.opened, item.id)
    assert "meeting_read" in house.desk("doctor_a"), "others have opened nothing for them"
    for _ in range(2):
        house.does("doctor_a", consult.tracking.opened, item.id)
    assert "meeting_read" not in house.desk("doctor_a")
    assert house.facts("item").count("ConclusionRead") == 1
