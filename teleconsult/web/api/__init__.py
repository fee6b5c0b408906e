"""The JSON API: one module per context's face. Handlers parse, call one action or query, present."""

from teleconsult.web.api import (
    admin,
    arrivals,
    attachments,
    audit,
    boards,
    cases,
    consultations,
    criticals,
    desk,
    experts,
    follow_ups,
    gateways,
    health,
    lines,
    identity,
    keeping,
    meeting_items,
    meetings,
    notices,
    orders,
    papers,
    recordings,
    referrals,
    reports,
    rooms,
    session,
    studies,
    tasks,
    uploads,
    worklist,
)

BLUEPRINTS = (
    session.api, worklist.api, tasks.api, reports.api, studies.api, arrivals.api, notices.api, admin.api, audit.api, cases.api, attachments.api, criticals.api, papers.api,
    consultations.api, experts.api, rooms.api, recordings.api, desk.api, referrals.api, follow_ups.api, boards.api, meetings.api, meeting_items.api, uploads.api, gateways.api, orders.api, identity.api, keeping.api, lines.api, health.api,
)  # fmt: skip
