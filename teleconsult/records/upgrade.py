"""Bring a database to the present tables."""

from sqlalchemy import Engine

from teleconsult.records.schema import Base


def upgrade(engine: Engine) -> None:
    """Make what is missing. Safe to repeat; one process at a time."""
    Base.metadata.create_all(engine)
