"""A small alliance in an empty database: what most tests begin with.

One city hospital that reads (`city`), two counties that ask (`county_a`, `county_b`), a township below the first
(`township`). Each county has a scanner on this machine; `FAR_AWAY` may only call from another network. One person holds
each role; their logins are the keys of `Alliance.people`.
"""

from __future__ import annotations

import functools
import secrets
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

from argon2 import PasswordHasher

from teleconsult.access import (
    SYSTEM,
    Actor,
    Grant,
    Role,
    Title,
    actor_by_login,
    add_agreement,
    add_peer,
    add_person,
    add_site,
)
from teleconsult.access import people as access_people
from teleconsult.access.passwords import hashed
from teleconsult.kernel.clock import Clock, FixedClock, SystemClock
from teleconsult.records import Work
from teleconsult.records.upgrade import upgrade
from teleconsult.settings import Settings
from teleconsult.system import System, build

DATABASE = "teleconsult.db"
SITES = (
    ("city", "示例市医院", "city"),
    ("county_a", "示例一县医院", "county"),
    ("county_b", "示例二县医院", "county"),
    ("township", "示例镇卫生院", "township"),
)
PEERS = (
    ("SCANNER_A", "127.0.0.1", "county_a"),
    ("SCANNER_B", "127.0.0.1", "county_b"),
    ("FAR_AWAY", "10.99.0.0/16", "county_a"),
)
PEOPLE = (
    ("reader", "测试读片医师", Title.RESIDENT, "city", Role.RADIOLOGIST),
    ("reader2", "测试读片医师二", Title.RESIDENT, "city", Role.RADIOLOGIST),
    ("reviewer", "测试审核医师", Title.ASSOCIATE_CHIEF, "city", Role.REVIEWER),
    ("coordinator", "测试协调员", Title.NONE, "city", Role.COORDINATOR),
    ("doctor_a", "测试县医生甲", Title.ATTENDING, "county_a", Role.COUNTY_DOCTOR),
    ("technician_a", "测试技师甲", Title.TECHNICIAN, "county_a", Role.TECHNOLOGIST),
    ("doctor_b", "测试县医生乙", Title.ATTENDING, "county_b", Role.COUNTY_DOCTOR),
    ("doctor_t", "测试镇医生", Title.RESIDENT, "township", Role.COUNTY_DOCTOR),
    ("administrator", "测试管理员", Title.NONE, "city", Role.ADMINISTRATOR),
    ("auditor", "测试审计员", Title.NONE, "city", Role.AUDITOR),
)


@dataclass(frozen=True, slots=True)
class Alliance:
    """Site ids by code, people as actors by login."""

    system: System
    sites: dict[str, str] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)


def some_settings(home: Path, database_url: str = "", **changes: Any) -> Settings:
    """Loopback, a free DICOM port, no settling time, nothing from the environment."""
    fixed: dict[str, Any] = {
        "home": home,
        "database_url": database_url,
        "dicom_host": "127.0.0.1",
        "dicom_port": 0,
        "settle_seconds": 0.2,
        "settle_stat_seconds": 0.1,
    }
    return Settings.from_env({}, **{**fixed, **changes})


def a_system(home: Path, database_url: str = "", clock: Clock | None = None, **changes: Any) -> System:
    """A system with tables and nobody in it. Dispose of `system.store.engine` at the end."""
    settings = some_settings(home, database_url, **changes)
    _keep_journal_key(home)
    if not database_url:
        (home / DATABASE).write_bytes(tables())
        return build(settings, clock)
    system = build(settings, clock)
    upgrade(system.store.engine)
    return system


@functools.cache
def tables() -> bytes:
    """A SQLite file with all tables and no rows: the migrations run once for all tests of a process."""
    with tempfile.TemporaryDirectory() as folder:
        system = build(some_settings(Path(folder)))
        upgrade(system.store.engine)
        return _closed(system)


_JOURNAL_KEY = secrets.token_hex(32)


def _keep_journal_key(home: Path) -> None:
    """The key that ties facts to an installation is one for all tests of a process, so that the facts of a copied alliance hold."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "keys").mkdir(exist_ok=True, mode=0o700)
    file = home / "keys" / "journal.key"
    if not file.exists():
        file.write_text(_JOURNAL_KEY)


def an_alliance(system: System, *, password: str | None = None) -> Alliance:
    """Fill an empty system. With a password everybody may log in with it. A new SQLite file is copied: filling takes longer than many a test."""
    file = Path(system.store.engine.url.database or "")
    stands = isinstance(system.clock, FixedClock)
    if system.store.engine.dialect.name != "sqlite" or not (stands or isinstance(system.clock, SystemClock)):
        return _filled(system, password)
    if not file.exists() or system.store.key.hex() != _JOURNAL_KEY or file.read_bytes() != tables():
        return _filled(system, password)
    rows, sites, people = _an_alliance_on_file(password, system.clock.now() if stands else None)
    system.store.engine.dispose()
    file.write_bytes(rows)
    return Alliance(system, dict(sites), dict(people))


@functools.cache
def _an_alliance_on_file(password: str | None, at: datetime | None) -> tuple[bytes, dict[str, str], dict[str, Actor]]:
    """A SQLite file with the alliance in it, made at that moment, or now."""
    with tempfile.TemporaryDirectory() as folder:
        made = _filled(a_system(Path(folder), clock=FixedClock(at) if at else None), password, _soon_checked)
        return _closed(made.system), made.sites, made.people


def _closed(system: System) -> bytes:
    """All that a SQLite system holds; it is closed with that."""
    with system.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    system.store.engine.dispose()
    return (system.settings.home / DATABASE).read_bytes()


_hashed = functools.cache(hashed)
_soon_checked = functools.cache(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash)
"""Argon2id like the other, which is for whatever runs as processes, but without its 20 ms at every login of a test."""


def _filled(system: System, password: str | None, keep: Callable[[str], str] = _hashed) -> Alliance:
    with system.work() as work, mock.patch.object(access_people, "hashed", keep):
        sites = _sites(work)
        for ae_title, address, site in PEERS:
            add_peer(work, SYSTEM, ae_title, address, sites[site])
        for county in ("county_a", "county_b"):
            add_agreement(work, SYSTEM, sites[county], sites["city"])
        for login, name, title, site, role in PEOPLE:
            add_person(
                work, SYSTEM, login, name, title, sites[site], [Grant(role, _scope(role, sites[site]))], password
            )
    with system.read() as work:
        people = {login: actor_by_login(work, login) for login in _logins(PEOPLE)}
    return Alliance(system, sites, people)


def _sites(work: Work) -> dict[str, str]:
    ids: dict[str, str] = {}
    for code, name, level in SITES:
        parent = {"city": None, "township": ids.get("county_a")}.get(code, ids.get("city"))
        ids[code] = add_site(work, SYSTEM, code, name, level, parent).id
    return ids


def _scope(role: Role, site_id: str) -> str | None:
    return None if role in (Role.ADMINISTRATOR, Role.AUDITOR) else site_id


def _logins(people: Iterable[tuple[Any, ...]]) -> list[str]:
    return [str(person[0]) for person in people]
