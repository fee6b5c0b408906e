"""Many associations, one after another and at once: nothing is lost, nobody waits for the others' end, nothing is left behind.

The senders speak by plain sockets with what pynetdicom would send: five hundred of its associations would measure pynetdicom.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO

import pytest
from pydicom.uid import UID, generate_uid
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.pdu import P_DATA_TF

from dicom_node.node import Node
from tests import synth
from tests.builders import Alliance
from tests.children import wait_for
from tests.node import index
from tests.peers import Scanner, Sent, sent

ACCEPTED, DATA, RELEASED = 2, 4, 6
RELEASE = struct.pack(">BBIHH", 5, 0, 4, 0, 0)


def opening(item: Sent) -> bytes:
    """The A-ASSOCIATE-RQ that pynetdicom sends for the object."""
    return overheard(lambda address: Scanner(address).request([item]))


def overheard(ask: Callable[[tuple[str, int]], object]) -> bytes:
    """The A-ASSOCIATE-RQ with which `ask` asks for an association at the address that it is given."""
    heard = list[bytes]()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            line, _ = server.accept()
            with line:
                heard.append(whole_pdu(line))

        listening = threading.Thread(target=listen)
        listening.start()
        ask(server.getsockname())
        listening.join()
    return heard[0]


def store_pdus(item: Sent, most: int = 16384) -> bytes:
    request = C_STORE()
    request.MessageID, request.Priority = 1, 2
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = UID(item.sop_class), UID(item.sop_uid)
    request.DataSet = BytesIO(item.data_set)
    message = C_STORE_RQ()
    message.primitive_to_message(request)
    return b"".join(P_DATA_TF(piece).encode() for piece in message.encode_msg(1, most))


def whole_pdu(line: socket.socket) -> bytes:
    head = exactly(line, 6)
    return head + exactly(line, struct.unpack(">I", head[2:])[0])


def exactly(line: socket.socket, size: int) -> bytes:
    came = b""
    while len(came) < size:
        piece = line.recv(size - len(came))
        assert piece, "the node closed"
        came += piece
    return came


@contextmanager
def an_association(node: Node, asked: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(node.address, timeout=60) as line:
        line.sendall(asked)
        assert whole_pdu(line)[0] == ACCEPTED
        yield line
        line.sendall(RELEASE)
        assert whole_pdu(line)[0] == RELEASED


def stored(line: socket.socket, pdus: bytes) -> bool:
    line.sendall(pdus)
    answer = whole_pdu(line)
    assert answer[0] == DATA
    return b"\0\0\0\x09\x02\0\0\0\0\0" in answer  # (0000,0900) Status, success


def a_slice(number: int, study: str, series: str) -> Sent:
    return sent(synth.ct_slice(number, rows=16, columns=16, study_uid=study, series_uid=series))


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_short_associations_with_an_object_each_leave_no_thread_no_socket_and_no_file(
    node: Node, alliance: Alliance, long_form: bool
) -> None:
    study, series, rounds = generate_uid(), generate_uid(), 10_000 if long_form else 500
    first = a_slice(1, study, series)
    asked = opening(first)

    def once(number: int) -> None:
        with an_association(node, asked) as line:
            assert stored(line, store_pdus(a_slice(number, study, series)))

    def left() -> tuple[int, int]:
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    others = set(threading.enumerate())  # what earlier tests have left to its own time-outs is not this node's
    once(0)
    index.settle(alliance.system)
    wait_for(lambda: not [t for t in set(threading.enumerate()) - others if "AcceptorThread" in t.name], "idle")
    threads, files = left()
    for number in range(1, rounds + 1):
        once(number)
    assert index.counted(alliance.system) == rounds + 1
    wait_for(lambda: left()[0] <= threads + 1, "threads as before")  # the database's pool may have grown by one
    wait_for(lambda: left()[1] <= files + 8, "files as before")
    wait_for(lambda: len(list(alliance.system.blobs.staging().rglob("store-*.part"))) <= 64, "received files have gone")


def test_fifty_associations_at_once_lose_nothing_and_none_waits_for_another_to_end(
    node: Node, alliance: Alliance
) -> None:
    """Nobody leaves before everybody was answered. Where one is served after the other, the first sends for ever."""
    study, each_sends, at_most = generate_uid(), 20, 1000
    series = [generate_uid() for _ in range(50)]
    batches = [[store_pdus(a_slice(n, study, uid)) for n in range(each_sends)] for uid in series]
    asked = opening(a_slice(1, study, generate_uid()))
    answered = [0] * 50
    together = threading.Barrier(50)

    def send(number: int) -> None:
        with an_association(node, asked) as line:
            together.wait(60)
            while answered[number] < each_sends or (min(answered) == 0 and answered[number] < at_most):
                n = answered[number]
                pdus = batches[number][n] if n < each_sends else store_pdus(a_slice(n, study, series[number]))
                assert stored(line, pdus)
                answered[number] += 1

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(send, range(50)))
    assert max(answered) < at_most, sorted(answered)
    assert index.counted(alliance.system) == sum(answered)
    (only,) = index.studies(alliance.system)
    assert (only.instance_count, only.series_count) == (sum(answered), 50)


def test_objects_in_small_pieces_and_several_fragments_in_a_message_are_taken_as_sent(
    node: Node, alliance: Alliance
) -> None:
    """Where the network cuts a stream says nothing about where its parts begin."""
    item = a_slice(1, generate_uid(), generate_uid())
    with an_association(node, opening(item)) as line:
        pdus = store_pdus(item, 300)
        for at in range(0, len(pdus), 7):
            line.sendall(pdus[at : at + 7])
        assert whole_pdu(line)[0] == DATA
    (row,) = index.instances(alliance.system, item.sop_uid)
    assert index.bytes_of(alliance.system, row) == item.data_set


@pytest.mark.parametrize("wrong", ["context", "command"])
def test_a_fragment_that_belongs_to_no_message_ends_the_association_and_leaves_nothing(
    node: Node, alliance: Alliance, wrong: str
) -> None:
    item = a_slice(1, generate_uid(), generate_uid())
    pdus = bytearray(store_pdus(item, 2000))
    second = 6 + struct.unpack_from(">I", pdus, 2)[0]
    if wrong == "context":
        pdus[second + 10] = 77
    else:
        pdus[second + 11] |= 1
    with socket.create_connection(node.address, timeout=20) as line:
        line.sendall(opening(item))
        assert whole_pdu(line)[0] == ACCEPTED
        line.sendall(pdus)
        assert whole_pdu(line)[0] == 7  # A-ABORT
    wait_for(lambda: not index.drafts(alliance.system), "the half is gone")
    assert index.counted(alliance.system) == 0
    assert Scanner(node.address).send(item) == [0]
