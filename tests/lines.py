"""A browser's WebSocket spoken by hand over a blocking socket: no loop and no thread stays behind when a test ends."""

from __future__ import annotations

import json
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import AcceptConnection, CloseConnection, Ping, Request, TextMessage

SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"


class Line:
    """One open line to `url` (http or https; `trust` says whom to believe). It reads only when somebody asks what is said."""

    def __init__(self, url: str, target: str, cookie: str = "", trust: ssl.SSLContext | None = None) -> None:
        host = urlsplit(url)
        plain = socket.create_connection((host.hostname or "", host.port or 0), timeout=30)
        self.socket = trust.wrap_socket(plain, server_hostname=host.hostname) if trust else plain
        self._words: list[str] = []
        self._part = ""  # of a word that comes in pieces
        self._spoken = WSConnection(ConnectionType.CLIENT)
        headers = [(b"Cookie", cookie.encode())] if cookie else []
        self.socket.sendall(self._spoken.send(Request(host=host.netloc, target=target, extra_headers=headers)))
        while self._spoken.state is ConnectionState.CONNECTING:
            assert self._read(), "the line is closed before it is a WebSocket"

    def say(self, words: str) -> None:
        self.socket.sendall(self._spoken.send(TextMessage(words)))

    def heard(self) -> str:
        """What is said next. AssertionError when the other side ends the line instead."""
        while not self._words:
            assert self._read(), "the line is closed and nothing more is said"
        return self._words.pop(0)

    def until_closed(self) -> None:
        """Return when the other side has ended the line, whatever it still says."""
        try:
            while self._read():
                self._words.clear()
        except (ConnectionResetError, ssl.SSLError):
            return  # ended without a word, as by a process that is gone

    def take_leave(self) -> None:
        """As a browser does when its page closes: say so, and wait until the other side ends the connection."""
        self.socket.sendall(self._spoken.send(CloseConnection(1000)))
        while self.socket.recv(65_536):
            continue
        self.socket.close()

    def close(self) -> None:
        self.socket.close()

    def _read(self) -> bool:
        came = self.socket.recv(65_536)
        self._spoken.receive_data(came or None)
        for event in self._spoken.events():
            if isinstance(event, TextMessage):
                self._part += event.data
                if event.message_finished:
                    self._words.append(self._part)
                    self._part = ""
            elif isinstance(event, Ping):
                self.socket.sendall(self._spoken.send(event.response()))
            else:
                assert isinstance(event, AcceptConnection | CloseConnection), event
                if isinstance(event, CloseConnection):
                    return False
        return bool(came)


class LiveLine(Line):
    """A line to the live news: Engine.IO 4 and Socket.IO 5 over the WebSocket. `said` is the answer to its coming."""

    def __init__(self, url: str, cookie: str, trust: ssl.SSLContext | None = None) -> None:
        super().__init__(url, SOCKET_IO, cookie, trust)
        self.opening = self.heard()
        assert self.opening.startswith("0")
        self.say("40")
        self.said = self.heard()

    def heard(self) -> str:
        """What is said next; pings (2) are answered (3) and passed over."""
        while (said := super().heard()) == "2":
            self.say("3")
        return said

    @property
    def open(self) -> bool:
        return self.said.startswith("40")

    def call(self, event: str, content: object) -> Any:
        """The acknowledgement of one event."""
        self.say("421" + json.dumps([event, content]))
        while not (said := self.heard()).startswith("431"):
            continue
        return json.loads(said[3:])[0]
