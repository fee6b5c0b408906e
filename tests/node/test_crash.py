"""The node killed under load, and the node with a limit on what it may write: what was acknowledged is there, once."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from pydicom.uid import UID, generate_uid
from sqlalchemy import text

from teleconsult import access
from teleconsult.access import SYSTEM
from teleconsult.imaging.receipts import waiting
from teleconsult.settings import Settings
from tests import synth
from tests.builders import Alliance, a_system, an_alliance, some_settings
from tests.children import Child, accepts, free_port, wait_for
from tests.journey.fair import fair
from tests.memory import most_kb
from tests.needs import ROOT
from tests.node import asking, index
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


@contextmanager
def index_held(alliance: Alliance) -> Iterator[None]:
    """Nobody can write into the index: files are received, acknowledged and wait."""
    engine = alliance.system.store.engine
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE instances IN ACCESS EXCLUSIVE MODE"))
        yield


def killed_under_load(rounds: int, seed: int, alliance: Alliance, settings: Settings, log: Path) -> int:
    """Kill the node and the process that indexes for it, in each of `rounds`, at a random moment while senders send; the number
    acknowledged in all. In every second round nothing could be indexed before: what was acknowledged has its receipt and nothing else."""
    moments = random.Random(seed)
    address = ("127.0.0.1", settings.dicom_port)
    senders: list[Sender] = []
    acknowledged = 0
    for number in range(rounds):
        with a_node(settings, log) as node:  # takes over what the one before left, and is the next to be killed
            check(alliance, [item for sender in senders for item in sender.acknowledged])
            acknowledged += sum(len(sender.acknowledged) for sender in senders)
            senders = [Sender(address, moments.randrange(1 << 30)) for _ in range(SENDERS)]
            for sender in senders:
                sender.start()
            wait_for(lambda: all(s.acknowledged for s in senders), "every sender is at work")  # noqa: B023
            with index_held(alliance) if number % 2 else nullcontext():
                time.sleep(moments.uniform(0.0, 0.6))  # the moment is what is random here, not a fact to wait for
                node.kill_group()
            for sender in senders:
                sender.stop()
    with a_node(settings, log):
        check(alliance, [item for sender in senders for item in sender.acknowledged])
        wait_for(lambda: not index.drafts(alliance.system), "half-received files are gone")
        again = [item for sender in senders for item in sender.unanswered]
        assert Scanner(address).send(*again) == [SUCCESS] * len(again)
        check(alliance, again)
    return acknowledged + sum(len(sender.acknowledged) for sender in senders)


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
        assert time.monotonic() - began < fair(3)
        wait_for(lambda: all(association.is_aborted for association in associations), "the peers are told")


def test_a_taken_port_is_said_in_one_line(tmp_path: Path, sqlite_url: str) -> None:
    with an_archive(tmp_path / "home", sqlite_url) as (_, settings), a_node(settings, tmp_path / "first.log"):
        program = [sys.executable, "-m", "dicom_node"]
        second = Child(program, tmp_path / "second.log", env=settings.to_env(), cwd=ROOT)
        wait_for(lambda: not second.running, "the second node gives up")
        assert second.stop() == 1
        (line,) = (tmp_path / "second.log").read_text().splitlines()
        assert str(settings.dicom_port) in line


def test_what_waits_while_the_database_is_away_is_acknowledged_and_indexed_when_it_is_back(
    tmp_path: Path, sqlite_url: str
) -> None:
    series = [sent(each) for each in synth.a_ct_series(6)]
    with (
        an_archive(tmp_path / "home", sqlite_url) as (alliance, settings),
        a_node(settings, tmp_path / "node.log"),
        Scanner(("127.0.0.1", settings.dicom_port)).associated(series) as association,
    ):
        assert store(association, series[0]).Status == SUCCESS
        index.settle(alliance.system)
        with index_held(alliance):
            assert [store(association, item).Status for item in series[1:]] == [SUCCESS] * 5
            assert len(list(waiting(alliance.system.blobs.staging()))) >= 5
        check(alliance, series)
        (study,) = index.studies(alliance.system)
        assert study.instance_count == 6


def test_a_killed_indexing_process_is_followed_by_another_and_nothing_is_indexed_twice(
    tmp_path: Path, sqlite_url: str
) -> None:
    series = [sent(each) for each in synth.a_ct_series(12)]
    with (
        an_archive(tmp_path / "home", sqlite_url) as (alliance, settings),
        a_node(settings, tmp_path / "node.log") as node,
        Scanner(("127.0.0.1", settings.dicom_port)).associated(series) as association,
    ):
        for number, item in enumerate(series):
            assert store(association, item).Status == SUCCESS
            if number % 4 == 1:
                wait_for(lambda: children_of(node.pid), "an indexing process runs")
                for child in children_of(node.pid):
                    os.kill(child, signal.SIGKILL)
        check(alliance, series)
        assert index.arrivals(alliance.system) == ["stored"] * 12


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] + [
        int(word)
        for task in Path(f"/proc/{pid}/task").iterdir()
        if task.name != str(pid)
        for word in (task / "children").read_text().split()
    ]


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_multi_frame_object_larger_than_memory_should_be_is_received_and_sent_in_little_of_it(
    tmp_path: Path, sqlite_url: str, long_form: bool
) -> None:
    """Its pixels are sent as they are read from a file with holes, so that the sender needs no memory either. Then the node sends it to
    who takes PDUs of any length: the greatest temptation to send it in one."""
    frames = 4000 if long_form else 320  # of 512 KiB: 2 GB, or 160 MB
    ds = synth.an_object(synth.CT, "CT")
    ds.Rows = ds.Columns = 512
    ds.NumberOfFrames, ds.BitsAllocated, ds.BitsStored, ds.HighBit = frames, 16, 12, 11
    ds.SamplesPerPixel, ds.PixelRepresentation, ds.PhotometricInterpretation = 1, 0, "MONOCHROME2"
    ds.PixelData = b"\0\0"
    small = synth.as_bytes(ds)
    part10, length = tmp_path / "large.dcm", frames * (1 << 19)
    with part10.open("wb") as file:
        file.write(small[:-6] + length.to_bytes(4, "little"))
        file.truncate(len(small) - 2 + length)
    with (
        an_archive(tmp_path / "home", sqlite_url) as (alliance, settings),
        a_node(settings, tmp_path / "node.log") as node,
    ):
        done = Scanner(("127.0.0.1", settings.dicom_port)).storescu(part10)
        assert done.returncode == 0, done.stdout + done.stderr
        (row,) = index.instances(alliance.system, str(ds.SOPInstanceUID))
        assert row.size == len(synth.bare(small)) - 2 + length
        assert most_kb(node.pid) < 300 << 10
        moved_to_who_takes_any_length(alliance, settings, tmp_path, str(ds.StudyInstanceUID))
        assert most_kb(node.pid) < 300 << 10
        assert all(most_kb(child) < 300 << 10 for child in children_of(node.pid))


TAKES_ANY_LENGTH = """
import sys, tempfile
from pynetdicom import AE, AllStoragePresentationContexts, _config, evt
_config.STORE_RECV_CHUNKED_DATASET, tempfile.tempdir = True, sys.argv[2]
ae = AE(ae_title="LARGE")
ae.supported_contexts, ae.maximum_pdu_size = AllStoragePresentationContexts, 0
ae.start_server(("127.0.0.1", int(sys.argv[1])), evt_handlers=[(evt.EVT_C_STORE, lambda event: 0)])
"""


def moved_to_who_takes_any_length(alliance: Alliance, settings: Settings, folder: Path, study_uid: str) -> None:
    port = free_port()
    with alliance.system.work() as work:
        access.add_peer(work, SYSTEM, "LARGE", "127.0.0.1", alliance.sites["county_a"], host="127.0.0.1", port=port)
    with Child([sys.executable, "-c", TAKES_ANY_LENGTH, str(port), str(folder)], folder / "large.log") as taker:
        taker.up(lambda: accepts(port), "it listens")
        wanted, node = asking.keys("STUDY", StudyInstanceUID=study_uid), ("127.0.0.1", settings.dicom_port)
        with asking.associated(node, asking.STUDY_MOVE, seconds=600) as association:
            *_, (last, _) = association.send_c_move(wanted, "LARGE", UID(asking.STUDY_MOVE))
        assert (last.Status, last.NumberOfCompletedSuboperations) == (SUCCESS, 1)
