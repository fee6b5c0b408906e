"""Small values that every part shares: identifiers, JSON, digests."""

import hashlib
import json
import secrets
import time
import unicodedata
from collections.abc import Mapping, Sequence

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


def new_id() -> str:
    """A time-ordered identifier: the 32 hexadecimal digits of a UUID version 7 (RFC 9562 §5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return f"{value:032x}"


def sha256_hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _normal(value: Json) -> Json:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", key): _normal(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_normal(item) for item in value]
    return value


def canonical_json(value: Json) -> bytes:
    """One spelling for one meaning: keys sorted, text in NFC, no spaces, UTF-8. What is hashed or signed is this."""
    text = json.dumps(_normal(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()
