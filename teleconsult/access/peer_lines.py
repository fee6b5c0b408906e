"""What administrators may say about a peer's line: its certificate, whether TLS is a must, its identity, its limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from teleconsult.access.passwords import hashed
from teleconsult.kernel.errors import invalid

_LONGEST_PEM: Final = 20_000
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Certificate:
    """The first certificate of a PEM text: what it is, and how people compare it."""

    pem: str
    fingerprint: str
    subject: str
    ends: datetime


def read_certificate(text: str) -> Certificate:
    """INVALID `peer.certificate_unreadable` for anything but a certificate in PEM."""
    try:
        leaf = x509.load_pem_x509_certificates(text[:_LONGEST_PEM].strip().encode("ascii", "replace"))[0]
        pem = leaf.public_bytes(serialization.Encoding.PEM).decode()
        return Certificate(pem, leaf.fingerprint(hashes.SHA256()).hex(), _subject(leaf), leaf.not_valid_after_utc)
    except (ValueError, TypeError) as error:
        raise invalid("peer.certificate_unreadable", str(error)) from error


def line_values(changes: Mapping[str, Any], now: datetime, present_name: str | None = None) -> dict[str, Any]:
    """The columns of a peer for what was said of its line; what was not said stays. `passcode` is kept hashed, `certificate` as PEM or empty.

    INVALID `peer.certificate_unreadable`, `peer.certificate_ended`, `password.weak`, `peer.identity` (a passcode of nobody), `field.text`
    or `peer.limit`.
    """
    values = {name: check(changes[name], name) for name, check in _CHECKS.items() if name in changes}
    if "certificate" in changes:
        values |= _certificate(changes["certificate"], now)
    name = values.get("identity_name", present_name)
    if name is None and "identity_name" in values:
        values["identity_hash"] = None
    if "passcode" in changes:
        values["identity_hash"] = _passcode(changes["passcode"], name)
    return values


def _certificate(text: str | None, now: datetime) -> dict[str, Any]:
    if not text or not text.strip():
        return {"certificate": None, "fingerprint": None}
    found = read_certificate(text)
    if found.ends < now:
        raise invalid("peer.certificate_ended", f"ended on {found.ends:%Y-%m-%d}", ended=f"{found.ends:%Y-%m-%d}")
    return {"certificate": found.pem, "fingerprint": found.fingerprint}


def _passcode(text: str | None, name: str | None) -> str | None:
    if not text:
        return None
    if name is None:
        raise invalid("peer.identity", "a passcode needs a user name")
    return hashed(text)


def _name(value: str | None, field: str) -> str | None:
    text = (value or "").strip()
    if len(text) > 64 or not (text.isprintable() or text == ""):
        raise invalid("field.text", f"{field}: at most 64 printable characters", field=field, most=64)
    return text or None


def _number(value: int | None, field: str) -> int | None:
    if value is not None and not 0 < value <= _MOST:
        raise invalid("peer.limit", f"{field}: 1 to {_MOST}", field=field, most=_MOST)
    return value


def _said(value: Any, _: str) -> bool:
    return bool(value)


def _subject(leaf: x509.Certificate) -> str:
    return leaf.subject.rfc4514_string()[:200]


_CHECKS: Final[Mapping[str, Callable[[Any, str], Any]]] = {
    "tls_required": _said,
    "tls_outgoing": _said,
    "identity_name": _name,
    "most_associations": _number,
    "most_per_minute": _number,
}
