"""The result of a storage commitment that the node did not bring to the peer is brought by a job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.uid import UID
from pynetdicom import AE, evt
from sqlalchemy import select

from dicom_node.commitment_report import report_to
from dicom_node.node import Node
from dicom_node.receive import Limits
from dicom_node.syntaxes import COMMITMENT
from teleconsult.access import SYSTEM, change_peer, identify
from teleconsult.access.tables import PeerRow
from teleconsult.imaging import commitment
from teleconsult.imaging.commitment import Item
from teleconsult.imaging.tables_commitments import CommitmentRow
from teleconsult.records.tables import FactRow
from tests import synth
from tests.children import free_port, wait_for
from tests.jobs.floor import Floor
from tests.orthanc import orthanc
from workers.bench import Lines
from workers.run import carry_out


class Modality:
    """A county's scanner that takes results on a port of its own."""

    def __init__(self) -> None:
        self.port, self.got = free_port(), list[Dataset]()
        self._server: Any = None

    def open(self) -> None:
        ae = AE(ae_title="SCANNER_A")
        ae.add_supported_context(UID(COMMITMENT), scu_role=True, scp_role=True)
        handlers: list[Any] = [(evt.EVT_N_EVENT_REPORT, self._take)]
        self._server = ae.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers)

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()

    def _take(self, event: Any) -> tuple[int, None]:
        self.got.append(event.event_information)
        return 0, None


@pytest.fixture
def modality(floor: Floor) -> Iterator[Modality]:
    floor.bench = replace(floor.bench, lines=Lines(report=report_to))
    made = Modality()
    with floor.system.work() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
        assert peer is not None
        change_peer(work, SYSTEM, peer.id, {"host": "127.0.0.1", "port": made.port})
    yield made
    made.close()


def asked(floor: Floor, *items: Item, settled: bool = True) -> str:
    """As a node that died right after its answer left it; the delivery's id."""
    with floor.system.work() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
        assert peer is not None
        commitment.ask(work, peer, "2.25.1001", items, settled, 20.0)
    (delivery,) = floor.due("report_commitment")
    return delivery


def an_item(floor: Floor) -> Item:
    slice_ = synth.ct_slice(1)
    floor.arrive(slice_)
    return Item(str(slice_.SOPClassUID), str(slice_.SOPInstanceUID))


def test_the_job_leaves_it_to_the_node_first_and_then_reports_once(floor: Floor, modality: Modality) -> None:
    modality.open()
    delivery = asked(floor, an_item(floor))
    assert not carry_out(floor.bench, delivery)
    assert (floor.delivery(delivery).error_code, modality.got) == ("commitment.elsewhere", [])
    floor.later(30)
    assert carry_out(floor.bench, delivery)
    (report,) = modality.got
    assert [str(each.ReferencedSOPInstanceUID) for each in report.ReferencedSOPSequence]
    (told,) = floor.facts("CommitmentReported")
    assert (told.details["committed"], told.details["failed"]) == (1, 0)
    assert not carry_out(floor.bench, delivery)
    assert len(modality.got) == 1


def test_a_modality_that_is_away_is_tried_again_and_its_last_error_says_so(floor: Floor, modality: Modality) -> None:
    delivery = asked(floor, an_item(floor))
    floor.later(30)
    assert not carry_out(floor.bench, delivery)
    assert (floor.delivery(delivery).state, floor.delivery(delivery).error_code) == ("due", "peer.away")
    with floor.system.read() as work:
        error = work.session.scalars(select(PeerRow.last_error).where(PeerRow.ae_title == "SCANNER_A")).one()
    assert str(error).startswith("peer.away")
    modality.open()
    floor.later(30)
    assert carry_out(floor.bench, delivery)
    assert len(modality.got) == 1


def test_a_missing_object_may_be_on_its_way_unless_the_node_said_that_nothing_is(
    floor: Floor, modality: Modality
) -> None:
    modality.open()
    delivery = asked(floor, Item("1.2.840.10008.5.1.4.1.1.2", "2.25.7"), settled=False)
    floor.later(30)
    assert not carry_out(floor.bench, delivery)
    assert floor.delivery(delivery).error_code == "commitment.waiting"
    floor.later(700)
    assert carry_out(floor.bench, delivery)
    assert [each.FailureReason for each in modality.got[0].FailedSOPSequence] == [0x0112]


def test_a_peer_without_an_address_is_parked_with_the_reason(floor: Floor, modality: Modality) -> None:
    delivery = asked(floor, an_item(floor))
    with floor.system.work() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
        assert peer is not None
        change_peer(work, SYSTEM, peer.id, {"host": None, "port": None})
    floor.later(30)
    assert not carry_out(floor.bench, delivery)
    assert (floor.delivery(delivery).state, floor.delivery(delivery).error_code) == ("parked", "peer.no_destination")


@pytest.mark.needs_orthanc
def test_orthanc_asks_for_commitment_and_is_told(floor: Floor, tmp_path: Path) -> None:
    system = floor.system
    node = Node(system, Limits(index_apart=False, stop_seconds=1.0))
    node.start()
    host, port = node.address
    try:
        modalities = {"center": {"AET": "TELECONSULT", "Host": host, "Port": port, "AllowStorageCommitment": True}}
        with orthanc(tmp_path / "orthanc", ae_title="SCANNER_A", DicomModalities=modalities) as peer:
            with system.work() as work:
                known = identify(work, "SCANNER_A", "127.0.0.1")
                assert known is not None
                change_peer(work, SYSTEM, known.id, {"host": "127.0.0.1", "port": peer.dicom_port})
            slice_ = synth.ct_slice(1)
            kept = json.loads(peer.ask("/instances", synth.as_bytes(slice_)))["ID"]
            peer.ask("/modalities/center/store", kept.encode())
            items = [[str(slice_.SOPClassUID), str(slice_.SOPInstanceUID)], [str(slice_.SOPClassUID), "2.25.99"]]
            asked = json.loads(
                peer.ask("/modalities/center/storage-commitment", json.dumps({"DicomInstances": items}).encode())
            )
            report: dict[str, Any] = {}

            def told() -> bool:
                report.update(json.loads(peer.ask(asked["Path"])))
                return bool(report["Status"] != "Pending")

            wait_for(told, "Orthanc has the report", 30)
            assert [each["SOPInstanceUID"] for each in report["Success"]] == [str(slice_.SOPInstanceUID)]
            assert [(each["SOPInstanceUID"], each["FailureReason"]) for each in report["Failures"]] == [
                ("2.25.99", 0x0112)
            ]
            assert (report["Status"], report["RemoteAET"]) == ("Failure", "TELECONSULT")
    finally:
        node.stop()
    with system.read() as work:
        row = work.session.scalars(select(CommitmentRow)).one()
        (fact,) = work.session.scalars(select(FactRow).where(FactRow.name == "CommitmentReported"))
    assert (row.way, fact.details["failed"]) == ("new", 1)
