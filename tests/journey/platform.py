"""The whole platform as `teleconsult up` starts it, on free ports of this machine, and clients that use its public doors."""

from __future__ import annotations

import gzip
import http.cookiejar
import json
import os
import re
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import Any

from teleconsult.settings import Settings
from teleconsult.system import build
from tests.builders import Alliance, an_alliance
from tests.children import Child, free_port, wait_for
from tests.peers import Scanner

PASSWORD = "demo-word-2026"
ROOT = Path(__file__).parents[2]


class Visitor:
    """A browser's side of the JSON API without the browser: cookie, CSRF token, problem documents."""

    def __init__(self, url: str, login: str, password: str = PASSWORD) -> None:
        self.url, self.csrf = url, ""
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)
        status, me = self.ask("POST", "/api/login", {"login": login, "password": password})
        assert status == 200, me
        self.csrf = me["csrf"]

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and answer: parsed JSON, or bytes."""
        headers = {"Content-Type": "application/json", "X-CSRF-Token": self.csrf}
        content = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.url + path, content, headers, method=method)  # noqa: S310 (our own url)
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, _parsed(answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _parsed(error.headers, error.read())

    def get(self, path: str) -> Any:
        status, answer = self.ask("GET", path)
        assert status == 200, (path, status, answer)
        return answer

    def post(self, path: str, body: object = None) -> Any:
        status, answer = self.ask("POST", path, body)
        assert status in (200, 201), (path, status, answer)
        return answer

    def put(self, path: str, body: object = None) -> Any:
        status, answer = self.ask("PUT", path, body)
        assert status == 200, (path, status, answer)
        return answer

    def rows(self, query: str = "") -> list[dict[str, Any]]:
        """The worklist's rows."""
        items: list[dict[str, Any]] = self.get(f"/api/worklist?{query}")["items"]
        return items


def _parsed(headers: Message, content: bytes) -> Any:
    if headers["Content-Encoding"] == "gzip":  # a manifest is kept and sent packed
        content = gzip.decompress(content)
    return json.loads(content) if headers.get_content_type().endswith("json") else content


class Platform:
    """One running installation. Its processes are known by name, so that a test can kill one."""

    def __init__(self, home: Path, child: Child, http_port: int, dicom_port: int) -> None:
        self.home, self.child = home, child
        self.url = f"http://127.0.0.1:{http_port}"
        self.dicom = ("127.0.0.1", dicom_port)

    def visitor(self, login: str, password: str = PASSWORD) -> Visitor:
        return Visitor(self.url, login, password)

    def scanner(self, ae_title: str = "SCANNER_A") -> Scanner:
        return Scanner(self.dicom, calling=ae_title)

    def process(self, name: str) -> int:
        """The pid of web, dicom, worker, relay or broker."""
        return next(pid for pid, line in self._children() if _is(name, line))

    def kill(self, name: str) -> None:
        """SIGKILL, as the kernel's memory killer would; the supervisor starts it again. Waits until it did."""
        before = self.process(name)
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: any(_is(name, line) and pid != before for pid, line in self._children()), f"{name} again", 30)

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5):  # noqa: S310 (our own url)
                return True
        except (urllib.error.URLError, OSError):
            return False

    @property
    def log(self) -> str:
        return self.child.log.read_text(errors="replace")

    def _children(self) -> list[tuple[int, str]]:
        """Direct children of the supervisor with their command lines."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    stat = (entry / "stat").read_text()
                    line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                except OSError:
                    continue
                if int(re.sub(r"^.*\) ", "", stat).split()[1]) == self.child.pid:
                    found.append((int(entry.name), line))
        return found


def _is(name: str, command_line: str) -> bool:
    return "-server" in command_line if name == "broker" else f"teleconsult {name}" in command_line


@contextmanager
def running(home: Path, log: Path, **environ: str) -> Iterator[Platform]:
    """`teleconsult up` from start to stop. Settings beyond ports and quiet time by `TELECONSULT_…` names."""
    http_port, dicom_port = free_port(), free_port()
    env = {
        "TELECONSULT_SETTLE_SECONDS": "1", "TELECONSULT_SETTLE_STAT_SECONDS": "0.5", "PYTHONPATH": str(ROOT),
        "TELECONSULT_DICOM_HOST": "127.0.0.1", **environ,
    }  # fmt: skip
    command = [sys.executable, "-m", "teleconsult", "--home", str(home), "up"]
    command += ["--http-port", str(http_port), "--dicom-port", str(dicom_port)]
    child = Child(command, log, env)
    platform = Platform(home, child, http_port, dicom_port)
    try:
        child.up(lambda: f"home {home}" in platform.log and platform.healthy(), "the platform is up", 90)
        yield platform
    finally:
        child.stop()


def settle_alliance(home: Path) -> Alliance:
    """The small alliance of `tests.builders`, in this home's own database; everybody's password is `PASSWORD`."""
    system = build(Settings.from_env({}, home=home))
    try:
        return an_alliance(system, password=PASSWORD)
    finally:
        system.store.engine.dispose()
