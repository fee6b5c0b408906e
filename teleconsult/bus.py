"""A wake-up call between processes on Valkey. Only a hint: whoever waits looks into the journal anyway, a little later."""

import logging
import time
from typing import Protocol

from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
CHANNEL = "teleconsult.poke"
LIVE_CHANNEL = "flask-socketio"
"""Where the relay tells the web processes what their screens are to hear (`workers/live.py`, `web/live_moves.py`): Flask-SocketIO's own name for it."""


class Bus(Protocol):
    def poke(self) -> None:
        """Say that something was written. Never fails, never waits long."""
        ...

    def wait(self, seconds: float) -> None:
        """Return when somebody pokes, or after `seconds`."""
        ...


class SilentBus:
    """For a process without a broker, such as a command."""

    def poke(self) -> None:
        return

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


class ValkeyBus:
    """A bus on one pub/sub channel. A broker that is away is asked again after a second."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=2)
        self._ears = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self._listening = False
        self._silent_until = 0.0

    def poke(self) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            self._redis.publish(CHANNEL, b"1")
        except RedisError:
            self._silent_until = time.monotonic() + 1.0

    def wait(self, seconds: float) -> None:
        try:
            if not self._listening:
                self._ears.subscribe(CHANNEL)
                self._listening = True
            heard = self._ears.get_message(timeout=seconds)
            while heard is not None:  # one wake-up for all the pokes there are
                heard = self._ears.get_message(timeout=0)
        except RedisError as error:
            log.warning("the broker is away: %s", error)
            self._listening = False
            time.sleep(min(seconds, 1.0))
