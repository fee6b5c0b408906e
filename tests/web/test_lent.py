"""A connection's socket that a WebSocket's library has for a while."""

from __future__ import annotations

import socket

import pytest
from simple_websocket import Server

from teleconsult.web.lent import Lent

HANDSHAKE = {
    "HTTP_HOST": "x", "HTTP_UPGRADE": "websocket", "HTTP_CONNECTION": "Upgrade", "HTTP_SEC_WEBSOCKET_VERSION": "13",
    "HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==", "REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "",
}  # fmt: skip


@pytest.mark.parametrize("first", ["here", "there", "nobody"])
def test_when_it_is_back_nobody_reads_it_and_it_is_open(first: str) -> None:
    here, there = socket.socketpair()
    with here, there:
        lent = Lent(here)
        server = Server({**HANDSHAKE, "gunicorn.socket": lent})
        assert there.recv(1000).startswith(b"HTTP/1.1 101")
        if first == "here":
            server.close()
        elif first == "there":
            there.sendall(b"\x88\x80\0\0\0\0")  # a masked close frame without a reason (RFC 6455 5.5.1)
        lent.back()
        assert not server.thread.is_alive()
        assert here.fileno() != -1, "only its owner closes it"


def test_what_became_no_websocket_is_back_at_once_and_can_be_written_to() -> None:
    here, there = socket.socketpair()
    with here, there:
        Lent(here).back()
        here.sendall(b"refused")
        assert there.recv(10) == b"refused"
