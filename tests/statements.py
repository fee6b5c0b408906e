"""Almost every test has a database of its own and so an engine of its own; what they all say to it is worked out once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_MOST = 2000


def compile_once() -> None:
    """From now on all engines of one kind share their compiled statements, as all of a running process do with its one engine.

    SQLAlchemy keeps them by engine and by dialect. Dialects of one class that speak to one version are equal here: nothing
    else of them is in a statement, for `records.open_store` makes them all alike.
    """
    shared: dict[type, LRUCache[Any, Any]] = {}
    make = Engine.__init__

    def made(engine: Engine, *given: Any, **named: Any) -> None:
        make(engine, *given, **named)
        if engine._compiled_cache is not None:  # noqa: SLF001 (else it wants none)
            engine._compiled_cache = shared.setdefault(type(engine.dialect), LRUCache(_MOST))  # noqa: SLF001

    Engine.__init__ = made  # type: ignore[assignment, method-assign]
    DefaultDialect.__hash__ = _hash  # type: ignore[assignment, method-assign]
    DefaultDialect.__eq__ = _alike  # type: ignore[assignment, method-assign]


def _kind(dialect: DefaultDialect) -> tuple[object, ...]:
    return type(dialect), getattr(dialect, "server_version_info", None)


def _hash(dialect: DefaultDialect) -> int:
    return hash(_kind(dialect))


def _alike(dialect: DefaultDialect, other: object) -> bool:
    return isinstance(other, DefaultDialect) and _kind(dialect) == _kind(other)
