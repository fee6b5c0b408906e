"""All processes of one installation under one roof: started, watched, restarted, their logs merged, stopped together.

A process that dies is started again after a second, then two, four, at most ten. Nothing is lost by it: every process takes up its work
from the database. When the supervisor itself is killed the kernel ends its children (Linux: PR_SET_PDEATHSIG).
"""

import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from teleconsult import broker, tls
from teleconsult.closed import close
from teleconsult.settings import Settings

PROCESSES = ("web", "dicom", "worker", "relay", "media")
COLOURS = {"broker": 90, "web": 36, "dicom": 33, "worker": 35, "relay": 34, "media": 31, "sender": 32}
STOP_SECONDS = 4.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class CannotStart(Exception):
    """One clear line that says what is in the way and what to do."""


@dataclass
class Child:
    """One process and how often it had to be started."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    process: subprocess.Popen[str] | None = None
    starts: int = 0
    started_at: float = 0.0
    restart_at: float | None = None


@dataclass
class Supervisor:
    """Runs the processes of `settings`; `say` takes one line of the merged log."""

    settings: Settings
    say: Callable[[str], None] = print
    children: list[Child] = field(default_factory=list)
    _lock: IO[str] | None = None
    _ending: threading.Event = field(default_factory=threading.Event)

    def start(self, processes: Sequence[str] = PROCESSES) -> Settings:
        """Start the broker if none is named, then the processes. Gives the settings with the broker's address.

        Raises `CannotStart` when the home is in use or a port is taken.
        """
        self._lock_home()
        if "web" in processes:
            require_port(self.settings.http_host, self.settings.http_port, "--http-port")
        if "dicom" in processes:
            require_port(self.settings.dicom_host, self.settings.dicom_port, "--dicom-port")
            if self.settings.dicom_tls_port:
                require_port(self.settings.dicom_host, self.settings.dicom_tls_port, "TELECONSULT_DICOM_TLS_PORT=")
        # Unnamed, the media node takes its port itself: one chosen here could be lost before it starts.
        if "media" in processes and self.settings.media_port:
            require_port(self.settings.media_listen, self.settings.media_port, "--media-port")
        environ = {**os.environ, "PYTHONUNBUFFERED": "1"}  # noqa: TID251 (children inherit the environment)
        if not self.settings.broker_url:
            port = broker.free_port()
            self._begin(Child("broker", broker.command(self.settings, port), environ))
            self.settings = self.settings.with_(broker_url=f"redis://127.0.0.1:{port}/0")
        environ.update(self.settings.to_env())
        for name in processes:
            self._begin(Child(name, [sys.executable, "-m", "teleconsult", name], environ))
        return self.settings

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Return when web answers and the DICOM port accepts; `CannotStart` after `seconds` or when something keeps dying."""
        deadline = time.monotonic() + seconds
        while not self._ending.is_set():
            if _web_answers(self.settings) and _accepts(self.settings.dicom_host, self.settings.dicom_port):
                return
            self.tend()
            failing = [child.name for child in self.children if child.starts > 3]
            if failing or time.monotonic() > deadline:
                raise CannotStart(f"{', '.join(failing) or 'the platform'} did not come up; the log above says why")
            time.sleep(0.1)

    def run_until_signal(self, tick: Callable[[], None] | None = None) -> None:
        """Stay in the foreground until SIGINT or SIGTERM (or `end`), starting again what dies."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._ending.set())
        while not self._ending.is_set():
            self.tend()
            if tick:
                tick()
            self._ending.wait(0.2)

    def end(self) -> None:
        """Make `run_until_signal` return. May be called from any thread."""
        self._ending.set()

    def tend(self) -> None:
        """Start again what died. Called from the main thread: a child ends with the thread that started it."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None or child.process.poll() is None:
                continue
            if child.restart_at is None:
                if now - child.started_at > 30:
                    child.starts = 1
                wait = min(2.0 ** (child.starts - 1), 10.0)
                child.restart_at = now + wait
                self.say(_line(child.name, f"ended with {child.process.returncode}; starts again in {wait:.0f} s"))
            elif now >= child.restart_at:
                self._begin(child)

    def stop(self) -> None:
        """End everything within five seconds: politely, then by force. The broker goes last."""
        running = [child for child in self.children if child.process and child.process.poll() is None]
        first = [child for child in running if child.name != "broker"]
        for children, patience in (
            (first, STOP_SECONDS),
            ([child for child in running if child.name == "broker"], 0.5),
        ):
            for child in children:
                _signal(child, signal.SIGTERM)
            deadline = time.monotonic() + patience
            while any(_alive(child) for child in children) and time.monotonic() < deadline:
                time.sleep(0.02)
            for child in children:
                if _alive(child):
                    self.say(_line(child.name, "did not end in time and was killed"))
                _kill_group(child)
        if self._lock:
            self._lock.close()

    def _lock_home(self) -> None:
        close(self.settings.home)
        self._lock = (self.settings.home / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(
                f"{self.settings.home} is in use by another teleconsult; stop it or choose another --home"
            ) from None

    def _begin(self, child: Child) -> None:
        child.restart_at, child.starts, child.started_at = None, child.starts + 1, time.monotonic()
        child.process = subprocess.Popen(
            child.command, env=child.environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", start_new_session=True, preexec_fn=_end_with_parent,
        )  # fmt: skip
        if child not in self.children:
            self.children.append(child)
        threading.Thread(target=self._relay_log, args=(child.name, child.process), daemon=True).start()

    def _relay_log(self, name: str, process: subprocess.Popen[str]) -> None:
        if process.stdout is not None:
            with process.stdout as lines:
                for text in lines:
                    self.say(_line(name, text.rstrip()))


def _end_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _line(name: str, text: str) -> str:
    if not sys.stdout.isatty():
        return f"{name:>6} | {text}"
    return f"\033[{COLOURS.get(name, 37)}m{name:>6}\033[0m | {text}"


def _alive(child: Child) -> bool:
    return child.process is not None and child.process.poll() is None


def _signal(child: Child, number: signal.Signals) -> None:
    if child.process and child.process.poll() is None:
        child.process.send_signal(number)


def _kill_group(child: Child) -> None:
    """End whatever is left of the child's own process group."""
    if child.process:
        try:
            os.killpg(child.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        child.process.wait()


def require_port(host: str, port: int, option: str) -> None:
    """`CannotStart` with one clear line when the port can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reasons = {errno.EADDRINUSE: "is taken by another program", errno.EACCES: "needs more rights (below 1024)"}
            reason = reasons.get(error.errno or 0, str(error))
            raise CannotStart(f"port {port} {reason}: choose another one with {option} PORT") from None


def _accepts(host: str, port: int) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (compared, not bound)
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _web_answers(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.http_host, settings.http_host)  # noqa: S104
    url = f"{settings.scheme}://{host}:{settings.http_port}/livez"
    try:
        trust = tls.trusting(tls.pair(settings).pem) if settings.encrypted else None
        with urllib.request.urlopen(url, timeout=2, context=trust):  # noqa: S310 (our own web process)
            return True
    except (urllib.error.URLError, OSError):
        return False
