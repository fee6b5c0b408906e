"""A transfer that ends in the middle of an object: the technologist's list says whose it was and why, and lets go of it once it has come."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import UID
from pynetdicom import AE
from pynetdicom.association import Association

from dicom_node.node import Node
from dicom_node.staging import file_meta
from teleconsult.access import identify
from teleconsult.imaging.cut_off import Cut, note
from teleconsult.imaging.line_check import ROOT
from teleconsult.imaging.queries import quarantine_of
from teleconsult.imaging.tables import QuarantineRow
from teleconsult.kernel.errors import Refused
from teleconsult.records import journal
from tests import synth
from tests.builders import Alliance
from tests.children import wait_for
from tests.node import index
from tests.node.conftest import SHORT
from tests.peers import Scanner, Sent, sent, store_in_part

WHOSE = {
    "name": "测试断线",
    "patient_id": "CUT001",
    "modality": "CT",
    "study_date": "20261122",
    "description": "胸部CT平扫",
}


def an_object(size: int = 512, **changes: str) -> Sent:
    ds = synth.ct_slice(rows=size, columns=size, patient_id="CUT001", patient_name="CESHI^DUANXIAN=测试^断线")
    ds.SpecificCharacterSet, ds.StudyDate, ds.StudyDescription = "ISO_IR 192", "20261122", "胸部CT平扫"
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    return sent(ds)


def pulled(association: Association) -> None:
    """As if somebody had pulled the cable of a device whose system still closes its connections."""
    line = association.dul.socket
    assert line is not None
    assert line.socket is not None
    line.socket.shutdown(socket.SHUT_RDWR)


def noted(alliance: Alliance, item: Sent) -> QuarantineRow:
    rows: list[QuarantineRow] = []

    def is_noted() -> bool:
        rows[:] = [row for row in index.quarantined(alliance.system) if row.sop_uid == item.sop_uid]
        return bool(rows)

    wait_for(is_noted, "the cut-off transfer is noted")
    assert [row.reason for row in rows] == ["object.cut_off"]
    return rows[0]


def whose(row: QuarantineRow) -> dict[str, Any]:
    return {name: row.params[name] for name in WHOSE}


def open_ones(alliance: Alliance, login: str = "technician_a") -> list[str]:
    actor = alliance.people[login]
    with alliance.system.read(actor) as work:
        return [row.sop_uid for row in quarantine_of(work, actor, alliance.sites["county_a"]).items]


def test_a_lost_connection_is_noted_with_whose_object_it_was(alliance: Alliance, scanner: Scanner) -> None:
    item = an_object()
    association = scanner.request([item])
    store_in_part(association, item)
    wait_for(lambda: index.drafts(alliance.system), "the node is writing it")
    pulled(association)
    row = noted(alliance, item)
    assert (whose(row), row.params["cause"]) == (WHOSE, "lost")
    assert (row.sender, row.blob_key, row.study_id, row.times) == ("SCANNER_A", None, None, 1)
    assert 0 < row.size < len(item.data_set)
    assert "association.broken" in index.last_error(alliance.system, "SCANNER_A")
    assert "CUT001" not in index.last_error(alliance.system, "SCANNER_A"), "who looks after lines reads no names"


def test_a_device_that_gives_up_is_told_from_a_lost_connection(alliance: Alliance, scanner: Scanner) -> None:
    item = an_object()
    association = scanner.request([item])
    store_in_part(association, item)
    association.abort()
    row = noted(alliance, item)
    assert (whose(row), row.params["cause"]) == (WHOSE, "aborted")


def test_a_device_that_falls_silent_is_told_from_both(alliance: Alliance) -> None:
    node = Node(alliance.system, replace(SHORT, idle_seconds=0.5, pdu_seconds=0.5))
    node.start()
    try:
        item = an_object()
        store_in_part(Scanner(node.address).request([item]), item)
        assert noted(alliance, item).params["cause"] == "silent"
    finally:
        node.stop()


def test_a_device_that_sends_what_is_no_dicom_is_told_as_well(alliance: Alliance, scanner: Scanner) -> None:
    item = an_object()
    association = scanner.request([item])
    store_in_part(association, item)
    wait_for(lambda: index.drafts(alliance.system), "the node is writing it")
    assert association.dul.socket is not None
    association.dul.socket.send(struct.pack(">BBIIBB", 4, 0, 6, 2, 99, 0))  # a fragment of a context nobody proposed
    row = noted(alliance, item)
    assert (whose(row), row.params["cause"]) == (WHOSE, "garbled")


def test_a_node_that_stops_says_so(alliance: Alliance) -> None:
    node = Node(alliance.system, SHORT)
    node.start()
    item = an_object()
    store_in_part(Scanner(node.address).request([item]), item)
    wait_for(lambda: index.drafts(alliance.system), "the node is writing it")
    node.stop()
    assert noted(alliance, item).params["cause"] == "stopped"


@pytest.mark.parametrize(("abort", "cause"), [(False, "lost"), (True, "aborted")])
def test_objects_that_pynetdicom_reads_are_noted_alike(alliance: Alliance, node: Node, abort: bool, cause: str) -> None:
    item = an_object()
    ae = AE(ae_title="SCANNER_A")
    ae.add_requested_context(UID(item.sop_class), [UID(item.transfer_syntax)])
    association = ae.associate(*node.address, ae_title="TELECONSULT", max_pdu=256)  # our short way answers in more
    store_in_part(association, item)
    wait_for(lambda: index.drafts(alliance.system), "the node is writing it")
    if abort:
        association.abort()
    else:
        pulled(association)
    row = noted(alliance, item)
    assert (whose(row), row.params["cause"]) == (WHOSE, cause)


@contextmanager
def holding_back(address: tuple[str, int], after: int) -> Iterator[tuple[int, threading.Event]]:
    """A port that passes on to `address` until `after` bytes have gone there, then holds the rest back; the event says that it does.
    When its caller goes, so does the connection to `address`."""
    held = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            calling, _ = server.accept()
            with calling, socket.create_connection(address) as called:
                threading.Thread(target=_back, args=(called, calling), daemon=True).start()
                left = after
                while left and (piece := calling.recv(min(left, 1 << 14))):
                    called.sendall(piece)
                    left -= len(piece)
                held.set()
                _until_gone(calling)
                called.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], held
        thread.join(10)


def _back(called: socket.socket, calling: socket.socket) -> None:
    try:
        while piece := called.recv(1 << 14):
            calling.sendall(piece)
    except OSError:
        return


def _until_gone(calling: socket.socket) -> None:
    try:
        while calling.recv(1 << 14):
            pass
    except OSError:
        return


@pytest.mark.needs_dcmtk
def test_dcmtk_killed_in_the_middle_of_an_object_is_noted_and_sending_again_is_all_there_is_to_do(
    alliance: Alliance, node: Node, scanner: Scanner, tmp_path: Path
) -> None:
    item = an_object(1024)
    file = tmp_path / "slice.dcm"
    file.write_bytes(bytes(128) + file_meta(item.sop_class, item.sop_uid, item.transfer_syntax) + item.data_set)
    with holding_back(node.address, 600_000) as (port, held):
        command = ["storescu", "-aet", "SCANNER_A", "-aec", "TELECONSULT", "127.0.0.1", str(port), str(file)]
        child = subprocess.Popen(command, env={**os.environ, "TCP_NODELAY": "1"})
        assert held.wait(20)
        child.kill()
        child.wait(10)
    row = noted(alliance, item)
    assert (whose(row), row.params["cause"]) == (WHOSE, "lost")
    assert open_ones(alliance) == [item.sop_uid]
    assert scanner.storescu(file).returncode == 0
    wait_for(lambda: open_ones(alliance) == [], "it has come whole and is over")
    assert index.counted(alliance.system) == 1


def test_what_does_not_say_for_sure_whose_it_is_names_nobody(alliance: Alliance, scanner: Scanner) -> None:
    other = an_object()
    item = replace(other, sop_uid=f"{other.sop_uid[:40]}.1")  # the head says another object than was announced
    association = scanner.request([item])
    store_in_part(association, item)
    association.abort()
    row = noted(alliance, item)
    assert set(whose(row).values()) == {""}
    assert row.study_uid == ""


def test_the_same_object_cut_off_again_counts_on_its_row_and_keeps_what_was_known(
    alliance: Alliance, scanner: Scanner
) -> None:
    item = an_object()
    for _ in range(2):
        association = scanner.request([item])
        store_in_part(association, item)
        association.abort()
        noted(alliance, item)
        scanner.echo()
    wait_for(lambda: noted(alliance, item).times == 2, "it counts")
    association = scanner.request([item])
    store_in_part(association, item, 0.0)  # hardly more than the command came this time
    wait_for(lambda: index.drafts(alliance.system), "the node is writing it")
    pulled(association)
    wait_for(lambda: noted(alliance, item).times == 3, "it counts")
    assert (whose(noted(alliance, item)), noted(alliance, item).params["cause"]) == (WHOSE, "lost")


def test_the_test_image_of_a_line_check_is_nobody_s_examination(alliance: Alliance, scanner: Scanner) -> None:
    image, item = replace(an_object(), sop_uid=f"{ROOT}.1"), an_object()
    for each in (image, item):
        association = scanner.request([each])
        store_in_part(association, each)
        association.abort()
    noted(alliance, item)
    assert [row.sop_uid for row in index.quarantined(alliance.system)] == [item.sop_uid]


def test_a_note_is_for_those_who_see_the_arrivals_of_its_hospital(alliance: Alliance) -> None:
    item = an_object()
    with alliance.system.read() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
    assert peer is not None
    cut = Cut(item.sop_class, item.sop_uid, item.transfer_syntax, item.data_set[:4096], 4096, "lost")
    with alliance.system.work(peer.actor()) as work:
        note(work, peer, cut)
    assert open_ones(alliance) == [item.sop_uid]
    for login in ("doctor_b", "reader"):
        with pytest.raises(Refused):
            open_ones(alliance, login)
    with alliance.system.read() as work:
        [fact] = [each for each in journal.facts_after(work, 0, 1000) if each.name == "TransferCutOff"]
    assert fact.details == {"sop_uid": item.sop_uid, "sender": "SCANNER_A", "cause": "lost"}, "no patient's name"
