"""A real coturn, set up by `compose/turnserver.conf`, and the credentials that web hands out: over UDP, TCP and TLS."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aioice import stun
from aioice.ice import get_host_addresses
from aioice.turn import create_turn_endpoint

from teleconsult import tls, turn
from teleconsult.settings import Settings
from tests.children import Child, accepts, free_port

ROOT = Path(__file__).resolve().parents[2]
SECRET = "made-up-for-this-test"
TRANSPORTS = ("udp", "tcp", "tls")

pytestmark = pytest.mark.needs_coturn


@dataclass(frozen=True)
class Relay:
    port: int
    tls_port: int
    pem: str


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    """The set-up of the containers, but for its ports, certificate, and the peer that it allows."""
    folder = tmp_path_factory.mktemp("relay")
    pair = tls.pair(Settings(home=folder, tls=True))
    port, tls_port = free_port(), free_port()
    changed = {
        "listening-port": port, "tls-listening-port": tls_port, "cert": pair.certificate, "pkey": pair.key,
    }  # fmt: skip
    lines = [line.partition("=") for line in (ROOT / "compose" / "turnserver.conf").read_text().splitlines()]
    written = [f"{name}={changed[name]}" if name in changed else f"{name}{mark}{rest}" for name, mark, rest in lines]
    written += ["listening-ip=127.0.0.1", "relay-ip=127.0.0.1", "allow-loopback-peers"]
    written += [f"allowed-peer-ip={address}" for address in {"127.0.0.1", *get_host_addresses(True, False)}]
    config = folder / "turnserver.conf"
    config.write_text("\n".join(written) + "\n")
    command = ["turnserver", "-c", config, "--static-auth-secret", SECRET, "--realm", "relay.example"]
    command += ["--pidfile", folder / "pid", "--userdb", folder / "db"]
    with Child([str(word) for word in command], folder / "log", cwd=folder) as child:
        child.up(lambda: accepts(port) and accepts(tls_port), "coturn listens")
        yield Relay(port, tls_port, pair.pem)


class _Ears(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.heard.put_nowait(data)


class _Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport: Any) -> None:
        self._back = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._back.sendto(data, addr)


async def _through(relay: Relay, how: str, server: turn.IceServer) -> bytes:
    """What comes back from a peer behind the relay."""
    loop = asyncio.get_running_loop()
    before = _open()
    peer, _ = await loop.create_datagram_endpoint(_Echo, ("127.0.0.1", 0))
    trust: ssl.SSLContext | None = tls.trusting(relay.pem) if how == "tls" else None
    place = ("127.0.0.1", relay.tls_port if how == "tls" else relay.port)
    transport = "udp" if how == "udp" else "tcp"
    try:
        line, ears = await create_turn_endpoint(
            _Ears, place, server["username"], server["credential"], ssl=trust, transport=transport
        )
        line.sendto(b"there and back", peer.get_extra_info("sockname"))
        try:
            return await asyncio.wait_for(ears.heard.get(), 20)
        finally:
            line.close()
    finally:
        peer.close()
        async with asyncio.timeout(10):
            while _open() - before:  # a line says goodbye to the relay first
                await asyncio.sleep(0.01)


def _open() -> set[str]:
    """What this process has open."""
    return set(os.listdir("/proc/self/fd"))


def credentials(made_at: float, secret: str = SECRET) -> turn.IceServer:
    (server,) = turn.ice_servers(["turn:relay.example"], secret, "person-1", made_at, 60)
    return server


@pytest.mark.parametrize("how", TRANSPORTS)
def test_present_credentials_relay_over_every_way_that_a_firewall_may_leave(relay: Relay, how: str) -> None:
    assert asyncio.run(_through(relay, how, credentials(time.time()))) == b"there and back"


@pytest.mark.parametrize("how", TRANSPORTS)
def test_expired_credentials_and_those_of_another_secret_are_refused_by_the_relay(relay: Relay, how: str) -> None:
    for server in (credentials(time.time() - 120), credentials(time.time(), "another-secret")):
        with pytest.raises(stun.TransactionFailed) as refusal:
            asyncio.run(_through(relay, how, server))
        assert refusal.value.response.attributes["ERROR-CODE"][0] == 401
