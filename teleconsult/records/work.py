"""One unit of work is one transaction: load, change by compare-and-set, record what happened, commit."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import CursorResult, Engine, create_engine, insert, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from teleconsult.kernel.clock import Clock
from teleconsult.kernel.errors import absent, busy, conflict
from teleconsult.kernel.facts import Fact
from teleconsult.kernel.values import canonical_json, new_id
from teleconsult.records import sqlite
from teleconsult.records.schema import Base, Identified, Versioned
from teleconsult.records.tables import DeliveryRow, FactRow

_ON_SOLID_STATE = "-c random_page_cost=1.1"
"""PostgreSQL's default (4) is of turning disks: with it a page of the worklist reads whole tables instead of looking up what it shows."""

Row = TypeVar("Row", bound=Identified)


class By(Protocol):
    """Whoever acts, as far as the journal writes it down."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def site_id(self) -> str | None: ...


class Work:
    """One transaction. `now` stands still for its length; `actor` is who is written into every fact."""

    def __init__(self, session: Session, now: datetime, actor: By, store: "Store") -> None:
        self.session = session
        self.now = now
        self.actor = actor
        self._store = store
        self.recorded = 0

    def get(self, kind: type[Row], key: str) -> Row:
        """The row, or ABSENT with the code `<noun>.absent`."""
        row = self.session.get(kind, key)
        if row is None:
            raise absent(f"{kind.__name__.removesuffix('Row').lower()}.absent", key)
        return row

    def add(self, row: Base) -> None:
        self.session.add(row)
        self.session.flush()

    def keep(self, row: Versioned, **changes: Any) -> None:
        """Write `changes` if nobody else has since the row was read; CONFLICT `version.stale` otherwise."""
        kind = type(row)
        changes["version"] = row.version + 1
        statement = update(kind).where(kind.id == row.id, kind.version == row.version).values(**changes)
        outcome = self.session.execute(statement, execution_options={"synchronize_session": False})
        if not isinstance(outcome, CursorResult) or outcome.rowcount != 1:
            raise conflict("version.stale", f"{kind.__name__} {row.id} has changed since version {row.version}")
        for name, value in changes.items():
            set_committed_value(row, name, value)

    def record(self, fact: Fact, by: By | None = None) -> int:
        """Write the fact and one delivery for each subscriber; its place in the journal is returned."""
        actor = by or self.actor
        written: dict[str, Any] = {
            "id": new_id(), "name": fact.name, "subject": fact.subject, "subject_id": fact.subject_id, "version": fact.version,
            "study_id": fact.study_id, "case_id": fact.case_id, "sites": list(fact.sites), "details": dict(fact.details), "at": self.now,
            "actor_id": actor.id, "actor_name": actor.name, "actor_site": actor.site_id,
        }  # fmt: skip
        written["mac"] = fact_mac(self._store.key, written)
        seq = self.session.execute(insert(FactRow).values(**written).returning(FactRow.seq)).scalar_one()
        owed = [
            {"id": new_id(), "fact_seq": seq, "job": job, "state": "due", "next_try": self.now, "tries": 0}
            for job in self._store.jobs_for(fact.name)
        ]
        if owed:
            self.session.execute(insert(DeliveryRow), owed)
        self.recorded += 1
        return seq


def fact_mac(key: bytes, written: Mapping[str, Any]) -> str:
    """Ties a fact's content to the key that is kept outside the database, so that a row forged inside it shows.

    A fact of no case is digested without the field: so were those written before there were cases.
    """
    content = {**written, "at": written["at"].isoformat(timespec="microseconds")}
    if content.get("case_id") is None:
        content.pop("case_id", None)
    return hmac.new(key, canonical_json(content), hashlib.sha256).hexdigest()


class Store:
    """The database, opened once per process. Threads share it."""

    def __init__(self, engine: Engine, clock: Clock, subscriptions: Mapping[str, tuple[str, ...]], key: bytes) -> None:
        self.engine = engine
        self.clock = clock
        self.key = key
        self.on_commit: Callable[[], None] = lambda: None
        self._subscriptions = subscriptions
        # PostgreSQL gives every statement a snapshot of its own unless told to keep one for the transaction.
        one_snapshot = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._reading = {"writes": False, **one_snapshot}

    def jobs_for(self, fact_name: str) -> tuple[str, ...]:
        return self._subscriptions.get(fact_name, ())

    @contextmanager
    def work(self, actor: By) -> Iterator[Work]:
        """A write transaction: committed at the end of the block, undone by any exception.

        BUSY `database.busy` when the database can't be reached or its lock not be had in five seconds.
        """
        with self._session(writes=True) as session:
            work = Work(session, self.clock.now(), actor, self)
            yield work
            with _database_faults():
                session.commit()
        if work.recorded:
            self.on_commit()

    @contextmanager
    def read(self, actor: By) -> Iterator[Work]:
        """A read transaction: one snapshot, nothing written."""
        with self._session(writes=False) as session:
            yield Work(session, self.clock.now(), actor, self)

    def learn(self) -> None:
        """Let SQLite look at how its tables have grown, so that it goes on choosing the right index; PostgreSQL does so by itself.

        Quick: it looks at a few hundred rows of each index. BUSY `database.busy`. Repeats safely.
        """
        if self.engine.dialect.name != "sqlite":
            return
        with _database_faults(), self.engine.connect().execution_options(writes=True) as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit=400")
            connection.exec_driver_sql("ANALYZE")
            connection.commit()

    @contextmanager
    def _session(self, writes: bool) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False, autoflush=True) as session:
            with _database_faults():
                session.connection(execution_options={"writes": writes} if writes else self._reading)
            with _database_faults():
                yield session


@contextmanager
def _database_faults() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise busy("database.busy", str(error.orig)) from error
    except PoolTimeout as error:  # more at once than there are connections
        raise busy("database.busy", str(error)) from error


def open_store(url: str, clock: Clock, subscriptions: Mapping[str, tuple[str, ...]], key: bytes) -> Store:
    """Open the database at `url` (sqlite or postgresql+psycopg). Makes no tables: see `records.migrate`."""
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=32, max_overflow=64, connect_args={"check_same_thread": False})
        sqlite.prepare(engine)
    else:
        engine = create_engine(
            url,
            pool_size=8,
            max_overflow=24,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "options": _ON_SOLID_STATE},
        )
    return Store(engine, clock, subscriptions, key)
