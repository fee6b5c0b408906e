"""C-STORE over TLS keeps every promise that it makes in the clear: the same tests, at the other port."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from dicom_node.node import Node
from teleconsult.access.tables import PeerRow
from teleconsult.tls_dicom import dicom_pair
from tests import certificates
from tests.builders import Alliance
from tests.children import free_port
from tests.node import test_store as same
from tests.node.conftest import SHORT
from tests.peers import Scanner, Sent


class SecureScanner(Scanner):
    """As the usual one of these tests, over TLS."""

    def __init__(self, node: Node, alliance: Alliance, pem: str) -> None:
        super().__init__(node.secure_address, secure=certificates.client(pem))
        self._node, self._alliance = node, alliance

    def send(self, *objects: Sent) -> list[int]:
        statuses = super().send(*objects)
        with self._alliance.system.read() as work:
            peers = list(work.session.scalars(select(PeerRow.id)))
        for peer in peers:
            self._node.settled(peer, 30)
        return statuses


@pytest.fixture
def node(alliance: Alliance) -> Iterator[Node]:
    settings = alliance.system.settings.with_(dicom_tls_port=free_port())
    made = Node(replace(alliance.system, settings=settings), SHORT)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def scanner(node: Node, alliance: Alliance) -> Scanner:
    return SecureScanner(node, alliance, dicom_pair(alliance.system.settings).pem)


test_byte_for_byte = same.test_an_object_is_kept_byte_for_byte_under_the_syntax_it_came_in
test_undecodable = same.test_a_syntax_that_nobody_here_can_decode_is_kept_all_the_same
test_private_class = same.test_an_object_of_a_private_class_is_kept
test_again = same.test_the_same_object_again_is_answered_with_success_and_kept_once
test_another_syntax = same.test_the_same_object_in_another_syntax_is_noted_and_the_first_is_kept
test_other_content = same.test_the_same_uid_with_other_content_is_safe_in_quarantine_and_never_shown_instead
test_cut_off = same.test_a_data_set_cut_off_is_refused_and_kept_for_the_technologist
test_without_uids = same.test_a_data_set_without_its_uids_is_refused_and_kept
test_another_class = same.test_a_data_set_of_another_class_than_announced_is_refused_as_a_mismatch
test_nonsense = same.test_nonsense_for_a_data_set_is_refused_without_ending_the_association
