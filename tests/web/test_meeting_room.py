"""Whom a meeting's room is about: the patient whose case is presented now, and nobody while none is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.meeting import Served, a_served_board
from tests.web.test_meeting_guests import live
from tests.web.test_meetings import get, post


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with a_served_board(tmp_path / "home") as served:
        yield served


def test_the_rooms_patient_changes_with_the_agenda_and_its_studies_with_the_patient(served: Served) -> None:
    ours, theirs, room = live(served)
    before = get(served, "onc", room)
    assert before["patient"] is None
    assert len({study["patient"]["id"] for study in before["studies"]}) == 2, "each study says whose it is"
    shown = []
    for item in (ours, theirs, ours):
        post(served, "onc", f"{item}/present")
        now: dict[str, Any] = get(served, "onc", room)
        assert now["patient"]["name"] == get(served, "onc", item)["patient"]["name"]
        assert {study["patient"]["id"] for study in now["studies"]} == {now["patient"]["id"]}
        shown.append(now["patient"]["id"])
    assert shown[0] == shown[2] != shown[1]


def test_a_guest_who_waits_is_not_told_whose_case_it_is(served: Served) -> None:
    ours, _, room = live(served)
    post(served, "onc", f"{ours}/present")
    assert get(served, "doctor_b", room)["patient"] is None
