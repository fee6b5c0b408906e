"""User identity negotiation and a peer's own limits: who is let in, how often, and what is written down of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import UserIdentityNegotiation
from sqlalchemy import select

from dicom_node.dicomweb import blueprint
from dicom_node.node import Node
from teleconsult.access.tables import PeerRow
from teleconsult.kernel.errors import Refused
from teleconsult.records.tables import FactRow
from teleconsult.web.app import create
from tests.builders import Alliance
from tests.children import free_port, wait_for
from tests.node.conftest import SHORT
from tests.node.test_many import overheard, whole_pdu
from tests.node.test_secure import refusals, refused_with, rejection, row, rules
from tests.peers import Scanner

PASSCODE = "示例口令-2026"


def identity(
    kind: int, name: bytes, passcode: bytes | None = None, *, positive: bool = False
) -> UserIdentityNegotiation:
    item = UserIdentityNegotiation()
    item.user_identity_type, item.primary_field = kind, name
    item.positive_response_requested = positive
    if passcode is not None:
        item.secondary_field = passcode
    return item


def request(node: Node, item: UserIdentityNegotiation | None) -> Association:
    return Scanner(node.address, identity=item).request()


def outcome(node: Node, item: UserIdentityNegotiation | None) -> tuple[int, int, int] | str:
    association = request(node, item)
    if association.is_established:
        association.release()
        return "in"
    return refused_with(association) or "gone"


def test_a_peer_of_which_no_identity_is_asked_may_name_any_and_gets_no_positive_response(node: Node) -> None:
    for item in (None, identity(1, b"anybody"), identity(2, b"a", b"b"), identity(3, b"ticket"), identity(5, b"jwt")):
        assert outcome(node, item) == "in"
    association = request(node, identity(1, b"anybody", positive=True))
    assert association.is_established
    assert association.acceptor.user_identity is None
    association.release()


def with_identity(item: UserIdentityNegotiation) -> bytearray:
    """The A-ASSOCIATE-RQ that pynetdicom sends with it."""
    return bytearray(overheard(lambda address: Scanner(address, identity=item).request()))


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("kind", [3, 4, 5, 0, 6, 255])
def test_kinds_that_nobody_here_understands_are_passed_over_or_refused_and_those_of_no_standard_aborted(
    node: Node, alliance: Alliance, kind: int, asked: bool
) -> None:
    """PS3.7 D.3.3.7: Kerberos, SAML and JWT are 3 to 5; what lies beyond is no request that can be read."""
    if asked:
        rules(alliance, identity_name="ct-1")
    pdu = with_identity(identity(3, b"ticket"))
    at = pdu.index(b"\x58\x00") + 4
    assert pdu[at] == 3
    pdu[at] = kind
    with socket.create_connection(node.address, timeout=60) as line:
        line.sendall(pdu)
        answer = whole_pdu(line)
    if kind not in (3, 4, 5):
        assert answer[0] == 7  # A-ABORT
    elif asked:
        assert (answer[0], tuple(answer[7:10])) == (3, (1, 2, 1))  # A-ASSOCIATE-RJ
    else:
        assert answer[0] == 2  # A-ASSOCIATE-AC
    assert Scanner(node.address, calling="SCANNER_B").echo() == 0x0000


def test_a_name_and_a_passcode_are_asked_for_where_the_row_says_so(node: Node, alliance: Alliance) -> None:
    rules(alliance, identity_name="ct-1", passcode=PASSCODE)
    right = PASSCODE.encode()
    assert outcome(node, identity(2, b"ct-1", right)) == "in"
    for wrong in (
        None, identity(1, b"ct-1"), identity(2, b"ct-1", b"wrong"), identity(2, b"ct-2", right), identity(3, b"ticket"), identity(4, b"saml"),
    ):  # fmt: skip
        assert outcome(node, wrong) == (1, 2, 1)
    assert Scanner(node.address, calling="SCANNER_B").echo() == 0x0000
    assert refusals(alliance) == ["line.identity"]


def test_a_name_alone_is_enough_where_no_passcode_is_set_and_is_answered_when_asked(
    node: Node, alliance: Alliance
) -> None:
    rules(alliance, identity_name="ct-1")
    association = request(node, identity(1, b"ct-1", positive=True))
    assert association.is_established
    answered: Any = association.acceptor.user_identity
    assert answered is not None
    assert answered.server_response == b""
    association.release()
    assert outcome(node, identity(2, b"ct-1", b"any")) == "in"
    assert outcome(node, identity(1, b"ct-2")) == (1, 2, 1)


def test_no_passcode_is_kept_readable_written_to_the_log_or_into_the_journal(
    node: Node, alliance: Alliance, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    rules(alliance, identity_name="ct-1", passcode=PASSCODE)
    outcome(node, identity(2, b"ct-1", b"another-2026"))
    outcome(node, identity(2, b"ct-1", PASSCODE.encode()))
    with alliance.system.read() as work:
        facts = [str(each) for each in work.session.scalars(select(FactRow.details))]
        kept = work.session.scalars(select(PeerRow.identity_hash).where(PeerRow.ae_title == "SCANNER_A")).one()
    ours = "\n".join(
        each.getMessage() for each in caplog.records if each.name.startswith(("dicom_node", "teleconsult"))
    )
    for secret in (PASSCODE, "another-2026"):
        assert secret not in ours + str(facts) + str(kept) + str(row(alliance).last_error)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"passcode": "lonely-2026"}, "peer.identity"),
        ({"identity_name": "ct-1", "passcode": "short"}, "password.weak"),
        ({"certificate": "nonsense"}, "peer.certificate_unreadable"),
        ({"most_per_minute": 0}, "peer.limit"),
    ],
)
def test_rules_that_make_no_sense_are_refused(alliance: Alliance, said: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        rules(alliance, **said)
    assert refused.value.code == code


def test_a_peer_s_own_share_goes_before_the_node_s(node: Node, alliance: Alliance) -> None:
    rules(alliance, most_associations=1)
    first = Scanner(node.address).request()
    assert first.is_established
    assert rejection(Scanner(node.address)) == (2, 3, 2)
    assert str(row(alliance).last_error).startswith("line.too_many")
    other = Scanner(node.address, calling="SCANNER_B").request()
    assert other.is_established
    first.release()
    other.release()
    wait_for(lambda: Scanner(node.address).request().is_established, "its place is free again")


@pytest.fixture
def quick(alliance: Alliance) -> Iterator[Node]:
    """A node whose minutes last a second."""
    made = Node(alliance.system, replace(SHORT, minute_seconds=1.0))
    made.start()
    yield made
    made.stop()


def test_who_calls_too_often_is_refused_for_a_while_and_then_let_in_again(quick: Node, alliance: Alliance) -> None:
    rules(alliance, most_per_minute=3)
    met = {outcome(quick, None) for _ in range(4)}
    assert met == {"in", (2, 3, 2)}
    assert refusals(alliance) == ["line.too_often"]
    assert Scanner(quick.address, calling="SCANNER_B").echo() == 0x0000
    wait_for(lambda: outcome(quick, None) == "in", "it may call again", 10)


def test_healthz_echoes_the_node_at_both_ports(alliance: Alliance) -> None:
    settings = alliance.system.settings.with_(dicom_port=free_port(), dicom_tls_port=free_port(), dicom_tls_mutual=True)
    system = replace(alliance.system, settings=settings)
    node = Node(system, SHORT)
    app: Flask = create(system, blueprint)

    def checks() -> tuple[str, str]:
        told = (app.test_client().get("/healthz").json or {})["checks"]
        return told["dicom"], told["dicom_tls"]

    try:
        assert checks() == ("unreachable", "unreachable")
        node.start()
        assert checks() == ("ok", "ok")
    finally:
        node.stop()
        app.extensions["teleconsult.live"].close()
