"""A database that was filled before there were cases: nothing is lost, nothing means anything else, its audit still holds."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, text

from teleconsult import access
from teleconsult.access import Actor, Grant, Role
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import Json, canonical_json
from teleconsult.records import Store, audit, open_store
from teleconsult.records.upgrade import configuration, upgrade

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
KEY = b"k"
FACT: dict[str, Json] = {
    "id": "f" * 32, "name": "StudyArrived", "subject": "study", "subject_id": "s", "version": 1, "study_id": "s", "sites": ["a"],
    "details": {"n": 1}, "at": AT.isoformat(timespec="microseconds"), "actor_id": "x", "actor_name": "x", "actor_site": None,
}  # fmt: skip
MAC = hmac.new(KEY, canonical_json(FACT), hashlib.sha256).hexdigest()
"""As every fact was digested before there were cases."""


def test_shares_roles_and_facts_from_before_cases_stay_what_they_were(bare_database_url: str, tmp_path: Path) -> None:
    store = open_store(bare_database_url, FixedClock(AT), {}, KEY)
    with store.engine.connect().execution_options(writes=True) as connection, connection.begin():
        command.upgrade(configuration(connection), "0007")
        _fill(connection)
    upgrade(store.engine)
    _look(store, tmp_path / "seals.log")
    store.engine.dispose()


def _fill(connection: Connection) -> None:
    at = "2026-11-21 08:00:00.000000" + ("+00" if connection.dialect.name == "postgresql" else "")
    connection.execute(
        text("INSERT INTO sites (id, version, code, name, level, created_at) VALUES ('a',1,'a','示例a','county',:at)"),
        {"at": at},
    )
    connection.execute(
        text(
            "INSERT INTO people (id, version, login, name, title, language, disabled, failures, created_at)"
            " VALUES ('p',1,'p','测试','chief','zh-CN',false,0,:at)"
        ),
        {"at": at},
    )
    connection.execute(text("INSERT INTO grants (id, person_id, role, site_id) VALUES ('g','p','county_doctor','a')"))
    connection.execute(
        text("INSERT INTO shares (id, study_id, site_id, why, opened_at) VALUES ('h','s','a','origin',:at)"), {"at": at}
    )
    connection.execute(
        text(
            "INSERT INTO facts (id, name, subject, subject_id, version, study_id, sites, details, at, actor_id, actor_name, mac)"
            " VALUES (:id,'StudyArrived','study','s',1,'s',:sites,:details,:at,'x','x',:mac)"
        ),
        {"id": FACT["id"], "at": at, "mac": MAC, "sites": '["a"]', "details": '{"n": 1}'},
    )


def _look(store: Store, log: Path) -> None:
    doctor = Actor("p", "p", grants=frozenset({Grant(Role.COUNTY_DOCTOR, "a")}))
    with store.work(doctor) as work:
        assert access.grants_of(work, "p") == doctor.grants
        access.permit_study(work, doctor, "study.images", "s")
        access.open_share(work, "s", "a", "origin")
        assert len(access.shares_of(work, "s")) == 1
        work.record(Fact("CaseOpened", "case", "c", 1, case_id="c"))
        audit.seal(work)
    with store.read(doctor) as work:
        assert [found.code for found in audit.verify(work, log, KEY)] == []
    with store.work(doctor) as work:
        work.session.execute(text("UPDATE facts SET case_id = 'other' WHERE subject = 'case'"))
    with store.read(doctor) as work:
        assert [found.code for found in audit.verify(work, log, KEY)] == ["fact_changed"]
