"""A study whose images come slowly is opened with what it has once its patience is over, and again no oftener than that: on both databases."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydicom import Dataset
from sqlalchemy import select

from teleconsult.access import Peer, identify, notices
from teleconsult.imaging import settle
from teleconsult.imaging.expected import OF_A_STEP, Lacking, expect
from teleconsult.imaging.ingest import Limits, ingest
from teleconsult.imaging.settle import Quiet
from teleconsult.imaging.staging import stage_part10
from teleconsult.imaging.uploads_study import Left, end_of_study, sends
from teleconsult.kernel.clock import FixedClock
from teleconsult.records import FactRow
from teleconsult.reporting.queries import worklist
from tests import synth
from tests.builders import Alliance
from tests.working import work_off

LIMITS = Limits(quiet=Quiet(60, 20))
TITLE = "SCANNER_A"


class Slow:
    """A study of `made` images on its way from county A."""

    def __init__(self, alliance: Alliance, clock: FixedClock, made: Sequence[Dataset]) -> None:
        self.alliance, self.clock, self.made, self.come = alliance, clock, made, 0
        self.uid, self.site = str(made[0].StudyInstanceUID), alliance.sites["county_a"]
        with alliance.system.read() as work:
            found = identify(work, TITLE, "127.0.0.1")
        assert found is not None
        self.peer: Peer = found

    def announce(self, count: int) -> None:
        sends(self.alliance.system.store, self.peer, "home", {self.uid: count})

    def end(self) -> None:
        with self.alliance.system.work() as work:
            end_of_study(work, self.peer, self.uid, len(self.made), Left(0, (), "home"))

    def bring(self, works: bool = True) -> None:
        """The next image; the relay looks, and what it owes is done if the worker `works`."""
        system = self.alliance.system
        staged = stage_part10(system.blobs, [synth.as_bytes(self.made[self.come])])
        ingest(system.store, system.blobs, self.peer, staged, LIMITS)
        self.come += 1
        self.look(works)

    def look(self, works: bool = True) -> None:
        with self.alliance.system.work() as work:
            settle.sweep(work, work.now)
        if works:
            work_off(self.alliance.system)

    def trickle(self, count: int, every: float, works: bool = True) -> None:
        """So many images, each so many seconds after the one before."""
        for _ in range(count):
            self.clock.advance(every)
            self.bring(works)

    def settled(self) -> list[int]:
        """With how many images it was, each time."""
        chosen = select(FactRow.details).where(FactRow.name == "StudySettled").order_by(FactRow.seq)
        with self.alliance.system.read() as work:
            return [details["instances"] for details in work.session.scalars(chosen)]

    def shown(self, login: str = "reader") -> list[tuple[str, int, Lacking | None, bool]]:
        """The rows of their worklist: kind, images, what is missing, and whether late ones came."""
        actor = self.alliance.people[login]
        with self.alliance.system.read(actor) as work:
            rows = worklist(work, actor).rows
            return [(row.kind, row.instance_count, row.lacking, row.late_images) for row in rows]

    def told(self, login: str) -> list[str]:
        """What their notices say that nothing has overtaken."""
        actor = self.alliance.people[login]
        with self.alliance.system.read(actor) as work:
            return [each.row.code for each in notices(work, actor) if each.row.settled_at is None]


@pytest.fixture
def slow(alliance: Alliance, clock: FixedClock) -> Slow:
    return Slow(alliance, clock, synth.a_ct_series(40))


def test_of_a_slow_study_the_reader_sees_what_is_there_five_minutes_after_its_first_image(slow: Slow) -> None:
    slow.announce(40)
    slow.bring()
    slow.trickle(9, every=30)
    assert (slow.settled(), slow.shown()) == ([], []), "4 min 30 s: it is waited for"
    assert slow.shown("doctor_a") == [("receiving", 10, None, False)]
    slow.trickle(1, every=30)
    assert (slow.settled(), slow.shown()) == ([11], [("task", 11, Lacking(11, 40), False)])


def test_while_the_rest_trickles_in_it_is_prepared_once_in_five_minutes_and_nobody_is_called_for_each(
    slow: Slow,
) -> None:
    slow.announce(40)
    slow.bring()
    slow.trickle(38, every=30)  # 19 minutes
    assert slow.settled() == [11, 22, 33]
    assert slow.shown() == [("task", 39, Lacking(39, 40), True)]
    assert (slow.told("reader").count("study.late"), slow.told("technician_a").count("study.lacking")) == (1, 1)
    slow.trickle(1, every=30)
    assert slow.settled() == [11, 22, 33], "all of it so far; more may come"
    slow.end()
    slow.look()
    assert (slow.settled(), slow.shown()) == ([11, 22, 33, 40], [("task", 40, None, True)])
    assert "study.lacking" not in slow.told("technician_a")


@pytest.mark.parametrize("every", [15, 30], ids=["within the quiet time", "beyond it"])
def test_an_urgent_study_waits_a_hundred_seconds(alliance: Alliance, clock: FixedClock, every: int) -> None:
    made = synth.a_ct_series(20)
    for each in made:
        each.RequestedProcedurePriority = "STAT"
    slow = Slow(alliance, clock, made)
    slow.announce(20)
    slow.bring()
    slow.trickle(90 // every, every)
    assert slow.settled() == []
    slow.clock.advance(10)
    slow.look()
    assert slow.settled() == [90 // every + 1]


def test_after_a_break_the_patience_begins_with_the_first_image_that_comes_then(slow: Slow) -> None:
    slow.announce(40)
    slow.bring()
    slow.clock.advance(300)
    slow.look()
    assert slow.settled() == [1]
    slow.clock.advance(3600)
    slow.bring()
    slow.trickle(9, every=30)
    assert slow.settled() == [1]
    slow.trickle(1, every=30)
    assert slow.settled() == [1, 12]


def test_images_that_come_while_it_is_made_ready_do_not_settle_it_again(slow: Slow) -> None:
    """A machine on which that takes longer than the patience gets on nevertheless."""
    slow.announce(40)
    slow.bring()
    slow.trickle(10, every=30, works=False)
    assert slow.settled() == [11]
    slow.trickle(15, every=30, works=False)
    assert slow.settled() == [11]
    slow.look()
    assert slow.shown()[0][:2] == ("task", 26)
    slow.look()
    assert slow.settled() == [11, 26], "what came meanwhile has waited long enough"


def test_a_quick_study_settles_when_its_sender_is_done_and_not_before(slow: Slow) -> None:
    slow.announce(40)
    slow.bring()
    slow.trickle(39, every=2)
    assert slow.settled() == []
    slow.end()
    slow.look()
    assert slow.settled() == [40]


def test_a_study_of_which_nobody_has_said_how_much_there_is_keeps_its_quiet_time(slow: Slow) -> None:
    slow.bring()
    slow.trickle(20, every=30)
    assert slow.settled() == []
    slow.clock.advance(60)
    slow.look()
    assert slow.settled() == [21]


def test_what_images_declare_or_a_step_lists_is_waited_for_no_longer(alliance: Alliance, clock: FixedClock) -> None:
    made = synth.a_ct_series(40)
    for each in made:
        each.NumberOfStudyRelatedInstances = 40
    slow = Slow(alliance, clock, made)
    slow.bring()
    slow.trickle(10, every=30)
    assert slow.settled() == [11]
    slow.trickle(3, every=90)  # longer than the quiet time: not made ready for each
    assert slow.settled() == [11]
    with alliance.system.work() as work:
        uids = [str(each.SOPInstanceUID) for each in made]
        expect(work, slow.site, slow.uid, f"{OF_A_STEP}1", len(uids), uids)
    slow.trickle(2, every=60)
    assert slow.settled() == [11, 16]
    assert slow.shown() == [("task", 16, Lacking(16, 40), True)]
