"""Guesses from one address: failed sign-ins counted over a sliding while, beside the lock of each account.

Whole hospitals share an address (NAT). So one login counts at most as often as it takes to lock it: whoever types the same name for ever
locks their own account and nobody else. What adds up is many logins, and that is what guessing looks like.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from sqlalchemy import delete, select

from teleconsult.access import facts
from teleconsult.access.tables import LoginAddressRow
from teleconsult.records.insert import insert_new
from teleconsult.records.work import Work

MOST_FOR_ONE_LOGIN = 5
_TIDIED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many sign-ins may fail from one address within so many seconds. No failures at all: there is no limit."""

    failures: int = 60
    seconds: int = 900


@dataclass(frozen=True, slots=True)
class Guess:
    """A sign-in from an address. `login` is a keyed digest: people type their password into the wrong field."""

    network: str
    login: str
    allowance: Allowance

    @property
    def limited(self) -> bool:
        return bool(self.network) and self.allowance.failures > 0


def guess_of(address: str, login: str, key: bytes, allowance: Allowance) -> Guess:
    """An IPv6 address stands for its /64: a customer has that many to choose from."""
    mark = hmac.new(key, b"login\0" + login.strip().lower().encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:16]
    return Guess(network_of(address), mark, allowance)


def network_of(address: str) -> str:
    """What counts as one address; the text itself where it is none."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


def minutes_held(work: Work, guess: Guess, *, hold: bool = False) -> int:
    """How long nobody may sign in from there, 0 if they may. `hold` makes and keeps the row until the transaction ends, so that of many
    at once every one counts."""
    if not guess.limited:
        return 0
    if hold:
        insert_new(work.session, LoginAddressRow, {"id": guess.network, "failures": [], "last_at": work.now}, "id")
    row = work.session.get(LoginAddressRow, guess.network, with_for_update=hold or None)
    recent = _recent(row, work.now, guess.allowance) if row else []
    if len(recent) < guess.allowance.failures:
        return 0
    frees = datetime.fromisoformat(recent[-guess.allowance.failures]["at"]) + timedelta(seconds=guess.allowance.seconds)
    return max(1, -(-int((frees - work.now).total_seconds()) // 60))


def failed(work: Work, guess: Guess, client: str) -> None:
    """Count a failure at an address that this transaction holds. The one that uses the allowance up is a fact; what is refused after it is not written down."""
    if not guess.limited:
        return
    _tidy(work, guess)
    row = work.session.get_one(LoginAddressRow, guess.network)
    recent = _recent(row, work.now, guess.allowance)
    if sum(one["login"] == guess.login for one in recent) >= MOST_FOR_ONE_LOGIN:
        return
    row.failures = [*recent, {"at": work.now.isoformat(), "login": guess.login}]
    row.last_at = work.now
    work.session.flush()
    if len(row.failures) >= guess.allowance.failures:
        work.record(facts.address_held(guess.network, client, len(row.failures)))


def _recent(row: LoginAddressRow, now: datetime, allowance: Allowance) -> list[dict[str, Any]]:
    since = now - timedelta(seconds=allowance.seconds)
    return [one for one in row.failures if datetime.fromisoformat(one["at"]) > since]


def _tidy(work: Work, guess: Guess) -> None:
    """Forget addresses that have been quiet; those that somebody else holds at the moment wait for the next time."""
    quiet = work.now - timedelta(seconds=guess.allowance.seconds)
    stale = select(LoginAddressRow.id).where(LoginAddressRow.last_at < quiet, LoginAddressRow.id != guess.network)
    found = work.session.scalars(stale.limit(_TIDIED_AT_ONCE).with_for_update(skip_locked=True)).all()
    if found:
        work.session.execute(delete(LoginAddressRow).where(LoginAddressRow.id.in_(found)))
