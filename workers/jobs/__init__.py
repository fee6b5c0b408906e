"""The table of jobs: the names that `teleconsult.subscriptions` uses, and what they do."""

from collections.abc import Mapping
from typing import Final

from workers.bench import Job
from workers.jobs import criticals, doubts, meetings, notices, papers, prepare, returning, rooms, routing

JOBS: Final[Mapping[str, Job]] = {
    "prepare": prepare.run,
    "route": routing.route,
    "route_waiting": routing.route_waiting,
    "mark_late": routing.mark_late,
    "verify_task": papers.verify_task,
    "report_pdf": papers.report_pdf,
    "paper_pdf": papers.paper_pdf,
    "return_report": returning.return_report,
    "notify_critical": criticals.notify_critical,
    "tell_cases": doubts.tell_cases,
    "notify_county": notices.notify_county,
    "notify_site": notices.notify_site,
    "media_follows": rooms.media_follows,
    "share_with_meetings": meetings.share_with_meetings,
}
