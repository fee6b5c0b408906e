"""The platform ends when told to and when its supervisor is killed, leaves nothing behind, and goes on where it was."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.children import free_port, wait_for
from tests.journey.desk import Desk
from tests.journey.fair import fair
from tests.journey.platform import ROOT, Platform, running, settle_alliance
from tests.journey.walk import Walk

pytestmark = pytest.mark.timeout(300)
STOP_SECONDS = 5.0


def descendants(pid: int) -> set[int]:
    """Every process below this one."""
    parents = {int(entry.name): _parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found, fresh = set[int](), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def _parent(entry: Path) -> int:
    try:
        return int(re.sub(r"^.*\) ", "", (entry / "stat").read_text(), flags=re.DOTALL).split()[1])
    except OSError:
        return 0


def alive(pids: set[int]) -> set[int]:
    """Those of them that still run; one that ended and waits for its parent does not."""
    return {pid for pid in pids if _state(pid) not in ("", "Z", "X")}


def _state(pid: int) -> str:
    try:
        return re.sub(r"^.*\) ", "", Path(f"/proc/{pid}/stat").read_text(), flags=re.DOTALL)[0]
    except OSError:
        return ""


@pytest.mark.needs_chromium
def test_ctrl_c_with_browsers_connected_ends_everything_in_five_seconds_and_a_new_start_goes_on(
    tmp_path: Path, desk: Callable[..., Desk], figure: Callable[[str, float], None]
) -> None:
    with running(tmp_path / "home", tmp_path / "log") as platform:
        settle_alliance(platform.home)
        walk = Walk(platform, "STOP-1")
        walk.arrive()
        walk.queue()
        walk.claim()
        walk.write()
        for login in ("reader", "doctor_a"):  # each holds an open socket
            expect(desk(platform.url, login).page.get_by_text("实时", exact=True)).to_be_visible()
        below = descendants(platform.child.pid)
        assert len(below) >= 6
        begun = time.monotonic()
        assert platform.child.stop(30, signal.SIGINT) == 0
        took = time.monotonic() - begun
        figure("from Ctrl-C on `teleconsult up` with two browsers to its end", took)
        wait_for(lambda: not alive(below), "all that was killed is gone", 5)  # killed is not yet gone
        assert took <= fair(STOP_SECONDS), f"{took:.1f} s"
    with running(tmp_path / "home", tmp_path / "log2") as again:
        resumed = Walk(again, "STOP-1")
        resumed.study_uid = walk.study_uid
        resumed.queue()
        report = again.visitor("reader").post(f"/api/tasks/{resumed.row['task_id']}/report")
        assert (resumed.row["state"], report["findings"][:3]) == ("claimed", "双肺纹")


def test_a_killed_supervisor_leaves_nobody_behind_and_a_new_start_goes_on(tmp_path: Path) -> None:
    with running(tmp_path / "home", tmp_path / "log") as platform:
        settle_alliance(platform.home)
        walk = Walk(platform, "STOP-2")
        walk.arrive()
        below = descendants(platform.child.pid)
        platform.child.kill()
        wait_for(lambda: not alive(below), "all processes ended with their supervisor", 30)
    with running(tmp_path / "home", tmp_path / "log2") as again:
        resumed = Walk(again, "STOP-2")
        resumed.study_uid = walk.study_uid
        for step in ("queue", "claim", "write", "submit"):
            getattr(resumed, step)()


def refused(*words: str) -> str:
    """What `teleconsult up` says when it does not start: everything it printed. It must end with exit code 1."""
    command = [sys.executable, "-m", "teleconsult", *words]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1, ended.stderr
    return ended.stdout + ended.stderr


def up(home: Path, http_port: int | None = None, dicom_port: int | None = None) -> list[str]:
    ports = ["--http-port", str(http_port or free_port()), "--dicom-port", str(dicom_port or free_port())]
    return ["up", "--home", str(home), *ports]


@pytest.mark.parametrize("option", ["--http-port", "--dicom-port"])
def test_a_taken_port_is_said_in_one_line_with_the_way_out(option: str, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        wanted = {"http_port" if option == "--http-port" else "dicom_port": port}
        said = refused(*up(tmp_path / "home", **wanted))
    assert said == f"teleconsult: port {port} is taken by another program: choose another one with {option} PORT\n"


def test_a_home_in_use_is_said_in_one_line_with_the_way_out(platform: Platform) -> None:
    said = refused(*up(platform.home))
    assert said == f"teleconsult: {platform.home} is in use by another teleconsult; stop it or choose another --home\n"
    assert platform.healthy()
