"""`gateway-link` prints a link that works, however the platform was told where to serve."""

from __future__ import annotations

import hashlib
import ssl
import sys
from pathlib import Path

import pytest

from teleconsult.cli import main
from tests.children import Child, accepts, free_port, wait_for

pytestmark = pytest.mark.timeout(300)
ROOT = Path(__file__).parents[2]


def with_a_peer(home: Path) -> None:
    assert main(["--home", str(home), "site", "add", "COUNTY", "示例县医院", "--level", "county"]) == 0
    assert main(["--home", str(home), "peer", "add", "GATE", "*", "--site", "COUNTY"]) == 0


def link_of(home: Path, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    capsys.readouterr()
    assert main(["--home", str(home), "gateway-link", "GATE", *more]) == 0
    return capsys.readouterr().out.strip()


def started(home: Path, command: str, *options: str, **env: str) -> Child:
    ports = [word for name in ("--dicom-port", "--media-port") for word in (name, str(free_port()))]
    words = [sys.executable, "-m", "teleconsult", "--home", str(home), command, *ports, *options]
    return Child(words, home.with_suffix(".log"), {"PYTHONPATH": str(ROOT), **env})


def test_the_link_leads_to_where_up_serves_with_the_certificate_that_is_shown_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, port = tmp_path / "home", free_port()
    with_a_peer(home)
    with started(home, "up", "--http-port", str(port), "--tls") as up:
        up.up(lambda: accepts(port), "web answers", 90)
        shown = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))
        address, _, rest = link_of(home, capsys).partition("/#gateway=tcp_")
        assert address == f"https://127.0.0.1:{port}"
        assert rest.partition("&pin=")[2] == hashlib.sha256(shown).hexdigest()
        named = link_of(home, capsys, "--public-url", "https://pacs.example/")
        assert named.startswith("https://pacs.example/#gateway=tcp_")
        assert "&pin=" in named


def test_the_demo_says_where_it_serves_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, port = tmp_path / "home", free_port()
    with started(home, "demo", "--http-port", str(port)):
        wait_for(lambda: (home / "address").exists(), "it says where it will serve")
    with_a_peer(home)
    link = link_of(home, capsys)
    assert link.startswith(f"http://127.0.0.1:{port}/#gateway=tcp_")
    assert "pin=" not in link


def test_where_nothing_was_started_an_address_is_asked_for_before_a_token_is_spent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_a_peer(tmp_path)
    capsys.readouterr()
    for _ in range(9):  # more than a peer may have tokens
        assert main(["--home", str(tmp_path), "gateway-link", "GATE"]) != 0
    told = capsys.readouterr().err
    assert "--public-url" in told
    assert "Traceback" not in told
    link = link_of(tmp_path, capsys, "--public-url", "https://pacs.example")
    assert link.startswith("https://pacs.example/#gateway=tcp_")
