"""What was prepared can be made again: a study whose manifest is missing or damaged is prepared once more, and opens."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from teleconsult.imaging import StudyRow
from teleconsult.records import journal
from teleconsult.records.tables import DeliveryRow, FactRow
from tests import synth
from tests.builders import Alliance
from tests.node.asking import keep
from tests.web.conftest import Browser
from tests.working import a_bench, settle_all, work_off
from workers.run import carry_out

Browsers = Callable[[str], Browser]
Harm = Callable[[Path], None]


def cut_in_half(folder: Path) -> None:
    (file,) = folder.glob("*/manifest.json.gz")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def one_bit_turned(folder: Path) -> None:
    (file,) = folder.glob("*/manifest.json.gz")
    whole = file.read_bytes()
    file.write_bytes(whole[:-12] + bytes([whole[-12] ^ 1]) + whole[-11:])


def emptied(folder: Path) -> None:
    (file,) = folder.glob("*/manifest.json.gz")
    file.write_bytes(b"")


def unlinked(folder: Path) -> None:
    (file,) = folder.glob("*/manifest.json.gz")
    file.unlink()


HARMS: list[Harm] = [cut_in_half, one_bit_turned, emptied, unlinked, shutil.rmtree]


@pytest.fixture
def study_id(alliance: Alliance) -> str:
    keep(alliance, *synth.a_ct_series(3))
    settle_all(alliance.system)
    work_off(alliance.system)
    with alliance.system.read() as work:
        return work.session.scalars(select(StudyRow.id)).one()


def derived(alliance: Alliance, study_id: str) -> Path:
    return alliance.system.settings.home / "blobs" / "derived" / study_id


def owed(alliance: Alliance) -> list[DeliveryRow]:
    with alliance.system.read() as work:
        return list(work.session.scalars(select(DeliveryRow).where(DeliveryRow.state != "done")))


def listed(asked: Browser, study_id: str) -> tuple[int, int]:
    """The version and how many pictures; asked as the room asks."""
    answer = asked.get(f"/api/studies/{study_id}/manifest")
    assert answer.status_code == 200, answer.text
    made: Any = json.loads(gzip.decompress(answer.data))
    return made["version"], sum(len(series["instances"]) for series in made["series"])


def not_yet(asked: Browser, study_id: str) -> bool:
    answer = asked.get(f"/api/studies/{study_id}/manifest")
    told: Any = answer.json
    return (answer.status_code, told["code"]) == (404, "manifest.absent")


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_what_is_missing_or_damaged_is_made_again_once_and_the_study_opens(
    alliance: Alliance, browser: Browsers, study_id: str, harm: Harm
) -> None:
    room, county = browser("reader"), browser("doctor_a")
    before, pictures = listed(room, study_id)
    harm(derived(alliance, study_id))
    page: Any = county.get(f"/api/studies/{study_id}").json
    assert (page["study"]["id"], len(page["series"])) == (study_id, 1)
    assert all(not_yet(room, study_id) for _ in range(10))
    assert [row.job for row in owed(alliance)] == ["redraw"]
    work_off(alliance.system)
    after, again = listed(room, study_id)
    assert (again, after > before) == (pictures, True)
    assert owed(alliance) == []
    (series,) = county.get(f"/api/studies/{study_id}").json["series"]  # type: ignore[index]
    assert county.get(series["thumb"]).status_code == 200


def test_it_is_made_again_as_often_as_it_is_lost(alliance: Alliance, browser: Browsers, study_id: str) -> None:
    room = browser("reader")
    for _ in range(2):
        shutil.rmtree(derived(alliance, study_id))
        assert not_yet(room, study_id)
        work_off(alliance.system)
        assert listed(room, study_id)[1] == 3
    with alliance.system.read() as work:
        said = work.session.scalars(select(FactRow).where(FactRow.name == "ManifestLost")).all()
    assert [(fact.study_id, fact.actor_id) for fact in said] == [(study_id, "system")] * 2


def test_late_images_that_are_on_their_way_bring_it_back(alliance: Alliance, browser: Browsers, study_id: str) -> None:
    room = browser("reader")
    with alliance.system.read() as work:
        uid = work.get(StudyRow, study_id).study_uid
    keep(alliance, synth.ct_slice(9, study_uid=uid))
    settle_all(alliance.system)
    shutil.rmtree(derived(alliance, study_id))
    assert not_yet(room, study_id)
    assert "redraw" not in [row.job for row in owed(alliance)]
    work_off(alliance.system)
    assert listed(room, study_id)[1] == 4


def test_what_cannot_be_made_again_is_parked_and_not_owed_anew_with_each_look(
    alliance: Alliance, browser: Browsers, study_id: str
) -> None:
    room, folder = browser("reader"), derived(alliance, study_id)
    shutil.rmtree(folder)
    folder.write_bytes(b"in the way")
    assert not_yet(room, study_id)
    (row,) = owed(alliance)
    with alliance.system.work() as work:
        work.session.merge(row).tries = journal.MOST_TRIES - 1
    assert not carry_out(a_bench(alliance.system), row.id)
    assert not_yet(room, study_id)
    assert [(row.job, row.state) for row in owed(alliance)] == [("redraw", "parked")]
    folder.unlink()
    with alliance.system.work() as work:
        assert journal.retry(work, row.id)
    work_off(alliance.system)
    assert listed(room, study_id)[1] == 3


def test_a_study_that_was_never_prepared_owes_nothing_more(alliance: Alliance, browser: Browsers) -> None:
    keep(alliance, synth.ct_slice())
    with alliance.system.read() as work:
        study_id = work.session.scalars(select(StudyRow.id)).one()
    before = [row.id for row in owed(alliance)]
    assert not_yet(browser("doctor_a"), study_id)
    assert [row.id for row in owed(alliance)] == before
