"""`teleconsult up --tls`: every door of web and media node over TLS, with clients that check whom they talk to."""

from __future__ import annotations

import http.client
import json
import signal
import ssl
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from teleconsult import nodes, tls
from teleconsult.kernel.errors import Refused
from teleconsult.kernel.values import new_id
from teleconsult.keys import load_keys
from teleconsult.settings import Settings
from tests.children import Child, free_port, wait_for
from tests.journey.fair import fair
from tests.journey.platform import PASSWORD, ROOT, settle_alliance
from tests.journey.test_stop import alive, descendants, refused, up
from tests.lines import Line, LiveLine
from tests.media.callers import ticket
from tests.rules.test_tls import a_certificate

pytestmark = pytest.mark.timeout(300)
STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    content: bytes


def answered(line: http.client.HTTPConnection, method: str, path: str, body: object = None) -> Answer:
    """One question on a line of its own."""
    with closing(line):
        line.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
        with line.getresponse() as answer:
            return Answer(answer.status, answer.headers, answer.read())


@dataclass(frozen=True)
class Secured:
    """A running `up --tls`. `trust` is what somebody has who compared the fingerprint."""

    home: Path
    child: Child
    port: int
    media_port: int
    broker: str

    @property
    def pem(self) -> str:
        return tls.pair(Settings(home=self.home, tls=True)).pem

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.pem)

    @property
    def log(self) -> str:
        return self.child.log.read_text(errors="replace")

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        host: str = "localhost",
        context: ssl.SSLContext | None = None,
    ) -> Answer:
        line = http.client.HTTPSConnection(host, self.port, timeout=30, context=context or self.trust)
        return answered(line, method, path, body)

    def cookie(self, login: str = "reader") -> str:
        """The header that a session was put into the browser with."""
        answer = self.ask("POST", "/api/login", {"login": login, "password": PASSWORD})
        assert answer.status == 200, answer.content
        return answer.headers["Set-Cookie"]

    def line(self) -> LiveLine:
        """Somebody who is told the news."""
        return LiveLine(f"https://localhost:{self.port}", self.cookie().split(";")[0], self.trust)


@contextmanager
def secured(home: Path, log: Path, broker: str) -> Iterator[Secured]:
    port, media_port = free_port(), free_port()
    environ = {
        "PYTHONPATH": str(ROOT), "TELECONSULT_DICOM_HOST": "127.0.0.1", "TELECONSULT_BROKER_URL": broker,
        "TELECONSULT_MEDIA_LATE_MS": "5000",
    }  # fmt: skip
    command = [sys.executable, "-m", "teleconsult", *up(home, port), "--media-port", str(media_port), "--tls"]
    child = Child(command, log, environ)
    running = Secured(home, child, port, media_port, broker)
    try:
        child.up(lambda: f"home {home}" in running.log, "the platform is up", 120)
        yield running
    finally:
        child.stop()


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory, valkey_url: str) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("tls")
    with secured(folder / "home", folder / "log", valkey_url.rsplit("/", 1)[0] + "/9") as running:
        settle_alliance(running.home)
        yield running


def test_a_client_that_does_not_know_the_certificate_refuses_and_one_that_does_is_served(secure: Secured) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        secure.ask("GET", "/livez", context=ssl.create_default_context())
    for host in ("localhost", "127.0.0.1"):
        answer = secure.ask("GET", "/livez", host=host)
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"] is None
    fingerprint = tls.pair(Settings(home=secure.home, tls=True)).fingerprint
    assert fingerprint in secure.log
    assert f"https://127.0.0.1:{secure.port}/invitation/" in secure.log


def test_health_is_whole_over_tls(secure: Secured) -> None:
    assert json.loads(secure.ask("GET", "/healthz").content)["status"] == "ok"


@pytest.mark.parametrize("door", ["port", "media_port"])
def test_tls_before_1_2_is_refused_at_both_doors(secure: Secured, door: str) -> None:
    def ask(most: ssl.TLSVersion) -> Answer:
        old = ssl.create_default_context(cadata=secure.pem)
        old.set_ciphers("DEFAULT:@SECLEVEL=0")  # so that nothing but the server refuses
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = old.maximum_version = most
        return answered(
            http.client.HTTPSConnection("localhost", getattr(secure, door), timeout=30, context=old), "GET", "/healthz"
        )

    assert ask(ssl.TLSVersion.TLSv1_2).status == ask(ssl.TLSVersion.TLSv1_3).status == 200
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        ask(ssl.TLSVersion.TLSv1_1)


def test_the_session_is_for_https_only_and_the_page_opens_sockets_over_tls_only(secure: Secured) -> None:
    words = {word.strip() for word in secure.cookie().split(";")}
    assert {"Secure", "HttpOnly", "SameSite=Strict"} <= words
    policy = secure.ask("GET", "/").headers["Content-Security-Policy"]
    assert f"connect-src 'self' wss://127.0.0.1:{secure.media_port}" in policy


def test_plain_http_on_the_same_port_is_sent_to_https_and_what_cannot_be_sent_is_refused(secure: Secured) -> None:
    def plain(port: int) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("localhost", port, timeout=30)

    answer = answered(plain(secure.port), "GET", "/worklist?state=queued")
    assert (answer.status, answer.headers["Location"]) == (
        307,
        f"https://localhost:{secure.port}/worklist?state=queued",
    )
    said = {"login": "reader", "password": PASSWORD}
    answer = answered(plain(secure.port), "POST", "/api/login", said)
    assert (answer.status, json.loads(answer.content)["code"]) == (426, "http.426")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        answered(plain(secure.media_port), "GET", "/healthz")


def test_who_connects_and_says_nothing_keeps_nobody_waiting(secure: Secured) -> None:
    quiet = [http.client.HTTPConnection("localhost", secure.port, timeout=30) for _ in range(20)]
    for line in quiet:
        line.connect()
        line.sock.send(b"\x16")  # begins as TLS does, and ends there
    assert secure.ask("GET", "/livez").status == 200
    for line in quiet:
        line.close()


def test_news_come_over_wss(secure: Secured) -> None:
    with closing(secure.line()) as line:
        assert json.loads(line.opening[1:])["sid"]
        assert json.loads(line.said[2:])["sid"]
        bigger_than_a_record = {"kind": "study", "id": "x" * 40_000}
        assert line.call("join", bigger_than_a_record)["ok"] is False


def _joined(url: str, trust: ssl.SSLContext, text: str) -> dict[str, Any]:
    with closing(Line(url, "/rtc", trust=trust)) as line:
        line.say(json.dumps({"t": "join", "ticket": text}))
        said: dict[str, Any] = json.loads(line.heard())
        return said


def test_a_room_is_joined_over_wss_and_web_controls_the_node_over_tls(secure: Secured) -> None:
    key, room = load_keys(secure.home).tickets, new_id()
    registry = nodes.Nodes(secure.broker)
    node = registry.node_for(room)
    registry.close()
    assert node is not None
    assert node.url == node.inner == f"https://127.0.0.1:{secure.media_port}"
    said = _joined(node.url, secure.trust, ticket(key, room, "a"))
    assert said["t"] == "joined", said
    with pytest.raises(Refused, match=r"media\.room_absent"):  # the node's own answer, signed for and over TLS
        nodes.tell(node, key, new_id(), "seats", {}, time.time())
    with pytest.raises(ssl.SSLCertVerificationError):  # somebody who never compared the fingerprint
        answered(
            http.client.HTTPSConnection("127.0.0.1", secure.media_port, context=ssl.create_default_context()),
            "GET",
            "/rtc",
        )


def test_ctrl_c_with_a_live_line_over_tls_ends_everything_in_five_seconds(tmp_path: Path, valkey_url: str) -> None:
    with secured(tmp_path / "home", tmp_path / "log", valkey_url.rsplit("/", 1)[0] + "/10") as running:
        settle_alliance(running.home)
        below = descendants(running.child.pid)
        with closing(running.line()) as line:
            begun = time.monotonic()
            assert running.child.stop(30, signal.SIGINT) == 0
            took = time.monotonic() - begun
            line.until_closed()
        wait_for(lambda: not alive(below), "all that was killed is gone", 5)  # killed is not yet gone
        assert took <= fair(STOP_SECONDS), f"{took:.1f} s"


def test_a_certificate_and_a_key_that_do_not_belong_together_are_one_line(tmp_path: Path) -> None:
    begins, ends = (datetime.now(UTC) + timedelta(days) for days in (-1, 1))
    certificate, _ = a_certificate(tmp_path, "one", begins, ends)
    _, key = a_certificate(tmp_path, "other", begins, ends)
    said = refused(*up(tmp_path / "home"), "--tls-certificate", str(certificate), "--tls-key", str(key))
    wanted = f"{certificate} and {key} do not belong together: the key is of another certificate"
    assert said == f"teleconsult: {wanted}\n"
    assert not (tmp_path / "home").exists()
