"""The JSON API: one module per context's face. Handlers parse, call one action or query, present."""

from teleconsult.web.api import admin, audit, health, notices, session

BLUEPRINTS = (session.api, admin.api, notices.api, audit.api, health.api)
