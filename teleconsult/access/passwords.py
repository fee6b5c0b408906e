"""Passwords, hashed by Argon2id; tokens, kept only as digests."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from teleconsult.kernel.errors import invalid

LEAST_LENGTH = 8
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_nobodys = _hasher.hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """The hash to keep. INVALID `password.weak` for fewer than eight characters or only one kind of them."""
    if len(password) < LEAST_LENGTH or len(set(map(_kind, password))) < 2:
        raise invalid("password.weak", "too short or too plain", least=LEAST_LENGTH)
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; takes as long for somebody who has none, so that logins can't be guessed by time."""
    try:
        return _hasher.verify(password_hash or _nobodys, password) and password_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    return "letter" if character.isalpha() else "sign"
