"""The web process as the supervisor starts it, with people who send half a request and wait."""

from __future__ import annotations

import json
import resource
import selectors
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import NoMoreData
from sqlalchemy import select

from teleconsult import access, tls
from teleconsult.access import SYSTEM
from teleconsult.access.tables import PeerRow
from teleconsult.settings import Settings
from teleconsult.web import lobby
from teleconsult.web.lobby import HEAD_SECONDS, MOST_WAITING, SHORT_BODY
from tests import synth
from tests.builders import a_system, an_alliance
from tests.children import Child, accepts, free_port
from tests.journey.fair import fair

ROOT = Path(__file__).parents[2]
HALF = b"GET /livez HTTP/1.1\r\nX: "
LOGIN = b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Web:
    def __init__(self, port: int, token: str, context: ssl.SSLContext | None) -> None:
        self.port, self.token = port, token
        self._context = context

    def line(self, said: bytes = b"") -> socket.socket:
        """As it comes out of the wall."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=fair(30))
        line.sendall(said)
        return line

    def spoken(self, said: bytes) -> socket.socket:
        """By somebody who knows how to speak here."""
        line = self.line()
        if self._context is not None:
            line = self._context.wrap_socket(line, server_hostname="127.0.0.1")
        line.sendall(said)
        return line

    def seconds(self) -> float:
        """Until somebody who asks is answered."""
        began = time.monotonic()
        with self.spoken(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") as line:
            assert answered(line).status == 200
        return time.monotonic() - began


def answered(line: socket.socket) -> HTTPResponse:
    answer = HTTPResponse(line)
    answer.begin()
    answer.read()
    return answer


@contextmanager
def serving(folder: Path, encrypted: bool = False) -> Iterator[Web]:
    port = free_port()
    system = a_system(folder / "home")
    an_alliance(system)
    with system.work(SYSTEM) as work:
        peer = work.session.scalars(select(PeerRow.id).where(PeerRow.ae_title == "SCANNER_A")).one()
        token = access.issue_peer_token(work, SYSTEM, peer)
    system.store.engine.dispose()
    env = {
        "TELECONSULT_HOME": str(folder / "home"), "TELECONSULT_HTTP_PORT": str(port), "PYTHONPATH": str(ROOT),
        "TELECONSULT_WEB_THREADS": "4", "TELECONSULT_MOST_SOCKETS": "4",
    }  # fmt: skip
    context = None
    if encrypted:
        env["TELECONSULT_TLS"] = "true"
        context = tls.trusting(tls.pair(Settings(home=folder / "home", tls=True)).pem)
    with Child([sys.executable, "-m", "teleconsult", "web"], folder / "log", env) as child:
        child.up(lambda: accepts(port), "web answers", 60)
        yield Web(port, token, context)
        assert "Traceback" not in child.log.read_text()


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("clear")) as web:
        yield web


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with serving(tmp_path_factory.mktemp("tls"), encrypted=True) as web:
        yield web


@pytest.fixture
def files() -> Iterator[None]:
    """Enough of them for both ends of many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def crowd(web: Web, said: bytes) -> None:
    """Far more than there are places, who stay, and more who come while somebody asks."""
    with ExitStack() as held:
        for _ in range(500):
            held.enter_context(web.line(said))
        assert web.seconds() < fair(3)
        for _ in range(50):
            held.enter_context(web.line(said))
        assert web.seconds() < fair(3)
    assert web.seconds() < fair(3), "their end costs nobody anything"


HALF_BODY = LOGIN % 5000 + b"{"
LONG_BODY = LOGIN % 500_000 + b"{"
CHUNKED = (
    b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"
)
REFUSED = b"POST /dicom-web/studies HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n"


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "said",
    [
        HALF,
        b"",
        HALF_BODY,
        LONG_BODY,
        CHUNKED,
        REFUSED,
        b"\r\n" * 3 + HALF,
        b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" + HALF,
    ],
    ids=["half a head", "nothing", "half a body", "long body", "chunked", "refused body", "empty lines", "second"],
)
def test_hundreds_who_do_not_finish_their_request_keep_nobody_waiting(web: Web, said: bytes) -> None:
    crowd(web, said)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "said",
    [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01", HALF],
    ids=["nothing", "one octet", "half a hello", "in the clear"],
)
def test_nor_do_they_where_tls_is_spoken(secure: Web, said: bytes) -> None:
    crowd(secure, said)


def test_hundreds_who_were_answered_and_stay_keep_nobody_waiting(secure: Web) -> None:
    with ExitStack() as held:
        for _ in range(300):
            line = held.enter_context(secure.spoken(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"))
            assert answered(line).status == 200
        assert secure.seconds() < fair(3)


def test_whoever_does_not_finish_a_head_in_its_time_is_cut_off_however_slowly_it_drips(web: Web) -> None:
    with web.line(HALF) as line, suppress(ConnectionError):
        line.settimeout(0.5)
        began = time.monotonic()
        while True:
            try:
                assert line.recv(100) == b""
                return
            except TimeoutError:
                assert time.monotonic() - began < fair(HEAD_SECONDS + 5)
                line.sendall(b"x")


def test_the_newest_of_too_many_half_heads_may_still_finish(web: Web) -> None:
    with ExitStack() as held:
        lines = [held.enter_context(web.line(HALF)) for _ in range(MOST_WAITING + 20)]
        lines[-1].sendall(b"x\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert answered(lines[-1]).status == 200


def test_whose_request_came_while_the_process_stood_still_is_answered() -> None:
    ready: list[lobby.Connection] = []
    gone: list[lobby.Connection] = []
    with ExitStack() as held:
        poller = held.enter_context(selectors.DefaultSelector())
        waiting = lobby.Lobby(poller, ready.append, gone.append)
        pairs = [socket.socketpair() for _ in range(2)]
        for here, there in pairs:
            held.enter_context(there)
            there.sendall(HALF)
            waiting.enter(connection := lobby.Connection(Config(), here, ("127.0.0.1", 1), ("127.0.0.1", 2)))
            connection.deadline = time.monotonic() - 1
        pairs[0][1].sendall(b"x\r\nHost: x\r\n\r\n")
        waiting.tick(ending=False)
        assert [[each.sock for each in those] for those in (ready, gone)] == [[pairs[0][0]], [pairs[1][0]]]
        pairs[0][0].close()


def test_a_body_may_take_longer_than_a_head(web: Web) -> None:
    body = json.dumps({"login": "nobody", "password": "x" * 20}).encode()
    with web.line(LOGIN % len(body) + body[:10]) as line:
        line.settimeout(HEAD_SECONDS + 1)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.sendall(body[10:])
        assert answered(line).status in (401, 403, 422)


@pytest.mark.parametrize(("said", "status"), [(LONG_BODY, 413), (CHUNKED, 411)])
def test_who_has_not_signed_in_may_send_a_short_body_whose_length_is_known(web: Web, said: bytes, status: int) -> None:
    """Others would hold a thread."""
    assert len(said) < SHORT_BODY
    with web.line(said) as line:
        assert answered(line).status == status


def test_chunks_that_make_no_sense_are_a_malformed_request(web: Web) -> None:
    head = "POST /api/uploads HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    with web.line(f"{head}Authorization: Bearer {web.token}\r\n\r\nzz\r\n".encode()) as line:
        answer = HTTPResponse(line)
        answer.begin()
        assert (answer.status, json.loads(answer.read())["code"]) == (400, "request.malformed")


def test_a_piece_of_a_body_that_does_not_come_in_its_time_is_a_request_that_is_not_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reader that a thread has, with less time than it has."""
    monkeypatch.setattr(lobby, "BODY_SECONDS", 0.2)
    here, there = socket.socketpair()
    with here, there:
        connection = lobby.Connection(Config(), here, ("127.0.0.1", 1), ("127.0.0.1", 2))
        connection.expect(time.monotonic())
        there.sendall(LONG_BODY)
        assert connection.take(time.monotonic())
        here.setblocking(True)
        connection.init()
        asked = next(connection.parser)
        with pytest.raises(NoMoreData):
            asked.body.read()
        assert here.gettimeout() is None, "a socket's thread may wait for ever"


def test_a_head_without_an_end_is_refused_when_it_is_too_long(web: Web) -> None:
    with web.line(HALF + b"x" * 100_000) as line:
        assert (answered(line).status, line.recv(1)) == (431, b"")


def test_a_second_request_on_a_connection_has_its_own_time(web: Web) -> None:
    whole = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    with web.line(whole) as line:
        assert answered(line).getheader("Connection") == "keep-alive"
        line.sendall(whole[:9])
        line.sendall(whole[9:])
        assert answered(line).status == 200
        line.sendall(HALF)
        assert line.recv(100) == b"", "and its own end"


@pytest.mark.parametrize("size", [600_000, 6_000_000])
def test_a_refused_post_says_that_it_closes_and_its_answer_can_be_read(web: Web, size: int) -> None:
    head = b"POST /dicom-web/studies HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/related; boundary=b\r\n"
    with web.line(head + b"Content-Length: %d\r\n\r\n" % size) as line:
        line.sendall(bytes(size))
        answer = answered(line)
        assert (answer.status, answer.getheader("Connection")) == (401, "close")
        assert line.recv(1) == b""


def test_an_object_that_was_taken_leaves_the_connection_open(web: Web) -> None:
    part10 = synth.as_bytes(synth.ct_slice(1, rows=16, columns=16), "1.2.840.10008.1.2.1")
    body = b"--b\r\nContent-Type: application/dicom\r\n\r\n" + part10 + b"\r\n--b--\r\n"
    client = HTTPConnection("127.0.0.1", web.port, timeout=fair(30))
    for _ in range(2):
        client.request("POST", "/dicom-web/studies", body, {
            "Content-Type": 'multipart/related; type="application/dicom"; boundary=b', "Accept": "application/dicom+json",
            "Authorization": f"Bearer {web.token}",
        })  # fmt: skip
        answer = client.getresponse()
        answer.read()
        assert (answer.status, answer.getheader("Connection")) == (200, "keep-alive")
    client.close()
