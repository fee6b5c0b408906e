"""The real worker and the real relay as processes, over a real Valkey: a study is prepared and routed by itself."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from teleconsult.access import SYSTEM, identify
from teleconsult.imaging import manifest_shelf
from teleconsult.imaging.ingest import Limits, ingest
from teleconsult.imaging.settle import Quiet
from teleconsult.imaging.staging import stage_part10
from teleconsult.imaging.tables import StudyRow
from teleconsult.records import journal
from teleconsult.records.tables import DeliveryRow, FactRow
from teleconsult.system import System
from tests import synth
from tests.builders import a_system, an_alliance
from tests.children import Child, wait_for
from tests.jobs.test_prepare import FAULTS, JPEGLS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def system(tmp_path: Path, valkey_url: str) -> Iterator[System]:
    made = a_system(tmp_path / "home", broker_url=f"{valkey_url.rsplit('/', 1)[0]}/7", job_seconds=20)
    an_alliance(made)
    yield made
    made.store.engine.dispose()


@contextmanager
def running(system: System, *names: str, **environ: str) -> Iterator[list[Child]]:
    """These processes, until the block ends."""
    env = {"PYTHONWARNINGS": "ignore", "PYTHONPATH": str(ROOT), **system.settings.to_env(), **environ}
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                Child([sys.executable, "-m", "teleconsult", name], system.settings.home / f"{name}.log", env, ROOT)
            )
            for name in names
        ]


def take_in(system: System, *files: bytes) -> str:
    with system.read() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
    assert peer is not None
    quiet = Limits(quiet=Quiet(0.2, 0.1))
    for part10 in files:
        ingest(system.store, system.blobs, peer, stage_part10(system.blobs, [part10]), quiet)
    with system.read() as work:
        return work.session.scalars(select(StudyRow.id).order_by(StudyRow.arrived_at.desc()).limit(1)).one()


def told(system: System, name: str, study_id: str) -> FactRow | None:
    with system.read(SYSTEM) as work:
        return next((fact for fact in journal.timeline(work, study_id) if fact.name == name), None)


def a_ct(**options: str) -> list[bytes]:
    return [synth.as_bytes(ds) for ds in synth.a_ct_series(3, **options)]


def delivery(system: System, job: str, study_id: str) -> DeliveryRow:
    with system.read() as work:
        wanted = select(DeliveryRow).join(FactRow, FactRow.seq == DeliveryRow.fact_seq)
        return work.session.scalars(wanted.where(FactRow.study_id == study_id, DeliveryRow.job == job)).one()


def manifest_of(system: System, study_id: str) -> dict[str, Any]:
    with system.read() as work:
        shown = manifest_shelf.shown(work, study_id)
    return manifest_shelf.manifest(system.blobs, study_id, shown)


def test_a_study_is_prepared_and_routed_by_worker_and_relay(system: System) -> None:
    study_id = take_in(system, *a_ct())
    with running(system, "worker", "relay"):
        wait_for(lambda: told(system, "TaskOpened", study_id), "the task is open", 60)
    assert len(manifest_of(system, study_id)["series"]) == 1


def test_a_study_is_prepared_though_worker_and_relay_are_killed_on_the_way(system: System) -> None:
    with running(system, "worker", "relay") as (worker, relay):
        study_id = take_in(system, *a_ct())
        wait_for(lambda: told(system, "StudySettled", study_id), "the study is settled", 60)
        worker.kill()
        relay.kill()
    with running(system, "worker", "relay"):
        wait_for(lambda: told(system, "TaskOpened", study_id), "the task is open", 60)
    with system.read() as work:
        assert [row.state for row in work.session.scalars(select(DeliveryRow))].count("parked") == 0


def test_a_stopped_worker_leaves_no_child_behind(system: System) -> None:
    with running(system, "worker", "relay") as (worker, _):
        study_id = take_in(system, *a_ct())
        wait_for(lambda: told(system, "StudyPrepared", study_id), "the study is prepared", 60)
        family = descendants(worker.pid)
        assert any("render_child" in command(pid) for pid in family)
        worker.kill()
        wait_for(lambda: not any(alive(pid) for pid in family), "all children have ended", 20)


def test_a_worker_that_is_asked_to_stop_ends_soon(system: System) -> None:
    with running(system, "worker") as (worker,):
        wait_for(lambda: any("render_child" in command(pid) for pid in descendants(worker.pid)), "it works", 60)
        worker.stop(10)
        assert not worker.running


def test_a_decoder_that_hangs_in_the_worker_costs_one_picture(system: System) -> None:
    with running(system, "worker", "relay", PYTHONPATH=f"{FAULTS}{os.pathsep}{ROOT}", FAULT="hang"):
        study_id = take_in(system, synth.as_bytes(synth.ct_slice(), JPEGLS))
        wait_for(lambda: told(system, "TaskOpened", study_id), "the task is open", 90)
    (series,) = manifest_of(system, study_id)["series"]
    assert series["instances"][0]["problem"]["code"] == "pixels.decoder_hung"


def test_a_worker_process_that_dies_in_a_job_is_replaced_and_the_job_done_again(system: System) -> None:
    with running(system, "worker", "relay", PYTHONPATH=f"{FAULTS}{os.pathsep}{ROOT}", FAULT="hang") as (worker, _):
        study_id = take_in(system, synth.as_bytes(synth.ct_slice(), JPEGLS))
        wait_for(lambda: told(system, "StudySettled", study_id), "the study is settled", 60)
        wait_for(lambda: delivery(system, "prepare", study_id).runner, "a worker is at it", 60)
        for pid in descendants(worker.pid):
            if "render_child" not in command(pid) and alive(pid):
                os.kill(pid, signal.SIGKILL)
        wait_for(lambda: told(system, "TaskOpened", study_id), "the task is open", 90)
    assert delivery(system, "prepare", study_id).tries >= 2


def descendants(pid: int) -> list[int]:
    """Process ids below `pid`, from /proc."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := parent_of(int(entry.name))) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found, front = [], [pid]
    while front:
        front = [child for parent in front for child in children.get(parent, [])]
        found += front
    return found


def parent_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return False
