"""Electronic signatures behind a port.

Today there is one signer, Ed25519 (RFC 8032) with a key that the installation generates for itself. Providers of a
certificate authority and of SM2 (GB/T 32918) come later and implement the same port; nothing here pretends to be them.
A signer is handed the canonical bytes, not a digest of them, so that each algorithm hashes in its own way (Ed25519 with
SHA-512 inside, SM2 with SM3) and so that anybody can check a signature with ordinary tools.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from teleconsult.kernel.values import sha256_hex

ED25519 = "Ed25519"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature over canonical bytes: which key made it, and the SHA-256 a person can read from the paper."""

    algorithm: str
    key_id: str
    sha256: str
    value: bytes


class Signer(Protocol):
    """Whoever can sign in the installation's name."""

    @property
    def key_id(self) -> str:
        """Names the key for good: whoever holds the public key can compute it."""
        ...

    def sign(self, content: bytes) -> Signature:
        """A signature over `content`. BUSY when the provider does not answer now."""
        ...


class Verifier(Protocol):
    """Whoever knows the keys that may sign, old ones included."""

    def knows(self, key_id: str) -> bool: ...

    def verify(self, signature: Signature, content: bytes) -> bool:
        """True when a known key made this very signature over this very content. Never raises."""
        ...


def key_id_of(public_key: bytes) -> str:
    """`ed25519:` and the first 16 hexadecimal digits of the SHA-256 of the 32 raw bytes of the public key."""
    return f"ed25519:{sha256_hex(public_key)[:16]}"


class Ed25519Signer:
    """Signs with the installation's own key. `public_key` are the 32 raw bytes that a `Keyring` takes."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()

    @property
    def key_id(self) -> str:
        return key_id_of(self.public_key)

    def sign(self, content: bytes) -> Signature:
        return Signature(ED25519, self.key_id, sha256_hex(content), self._key.sign(content))


class Keyring:
    """The public Ed25519 keys that an installation trusts, by key id. A retired key stays in, so old reports verify."""

    def __init__(self, *public_keys: bytes) -> None:
        self._keys: Mapping[str, bytes] = {key_id_of(key): key for key in public_keys}

    def knows(self, key_id: str) -> bool:
        return key_id in self._keys

    def verify(self, signature: Signature, content: bytes) -> bool:
        key = self._keys.get(signature.key_id)
        if key is None or signature.algorithm != ED25519 or signature.sha256 != sha256_hex(content):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature.value, content)
        except InvalidSignature:
            return False
        return True
