"""What the migrations make is what the code says, on both databases."""

import threading

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import teleconsult.system  # noqa: F401 (names every table)
from teleconsult.kernel.clock import SystemClock
from teleconsult.records import open_store
from teleconsult.records.schema import Base
from teleconsult.records.upgrade import configuration, upgrade


def test_a_migrated_database_has_exactly_the_tables_of_the_code(bare_database_url: str) -> None:
    store = open_store(bare_database_url, SystemClock(), {}, b"k")
    upgrade(store.engine)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
        checks = {
            (table, found["name"])
            for table in Base.metadata.tables
            for found in inspect(connection).get_check_constraints(table)
        }
    store.engine.dispose()
    assert differences == []
    declared = {
        (table.name, str(constraint.name))
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert {found for found in checks if found[1]} == declared


def test_upgrading_twice_and_at_once_is_no_harm(bare_database_url: str) -> None:
    store = open_store(bare_database_url, SystemClock(), {}, b"k")
    threads = [threading.Thread(target=upgrade, args=(store.engine,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    upgrade(store.engine)
    with store.engine.connect() as connection:
        reached = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
        assert sorted(reached) == sorted(ScriptDirectory.from_config(configuration(connection)).get_heads())
        assert "reports" in inspect(connection).get_table_names()
    store.engine.dispose()
