"""C-STORE: kept byte for byte, indexed once, answered truthfully."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom.uid import ExplicitVRBigEndian, ImplicitVRLittleEndian, JPEGLSLossless, RLELossless, generate_uid
from sqlalchemy import func, select

from dicom_node import indexing
from dicom_node.node import Node
from dicom_node.receive import Limits
from teleconsult.access import identify
from teleconsult.imaging.tables import InstanceRow
from teleconsult.records.staging import locked
from tests import synth
from tests.builders import Alliance, a_system, an_alliance
from tests.children import wait_for
from tests.node import index
from tests.node.conftest import SHORT
from tests.peers import Scanner, Sent, sent, store, store_in_part

SUCCESS = 0x0000
DEFLATED = "1.2.840.10008.1.2.1.99"


def some_bytes(item: Sent, data_set: bytes) -> Sent:
    return replace(item, data_set=data_set)


@pytest.mark.parametrize(
    "syntax",
    [ImplicitVRLittleEndian, synth.ExplicitVRLittleEndian, ExplicitVRBigEndian, DEFLATED, JPEGLSLossless, RLELossless],
)
def test_an_object_is_kept_byte_for_byte_under_the_syntax_it_came_in(
    alliance: Alliance, scanner: Scanner, syntax: str
) -> None:
    item = sent(synth.ct_slice(), syntax)
    assert scanner.send(item) == [SUCCESS]
    (row,) = index.instances(alliance.system, item.sop_uid)
    assert row.transfer_syntax == syntax
    assert index.bytes_of(alliance.system, row) == item.data_set
    assert index.drafts(alliance.system) == []


@pytest.mark.parametrize("tail", ["4.53", "4.55", "4.110", "4.111", "4.112", "1.98", "8.1", "4.94", "4.203", "4.102"])
def test_a_syntax_that_nobody_here_can_decode_is_kept_all_the_same(
    alliance: Alliance, scanner: Scanner, tail: str
) -> None:
    """Their data sets are explicit little endian with encapsulated pixels; what the pixels say is nobody's business here."""
    ds = synth.ct_slice()
    item = replace(sent(ds, JPEGLSLossless), transfer_syntax=f"1.2.840.10008.1.2.{tail}")
    assert scanner.send(item) == [SUCCESS]
    (row,) = index.instances(alliance.system, item.sop_uid)
    assert (row.transfer_syntax, index.bytes_of(alliance.system, row)) == (item.transfer_syntax, item.data_set)


def test_an_object_of_a_private_class_is_kept(alliance: Alliance, scanner: Scanner) -> None:
    item = sent(synth.an_object("1.2.826.0.1.3680043.10.999.1", "OT"))
    assert scanner.send(item) == [SUCCESS]
    assert len(index.instances(alliance.system, item.sop_uid)) == 1


def test_the_same_object_again_is_answered_with_success_and_kept_once(alliance: Alliance, scanner: Scanner) -> None:
    item = sent(synth.ct_slice())
    assert scanner.send(item, item) == [SUCCESS, SUCCESS]
    assert len(index.instances(alliance.system, item.sop_uid)) == 1
    assert index.arrivals(alliance.system) == ["stored", "repeat"]
    assert index.drafts(alliance.system) == []


def test_the_same_object_in_another_syntax_is_noted_and_the_first_is_kept(alliance: Alliance, scanner: Scanner) -> None:
    ds = synth.ct_slice()
    first, second = sent(ds), sent(ds, JPEGLSLossless)
    assert scanner.send(first, second) == [SUCCESS, SUCCESS]
    (row,) = index.instances(alliance.system, first.sop_uid)
    assert index.bytes_of(alliance.system, row) == first.data_set
    assert index.arrivals(alliance.system) == ["stored", "other_syntax"]


def test_the_same_uid_with_other_content_is_safe_in_quarantine_and_never_shown_instead(
    alliance: Alliance, scanner: Scanner
) -> None:
    ds = synth.ct_slice()
    first = sent(ds)
    ds.PixelData = bytes(len(ds.PixelData))
    second = sent(ds)
    assert scanner.send(first, second) == [SUCCESS, SUCCESS]
    (row,) = index.instances(alliance.system, first.sop_uid)
    assert index.bytes_of(alliance.system, row) == first.data_set
    (kept,) = index.quarantined(alliance.system)
    assert index.bytes_of(alliance.system, kept) == second.data_set


def test_a_black_picture_in_another_syntax_is_not_taken_for_the_one_that_is_kept(
    alliance: Alliance, scanner: Scanner
) -> None:
    ds = synth.ct_slice()
    first = sent(ds, ImplicitVRLittleEndian)
    ds.PixelData = bytes(len(ds.PixelData))
    second = sent(ds)
    assert scanner.send(first, second) == [SUCCESS, SUCCESS]
    (row,) = index.instances(alliance.system, first.sop_uid)
    assert index.bytes_of(alliance.system, row) == first.data_set
    (kept,) = index.quarantined(alliance.system)
    assert index.bytes_of(alliance.system, kept) == second.data_set


def test_one_patient_id_from_two_hospitals_is_two_patients(node: Node, alliance: Alliance) -> None:
    for calling in ("SCANNER_A", "SCANNER_B"):
        assert Scanner(node.address, calling=calling).send(sent(synth.ct_slice(patient_id="T0001"))) == [SUCCESS]
    assert {(p.issuer, p.number) for p in index.patients(alliance.system)} == {
        (index.studies(alliance.system)[0].issuer, "T0001"),
        (index.studies(alliance.system)[1].issuer, "T0001"),
    }
    assert len(index.patients(alliance.system)) == 2
    assert {study.site_id for study in index.studies(alliance.system)} == {
        alliance.sites["county_a"],
        alliance.sites["county_b"],
    }


def test_a_data_set_cut_off_is_refused_and_kept_for_the_technologist(alliance: Alliance, scanner: Scanner) -> None:
    item = sent(synth.ct_slice())
    broken = some_bytes(item, item.data_set[: len(item.data_set) // 2])
    with scanner.associated([item]) as association:
        answer = store(association, broken)
        assert (answer.Status, answer.ErrorComment) == (0xC000, "object.unreadable")
        assert store(association, item).Status == SUCCESS  # the association lives on
    (kept,) = index.quarantined(alliance.system)
    assert (kept.reason, index.bytes_of(alliance.system, kept)) == ("object.unreadable", broken.data_set)


@pytest.mark.parametrize("lacking", ["SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"])
def test_a_data_set_without_its_uids_is_refused_and_kept(alliance: Alliance, scanner: Scanner, lacking: str) -> None:
    ds = synth.ct_slice()
    uid = str(ds.SOPInstanceUID)
    delattr(ds, lacking)
    item = Sent(synth.CT, uid, synth.ExplicitVRLittleEndian, synth.dataset_bytes(ds))
    with scanner.associated([item]) as association:
        answer = store(association, item)
    assert (answer.Status, answer.ErrorComment) == (0xC000, "object.no_uids")
    assert [row.reason for row in index.quarantined(alliance.system)] == ["object.no_uids"]


def test_a_data_set_of_another_class_than_announced_is_refused_as_a_mismatch(
    alliance: Alliance, scanner: Scanner
) -> None:
    item = replace(sent(synth.ct_slice()), sop_class=synth.MR)
    with scanner.associated([item]) as association:
        answer = store(association, item)
    assert (answer.Status, answer.ErrorComment) == (0xA900, "object.class_mismatch")
    assert len(index.quarantined(alliance.system)) == 1


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 7, b"garbage that is no data set at all, whatever one may read into it"]
)
def test_nonsense_for_a_data_set_is_refused_without_ending_the_association(scanner: Scanner, content: bytes) -> None:
    item = sent(synth.ct_slice())
    with scanner.associated([item]) as association:
        if content:
            assert store(association, some_bytes(item, content)).Status == 0xC000
        assert store(association, item).Status == SUCCESS


def test_a_sender_that_hangs_up_half_way_leaves_nothing_and_may_send_again(
    alliance: Alliance, node: Node, scanner: Scanner
) -> None:
    item = sent(synth.ct_slice(rows=512, columns=512))
    association = scanner.request([item])
    assert association.dul.socket is not None
    line = association.dul.socket.socket
    assert line is not None
    # A C-STORE-RQ and half of its data set, as it would lie on the wire when the cable is pulled.
    store_in_part(association, item)
    wait_for(lambda: index.drafts(alliance.system), "the node is writing it")
    line.shutdown(socket.SHUT_RDWR)
    wait_for(lambda: not index.drafts(alliance.system), "the half is gone")
    wait_for(lambda: "association.broken" in index.last_error(alliance.system, "SCANNER_A"), "the peer's page tells it")
    assert index.counted(alliance.system) == 0
    assert scanner.send(item) == [SUCCESS]
    assert index.counted(alliance.system) == 1


def test_what_a_killed_node_had_half_received_is_removed_at_the_next_start_and_what_others_write_is_not(
    alliance: Alliance,
) -> None:
    staging = alliance.system.blobs.staging()
    dead, living = staging / "node-dead", staging / "node-living"
    for folder in (dead, living):
        folder.mkdir()
        (folder / "store-half.part").write_bytes(b"x" * 100)
    other = staging / "put-123"
    other.write_bytes(b"somebody else's")
    with locked(living / "lock"):
        node = Node(alliance.system, SHORT)
        node.start()
        node.stop()
    assert not dead.exists()
    assert (living / "store-half.part").exists()
    assert other.exists()


def test_a_full_store_is_answered_with_out_of_resources_and_recovers(tmp_path: Path, sqlite_url: str) -> None:

    system = a_system(tmp_path / "home", sqlite_url, storage_quota_bytes=200_000)
    an_alliance(system)
    node = Node(system, Limits(stop_seconds=0.5, index_apart=False))
    node.start()
    try:
        ballast = system.blobs.staging().parent / "ballast"
        ballast.write_bytes(b"x" * 195_000)
        item = sent(synth.ct_slice())
        with Scanner(node.address).associated([item]) as association:
            answer = store(association, item)
            assert (answer.Status, answer.ErrorComment) == (0xA700, "storage.full")
            assert (index.counted(system), index.drafts(system)) == (0, [])
            ballast.unlink()
            wait_for(lambda: store(association, item).Status == SUCCESS, "it takes objects again", 5)
        assert index.counted(system) == 1
    finally:
        node.stop()
        system.store.engine.dispose()


def test_objects_of_ten_associations_at_once_all_arrive(node: Node, alliance: Alliance) -> None:

    study = generate_uid()
    series = [generate_uid() for _ in range(10)]
    batches = [[sent(synth.ct_slice(n, study_uid=study, series_uid=uid)) for n in range(1, 6)] for uid in series]
    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda batch: Scanner(node.address).send(*batch), batches))
    assert statuses == [[SUCCESS] * 5] * 10
    assert index.counted(alliance.system) == 50
    (only,) = index.studies(alliance.system)
    assert (only.instance_count, only.series_count) == (50, 10)


def test_objects_that_follow_each_other_are_indexed_together_and_who_asks_does_not_wait_for_that(
    alliance: Alliance, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "LINGER", 60.0)
    series = synth.ct_slice().SeriesInstanceUID
    items = [sent(synth.ct_slice(number + 1, series_uid=series)) for number in range(5)]
    assert Scanner(node.address).send(*items) == [SUCCESS] * 5
    with alliance.system.read() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
    assert peer is not None
    assert indexed(alliance) == 0
    assert node.settled(peer.id, 20)
    assert indexed(alliance) == 5


def indexed(alliance: Alliance) -> int:
    """How many objects are in the index at this moment."""
    with alliance.system.read() as work:
        return work.session.scalars(select(func.count()).select_from(InstanceRow)).one()
