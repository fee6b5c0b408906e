"""Lists read page by page. A list is made of shelves, one after the other, each with an order of its own."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, literal, true, tuple_

from teleconsult.kernel.errors import invalid
from teleconsult.records.schema import Instant
from teleconsult.records.work import Work

Key = str | int | datetime

FAR: Final = literal(datetime(9999, 1, 1, tzinfo=UTC), Instant())
"""Stands for "no time": sorts behind every moment."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The rows that `holds` is true of, by `key`: all ascending or all descending. The last column of a key is unique."""

    name: str
    holds: ColumnElement[bool]
    key: tuple[Any, ...]
    descending: bool = False


def page(
    work: Work, statement: Select[Any], shelves: Sequence[Shelf], cursor: str | None, limit: int
) -> tuple[Sequence[Any], str | None]:
    """Up to `limit` rows behind `cursor`, and the cursor behind them; None at the end of the list.

    Behind its own columns a row has those of its key. A cursor names a place in the order and no number of rows, so it stays good
    while rows come and go. INVALID `cursor.invalid`.
    """
    at, after = _read(cursor, shelves) if cursor else (0, ())
    found: list[tuple[Shelf, Row[Any]]] = []
    for shelf in shelves[at:]:
        some = _some(statement, shelf, after).limit(limit + 1 - len(found))
        found += [(shelf, row) for row in work.session.execute(some)]
        if len(found) > limit:
            break
        after = ()
    more = _write(*found[limit - 1]) if len(found) > limit else None
    return [row for _, row in found[:limit]], more


def _some(statement: Select[Any], shelf: Shelf, after: Sequence[Key]) -> Select[Any]:
    keys = [column.label(f"place_{number}") for number, column in enumerate(shelf.key)]
    order = [column.desc() if shelf.descending else column.asc() for column in shelf.key]
    return statement.add_columns(*keys).where(shelf.holds, _beyond(shelf, after)).order_by(*order)


def _beyond(shelf: Shelf, after: Sequence[Key]) -> ColumnElement[bool]:
    if not after:
        return true()
    there = tuple_(*(literal(value, column.type) for value, column in zip(after, shelf.key, strict=True)))
    here = tuple_(*shelf.key)
    return here < there if shelf.descending else here > there


def _write(shelf: Shelf, row: Row[Any]) -> str:
    key = [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in row[-len(shelf.key) :]]
    return base64.urlsafe_b64encode(json.dumps([shelf.name, *key]).encode()).decode()


def _read(cursor: str, shelves: Sequence[Shelf]) -> tuple[int, Sequence[Key]]:
    try:
        name, *spelt = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        at = [shelf.name for shelf in shelves].index(name)
        key = [_value(one) for one in spelt]
        if [type(one) for one in key] != [_kind(column) for column in shelves[at].key]:
            raise ValueError("no place in this list")
    except (ValueError, TypeError, KeyError, binascii.Error) as error:
        raise invalid("cursor.invalid", str(error)) from error
    return at, key


def _kind(column: Any) -> type:
    return datetime if isinstance(column.type, Instant) else column.type.python_type


def _value(spelt: Any) -> Key:
    if isinstance(spelt, dict):
        moment = datetime.fromisoformat(spelt["at"])
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        return moment
    if isinstance(spelt, bool) or not isinstance(spelt, (str, int)) or (isinstance(spelt, str) and "\0" in spelt):
        raise ValueError("no key")
    return spelt
