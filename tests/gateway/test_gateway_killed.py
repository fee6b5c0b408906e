"""`kill -9` at random moments under load: what was acknowledged to a modality arrives at the centre, once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.uid import generate_uid

from tests import synth
from tests.gateway.conftest import Centre, Cut, Gateway
from tests.peers import Sent, sent
from tests.rules.test_packing import a_slice

SHORT, LONG = 5, 60


class Load:
    """A modality that sends one object after another in short associations, and writes down what was acknowledged."""

    def __init__(self, gateway: Gateway, a_slice: Callable[[], Dataset]) -> None:
        self._gateway, self._slice, self._ending = gateway, a_slice, threading.Event()
        self.acknowledged: list[str] = []
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    def _send(self) -> None:
        study = generate_uid()
        while not self._ending.is_set():
            items: list[Sent] = []
            for _ in range(5):
                ds = self._slice()
                ds.StudyInstanceUID, ds.SOPInstanceUID = study, generate_uid()
                items.append(sent(ds))
            try:
                for item in items:
                    if self._gateway.scanner().send(item) == [0]:
                        self.acknowledged.append(item.sop_uid)
            except (AssertionError, AttributeError, OSError):  # the gateway is away: a modality tries again later
                time.sleep(0.05)

    def end(self) -> None:
        self._ending.set()
        self._thread.join()


def killed(centre: Centre, gateway: Gateway, times: int, a_slice: Callable[[], Dataset] = synth.ct_slice) -> None:
    chance = random.Random(20261122)
    load = Load(gateway, a_slice)
    for _ in range(times):
        time.sleep(chance.uniform(0.2, 1.2))
        gateway.kill()
        gateway.start()
    load.end()
    gateway.empty(300.0)
    arrived = centre.has()
    assert load.acknowledged, "nothing was acknowledged: no load"
    assert set(load.acknowledged) <= set(arrived), "every acknowledged object arrives"
    assert len(arrived) == len(set(arrived)), "each once"
    assert gateway.state()["parked"] == 0


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_gateway_that_is_killed_again_and_again_loses_nothing(
    centre: Centre, gateway: Gateway, long_form: bool
) -> None:
    killed(centre, gateway, LONG if long_form else SHORT)


@pytest.fixture
def packing_gateway(centre: Centre, tmp_path: Path) -> Iterator[Gateway]:
    """One that packs whatever it sends, on a line on which that takes its time: most kills meet a file that is being packed or sent."""
    line = Cut(centre.port)
    line.rate = 2_000_000
    made = Gateway(tmp_path / "packing", line.port, centre.token("SCANNER_A"), packing="always")
    made.start()
    yield made
    made.stop()
    line.close()


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_one_that_is_killed_while_it_packs_loses_nothing_either(
    centre: Centre, packing_gateway: Gateway, long_form: bool
) -> None:
    killed(centre, packing_gateway, LONG if long_form else SHORT, lambda: a_slice(512))
    assert packing_gateway.state()["packed"] > 0
    assert list((packing_gateway.home / "packing").iterdir()) == []
