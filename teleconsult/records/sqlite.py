"""How SQLite is opened and how a writer waits its turn.

SQLite's own busy handler sleeps longer and longer, which starves short writers beside long ones. Waiting is therefore ours: try
again after 0.3–2 ms of jitter, for five seconds at most (`docs/why/journal.md`).
"""

import random
import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

WAIT_SECONDS = 5.0


def prepare(engine: Engine) -> None:
    """Make every connection durable (WAL, synchronous=FULL) and every transaction begin as it says it will."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours, not the driver's
    for pragma in (
        "busy_timeout=5000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-16000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    if not connection.get_execution_options().get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        _begin_immediate(connection)
    finally:
        connection.exec_driver_sql("PRAGMA busy_timeout=5000")


def _begin_immediate(connection: Connection) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except OperationalError as error:
            if "locked" not in str(error.orig) or time.monotonic() > deadline:
                raise
        time.sleep(random.uniform(0.0003, 0.002))  # noqa: S311 (jitter, no secret)
