"""Signed reports on their way back to the PACS of the hospital that asked: what is owed to whom, and the receipt."""

from dataclasses import dataclass

from sqlalchemy import select

from teleconsult.access import SYSTEM, shares_of
from teleconsult.access.destinations import Destination, report_destinations
from teleconsult.access.rights import ORIGIN
from teleconsult.imaging import StudyRow
from teleconsult.imaging.queries import study_detail
from teleconsult.records import FactRow
from teleconsult.records.work import Work
from teleconsult.reporting import facts
from teleconsult.reporting.document import ReportDocument
from teleconsult.reporting.loading import hold
from teleconsult.reporting.queries.paper import document
from teleconsult.reporting.tables import ReportRow


@dataclass(frozen=True, slots=True)
class Owed:
    """A report with its study, the key of its paper, and the peers that do not have this paper yet."""

    document: ReportDocument
    study: StudyRow
    paper_key: str
    to: tuple[Destination, ...]


def owed(work: Work, report_id: str, sha256: str) -> Owed | None:
    """None when the paper of that digest is no longer the latest (a later one is owed by itself), or everybody has it."""
    report = work.get(ReportRow, report_id)
    if report.pdf_key is None or report.pdf_sha256 != sha256:
        return None
    asking = {share.site_id for share in shares_of(work, report.study_id) if share.why == ORIGIN}
    have = _have(work, report_id, sha256)
    wanted = (each for site_id in sorted(asking) for each in report_destinations(work, site_id))
    to = tuple(each for each in wanted if each.peer.id not in have)
    if not to:
        return None
    return Owed(document(work, report_id), study_detail(work, SYSTEM, report.study_id).study, report.pdf_key, to)


def returned(work: Work, report_id: str, to: Destination, sha256: str) -> None:
    """The peer has stored paper and text. Told once for each peer and paper."""
    if to.peer.id not in _have(work, report_id, sha256):
        held = hold(work, report_id)
        work.record(facts.report_returned(held.report, held.both, to.peer.id, to.peer.ae_title, sha256))


def _have(work: Work, report_id: str, sha256: str) -> set[str]:
    told = select(FactRow.details).where(
        FactRow.subject == "report", FactRow.subject_id == report_id, FactRow.name == "ReportReturned"
    )
    return {str(each["peer_id"]) for each in work.session.scalars(told) if each["sha256"] == sha256}
