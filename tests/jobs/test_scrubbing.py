"""The relay looks at stored bytes once a night, and goes on with what was interrupted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from teleconsult.access import SYSTEM, Actor, notices
from teleconsult.cli import main
from teleconsult.imaging import InstanceRow, scrub
from teleconsult.imaging.tables_identity import ScrubRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.system import System
from tests import synth
from tests.builders import a_system, an_alliance
from tests.working import arrive, work_off
from workers.scrubbing import Mending, Scrubbing

NIGHT = datetime(2026, 11, 21, 2, 30).astimezone().astimezone(UTC)


def a_house(tmp_path: Path, url: str) -> tuple[System, FixedClock]:
    clock = FixedClock(NIGHT)
    return a_system(tmp_path / "home", url, clock, scrub_hour=2, scrub_bytes_per_second=0), clock


def rounds(system: System) -> list[ScrubRow]:
    with system.read() as work:
        return list(scrub.rounds(work))


def test_a_round_begins_in_its_hour_once_a_night(tmp_path: Path, sqlite_url: str) -> None:
    system, clock = a_house(tmp_path, sqlite_url)
    nightly = Scrubbing(system)
    assert nightly.when_due()
    nightly.wait()
    assert [row.stage for row in rounds(system)] == ["done"]
    assert not nightly.when_due()
    clock.advance(10 * 3600)
    assert not nightly.when_due()
    clock.advance(14 * 3600)
    assert nightly.when_due()
    nightly.wait()
    assert len(rounds(system)) == 2


def test_a_round_that_was_interrupted_goes_on_at_any_hour(tmp_path: Path, sqlite_url: str) -> None:
    system, clock = a_house(tmp_path, sqlite_url)
    begun = scrub.begun(system.store, SYSTEM)
    clock.advance(10 * 3600)
    nightly = Scrubbing(system)
    assert nightly.when_due()
    nightly.wait()
    assert [(row.id, row.stage) for row in rounds(system)] == [(begun, "done")]


def test_switched_off_it_never_begins(tmp_path: Path, sqlite_url: str) -> None:
    system = a_system(tmp_path / "home", sqlite_url, FixedClock(NIGHT), scrub_hour=-1)
    assert not Scrubbing(system).when_due()


def test_every_administrator_is_told_once_of_a_round_with_findings(tmp_path: Path, sqlite_url: str) -> None:
    system = a_system(tmp_path / "home", sqlite_url)
    alliance = an_alliance(system)
    for number in (1, 2):
        arrive(system, synth.as_bytes(synth.ct_slice(number)))
    with system.read() as work:
        for key in work.session.scalars(select(InstanceRow.blob_key)):
            system.blobs.delete(key)
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    work_off(system)
    with system.read() as work:
        assert [each.row.code for each in notices(work, alliance.people["administrator"])] == ["scrub.found"]


def test_the_technologists_of_the_study_s_hospital_are_told_once_in_a_round_with_the_study(
    tmp_path: Path, sqlite_url: str
) -> None:
    system = a_system(tmp_path / "home", sqlite_url)
    alliance = an_alliance(system)
    for number in (1, 2):
        arrive(system, synth.as_bytes(synth.ct_slice(number)))
    with system.read() as work:
        rows = work.session.scalars(select(InstanceRow)).all()
    studies = {row.study_id for row in rows}
    system.blobs.delete(rows[0].blob_key)
    system.blobs.put(rows[1].blob_key, system.blobs.read(rows[1].blob_key)[:-1] + b"!")
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    work_off(system)
    with system.read() as work:
        told = [(each.row.code, each.row.study_id) for each in notices(work, alliance.people["technician_a"])]
        assert sorted(told) == sorted(("study.damaged", each) for each in studies)
        named = [each.row.params for each in notices(work, alliance.people["technician_a"])]
        assert all(each["name"] and each["modality"] == "CT" for each in named)
        assert not notices(work, alliance.people["doctor_b"])


def unread(system: System, person: Actor) -> list[str]:
    with system.read() as work:
        return [each.row.code for each in notices(work, person) if not each.seen]


def test_what_people_were_told_of_damage_is_overtaken_when_none_is_left(tmp_path: Path, sqlite_url: str) -> None:
    system = a_system(tmp_path / "home", sqlite_url)
    people = an_alliance(system).people
    files = [synth.as_bytes(ds) for ds in synth.a_ct_series(2)]
    for file in files:
        arrive(system, file)
    with system.read() as work:
        for key in work.session.scalars(select(InstanceRow.blob_key)):
            system.blobs.delete(key)
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    work_off(system)
    mending, technician, administrator = Mending(system), people["technician_a"], people["administrator"]
    for file in files:
        assert (unread(system, technician), unread(system, administrator)) == (["study.damaged"], ["scrub.found"])
        arrive(system, file)
        assert mending.when_due()
        mending.wait()
    assert unread(system, technician) == unread(system, administrator) == []
    assert not mending.when_due(), "nothing is left to look for"


def test_what_came_back_before_anybody_was_told_is_not_told(tmp_path: Path, sqlite_url: str) -> None:
    system = a_system(tmp_path / "home", sqlite_url)
    people = an_alliance(system).people
    arrive(system, synth.as_bytes(synth.ct_slice(1)))
    with system.read() as work:
        (key,) = work.session.scalars(select(InstanceRow.blob_key))
    content = system.blobs.read(key)
    system.blobs.delete(key)
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    system.blobs.put(key, content)
    scrub.run(system.store, system.blobs, SYSTEM, scrub.Pace())
    work_off(system)
    assert unread(system, people["technician_a"]) == unread(system, people["administrator"]) == []


def test_the_command_says_what_it_found_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    system = a_system(tmp_path / "home")
    an_alliance(system)
    arrive(system, synth.as_bytes(synth.ct_slice(1)))
    assert main(["--home", str(tmp_path / "home"), "scrub", "--megabytes", "0"]) == 0
    with system.read() as work:
        (key,) = work.session.scalars(select(InstanceRow.blob_key))
    system.blobs.delete(key)
    assert main(["--home", str(tmp_path / "home"), "scrub", "--megabytes", "0"]) == 1
    said = capsys.readouterr().out
    assert f"missing  {key}" in said
