"""The demo's alliance is founded through the product's own actions, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from teleconsult.access import SYSTEM, Role, actor_by_login, queries
from teleconsult.demo import cast
from teleconsult.demo.seed import LOCAL, seed
from teleconsult.records.tables import FactRow
from teleconsult.records.upgrade import upgrade
from teleconsult.settings import Settings
from teleconsult.system import System, build


def empty(home: Path) -> System:
    system = build(Settings(home=home))
    upgrade(system.store.engine)
    return system


def test_every_role_of_the_product_has_a_login(tmp_path: Path) -> None:
    system = empty(tmp_path)

    added = seed(system)

    assert added == len(cast.SITES) + len(cast.senders()) + len(cast.AGREEMENTS) + len(cast.PEOPLE)
    with system.read(SYSTEM) as work:
        roles = {grant.role for person in cast.PEOPLE for grant in actor_by_login(work, person.login).grants}
        assert roles == set(Role)
        assert {peer.ae_title: peer.address for peer in queries.peers(work, SYSTEM)} == {
            str(site.ae_title): LOCAL for site in cast.senders()
        }


def test_seeding_again_adds_nothing_and_records_nothing(tmp_path: Path) -> None:
    system = empty(tmp_path)
    seed(system)

    def facts() -> int:
        with system.read(SYSTEM) as work:
            return int(work.session.scalar(select(func.count()).select_from(FactRow)) or 0)

    before = facts()

    assert seed(system) == 0
    assert facts() == before


def test_what_is_missing_is_added_to_an_alliance_that_was_only_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = empty(tmp_path)
    with monkeypatch.context() as begun:
        begun.setattr(cast, "PEOPLE", cast.PEOPLE[:3])
        seed(system)

    assert seed(system) == len(cast.PEOPLE) - 3
