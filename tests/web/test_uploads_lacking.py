"""What a sender says of a study's objects, in the middle and at the end: who reads it sees how many of them are missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.uid import generate_uid

from teleconsult.access import add_peer
from teleconsult.imaging import StudyRow, settle
from teleconsult.imaging.tables_orders import ExpectedRow
from tests import synth
from tests.builders import Alliance
from tests.node.asking import keep
from tests.notes import a_note
from tests.web.conftest import Browser
from tests.web.test_uploads import CHUNK, Sending, gateway, ok, person, sha
from tests.working import settle_all, work_off

Browsers = Callable[[str], Browser]
Shown = dict[str, int] | None


def a_study(count: int) -> list[Dataset]:
    made = list(synth.a_ct_series(count))
    uid = generate_uid()
    for each in made:
        each.StudyInstanceUID = uid
    return made


def octets(ds: Dataset) -> bytes:
    return synth.as_bytes(ds, synth.ExplicitVRLittleEndian)


class Study:
    """What one sender sends and says of one study; what the reader sees of it."""

    def __init__(self, sending: Sending, alliance: Alliance, browser: Browsers, made: list[Dataset]) -> None:
        self.sending, self.alliance, self.browser, self.made = sending, alliance, browser, made
        self.uid = str(made[0].StudyInstanceUID)

    def announce(self, number: int, **more: Any) -> None:
        content = octets(self.made[0])
        file = {"name": "0", "size": len(content), "sha256": sha(content)}
        said = [{"study_uid": self.uid, "instances": number}]
        body = {"files": [file], "chunk_size": CHUNK, "site_id": self.sending.site_id, "studies": said, **more}
        answer = ok(self.sending.client.post("/api/uploads", json=body, headers=self.sending.headers))
        assert answer["counts"] is True

    def send(self, *numbers: int) -> None:
        for number in numbers:
            assert self.sending.whole(octets(self.made[number]))["kind"] in ("stored", "repeat")

    def end(self, instances: int, missing: int, *named: int, **more: Any) -> bool:
        uids = [str(self.made[number].SOPInstanceUID) for number in named]
        body = {
            "study_uid": self.uid, "instances": instances, "site_id": self.sending.site_id, "missing": missing, "named": uids, **more,
        }  # fmt: skip
        agreed = ok(self.sending.client.post("/api/uploads/studies/end", json=body, headers=self.sending.headers))[
            "agreed"
        ]
        return bool(agreed)

    def settles(self, after: float) -> bool:
        """Whether it counts as complete so many seconds after its last image; and is prepared then."""
        with self.alliance.system.work() as work:
            last = work.session.query(StudyRow).one().last_arrival_at
            settle.sweep(work, last + timedelta(seconds=after))
        work_off(self.alliance.system)
        with self.alliance.system.read() as work:
            return work.session.query(StudyRow).one().state != "receiving"

    def shown(self) -> Shown:
        """In the worklist of who reads it."""
        settle_all(self.alliance.system)
        work_off(self.alliance.system)
        page: Any = self.browser("reader").get("/api/worklist").json
        (row,) = page["items"]
        found: Shown = row["lacking"]
        return found


@pytest.fixture(params=["person", "gateway"])
def study(request: pytest.FixtureRequest, alliance: Alliance, browser: Browsers) -> Study:
    sending = (person if request.param == "person" else gateway)(alliance, browser)
    return Study(sending, alliance, browser, a_study(5))


def test_what_was_not_taken_is_missing_for_who_reads(study: Study) -> None:
    study.announce(5)
    study.send(0, 2, 4)
    assert not study.end(5, 2, 1, 3)
    assert study.shown() == {"here": 3, "expected": 5}
    study.announce(5)
    study.send(1, 3)
    assert study.end(5, 0)
    assert study.shown() is None


def test_a_study_that_has_all_is_whole_at_once(study: Study) -> None:
    study.announce(5)
    study.send(0, 1, 2, 3, 4)
    assert not study.settles(after=0)
    assert study.end(5, 0)
    assert study.settles(after=5)
    assert study.shown() is None


def test_who_stops_in_the_middle_leaves_a_study_that_says_so(study: Study) -> None:
    study.announce(5)
    study.send(0)
    assert not study.settles(after=200), "its sender is at it: it is waited for"
    assert study.settles(after=310)
    assert study.shown() == {"here": 1, "expected": 5}


def test_that_all_is_here_so_far_ends_nothing(study: Study) -> None:
    study.announce(1)
    study.send(0)
    assert not study.settles(after=0), "a modality may send the next one in a moment"
    study.announce(2)
    study.send(1)
    assert study.settles(after=1), "the quiet time is over"
    assert study.shown() is None


def test_what_could_not_be_sent_but_is_here_is_not_missing(study: Study) -> None:
    study.send(0, 1, 2, 3, 4)
    assert study.end(5, 2, 1, 3)
    assert study.shown() is None


def test_what_was_here_before_does_not_stand_in_for_what_is_missing(study: Study) -> None:
    study.send(0, 1, 2)
    study.announce(2)
    assert not study.end(2, 2, 3, 4)
    assert study.shown() == {"here": 3, "expected": 5}


def test_what_was_rejected_has_come_and_the_note_is_not_missed(study: Study) -> None:
    note = a_note("113001", study.made[:1])
    study.announce(6)
    study.send(0, 1, 2, 3, 4)
    assert study.shown() == {"here": 5, "expected": 6}
    study.made.append(note)
    study.send(5)
    assert study.end(6, 0)
    assert study.shown() is None


def test_a_part_that_a_person_sends_later_takes_nothing_back(alliance: Alliance, browser: Browsers) -> None:
    study = Study(person(alliance, browser), alliance, browser, a_study(5))
    study.announce(5)
    study.send(0, 1)
    assert study.shown() == {"here": 2, "expected": 5}, "they closed the page"
    study.announce(2)
    study.send(0, 1)
    assert not study.end(2, 0)
    assert study.shown() == {"here": 2, "expected": 5}
    study.send(2)
    assert not study.end(3, 0)
    assert study.shown() == {"here": 3, "expected": 5}


def test_the_end_takes_back_what_a_gateway_counted_twice(alliance: Alliance, browser: Browsers) -> None:
    study = Study(gateway(alliance, browser), alliance, browser, a_study(5))
    study.announce(9, home="one")
    study.announce(2, home="two")
    study.send(0, 1, 2, 3)
    assert not study.end(9, 1, home="one")
    assert study.shown() == {"here": 4, "expected": 5}, "it still holds one that is refused"
    assert study.end(6, 0, home="one"), "others of them had the number of one that is here"
    assert study.shown() is None


def test_one_gateway_s_end_says_nothing_of_what_another_holds(alliance: Alliance, browser: Browsers) -> None:
    study = Study(gateway(alliance, browser), alliance, browser, a_study(5))
    study.announce(2, home="one")
    study.announce(5, home="two")
    study.send(0, 1)
    study.end(2, 0, home="one")
    assert study.shown() == {"here": 2, "expected": 5}


@pytest.mark.parametrize("first_is_done", [True, False])
def test_what_two_gateways_each_hold_in_part_is_added_up(
    alliance: Alliance, browser: Browsers, first_is_done: bool
) -> None:
    """Whoever of them is done first, and however many more than the other they had; what both bring is one object."""
    with alliance.system.work() as work:
        add_peer(work, alliance.people["administrator"], "SCANNER_C", "127.0.0.1", alliance.sites["county_a"])
    first, other = (
        Study(gateway(alliance, browser, title), alliance, browser, a_study(7)) for title in ("SCANNER_A", "SCANNER_C")
    )
    other.made, other.uid = first.made, first.uid
    first.announce(4)
    other.announce(4)
    first.send(0, 1, 2, *([3] if first_is_done else []))
    other.send(3)
    here = 4
    if first_is_done:
        assert first.end(4, 0)
    assert not other.settles(after=200), "the other is at it: it is waited for"
    assert first.shown() == {"here": here, "expected": here + (3 if first_is_done else 4)}
    other.send(4, 5, 6)
    first.send(3)
    assert first.shown() is None
    assert first.end(4, 0)
    assert other.end(4, 0)
    assert first.shown() is None


def test_what_is_set_apart_of_what_a_gateway_sent_has_not_come(alliance: Alliance, browser: Browsers) -> None:
    study = Study(gateway(alliance, browser), alliance, browser, a_study(5))
    study.made[4].PatientID, study.made[4].PatientName = "OTHER", "另一^患者"
    study.announce(5)
    study.send(0, 1, 2, 3)
    assert study.sending.whole(octets(study.made[4]))["kind"] == "identity"
    assert not study.end(5, 0)
    assert study.shown() == {"here": 4, "expected": 5}


def test_saying_the_same_again_writes_nothing(study: Study) -> None:
    def at() -> list[Any]:
        with study.alliance.system.read() as work:
            return [(row.at, row.count, row.source) for row in work.session.query(ExpectedRow)]

    study.announce(5)
    first = at()
    assert len(first) == 1
    study.announce(5)
    study.announce(3)
    assert at() == first


def test_a_study_of_another_hospital_is_not_touched(alliance: Alliance, browser: Browsers) -> None:
    study = Study(gateway(alliance, browser, "SCANNER_B"), alliance, browser, a_study(5))
    keep(alliance, *study.made[:3])
    study.announce(5)
    assert not study.end(5, 2, 3, 4)
    assert study.shown() is None
