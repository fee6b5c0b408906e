"""A centre (the real web process over a small alliance), gateways as processes of their own, and a line between them that can be cut."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from teleconsult import access
from teleconsult.access import SYSTEM
from teleconsult.access.tables import PeerRow
from teleconsult.imaging import InstanceRow, StudyRow
from teleconsult.system import build
from tests.builders import Alliance, a_system, an_alliance, some_settings
from tests.children import Child, accepts, free_port, wait_for
from tests.peers import Scanner

ROOT = Path(__file__).parents[2]


class Centre:
    """The platform's web process on a port that it keeps, and its database to look into."""

    def __init__(self, alliance: Alliance, folder: Path) -> None:
        self.alliance, self.port, self._log = alliance, free_port(), folder / "web.log"
        self._child: Child | None = None
        self._before: frozenset[str] = frozenset()

    def forget(self) -> None:
        """What is here now came in an earlier test."""
        self._before = frozenset(self.rows(select(StudyRow.id)))

    def start(self) -> None:
        home = self.alliance.system.settings.home
        command = [sys.executable, "-m", "teleconsult", "--home", str(home), "web"]
        env = {"PYTHONPATH": str(ROOT), "TELECONSULT_HTTP_PORT": str(self.port), "TELECONSULT_SETTLE_SECONDS": "600"}
        self._child = Child(command, self._log, env)
        self._child.up(lambda: accepts(self.port), "the centre is up", 60)

    def kill(self) -> None:
        assert self._child is not None
        self._child.kill()

    def is_up(self) -> bool:
        return self._child is not None and self._child.running

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()

    def token(self, title: str) -> str:
        with self.alliance.system.work(SYSTEM) as work:
            peer_id = work.session.scalars(select(PeerRow.id).where(PeerRow.ae_title == title)).one()
            return access.issue_peer_token(work, SYSTEM, peer_id)

    def revoke(self, title: str) -> None:
        with self.alliance.system.work(SYSTEM) as work:
            peer_id = work.session.scalars(select(PeerRow.id).where(PeerRow.ae_title == title)).one()
            for row in access.peer_tokens(work, SYSTEM, peer_id):
                access.revoke_peer_token(work, SYSTEM, row.id)

    def has(self) -> list[str]:
        """The SOP Instance UIDs that have come into the index in this test, each as often as it stands there."""
        with self.alliance.system.read() as work:
            rows = work.session.execute(select(InstanceRow.sop_uid, InstanceRow.study_id))
            return sorted(sop_uid for sop_uid, study_id in rows if study_id not in self._before)

    def studies(self) -> list[StudyRow]:
        """Those that have come in this test, in their order."""
        return [row for row in self.rows(select(StudyRow).order_by(StudyRow.arrived_at)) if row.id not in self._before]

    def rows(self, query: Any) -> list[Any]:
        with self.alliance.system.read() as work:
            return list(work.session.scalars(query))


class Cut:
    """A line to the centre that breaks after so many bytes towards it, as often as `breaks` says; whole otherwise.

    `rate`: what it carries towards the centre, bytes a second over all connections (0: as much as it can); `carried`: what it has.
    `instead`: what of the centre's answers comes as something else of the same length.
    """

    def __init__(self, to: int) -> None:
        self._to, self.breaks, self.after, self.broken = to, 0, 0, 0
        self.rate, self.carried, self._lane = 0, 0, threading.Lock()
        self.instead: tuple[bytes, bytes] = (b"", b"")
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                near.close()
                continue
            threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, counted: bool) -> None:
        carried = 0
        try:
            while piece := one.recv(16384):
                carried += len(piece)
                if counted and self.breaks and carried > self.after:
                    self.breaks, self.broken = self.breaks - 1, self.broken + 1
                    break
                if counted:
                    self._slowly(len(piece))
                elif self.instead[0]:
                    piece = piece.replace(*self.instead)
                other.sendall(piece)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def _slowly(self, size: int) -> None:
        with self._lane:
            self.carried += size
            if self.rate:
                time.sleep(size / self.rate)

    def close(self) -> None:
        self._listening.close()


class Gateway:
    """`teleconsult gateway` in a home of its own, which stays when the process does not."""

    def __init__(self, home: Path, port: int, token: str, **options: str) -> None:
        self.home, self._options = home, options
        self.log = home.parent / f"{home.name}.log"
        self.dicom, self.page = ("127.0.0.1", free_port()), free_port()
        self.link = f"http://127.0.0.1:{port}/#gateway={token}"
        self.child: Child | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "teleconsult", "--home", str(self.home), "gateway", "--setup", self.link]
        fixed = {"dicom-port": str(self.dicom[1]), "page-port": str(self.page), "dicom-host": "127.0.0.1"}
        for name, value in {"pause-seconds": "1", "quiet-seconds": "1", **fixed, **self._options}.items():
            command += [f"--{name}", value]
        self.home.parent.mkdir(exist_ok=True)
        self.child = Child(command, self.log, {"PYTHONPATH": str(ROOT)})
        self.child.up(lambda: accepts(self.page), "the gateway is up", 60)

    def change(self, **options: str) -> None:
        """With these from its next start on."""
        self._options |= options

    def kill(self) -> None:
        assert self.child is not None
        self.child.kill()

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.page}/state.json", timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def shown(self, language: str = "zh-CN") -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.page}/?lang={language}", timeout=60) as answer:
            return str(answer.read().decode())

    def empty(self, seconds: float = 60.0) -> None:
        """Wait until nothing waits any more; what the page says is in the error."""
        try:
            wait_for(lambda: self.state()["waiting"] == 0, "everything is sent", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.state()}") from None

    def scanner(self, called: str = "TCGATE") -> Scanner:
        return Scanner(self.dicom, called=called)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Alliance:
    system = a_system(tmp_path_factory.mktemp("seeded") / "home")
    made = an_alliance(system)
    system.store.engine.dispose()
    return made


@pytest.fixture(scope="module")
def running(seeded: Alliance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """One centre for the tests of a file: a web process takes seconds to start."""
    folder = tmp_path_factory.mktemp("centre")
    shutil.copytree(seeded.system.settings.home, folder / "centre")
    system = build(some_settings(folder / "centre"))
    centre = Centre(Alliance(system, seeded.sites, seeded.people), folder)
    yield centre
    centre.stop()
    system.store.engine.dispose()


@pytest.fixture
def centre(running: Centre) -> Centre:
    if not running.is_up():
        running.start()
    running.revoke("SCANNER_A")  # a peer may have a few at once only
    running.forget()
    return running


@pytest.fixture
def gateway(centre: Centre, tmp_path: Path) -> Iterator[Gateway]:
    gateway = Gateway(tmp_path / "gateway", centre.port, centre.token("SCANNER_A"))
    gateway.start()
    yield gateway
    gateway.stop()
