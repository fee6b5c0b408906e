"""The JSON API: one module per context's face. Handlers parse, call one action or query, present."""

from teleconsult.web.api import (
    admin,
    arrivals,
    attachments,
    audit,
    cases,
    health,
    notices,
    reports,
    session,
    studies,
    tasks,
    worklist,
)

BLUEPRINTS = (
    session.api, worklist.api, tasks.api, reports.api, studies.api, arrivals.api, notices.api, admin.api, audit.api, cases.api, attachments.api, health.api,
)  # fmt: skip
