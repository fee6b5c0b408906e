"""What all tables share: the declarative base, column types, naming."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

Id = String(32)
"""An identifier made by `kernel.values.new_id`."""

JsonCol = JSON().with_variant(postgresql.JSONB(), "postgresql")

Counter = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
"""A number that the database counts up. SQLite counts only plain INTEGER."""


class Instant(TypeDecorator[datetime]):
    """A moment: aware, UTC, to the microsecond. SQLite has no zones, so there it is kept as UTC without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table's base. Constraints get sentences for names by hand; keys and indexes get these by default."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Instant, dict[str, Any]: JsonCol, list[str]: JsonCol}


class Identified:
    """A row with an identifier of its own."""

    id: Mapped[str] = mapped_column(Id, primary_key=True)


class Versioned(Identified):
    """A row that changes only by `Work.keep`, which compares and counts `version`."""

    version: Mapped[int] = mapped_column(Integer, default=1)
