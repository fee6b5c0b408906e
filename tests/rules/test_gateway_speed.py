"""Whether a line is slow: by what it carried while something was on it."""

from __future__ import annotations

import pytest

from dicom_node.gateway.speed import QUICK, SLOW, Speed


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def carry(speed: Speed, clock: Clock, size: int, rate: float, times: int = 1) -> None:
    for _ in range(times):
        with speed.carrying(size):
            clock.seconds += size / rate


def test_a_line_is_slow_once_it_was_measured_so_and_quick_only_well_above(clock: Clock) -> None:
    speed = Speed(clock)
    assert (speed.bytes_per_second(), speed.slow()) == (None, False)
    carry(speed, clock, 512 << 10, SLOW / 2)
    assert speed.slow()
    carry(speed, clock, 4 << 20, (SLOW + QUICK) / 2, 50)
    assert speed.slow(), "between the two it stays what it was"
    carry(speed, clock, 4 << 20, 2 * QUICK, 100)
    assert not speed.slow()
    carry(speed, clock, 4 << 20, (SLOW + QUICK) / 2, 50)
    assert not speed.slow()
    carry(speed, clock, 4 << 20, SLOW / 4, 50)
    assert speed.slow()


def test_time_in_which_nothing_is_sent_does_not_count(clock: Clock) -> None:
    speed = Speed(clock)
    for _ in range(20):
        carry(speed, clock, 512 << 10, 2 * QUICK)
        clock.seconds += 3600
    assert speed.bytes_per_second() == pytest.approx(2 * QUICK, rel=0.01)


def test_several_senders_share_one_line(clock: Clock) -> None:
    speed = Speed(clock)
    with speed.carrying(1 << 20), speed.carrying(1 << 20), speed.carrying(1 << 20):
        clock.seconds += 1
    assert speed.bytes_per_second() == pytest.approx(3 << 20, rel=0.01)


def test_short_requests_and_failed_ones_say_nothing(clock: Clock) -> None:
    speed = Speed(clock)
    carry(speed, clock, 10_000, 1000.0, 100)
    with pytest.raises(OSError, match="broke"):
        _broken(speed, clock)
    assert speed.bytes_per_second() is None


def _broken(speed: Speed, clock: Clock) -> None:
    with speed.carrying(1 << 20):
        clock.seconds += 60
        raise OSError("the line broke")
