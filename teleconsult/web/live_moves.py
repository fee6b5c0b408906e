"""Who is in which Socket.IO room, kept so that sockets may enter and leave at once.

The library's own book strikes out a room with its last member. A socket that enters in this moment is written into the page that was torn
out: it was told that it follows, and hears nothing. So entering and leaving take turns.
"""

import threading
from typing import Any

import socketio

from teleconsult.bus import LIVE_CHANNEL


class _Turns:
    """Mixed into a manager of python-socketio, for its two ways of changing the book. Nothing is asked of the network meanwhile."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._turn = threading.Lock()

    def basic_enter_room(self, *given: Any, **options: Any) -> None:
        with self._turn:
            super().basic_enter_room(*given, **options)  # type: ignore[misc]  # the manager's

    def basic_leave_room(self, *given: Any, **options: Any) -> None:
        with self._turn:
            super().basic_leave_room(*given, **options)  # type: ignore[misc]  # the manager's


class Alone(_Turns, socketio.Manager):  # type: ignore[misc]  # python-socketio has no types
    """For a web process without a broker."""


class Shared(_Turns, socketio.RedisManager):  # type: ignore[misc]  # python-socketio has no types
    """For web processes that hear of each other and of the relay over the broker."""


def moves(broker_url: str) -> Alone | Shared:
    """The book of a web process's sockets, joined to the others' where there is a broker."""
    return Shared(broker_url, channel=LIVE_CHANNEL) if broker_url else Alone()
