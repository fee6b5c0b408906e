"""The node killed under load, and the node with a limit on what it may write: what was acknowledged is there, once."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydicom.uid import generate_uid

from teleconsult.settings import Settings
from tests import synth
from tests.builders import Alliance, a_system, an_alliance, some_settings
from tests.children import Child, accepts, free_port, wait_for
from tests.needs import ROOT
from tests.node import index
from tests.peers import Scanner, Sent, sent, store

SUCCESS = 0x0000
SENDERS = 3


@contextmanager
def an_archive(home: Path, database_url: str) -> Iterator[tuple[Alliance, Settings]]:
    system = a_system(home, database_url)
    try:
        yield an_alliance(system), some_settings(home, database_url, dicom_port=free_port())
    finally:
        system.store.engine.dispose()


def a_node(settings: Settings, log: Path, before: str = "pass") -> Child:
    """The node as its own process, listening. `before` is Python that it runs first."""
    program = f"import runpy; {before}; runpy.run_module('dicom_node', run_name='__main__')"
    child = Child([sys.executable, "-c", program], log, env=settings.to_env(), cwd=ROOT)
    child.up(lambda: accepts(settings.dicom_port), "the DICOM port answers")
    return child


class Sender(threading.Thread):
    """Sends objects of its own one after another until told to stop, and remembers which were acknowledged."""

    def __init__(self, address: tuple[str, int], seed: int) -> None:
        super().__init__(daemon=True)
        self.address = address
        self.acknowledged: list[Sent] = []
        self.unanswered: list[Sent] = []
        self._numbers = random.Random(seed)
        self._stop_now = threading.Event()
        self._study = generate_uid()

    def run(self) -> None:
        while not self._stop_now.is_set():
            side = self._numbers.choice((32, 128, 512))
            item = sent(synth.ct_slice(rows=side, columns=side, study_uid=self._study))
            association = Scanner(self.address, seconds=5).request([item])
            while association.is_established and not self._stop_now.is_set():
                answer = store(association, item)
                kept = self.acknowledged if answer.get("Status") == SUCCESS else self.unanswered
                kept.append(item)
                item = sent(synth.ct_slice(rows=side, columns=side, study_uid=self._study))
            if association.is_established:
                association.release()

    def stop(self) -> None:
        self._stop_now.set()
        self.join(20)


def check(alliance: Alliance, acknowledged: list[Sent]) -> None:
    """Every acknowledged object is indexed once and kept as sent; nothing that is indexed lacks its bytes."""
    for item in acknowledged:
        rows = index.instances(alliance.system, item.sop_uid)
        assert len(rows) == 1, f"{item.sop_uid} is indexed {len(rows)} times"
        assert index.bytes_of(alliance.system, rows[0]) == item.data_set
    for study in index.studies(alliance.system):
        assert study.instance_count == index.counted_in(alliance.system, study.id)


def killed_under_load(rounds: int, seed: int, alliance: Alliance, settings: Settings, log: Path) -> int:
    """Kill the node in each of `rounds` at a random moment while senders send; the number acknowledged in all."""
    moments = random.Random(seed)
    address = ("127.0.0.1", settings.dicom_port)
    senders: list[Sender] = []
    for _ in range(rounds):
        with a_node(settings, log) as node:
            senders = [Sender(address, moments.randrange(1 << 30)) for _ in range(SENDERS)]
            for sender in senders:
                sender.start()
            wait_for(lambda: all(s.acknowledged for s in senders), "every sender is at work")  # noqa: B023
            time.sleep(moments.uniform(0.0, 0.6))  # the moment is what is random here, not a fact to wait for
            node.kill()
            for sender in senders:
                sender.stop()
            check(alliance, [item for sender in senders for item in sender.acknowledged])
    with a_node(settings, log):
        wait_for(lambda: not index.drafts(alliance.system), "half-received files are gone")
        again = [item for sender in senders for item in sender.unanswered]
        assert Scanner(address).send(*again) == [SUCCESS] * len(again)
        check(alliance, again)
    return sum(len(sender.acknowledged) for sender in senders)


@pytest.mark.soak
@pytest.mark.timeout(0)  # every wait inside is bounded; the long form takes long
def test_whatever_was_acknowledged_before_a_kill_is_there_once(
    tmp_path: Path, sqlite_url: str, long_form: bool
) -> None:
    rounds = 200 if long_form else 6
    with an_archive(tmp_path / "home", sqlite_url) as (alliance, settings):
        assert killed_under_load(rounds, 20260102, alliance, settings, tmp_path / "node.log") > 0


@pytest.mark.needs_postgres
def test_the_same_holds_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    with an_archive(tmp_path / "home", postgres_url) as (alliance, settings):
        assert killed_under_load(2, 20260103, alliance, settings, tmp_path / "node.log") > 0


def test_a_file_size_limit_is_answered_with_out_of_resources_and_small_objects_still_come_in(
    tmp_path: Path, sqlite_url: str
) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))"
    small, large = sent(synth.ct_slice()), sent(synth.ct_slice(rows=1500, columns=1500))
    with (
        an_archive(tmp_path / "home", sqlite_url) as (alliance, settings),
        a_node(settings, tmp_path / "node.log", limit) as node,
        Scanner(("127.0.0.1", settings.dicom_port)).associated([small]) as association,
    ):
        answer = store(association, large)
        assert (answer.Status, answer.ErrorComment) == (0xA700, "storage.full")
        assert index.drafts(alliance.system) == []
        assert store(association, small).Status == SUCCESS
        assert node.running
        assert index.counted(alliance.system) == 1


def test_a_node_that_is_told_to_stop_is_gone_within_three_seconds_with_peers_connected(
    tmp_path: Path, sqlite_url: str
) -> None:
    with an_archive(tmp_path / "home", sqlite_url) as (_, settings), a_node(settings, tmp_path / "node.log") as node:
        associations = [Scanner(("127.0.0.1", settings.dicom_port)).request() for _ in range(3)]
        began = time.monotonic()
        assert node.stop() == 0
        assert time.monotonic() - began < 3
        wait_for(lambda: all(association.is_aborted for association in associations), "the peers are told")


def test_a_taken_port_is_said_in_one_line(tmp_path: Path, sqlite_url: str) -> None:
    with an_archive(tmp_path / "home", sqlite_url) as (_, settings), a_node(settings, tmp_path / "first.log"):
        program = [sys.executable, "-m", "dicom_node"]
        second = Child(program, tmp_path / "second.log", env=settings.to_env(), cwd=ROOT)
        wait_for(lambda: not second.running, "the second node gives up")
        assert second.stop() == 1
        (line,) = (tmp_path / "second.log").read_text().splitlines()
        assert str(settings.dicom_port) in line
