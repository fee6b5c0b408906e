"""The database learns how its tables have grown, so that an archive of years is searched by the right index."""

from pathlib import Path

from sqlalchemy import text

from tests.bench.archive import fill
from tests.builders import a_system, an_alliance


def test_tables_that_grew_are_looked_at_and_a_search_takes_the_narrow_index(tmp_path: Path) -> None:
    system = a_system(tmp_path / "home")
    fill(an_alliance(system), 300)  # learns at its end
    with system.store.engine.connect() as connection:
        known = set(connection.execute(text("SELECT DISTINCT tbl FROM sqlite_stat1")).scalars())
        plan = connection.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT id FROM studies WHERE accession = 'A000000007' ORDER BY arrived_at DESC LIMIT 50"
            )
        ).all()
    assert {"studies", "series", "instances", "shares", "study_names"} <= known
    assert any("ix_studies_by_accession" in row[3] for row in plan)
    system.store.learn()
    system.store.engine.dispose()
