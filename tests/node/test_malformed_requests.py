"""A-ASSOCIATE-RQs that no honest device sends: each is answered at once or its connection ends, and no place stays taken."""

from __future__ import annotations

import socket
import struct

import pytest

from dicom_node.node import Node
from dicom_node.receive import Limits
from tests.builders import Alliance
from tests.children import wait_for
from tests.journey.fair import fair
from tests.node.test_association import closed, quiet
from tests.peers import Scanner

AT_ONCE = 5.0
ACCEPTED = 2
ECHO, IMPLICIT, CONTEXT_NAME = b"1.2.840.10008.1.1", b"1.2.840.10008.1.2", b"1.2.840.10008.3.1.1.1"


def item(kind: int, content: bytes = b"") -> bytes:
    return struct.pack(">BBH", kind, 0, len(content)) + content


def context(*items: bytes, number: int = 1) -> bytes:
    return item(0x20, bytes([number, 0, 0, 0]) + b"".join(items))


APPLICATION = item(0x10, CONTEXT_NAME)
USER = item(0x50, item(0x51, struct.pack(">I", 16384)) + item(0x52, b"1.2.3"))
ABSTRACT, SYNTAX = item(0x30, ECHO), item(0x40, IMPLICIT)


def request(*items: bytes) -> bytes:
    body = struct.pack(">HH", 1, 0) + b"TELECONSULT".ljust(16) + b"SCANNER_A".ljust(16) + bytes(32) + b"".join(items)
    return struct.pack(">BBI", 1, 0, len(body)) + body


WHOLE = request(APPLICATION, context(ABSTRACT, SYNTAX), USER)
MALFORMED = {
    "no transfer syntax": request(APPLICATION, context(ABSTRACT), USER),
    "no transfer syntax of a class unknown": request(APPLICATION, context(item(0x30, b"1.2.3.4")), USER),
    "no transfer syntax beside a whole context": request(
        APPLICATION, context(ABSTRACT, SYNTAX), context(ABSTRACT, number=3), USER
    ),
    "no abstract syntax": request(APPLICATION, context(SYNTAX), USER),
    "an empty context": request(APPLICATION, context(), USER),
    "a context without its number": request(APPLICATION, item(0x20), USER),
    "an empty abstract syntax": request(APPLICATION, context(item(0x30), SYNTAX), USER),
    "an empty transfer syntax": request(APPLICATION, context(ABSTRACT, item(0x40)), USER),
    "two abstract syntaxes": request(APPLICATION, context(ABSTRACT, ABSTRACT, SYNTAX), USER),
    "a context of number 0": request(APPLICATION, context(ABSTRACT, SYNTAX, number=0), USER),
    "no application context": request(context(ABSTRACT, SYNTAX), USER),
    "an empty application context": request(item(0x10), context(ABSTRACT, SYNTAX), USER),
    "no contexts": request(APPLICATION, USER),
    "no user information": request(APPLICATION, context(ABSTRACT, SYNTAX)),
    "an empty user information": request(APPLICATION, context(ABSTRACT, SYNTAX), item(0x50)),
    "a length of two bytes": request(APPLICATION, context(ABSTRACT, SYNTAX), item(0x50, item(0x51, b"\x40\x00"))),
    "an empty role selection": request(APPLICATION, context(ABSTRACT, SYNTAX), item(0x50, item(0x54))),
    "an identity cut off": request(
        APPLICATION, context(ABSTRACT, SYNTAX), item(0x50, item(0x58, b"\x02\x01\xff\xffab"))
    ),
    "an item longer than the request": request(APPLICATION, context(ABSTRACT, SYNTAX), b"\x50\x00\xff\xff" + USER[4:]),
    "an item cut off": request(APPLICATION, context(ABSTRACT, SYNTAX), USER[:7]),
    "half a head of an item": request(APPLICATION, context(ABSTRACT, SYNTAX), b"\x50\x00"),
    "nothing but titles": request(),
    "no titles": struct.pack(">BBI", 1, 0, 0),
}


@pytest.mark.parametrize("named", MALFORMED)
def test_a_malformed_request_is_answered_at_once_and_keeps_no_place(node: Node, scanner: Scanner, named: str) -> None:
    with socket.create_connection(node.address, timeout=fair(AT_ONCE)) as line:
        line.sendall(MALFORMED[named])
        first = line.recv(1)
        if first != bytes([ACCEPTED]):
            closed(line)
    wait_for(lambda: quiet(node), "its thread is gone")
    assert scanner.echo() == 0x0000


def test_a_device_that_repeats_its_malformed_request_keeps_nobody_out_not_even_itself(alliance: Alliance) -> None:
    """The senders hold their connections; a place is free again because the node has ended them."""
    node = Node(alliance.system, Limits(associations=4, associations_per_peer=2, stop_seconds=0.5, index_apart=False))
    node.start()
    lines = [socket.create_connection(node.address, timeout=fair(AT_ONCE)) for _ in range(6)]
    try:
        for line in lines:
            line.sendall(MALFORMED["no transfer syntax"])
            assert closed(line)[:1] == b"\x07", "A-ABORT"
        assert Scanner(node.address).echo() == 0x0000
        wait_for(lambda: quiet(node), "no thread is left")
    finally:
        for line in lines:
            line.close()
        node.stop()


def test_the_request_that_all_these_are_made_of_is_accepted(node: Node) -> None:
    with socket.create_connection(node.address, timeout=fair(AT_ONCE)) as line:
        line.sendall(WHOLE)
        assert line.recv(1) == bytes([ACCEPTED])
