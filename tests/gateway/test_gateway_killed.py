"""`kill -9` at random moments under load: what was acknowledged to a modality arrives at the centre, once."""

from __future__ import annotations

import random
import threading
import time

import pytest
from pydicom.uid import generate_uid

from tests import synth
from tests.gateway.conftest import Centre, Gateway
from tests.peers import Sent, sent

SHORT, LONG = 5, 60


class Load:
    """A modality that sends one object after another in short associations, and writes down what was acknowledged."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway, self._ending = gateway, threading.Event()
        self.acknowledged: list[str] = []
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    def _send(self) -> None:
        study, number = generate_uid(), 0
        while not self._ending.is_set():
            items: list[Sent] = []
            for _ in range(5):
                number += 1
                ds = synth.ct_slice(number)
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


def killed(centre: Centre, gateway: Gateway, times: int) -> None:
    chance = random.Random(20261122)
    load = Load(gateway)
    for _ in range(times):
        time.sleep(chance.uniform(0.2, 1.2))
        gateway.kill()
        gateway.start()
    load.end()
    gateway.empty()
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
