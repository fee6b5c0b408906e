"""A gateway's connection to the centre is kept between two requests: what it means that the centre has closed it meanwhile, and what a fault is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from dicom_node.gateway.centre import Centre, LineDown, Pace
from dicom_node.gateway.config import Config
from tests.children import wait_for

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Forgetful:
    """Answers as many requests of each connection as `answers` says, one number a connection, then closes it without having said so."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.connections, self.closed = 0, 0
        self.heard: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with line:
                for _ in range(self.answers.pop(0)):
                    self.heard.append(line.recv(65536).split(b"\r\n")[0])
                    line.sendall(ANSWER)
            self.closed += 1

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def far() -> Iterator[Forgetful]:
    far = Forgetful()
    yield far
    far.close()


@pytest.fixture
def centre(far: Forgetful) -> Iterator[Centre]:
    centre = Centre(Config(url=f"http://127.0.0.1:{far.port}", token="t"), Pace(()))
    yield centre
    centre.close()


def test_a_kept_connection_that_the_centre_closed_meanwhile_is_no_fault(far: Forgetful, centre: Centre) -> None:
    far.answers = [1, 1]
    assert centre.ask("GET", "/first") == {}
    wait_for(lambda: far.closed == 1, "the centre closed the idle connection")
    assert centre.ask("POST", "/second", {}) == {}
    assert far.heard == [b"GET /first HTTP/1.1", b"POST /second HTTP/1.1"]


def test_it_is_tried_once_more_and_then_it_is_one(far: Forgetful, centre: Centre) -> None:
    far.answers = [1, 0]
    assert centre.ask("GET", "/first") == {}
    wait_for(lambda: far.closed == 1, "the centre closed the idle connection")
    with pytest.raises(LineDown) as fault:
        centre.ask("POST", "/second", {})
    assert fault.value.code == "line.broken"
    assert far.connections == 2


def test_a_new_connection_that_is_closed_before_any_answer_is_a_fault_at_once(far: Forgetful, centre: Centre) -> None:
    far.answers = [0]
    with pytest.raises(LineDown) as fault:
        centre.ask("GET", "/first")
    assert fault.value.code == "line.broken"
    assert far.connections == 1
