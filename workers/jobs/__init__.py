"""The table of jobs: the names that `teleconsult.subscriptions` uses, and what they do."""

from collections.abc import Mapping
from typing import Final

from workers.bench import Job
from workers.jobs import (
    commitments,
    criticals,
    doubts,
    lines,
    meetings,
    notices,
    orders,
    papers,
    prepare,
    rejections,
    returning,
    rooms,
    routing,
)

JOBS: Final[Mapping[str, Job]] = {
    "prepare": prepare.run,
    "match_study": orders.match_study,
    "match_order": orders.match_order,
    "hasten_task": orders.hasten_task,
    "route": routing.route,
    "route_waiting": routing.route_waiting,
    "mark_late": routing.mark_late,
    "verify_task": papers.verify_task,
    "report_pdf": papers.report_pdf,
    "paper_pdf": papers.paper_pdf,
    "return_report": returning.return_report,
    "check_line": lines.check_line,
    "report_commitment": commitments.report_commitment,
    "notify_critical": criticals.notify_critical,
    "tell_cases": doubts.tell_cases,
    "notify_county": notices.notify_county,
    "notify_site": notices.notify_site,
    "reject": rejections.reject,
    "redraw": rejections.redraw,
    "notify_readers": rejections.notify_readers,
    "notify_restored": rejections.notify_restored,
    "notify_keepers": rejections.notify_keepers,
    "media_follows": rooms.media_follows,
    "share_with_meetings": meetings.share_with_meetings,
}
