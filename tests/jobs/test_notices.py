"""Whoever has to look into something is told of it: every kind of object that was not taken in rings somebody's bell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from teleconsult.access import notices
from teleconsult.kernel.errors import Refused
from tests import synth
from tests.builders import Alliance, a_system, an_alliance
from tests.working import arrive, work_off


@pytest.fixture
def alliance(tmp_path: Path, sqlite_url: str) -> Iterator[Alliance]:
    system = a_system(tmp_path / "home", sqlite_url)
    yield an_alliance(system)
    system.store.engine.dispose()


def told(alliance: Alliance, login: str) -> list[str]:
    work_off(alliance.system)
    with alliance.system.read() as work:
        return [notice.row.code for notice in notices(work, alliance.people[login])]


def test_an_object_that_nobody_can_read_is_told_to_the_technologist_of_its_hospital(alliance: Alliance) -> None:
    broken = synth.ct_slice(1)
    del broken.StudyInstanceUID
    with pytest.raises(Refused, match=r"object\.no_uids"):
        arrive(alliance.system, synth.as_bytes(broken))
    with pytest.raises(Refused, match=r"object\.unreadable"):
        arrive(alliance.system, synth.as_bytes(synth.ct_slice(2))[:-50])
    assert told(alliance, "technician_a") == ["quarantine.refused"] * 2
    assert told(alliance, "doctor_b") == []


def test_an_object_that_contradicts_a_known_one_is_told_too(alliance: Alliance) -> None:
    first = synth.ct_slice(1)
    other = synth.ct_slice(2, patient_id="SOMEBODY-ELSE", study_uid=str(first.StudyInstanceUID))
    arrive(alliance.system, synth.as_bytes(first))
    arrive(alliance.system, synth.as_bytes(other))
    assert told(alliance, "technician_a") == ["quarantine.conflict"]
