"""Reading tasks: opened by agreement, claimed under a lease, due at a time."""

from teleconsult.reading import queries
from teleconsult.reading.actions import (
    LEASE,
    answer,
    cancel,
    claim,
    extend,
    hasten,
    heartbeat,
    lapse,
    late_seen,
    load,
    load_of,
    mark_late,
    release,
    return_to_site,
    send_back,
    submit,
    verify,
)
from teleconsult.reading.lifecycle import RETURN_REASONS, TASK
from teleconsult.reading.opening import open_for, open_waiting
from teleconsult.reading.queries import Named, TaskView
from teleconsult.reading.tables import TaskRow

__all__ = [
    "LEASE", "RETURN_REASONS", "TASK", "Named", "TaskRow", "TaskView", "answer", "cancel", "claim", "extend", "hasten", "heartbeat", "lapse", "late_seen",
    "load", "load_of", "mark_late", "open_for", "open_waiting", "queries", "release", "return_to_site", "send_back", "submit", "verify",
]  # fmt: skip
