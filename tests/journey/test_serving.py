"""The web process itself, as the supervisor starts it: many open sockets, rude ones, and its end."""

from __future__ import annotations

import json
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.builders import a_system, an_alliance
from tests.children import Child, free_port, wait_for
from tests.lines import LiveLine

PASSWORD = "demo-word-2026"
THREADS, MOST = 4, 12
ROOT = Path(__file__).parents[2]


class House:
    """A running web process and whoever signs in there."""

    def __init__(self, child: Child, url: str) -> None:
        self.child, self.url = child, url
        self.lines: list[LiveLine] = []

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/livez", timeout=10) as answer:  # noqa: S310 (our own url)
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def cookie(self, login: str) -> str:
        body = json.dumps({"login": login, "password": PASSWORD}).encode()
        request = urllib.request.Request(  # noqa: S310 (our own url)
            f"{self.url}/api/login", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return str(answer.headers["Set-Cookie"]).split(";")[0]

    def line(self, cookie: str) -> LiveLine:
        self.lines.append(LiveLine(self.url, cookie))
        return self.lines[-1]


@pytest.fixture
def house(tmp_path: Path, valkey_url: str) -> Iterator[House]:
    home, port = tmp_path / "home", free_port()
    system = a_system(home)
    an_alliance(system, password=PASSWORD)
    system.store.engine.dispose()
    env = {
        "TELECONSULT_HOME": str(home), "TELECONSULT_HTTP_PORT": str(port), "TELECONSULT_BROKER_URL": valkey_url,
        "TELECONSULT_WEB_THREADS": str(THREADS), "TELECONSULT_MOST_SOCKETS": str(MOST), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with Child([sys.executable, "-m", "teleconsult", "web"], tmp_path / "log", env) as child:
        house = House(child, f"http://127.0.0.1:{port}")
        child.up(house.answers, "web answers", 60)
        yield house
        for line in house.lines:
            line.close()


def test_with_as_many_sockets_as_may_be_open_everybody_is_still_answered(house: House) -> None:
    cookie = house.cookie("reader")
    lines = [house.line(cookie) for _ in range(MOST)]
    assert [line.said for line in lines if not line.open] == []
    assert house.answers(), "open sockets leave no thread for requests"
    refused = house.line(cookie)
    assert (refused.open, "sockets.full" in refused.said) == (False, True)
    lines[0].close()
    wait_for(lambda: house.line(cookie).open, "there is room again")


def test_a_rude_socket_ends_alone(house: House) -> None:
    cookie = house.cookie("reader")
    good = house.line(cookie)
    for rude in ("4", "42", "42[", '42["join"', "42{}", '42["join"]', "451-[]", "9", "x" * 100_000, "\0" * 10):
        line = house.line(cookie)
        line.say(rude)
    assert good.call("join", {"kind": "study", "id": "0" * 32})["code"] == "study.absent"
    assert house.answers()


def test_sockets_that_end_while_others_come_end_alone(house: House) -> None:
    """A WebSocket's library closed its connection while the main thread had begun to watch it: the next connection of that number
    ended the process that serves everybody."""
    cookie = house.cookie("reader")

    def come_and_go() -> None:
        for _ in range(40):
            lines = [LiveLine(house.url, cookie) for _ in range(3)]
            for line in lines:
                line.take_leave()

    with ThreadPoolExecutor(5) as people:
        goers = [people.submit(come_and_go) for _ in range(3)]
        others = [people.submit(lambda: all(house.answers() for _ in range(300))) for _ in range(2)]
        for goer in goers:
            goer.result()
        assert all(other.result() for other in others)
    assert "Traceback" not in house.child.log.read_text()


def test_told_to_end_it_ends_at_once_although_sockets_are_open(house: House) -> None:
    cookie = house.cookie("reader")
    lines = [house.line(cookie) for _ in range(5)]
    assert [line.said for line in lines if not line.open] == []
    begun = time.monotonic()
    house.child.stop(20, signal.SIGTERM)
    assert time.monotonic() - begun < 4
    assert "Traceback" not in house.child.log.read_text()


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"nonsense\r\n\r\n", 400, "request.malformed"),
        (b"GET /api/me HTTP/9.9\r\n\r\n", 400, "request.malformed"),
        (b"GET /api/me HTTP/1.1\r\nbad header: x\r\n\r\n", 400, "request.malformed"),
        (b"GET /api/me?" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "request.address_too_long"),
        (b"GET /dicom-web/studies HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", 431, "request.headers_too_large"),
        (
            b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            411,
            "http.411",
        ),
    ],
)
def test_a_request_that_cannot_be_read_is_answered_with_a_problem_document(
    house: House, sent: bytes, status: int, code: str
) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(house.url).port or 0), timeout=20) as line:
        line.sendall(sent)
        answer = HTTPResponse(line)
        answer.begin()
        content = json.loads(answer.read())
    assert (answer.status, answer.getheader("Content-Type")) == (status, "application/problem+json")
    assert content["code"] == code
    assert house.answers()
