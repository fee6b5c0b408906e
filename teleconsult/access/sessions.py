"""Signing in and staying in. Sessions live in the database: ending one holds at once, on every replica."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from teleconsult.access import facts
from teleconsult.access.actors import Actor, Title
from teleconsult.access.addresses import MOST_FOR_ONE_LOGIN, Allowance, failed, guess_of, minutes_held
from teleconsult.access.passwords import digest, hashed, matches, new_token
from teleconsult.access.people import end_sessions, grants_of
from teleconsult.access.tables import PersonRow, SessionRow
from teleconsult.kernel.errors import Refused, absent, forbidden
from teleconsult.records.work import Store, Work

MOST_FAILURES = MOST_FOR_ONE_LOGIN
LOCK_MINUTES = 15
LONGEST_HOURS = 12
USUAL_ALLOWANCE = Allowance()
_TOUCH_SECONDS = 15


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session. `token` is given only at login; `csrf` goes with every change."""

    actor: Actor
    csrf: str
    expires_at: datetime
    token: str = ""


def login(
    store: Store,
    anybody: Actor,
    name: str,
    password: str,
    client: str,
    idle_seconds: int,
    address: str = "",
    allowance: Allowance = USUAL_ALLOWANCE,
) -> SignedIn:
    """Sign in. FORBIDDEN `login.wrong` (the same for an unknown login), `login.locked` or `login.address_held` with minutes.

    Takes the store, not a work: a failure has to be written although it is refused. An address with too many failures is refused before
    the password is looked at, without a trace but the fact that holds it: nobody fills the journal or the processor that way.
    Without an `address` only accounts are locked.
    """
    guess = guess_of(address, name, store.key, allowance)
    with store.read(anybody) as work:
        if minutes := minutes_held(work, guess):
            raise forbidden("login.address_held", minutes=minutes)
        person = work.session.scalars(select(PersonRow).where(PersonRow.login == name.strip().lower())).one_or_none()
        known_hash = person.password_hash if person else None
    right = matches(known_hash, password)  # slow on purpose: outside of any transaction
    with store.work(anybody) as work:
        if minutes := minutes_held(work, guess, hold=True):
            raise forbidden("login.address_held", minutes=minutes)
        outcome = _settle(work, person.id if person else None, right, known_hash, client, idle_seconds)
        if isinstance(outcome, Refused):
            failed(work, guess, client)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def _settle(
    work: Work, person_id: str | None, right: bool, checked_hash: str | None, client: str, idle_seconds: int
) -> SignedIn | Refused:
    person = _held(work, person_id) if person_id else None
    if person is None:
        work.record(facts.signed_in("LoginFailed", "unknown", client))
        return forbidden("login.wrong")
    actor = actor_of(work, person)
    if person.locked_until and person.locked_until > work.now:
        work.record(facts.signed_in("LoginFailed", person.id, client, locked=True), by=actor)
        return forbidden("login.locked", minutes=_minutes(person.locked_until, work.now))
    if not right or person.disabled or person.password_hash != checked_hash:
        return _failed(work, person, actor, client)
    if person.failures:
        work.keep(person, failures=0, locked_until=None)
    work.session.execute(delete(SessionRow).where(SessionRow.expires_at < work.now))
    token, csrf = new_token(), new_token()
    expires_at = work.now + timedelta(seconds=idle_seconds)
    work.add(
        SessionRow(
            id=digest(token),
            person_id=person.id,
            csrf=csrf,
            client=client[:200],
            created_at=work.now,
            seen_at=work.now,
            expires_at=expires_at,
        )
    )
    work.record(facts.signed_in("LoggedIn", person.id, client), by=actor)
    return SignedIn(actor, csrf, expires_at, token)


def _held(work: Work, person_id: str) -> PersonRow:
    """The row until the end of the transaction: of many guesses at once every one counts towards the lock."""
    return work.session.get_one(PersonRow, person_id, with_for_update=True)


def _failed(work: Work, person: PersonRow, actor: Actor, client: str) -> Refused:
    failures = person.failures + 1
    locks = failures >= MOST_FAILURES
    locked_until = work.now + timedelta(minutes=LOCK_MINUTES) if locks else None
    work.keep(person, failures=0 if locks else failures, locked_until=locked_until)
    work.record(facts.signed_in("LoginFailed", person.id, client), by=actor)
    if locked_until is None:
        return forbidden("login.wrong")
    work.record(facts.signed_in("PersonLocked", person.id, client), by=actor)
    return forbidden("login.locked", minutes=_minutes(locked_until, work.now))


def resume(store: Store, anybody: Actor, token: str, idle_seconds: int, *, touch: bool = True) -> SignedIn | None:
    """The session behind a cookie, or None. `touch` moves its end forward, at most every fifteen seconds and to twelve hours in all."""
    with store.read(anybody) as work:
        row = work.session.get(SessionRow, digest(token))
        if row is None or row.expires_at <= work.now:
            return None
        person = work.get(PersonRow, row.person_id)
        if person.disabled:
            return None
        actor, csrf, expires_at = actor_of(work, person), row.csrf, row.expires_at
        wanted = min(work.now + timedelta(seconds=idle_seconds), row.created_at + timedelta(hours=LONGEST_HOURS))
        stale = wanted - expires_at > timedelta(seconds=min(_TOUCH_SECONDS, idle_seconds / 4))
    if touch and stale:
        with store.work(anybody) as work:
            live = work.session.get(SessionRow, digest(token))
            if live is None:
                return None
            live.seen_at, live.expires_at = work.now, wanted
        expires_at = wanted
    return SignedIn(actor, csrf, expires_at, token)


def logout(work: Work, actor: Actor, token: str) -> None:
    work.session.execute(delete(SessionRow).where(SessionRow.id == digest(token)))
    work.record(facts.signed_in("LoggedOut", actor.id, ""))


def confirm_password(store: Store, actor: Actor, password: str) -> None:
    """Ask for the password again, before signing. FORBIDDEN `password.wrong`; wrong ones count towards the lock."""
    with store.read(actor) as work:
        known_hash = work.get(PersonRow, actor.id).password_hash
    if matches(known_hash, password):
        return
    with store.work(actor) as work:
        refusal = _failed(work, _held(work, actor.id), actor, "")
        if refusal.code == "login.locked":
            end_sessions(work, actor.id)
    raise refusal if refusal.code == "login.locked" else forbidden("password.wrong")


def change_password(store: Store, actor: Actor, old: str, new: str, token: str) -> None:
    """Change one's own password; every other session ends."""
    confirm_password(store, actor, old)
    fresh = hashed(new)
    with store.work(actor) as work:
        person = work.get(PersonRow, actor.id)
        work.keep(person, password_hash=fresh)
        work.session.execute(delete(SessionRow).where(SessionRow.person_id == actor.id, SessionRow.id != digest(token)))
        work.record(facts.person_changed("PasswordChanged", actor.id, person.version))


def actor_of(work: Work, person: PersonRow) -> Actor:
    return Actor(person.id, person.name, "person", person.site_id, Title(person.title), grants_of(work, person.id))


def actor_by_login(work: Work, name: str) -> Actor:
    """ABSENT `person.absent` when nobody has the login."""
    person = work.session.scalars(select(PersonRow).where(PersonRow.login == name)).one_or_none()
    if person is None:
        raise absent("person.absent", f"nobody has the login {name!r}")
    return actor_of(work, person)


def _minutes(until: datetime, now: datetime) -> int:
    return max(1, -(-int((until - now).total_seconds()) // 60))
