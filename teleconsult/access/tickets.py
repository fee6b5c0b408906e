"""Tickets to a room: who may take which seat until when, signed, so that the media node needs no database.

A ticket is `<claims>.<signature>`, both base64url without padding; the signature is HMAC-SHA-256 over the claims as they stand.
Whether a ticket was used before is the media node's business (`jti`), and whether its seat was put out since it was issued.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from teleconsult.kernel.errors import Refused, forbidden
from teleconsult.kernel.values import canonical_json

_MOST = 4096


@dataclass(frozen=True, slots=True)
class Ticket:
    """A seat in a room for one person. `host` may mute and let in others; who may not publish only looks and listens."""

    room_id: str
    seat_id: str
    person_id: str
    name: str
    site: str
    title: str
    host: bool
    may_publish: bool
    jti: str
    issued_at: datetime
    expires_at: datetime


def issue(key: bytes, ticket: Ticket) -> str:
    """The ticket as text. Its end is kept to the second, its beginning to the millisecond, both rounded down."""
    times = {"issued_at": int(ticket.issued_at.timestamp() * 1000), "expires_at": int(ticket.expires_at.timestamp())}
    claims = canonical_json({**asdict(ticket), **times})
    return f"{_text(claims)}.{_text(_mac(key, claims))}"


def read(key: bytes, text: str, now: datetime) -> Ticket:
    """What a ticket says. FORBIDDEN `ticket.forged` for whatever we did not sign, `ticket.expired` when its time is over."""
    spelt, _, signature = text.partition(".") if len(text) <= _MOST else ("", "", "")
    try:
        claims, mac = _bytes(spelt), _bytes(signature)
    except (binascii.Error, ValueError):
        raise _forged() from None
    if not claims or not hmac.compare_digest(mac, _mac(key, claims)):
        raise _forged()
    try:
        said = json.loads(claims)
        times = {"issued_at": _time(said["issued_at"] / 1000), "expires_at": _time(said["expires_at"])}
        ticket = Ticket(**{**said, **times})
    except (ValueError, TypeError, KeyError, OverflowError):
        raise _forged() from None
    if ticket.expires_at <= now:
        raise forbidden("ticket.expired", ticket.jti)
    return ticket


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _forged() -> Refused:
    return forbidden("ticket.forged", "this installation did not issue it")


def _mac(key: bytes, claims: bytes) -> bytes:
    return hmac.new(key, b"ticket:" + claims, hashlib.sha256).digest()


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
