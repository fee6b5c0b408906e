"""Jobs that fail, hang or take their worker with them end as retried, then parked with a reason that people see."""

from __future__ import annotations

import signal

import pytest

from teleconsult.access import notices
from teleconsult.kernel.errors import Meaning, Refused, busy
from teleconsult.records import DiskBlobs, journal
from tests.jobs.floor import UP_TO, Floor
from workers.bench import Bench
from workers.jobs import JOBS
from workers.run import AFTER, After, carry_out

HANGS = "workers.run.JOBS = {**workers.run.JOBS, 'prepare': lambda *_: time.sleep(3600)}"
DIES = "workers.run.JOBS = {**workers.run.JOBS, 'prepare': lambda *_: os.kill(os.getpid(), signal.SIGSEGV)}"


def a_due_preparation(floor: Floor) -> str:
    UP_TO["prepare"](floor)
    return floor.due("prepare")[0]


def assert_parked(floor: Floor, delivery_id: str, code: str) -> None:
    row = floor.delivery(delivery_id)
    assert (row.state, row.error_code) == ("parked", code)
    (fact,) = floor.facts("PreparationParked")
    assert fact.details["code"] == code
    assert fact.study_id is not None
    coordinator = floor.alliance.people["technician_a"]
    with floor.system.read(coordinator) as work:
        (notice,) = notices(work, coordinator)
    assert notice.row.code == "preparation.parked"
    assert notice.row.params == {"job": "prepare", "reason": code}
    with floor.system.read() as work:
        assert [kept.id for kept, _ in journal.parked(work)] == [delivery_id]


def test_each_meaning_of_a_refusal_has_a_consequence() -> None:
    assert set(AFTER) == set(Meaning)
    assert AFTER[Meaning.BUSY] is After.RETRY


def test_a_job_that_hangs_is_ended_retried_and_parked(floor: Floor) -> None:
    delivery_id = a_due_preparation(floor)
    for tries in (1, journal.MOST_TRIES):
        floor.tried(delivery_id, tries - 1)
        assert floor.in_a_process(delivery_id, HANGS, job_seconds=1) == -signal.SIGKILL
        row = floor.delivery(delivery_id)
        assert (row.tries, row.error_code) == (tries, "job.hung")
        assert row.state == ("due" if tries == 1 else "parked")
        floor.later()
    assert_parked(floor, delivery_id, "job.hung")


def test_a_job_that_takes_its_worker_with_it_is_retried_and_parked(floor: Floor) -> None:
    delivery_id = a_due_preparation(floor)
    for tries in (1, journal.MOST_TRIES):
        floor.tried(delivery_id, tries - 1)
        assert floor.in_a_process(delivery_id, DIES) == -signal.SIGSEGV
        assert (floor.delivery(delivery_id).tries, floor.delivery(delivery_id).state) == (tries, "due")
        floor.later()
    assert not carry_out(floor.bench, delivery_id)
    assert_parked(floor, delivery_id, "job.crashed")
    assert not carry_out(floor.bench, delivery_id), "a parked one stays parked, and nobody is told twice"
    assert_parked(floor, delivery_id, "job.crashed")
    with floor.system.work() as work:
        assert journal.retry(work, delivery_id)
    assert carry_out(floor.bench, delivery_id), "somebody looked into it"
    assert floor.delivery(delivery_id).state == "done"


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (busy("storage.full", "no room"), "due", "storage.full"),
        (Refused(Meaning.CONFLICT, "version.stale"), "due", "version.stale"),
        (Refused(Meaning.ABSENT, "study.absent"), "parked", "study.absent"),
        (Refused(Meaning.INVALID, "report.not_signed"), "parked", "report.not_signed"),
        (ZeroDivisionError("a fault of ours"), "due", "job.failed"),
        (KeyError("prepare"), "due", "job.failed"),
    ],
)
def test_what_a_job_refuses_decides_what_becomes_of_it(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, error: Exception, state: str, code: str
) -> None:
    def refuse(*_: object) -> None:
        raise error

    delivery_id = a_due_preparation(floor)
    monkeypatch.setattr("workers.run.JOBS", {**JOBS, "prepare": refuse})
    assert not carry_out(floor.bench, delivery_id)
    row = floor.delivery(delivery_id)
    assert (row.state, row.error_code) == (state, code)
    if state == "due":
        assert row.next_try > floor.clock.now()
        assert row.lease_until is None


def test_a_full_disk_is_waited_for_and_the_job_goes_on_when_there_is_room(floor: Floor) -> None:
    delivery_id = a_due_preparation(floor)
    system, blobs = floor.system, floor.system.blobs
    object.__setattr__(system, "blobs", DiskBlobs(system.settings.home / "blobs", quota=1))
    assert not carry_out(floor.bench, delivery_id)
    assert floor.delivery(delivery_id).error_code == "storage.full"
    object.__setattr__(system, "blobs", blobs)
    floor.later()
    assert carry_out(floor.bench, delivery_id)
    assert floor.delivery(delivery_id).state == "done"


def test_two_workers_with_the_same_delivery_do_it_once(floor: Floor) -> None:
    delivery_id = a_due_preparation(floor)
    second: list[bool] = []
    prepare = JOBS["prepare"]

    def meanwhile(bench: Bench, fact: object) -> None:
        second.append(carry_out(bench, delivery_id))
        prepare(bench, fact)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workers.run.JOBS", {**JOBS, "prepare": meanwhile})
        assert carry_out(floor.bench, delivery_id)
    assert second == [False]
    assert len(floor.facts("StudyPrepared")) == 1
