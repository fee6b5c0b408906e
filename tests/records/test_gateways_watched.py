"""What of gateways a hospital is told without asking: urgent images that wait there, and one that is not heard of any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from teleconsult import access
from teleconsult.access import SYSTEM
from teleconsult.access.tables import PeerRow
from teleconsult.imaging import gateways
from teleconsult.kernel.clock import FixedClock
from tests.builders import Alliance

Say = Callable[..., None]
Told = list[tuple[str, int, bool]]


@pytest.fixture
def say(alliance: Alliance) -> Say:
    """A gateway of county A reports, and the relay looks."""
    with alliance.system.read() as work:
        peer = access.identify(work, "SCANNER_A", "127.0.0.1")
    assert peer is not None

    def say(home: str = "one", machine: str = "CT-PC", **report: Any) -> None:
        with alliance.system.work(SYSTEM) as work:
            gateways.reported(work, peer, {"waiting": 0, "home": home, "machine": machine, **report}, home, None)
        look(alliance)

    return say


def look(alliance: Alliance) -> int:
    with alliance.system.work() as work:
        return gateways.watch(work)


def told(alliance: Alliance, who: str = "technician_a") -> Told:
    with alliance.system.read() as work:
        found = access.notices(work, alliance.people[who])
        return [(each.row.code, int(each.row.params["count"]), each.waits) for each in found]


def test_urgent_images_that_wait_ring_once_at_their_hospital_until_they_are_sent(
    alliance: Alliance, clock: FixedClock, say: Say
) -> None:
    say(waiting=3, waiting_stat=3, oldest_seconds=599)
    assert told(alliance) == []
    say(waiting=3, waiting_stat=3, oldest_seconds=600)
    say(waiting=5, waiting_stat=2, oldest_seconds=660)
    assert told(alliance) == told(alliance, "doctor_a") == [("gateway.stat_waits", 2, True)]
    assert told(alliance, "doctor_b") == told(alliance, "reader") == []
    say(waiting=4, waiting_stat=0, oldest_seconds=9000)
    assert told(alliance) == [("gateway.stat_waits", 2, False)], "what is not urgent may wait"
    clock.advance(60)
    say(waiting=1, waiting_stat=1, oldest_seconds=700)
    assert told(alliance)[0] == ("gateway.stat_waits", 1, True), "it rings again"


def test_a_gateway_that_had_images_and_is_not_heard_of_rings_until_it_is(
    alliance: Alliance, clock: FixedClock, say: Say
) -> None:
    say(waiting=7)
    clock.advance(600)
    assert look(alliance) == 0
    clock.advance(1)
    assert (look(alliance), look(alliance)) == (1, 1)
    assert told(alliance) == [("gateway.silent", 7, True)]
    say(waiting=7)
    assert told(alliance) == [("gateway.silent", 7, False)]
    say(waiting=0)
    clock.advance(86_400)
    assert look(alliance) == 0, "nothing waits in one that was switched off"


def test_the_graver_takes_the_place_of_what_was_told_before(alliance: Alliance, clock: FixedClock, say: Say) -> None:
    say(waiting=2, waiting_stat=2, oldest_seconds=700)
    clock.advance(660)
    assert look(alliance) == 1
    assert told(alliance) == [("gateway.silent", 2, True), ("gateway.stat_waits", 2, False)]


def test_two_gateways_of_one_token_are_told_of_apart(alliance: Alliance, say: Say) -> None:
    say("one", waiting=1, waiting_stat=1, oldest_seconds=700)
    say("two", waiting=4, waiting_stat=4, oldest_seconds=800)
    assert sorted(told(alliance)) == [("gateway.stat_waits", 1, True), ("gateway.stat_waits", 4, True)]


def test_nobody_is_told_for_ever_of_a_gateway_that_is_gone(alliance: Alliance, clock: FixedClock, say: Say) -> None:
    say(waiting=7)
    clock.advance(700)
    assert look(alliance) == 1
    clock.advance(7 * 86_400)
    assert look(alliance) == 0
    assert [waits for _, _, waits in told(alliance)] == [False]
    say(waiting=7)
    clock.advance(700)
    assert look(alliance) == 1
    with alliance.system.work() as work:
        work.session.execute(update(PeerRow).where(PeerRow.ae_title == "SCANNER_A").values(disabled=True))
    assert look(alliance) == 0, "nor of one that may not send any more"


def test_an_older_gateway_says_no_age_and_is_not_judged_by_it(alliance: Alliance, say: Say) -> None:
    say("", "", waiting=3, waiting_stat=3)
    assert told(alliance) == []
