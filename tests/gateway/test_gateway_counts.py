"""A gateway says how many objects of a study there are: the centre never opens a part of it as if it were whole."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydicom import Dataset
from sqlalchemy import select

from teleconsult.imaging import settle
from teleconsult.imaging.expected import Lacking, lacking
from teleconsult.imaging.expected_senders import SO_FAR
from teleconsult.imaging.tables_orders import ExpectedRow
from tests.children import wait_for
from tests.gateway.conftest import Centre, Cut, Gateway
from tests.gateway.test_gateway import a_study, objects

pytestmark = pytest.mark.timeout(300)  # several whole processes start in each
SLOW = 150_000
"""Bytes a second: a slice of `noisy` takes one, so that others wait meanwhile."""


def noisy(count: int) -> list[Dataset]:
    """CT slices of one study that nothing makes smaller."""
    made = a_study(count, size=256)
    for each in made:
        each.PixelData = random.randbytes(256 * 256 * 2)
    return made


def announced(centre: Centre) -> dict[str, int]:
    """What is expected of the study of this test, by the beginning of its source."""
    rows = centre.rows(select(ExpectedRow).where(ExpectedRow.study_uid == centre.studies()[0].study_uid))
    return {"so far" if row.source.startswith(SO_FAR) else "at the end": row.count for row in rows}


def lacks(centre: Centre) -> Lacking | None:
    """What who reads the study sees, once the centre has waited as long as it does."""
    study = centre.studies()[0]
    with centre.alliance.system.work() as work:
        settle.sweep(work, study.last_arrival_at + timedelta(seconds=700))
        return lacking(work, [study.id]).get(study.id)


def opened(centre: Centre, at: datetime) -> Lacking | None:
    """What is missing of the study, if it is opened then."""
    with centre.alliance.system.work() as work:
        settle.sweep(work, at)
        return lacking(work, [centre.studies()[0].id]).get(centre.studies()[0].id)


def ended(gateway: Gateway, studies: int = 1) -> None:
    wait_for(lambda: gateway.state()["ended"] == studies, "the centre was told that this is all")


@pytest.fixture
def line(centre: Centre) -> Iterator[Cut]:
    line = Cut(centre.port)
    yield line
    line.close()


@pytest.fixture
def over(centre: Centre, line: Cut, tmp_path: Path) -> Iterator[Callable[[str], Gateway]]:
    """Gateways over this line, by their name; all with the same token."""
    token, begun = centre.token("SCANNER_A"), list[Gateway]()

    def begin(name: str) -> Gateway:
        begun.append(Gateway(tmp_path / name, line.port, token, packing="never"))
        begun[-1].start()
        return begun[-1]

    yield begin
    for each in begun:
        each.stop()


@pytest.fixture
def gateway(over: Callable[[str], Gateway]) -> Gateway:
    return over("gateway")


def test_of_a_study_that_mostly_waits_at_the_gateway_the_reader_sees_how_much_is_missing(
    centre: Centre, gateway: Gateway, line: Cut
) -> None:
    line.rate = SLOW
    made = noisy(12)
    assert gateway.scanner().send(*objects(made[:4])) == [0] * 4
    wait_for(centre.studies, "the first is there")
    assert gateway.scanner().send(*objects(made[4:])) == [0] * 8
    wait_for(lambda: announced(centre) == {"so far": 12}, "the number grows while it waits")
    assert gateway.state()["waiting"] > 0
    less = lacks(centre)
    assert less is not None
    assert (0 < less.here < 12, less.expected) == (True, 12)
    line.rate = 0
    ended(gateway)
    assert (announced(centre), lacks(centre)) == ({}, None)


def test_over_a_slow_line_the_reader_sees_what_is_there_five_minutes_after_the_first_image(
    centre: Centre, gateway: Gateway, line: Cut
) -> None:
    """The centre's quiet time is ten minutes here: what comes never leaves it one."""
    line.rate = SLOW
    made = noisy(12)
    gateway.scanner().send(*objects(made[:4]))
    wait_for(centre.studies, "the first is there")
    gateway.scanner().send(*objects(made[4:]))
    wait_for(lambda: announced(centre) == {"so far": 12}, "the number grows while it waits")
    first = centre.studies()[0].arrived_at
    assert opened(centre, first + timedelta(seconds=299)) is None
    less = opened(centre, first + timedelta(seconds=300))
    assert less is not None
    assert (0 < less.here < 12, less.expected) == (True, 12)
    line.rate = 0
    ended(gateway)
    assert (announced(centre), lacks(centre)) == ({}, None)


def test_what_a_modality_sends_twice_makes_no_whole_study_incomplete(
    centre: Centre, gateway: Gateway, line: Cut
) -> None:
    made = noisy(3)
    gateway.scanner().send(*objects(made))
    ended(gateway)
    line.rate = SLOW
    gateway.scanner().send(*objects(made))
    gateway.empty()
    assert lacks(centre) is None
    ended(gateway)
    assert (announced(centre), lacks(centre)) == ({}, None)


def test_a_gateway_that_was_killed_says_the_same_and_goes_on_counting(
    centre: Centre, gateway: Gateway, line: Cut
) -> None:
    line.rate = SLOW
    made = noisy(8)
    gateway.scanner().send(*objects(made[:6]))
    wait_for(lambda: centre.studies() and announced(centre) == {"so far": 6}, "six are announced")
    gateway.kill()
    gateway.start()
    gateway.scanner().send(*objects(made[6:]))
    wait_for(lambda: announced(centre) == {"so far": 8}, "eight are announced")
    line.rate = 0
    ended(gateway)
    assert len(centre.has()) == 8
    assert (announced(centre), lacks(centre)) == ({}, None)


def test_what_is_given_up_on_at_the_gateway_stays_missing_until_it_comes(
    centre: Centre, gateway: Gateway, line: Cut
) -> None:
    made = noisy(3)
    gateway.stop()
    centre.kill()
    gateway.start()
    gateway.scanner().send(*objects(made))
    damaged = sorted((gateway.home / "waiting").glob("*/*.dcm"))[1]
    damaged.write_bytes(damaged.read_bytes()[:-2] + b"\1\2")
    centre.start()
    ended(gateway)
    assert gateway.state()["parked"] == 1
    assert lacks(centre) == Lacking(2, 3)
    gateway.scanner().send(*objects(made))
    wait_for(lambda: len(centre.has()) == 3, "it has come")
    gateway.empty()
    ended(gateway)
    assert (gateway.state()["parked"], lacks(centre)) == (0, None)


def test_a_study_through_two_gateways_is_whole_when_both_have_sent_theirs(
    centre: Centre, gateway: Gateway, over: Callable[[str], Gateway], line: Cut
) -> None:
    other, made = over("other"), noisy(4)
    gateway.scanner().send(*objects(made[:2]))
    ended(gateway)
    line.rate = SLOW // 4
    other.scanner().send(*objects(made))
    wait_for(lambda: announced(centre) == {"so far": 4}, "the other says that there are more")
    assert lacks(centre) is not None
    line.rate = 0
    ended(other)
    assert (announced(centre), lacks(centre)) == ({}, None)


def test_an_older_centre_is_told_what_it_understands(centre: Centre, gateway: Gateway, line: Cut) -> None:
    line.instead = (b'"counts"', b'"c0unts"')
    gateway.scanner().send(*objects(a_study(3)))
    ended(gateway)
    assert (announced(centre), lacks(centre), len(centre.has())) == ({}, None, 3)
