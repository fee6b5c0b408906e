"""A line check: asked for on the screen, carried out by a job, with a word for everything that may be wrong with a line."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import UID
from pynetdicom import AE, evt
from sqlalchemy import func, select

from dicom_node.associate import Patience
from dicom_node.line_check import check
from dicom_node.line_image import made_study
from dicom_node.node import Node
from dicom_node.receive import Limits
from dicom_node.staging import file_meta
from teleconsult import access
from teleconsult.access import SYSTEM, change_peer, identify
from teleconsult.imaging import line_check
from teleconsult.imaging.ingest import ingest
from teleconsult.imaging.staging import stage_part10
from teleconsult.imaging.tables import QuarantineRow, StudyRow
from teleconsult.imaging.tables_lines import LineCheckRow, LineReturnRow
from teleconsult.kernel.clock import SystemClock
from teleconsult.kernel.errors import Refused
from tests import synth
from tests.children import free_port
from tests.jobs.floor import Floor
from tests.orthanc import orthanc
from tests.peers import Scanner, Sent
from workers.bench import Lines

QUICK = Patience(connect=1.0, associate=2.0, answer=5.0)
SC = "1.2.840.10008.5.1.4.1.1.7"


@pytest.fixture
def floor(floor: Floor) -> Floor:
    """With a line to peers, and time that goes on: peers are real."""
    floor.bench = replace(
        floor.bench, lines=Lines(check=partial(check, settings=floor.system.settings, patience=QUICK))
    )
    return floor


def listening(floor: Floor, port: int | None, host: str | None = "127.0.0.1", **rules: Any) -> str:
    with floor.system.work() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
        assert peer is not None
        change_peer(work, SYSTEM, peer.id, {"host": host, "port": port, **rules})
        return peer.id


def checked(floor: Floor, peer_id: str, *, with_image: bool = True) -> LineCheckRow:
    technician = floor.alliance.people["technician_a"]
    with floor.system.work(technician) as work:
        asked = line_check.ask(work, technician, peer_id, with_image)
    floor.run("check_line")
    with floor.system.read() as work:
        return work.get(LineCheckRow, asked.id)


def told(row: LineCheckRow) -> dict[str, str]:
    assert row.result is not None
    return {each["name"]: each["code"] for each in row.result["steps"]}


class Pacs:
    """A PACS of a few words. `answer` is what it says to a C-STORE."""

    def __init__(
        self, ae_title: str = "SCANNER_A", *, stores: bool = True, answer: int = 0, calling: str | None = None
    ) -> None:
        self.port = free_port()
        ae = AE(ae_title=ae_title)
        ae.require_called_aet = True
        ae.require_calling_aet = [calling] if calling else []
        ae.add_supported_context(UID("1.2.840.10008.1.1"))
        if stores:
            ae.add_supported_context(UID(SC))
        handlers: list[Any] = [(evt.EVT_C_STORE, lambda _: answer)]
        self._server = ae.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers)

    def __enter__(self) -> Pacs:
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.shutdown()


def test_a_device_that_only_stores_is_good_and_its_times_are_kept(floor: Floor) -> None:
    with Pacs() as pacs:
        row = checked(floor, listening(floor, pacs.port))
    assert told(row) == {"reach": "ok", "echo": "ok", "send": "ok", "back": "not_offered", "arrivals": "never"}
    assert (row.good, row.code) == (True, "00081")
    assert row.result is not None
    numbers = {each["name"]: each["numbers"] for each in row.result["steps"]}
    assert 0 < numbers["echo"]["median"] <= numbers["echo"]["worst"]
    assert numbers["send"]["bytes"] > 2_000_000
    assert numbers["send"]["kbit"] > 0


@pytest.mark.parametrize(
    ("pacs", "step", "word", "code"),
    [
        ({"ae_title": "ANOTHER"}, "echo", "their_name", "01991"),
        ({"calling": "SOMEBODY"}, "echo", "our_name", "02991"),
        ({"answer": 0xA700}, "send", "full", "00291"),
        ({"answer": 0x0124}, "send", "refused", "00391"),
    ],
)
def test_what_a_device_refuses_has_a_word_and_a_digit(
    floor: Floor, pacs: dict[str, Any], step: str, word: str, code: str
) -> None:
    with Pacs(**pacs) as device:
        row = checked(floor, listening(floor, device.port))
    assert (told(row)[step], row.code, row.good) == (word, code, False)


def test_a_device_that_only_sends_is_no_fault_of_the_line(floor: Floor) -> None:
    with Pacs(stores=False) as device:
        row = checked(floor, listening(floor, device.port))
    assert (told(row)["send"], row.code, row.good) == ("no_context", "00191", True)


@pytest.mark.parametrize(
    ("host", "word", "code"),
    [("127.0.0.1", "refused", "29991"), ("no-such-host.invalid", "dns", "19991"), (None, "no_address", "49991")],
)
def test_a_device_that_cannot_be_reached_says_why(floor: Floor, host: str | None, word: str, code: str) -> None:
    row = checked(floor, listening(floor, free_port() if host else None, host))
    assert (told(row)["reach"], row.code, row.good) == (word, code, False)


def test_something_that_speaks_no_dicom_gives_no_answer(floor: Floor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_hang_up_on_all, args=(server,), daemon=True).start()
        row = checked(floor, listening(floor, server.getsockname()[1]))
    assert (told(row)["echo"], row.code) == ("no_answer", "05991")


def _hang_up_on_all(server: socket.socket) -> None:
    while True:
        try:
            server.accept()[0].close()
        except OSError:
            return


def test_a_device_that_is_to_be_called_over_tls_and_is_not_there_for_it_has_a_wrong_certificate(floor: Floor) -> None:
    with Pacs() as pacs:
        row = checked(floor, listening(floor, pacs.port, tls_outgoing=True))
    assert told(row)["echo"] in ("certificate", "no_answer")


def test_without_a_test_image_nothing_is_sent(floor: Floor) -> None:
    with Pacs(stores=False) as pacs:
        row = checked(floor, listening(floor, pacs.port), with_image=False)
    assert (told(row), row.code) == ({"reach": "ok", "echo": "ok", "arrivals": "never"}, "00991")


def test_what_has_come_lately_is_counted(floor: Floor) -> None:
    floor.arrive(*synth.a_ct_series(3))
    with Pacs() as pacs:
        row = checked(floor, listening(floor, pacs.port))
    assert (told(row)["arrivals"], row.code) == ("ok", "00080")


def test_one_check_of_a_line_at_a_time_by_those_who_may(floor: Floor) -> None:
    peer_id, people = listening(floor, free_port()), floor.alliance.people
    for login, code in (("doctor_a", "permit.refused"), ("auditor", "permit.refused")):
        with pytest.raises(Refused) as refused, floor.system.work(people[login]) as work:
            line_check.ask(work, people[login], peer_id, True)
        assert refused.value.code == code
    with floor.system.work(people["administrator"]) as work:
        line_check.ask(work, people["administrator"], peer_id, True)
    with pytest.raises(Refused) as twice, floor.system.work(people["technician_a"]) as work:
        line_check.ask(work, people["technician_a"], peer_id, True)
    assert twice.value.code == "linecheck.under_way"


def test_the_job_again_changes_nothing(floor: Floor) -> None:
    with Pacs() as pacs:
        row = checked(floor, listening(floor, pacs.port))
    floor.bench = replace(floor.bench, lines=Lines())
    delivery = floor.facts("LineCheckAsked")
    assert len(delivery) == len(floor.facts("LineCheckDone")) == 1
    with floor.system.read() as work:
        assert work.get(LineCheckRow, row.id).version == row.version


@pytest.mark.needs_orthanc
@pytest.mark.parametrize("moves", [False, True], ids=["C-GET", "C-MOVE"])
def test_orthanc_gets_the_test_image_and_gives_it_back_byte_for_byte_and_it_becomes_no_study(
    floor: Floor, tmp_path: Path, moves: bool
) -> None:
    system = replace(floor.system, clock=SystemClock())
    node = Node(system, Limits(index_apart=False, stop_seconds=1.0))
    node.start()
    host, port = node.address
    modalities = {
        "center": {"AET": "TELECONSULT", "Host": host, "Port": port, "AllowGet": not moves, "AllowMove": True}
    }
    options: dict[str, Any] = {"DicomModalities": modalities, "DicomAlwaysAllowGet": not moves}
    try:
        with orthanc(tmp_path / "orthanc", ae_title="SCANNER_A", **options) as peer:
            row = checked(floor, listening(floor, peer.dicom_port))
            if (
                told(row)["back"] == "refused"
            ):  # it offers C-GET to all and refuses it here: nothing is asked by C-MOVE then
                assert moves
            kept = peer.ask("/instances")
    finally:
        node.stop()
    assert kept.count(b"-") >= 8
    assert row.result is not None
    back = next(each for each in row.result["steps"] if each["name"] == "back")
    assert (back["code"], row.good, back["numbers"]["by"]) == ("ok", True, "C-MOVE" if moves else "C-GET"), back
    with system.read() as work:
        assert work.session.scalar(select(func.count()).select_from(StudyRow)) == 0
        assert work.session.scalar(select(func.count()).select_from(LineReturnRow)) == (2 if moves else 0)


def test_a_test_image_that_comes_by_itself_is_noted_at_every_door_and_becomes_no_study(floor: Floor) -> None:
    made = made_study("0" * 32, floor.clock.now()).objects[0]
    node = Node(floor.system, Limits(index_apart=False, stop_seconds=1.0))
    node.start()
    try:
        item = Sent(made.sop_class, made.sop_uid, synth.ExplicitVRLittleEndian, made.data_set)
        assert Scanner(node.address).send(item) == [0x0000]
    finally:
        node.stop()
    with floor.system.read() as work:
        peer = access.identify(work, "SCANNER_A", "127.0.0.1")
    assert peer is not None
    part10 = bytes(128) + file_meta(made.sop_class, made.sop_uid, synth.ExplicitVRLittleEndian) + made.data_set
    with pytest.raises(Refused) as refused:
        ingest(floor.system.store, floor.system.blobs, peer, stage_part10(floor.system.blobs, [part10]))
    assert refused.value.code == "object.line_test"
    with floor.system.read() as work:
        counted = [work.session.scalar(select(func.count()).select_from(kind)) for kind in (StudyRow, QuarantineRow)]
        digests = set(work.session.scalars(select(LineReturnRow.sha256)))
    assert counted == [0, 0]
    assert len(digests) == 1
