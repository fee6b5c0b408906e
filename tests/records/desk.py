"""What tests of tasks and reports say often: who does what, what is refused, how things stand."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.reading.tables import TaskRow
from teleconsult.records import journal
from teleconsult.reporting import Ed25519Signer, Keyring, queries
from teleconsult.reporting.tables import ReportRow
from tests.builders import Alliance

SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
RING = Keyring(SIGNER.public_key)
TEXT = {"findings": "双肺清晰。", "impression": "未见异常。", "advice": "定期复查。"}


def does(alliance: Alliance, login: str, action: Any, *given: Any) -> Any:
    """Let somebody do something in a transaction of its own."""
    actor = alliance.people[login]
    with alliance.system.work(actor) as work:
        return action(work, actor, *given)


def view(alliance: Alliance, login: str, report_id: str) -> queries.ReportView:
    with alliance.system.read() as work:
        return queries.report(work, alliance.people[login], report_id)


def refused(code: str, meaning: Meaning = Meaning.CONFLICT) -> Any:
    return pytest.raises(Refused, check=lambda error: (error.code, error.meaning) == (code, meaning))


def facts(alliance: Alliance) -> list[str]:
    with alliance.system.read() as work:
        return [fact.name for fact in journal.facts_after(work, 0, 1000) if fact.subject in ("task", "report")]


def state_of(alliance: Alliance, report: ReportRow) -> tuple[str, str]:
    with alliance.system.read() as work:
        return work.get(ReportRow, report.id).state, work.get(TaskRow, report.task_id).state
