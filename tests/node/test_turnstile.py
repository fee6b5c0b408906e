"""Whose turn it is to read an answer."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pynetdicom import AE

from dicom_node.node import Node
from dicom_node.reactor import Checkpoint
from dicom_node.turnstile import Turnstile, put_in

VERIFICATION = "1.2.840.10008.1.1"


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


def test_closed_twice_it_is_closed_at_once() -> None:
    gate = Turnstile()
    with passing(gate):
        gate.clear()
        begun = time.monotonic()
        gate.clear()
        assert gate.is_closed
        assert time.monotonic() - begun < 0.9, "it was told, and did not wait for a loop that stands already"


def test_a_report_served_meanwhile_does_not_keep_whoever_asks_for_ever(node: Node) -> None:
    """pynetdicom's thread for N-EVENT-REPORT says that the loop goes on, while it stands."""
    ae = AE(ae_title="SCANNER_A")
    ae.add_requested_context(VERIFICATION)
    association = ae.associate(*node.address, ae_title="TELECONSULT")
    put_in(association)
    association._reactor_checkpoint.clear()  # noqa: SLF001 (whoever gave up on an answer leaves it closed)
    association._is_paused = False  # noqa: SLF001
    assert association.send_c_echo().Status == 0x0000
    association.release()
    assert association.is_released
