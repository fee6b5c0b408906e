"""Every job may run twice and may die at any moment: the same is there afterwards, once."""

from __future__ import annotations

import signal

import pytest

from teleconsult.subscriptions import JOBS as SUBSCRIBED
from tests.jobs.floor import DIES_BEFORE_THE_MARK, UP_TO, Floor
from workers.jobs import JOBS
from workers.run import carry_out


def test_every_job_that_a_fact_may_owe_is_there_and_no_other() -> None:
    assert set(JOBS) == set(SUBSCRIBED)


@pytest.mark.parametrize("job", sorted(JOBS))
def test_the_docstring_of_a_job_names_what_makes_it_repeat_safe(job: str) -> None:
    assert "Repeat-safe by:" in (JOBS[job].__doc__ or "")


@pytest.mark.parametrize("job", sorted(JOBS))
def test_a_job_run_twice_leaves_the_same(either_floor: Floor, job: str) -> None:
    floor = either_floor
    UP_TO[job](floor)
    delivery_id = floor.due(job)[0]
    assert carry_out(floor.bench, delivery_id)
    once = floor.outcome()
    JOBS[job](floor.bench, floor.fact_of(delivery_id))
    assert floor.outcome() == once


@pytest.mark.parametrize("job", sorted(JOBS))
def test_a_worker_killed_between_effect_and_mark_is_made_good(floor: Floor, job: str) -> None:
    UP_TO[job](floor)
    delivery_id = floor.due(job)[0]
    assert floor.in_a_process(delivery_id, DIES_BEFORE_THE_MARK) == -signal.SIGKILL
    after_death = floor.outcome()
    left = floor.delivery(delivery_id)
    assert (left.state, left.tries) == ("due", 1)
    assert not carry_out(floor.bench, delivery_id), "the dead worker's lease still holds"
    floor.later()
    assert carry_out(floor.bench, delivery_id)
    assert floor.delivery(delivery_id).state == "done"
    assert floor.outcome() == after_death


def test_a_delivery_that_is_done_is_not_done_again(floor: Floor) -> None:
    UP_TO["route"](floor)
    delivery_id = floor.due("route")[0]
    assert carry_out(floor.bench, delivery_id)
    assert not carry_out(floor.bench, delivery_id)
