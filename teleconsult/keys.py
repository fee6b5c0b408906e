"""The installation's own keys: made at the first start, kept in `home/keys`, readable by their owner alone.

Losing them loses the proof of what was signed and sealed: they belong into the backup (`docs/operations.md`).
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Keys:
    """`journal` ties facts to this installation; `signing` signs reports; `flask` guards what web gives out; `tickets` lets
    into rooms (`access.tickets`); `recordings` wraps the keys of what rooms recorded (`vault`).

    `retired` are the raw public keys that signed before: what they signed still verifies.
    """

    journal: bytes
    signing: Ed25519PrivateKey
    flask: str
    tickets: bytes
    recordings: bytes
    retired: tuple[bytes, ...] = ()


def load_keys(home: Path) -> Keys:
    """Read the keys, making those that are not there yet. Two processes at once get the same ones."""
    folder = home / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    signing = serialization.load_pem_private_key(_kept(folder / "signing.pem", _new_signing_key()), password=None)
    if not isinstance(signing, Ed25519PrivateKey):
        raise TypeError(f"{folder / 'signing.pem'} is no Ed25519 key")
    journal = bytes.fromhex(_kept(folder / "journal.key", secrets.token_hex(32).encode()).decode())
    flask = _kept(folder / "flask.key", secrets.token_hex(32).encode()).decode()
    tickets = bytes.fromhex(_kept(folder / "tickets.key", secrets.token_hex(32).encode()).decode())
    recordings = bytes.fromhex(_kept(folder / "recordings.key", secrets.token_hex(32).encode()).decode())
    retired = tuple(_public(file) for file in sorted((folder / "retired").glob("*.pem")))
    return Keys(journal, signing, flask, tickets, recordings, retired)


def _public(file: Path) -> bytes:
    """The raw public key in a PEM file that holds a private or a public Ed25519 key."""
    content = file.read_bytes()
    private = b"PRIVATE" in content
    key = (
        serialization.load_pem_private_key(content, None).public_key()
        if private
        else serialization.load_pem_public_key(content)
    )
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError(f"{file} is no Ed25519 key")
    return key.public_bytes_raw()


def _new_signing_key() -> bytes:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Ed25519PrivateKey.generate().private_bytes(*form)


def _kept(file: Path, fresh: bytes) -> bytes:
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    if not file.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(fresh)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)  # fails if another process was first: then its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_bytes()
