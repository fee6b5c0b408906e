"""Whose turn it is to read an answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dicom_node.reactor import Checkpoint
from dicom_node.turnstile import Turnstile


@contextmanager
def passing(gate: Turnstile) -> Iterator[list[int]]:
    """A loop that goes through the gate again and again; how often so far. At the end it ends."""
    ending, rounds = threading.Event(), [0]

    def loop() -> None:
        while not ending.is_set():
            gate.wait()
            rounds[0] += 1

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield rounds
    finally:
        ending.set()
        gate.set()
        gate.stir()
        thread.join(5)
    assert not thread.is_alive()


def test_once_it_is_closed_the_loop_stands_before_it() -> None:
    gate = Turnstile()
    with passing(gate) as rounds:
        for _ in range(300):
            gate.clear()
            seen = rounds[0]
            for _ in range(200):
                assert rounds[0] == seen
            gate.set()
    assert rounds[0] >= 300


def test_the_node_s_own_checkpoint_closes_at_once_although_its_loop_waits_for_something_else() -> None:
    gate = Checkpoint()
    with passing(gate) as rounds:
        for _ in range(100):
            gate.clear()
            seen = rounds[0]
            gate.stir()
            for _ in range(200):
                assert rounds[0] == seen
            gate.set()
            gate.stir()


def test_a_loop_that_serves_a_request_closes_it_itself_and_goes_on() -> None:
    gate, served = Turnstile(), list[bool]()

    def loop() -> None:
        gate.wait()
        gate.clear()
        served.append(gate.is_set())
        gate.set()
        served.append(gate.wait())

    gate.set()
    thread = threading.Thread(target=loop)
    thread.start()
    thread.join(5)
    assert served == [False, True]


def test_a_loop_that_has_ended_holds_nobody_up_for_long() -> None:
    gate = Turnstile()
    gate.clear()
    assert not gate.is_set()
    gate.set()
    assert gate.wait(0.1)
