"""Processes die in the middle of the main job. It completes all the same, and nothing is there twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.children import wait_for
from tests.journey.platform import Platform, running, settle_alliance
from tests.journey.walk import STEPS, Walk

# After which steps each is killed in the short form: those in which it has work in hand. The long form kills after all.
VICTIMS = {
    "dicom": ("arrive",),
    "worker": ("arrive", "sign"),
    "relay": ("arrive", "sign"),
    "web": ("claim", "submit"),
    "broker": ("arrive", "sign"),
}


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform of its own: others should not meet its accidents."""
    folder = tmp_path_factory.mktemp("breakable")
    with running(folder / "home", folder / "log") as platform:
        settle_alliance(platform.home)
        yield platform


@pytest.mark.soak
@pytest.mark.timeout(400)
@pytest.mark.parametrize("victim", VICTIMS)
def test_the_walk_completes_although_a_process_is_killed_on_the_way(
    victim: str, breakable: Platform, long_form: bool
) -> None:
    walk = Walk(breakable, f"KILL-{victim}")
    for step in STEPS:
        getattr(walk, step)()
        if long_form or step in VICTIMS[victim]:
            breakable.kill(victim)
            if victim in ("web", "dicom"):
                wait_for(breakable.healthy, f"healthy again after {victim} died at {step}", 60)
    timeline = walk.user("doctor_a").get(f"/api/studies/{walk.row['study_id']}/timeline")["items"]
    names = [fact["name"] for fact in timeline]
    for once in ("StudyArrived", "StudyPrepared", "TaskOpened", "TaskClaimed", "ReportSubmitted", "ReportSigned"):
        assert names.count(once) == 1, names
    study = walk.user("doctor_a").get(f"/api/studies/{walk.row['study_id']}")["study"]
    assert (study["instance_count"], study["series_count"]) == (3, 1)


@pytest.mark.timeout(200)
def test_a_worker_killed_while_it_prepares_leaves_the_study_to_the_next(breakable: Platform) -> None:
    walk = Walk(breakable, "KILL-preparing", slices=12)
    walk.arrive()
    reader = walk.user("reader")

    def settled() -> bool:
        doctor = walk.user("doctor_a")
        rows = [row for row in doctor.get("/api/studies?limit=200")["items"] if row["study_uid"] == walk.study_uid]
        return bool(rows) and doctor.get(f"/api/studies/{rows[0]['study_id']}")["study"]["state"] != "receiving"

    wait_for(settled, "the study settled", 30)
    breakable.kill("worker")
    walk.queue()
    manifest_status, _ = reader.ask("GET", f"/api/studies/{walk.row['study_id']}/manifest")
    assert manifest_status == 200
