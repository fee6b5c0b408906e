"""A signed report comes back into the PACS of the hospital that asked: once, with a receipt, again when the PACS was away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.uid import UID
from pynetdicom import AE, evt
from sqlalchemy import select, update

from dicom_node.send import store_to
from teleconsult import access
from teleconsult.access import SYSTEM, notices
from teleconsult.access.tables import PeerRow
from teleconsult.records import journal
from teleconsult.records.tables import FactRow
from teleconsult.reporting.dicom_report import BASIC_TEXT_SR, ENCAPSULATED_PDF
from tests.children import free_port
from tests.jobs.floor import Floor
from workers.bench import Lines
from workers.jobs.returning import return_report
from workers.run import carry_out


class Pacs:
    """A storage SCP of the first county that takes documents, on a port of its own; `answer` is its status."""

    def __init__(self) -> None:
        self.port, self.answer, self.got = free_port(), 0, list[Dataset]()
        self._server: Any = None

    def open(self) -> None:
        ae = AE(ae_title="PACS_A")
        for sop_class in (ENCAPSULATED_PDF, BASIC_TEXT_SR):
            ae.add_supported_context(UID(sop_class))
        handlers: list[Any] = [(evt.EVT_C_STORE, self._on_store)]
        self._server = ae.start_server(("127.0.0.1", self.port), block=False, evt_handlers=handlers)

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server = None

    def _on_store(self, event: Any) -> int:
        if self.answer == 0:
            self.got.append(event.dataset)
        return self.answer


@pytest.fixture
def pacs(floor: Floor) -> Iterator[Pacs]:
    floor.bench = replace(floor.bench, lines=Lines(store_to))
    made = Pacs()
    with floor.system.work() as work:
        access.add_peer(
            work, SYSTEM, "PACS_A", "127.0.0.1", floor.alliance.sites["county_a"],
            host="127.0.0.1", port=made.port, receives_reports=True,
        )  # fmt: skip
    yield made
    made.close()


def receipts(floor: Floor) -> list[tuple[str, str]]:
    with floor.system.read() as work:
        rows = work.session.scalars(select(FactRow).where(FactRow.name == "ReportReturned").order_by(FactRow.seq))
        return [(str(row.study_id), row.details["to"]) for row in rows]


def test_paper_and_text_of_a_signed_report_are_stored_at_the_county_s_pacs(floor: Floor, pacs: Pacs) -> None:
    pacs.open()
    report_id = floor.a_signed_report()
    floor.run("report_pdf", "return_report")
    paper, text = sorted(pacs.got, key=lambda ds: str(ds.SOPClassUID))
    assert (paper.SOPClassUID, text.SOPClassUID) == (ENCAPSULATED_PDF, BASIC_TEXT_SR)
    with floor.system.read() as work:
        (study,) = work.session.scalars(select(FactRow.study_id).where(FactRow.name == "ReportReady"))
        sha256 = work.session.scalars(select(FactRow.details).where(FactRow.name == "ReportReady")).one()["sha256"]
    assert paper.EncapsulatedDocument.rstrip(b"\0") == floor.system.blobs.read(
        f"reports/{report_id}/{sha256}.pdf"
    ).rstrip(b"\0")
    assert str(paper.PatientName) == str(text.PatientName) == "测试甲"
    assert paper.StudyInstanceUID == text.StudyInstanceUID
    assert (text.CompletionFlag, text.VerificationFlag) == ("COMPLETE", "VERIFIED")
    headings = [item.ConceptNameCodeSequence[0].CodeMeaning for item in text.ContentSequence]
    assert headings[:2] == ["Findings", "Impressions"]
    assert text.ContentSequence[0].ContentSequence[0].TextValue
    assert receipts(floor) == [(study, "PACS_A")]


def test_a_job_that_runs_again_sends_nothing_twice(floor: Floor, pacs: Pacs) -> None:
    pacs.open()
    floor.a_signed_report()
    floor.run("report_pdf", "return_report")
    return_report(floor.bench, floor.facts("ReportReady")[0])
    assert (len(pacs.got), len(receipts(floor))) == (2, 1)


def test_a_pacs_that_is_away_is_tried_again_and_then_parked_with_the_reason_where_people_see_it(
    floor: Floor, pacs: Pacs
) -> None:
    floor.a_signed_report()
    floor.run("report_pdf")
    (delivery,) = floor.due("return_report")
    for _ in range(journal.MOST_TRIES):
        assert not carry_out(floor.bench, delivery)
        floor.clock.advance(3600)
    kept = floor.delivery(delivery)
    assert (kept.state, kept.error_code, receipts(floor)) == ("parked", "peer.away", [])
    with floor.system.read() as work:
        told = [notice.row.params for notice in notices(work, floor.alliance.people["technician_a"])]
        error = work.session.scalars(select(PeerRow.last_error).where(PeerRow.ae_title == "PACS_A")).one()
        parked = work.session.scalars(select(FactRow).where(FactRow.name == "JobParked")).one()
    assert ("return_report", "peer.away") in [(params.get("job"), params.get("reason")) for params in told]
    assert error is not None
    assert error.startswith("peer.away")
    assert (parked.study_id is not None, parked.details["code"]) == (True, "peer.away")
    pacs.open()
    with floor.system.work() as work:
        assert journal.retry(work, delivery)
    floor.run("return_report")
    assert len(receipts(floor)) == 1


def test_a_pacs_that_refuses_is_parked_at_once(floor: Floor, pacs: Pacs) -> None:
    pacs.open()
    pacs.answer = 0xA900
    floor.a_signed_report()
    floor.run("report_pdf")
    (delivery,) = floor.due("return_report")
    assert not carry_out(floor.bench, delivery)
    assert (floor.delivery(delivery).state, floor.delivery(delivery).error_code) == ("parked", "peer.refused")


def test_a_full_pacs_is_tried_again(floor: Floor, pacs: Pacs) -> None:
    pacs.open()
    pacs.answer = 0xA700
    floor.a_signed_report()
    floor.run("report_pdf")
    (delivery,) = floor.due("return_report")
    assert not carry_out(floor.bench, delivery)
    assert (floor.delivery(delivery).state, floor.delivery(delivery).error_code) == ("due", "peer.full")


def test_nothing_goes_to_a_peer_that_is_not_to_have_reports(floor: Floor, pacs: Pacs) -> None:
    pacs.open()
    with floor.system.work() as work:
        work.session.execute(update(PeerRow).values(receives_reports=False))
    floor.a_signed_report()
    floor.run("report_pdf", "return_report")
    assert (pacs.got, receipts(floor)) == ([], [])


def test_the_objects_of_a_report_are_the_same_each_time(floor: Floor, pacs: Pacs) -> None:
    pacs.open()
    floor.a_signed_report()
    floor.run("report_pdf", "return_report")
    with floor.system.work() as work:
        work.session.execute(update(PeerRow).where(PeerRow.ae_title == "PACS_A").values(ae_title="PACS_C"))
        sites = floor.alliance.sites["county_a"]
        access.add_peer(
            work, SYSTEM, "PACS_A", "10.0.0.1", sites, host="127.0.0.1", port=pacs.port, receives_reports=True
        )
    first = {str(ds.SOPInstanceUID) for ds in pacs.got}
    with floor.system.read() as work:
        fact = work.session.scalars(select(FactRow).where(FactRow.name == "ReportReady")).one()
    return_report(floor.bench, fact)
    assert {str(ds.SOPInstanceUID) for ds in pacs.got} == first
    assert len(receipts(floor)) == 2
