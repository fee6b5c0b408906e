"""C-MOVE and C-GET: what goes out is what was stored, to whom it may go, and what the counts say when something does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.uid import UID, JPEGLosslessSV1, generate_uid
from pynetdicom import AE, evt
from pynetdicom.dsutils import decode
from sqlalchemy import select

from dicom_node.node import Node
from teleconsult import access
from teleconsult.access import SYSTEM
from teleconsult.imaging import StudyRow
from teleconsult.records.tables import FactRow
from tests import synth
from tests.builders import Alliance
from tests.node import asking, index
from tests.node.asking import PATIENT_GET, STUDY_FIND, STUDY_GET, STUDY_MOVE, keys

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"


@dataclass
class Pacs:
    """A storage SCP that keeps the bytes it gets; `answers` gives the status for the nth object."""

    syntaxes: list[str]
    answers: Any = lambda self, number: 0
    port: int = 0
    got: list[tuple[str, str, bytes]] = field(default_factory=list)
    calling: list[str] = field(default_factory=list)

    def on_store(self, event: Any) -> int:
        request = event.request
        status = int(self.answers(self, len(self.got)))
        self.got.append(
            (str(request.AffectedSOPInstanceUID), str(event.context.transfer_syntax), request.DataSet.getvalue())
        )
        self.calling.append(str(request.MoveOriginatorApplicationEntityTitle or ""))
        return status


@contextmanager
def a_pacs(alliance: Alliance, title: str = "PACS_A", site: str = "county_a", **options: Any) -> Iterator[Pacs]:
    pacs = Pacs(options.pop("syntaxes", [EXPLICIT, IMPLICIT, str(JPEGLosslessSV1)]), **options)
    ae = AE(ae_title=title)
    for sop_class in (synth.CT, synth.MR, synth.US_CINE):
        ae.add_supported_context(UID(sop_class), [UID(each) for each in pacs.syntaxes])
    server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, pacs.on_store)])
    assert server is not None
    pacs.port = server.server_address[1]
    with alliance.system.work() as work:
        access.add_peer(work, SYSTEM, title, "127.0.0.1", alliance.sites[site], host="127.0.0.1", port=pacs.port)
    try:
        yield pacs
    finally:
        server.shutdown()


def move(
    address: tuple[str, int], identifier: Dataset, to: str = "PACS_A", calling: str = "SCANNER_A"
) -> list[tuple[Dataset, Dataset | None]]:
    with asking.associated(address, STUDY_MOVE, calling=calling) as association:
        return list(association.send_c_move(identifier, to, UID(STUDY_MOVE)))


def counts(answer: Dataset) -> tuple[int, int, int]:
    """Completed, failed, warning."""
    return (
        int(answer.NumberOfCompletedSuboperations), int(answer.NumberOfFailedSuboperations), int(answer.NumberOfWarningSuboperations),
    )  # fmt: skip


def read(data: bytes) -> Dataset:
    return decode(BytesIO(data), True, True)


def facts(alliance: Alliance) -> list[tuple[str, int, str]]:
    """Who had images, how many, where to."""
    with alliance.system.read() as work:
        rows = work.session.scalars(select(FactRow).where(FactRow.name == "ImagesOpened").order_by(FactRow.seq))
        return [(row.actor_name, row.details["objects"], row.details["to"]) for row in rows]


def test_a_study_is_moved_byte_by_byte_with_its_counts_and_it_is_written_down(alliance: Alliance, node: Node) -> None:
    series = synth.a_ct_series(3)
    asking.keep(alliance, *series)
    with a_pacs(alliance) as pacs:
        answers = move(node.address, keys("STUDY", StudyInstanceUID=series[0].StudyInstanceUID))
    *pending, (last, identifier) = answers
    assert [(status.Status, status.NumberOfRemainingSuboperations) for status, _ in pending] == [
        (0xFF00, 2),
        (0xFF00, 1),
    ]
    assert (last.Status, counts(last), identifier) == (0, (3, 0, 0), None)
    assert {(uid, data) for uid, _, data in pacs.got} == {
        (str(ds.SOPInstanceUID), synth.dataset_bytes(ds)) for ds in series
    }
    assert set(pacs.calling) == {"SCANNER_A"}
    assert facts(alliance) == [("SCANNER_A", 3, "PACS_A")]


def test_a_series_and_a_list_of_instances_are_moved_alone(alliance: Alliance, node: Node) -> None:
    series = synth.a_ct_series(3)
    asking.keep(alliance, *series)
    above = {"StudyInstanceUID": series[0].StudyInstanceUID, "SeriesInstanceUID": series[0].SeriesInstanceUID}
    with a_pacs(alliance) as pacs:
        (last, _) = move(node.address, keys("SERIES", **above))[-1]
        assert counts(last) == (3, 0, 0)
        pacs.got.clear()
        wanted = [str(ds.SOPInstanceUID) for ds in series[:2]]
        (last, _) = move(node.address, keys("IMAGE", **above, SOPInstanceUID=wanted))[-1]
        assert counts(last) == (2, 0, 0)
        assert [uid for uid, _, _ in pacs.got] == wanted


def test_a_reversibly_compressed_object_is_unpacked_for_who_takes_nothing_else(alliance: Alliance, node: Node) -> None:
    ds = synth.ct_slice(rows=16, columns=16)
    asking.keep(alliance, ds, syntax=str(JPEGLosslessSV1))
    with a_pacs(alliance, syntaxes=[IMPLICIT]) as pacs:
        (last, _) = move(node.address, keys("STUDY", StudyInstanceUID=ds.StudyInstanceUID))[-1]
    assert (last.Status, counts(last)) == (0, (1, 0, 0))
    ((_, syntax, data),) = pacs.got
    assert syntax == IMPLICIT
    assert read(data) == read(synth.dataset_bytes(ds, IMPLICIT))


def test_text_in_a_wrongly_declared_set_is_the_same_bytes_after_unpacking(alliance: Alliance, node: Node) -> None:
    ds = synth.ct_slice(patient_name="AAAA", RequestAttributesSequence=[Dataset()])
    ds.RequestAttributesSequence[0].RequestedProcedureID = "BBBB"
    wrong = {b"AAAA": "张伟".encode("gb18030"), b"BBBB": "头部".encode("gb18030")}  # it says that it is UTF-8
    sent = synth.as_bytes(ds, EXPLICIT)
    for told, meant in wrong.items():
        sent = sent.replace(told, meant)
    asking.keep_bytes(alliance, sent)
    with a_pacs(alliance, syntaxes=[IMPLICIT]) as pacs:
        (last, _) = move(node.address, keys("STUDY", StudyInstanceUID=ds.StudyInstanceUID))[-1]
    assert last.Status == 0
    assert all(meant in pacs.got[0][2] for meant in wrong.values())


def test_what_cannot_be_unpacked_without_loss_is_a_failed_sub_operation_that_says_why(
    alliance: Alliance, node: Node
) -> None:
    study = generate_uid()
    lossy, plain = synth.a_us_cine(study_uid=study, frames=2), synth.ct_slice(study_uid=study)
    asking.keep(alliance, lossy, syntax="1.2.840.10008.1.2.4.50")
    asking.keep(alliance, plain)
    with a_pacs(alliance, syntaxes=[EXPLICIT]) as pacs:
        (last, failed) = move(node.address, keys("STUDY", StudyInstanceUID=study))[-1]
    assert (last.Status, counts(last)) == (0xB000, (1, 1, 0))
    assert "1.2.840.10008.1.2.4.50" in last.ErrorComment
    assert failed is not None
    assert failed.FailedSOPInstanceUIDList == lossy.SOPInstanceUID
    assert len(pacs.got) == 1


@pytest.mark.parametrize(
    ("answers", "status", "expected"),
    [
        (lambda _, number: 0xA700, 0xA702, (0, 3, 0)),
        (lambda _, number: 0xC000 if number == 1 else 0, 0xB000, (2, 1, 0)),
        (lambda _, number: 0xB000, 0xB000, (0, 0, 3)),
    ],
)
def test_refusals_and_warnings_of_the_destination_are_counted(
    alliance: Alliance, node: Node, answers: Any, status: int, expected: tuple[int, int, int]
) -> None:
    series = synth.a_ct_series(3)
    asking.keep(alliance, *series)
    with a_pacs(alliance, answers=answers):
        (last, failed) = move(node.address, keys("STUDY", StudyInstanceUID=series[0].StudyInstanceUID))[-1]
    assert (last.Status, counts(last)) == (status, expected)
    assert failed is not None
    listed = failed.get("FailedSOPInstanceUIDList") or []
    assert len([listed] if isinstance(listed, str) else listed) == expected[1]


def test_an_unknown_destination_is_refused_and_one_that_is_away_fails_all(alliance: Alliance, node: Node) -> None:
    ds = synth.ct_slice()
    asking.keep(alliance, ds)
    wanted = keys("STUDY", StudyInstanceUID=ds.StudyInstanceUID)
    ((last, _),) = move(node.address, wanted, "NOBODY")
    assert last.Status == 0xA801
    assert index.last_error(alliance.system, "SCANNER_A") == "dimse.destination: 'NOBODY' is no destination of yours"
    ((last, _),) = move(node.address, wanted, "SCANNER_A")  # a peer of which nobody has said where it listens
    assert last.Status == 0xA801
    kept = "dimse.no_address: 'SCANNER_A' has no host and port, or is disabled"
    assert index.last_error(alliance.system, "SCANNER_A") == kept
    with a_pacs(alliance):
        pass  # it has gone
    ((last, failed),) = move(node.address, wanted)
    assert (last.Status, counts(last)) == (0xA702, (0, 1, 0))
    assert failed is not None
    assert failed.FailedSOPInstanceUIDList == ds.SOPInstanceUID
    assert "does not answer" in last.ErrorComment
    assert index.last_error(alliance.system, "PACS_A").startswith("peer.away")
    assert index.last_error(alliance.system, "SCANNER_A") == kept, "who asked is not blamed for who does not answer"


def test_another_hospital_s_pacs_is_a_destination_only_for_what_it_may_have_itself(
    alliance: Alliance, node: Node
) -> None:
    ds = synth.ct_slice()
    asking.keep(alliance, ds)
    wanted = keys("STUDY", StudyInstanceUID=ds.StudyInstanceUID)
    with a_pacs(alliance, "PACS_CITY", "city") as pacs:
        ((last, _),) = move(node.address, wanted, "PACS_CITY")
        assert (last.Status, pacs.got) == (0xA801, [])
        said = "dimse.destination: 'PACS_CITY' is no destination of yours"
        assert (index.last_error(alliance.system, "SCANNER_A"), last.ErrorComment) == (said, said[19:])
        with alliance.system.work() as work:
            study = work.session.scalars(select(StudyRow.id)).one()
            access.open_share(work, study, alliance.sites["city"], "reading")
        (last, _) = move(node.address, wanted, "PACS_CITY")[-1]
        assert (last.Status, len(pacs.got)) == (0, 1)


def test_what_a_peer_may_not_find_it_cannot_move(alliance: Alliance, node: Node) -> None:
    ds = synth.ct_slice()
    asking.keep(alliance, ds)
    with a_pacs(alliance, "PACS_B", "county_b") as pacs:
        ((last, _),) = move(
            node.address, keys("STUDY", StudyInstanceUID=ds.StudyInstanceUID), "PACS_B", calling="SCANNER_B"
        )
    assert (last.Status, counts(last), pacs.got, facts(alliance)) == (0, (0, 0, 0), [], [])


def test_a_move_is_cancelled_between_two_objects(alliance: Alliance, node: Node) -> None:
    series = synth.a_ct_series(6)
    asking.keep(alliance, *series)
    asked, told = threading.Event(), threading.Event()

    def slowly(_: Pacs, number: int) -> int:
        if number == 1:
            asked.set()
            assert told.wait(60)
        return 0

    with a_pacs(alliance, answers=slowly), asking.associated(node.address, STUDY_MOVE) as association:
        answers = association.send_c_move(
            keys("STUDY", StudyInstanceUID=series[0].StudyInstanceUID), "PACS_A", UID(STUDY_MOVE), msg_id=9
        )
        next(answers)
        assert asked.wait(60)
        association.send_c_cancel(9, None, UID(STUDY_MOVE))
        waiting = threading.Timer(0.5, told.set)  # the cancel is on its way meanwhile
        waiting.start()
        *_, (last, _) = answers
        assert last.Status == 0xFE00
        assert last.NumberOfRemainingSuboperations > 0
        assert last.NumberOfCompletedSuboperations + last.NumberOfRemainingSuboperations == 6


@pytest.mark.parametrize("model", [STUDY_GET, PATIENT_GET])
def test_objects_come_back_on_the_same_association_to_who_takes_them(
    alliance: Alliance, node: Node, model: str
) -> None:
    series = synth.a_ct_series(3, patient_id="G1")
    asking.keep(alliance, *series)
    got: dict[str, bytes] = {}

    def on_store(event: Any) -> int:
        got[str(event.request.AffectedSOPInstanceUID)] = event.request.DataSet.getvalue()
        return 0

    more = {"PatientID": "G1"} if model == PATIENT_GET else {}
    with asking.associated(node.address, model, receiving=[(synth.CT, [EXPLICIT])], on_store=on_store) as association:
        wanted = keys("STUDY", StudyInstanceUID=series[0].StudyInstanceUID, **more)
        answers = list(association.send_c_get(wanted, UID(model)))
    (last, _) = answers[-1]
    assert (last.Status, counts(last)) == (0, (3, 0, 0))
    assert got == {str(ds.SOPInstanceUID): synth.dataset_bytes(ds) for ds in series}
    assert facts(alliance) == [("SCANNER_A", 3, "SCANNER_A")]


def test_a_get_without_a_context_for_the_class_fails_and_says_so(alliance: Alliance, node: Node) -> None:
    ds = synth.ct_slice()
    asking.keep(alliance, ds)
    with asking.associated(node.address, STUDY_GET, receiving=[(synth.MR, [EXPLICIT])]) as association:
        ((last, failed),) = association.send_c_get(keys("STUDY", StudyInstanceUID=ds.StudyInstanceUID), UID(STUDY_GET))
        assert (last.Status, counts(last)) == (0xA702, (0, 1, 0))
        assert synth.CT in last.ErrorComment
        assert failed is not None


@pytest.mark.parametrize(
    "identifier", [keys("STUDY"), keys("STUDY", StudyInstanceUID="*"), keys("SERIES", SeriesInstanceUID="1.2")]
)
def test_a_retrieval_without_its_unique_keys_is_refused(alliance: Alliance, node: Node, identifier: Dataset) -> None:
    with a_pacs(alliance):
        ((last, _),) = move(node.address, identifier)
    assert last.Status == 0xA900
    assert last.ErrorComment


def test_finding_and_getting_share_one_association(alliance: Alliance, node: Node) -> None:
    ds = synth.ct_slice()
    asking.keep(alliance, ds)
    with asking.associated(
        node.address, STUDY_FIND, STUDY_GET, receiving=[(synth.CT, [EXPLICIT])], on_store=lambda _: 0
    ) as association:
        found = [f for _, f in association.send_c_find(keys("STUDY", StudyInstanceUID=""), UID(STUDY_FIND)) if f]
        wanted = keys("STUDY", StudyInstanceUID=found[0].StudyInstanceUID)
        *_, (last, _) = association.send_c_get(wanted, UID(STUDY_GET))
    assert (last.Status, counts(last)) == (0, (1, 0, 0))
