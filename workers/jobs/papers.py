"""Jobs that follow a signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from teleconsult import reading, reporting
from teleconsult.kernel.values import sha256_hex
from teleconsult.reporting import pdf, pdf_paper
from workers.bench import Bench

if TYPE_CHECKING:
    from teleconsult.records.tables import FactRow


def verify_task(bench: Bench, fact: FactRow) -> None:
    """Stop the clock of the signed report's task. Repeat-safe by: a task id is verified once."""
    with bench.system.work() as work:
        reading.verify(work, str(fact.details["task_id"]))


def report_pdf(bench: Bench, fact: FactRow) -> None:
    """Print the signed report with the addenda it has by now.

    Repeat-safe by: the key is the paper's SHA-256 below `reports/<report id>/`, the same text gives the same bytes, and
    `pdf_made` announces a paper once and never goes back to an older one.
    """
    with bench.system.read() as work:
        document = reporting.queries.document(work, fact.subject_id)
    paper = pdf.render(document)
    digest = sha256_hex(paper)
    key = f"reports/{fact.subject_id}/{digest}.pdf"
    bench.system.blobs.put(key, paper)
    with bench.system.work() as work:
        reporting.pdf_made(work, fact.subject_id, key, digest, len(document.addenda))


def paper_pdf(bench: Bench, fact: FactRow) -> None:
    """Print a signed opinion, conclusion or summary.

    Repeat-safe by: the key is the PDF's SHA-256 below `papers/<paper id>/`, the same paper gives the same bytes, and
    `paper_printed` announces it once.
    """
    with bench.system.read() as work:
        document = reporting.queries.paper_document(work, fact.subject_id)
    paper = pdf_paper.render(document)
    digest = sha256_hex(paper)
    key = f"papers/{fact.subject_id}/{digest}.pdf"
    bench.system.blobs.put(key, paper)
    with bench.system.work() as work:
        reporting.paper_printed(work, fact.subject_id, key, digest)
