"""Storage commitment (PS3.4 Annex J): what we answer for, and how the peer is told."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE, evt
from pynetdicom.association import Association
from sqlalchemy import select, update

from dicom_node import turnstile
from dicom_node.commitment_report import INSTANCE
from dicom_node.node import Node
from dicom_node.syntaxes import COMMITMENT
from teleconsult.access.tables import PeerRow
from teleconsult.imaging import rejection
from teleconsult.imaging.tables import InstanceRow
from teleconsult.imaging.tables_commitments import CommitmentRow
from teleconsult.records.tables import DeliveryRow, FactRow
from tests import synth
from tests.builders import Alliance
from tests.children import free_port, wait_for
from tests.node import index
from tests.peers import Scanner, Sent, sent, store_in_part

TRANSACTION = "2.25.3141592653"
IMPLICIT = "1.2.840.10008.1.2"


@dataclass
class Told:
    """The reports that came, each with the association's role and its event type."""

    reports: list[tuple[int, Dataset]] = field(default_factory=list)
    associations: list[Association] = field(default_factory=list)
    answer: int = 0
    came: threading.Event = field(default_factory=threading.Event)

    def take(self, event: Any) -> tuple[int, None]:
        self.associations.append(event.assoc)
        self.reports.append((event.event_type, event.event_information))
        self.came.set()
        return self.answer, None


@pytest.fixture
def modality(alliance: Alliance) -> Iterator[Told]:
    """SCANNER_A listens for results on a port that its row names."""
    told, port = Told(), free_port()
    ae = AE(ae_title="SCANNER_A")
    ae.add_supported_context(UID(COMMITMENT), [UID(IMPLICIT)], scu_role=True, scp_role=True)
    handlers: list[Any] = [(evt.EVT_N_EVENT_REPORT, told.take)]
    server = ae.start_server(("127.0.0.1", port), block=False, evt_handlers=handlers)
    assert server is not None
    reachable(alliance, port)
    yield told
    server.shutdown()


def reachable(alliance: Alliance, port: int | None) -> None:
    with alliance.system.work() as work:
        host = None if port is None else "127.0.0.1"
        work.session.execute(update(PeerRow).where(PeerRow.ae_title == "SCANNER_A").values(host=host, port=port))


def asking(node: Node, told: Told | None = None, calling: str = "SCANNER_A") -> Association:
    ae = AE(ae_title=calling)
    ae.add_requested_context(UID(COMMITMENT), [UID(IMPLICIT)])
    handlers: list[Any] = [] if told is None else [(evt.EVT_N_EVENT_REPORT, told.take)]
    association = ae.associate(*node.address, ae_title="TELECONSULT", evt_handlers=handlers)
    assert association.is_established
    turnstile.put_in(association)
    if (
        told is None
    ):  # pynetdicom would answer a report in another thread, perhaps after the release, and stumble over itself
        association._serve_request = lambda *_: None  # type: ignore[method-assign]  # noqa: SLF001
    return association


def action(
    association: Association, *objects: Sent, uid: str = TRANSACTION, action_type: int = 1, at: str = INSTANCE
) -> int:
    asked = Dataset()
    asked.TransactionUID = uid
    asked.ReferencedSOPSequence = [referenced(each) for each in objects]
    answer, _ = association.send_n_action(asked, action_type, UID(COMMITMENT), UID(at))
    return int(answer.Status)


def referenced(item: Sent) -> Dataset:
    found = Dataset()
    found.ReferencedSOPClassUID, found.ReferencedSOPInstanceUID = item.sop_class, item.sop_uid
    return found


def failures(report: Dataset) -> dict[str, int]:
    return {str(each.ReferencedSOPInstanceUID): each.FailureReason for each in report.get("FailedSOPSequence", [])}


def committed(report: Dataset) -> set[str]:
    return {str(each.ReferencedSOPInstanceUID) for each in report.get("ReferencedSOPSequence", [])}


def ways(alliance: Alliance) -> list[str | None]:
    with alliance.system.read() as work:
        return list(work.session.scalars(select(CommitmentRow.way).order_by(CommitmentRow.id)))


def ask(node: Node, *objects: Sent, uid: str = TRANSACTION, calling: str = "SCANNER_A") -> None:
    association = asking(node, calling=calling)
    assert action(association, *objects, uid=uid) == 0x0000
    association.release()


def test_what_is_stored_is_committed_on_a_new_association_where_we_are_the_scp(
    node: Node, scanner: Scanner, alliance: Alliance, modality: Told
) -> None:
    objects = [sent(ds) for ds in synth.a_ct_series(3)]
    scanner.send(*objects)
    ask(node, *objects)
    assert modality.came.wait(60)
    (kind, report) = modality.reports[0]
    assert (kind, str(report.TransactionUID), str(report.RetrieveAETitle)) == (1, TRANSACTION, "TELECONSULT")
    assert committed(report) == {each.sop_uid for each in objects}
    assert "FailedSOPSequence" not in report
    (role,) = modality.associations[0].requestor.role_selection.values()
    assert (bool(role.scu_role), bool(role.scp_role)) == (False, True)
    wait_for(lambda: ways(alliance) == ["new"], "the report is noted")


def test_objects_acknowledged_a_moment_before_are_waited_for(node: Node, alliance: Alliance, modality: Told) -> None:
    objects = [sent(ds) for ds in synth.a_ct_series(20)]
    Scanner(node.address).send(*objects)  # nobody waits for the index here
    ask(node, *objects)
    assert modality.came.wait(60)
    assert failures(modality.reports[0][1]) == {}


def test_each_failure_has_its_own_reason(node: Node, scanner: Scanner, alliance: Alliance, modality: Told) -> None:
    good, other_class, gone, foreign, conflicting = (sent(synth.ct_slice(number)) for number in range(1, 6))
    scanner.send(good, other_class, gone, conflicting)
    Scanner(node.address, calling="SCANNER_B").send(foreign)
    changed = synth.ct_slice(5, sop_uid=conflicting.sop_uid)
    scanner.send(sent(changed))
    with alliance.system.read() as work:
        peers = work.session.scalars(select(PeerRow.id)).all()
    assert all(node.settled(peer, 10) for peer in peers)
    with alliance.system.read() as work:
        key = work.session.scalars(select(InstanceRow.blob_key).where(InstanceRow.sop_uid == gone.sop_uid)).one()
    alliance.system.blobs.delete(key)
    absent = Sent(good.sop_class, "2.25.1", good.transfer_syntax, b"")
    ask(node, good, Sent("1.2.840.10008.5.1.4.1.1.4", other_class.sop_uid, "", b""), gone, foreign, conflicting, absent)
    assert modality.came.wait(60)
    kind, report = modality.reports[0]
    assert (kind, committed(report)) == (2, {good.sop_uid})
    assert failures(report) == {
        other_class.sop_uid: 0x0119, gone.sop_uid: 0x0110, foreign.sop_uid: 0x0112, conflicting.sop_uid: 0x0110, "2.25.1": 0x0112,
    }  # fmt: skip


def test_what_was_rejected_is_kept_and_committed(
    node: Node, scanner: Scanner, alliance: Alliance, modality: Told
) -> None:
    series = synth.a_ct_series(2)
    objects = [sent(ds) for ds in series]
    scanner.send(*objects)
    with alliance.system.work() as work:
        rows = work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == objects[0].sop_uid)).all()
        rejection.set_aside(work, rows, rejection.QUALITY, "SCANNER_A")
    ask(node, *objects)
    assert modality.came.wait(60)
    assert committed(modality.reports[0][1]) == {each.sop_uid for each in objects}


def test_an_object_that_was_cut_off_once_and_came_again_is_committed(
    node: Node, scanner: Scanner, alliance: Alliance, modality: Told
) -> None:
    item = sent(synth.ct_slice(rows=512, columns=512))
    association = scanner.request([item])
    store_in_part(association, item)
    association.abort()
    wait_for(lambda: index.quarantined(alliance.system), "the cut-off transfer is noted")
    scanner.send(item)
    ask(node, item)
    assert modality.came.wait(60)
    assert [(kind, committed(report)) for kind, report in modality.reports] == [(1, {item.sop_uid})]


def test_a_peer_without_an_address_is_told_on_the_same_association(
    node: Node, scanner: Scanner, alliance: Alliance
) -> None:
    item, told = sent(synth.ct_slice(1)), Told()
    scanner.send(item)
    association = asking(node, told)
    assert action(association, item) == 0x0000
    assert told.came.wait(60)
    assert committed(told.reports[0][1]) == {item.sop_uid}
    assert told.associations[0] is association
    wait_for(lambda: ways(alliance) == ["same"], "the report is noted")
    assert action(association, item, action_type=7) == 0x0123  # it goes on
    association.release()


def test_a_peer_whose_address_refuses_is_told_on_the_same_association(
    node: Node, scanner: Scanner, alliance: Alliance
) -> None:
    item, told = sent(synth.ct_slice(1)), Told()
    reachable(alliance, free_port())
    scanner.send(item)
    association = asking(node, told)
    assert action(association, item) == 0x0000
    assert told.came.wait(60)
    association.release()
    wait_for(lambda: ways(alliance) == ["same"], "the report is noted")


def test_a_peer_that_releases_at_once_is_released_at_once(node: Node, scanner: Scanner, alliance: Alliance) -> None:
    item = sent(synth.ct_slice(1))
    scanner.send(item)
    association = asking(node)
    assert action(association, item) == 0x0000
    association.release()
    assert association.is_released
    assert ways(alliance) == [None]


def test_the_same_request_again_is_reported_again_and_another_list_under_its_uid_is_a_duplicate(
    node: Node, scanner: Scanner, alliance: Alliance, modality: Told
) -> None:
    first, second = (sent(synth.ct_slice(number)) for number in (1, 2))
    scanner.send(first, second)
    for count in (1, 2):
        ask(node, first)
        wait_for(lambda count=count: len(modality.reports) == count and ways(alliance) == ["new"], "it is reported")  # type: ignore[misc]
    assert [kind for kind, _ in modality.reports] == [1, 1]
    ask(node, second)
    wait_for(lambda: len(modality.reports) == 3, "the other list is reported")
    kind, report = modality.reports[2]
    assert (kind, failures(report)) == (2, {second.sop_uid: 0x0131})


@pytest.mark.parametrize(
    ("wrong", "status"), [({"action_type": 2}, 0x0123), ({"at": "1.2.3"}, 0x0112), ({"uid": ""}, 0x0115)]
)
def test_a_request_that_is_none_is_refused_with_the_standard_s_status(
    node: Node, wrong: dict[str, Any], status: int
) -> None:
    association = asking(node)
    assert action(association, sent(synth.ct_slice(1)), **wrong) == status
    assert action(association, sent(synth.ct_slice(1))) == 0x0000
    association.release()


def test_the_request_is_owed_before_it_is_answered(node: Node, alliance: Alliance) -> None:
    reachable(alliance, free_port())
    ask(node, sent(synth.ct_slice(1)))
    with alliance.system.read() as work:
        fact = work.session.scalars(select(FactRow).where(FactRow.name == "CommitmentAsked")).one()
        owed = work.session.scalars(select(DeliveryRow).where(DeliveryRow.fact_seq == fact.seq)).one()
    assert (owed.job, owed.state, fact.details["objects"]) == ("report_commitment", "due", 1)
    assert fact.actor_name == "SCANNER_A"


KILLED = """
import os, signal
from dicom_node import commitment
commitment.Commitments._by_itself = lambda self, *_: os.kill(os.getpid(), signal.SIGKILL)
from dicom_node import serve
from teleconsult.settings import Settings
serve(Settings.from_env())
"""


def test_a_node_killed_between_the_answer_and_the_report_owes_it_still(alliance: Alliance, modality: Told) -> None:
    system, port = alliance.system, free_port()
    settings = system.settings.with_(dicom_port=port)
    root = Path(__file__).resolve().parents[2]
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), "PYTHONWARNINGS": "ignore", **settings.to_env()}
    child = subprocess.Popen([sys.executable, "-c", KILLED], env=environ, cwd=root)
    scanner = Scanner(("127.0.0.1", port))
    wait_for(lambda: listens(port), "the node listens", 30)
    item = sent(synth.ct_slice(1))
    assert scanner.send(item) == [0x0000]
    ae = AE(ae_title="SCANNER_A")
    ae.add_requested_context(UID(COMMITMENT), [UID(IMPLICIT)])
    association = ae.associate("127.0.0.1", port, ae_title="TELECONSULT")
    status = association.send_n_action(_one(item), 1, UID(COMMITMENT), UID(INSTANCE))[0].get("Status")
    child.wait(20)
    assert status in (0x0000, None)  # the kill may come before the answer has left, never before it is noted
    with system.read() as work:
        row = work.session.scalars(select(CommitmentRow)).one()
        owed = work.session.scalars(select(DeliveryRow).where(DeliveryRow.job == "report_commitment")).one()
    assert (row.reported_at, row.times, owed.state) == (None, 1, "due")


def _one(item: Sent) -> Dataset:
    asked = Dataset()
    asked.TransactionUID = TRANSACTION
    asked.ReferencedSOPSequence = [referenced(item)]
    return asked


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
