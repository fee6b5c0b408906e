"""Who is told of a critical finding, and when: relay and worker together, with a clock that is turned."""

from __future__ import annotations

import pytest

from teleconsult import reporting
from teleconsult.access import SYSTEM, Grant, Role, Title, actor_by_login, add_person, notices
from teleconsult.reporting.tables import CriticalRow
from tests.jobs.floor import Floor
from workers.jobs import JOBS
from workers.live import messages


@pytest.fixture
def raised(floor: Floor) -> CriticalRow:
    """A level Ⅰ finding of a study of county A, which has a coordinator of its own here; nobody is told yet."""
    study_id = floor.a_prepared_study()
    floor.run("route")
    reader, county = floor.alliance.people["reader"], floor.alliance.sites["county_a"]
    with floor.system.work() as work:
        add_person(
            work, SYSTEM, "coordinator_a", "测试县调度", Title.NONE, county, [Grant(Role.COORDINATOR, county)], None
        )
        floor.alliance.people["coordinator_a"] = actor_by_login(work, "coordinator_a")
    with floor.system.work(reader) as work:
        return reporting.raise_critical(work, reader, study_id, "tension_pneumothorax")


def told(floor: Floor) -> dict[str, list[str]]:
    """Everybody's notices of critical findings, oldest first, without the word `critical.`"""
    floor.run()
    with floor.system.read() as work:
        every = {login: notices(work, actor) for login, actor in floor.alliance.people.items()}
    codes = {
        login: [
            one.row.code.removeprefix("critical.") for one in reversed(found) if one.row.code.startswith("critical.")
        ]
        for login, found in every.items()
    }
    return {login: found for login, found in codes.items() if found}


def minutes_later(floor: Floor, minutes: float) -> int:
    """What the relay's duty does then; how many findings."""
    floor.clock.advance(minutes * 60)
    with floor.system.work() as work:
        return reporting.sweep(work)


def test_the_doctors_are_told_at_once_and_more_people_at_five_ten_and_fifteen_minutes(
    floor: Floor, raised: CriticalRow
) -> None:
    assert told(floor) == {"doctor_a": ["raised"]}
    assert minutes_later(floor, 5) == 1
    assert told(floor) == {"doctor_a": ["raised", "escalated"], "coordinator_a": ["escalated"]}
    assert minutes_later(floor, 5) == 1
    assert told(floor)["coordinator_a"] == ["escalated"] * 2
    assert minutes_later(floor, 5) == 1
    last = told(floor)
    assert last["doctor_a"] == ["raised", *["escalated"] * 3]
    assert last["coordinator"] == last["reviewer"] == ["escalated_to_centre"]
    assert "reader" not in last
    assert minutes_later(floor, 600) == 0


def test_what_was_read_back_meanwhile_is_not_rung_for(floor: Floor, raised: CriticalRow) -> None:
    doctor = floor.alliance.people["doctor_a"]
    minutes_later(floor, 5)  # the relay was quick, the worker was not
    with floor.system.work(doctor) as work:
        reporting.acknowledge_critical(work, doctor, raised.id, "测试甲，张力性气胸")
    assert told(floor) == {"reader": ["acknowledged"]}
    assert minutes_later(floor, 15) == 1
    assert told(floor) == {
        "reader": ["acknowledged"], "doctor_a": ["action_overdue"], "coordinator_a": ["action_overdue"],
    }  # fmt: skip


def unseen(floor: Floor, login: str) -> list[str]:
    floor.run()
    with floor.system.read() as work:
        found = notices(work, floor.alliance.people[login])
    return [one.row.code.removeprefix("critical.") for one in found if not one.seen]


def test_a_bell_counts_a_finding_until_somebody_has_read_it_back_and_forgets_it_by_itself_then(
    floor: Floor, raised: CriticalRow
) -> None:
    doctor = floor.alliance.people["doctor_a"]
    minutes_later(floor, 15)
    for _ in range(2):
        with floor.system.work() as work:
            reporting.sweep(work)
    assert unseen(floor, "doctor_a") == ["escalated"], "the last word on it stands for those before"
    assert unseen(floor, "reviewer") == ["escalated_to_centre"]
    with floor.system.work(doctor) as work:
        reporting.acknowledge_critical(work, doctor, raised.id, "测试甲，张力性气胸")
    assert unseen(floor, "doctor_a") == unseen(floor, "reviewer") == unseen(floor, "coordinator_a") == []
    told_again = [room for event, _, room in messages(floor.facts("NoticesSettled")) if event == "notice"]
    assert set(told_again) == {f"site:{floor.alliance.sites[site]}" for site in ("county_a", "city")}
    minutes_later(floor, 15)
    assert unseen(floor, "doctor_a") == ["action_overdue"]
    with floor.system.work(doctor) as work:
        reporting.act_on_critical(work, doctor, raised.id, "treat", "穿刺")
    assert unseen(floor, "doctor_a") == []


def test_a_notice_that_comes_twice_is_one(floor: Floor, raised: CriticalRow) -> None:
    fact = floor.facts("CriticalRaised")[0]
    for _ in range(3):
        JOBS["notify_critical"](floor.bench, fact)
    floor.run()
    assert told(floor) == {"doctor_a": ["raised"]}
    assert [fact.name for fact in floor.facts("CriticalNotified")] == ["CriticalNotified"]


def test_open_screens_hear_of_it_at_both_hospitals_and_on_the_study(floor: Floor, raised: CriticalRow) -> None:
    floor.run()
    news = list(messages([*floor.facts("CriticalRaised"), *floor.facts("NoticeGiven")]))
    county, city = floor.alliance.sites["county_a"], floor.alliance.sites["city"]
    assert {room for event, _, room in news if event == "changed"} == {f"site:{county}", f"site:{city}"}
    assert ("critical.raised", f"site:{county}") in {(said.get("code"), room) for event, said, room in news if event == "notice"}  # fmt: skip
    assert any(event == "fact" and room == f"study:{raised.study_id}" for event, _, room in news)
