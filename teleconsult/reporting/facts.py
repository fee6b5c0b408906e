"""What happens to reports. A change of state is told by one fact that carries the version; saving a draft tells nobody."""

from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json
from teleconsult.reporting.tables import PaperRow, ReportRow


def _of(name: str, report: ReportRow, sites: tuple[str, ...], **details: Json) -> Fact:
    details = {"state": report.state, "task_id": report.task_id, **details}
    return Fact(name, "report", report.id, report.version, report.study_id, sites, details)


def report_drafted(report: ReportRow, sites: tuple[str, ...], taken_over_from: str | None = None) -> Fact:
    """`taken_over_from`: the earlier reader whose text goes on, if any."""
    return _of("ReportDrafted", report, sites, author_id=report.author_id, taken_over_from=taken_over_from)


def report_submitted(report: ReportRow, sites: tuple[str, ...]) -> Fact:
    return _of("ReportSubmitted", report, sites, author_id=report.author_id)


def review_taken(report: ReportRow, sites: tuple[str, ...]) -> Fact:
    return _of("ReviewTaken", report, sites, reviewer_id=report.reviewer_id)


def review_released(report: ReportRow, sites: tuple[str, ...], reviewer_id: str) -> Fact:
    return _of("ReviewReleased", report, sites, reviewer_id=reviewer_id)


def review_lapsed(report: ReportRow, sites: tuple[str, ...], reviewer_id: str) -> Fact:
    return _of("ReviewLapsed", report, sites, reviewer_id=reviewer_id)


def report_given_back(report: ReportRow, sites: tuple[str, ...]) -> Fact:
    """The reason stays with the report: it is between author and reviewer, not for the study's timeline."""
    return _of("ReportGivenBack", report, sites, reviewer_id=report.returned_by_id)


def report_signed(report: ReportRow, sites: tuple[str, ...], sha256: str, key_id: str, images: int) -> Fact:
    return _of(
        "ReportSigned", report, sites, reviewer_id=report.reviewer_id, sha256=sha256, key_id=key_id, images=images
    )


def report_addended(report: ReportRow, sites: tuple[str, ...], number: int, sha256: str) -> Fact:
    return _of("ReportAddended", report, sites, number=number, sha256=sha256)


def report_ready(report: ReportRow, sites: tuple[str, ...]) -> Fact:
    """The paper of the report, with all addenda so far, can be fetched."""
    return _of("ReportReady", report, sites, sha256=report.pdf_sha256, addenda=report.pdf_addenda)


def report_returned(report: ReportRow, sites: tuple[str, ...], peer_id: str, to: str, sha256: str) -> Fact:
    """The PACS with the AE title `to` has stored the paper and the text of the report."""
    details: dict[str, Json] = {"task_id": report.task_id, "peer_id": peer_id, "to": to, "sha256": sha256}
    return Fact("ReportReturned", "report", report.id, 0, report.study_id, sites, details)


def report_read(report: ReportRow, sites: tuple[str, ...], site_id: str | None) -> Fact:
    return _unchanged("ReportRead", report, sites, site_id)


def report_downloaded(report: ReportRow, sites: tuple[str, ...], site_id: str | None) -> Fact:
    return _unchanged("ReportDownloaded", report, sites, site_id)


def _unchanged(name: str, report: ReportRow, sites: tuple[str, ...], site_id: str | None) -> Fact:
    """About a report that stays as it is, so without a version of its own."""
    details: dict[str, Json] = {"task_id": report.task_id, "site_id": site_id}
    return Fact(name, "report", report.id, 0, report.study_id, sites, details)


def paper_sealed(paper: PaperRow) -> Fact:
    """An opinion, a conclusion or a summary was signed; whose it is tells its own news besides."""
    return _paper("PaperSealed", paper, sha256=paper.sha256, key_id=paper.key_id)


def paper_ready(paper: PaperRow, sha256: str) -> Fact:
    return _paper("PaperReady", paper, sha256=sha256)


def paper_downloaded(paper: PaperRow, site_id: str | None) -> Fact:
    return _paper("PaperDownloaded", paper, site_id=site_id)


def _paper(name: str, paper: PaperRow, **details: Json) -> Fact:
    details = {"kind": paper.kind, "subject_id": paper.subject_id, "number": paper.number, **details}
    return Fact(name, "paper", paper.id, details=details, case_id=paper.case_id)
