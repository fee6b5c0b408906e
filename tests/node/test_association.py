"""Who gets in, who does not and why; strangers who talk nonsense, half sentences or nothing."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import A_ASSOCIATE

from dicom_node.node import Node
from dicom_node.receive import Limits
from dicom_node.syntaxes import STORAGE_CLASSES, TRANSFER_SYNTAXES
from teleconsult.access import SYSTEM, add_peer, change_peer, identify
from tests import synth
from tests.builders import Alliance
from tests.children import wait_for
from tests.fuzz import examples
from tests.journey.fair import fair
from tests.node import index
from tests.node.conftest import HASTY
from tests.node.test_identity import identity, with_identity
from tests.peers import Scanner

A_ABORT, A_ASSOCIATE_RQ = 7, 1


def rejection(association: Association) -> tuple[int, int, int]:
    assert association.is_rejected, "the association was not rejected"
    primitive = cast(A_ASSOCIATE, association.acceptor.primitive)
    said = primitive.result, primitive.result_source, primitive.diagnostic
    return cast(tuple[int, int, int], said)


@contextmanager
def stranger(node: Node, seconds: float = 60.0) -> Iterator[socket.socket]:
    with socket.create_connection(node.address, timeout=seconds) as line:
        yield line


def closed(line: socket.socket) -> bytes:
    """All that came until the node closed; TimeoutError when it does not."""
    came = b""
    while True:
        try:
            piece = line.recv(4096)
        except ConnectionResetError:
            return came
        if not piece:
            return came
        came += piece


def quiet(node: Node) -> bool:
    """Whether no thread of an association is left."""
    return not [t for t in threading.enumerate() if "AcceptorThread" in t.name]


@pytest.fixture
def hasty(alliance: Alliance) -> Iterator[Node]:
    """A node that waits for a request for a second and a half only."""
    made = Node(alliance.system, HASTY)
    made.start()
    yield made
    made.stop()


def test_a_known_peer_may_echo(scanner: Scanner) -> None:
    assert scanner.echo() == 0x0000


def test_a_call_is_noted_with_its_time(scanner: Scanner, alliance: Alliance) -> None:
    assert index.last_seen(alliance.system, "SCANNER_A") is None
    scanner.echo()
    assert index.last_seen(alliance.system, "SCANNER_A") is not None


def test_an_unknown_calling_title_is_rejected_permanently_as_not_recognised(node: Node) -> None:
    assert rejection(Scanner(node.address, calling="NOBODY").request()) == (1, 1, 3)


def test_a_known_title_from_a_foreign_address_is_rejected_as_not_recognised(node: Node) -> None:
    assert rejection(Scanner(node.address, calling="FAR_AWAY").request()) == (1, 1, 3)


def test_a_wrong_called_title_is_rejected_as_not_recognised(node: Node) -> None:
    assert rejection(Scanner(node.address, called="ORTHANC").request()) == (1, 1, 7)


def test_a_disabled_peer_is_no_longer_let_in(node: Node, alliance: Alliance) -> None:
    with alliance.system.work() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
        assert peer is not None
        change_peer(work, SYSTEM, peer.id, {"disabled": True})
    assert rejection(Scanner(node.address).request()) == (1, 1, 3)


def test_a_peer_added_while_the_node_runs_is_let_in(node: Node, alliance: Alliance) -> None:
    with alliance.system.work() as work:
        add_peer(work, SYSTEM, "NEW_ONE", "127.0.0.0/8", alliance.sites["county_b"])
    assert Scanner(node.address, calling="NEW_ONE").echo() == 0x0000


def test_the_nodes_own_title_may_echo_from_this_machine_and_nothing_else(node: Node) -> None:
    own = Scanner(node.address, calling="TELECONSULT")
    assert own.echo() == 0x0000
    association = own.request(contexts=[("1.2.840.10008.5.1.4.1.1.2", ["1.2.840.10008.1.2"])])
    assert not association.accepted_contexts
    association.abort()


def test_one_peer_gets_no_more_associations_than_its_share(alliance: Alliance) -> None:
    node = Node(alliance.system, Limits(associations_per_peer=2, stop_seconds=0.5, index_apart=False))
    node.start()
    try:
        first, second = Scanner(node.address).request(), Scanner(node.address).request()
        assert rejection(Scanner(node.address).request()) == (2, 3, 2)
        assert Scanner(node.address, calling="SCANNER_B").echo() == 0x0000
        first.release()
        wait_for(lambda: Scanner(node.address).request().is_established, "a place is free again")
        second.abort()
    finally:
        node.stop()


def test_every_storage_class_is_accepted_with_every_transfer_syntax(scanner: Scanner) -> None:
    """128 contexts fit into one association (PS3.8 9.3.2.2); a class is proposed with one syntax in each."""
    pairs = [(sop_class, syntax) for sop_class in sorted(STORAGE_CLASSES) for syntax in TRANSFER_SYNTAXES]
    # Every class with some syntax and every syntax with some class; the full product is 12 000 contexts.
    chosen = [(c, TRANSFER_SYNTAXES[i % len(TRANSFER_SYNTAXES)]) for i, c in enumerate(sorted(STORAGE_CLASSES))]
    assert set(chosen) <= set(pairs)
    assert {syntax for _, syntax in chosen} == set(TRANSFER_SYNTAXES)
    for start in range(0, len(chosen), 128):
        batch = chosen[start : start + 128]
        association = scanner.request(contexts=[(sop_class, [syntax]) for sop_class, syntax in batch])
        accepted = {(str(cx.abstract_syntax), str(cx.transfer_syntax[0])) for cx in association.accepted_contexts}
        association.release()
        assert accepted == set(batch)


def test_a_context_that_is_not_served_is_refused_without_harm_to_the_others(scanner: Scanner) -> None:
    unserved, ct, mr, private = "1.2.840.10008.5.1.4.37.1", synth.CT, synth.MR, "1.2.826.0.1.3680043.10.999.5"
    implicit = "1.2.840.10008.1.2"
    association = scanner.request(contexts=[(unserved, [implicit]), (ct, [implicit]), (mr, [private])])
    assert [str(cx.abstract_syntax) for cx in association.accepted_contexts] == [ct]
    refused = {str(cx.abstract_syntax): cx.result for cx in association.rejected_contexts}
    assert refused == {unserved: 3, mr: 4}
    association.release()


def test_an_http_client_on_the_dicom_port_is_aborted(hasty: Node) -> None:
    with stranger(hasty) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: example\r\n\r\n")
        assert closed(line)[:1] == bytes([A_ABORT])
    assert Scanner(hasty.address).echo() == 0x0000


def test_a_pdu_that_claims_four_gigabytes_ends_the_connection(hasty: Node) -> None:
    with stranger(hasty) as line:
        line.sendall(struct.pack(">BBL", A_ASSOCIATE_RQ, 0, 0xFFFFFFFF) + b"x" * 100)
        closed(line)
    assert Scanner(hasty.address).echo() == 0x0000


@pytest.mark.parametrize("said", [b"", b"\x01", b"\x01\x00\x00", struct.pack(">BBL", 1, 0, 200) + b"x" * 50])
def test_whoever_stops_in_the_middle_of_a_request_is_cut_off_after_the_artim_time(hasty: Node, said: bytes) -> None:
    with stranger(hasty) as line:
        line.sendall(said)
        closed(line)
    assert Scanner(hasty.address).echo() == 0x0000
    wait_for(lambda: quiet(hasty), "its threads are gone")


def test_a_slow_drip_is_no_way_round_the_artim_time(hasty: Node) -> None:
    with stranger(hasty) as line:
        line.sendall(struct.pack(">BBL", 1, 0, 200))
        stop = threading.Event()

        def drip() -> None:
            while not stop.wait(0.2):
                try:
                    line.sendall(b"x")
                except OSError:
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        closed(line)
        stop.set()
        dripping.join()


def test_sixty_half_open_connections_do_not_keep_a_scanner_out(node: Node, scanner: Scanner) -> None:
    lines = [socket.create_connection(node.address) for _ in range(60)]
    assert scanner.echo() == 0x0000
    for line in lines:
        line.close()
    wait_for(lambda: quiet(node), "its threads are gone")


def test_a_peer_that_falls_silent_is_released_from_its_place(alliance: Alliance) -> None:
    node = Node(alliance.system, Limits(idle_seconds=0.5, stop_seconds=0.5, index_apart=False))
    node.start()
    try:
        association = Scanner(node.address).request()
        wait_for(lambda: association.is_aborted, "the idle association is aborted")
    finally:
        node.stop()


def test_a_connection_closed_at_once_leaves_nothing_behind(node: Node, scanner: Scanner) -> None:
    scanner.echo()
    wait_for(lambda: quiet(node), "idle")
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        socket.create_connection(node.address).close()
    wait_for(lambda: quiet(node) and threading.active_count() <= threads, "threads as before")
    wait_for(lambda: len(os.listdir("/proc/self/fd")) <= files, "files as before")


def test_many_short_associations_leave_no_thread_and_no_file(node: Node, scanner: Scanner) -> None:
    scanner.echo()
    wait_for(lambda: quiet(node), "idle")
    threads, files = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for _ in range(100):
        assert scanner.echo() == 0x0000
    wait_for(lambda: quiet(node) and threading.active_count() <= threads, "threads as before")
    wait_for(lambda: len(os.listdir("/proc/self/fd")) <= files, "files as before")


@pytest.mark.soak
@pytest.mark.timeout(0)
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.integers(0, 8),
    body=st.binary(max_size=300),
    lie=st.integers(-4, 4),
)
def test_no_nonsense_stops_the_node(node: Node, kind: int, body: bytes, lie: int) -> None:
    length = max(0, len(body) + lie)
    with stranger(node) as line:
        line.sendall(struct.pack(">BBL", kind, 0, length) + body)
        line.shutdown(socket.SHUT_WR)
        closed(line)
    assert node.address


@pytest.fixture(scope="module")
def request_pdu() -> bytes:
    """A whole A-ASSOCIATE-RQ with every item that pynetdicom sends, a user identity among them."""
    return bytes(with_identity(identity(2, b"ct-1", b"passcode")))


@pytest.mark.soak
@pytest.mark.timeout(0)
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_request_ends_its_own_connection_and_no_thread(
    node: Node, request_pdu: bytes, changes: list[tuple[int, int]]
) -> None:
    """Behind the length of the PDU: what decodes is negotiated, what does not is aborted."""
    pdu = bytearray(request_pdu)
    for at, octet in changes:
        pdu[6 + at % (len(pdu) - 6)] = octet
    with stranger(node) as line:
        line.sendall(pdu)
        line.shutdown(socket.SHUT_WR)
        closed(line)
    assert {thread.name for thread in threading.enumerate()} >= {"dicom-accept", "dicom-tidy"}


def test_stopping_is_quick_with_peers_connected(alliance: Alliance) -> None:
    node = Node(alliance.system, Limits(stop_seconds=0.5, index_apart=False))
    node.start()
    associations = [Scanner(node.address).request() for _ in range(5)]
    lines = [socket.create_connection(node.address) for _ in range(5)]
    began = time.monotonic()
    node.stop()
    assert time.monotonic() - began < fair(3)
    wait_for(lambda: all(a.is_aborted for a in associations), "the peers are told")
    for line in lines:
        line.close()
