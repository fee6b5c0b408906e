"""Insert a row unless it is there: the race between two is decided by the database, not by looking first."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from teleconsult.records.schema import Base


def table_of(kind: type[Base]) -> Table:
    """The table behind a row class, for statements that are built once and run for every row."""
    table = kind.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{kind.__name__} is no plain table")
    return table


def insert_new(session: Session, kind: type[Base], values: Mapping[str, Any], *unique: str) -> bool:
    """Whether the row was inserted; False where one with the same `unique` columns is there.

    On PostgreSQL it waits for a transaction that is inserting the same, so that afterwards the winner's row is visible.
    """
    statement = _statement(kind, unique, session.get_bind().dialect.name)
    return session.execute(statement, dict(values)).first() is not None


def insert_many(session: Session, kind: type[Base], rows: Sequence[Mapping[str, Any]], *unique: str) -> set[str]:
    """As `insert_new` for each of `rows`, in their order and in as few statements as the database takes; the ids of those inserted."""
    statement = _statement(kind, unique, session.get_bind().dialect.name)
    return {row[0] for row in session.execute(statement, [dict(row) for row in rows])}


@lru_cache
def _statement(kind: type[Base], unique: tuple[str, ...], dialect: str) -> Executable:
    table = table_of(kind)
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing(index_elements=list(unique)).returning(*table.primary_key.columns)
