"""Signed reports go back into the PACS of the hospital that asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teleconsult.access import seen
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.reporting import dicom_report, returning
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow


def return_report(bench: Bench, fact: FactRow) -> None:
    """Store paper and text of the signed report at every peer of the asking hospital that is to receive reports.

    Repeat-safe by: the objects' UIDs are made of the report and its paper, so a PACS that has them keeps them once, and a receipt
    for each (peer, paper) ends the sending. One peer that is away does not keep the others waiting; BUSY for another try, else parked.
    """
    sha256, report_id, system = str(fact.details["sha256"]), fact.subject_id, bench.system
    with system.read() as work:
        owed = returning.owed(work, report_id, sha256)
    if owed is None:
        return
    made = dicom_report.objects(owed.document, owed.study, system.blobs.read(owed.paper_key))
    refusals = []
    for to in owed.to:
        try:
            bench.lines.post(system.settings.ae_title, to, made)
        except Refused as refused:
            refusals.append(refused)
            with system.work() as work:
                seen(work, to.peer.id, work.now, f"{refused.code}: {refused.detail}")
        else:
            with system.work() as work:
                returning.returned(work, report_id, to, sha256)
    if refusals:  # what another try may mend goes first
        raise min(refusals, key=lambda each: each.meaning is not Meaning.BUSY)
