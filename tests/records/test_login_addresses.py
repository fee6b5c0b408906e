"""Guesses from one address are limited, beside the lock of each account; one typist never holds a whole hospital."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from teleconsult import access
from teleconsult.access import ANYBODY, SYSTEM, Allowance, Grant, Role
from teleconsult.access.addresses import network_of
from teleconsult.access.tables import LoginAddressRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Refused
from teleconsult.records import FactRow, Store, open_store
from teleconsult.records.upgrade import upgrade

PASSWORD = "测试-2026-word"
HOSPITAL, ELSEWHERE = "203.0.113.7", "198.51.100.9"
ALLOWED = Allowance(failures=12, seconds=900)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 21, 8, 0, tzinfo=UTC))


@pytest.fixture
def store(database_url: str, clock: FixedClock) -> Iterator[Store]:
    store = open_store(database_url, clock, {}, b"k")
    upgrade(store.engine)
    with store.work(SYSTEM) as work:
        site = access.add_site(work, SYSTEM, "a", "示例一县医院", "county").id
        for login in ("typist", "colleague"):
            access.add_person(
                work, SYSTEM, login, f"测试{login}", "attending", site, [Grant(Role.COUNTY_DOCTOR, site)], PASSWORD
            )
    yield store
    store.engine.dispose()


WRONG = "wrong"


def says(store: Store, login: str, password: str = WRONG, address: str = HOSPITAL) -> str:
    """The code of the refusal, empty when signed in."""
    try:
        access.login(store, ANYBODY, login, password, f"{address} a test", 1800, address, ALLOWED)
    except Refused as refusal:
        return refusal.code
    return ""


def facts(store: Store, name: str) -> list[FactRow]:
    with store.read(SYSTEM) as work:
        return list(work.session.scalars(select(FactRow).where(FactRow.name == name)))


def test_guesses_at_many_logins_hold_the_address_even_against_the_right_password(store: Store) -> None:
    assert [says(store, f"guess{number}") for number in range(12)] == ["login.wrong"] * 12
    assert says(store, "colleague", PASSWORD) == "login.address_held"
    assert says(store, "colleague", PASSWORD, ELSEWHERE) == ""


def test_one_typist_locks_an_account_and_never_the_hospital(store: Store) -> None:
    codes = {says(store, "typist") for _ in range(40)}
    assert codes == {"login.wrong", "login.locked"}
    assert says(store, "colleague", PASSWORD) == ""


def test_one_misspelt_login_tried_for_ever_never_holds_the_hospital(store: Store) -> None:
    assert {says(store, "tpyist") for _ in range(40)} == {"login.wrong"}
    assert says(store, "colleague", PASSWORD) == ""


def test_the_while_slides_and_says_how_long(store: Store, clock: FixedClock) -> None:
    for number in range(12):
        says(store, f"guess{number}")
        clock.advance(60)
    with pytest.raises(Refused) as refusal:
        access.login(store, ANYBODY, "colleague", PASSWORD, "", 1800, HOSPITAL, ALLOWED)
    assert refusal.value.params == {"minutes": 3}
    clock.advance(3 * 60 + 1)
    assert says(store, "colleague", PASSWORD) == ""
    assert says(store, "guess99") == "login.wrong"
    assert says(store, "colleague", PASSWORD) == "login.address_held"


def test_what_holds_an_address_is_a_fact_and_what_is_refused_after_it_is_none(store: Store) -> None:
    for number in range(30):
        says(store, f"guess{number}")
    (held,) = facts(store, "AddressHeld")
    assert (held.subject_id, held.details["failures"]) == (HOSPITAL, 12)
    assert len(facts(store, "LoginFailed")) == 12


def test_guesses_at_once_all_count(store: Store) -> None:
    said: list[str] = []
    threads = [threading.Thread(target=lambda n=n: said.append(says(store, f"guess{n}"))) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["login.address_held"] * 18 + ["login.wrong"] * 12


def test_quiet_addresses_are_forgotten_and_no_login_is_kept(store: Store, clock: FixedClock) -> None:
    for number in range(5):
        says(store, "secret-typed-as-login", address=f"192.0.2.{number}")
    clock.advance(901)
    says(store, "secret-typed-as-login")
    with store.read(SYSTEM) as work:
        (row,) = work.session.scalars(select(LoginAddressRow))
        assert work.session.scalar(select(func.count()).select_from(LoginAddressRow)) == 1
    assert row.id == HOSPITAL
    assert "secret" not in str(row.failures)


def test_no_limit_is_none(store: Store) -> None:
    for number in range(70):
        with pytest.raises(Refused, match=r"login\.wrong"):
            access.login(store, ANYBODY, f"guess{number}", "wrong", "", 1800, HOSPITAL, Allowance(failures=0))
    with store.read(SYSTEM) as work:
        assert work.session.scalars(select(LoginAddressRow)).all() == []


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_an_ipv6_address_stands_for_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
