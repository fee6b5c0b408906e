"""The door before Socket.IO, at the HTTP level: raw upgrades need a session, and lines never take the requests' threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from flask import Flask
from werkzeug.test import Client

from teleconsult.web.socket_door import SPARE, SocketDoor
from tests.builders import Alliance
from tests.children import wait_for
from tests.web.conftest import Browser

HANDSHAKE = "/socket.io/?EIO=4&transport=polling"
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "eA=="}


def test_a_raw_upgrade_without_a_session_is_refused_at_the_door(app: Flask) -> None:
    for headers in ({}, UPGRADE, {"Cookie": "tc_session=guessed"}):
        answer = app.test_client().get(HANDSHAKE, headers=headers)
        assert answer.status_code == 401
        assert answer.json is not None
        assert answer.json["code"] == "session.absent"


def test_a_session_opens_the_door(browser: Callable[[str], Browser]) -> None:
    assert browser("reader").get(HANDSHAKE).status_code == 200


def test_more_lines_than_there_is_room_for_get_a_clear_answer_and_leave_again(
    app: Flask, alliance: Alliance, browser: Callable[[str], Browser]
) -> None:
    room = 2 + SPARE
    system = replace(alliance.system, settings=alliance.system.settings.with_(most_sockets=2))
    cookie = browser("reader").client.get_cookie("tc_session")
    assert cookie is not None
    ending, inside = threading.Event(), threading.Semaphore(0)

    def a_line_that_stays_open(_environ: Any, start: Any) -> Iterable[bytes]:
        inside.release()
        ending.wait(30)
        start("200 OK", [])
        return [b""]

    door = SocketDoor(a_line_that_stays_open, system)

    def ask() -> int:
        client = Client(door, use_cookies=False)
        return client.get("/socket.io/", headers={"Cookie": f"tc_session={cookie.value}"}).status_code

    threads = [threading.Thread(target=ask) for _ in range(room)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert inside.acquire(timeout=30)
    assert ask() == 503
    ending.set()
    for thread in threads:
        thread.join()
    wait_for(lambda: ask() == 200, "there is room again")
