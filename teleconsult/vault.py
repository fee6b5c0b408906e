"""Recordings at rest: several streams in one file that is encrypted as it is written, chunk by chunk (AES-256-GCM).

    "TCREC1\\n"  length (4)  header: JSON with id, wrapped key, nonce prefix
    then chunks: track (2)  flags (1)  length (4)  ciphertext with tag

Every recording has a key of its own, wrapped by the installation's. A chunk's nonce is the prefix and its place in the file, and its place,
track and flags are authenticated: chunks can't be changed or swapped. The last chunk holds a digest of all that stands before the others, so
that none can be left out by being called another track's. Cut short (a crash, a full disk) the file reads up to its last whole chunk and says
that its end is missing.
"""

import base64
import hashlib
import json
import os
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from teleconsult.kernel.errors import Refused, invalid

if TYPE_CHECKING:
    from teleconsult.records import BlobStore

MAGIC = b"TCREC1\n"
INDEX = 0
"""The track that holds the list of the others: one JSON object for each chunk."""
_CHUNK = struct.Struct("!HBI")
_LAST = 1
_MOST = 1 << 24


@dataclass(frozen=True, slots=True)
class Left:
    """A recording that lies in blobs: under which key, how many bytes and seconds."""

    key: str
    size: int
    seconds: int


class Writer:
    """Appends chunks to a new file that only its owner reads. For one thread. `bytes` is what the file holds so far."""

    def __init__(self, file: Path, recording_id: str, installation_key: bytes) -> None:
        key, wrapping, self._prefix = AESGCM.generate_key(256), secrets.token_bytes(12), secrets.token_bytes(4)
        wrapped = wrapping + AESGCM(installation_key).encrypt(wrapping, key, _about(recording_id))
        words = {"id": recording_id, "key": _text(wrapped), "prefix": _text(self._prefix)}
        self._header = json.dumps(words).encode()
        self._cipher, self._place, self._heads = AESGCM(key), 0, hashlib.sha256()
        self._out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self.bytes = 0
        self._append(MAGIC + len(self._header).to_bytes(4, "big") + self._header)

    @property
    def descriptor(self) -> int:
        return self._out

    def write(self, track: int, content: bytes, last: bool = False) -> None:
        """One chunk, handed to the operating system before this returns. OSError when the disk is full."""
        for begin in range(0, max(len(content), 1), _MOST // 2):
            piece = content[begin : begin + _MOST // 2]
            flags = _LAST if last else 0
            sealed = self._cipher.encrypt(_nonce(self._prefix, self._place), piece, _bound(self._header, track, flags))
            self._place += 1
            head = _CHUNK.pack(track, flags, len(sealed))
            self._heads.update(head)
            self._append(head + sealed)

    def note(self, words: dict[str, Any], last: bool = False) -> None:
        """An entry of the index; `last` ends the recording properly."""
        words = {**words, "heads": self._heads.hexdigest()} if last else words
        self.write(INDEX, json.dumps(words, ensure_ascii=False).encode(), last)

    def sync(self) -> None:
        """Return when what was written survives a power cut."""
        os.fdatasync(self._out)

    def close(self) -> None:
        os.close(self._out)

    def _append(self, content: bytes) -> None:
        left = memoryview(content)
        while left:
            left = left[os.write(self._out, left) :]
        self.bytes += len(content)


class Reader:
    """Reads a recording from a seekable source. INVALID `recording.unreadable`: not ours, another key, or changed."""

    def __init__(self, source: BinaryIO, installation_key: bytes) -> None:
        self._source = source
        try:
            source.seek(0)
            if source.read(len(MAGIC)) != MAGIC:
                raise ValueError("not a recording")
            self._header = source.read(int.from_bytes(source.read(4), "big") & 0xFFFF)
            said = json.loads(self._header)
            self.id, self._prefix, wrapped = str(said["id"]), _bytes(said["prefix"]), _bytes(said["key"])
            key = AESGCM(installation_key).decrypt(wrapped[:12], wrapped[12:], _about(self.id))
        except (ValueError, KeyError, TypeError, InvalidTag) as error:
            raise invalid("recording.unreadable", f"{type(error).__name__} {error}") from None
        self._cipher, self._begin = AESGCM(key), source.tell()
        self.complete = False

    def index(self) -> list[dict[str, Any]]:
        """The entries of the index in order; afterwards `complete` says whether the recording has its end."""
        return [json.loads(content) for content in self.stream(INDEX)]

    def stream(self, track: int) -> Iterator[bytes]:
        """One track's bytes, chunk by chunk as they are read: a WebM file for a track of the index. What was left out is found at the end."""
        self._source.seek(self._begin)
        place, heads = 0, hashlib.sha256()
        while len(head := self._source.read(_CHUNK.size)) == _CHUNK.size:
            of, flags, length = _CHUNK.unpack(head)
            if length > _MOST:
                raise invalid("recording.unreadable", "a chunk is too long")
            last = of == INDEX and flags == _LAST
            if of == track or last:
                sealed = self._source.read(length)
                if len(sealed) < length:
                    return
                content = self._opened(place, of, flags, sealed)
                if last and json.loads(content).get("heads", heads.hexdigest()) != heads.hexdigest():
                    raise invalid("recording.unreadable", "a chunk was left out")
                if of == track:
                    yield content
            else:
                self._source.seek(length, os.SEEK_CUR)
            self.complete = self.complete or (last and track == INDEX)
            heads.update(head)
            place += 1

    def _opened(self, place: int, track: int, flags: int, sealed: bytes) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(self._prefix, place), sealed, _bound(self._header, track, flags))
        except InvalidTag:
            raise invalid("recording.unreadable", f"chunk {place} was changed") from None


def left_of(blobs: "BlobStore", recording_id: str, installation_key: bytes) -> Left | None:
    """What a media node left of a recording, whole or as far as it came; None when there is nothing that can be read."""
    key = f"recordings/{recording_id}"
    if not blobs.exists(key):
        return None
    try:
        with blobs.open(key) as file:
            index = Reader(file, installation_key).index()
    except Refused:
        return None
    return Left(key, blobs.size(key), int(max((float(entry.get("seconds", 0)) for entry in index), default=0.0)))


def _about(recording_id: str) -> bytes:
    return b"recording:" + recording_id.encode()


def _nonce(prefix: bytes, place: int) -> bytes:
    return prefix + place.to_bytes(8, "big")


def _bound(header: bytes, track: int, flags: int) -> bytes:
    return header + bytes((track >> 8, track & 255, flags))


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
