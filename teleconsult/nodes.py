"""Which media nodes live, which node a room lives on, and the word that web and node trust between each other.

Kept on Valkey with short lives: a node that dies is forgotten within `NODE_SECONDS`, and its rooms go to another node at the next
request. Nothing here is worth keeping: a room without a key simply starts on the least loaded node.
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from redis import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from teleconsult import tls
from teleconsult.kernel.errors import absent, busy, forbidden

NODE_SECONDS = 3
"""A node says once a second that it lives; silent for this long, it is gone."""
ROOM_SECONDS = 15
"""How long a room waits for its first seat on the node it was given."""
WORD_SECONDS = 30
OUT_SECONDS = 300
"""How long it is known that a seat was put out: longer than any ticket is good for."""
LINES = 4
"""How many lines to the broker one process keeps at most."""
CONTROL = "X-Teleconsult-Control"

_NODES = "media:nodes"
# Take the room if nobody has it, or if it is still with whoever was found dead. Answers who has it now.
_MOVE = """
local now = redis.call('GET', KEYS[1])
if (not now) or now == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) return ARGV[2] end
return now
"""
_RENEW = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('EXPIRE', KEYS[1], ARGV[2]) end return 0"
_FREE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
# The later of two times stays.
_LATER = """
local now = redis.call('GET', KEYS[1])
if (not now) or tonumber(now) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
return 1
"""


@dataclass(frozen=True, slots=True)
class Node:
    """A living media node: `url` is for browsers, `inner` for the other processes, `load` in packets sent a second.

    `certificate` (PEM) is what it shows where it speaks TLS: web trusts this one and no other.
    """

    id: str
    url: str
    inner: str
    load: int = 0
    rooms: int = 0
    certificate: str = ""


class Nodes:
    """The registry. Safe between threads. Every call is BUSY `media.broker_away` when the broker does not answer."""

    def __init__(self, broker_url: str) -> None:
        times = {"socket_connect_timeout": 1, "socket_timeout": 2, "timeout": 2}
        pool = BlockingConnectionPool.from_url(broker_url, max_connections=LINES, decode_responses=True, **times)
        self._redis = Redis.from_pool(pool)

    def announce(self, node: Node, rooms: Iterable[str] = ()) -> set[str]:
        """Say that `node` lives and keeps `rooms`. Gives those among them that meanwhile belong to another node."""
        with _answering():
            with self._redis.pipeline(transaction=False) as batch:
                batch.sadd(_NODES, node.id)
                batch.set(f"media:node:{node.id}", json.dumps(asdict(node)), ex=NODE_SECONDS)
                batch.execute()
            return {room for room in rooms if not self._hold(room, node.id)}

    def withdraw(self, node_id: str, rooms: Iterable[str] = ()) -> None:
        """The node ends: it gets no more rooms, and its rooms are free at once."""
        with _answering():
            self._redis.delete(f"media:node:{node_id}")
            self._redis.srem(_NODES, node_id)
        self.free(node_id, rooms)

    def free(self, node_id: str, rooms: Iterable[str]) -> None:
        """The node has these rooms no more: nobody sits in them."""
        with _answering():
            for room in rooms:
                self._redis.eval(_FREE, 1, _room(room), node_id)

    def living(self) -> list[Node]:
        """Every node that lives, least loaded first."""
        with _answering():
            ids = sorted(map(str, self._redis.smembers(_NODES)))
            kept = self._redis.mget([f"media:node:{name}" for name in ids]) if ids else []
            gone = [name for name, text in zip(ids, kept, strict=True) if text is None]
            if gone:
                self._redis.srem(_NODES, *gone)
        nodes = [Node(**json.loads(text)) for text in kept if text is not None]
        return sorted(nodes, key=lambda node: (node.load, node.rooms, node.id))

    def node_for(self, room_id: str) -> Node | None:
        """Where the room lives; a room without a living node is given the least loaded one. None when no node lives."""
        living = {node.id: node for node in self.living()}
        with _answering():
            held = self._redis.get(_room(room_id))
            holder = str(held or "")
            if holder in living:
                return living[holder]
            if not living:
                return None
            chosen = next(iter(living))
            now = str(self._redis.eval(_MOVE, 1, _room(room_id), holder, chosen, ROOM_SECONDS))
        return living.get(now) or living[chosen]

    def claim(self, room_id: str, node_id: str) -> bool:
        """Whether the room lives on this node: it does already, nobody has it, or whoever had it is dead."""
        living = {node.id for node in self.living()} | {node_id}
        with _answering():
            held = self._redis.get(_room(room_id))
            holder = str(held or "")
            if holder in living and holder not in ("", node_id):
                return False
            return bool(self._redis.eval(_MOVE, 1, _room(room_id), holder, node_id, ROOM_SECONDS) == node_id)

    def first_use(self, jti: str, seconds: int) -> bool:
        """Whether nobody on any node showed this ticket before; remembered for `seconds`."""
        with _answering():
            return bool(self._redis.set(f"media:jti:{jti}", b"1", nx=True, ex=max(seconds, 1)))

    def put_out(self, room_id: str, seat_id: str, at: float) -> None:
        """No ticket of this seat issued up to `at` (seconds since 1970) lets anybody in any more, on any node; without a seat: of the room."""
        with _answering():
            self._redis.eval(_LATER, 1, f"media:out:{room_id}:{seat_id}", int(at * 1000), OUT_SECONDS)

    def out_since(self, room_id: str, seat_id: str) -> float:
        """When this seat, or everybody of the room, was last put out; 0 for not lately."""
        with _answering():
            kept = self._redis.mget([f"media:out:{room_id}:{seat_id}", f"media:out:{room_id}:"])
        return max(int(at or 0) for at in kept) / 1000

    def close(self) -> None:
        self._redis.close()

    def _hold(self, room_id: str, node_id: str) -> bool:
        if self._redis.eval(_RENEW, 1, _room(room_id), node_id, ROOM_SECONDS):
            return True
        return bool(self._redis.eval(_MOVE, 1, _room(room_id), "", node_id, ROOM_SECONDS) == node_id)


def tell(node: Node, key: bytes, room_id: str, verb: str, words: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Ask the node to do something with a room (`record`, `close`, `drop`, `seats`); gives its answer.

    ABSENT `media.room_absent` when the node has no such room or recording, BUSY `media.away` when it does not answer.
    """
    path, body = f"/control/{room_id}/{verb}", json.dumps(words).encode()
    request = urllib.request.Request(  # noqa: S310 (the address is the node's own, from the registry)
        node.inner + path, body, {CONTROL: signed(key, path, body, now), "Content-Type": "application/json"}
    )
    try:
        trust = tls.trusting(node.certificate) if node.certificate else None
        with urllib.request.urlopen(request, timeout=10, context=trust) as answer:  # noqa: S310
            said: dict[str, Any] = json.load(answer)
            return said
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 404:
            raise absent("media.room_absent", room_id) from None
        raise busy("media.away", f"{error.code}") from None
    except OSError as error:
        raise busy("media.away", str(error)) from None


def signed(key: bytes, path: str, body: bytes, now: float) -> str:
    """What goes into the header `CONTROL`: good for `WORD_SECONDS`, for this path and body only."""
    until = int(now) + WORD_SECONDS
    return f"{until}.{_mac(key, until, path, body)}"


def check(key: bytes, header: str, path: str, body: bytes, now: float) -> None:
    """FORBIDDEN `media.word_refused` unless `signed` made the header with the same key, path and body a short while ago."""
    until, _, mac = header.partition(".")
    good = until.isdecimal() and now <= int(until) <= now + 2 * WORD_SECONDS
    if not good or not hmac.compare_digest(mac, _mac(key, int(until), path, body)):
        raise forbidden("media.word_refused")


def _mac(key: bytes, until: int, path: str, body: bytes) -> str:
    return hmac.new(key, b"control\0%d\0%s\0%s" % (until, path.encode(), body), hashlib.sha256).hexdigest()


def _room(room_id: str) -> str:
    return f"media:room:{room_id}"


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise busy("media.broker_away", str(error)) from error
