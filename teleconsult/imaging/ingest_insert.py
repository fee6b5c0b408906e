"""Insert a row unless it is there: the race between two arrivals is decided by the database, not by looking first."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from teleconsult.records.schema import Identified


def insert_new(session: Session, kind: type[Identified], values: Mapping[str, Any], *unique: str) -> bool:
    """Whether the row was inserted; False where one with the same `unique` columns is there.

    On PostgreSQL it waits for a transaction that is inserting the same, so that afterwards the winner's row is visible.
    """
    table: Table = inspect(kind).local_table  # type: ignore[assignment]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=list(unique))
    return session.execute(statement.returning(table.c.id)).first() is not None
