"""Reading tasks in a real database: opened once, one winner, the clock, who may."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, func, select, update
from sqlalchemy.exc import IntegrityError

from teleconsult import reading
from teleconsult.access import SYSTEM, Actor, Share, add_agreement, change_agreement, shares_of
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.reading.tables import TaskRow, WaitingRow
from teleconsult.records import Work, journal
from tests.builders import Alliance
from tests.records.conftest import AT
from tests.records.desk import does, refused
from tests.records.house import a_study


@pytest.fixture
def task_id(alliance: Alliance) -> str:
    """A queued task of county A."""
    with alliance.system.work() as work:
        task = reading.open_for(work, a_study(work, alliance.sites["county_a"]).id)
        assert task is not None
        return task.id


def facts(alliance: Alliance) -> list[tuple[str, int]]:
    with alliance.system.read() as work:
        return [
            (fact.name, fact.version)
            for fact in journal.facts_after(work, 0, 1000)
            if fact.subject in ("task", "study")
        ]


def the_task(alliance: Alliance, task_id: str) -> TaskRow:
    with alliance.system.read() as work:
        return work.get(TaskRow, task_id)


# ---------------------------------------------------------------- opening and routing


def test_a_hospital_may_read_its_own_studies_under_an_agreement_with_itself(alliance: Alliance) -> None:
    city = alliance.sites["city"]
    with alliance.system.work() as work:
        add_agreement(work, SYSTEM, city, city)
        task = reading.open_for(work, a_study(work, city).id)
        assert task is not None
        assert {(share.site_id, share.why) for share in shares_of(work, task.study_id)} == {
            (city, "origin"),
            (city, "reading"),
        }
    claimed = does(alliance, "reader", reading.claim, task.id)
    assert (claimed.state, claimed.reading_site_id) == ("claimed", city)


def test_a_prepared_study_is_opened_once_and_says_why_it_went_there(alliance: Alliance) -> None:
    with alliance.system.work() as work:
        study = a_study(work, alliance.sites["county_a"], priority="STAT")
        first, again = reading.open_for(work, study.id), reading.open_for(work, study.id)
    with alliance.system.work() as work:
        later = reading.open_for(work, study.id)
        shares = shares_of(work, study.id)
    assert first is not None
    assert first is again
    assert later is not None
    assert later.id == first.id
    assert (first.state, first.priority, first.reading_site_id) == ("queued", "STAT", alliance.sites["city"])
    assert first.due_at == AT + timedelta(minutes=60), "STAT CT of the standard profile"
    assert (first.route_code, first.route_params) == ("route.any", {"modality": "CT", "sla": "standard"})
    assert Share(alliance.sites["city"], "reading") in shares
    assert facts(alliance).count(("TaskOpened", 1)) == 1


def test_an_agreement_for_the_modality_goes_before_one_for_all(alliance: Alliance) -> None:
    with alliance.system.work() as work:
        named = add_agreement(
            work, SYSTEM, alliance.sites["county_a"], alliance.sites["county_b"], modality="CT", sla="tianchang", rank=9
        )
        task = reading.open_for(work, a_study(work, alliance.sites["county_a"]).id)
        other = reading.open_for(work, a_study(work, alliance.sites["county_a"], 2, modality="DX").id)
    assert task is not None
    assert (task.agreement_id, task.route_code, task.sla) == (named.id, "route.modality", "tianchang")
    assert task.due_at == AT + timedelta(minutes=30)
    assert [(step["modality"], step["fits"]) for step in task.route_trace] == [("*", True), ("CT", True)]
    assert other is not None
    assert other.reading_site_id == alliance.sites["city"]


def test_a_study_without_an_agreement_waits_and_is_opened_when_one_is_added(alliance: Alliance) -> None:
    township = alliance.sites["township"]
    with alliance.system.work() as work:
        study = a_study(work, township)
        assert reading.open_for(work, study.id) is None
        assert reading.open_for(work, study.id) is None
    with alliance.system.read() as work:
        assert reading.queries.why_waiting(work, study.id) == ("route.no_agreement", {})
    assert facts(alliance) == [("StudyUnroutable", 0)], "told once"
    with alliance.system.work() as work:
        add_agreement(work, SYSTEM, township, alliance.sites["city"], modality="MR")
        assert reading.open_waiting(work, township) == 0
        assert reading.queries.why_waiting(work, study.id) == ("route.no_modality", {"modality": "CT"})
        add_agreement(work, SYSTEM, township, alliance.sites["city"], modality="CT")
        assert reading.open_waiting(work, township) == 1
        assert reading.open_waiting(work, township) == 0
        assert reading.queries.why_waiting(work, study.id) is None
        waited = work.session.get_one(WaitingRow, study.id)
        assert (waited.since, waited.routed_at) == (AT, AT)


def test_a_waiting_study_is_ready_once_an_agreement_has_begun_or_is_enabled_again(
    alliance: Alliance, clock: FixedClock
) -> None:
    township, city = alliance.sites["township"], alliance.sites["city"]
    with alliance.system.work() as work:
        study = a_study(work, township)
        reading.open_for(work, study.id)
        later = add_agreement(work, SYSTEM, township, city, valid_from=AT + timedelta(days=1))
        add_agreement(work, SYSTEM, township, city, modality="MR")
        assert reading.queries.routable(work) == []
    clock.advance(timedelta(days=1).total_seconds())
    with alliance.system.work() as work:
        assert reading.queries.routable(work) == [study.id]
        change_agreement(work, SYSTEM, later.id, {"disabled": True})
        assert reading.queries.routable(work) == []
        change_agreement(work, SYSTEM, later.id, {"disabled": False})
        assert reading.queries.routable(work) == [study.id]
        assert reading.open_for(work, study.id) is not None
        assert reading.queries.routable(work) == []


def test_an_unknown_study_is_absent(alliance: Alliance) -> None:
    with alliance.system.work() as work, refused("study.absent", Meaning.ABSENT):
        reading.open_for(work, "0" * 32)


# ---------------------------------------------------------------- claim and lease


def test_of_many_readers_at_once_one_has_the_task_and_the_others_are_told_who(alliance: Alliance, task_id: str) -> None:
    readers = [alliance.people[login] for login in ("reader", "reader2", "reviewer")] * 3
    start, won, lost = threading.Barrier(len(readers)), [], []

    def claim(reader: Actor) -> None:
        start.wait()
        try:
            with alliance.system.work(reader) as work:
                reading.claim(work, reader, task_id)
            won.append(reader.name)
        except Refused as refusal:
            lost.append((refusal.code, refusal.params.get("name")))

    threads = [threading.Thread(target=claim, args=(reader,)) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(won)) == 1
    assert set(lost) == {("task.claimed_by_other", won[0])}
    assert len(won) == 3, "the winner's own repeats are harmless"
    assert [name for name, _ in facts(alliance)].count("TaskClaimed") == 1


def test_a_heartbeat_extends_the_lease_and_tells_nobody(alliance: Alliance, task_id: str, clock: FixedClock) -> None:
    does(alliance, "reader", reading.claim, task_id)
    told = facts(alliance)
    clock.advance(600)
    task = does(alliance, "reader", reading.heartbeat, task_id)
    assert task.lease_until == AT + timedelta(minutes=25)
    assert the_task(alliance, task_id).lease_until == AT + timedelta(minutes=25)
    assert the_task(alliance, task_id).version == 2
    assert facts(alliance) == told


def test_a_lease_that_ran_out_goes_back_to_the_queue_once(alliance: Alliance, task_id: str, clock: FixedClock) -> None:
    does(alliance, "reader", reading.claim, task_id)
    clock.advance(15 * 60 - 1)
    with alliance.system.work() as work:
        assert reading.lapse(work) == 0
    clock.advance(1)
    with alliance.system.work() as work:
        assert reading.lapse(work) == 1
        assert reading.lapse(work) == 0
    task = the_task(alliance, task_id)
    assert (task.state, task.reader_id, task.lease_until) == ("queued", None, None)
    assert facts(alliance)[-1] == ("TaskLapsed", task.version)
    with refused("task.not_claimed", Meaning.CONFLICT):
        does(alliance, "reader", reading.heartbeat, task_id)
    does(alliance, "reader2", reading.claim, task_id)
    with refused("task.claimed_by_other", Meaning.CONFLICT):
        does(alliance, "reader", reading.heartbeat, task_id)


def test_sweeping_and_a_heartbeat_at_once_leave_one_truth(alliance: Alliance, task_id: str, clock: FixedClock) -> None:
    """Whoever is second sees what the first did: either it lapsed and the heartbeat is refused, or it lives on."""
    does(alliance, "reader", reading.claim, task_id)
    clock.advance(15 * 60)
    start, outcome = threading.Barrier(2), {}

    def sweep() -> None:
        start.wait()
        with alliance.system.work() as work:
            outcome["lapsed"] = reading.lapse(work)

    def beat() -> None:
        start.wait()
        try:
            does(alliance, "reader", reading.heartbeat, task_id)
            outcome["alive"] = 1
        except Refused:
            outcome["alive"] = 0

    threads = [threading.Thread(target=sweep), threading.Thread(target=beat)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcome["lapsed"] + outcome["alive"] == 1
    assert the_task(alliance, task_id).state == ("claimed" if outcome["alive"] else "queued")


# ---------------------------------------------------------------- return, answer, cancel, late images


def test_the_clock_stands_while_the_county_answers(alliance: Alliance, task_id: str, clock: FixedClock) -> None:
    due = the_task(alliance, task_id).due_at
    does(alliance, "reader", reading.claim, task_id)
    clock.advance(60)
    does(alliance, "reader", reading.return_to_site, task_id, "images_unfit", "呼吸伪影")
    clock.advance(3600)
    task = does(alliance, "doctor_a", reading.answer, task_id, "已重新扫描")
    assert (task.state, task.due_at, task.answer_text) == ("queued", due + timedelta(hours=1), "已重新扫描")
    with alliance.system.read() as work:
        view = reading.queries.task(work, alliance.people["reader"], task_id)
    assert view.returned_by is not None
    assert (view.return_code, view.return_text, view.returned_by.name) == ("images_unfit", "呼吸伪影", "测试读片医师")
    assert [name for name, _ in facts(alliance)] == ["TaskOpened", "TaskClaimed", "TaskReturned", "TaskAnswered"]


def test_the_county_cancels_while_nobody_reads_and_the_coordinator_later(alliance: Alliance, task_id: str) -> None:
    does(alliance, "reader", reading.claim, task_id)
    with refused("task.cancel_too_late", Meaning.CONFLICT):
        does(alliance, "doctor_a", reading.cancel, task_id, "重复申请")
    assert does(alliance, "coordinator", reading.cancel, task_id, "重复申请").state == "cancelled"
    with refused("move.illegal", Meaning.CONFLICT):
        does(alliance, "reader", reading.claim, task_id)


def test_late_images_mark_a_task_once_and_never_reopen_it(alliance: Alliance, task_id: str) -> None:
    with alliance.system.work() as work:
        study = reading.queries.study_of_task(work, task_id)
        task = work.get(TaskRow, task_id)
        work.keep(task, state="verified", is_open=False, reader_id=alliance.people["reader"].id, verified_at=AT)
        marked = reading.mark_late(work, study)
        version = task.version
        assert marked is task
        assert (task.late_images, task.state) == (True, "verified")
        reading.mark_late(work, study)
        assert task.version == version, "the second time changes nothing"
        assert reading.mark_late(work, "0" * 32) is None


# ---------------------------------------------------------------- who may

ACTS = {
    "claim": (reading.claim, ()),
    "heartbeat": (reading.heartbeat, ()),
    "release": (reading.release, ("忙",)),
    "return": (reading.return_to_site, ("images_unfit",)),
    "answer": (reading.answer, ("好",)),
    "cancel": (reading.cancel, ("误发",)),
}


def test_to_a_stranger_a_task_is_as_absent_as_one_that_is_not_there(alliance: Alliance, task_id: str) -> None:
    for login in ("doctor_b", "doctor_t", "administrator"):
        for action, given in ACTS.values():
            for key in (task_id, "0" * 32):
                with refused("task.absent", Meaning.ABSENT):
                    does(alliance, login, action, key, *given)


def test_who_may_see_but_not_do_is_forbidden(alliance: Alliance, task_id: str) -> None:
    for login, verb in (
        ("doctor_a", "claim"), ("technician_a", "claim"), ("coordinator", "claim"), ("auditor", "claim"),
        ("doctor_a", "return"), ("reader", "answer"), ("reader", "cancel"), ("technician_a", "cancel"), ("auditor", "answer"),
    ):  # fmt: skip
        action, given = ACTS[verb]
        with refused("permit.refused", Meaning.FORBIDDEN):
            does(alliance, login, action, task_id, *given)


def test_a_view_offers_what_its_actor_may_do_now(alliance: Alliance, task_id: str) -> None:
    def verbs(login: str) -> tuple[str, ...]:
        with alliance.system.read() as work:
            return reading.queries.task(work, alliance.people[login], task_id).verbs

    assert verbs("reader") == ("claim",)
    assert verbs("doctor_a") == ("cancel",)
    does(alliance, "reader", reading.claim, task_id)
    assert verbs("reader") == ("heartbeat", "submit", "release", "return")
    assert verbs("reader2") == ()
    assert verbs("doctor_a") == ()
    assert verbs("coordinator") == ("cancel",)
    with alliance.system.read() as work, refused("task.absent", Meaning.ABSENT):
        reading.queries.task(work, alliance.people["doctor_b"], task_id)


def test_acting_on_an_old_screen_is_refused(alliance: Alliance, task_id: str) -> None:
    does(alliance, "reader", reading.claim, task_id)
    with refused("version.stale", Meaning.CONFLICT):
        does(alliance, "coordinator", reading.cancel, task_id, "误发", 1)


# ---------------------------------------------------------------- the database as last judge

BROKEN: dict[str, dict[str, Any]] = {
    "a_task_is_in_a_state_we_know": {"state": "reading", "is_open": False},
    "a_task_has_a_priority_we_know": {"priority": "SOON"},
    "a_task_is_open_until_verified_or_cancelled": {"is_open": False},
    "a_reader_iff_read": {"state": "reported"},
    "a_lease_iff_claimed": {"lease_until": AT},
    "the_clock_stands_iff_returned": {"paused_at": AT},
    "a_time_of_verification_iff_verified": {"verified_at": AT},
    "a_returned_task_says_why_and_by_whom": {"state": "returned", "paused_at": AT},
    "a_reason_iff_cancelled": {"cancel_reason": "误发"},
    "a_task_is_due_after_its_clock_began": {"due_at": AT},
}


def test_the_database_refuses_a_task_that_breaks_a_rule(alliance: Alliance, task_id: str) -> None:
    def break_it(changes: dict[str, Any]) -> None:
        with alliance.system.work() as work:
            work.session.execute(update(TaskRow).where(TaskRow.id == task_id).values(**changes))

    for name, changes in BROKEN.items():
        with pytest.raises(IntegrityError, match=name):
            break_it(changes)
    names = {str(one.name) for one in TaskRow.__table__.constraints if isinstance(one, CheckConstraint)}  # type: ignore[attr-defined]
    assert set(BROKEN) == names, "every rule of the table is tried"


def test_the_database_refuses_a_second_task_for_a_study(alliance: Alliance, task_id: str) -> None:
    def open_again(work: Work) -> None:
        first = work.get(TaskRow, task_id)
        columns = {name: getattr(first, name) for name in TaskRow.__table__.columns.keys() if name != "id"}
        work.add(TaskRow(id="f" * 32, **columns))

    with pytest.raises(IntegrityError, match=r"a_study_has_one_task|tasks\.study_id"), alliance.system.work() as work:
        open_again(work)
    with alliance.system.read() as work:
        assert work.session.scalar(select(func.count()).select_from(TaskRow)) == 1
